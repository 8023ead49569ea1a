"""Fixtures of the desk's tests: a conversation in this process; desk and stand-in engine as processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tests.desk.django_env  # noqa: F401 - before anything imports settings
from tests.desk.served import CLIENT, Process, Visitor, make_desk, make_engine, running
from tests.postgres import Server, postgres_server, why_not


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
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of our own."""
    missing = why_not()
    if missing:
        pytest.skip(missing)
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment that names the database: each test of a desk process runs on both."""
    if request.param == "sqlite":
        return {}
    return {"DATABASE_URL": request.getfixturevalue("postgres").database()}


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory, engine: Process, database: dict[str, str]) -> Iterator[Process]:
    """One desk; tests share it and bring visitors of their own."""
    folder: Path = tmp_path_factory.mktemp("desk")
    process = make_desk(folder, engine.url, ANSWER_SECONDS="4", WIDGET_ORIGINS="https://shop.example.jp", **database)
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


@pytest.fixture(autouse=True)
def _in_this_process(settings: Any) -> None:
    """Pages name their static files as they are, since nothing is collected; passwords are hashed in no time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
