"""Rasa's own tools work on the project: its check of the data finds nothing, and its NLU test runs on our model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.train import MODEL, ROOT, TRAINING_DATA

RASA = (sys.executable, "-W", "ignore", "-m", "rasa")
_FEW = """version: "3.1"
nlu:
  - intent: ask_job
    examples: |
      - 経理の仕事内容を教えてください
      - 人事ってどんな仕事ですか
  - intent: thanks
    examples: |
      - ありがとうございました
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RASA, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


def test_validate_finds_nothing() -> None:
    done = run("data", "validate", "--fail-on-warnings", "--domain", "domain.yml", "--data", *TRAINING_DATA)
    assert done.returncode == 0, done.stderr[-3000:]


def test_rasa_test_nlu(tmp_path: Path) -> None:
    if not MODEL.exists():
        pytest.fail("There is no model: run `make train` first.")
    (tmp_path / "few.yml").write_text(_FEW, encoding="utf-8")
    done = run(
        "test", "nlu", "--nlu", str(tmp_path / "few.yml"), "--model", str(MODEL), "--out", str(tmp_path), "--no-plot"
    )
    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads((tmp_path / "intent_report.json").read_text(encoding="utf-8"))
    assert report["accuracy"] == 1.0
