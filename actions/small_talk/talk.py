"""What is answered to small talk: plain functions over the intent and the text."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from actions.topic_texts import told, topic_texts

# After these a person who has just come needs to see what can be asked.
_WITH_BUTTONS: Final = ("greet", "ask_capabilities", "EXTERNAL_session_opened", "EXTERNAL_returned_to_bot")
# What the wish to be heard is taken for: 'ちょっと話してもよかですか'.
_WISHES: Final = ("greet", "ask_capabilities", "chitchat", "acknowledge")
_HUMAN: Final = "/request_human"


@dataclass(frozen=True)
class Said:
    """One answer and the buttons below it."""

    text: str
    buttons: tuple[dict[str, str], ...] = ()


def _by_word(choices: list[dict[str, Any]], text: str) -> str | None:
    """The first text one of whose words stands in the message, whatever its width and case."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return next((one["text"] for one in choices if any(str(word).lower() in plain for word in one["words"])), None)


def answer(intent: str, text: str = "", turn: int = 0, reason: str = "") -> Said:
    """The answer to one message; `turn` chooses among several, `reason` is why the desk gave the talk back."""
    texts = topic_texts("small_talk")
    buttons = tuple(dict(one) for one in texts["buttons"]) if intent in _WITH_BUTTONS else ()
    invitation = _by_word(texts["to_be_heard"], text) if intent in _WISHES else None
    found: str | list[str]
    if invitation is not None:
        found = invitation
        buttons = tuple(dict(one) for one in texts["buttons"] if one["payload"] == _HUMAN)
    elif intent == "ask_bot":
        found = _by_word(texts["ask_bot"], text) or texts["ask_bot_else"]
    elif intent == "chitchat":
        found = _by_word(texts["chitchat"], text) or texts["chitchat_else"]
    elif intent == "greet" and (timely := _by_word(texts["greet_by_time"], text)):
        found = timely
    elif intent == "EXTERNAL_session_opened":
        found = texts["session_opened"]
    elif intent == "EXTERNAL_returned_to_bot":
        found = texts["booked" if reason == "booked" else "returned"]
    elif intent == "EXTERNAL_erased":
        found = texts["erased"]
    else:
        found = texts.get(intent, texts["acknowledge"])
    return Said(told(found if isinstance(found, str) else found[turn % len(found)]), buttons)
