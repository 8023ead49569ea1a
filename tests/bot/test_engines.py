"""Several engine processes, a crash, a stopped database: nothing answered is lost, nothing is done twice."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.bot.test_server import HOOK, environment
from tests.serving import Engine, served_engine

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")


@pytest.fixture(params=["two workers, SQLite", pytest.param("two engines, PostgreSQL", marks=pytest.mark.postgres)])
def doors(request: pytest.FixtureRequest, project: Path, tmp_path: Path) -> Iterator[list[Engine]]:
    """Where the engines of one conversation can be asked."""
    with contextlib.ExitStack() as stack:
        if request.param == "two workers, SQLite":
            yield [stack.enter_context(served_engine(tmp_path, WORKERS="2", **environment(project)))]
        else:
            server: postgres.Server = request.getfixturevalue("postgres_server")
            url = server.database()
            folders = [tmp_path / "one", tmp_path / "two"]
            for folder in folders:
                folder.mkdir()
            yield [
                stack.enter_context(served_engine(folder, TRACKER_URL=url, **environment(project)))
                for folder in folders
            ]


def test_twenty_turns_at_once_lose_nothing_and_an_erased_conversation_is_gone_everywhere(doors: list[Engine]) -> None:
    with ThreadPoolExecutor(20) as pool:
        texts = list(pool.map(lambda n: doors[n % len(doors)].say("rush", "/ask")[0]["text"], range(20)))
    assert sorted(int(text.split()[1]) for text in texts) == list(range(1, 21))
    # One message that is sent to all doors at once is one turn.
    body = {"sender": "rush", "message": "/ask", "metadata": {"message_id": "once"}}
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: doors[n % len(doors)].request("POST", HOOK, body), range(6)))
    assert all(answer == answers[0] and answer[0] == 200 for answer in answers)
    assert [door.say("rush", "/ask")[0]["text"] for door in doors] == [f"answer {22 + n}" for n in range(len(doors))]
    assert doors[0].request("DELETE", "/conversations/rush")[0] == 204
    for door in doors * 4:  # each of several workers, too
        assert door.request("POST", HOOK, {"sender": "rush", "message": "/ask"})[0] == 410


def _send(engine: Engine, body: dict[str, Any]) -> socket.socket:
    """Sends a request whose answer nobody will read."""
    raw = json.dumps(body).encode()
    line = socket.create_connection(("127.0.0.1", engine.port))
    head = f"POST {HOOK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
    line.sendall(head.encode() + raw)
    return line


def _stored(database: Path, message_id: str) -> list[Any]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = connection.execute("SELECT data FROM tracker_reply WHERE message_id = ?", (message_id,)).fetchall()
            if found:
                replies: list[Any] = json.loads(found[0][0])
                return replies
    raise AssertionError("the turn was not stored")


def test_a_crash_after_the_save_or_before_it_costs_no_turn_and_doubles_none(project: Path, tmp_path: Path) -> None:
    def message(number: int) -> dict[str, Any]:
        return {"sender": "crash", "message": "/ask", "metadata": {"message_id": f"m{number}"}}

    with served_engine(tmp_path, **environment(project)) as engine:
        assert engine.request("POST", HOOK, message(1))[1][0]["text"] == "answer 1"
        line = _send(engine, message(2))
        stored = _stored(tmp_path / "tracker.db", "m2")
        engine.process.send_signal(signal.SIGKILL)
        line.close()
    with served_engine(tmp_path, **environment(project)) as engine:
        status, replies = engine.request("POST", HOOK, message(2))
        assert (status, replies) == (200, stored)
        assert replies[0]["text"] == "answer 2"
        line = _send(engine, message(3))  # whether it was begun, done or neither
        engine.process.send_signal(signal.SIGKILL)
        line.close()
    with served_engine(tmp_path, **environment(project)) as engine:
        assert engine.request("POST", HOOK, message(3))[1][0]["text"] == "answer 3"
        assert engine.request("POST", HOOK, message(4))[1][0]["text"] == "answer 4"


@pytest.mark.postgres
def test_while_the_database_is_stopped_every_turn_is_an_error_and_is_answered_once_afterwards(
    project: Path, tmp_path: Path
) -> None:
    reason = postgres.why_not()
    if reason:
        pytest.skip(reason)
    with postgres.postgres_server() as server:
        if server.folder is None:
            pytest.skip("TEST_POSTGRES_URL is not ours to stop")
        with served_engine(tmp_path, TRACKER_URL=server.database(), **environment(project)) as engine:
            assert engine.say("p", "/ask")[0]["text"] == "answer 1"
            body = {"sender": "p", "message": "/ask", "metadata": {"message_id": "tried again"}}
            server.stop()
            for _ in range(3):
                status, answer = engine.request("POST", HOOK, body)
                assert (status, answer["reason"]) == (503, "NotStored")
            assert engine.request("GET", "/status")[0] == 503
            server.start()
            assert engine.request("POST", HOOK, body)[1][0]["text"] == "answer 2"
            assert engine.request("POST", HOOK, body)[1][0]["text"] == "answer 2"
            assert engine.say("p", "/ask")[0]["text"] == "answer 3"
