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
@pytest.mark.parametrize("file", ["test_services.py", "test_handoff.py", "test_console_api.py"])
def test_services_on_postgresql(postgres: Server, file: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"tests/desk/{file}", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgres.database(), "DESK_DB_POOL": "40"},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
