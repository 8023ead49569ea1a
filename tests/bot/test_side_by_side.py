"""`make test` runs its parts side by side: none hides what another says, nor how it ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.serving import ROOT


def run(**scripts: str) -> subprocess.CompletedProcess[str]:
    commands = [f"{name}=/bin/sh -c '{script}'" for name, script in scripts.items()]
    return subprocess.run(
        [sys.executable, "bin/side_by_side.py", *commands], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def test_they_run_at_the_same_time_and_are_shown_one_after_the_other(tmp_path: Path) -> None:
    """Each waits for the other."""
    first, second = tmp_path / "first", tmp_path / "second"
    wait = "echo begun; touch {mine}; until [ -e {other} ]; do sleep 0.05; done; echo ended >&2"
    done = run(a=wait.format(mine=first, other=second), b=wait.format(mine=second, other=first))
    assert done.stdout.split("\n") == ["== a", "begun", "ended", "== b", "begun", "ended", ""]
    assert done.returncode == 0


def test_one_that_fails_is_named_and_fails_all(tmp_path: Path) -> None:
    for failing in ("a", "b"):
        done = run(**{name: "exit 3" if name == failing else "echo well" for name in ("a", "b")})
        assert done.returncode != 0
        assert done.stderr == f"failed: {failing}\n"
        assert "well" in done.stdout
