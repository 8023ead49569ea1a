"""Visitors of the fault tests: what they say, and how they get it through."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

import httpx

from tests.desk.served import Visitor, wait_until
from tests.faults.judging import Book

#: How long anything may take while processes are killed and the database is away.
PATIENCE = 240.0
#: Questions with answers of different lengths, some of which depend on what was asked before.
QUESTIONS = (
    "経理ってどんな仕事？",
    "経理と経理事務の違いは？",
    "じゃあ人事は？",
    "未経験でもなれますか",
    "総務に向いている人は？",
    "資格は必要？",
    "法務の仕事内容を教えて",
    "ありがとう",
    "年収は？",
    "営業事務と一般事務の違いは？",
)


@dataclass(frozen=True)
class Talk:
    """What a visitor says and, from a conversation that nobody disturbed, what the bot says."""

    said: tuple[str, ...]
    answers: tuple[str, ...]


def undisturbed(url: str, kind: str, turns: int) -> Talk:
    """Talk once with nothing killed: the measure of all others."""
    said = tuple(f"m.{number}" if kind == "stand-in" else QUESTIONS[number] for number in range(turns))
    guest = _begin([url]).listen()
    wait_until(lambda: guest.texts(), 30, "a greeting")
    for text in said:
        guest.send(text)
        wait_until(lambda text=text: _answered(guest, text), 30, f"an answer to {text}")
    wait_until(lambda: _quiet(guest), 30, "the rest of the last answer")
    guest.close()
    return Talk(said, tuple(guest.texts()))


def _quiet(guest: Visitor) -> bool:
    before = len(guest.events)
    time.sleep(0.5)
    return len(guest.events) == before


def converse(urls: list[str], name: str, talk: Talk, book: Book) -> Visitor:
    """One visitor, who sends each message after the answer to the last, or not waiting for it now and then."""
    rng = random.Random(name)
    guest = _begin(urls).listen()
    for text in talk.said:
        # Another process of the same desk may take the next message.
        guest.url = rng.choice(urls)
        guest.send_surely(text, PATIENCE)
        if rng.random() < 0.8:
            wait_until(lambda text=text: _answered(guest, text), PATIENCE, f"{name}: an answer to {text}")
    # The database says when all is answered, and how far the stream has to come.
    wait_until(lambda: book.settled(guest), PATIENCE, f"{name}: the last answer", pause=0.25)
    guest.close()
    return guest


def _begin(urls: list[str]) -> Visitor:
    until = time.monotonic() + PATIENCE
    guest = Visitor(random.choice(urls))
    while not guest.token:
        try:
            guest.open()
        except (AssertionError, httpx.HTTPError) as error:
            # The desk may be dead right now.
            if time.monotonic() > until:
                raise AssertionError("no session") from error
            time.sleep(0.2)
    return guest


def _answered(guest: Visitor, text: str) -> bool:
    """Whether the bot has said something after this message."""
    events = list(guest.events)
    mine = [event["seq"] for event in events if event["from"] == "user" and event.get("text") == text]
    return bool(mine) and any(event["from"] == "bot" and event["seq"] > mine[0] for event in events)
