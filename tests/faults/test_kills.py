"""Random `kill -9` of desk and engine, and a stopped database, during conversations: nothing lost, doubled, reordered.

Judged twice: by what the visitor's stream shows, against a conversation that nobody disturbed, and by the database,
where each message must have one answer. CI runs few conversations, some with the real engine; FAULTS_FULL=1 runs 500
of 10 turns with it, fifty at once. Each run leaves its figures in `artifacts/faults/`.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.desk.served import Process, make_desk, make_engine, make_real_engine, running, wait_until
from tests.faults.conversing import Talk, converse, undisturbed
from tests.faults.judging import Book, Verdict, assert_silent, judge, report
from tests.postgres import Server, postgres_server, why_not


@dataclass(frozen=True)
class Size:
    """How much is run: conversations, turns each, how many at once, pauses between kills and the outage in seconds."""

    conversations: int
    turns: int
    parallel: int
    pause: tuple[float, float]
    outage: float
    #: No more kills than this: the real engine needs seconds to come up, and CI has few of them.
    most_kills: int = 10_000


FULL = Size(500, 10, 50, (6.0, 18.0), 20.0)
#: As much as CI has time for, by engine.
SMALL = {"stand-in": Size(12, 5, 12, (0.5, 2.0), 4.0, 12), "real": Size(8, 6, 4, (0.1, 0.4), 4.0, 3)}


#: A run in which less was killed shows nothing.
LEAST_KILLS = 2


class Killer:
    """Kills random processes at random times and starts them again."""

    def __init__(self, processes: dict[str, Process], size: Size) -> None:
        self._processes = processes
        self._size = size
        self._stop = threading.Event()
        self.kills = dict.fromkeys(processes, 0)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Killer:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join(150)

    @property
    def at_work(self) -> bool:
        """Whether more kills may come."""
        return self._thread.is_alive()

    def _run(self) -> None:
        rng = random.Random(7)
        while sum(self.kills.values()) < self._size.most_kills and not self._stop.wait(rng.uniform(*self._size.pause)):
            name = rng.choice(list(self._processes))
            victim = self._processes[name]
            victim.kill()
            self.kills[name] += 1
            self._stop.wait(rng.uniform(0.0, 0.5))
            victim.start()
            # A victim that never comes up would only be killed again.
            wait_until(victim.ready, 120)


@contextlib.contextmanager
def outage(server: Server, seconds: float) -> Iterator[None]:
    """The database stops soon after the block begins, as a crash would stop it, and comes back after `seconds`."""

    def stop_and_start() -> None:
        time.sleep(2)
        server.stop()
        time.sleep(seconds)
        server.start()

    thread = threading.Thread(target=stop_and_start)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def run(urls: list[str], size: Size, expected: Talk, book: Book, killer: Killer) -> list[Verdict]:
    """All conversations, and as many more as it takes until something was killed; what became of each."""

    def one(number: int) -> Verdict:
        guest = converse(urls, f"c{number}", expected, book)
        return judge(guest, f"c{number}", expected, book)

    verdicts: list[Verdict] = []
    with ThreadPoolExecutor(size.parallel) as pool:
        # On a quick machine the first round is over before the killer has struck.
        while not verdicts or (sum(killer.kills.values()) < LEAST_KILLS and killer.at_work):
            verdicts += pool.map(one, range(len(verdicts), len(verdicts) + size.conversations))
    return verdicts


def engine_of(kind: str, folder: Path) -> Process:
    return make_real_engine(folder) if kind == "real" else make_engine(folder)


def size_of(kind: str, full: bool) -> Size:
    # The full size is for the real engine: the stand-in would only say the same again.
    return FULL if full and kind == "real" else SMALL[kind]


@pytest.mark.parametrize("kind", ["stand-in", "real"])
def test_kills_lose_double_and_reorder_nothing(tmp_path: Path, full: bool, kind: str) -> None:
    size = size_of(kind, full)
    engine = engine_of(kind, tmp_path)
    desk = make_desk(tmp_path, engine.url)
    started = time.monotonic()
    with running(engine, desk):
        expected = undisturbed(desk.url, kind, size.turns)
        book = Book.of(desk)
        with Killer({"engine": engine, "desk": desk}, size) as killer:
            verdicts = run([desk.url], size, expected, book, killer)
    assert_silent(expected, engine, desk)
    report(f"kills-{kind}", verdicts, kills=killer.kills, outage=0.0, seconds=time.monotonic() - started)
    assert sum(killer.kills.values()) >= LEAST_KILLS, killer.kills


@pytest.mark.postgres
@pytest.mark.skipif(bool(why_not()), reason=str(why_not()))
@pytest.mark.parametrize("kind", ["stand-in", "real"])
def test_two_desks_on_postgresql_with_kills_and_a_stopped_database(tmp_path: Path, full: bool, kind: str) -> None:
    size = size_of(kind, full)
    with postgres_server() as server:
        engine = engine_of(kind, tmp_path)
        url = server.database()
        first = make_desk(tmp_path, engine.url, DATABASE_URL=url)
        second = make_desk(tmp_path, engine.url, number=2, DATABASE_URL=url)
        started = time.monotonic()
        with running(engine, first, second):
            expected = undisturbed(first.url, kind, size.turns)
            book = Book.of(first)
            killer = Killer({"engine": engine, "desk 1": first, "desk 2": second}, size)
            with killer, outage(server, size.outage):
                verdicts = run([first.url, second.url], size, expected, book, killer)
        seconds = time.monotonic() - started
    assert_silent(expected, engine, first, second)
    report(f"kills-and-outage-{kind}", verdicts, kills=killer.kills, outage=size.outage, seconds=seconds)
