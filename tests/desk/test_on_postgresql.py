"""Runs the tests of the services again on PostgreSQL: Django holds one database a process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.postgres import Server
from tests.serving import ROOT


@pytest.mark.postgres
@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="this is the run on PostgreSQL")
def test_services_on_postgresql(postgres: Server) -> None:
    files = [f"tests/desk/test_{name}.py" for name in ("services", "handoff", "console_api")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *files, "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgres.database(), "DESK_DB_POOL": "40"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
