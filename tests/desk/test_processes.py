"""Several processes, stopping, and event streams in number."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from desk.run import Child, Supervisor
from tests.desk.served import (
    CLIENT,
    START_SECONDS,
    Process,
    Visitor,
    desk_env,
    make_desk,
    make_engine,
    running,
    wait_until,
)
from tests.serving import ROOT, free_port


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, engine: Process, database: dict[str, str]
) -> Iterator[tuple[Process, Process]]:
    """Two desk processes on one database."""
    folder = tmp_path_factory.mktemp("pair")
    first = make_desk(folder, engine.url, **database)
    second = make_desk(folder, engine.url, number=2, **database)
    with running(first, second):
        yield first, second


def test_a_stream_of_one_process_sees_what_another_writes(pair: tuple[Process, Process]) -> None:
    writer = Visitor(pair[0].url).open()
    reader = Visitor(pair[1].url, token=writer.token).listen()
    reader.wait_for("greeting")
    started = time.monotonic()
    writer.send("となりから")
    reader.wait_for("p2: となりから")
    assert time.monotonic() - started < 3
    reader.close()


def test_a_conversation_always_goes_to_the_same_of_several_engines(tmp_path: Path, database: dict[str, str]) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    engines = [make_engine(folder) for folder in folders]
    desk = make_desk(tmp_path, f"{engines[0].url}, {engines[1].url}/", **database)

    def asked(folder: Path) -> set[str]:
        with contextlib.closing(sqlite3.connect(folder / "engine.sqlite3")) as store:
            return {sender for (sender,) in store.execute("SELECT sender FROM asked")}

    visitors = 0
    with running(*engines, desk):
        # Which engine it is, is drawn by the conversation's name: one time of 128 eight in a row go to the same.
        while visitors < 8 or (visitors < 40 and not all(map(asked, folders))):
            visitor = Visitor(desk.url).open().listen()
            for text in (f"{visitors}.1", f"{visitors}.2"):
                visitor.send(text)
                visitor.wait_for(f"p2: {text}")
            visitor.close()
            visitors += 1
    first, second = map(asked, folders)
    assert first
    assert second
    assert not first & second
    assert len(first | second) == visitors


def test_what_a_killed_process_left_is_finished_by_the_other(
    tmp_path_factory: pytest.TempPathFactory, engine: Process, database: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("left")
    first = make_desk(folder, engine.url, **database)
    second = make_desk(folder, engine.url, number=2, **database)
    with running(first, second):
        guest = Visitor(second.url)
        opened = Visitor(first.url).open()
        guest.token = opened.token
        guest.listen()
        guest.wait_for("greeting")
        opened.send("slow 3")
        guest.wait_for("slow 3", "user")
        first.kill()
        # The lease of the killed one has to run out first; how long that takes beside other tests is no matter here.
        guest.wait_for("re: slow 3", seconds=90)
        guest.close()
        assert guest.texts().count("re: slow 3") == 1


def test_an_engine_killed_in_mid_turn_means_a_retry(tmp_path: Path) -> None:
    engine = make_engine(tmp_path)
    desk = make_desk(tmp_path, engine.url)
    with running(engine, desk):
        guest = Visitor(desk.url).open().listen()
        guest.wait_for("greeting")
        guest.send("slow 1")
        wait_until(lambda: [row for row in CLIENT.get(f"{engine.url}/asked").json() if row["message"] == "slow 1"])
        engine.kill()
        guest.send("次")
        assert CLIENT.get(f"{desk.url}/healthz").status_code == 200
        engine.start()
        guest.wait_for("p2: 次", seconds=30)
        assert guest.texts()[1:] == ["re: slow 1", "p2: slow 1", "re: 次", "p2: 次"]
        guest.close()


async def _open_streams(url: str, tokens: list[str], each: int) -> list[asyncio.StreamWriter]:
    writers = []
    host, port = url.removeprefix("http://").split(":")
    for token in tokens:
        for _ in range(each):
            reader, writer = await asyncio.open_connection(host, int(port))
            request = f"GET /api/chat/events HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
            writer.write(request.encode())
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head.split(b"\r\n")[0]
            writers.append(writer)
    return writers


def _threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def _database_files(pid: int) -> int:
    names = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            names.append(str(link.readlink()))
        except FileNotFoundError:
            continue
    return len([name for name in names if name.endswith("desk.sqlite3")])


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads and files in /proc")
def test_a_thousand_streams_need_no_thread_and_no_connection_each(tmp_path: Path, engine: Process) -> None:
    desk = make_desk(tmp_path, engine.url)
    with running(desk):
        visitors = [Visitor(desk.url).open() for _ in range(125)]
        assert desk.process is not None
        pid = desk.process.pid

        async def measure() -> None:
            writers = await _open_streams(desk.url, [visitor.token for visitor in visitors], 8)
            assert len(writers) == 1000
            answer = await asyncio.to_thread(CLIENT.get, f"{desk.url}/metrics")
            assert 'desk_streams{kind="visitor"} 1000.0' in answer.text
            assert _threads(pid) <= 24
            assert _database_files(pid) <= 16
            for writer in writers:
                writer.close()

        asyncio.run(measure())
        wait_until(lambda: 'desk_streams{kind="visitor"} 0.0' in CLIENT.get(f"{desk.url}/metrics").text)


def test_a_session_may_open_so_many_streams_and_no_more(pair: tuple[Process, Process]) -> None:
    guest = Visitor(pair[0].url).open()

    async def measure() -> int:
        writers = await _open_streams(pair[0].url, [guest.token], 8)
        async with httpx.AsyncClient(trust_env=False) as client:
            refused = await client.get(f"{pair[0].url}/api/chat/events", headers=guest.headers)
        for writer in writers:
            writer.close()
        return refused.status_code

    assert asyncio.run(measure()) == 429


def test_stopping_ends_the_streams_and_the_process(tmp_path: Path, engine: Process) -> None:
    desk = make_desk(tmp_path, engine.url)
    with running(desk):
        guest = Visitor(desk.url).open().listen()
        guest.wait_for("greeting")
        assert desk.process is not None
        started = time.monotonic()
        desk.process.send_signal(signal.SIGTERM)
        desk.process.wait(10)
        assert time.monotonic() - started < 6
        guest.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_supervisor_restarts_what_dies_and_takes_everything_along(tmp_path: Path, number: signal.Signals) -> None:
    port, engine_port = free_port(), free_port()
    stand_in = tmp_path / "engine-python"
    stand_in.write_text(
        f"#!/bin/sh\nexec {sys.executable} -m tests.desk.stand_in_engine {engine_port} {tmp_path / 'e.sqlite3'}\n"
    )
    stand_in.chmod(0o755)
    env = desk_env(tmp_path, f"http://127.0.0.1:{engine_port}", PORT=str(port), ENGINE_PYTHON=str(stand_in))
    log = (tmp_path / "run.log").open("wb")
    # As a shell starts it in the background: INT ignored.
    process = subprocess.Popen(
        ["/bin/sh", "-c", f"trap '' INT; exec {sys.executable} -m desk.run"], cwd=ROOT, env=env, stdout=log, stderr=log
    )
    try:
        desk = Process([], port, {}, tmp_path / "run.log", "/readyz")
        wait_until(desk.ready, START_SECONDS, "ready")
        children = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
        assert len(children) == 2
        for child in children:
            os.kill(child, signal.SIGKILL)
        wait_until(lambda: not desk.ready(), 10, "noticed")
        wait_until(desk.ready, START_SECONDS, "up again")
        again = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
        process.send_signal(number)
        assert process.wait(20) == 0
        for child in again:
            assert not Path(f"/proc/{child}").exists()
    finally:
        process.kill()
        process.wait()
        log.close()
    assert threading.active_count() < 50


def test_what_cannot_be_prepared_ends_the_run_with_everything(tmp_path: Path) -> None:
    env = dict(os.environ)
    alive = tmp_path / "alive"
    other = Child("engine", ["/bin/sh", "-c", f"echo $$ > {alive}; exec sleep 60"], env)
    refused = ["/bin/sh", "-c", f"until [ -s {alive} ]; do sleep 0.05; done; exit 3"]
    desk = Child("desk", ["/bin/sh", "-c", f"touch {tmp_path / 'started'}"], env, first=refused)
    assert Supervisor([other, desk]).run() == 3
    assert not (tmp_path / "started").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(alive.read_text()), 0)


def test_a_child_is_prepared_once_and_started_again_without(tmp_path: Path) -> None:
    told = tmp_path / "told"
    prepare = ["/bin/sh", "-c", f"echo prepared >> {told}"]
    # Ends the first time, and the whole run the second time.
    serve = ["/bin/sh", "-c", f"echo served >> {told}; [ $(grep -c served {told}) = 1 ] || kill -TERM {os.getpid()}"]
    assert Supervisor([Child("desk", serve, dict(os.environ), first=prepare)]).run() == 0
    assert told.read_text().split()[:3] == ["prepared", "served", "served"]
