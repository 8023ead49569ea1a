"""The built widget in the repository: small enough, and exactly what its source builds."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.serving import ROOT

BUILT = ROOT / "widget" / "dist" / "widget.js"
MOST_BYTES = 30 * 1024


def test_the_widget_is_small() -> None:
    assert len(gzip.compress(BUILT.read_bytes(), 9)) <= MOST_BYTES


def test_the_widget_asks_nobody_else() -> None:
    """No address of another host is in the script, but for the names of XML namespaces."""
    text = BUILT.read_text(encoding="utf-8")
    for namespace in ("http://www.w3.org/", "https://${"):
        text = text.replace(namespace, "")
    hosts = [part for part in text.split("http")[1:] if part.startswith(("://", "s://")) and part[3:4].isalnum()]
    assert hosts == []


def test_the_source_builds_what_is_in_the_repository(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    copy = tmp_path / "widget"
    shutil.copytree(ROOT / "widget", copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
    for command in ([npm, "ci", "--silent", "--no-audit", "--no-fund"], [npm, "run", "--silent", "build"]):
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (copy / "dist" / "widget.js").read_bytes() == BUILT.read_bytes()
