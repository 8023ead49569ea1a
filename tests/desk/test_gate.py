"""Writers of one process take turns: in the order of asking, the urgent first, and nobody waits for ever."""

from __future__ import annotations

import threading

from desk.sqlite.gate import Gate
from tests.desk.served import wait_until


def test_writers_take_turns_and_the_urgent_go_first() -> None:
    gate, order = Gate(), []

    def write(name: str, urgent: bool) -> None:
        if urgent:
            with gate.urgently():
                assert gate.acquire(5)
        else:
            assert gate.acquire(5)
        order.append(name)
        gate.release()

    assert gate.acquire(1)
    threads = []
    for number, (name, urgent) in enumerate([("first", False), ("second", False), ("webhook", True)], 1):
        threads.append(threading.Thread(target=write, args=(name, urgent)))
        threads[-1].start()
        wait_until(lambda number=number: len(gate._first) + len(gate._others) == number, 5)
    gate.release()
    for thread in threads:
        thread.join(5)
    assert order == ["webhook", "first", "second"]
    assert gate.acquire(0.1)


def test_whoever_gives_up_does_not_block_the_next() -> None:
    gate = Gate()
    assert gate.acquire(1)
    assert not gate.acquire(0.05)
    gate.release()
    assert gate.acquire(0.05)
    gate.release()
