"""LINE under everything at once: duplicates, reordering, time-outs after accepting, and random `kill -9`.

Judged by what is on each phone's screen: nothing lost, nothing doubled, nothing that LINE would refuse. A reply whose
answer was lost cannot be told from one that never arrived once its token is dead: then, and only then, a second copy
may come, and each such doubt is in the log. CI runs few conversations; FAULTS_FULL=1 runs 1,000.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from desk.texts import APOLOGY
from tests.desk.served import make_desk, make_engine, running, wait_until
from tests.faults.test_kills import Killer, Size
from tests.line.stand_in_line import StandInLine

DUPLICATED, REORDERED = 0.05, 0.05
MESSAGES = 3
#: Conversations of the full run; fewer where somebody cannot wait for a thousand.
FULL_SIZE = int(os.environ.get("FAULTS_CONVERSATIONS", "1000"))
PATIENCE = 300.0


def deliver(line: StandInLine, event: dict[str, Any]) -> None:
    """As LINE with redelivery on: again, marked, until there is a 200; the token lives another minute."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if line.post(event).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        assert time.monotonic() < until, "the webhook never answered"
        time.sleep(0.3)
        event = {**event, "deliveryContext": {"isRedelivery": True}}
        with line.lock:
            line.tokens[event["replyToken"]]["until"] = line.now() + 60


def converse(line: StandInLine, number: int) -> tuple[str, list[str]]:
    """One account: follows, writes, and waits for each answer or not; its id and what it wrote."""
    rng = random.Random(number)
    user = f"U{number:032x}"
    if rng.random() < 0.5:
        deliver(line, line.event(user, "follow", follow={"isUnblocked": False}))
    texts = [f"c{number}.{index}" for index in range(MESSAGES)]
    held: dict[str, Any] | None = None
    for text in texts:
        event = line.text(user, text)
        if held is None and rng.random() < REORDERED:
            # It comes after the next one.
            held = event
            continue
        for one in [event, held]:
            if one is not None:
                deliver(line, one)
                if rng.random() < DUPLICATED:
                    deliver(line, {**one, "deliveryContext": {"isRedelivery": rng.random() < 0.5}})
        held = None
        if rng.random() < 0.8:
            wait_until(lambda text=text: answered(line, user, text), PATIENCE, f"an answer to {text}")
    if held is not None:
        deliver(line, held)
    return user, texts


def said(line: StandInLine, user: str) -> list[str]:
    # Parts of one answer may have been put into one message where there were more than five.
    return [part for text in line.texts(user) for part in text.split("\n\n")]


def answered(line: StandInLine, user: str, text: str) -> bool:
    shown = said(line, user)
    return f"p2: {text}" in shown or any(APOLOGY in part for part in shown)


def complete(line: StandInLine, user: str, texts: list[str]) -> bool:
    shown = Counter(said(line, user))
    apologies = shown[APOLOGY]
    return sum(bool(shown[f"p2: {text}"]) for text in texts) + apologies >= len(texts)


def test_nothing_is_lost_or_doubled_on_line(tmp_path: Path, full: bool) -> None:
    size = Size(FULL_SIZE, MESSAGES, 30, (8.0, 20.0), 0.0) if full else Size(24, MESSAGES, 12, (0.5, 2.0), 0.0, 8)
    line = StandInLine(lost_answers=0.02 if full else 0.1).start()
    engine = make_engine(tmp_path)
    desk = make_desk(tmp_path, engine.url, **line.settings(LINE_TIMEOUT="5"))
    line.desk = desk.url
    doubled: list[str] = []
    try:
        with running(engine, desk):
            with (
                Killer({"engine": engine, "desk": desk}, size) as killer,
                ThreadPoolExecutor(size.parallel) as pool,
            ):
                talks = list(pool.map(lambda number: converse(line, number), range(size.conversations)))
            engine.wait()
            desk.wait()
            for user, texts in talks:
                wait_until(
                    lambda user=user, texts=texts: complete(line, user, texts),
                    PATIENCE,
                    f"{texts} in {line.texts(user)}",
                )
            wait_until(lambda: not waiting(tmp_path), PATIENCE, "nothing waits any more")
    finally:
        line.stop()
    for user, texts in talks:
        shown = Counter(said(line, user))
        doubled += [
            part for part, count in shown.items() if count > 1 and not part.startswith("・") and part != APOLOGY
        ]
        # No answer to what nobody wrote.
        assert {part[4:] for part in shown if part.startswith("p2: ")} <= set(texts)
    log = (tmp_path / "desk-1.log").read_text(encoding="utf-8")
    kills = sum(killer.kills.values())
    doubts = log.count("a reply may arrive twice")
    print(  # noqa: T201
        f"{size.conversations} conversations, {kills} kills, {line.lost} answers lost after accepting,"
        f" {doubts} doubts, {len(doubled)} doubled messages"
    )
    assert kills >= 2
    assert line.lost
    assert line.refused == []
    # A doubt is one answer, of two parts here.
    assert len(doubled) <= doubts * 5, doubled
    assert "LINE event failed" not in log


def test_a_desk_killed_while_line_is_silent_asks_again_while_the_token_lives(tmp_path: Path) -> None:
    """A refused token then tells that the first try was accepted: no second copy, and no doubt."""
    line = StandInLine().start()
    engine = make_engine(tmp_path)
    desk = make_desk(tmp_path, engine.url, **line.settings(LINE_TIMEOUT="30"))
    line.desk = desk.url
    user = f"U{1:032x}"
    try:
        with running(engine, desk):
            deliver(line, line.event(user, "follow", follow={"isUnblocked": False}))
            wait_until(lambda: line.texts(user) and not waiting(tmp_path), PATIENCE, "the greeting")
            line.silence.clear()
            line.faults.append(("reply", "lost after accept"))
            deliver(line, line.text(user, "c1.0"))
            wait_until(lambda: line.lost, PATIENCE, "a reply that LINE took in silence")
            desk.kill()
            line.silence.set()
            desk.start()
            desk.wait()
            wait_until(lambda: not waiting(tmp_path), PATIENCE, "nothing waits any more")
    finally:
        line.stop()
    assert said(line, user).count("p2: c1.0") == 1
    assert "a reply may arrive twice" not in (tmp_path / "desk-1.log").read_text(encoding="utf-8")


def waiting(folder: Path) -> int:
    """Webhook events, messages and deliveries that are not done."""
    with sqlite3.connect(f"file:{folder / 'var' / 'desk.sqlite3'}?mode=ro", uri=True, timeout=10) as base:
        rows = base.execute(
            "SELECT (SELECT count(*) FROM line_channel_lineevent WHERE state = 'pending')"
            " + (SELECT count(*) FROM conversations_inbound WHERE outcome = '')"
            " + (SELECT count(*) FROM conversations_outbox WHERE state = 'pending')"
        ).fetchone()
    base.close()
    return int(rows[0])
