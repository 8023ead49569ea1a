"""Rasa's end-to-end stories (test_*.yml in this folder) on the trained model; one wrong step fails the build."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
MODEL = ROOT / "models" / "michishirube.tar.gz"


def run_stories(stories: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """`rasa test core --e2e` on one file."""
    assert MODEL.exists(), "no trained model; run `make train` first"
    return subprocess.run(
        [sys.executable, "-m", "rasa", "test", "core", "--e2e", "--stories", str(stories), "--out", str(out),
         "--model", str(MODEL), "--fail-on-prediction-errors"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=500,
        env={**os.environ, "PYTHONPATH": ".", "PYTHONWARNINGS": "ignore", "RASA_TELEMETRY_ENABLED": "false"},
    )  # fmt: skip


@pytest.mark.parametrize("stories", sorted(FOLDER.glob("test_*.yml")), ids=lambda path: path.stem)
def test_stories_hold(stories: Path, tmp_path: Path) -> None:
    done = run_stories(stories, tmp_path)
    failed = tmp_path / "failed_test_stories.yml"
    assert done.returncode == 0, failed.read_text(encoding="utf-8") if failed.exists() else done.stderr[-3000:]


def test_a_story_that_does_not_hold_is_seen(tmp_path: Path) -> None:
    wrong = tmp_path / "test_wrong.yml"
    right = (FOLDER / "test_job_answers.yml").read_text(encoding="utf-8")
    wrong.write_text(right.replace("action: action_job_answers", "action: action_fallback", 1), encoding="utf-8")
    assert run_stories(wrong, tmp_path).returncode != 0
