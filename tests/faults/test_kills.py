"""Random `kill -9` of desk and engine, and a stopped database, during conversations: nothing lost, doubled, reordered.

Judged by what the visitor's stream shows. CI runs few conversations; FAULTS_FULL=1 runs 500 of 10 turns.
"""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from desk.texts import APOLOGY
from tests.desk.served import Process, Visitor, make_desk, make_engine, running, wait_until
from tests.postgres import postgres_server, why_not


def converse(url: str, name: str, turns: int, others: list[str]) -> Visitor:
    """One visitor, who sends each message after the answer to the last, or not waiting for it now and then."""
    rng = random.Random(name)
    guest = Visitor(url)
    until = time.monotonic() + 120
    while not guest.token:
        try:
            guest.open()
        except (AssertionError, httpx.HTTPError) as error:
            # The desk may be dead right now.
            if time.monotonic() > until:
                raise AssertionError("no session") from error
            time.sleep(0.2)
    guest.listen()
    for number in range(turns):
        # Another process of the same desk may take the next message.
        guest.url = rng.choice(others)
        guest.send_surely(f"{name}.{number}", 120)
        if rng.random() < 0.8:
            wait_until(lambda number=number: _answered(guest, f"{name}.{number}"), 120, f"an answer to {name}.{number}")
    for number in range(turns):
        wait_until(lambda number=number: _answered(guest, f"{name}.{number}"), 120, f"an answer to {name}.{number}")
    guest.close()
    return guest


def _answered(guest: Visitor, text: str) -> bool:
    """Answered, or apologised for: apologies carry no text of ours, so they are counted."""
    said = guest.texts()
    if f"p2: {text}" in said:
        return True
    mine = [event.get("text") for event in list(guest.events) if event["from"] == "user"]
    answers = len([one for one in said if one.startswith("p2: ")]) + said.count(APOLOGY)
    return text in mine and answers > mine.index(text)


def judge(guest: Visitor, name: str, turns: int) -> None:
    """Nothing lost, nothing doubled, nothing out of order, every message with exactly one answer."""
    seqs = [event["seq"] for event in guest.events]
    assert seqs == sorted(set(seqs)), f"{name}: {seqs}"
    assert guest.texts("user") == [f"{name}.{number}" for number in range(turns)]
    said = guest.texts()
    answers = [text for text in said if text.startswith(("re: ", "p2: "))]
    assert len(set(answers)) == len(answers), f"{name}: doubled {answers}"
    order = [text for text in answers if text.startswith("re: ")]
    assert order == sorted(order, key=lambda text: int(text.rsplit(".", 1)[1]))
    apologies = said.count(APOLOGY)
    assert len(order) + apologies == turns, f"{name}: {said}"


class Killer:
    """Kills random processes at random times and starts them again."""

    def __init__(self, processes: list[Process], pause: tuple[float, float]) -> None:
        self._processes = processes
        self._pause = pause
        self._stop = threading.Event()
        self.kills = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Killer:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join(60)

    def _run(self) -> None:
        rng = random.Random(7)
        while not self._stop.wait(rng.uniform(*self._pause)):
            victim = rng.choice(self._processes)
            victim.kill()
            self.kills += 1
            self._stop.wait(rng.uniform(0.0, 0.5))
            victim.start()
            # A victim that never comes up would only be killed again.
            wait_until(victim.ready, 60)


def run(url: str, conversations: int, turns: int, parallel: int, urls: list[str]) -> None:
    with ThreadPoolExecutor(parallel) as pool:
        work = [
            (f"c{number}", pool.submit(converse, url, f"c{number}", turns, urls)) for number in range(conversations)
        ]
        for name, future in work:
            judge(future.result(), name, turns)


def test_kills_lose_double_and_reorder_nothing(tmp_path: Path, full: bool) -> None:
    conversations, turns, parallel = (500, 10, 25) if full else (12, 5, 12)
    engine = make_engine(tmp_path)
    desk = make_desk(tmp_path, engine.url)
    with running(engine, desk), Killer([engine, desk], (2.0, 6.0) if full else (0.5, 2.0)) as killer:
        run(desk.url, conversations, turns, parallel, [desk.url])
    assert killer.kills >= 2


@pytest.mark.postgres
@pytest.mark.skipif(bool(why_not()), reason=str(why_not()))
def test_two_desks_on_postgresql_with_kills_and_a_stopped_database(tmp_path: Path, full: bool) -> None:
    conversations, turns, parallel, outage = (500, 10, 25, 20.0) if full else (10, 5, 10, 4.0)
    with postgres_server() as server:
        engine = make_engine(tmp_path)
        url = server.database()
        first = make_desk(tmp_path, engine.url, DATABASE_URL=url)
        second = make_desk(tmp_path, engine.url, number=2, DATABASE_URL=url)

        def stop_the_database() -> None:
            time.sleep(2)
            server.stop()
            time.sleep(outage)
            server.start()

        outage_thread = threading.Thread(target=stop_the_database)
        with running(engine, first, second), Killer([engine, first, second], (2.0, 6.0)):
            outage_thread.start()
            run(first.url, conversations, turns, parallel, [first.url, second.url])
            outage_thread.join()
