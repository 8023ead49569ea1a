"""The desk's own check for a crisis: the rule list of bot/safety, which works with the engine down.

The engine's classifier is asked as well (desk/router.py); whichever finds something first speaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot import safety


@dataclass(frozen=True)
class Finding:
    """Something in a text that people have to be alerted about. `reply` is empty for what needs no crisis text."""

    kind: str
    urgency: str
    reply: str


#: Intents of the engine's NLU that mean the same, and how sure it has to be.
INTENTS = {"crisis": "urgent", "crisis_other": "urgent"}
MINIMUM_CONFIDENCE = 0.5


def check(text: str) -> Finding | None:
    """What the rules find in a text."""
    found = safety.detect(text)
    if found is None:
        return None
    return Finding(found.kind, found.urgency, reply_for(found.kind))


def from_parse(result: dict[str, Any]) -> Finding | None:
    """What the engine's NLU result says."""
    intent = result.get("intent") or {}
    name = intent.get("name")
    if name not in INTENTS or float(intent.get("confidence") or 0) < MINIMUM_CONFIDENCE:
        return None
    return Finding(name, INTENTS[name], reply_for(name))


def reply_for(kind: str) -> str:
    """The ready crisis text, or '' where the desk has none to say."""
    match kind:
        case "crisis" | "crisis_other":
            return safety.crisis_reply(kind)
        case _:
            return ""
