"""What the self-analysis hears and says: one message in, what it led to, a question as it is put. Pure: no Rasa."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Literal

from actions.self_analysis.state import State

# ask: handled, put the present question. aside: another topic answers, then the question comes again.
# step_out: the form goes away and another topic takes over. end: the form is done, see `ended`.
Course = Literal["ask", "aside", "step_out", "end"]
Ended = Literal["result", "paused", "declined"]


@dataclass(frozen=True)
class Button:
    """A choice: what is shown (≤ 20 characters) and the payload that a tap sends."""

    title: str
    payload: str

    @property
    def v(self) -> str:
        """The answer that a tap means."""
        return str(json.loads("{" + self.payload.split("{", 1)[1])["v"])


@dataclass(frozen=True)
class Prompt:
    """A question as it is put: text, its own buttons (answers first, controls last), progress."""

    text: str
    buttons: tuple[Button, ...]
    step: int
    of: int


@dataclass(frozen=True)
class Said:
    """One message: typed (`text`) or tapped (`q` and, for an answer, `v`)."""

    text: str = ""
    intent: str = ""
    confidence: float = 1.0
    q: str | None = None
    v: str | None = None
    tapped: bool = False


@dataclass
class Turn:
    """What a message led to."""

    state: State
    says: list[str] = field(default_factory=list)
    course: Course = "ask"
    ended: Ended | None = None


def payload(intent: str, **entities: str) -> str:
    """A tap's payload, e.g. `/sa_answer{"q":"q1","v":"2"}`."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False, separators=(',', ':'))}" if entities else f"/{intent}"
