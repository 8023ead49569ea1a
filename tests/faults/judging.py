"""Judges conversations after kills and outages, and writes down the figures of a run."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg

from desk.texts import APOLOGY
from tests.desk.served import Process, Visitor
from tests.serving import ROOT

if TYPE_CHECKING:
    from tests.faults.conversing import Talk

FIGURES = ROOT / "artifacts" / "faults"


@dataclass(frozen=True)
class Book:
    """The desk's database, read past the desk: the only other witness of what was said."""

    url: str
    file: Path

    @classmethod
    def of(cls, desk: Process) -> Book:
        return cls(desk.env.get("DATABASE_URL", ""), Path(desk.env["DATA_DIR"]) / "desk.sqlite3")

    def rows(self, statement: str, conversation: str) -> list[tuple[Any, ...]]:
        if self.url:
            with psycopg.connect(self.url, connect_timeout=5) as connection:
                return connection.execute(statement.replace("?", "%s"), [UUID(conversation)]).fetchall()
        with contextlib.closing(sqlite3.connect(self.file, timeout=20)) as connection:
            return connection.execute(statement, [UUID(conversation).hex]).fetchall()

    def surely(self, statement: str, conversation: str, seconds: float = 120) -> list[tuple[Any, ...]]:
        """The rows, as soon as the database is there again: the outage may outlast the conversations."""
        until = time.monotonic() + seconds
        while True:
            try:
                return self.rows(statement, conversation)
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.25)

    def settled(self, guest: Visitor) -> bool:
        """Whether nothing waits for an answer and the stream has shown everything."""
        try:
            ((pending, last),) = self.rows(
                "SELECT (SELECT count(*) FROM conversations_inbound i WHERE i.conversation_id = c.id"
                " AND i.outcome = ''), (SELECT max(seq) FROM conversations_event e"
                " WHERE e.conversation_id = c.id AND e.visibility = 'all') FROM conversations_conversation c"
                " WHERE c.id = ?",
                guest.conversation,
            )
        except (psycopg.Error, sqlite3.Error):
            return False
        return pending == 0 and bool(guest.events) and guest.events[-1]["seq"] >= last


@dataclass
class Verdict:
    """What went wrong in one conversation; all zero is what is asked for."""

    messages: int
    answered: int = 0
    apologised: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    differing: int = 0
    ungreeted: int = 0
    why: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.out_of_order or self.differing)


def judge(guest: Visitor, name: str, talk: Talk, book: Book) -> Verdict:
    """Compare what the visitor saw with what he sent, with the undisturbed talk, and with the database."""
    verdict = Verdict(len(talk.said))
    _judge_stream(guest, talk, book, verdict)
    _judge_answers(guest, talk, book, verdict)
    if not verdict.clean:
        verdict.why.append(f"{name}: {[(e['seq'], e['from'], e.get('text', '')[:20]) for e in guest.events]}")
    return verdict


def _judge_stream(guest: Visitor, talk: Talk, book: Book, verdict: Verdict) -> None:
    """Each visible event once, in its order, as the widget shows them; and my own words as I sent them."""
    seqs = [event["seq"] for event in guest.events]
    stored = [row[0] for row in book.surely(_VISIBLE, guest.conversation)]
    verdict.lost += len(set(stored) - set(seqs))
    verdict.doubled += len(seqs) - len(set(seqs))
    verdict.out_of_order += seqs != sorted(seqs)
    mine = guest.texts("user")
    verdict.lost += sum((Counter(talk.said) - Counter(mine)).values())
    verdict.doubled += sum((Counter(mine) - Counter(talk.said)).values())
    verdict.out_of_order += sorted(mine) == sorted(talk.said) and mine != list(talk.said)


_VISIBLE = "SELECT seq FROM conversations_event WHERE conversation_id = ? AND visibility = 'all' ORDER BY seq"
_ANSWERS = (
    "SELECT m.seq, a.seq, a.part, a.text FROM conversations_event m LEFT JOIN conversations_event a"
    " ON a.cause_id = m.id AND a.type = 'message' AND a.author = 'bot'"
    " WHERE m.conversation_id = ? AND m.type = 'message' AND m.author = 'user' ORDER BY m.seq, a.seq"
)


def _judge_answers(guest: Visitor, talk: Talk, book: Book, verdict: Verdict) -> None:
    """One answer a message, whole, in the order of the messages; the apology counts as one and stands alone."""
    answers: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for question, seq, part, text in book.surely(_ANSWERS, guest.conversation):
        answers[question] += [(seq, part, text)] if seq is not None else []
    before = 0
    for found in answers.values():
        apologies = sum(text == APOLOGY for _, _, text in found)
        parts = [part for _, part, _ in found]
        verdict.apologised += apologies > 0
        verdict.answered += bool(found) and not apologies
        verdict.lost += not found
        verdict.doubled += (len(parts) - len(set(parts))) + (apologies > 0 and len(found) > 1)
        verdict.out_of_order += bool(found) and found[0][0] < before
        before = found[-1][0] if found else before
    # The greeting is nobody's answer: it is left out when the engine cannot be told of the new session in time.
    greeted = guest.texts()[:1] == list(talk.answers[:1])
    verdict.ungreeted += not greeted
    # After either the engine knows less than it would; only then may its answers differ.
    verdict.differing += greeted and not verdict.apologised and guest.texts() != list(talk.answers)


def assert_silent(talk: Talk, *processes: Process) -> None:
    """No log holds anything that was said, by either side, through all that went wrong."""
    for process in processes:
        log = process.log.read_text(encoding="utf-8", errors="replace")
        for text in (*talk.said, *(line for answer in talk.answers for line in answer.splitlines())):
            # A line of the stand-in's ("m.1") may stand in any log by chance.
            assert len(text) < 6 or text not in log, f"{process.log}: {text}"


def report(name: str, verdicts: list[Verdict], *, kills: dict[str, int], outage: float, seconds: float) -> None:
    """Write the figures of a run where people find them, and fail on anything but zeros."""
    total = {
        key: sum(getattr(verdict, key) for verdict in verdicts)
        for key in ("messages", "answered", "apologised", "lost", "doubled", "out_of_order", "differing", "ungreeted")
    }
    figures = {
        "run": name,
        "conversations": len(verdicts),
        **total,
        "kills": kills,
        "outage_seconds": outage,
        "seconds": round(seconds),
    }
    FIGURES.mkdir(parents=True, exist_ok=True)
    (FIGURES / f"{name}.json").write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    sys.stderr.write(f"\n{json.dumps(figures, ensure_ascii=False)}\n")
    wrong = [why for verdict in verdicts for why in verdict.why]
    assert wrong == [], "\n".join(wrong[:5])
