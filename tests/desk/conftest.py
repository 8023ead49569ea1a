"""Fixtures of the desk's tests: a conversation in this process; desk and stand-in engine as processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tests.desk.django_env  # noqa: F401 - before anything imports settings
from tests.desk.served import CLIENT, Process, Visitor, make_desk, make_engine, running


@pytest.fixture
def conversation(transactional_db: None) -> Any:
    """An open conversation on the website."""
    from desk.conversations import services

    return services.open_conversation(channel="web")


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The stand-in engine."""
    process = make_engine(tmp_path_factory.mktemp("engine"))
    with running(process):
        yield process


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory, engine: Process) -> Iterator[Process]:
    """One desk on SQLite; tests share it and bring visitors of their own."""
    folder: Path = tmp_path_factory.mktemp("desk")
    process = make_desk(folder, engine.url, ANSWER_SECONDS="4", WIDGET_ORIGINS="https://shop.example.jp")
    with running(process):
        yield process


@pytest.fixture(scope="session", autouse=True)
def _connections() -> Iterator[None]:
    """Leave no connection behind."""
    yield
    CLIENT.close()


@pytest.fixture
def visitor(desk: Process) -> Iterator[Visitor]:
    """A visitor who reads the stream."""
    guest = Visitor(desk.url).open().listen()
    yield guest
    guest.close()
