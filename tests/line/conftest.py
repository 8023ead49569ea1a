"""Fixtures of LINE's tests: the stand-in of LINE, a desk that talks to it, and a look into the desk's database."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import tests.desk.django_env  # noqa: F401 - before anything imports settings
from tests.desk.served import CLIENT, Process, make_desk, make_engine, running
from tests.line import description
from tests.line.stand_in_line import StandInLine


@pytest.fixture(scope="session")
def line() -> Iterator[StandInLine]:
    server = StandInLine().start()
    yield server
    server.stop()
    if not description.WHY_NOT:
        # Whatever the tests made the desk say to LINE, and the stand-in answer, is in LINE's own description.
        wrong = [description.wrong_exchange(*one) for one in server.exchanges if not one[1].startswith("/dialog/")]
        assert [one for one in wrong if one] == []


@pytest.fixture(scope="session")
def line_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    process = make_engine(tmp_path_factory.mktemp("line-engine"))
    with running(process):
        yield process


@pytest.fixture(scope="session")
def desk_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("line-desk")


@pytest.fixture(scope="session")
def line_desk(desk_folder: Path, line: StandInLine, line_engine: Process) -> Iterator[Process]:
    process = make_desk(
        desk_folder,
        line_engine.url,
        **line.settings(
            LINE_CHANNEL_SECRET=f"{line.secret},former-secret",
            LINE_LINK_BASE=line.url,
            LINE_BASIC_ID="@michishirube",
            DESK_ALWAYS_OPEN="1",
        ),
    )
    line.desk = process.url
    with running(process):
        yield process
    CLIENT.close()


@pytest.fixture
def query(desk_folder: Path, line_desk: Process) -> Callable[..., list[Any]]:
    """Rows of the desk's database."""

    def ask(sql: str, *values: Any) -> list[Any]:
        with sqlite3.connect(f"file:{desk_folder / 'var' / 'desk.sqlite3'}?mode=ro", uri=True, timeout=10) as base:
            rows = base.execute(sql, values).fetchall()
        base.close()
        return rows

    return ask


@pytest.fixture
def user() -> str:
    return "U" + uuid.uuid4().hex
