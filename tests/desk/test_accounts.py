"""Accounts as the operator makes them: `make adviser`, again for a new password, without questions."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.serving import ROOT

#: What a shell or make would take for its own.
HARD = "a$b $$ $(PATH) \"c\" 'd' `e` #f \\"


def _make(folder: Path, **values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "adviser", *(f"{name}={value}" for name, value in values.items())],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def _opens(folder: Path, name: str, password: str) -> str:
    code = (
        "import sys, django; django.setup(); from desk.accounts.models import User;"
        " user = User.objects.get(username=sys.argv[1]);"
        " print(user.check_password(sys.argv[2]), user.role, user.display_name)"
    )
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(folder),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "desk.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", code, name, password], env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_make_adviser(tmp_path: Path) -> None:
    made = _make(tmp_path, NAME="sato", PASSWORD=HARD, ROLE="supervisor", DISPLAY_NAME="佐藤 花子")
    assert made.returncode == 0, made.stderr
    assert "作成しました" in made.stdout
    assert _opens(tmp_path, "sato", HARD) == "True supervisor 佐藤 花子"
    again = _make(tmp_path, NAME="sato", PASSWORD="correct horse battery")
    assert "再設定しました" in again.stdout, again.stderr
    assert _opens(tmp_path, "sato", "correct horse battery") == "True supervisor 佐藤 花子", "role and name stay"
    for wrong in ({"NAME": "x"}, {"PASSWORD": "correct horse battery"}, {"NAME": "x", "PASSWORD": "y", "ROLE": "king"}):
        refused = _make(tmp_path, **wrong)
        assert refused.returncode != 0
        assert "例：make adviser" in refused.stderr, refused.stderr
