"""Reads the texts of a topic (data/<topic>/texts.yml), checked and with the operator's names filled in."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bot.documents import read
from bot.operator_settings import operator

_DATA: Final = Path(__file__).resolve().parents[1] / "data"
_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 400}
_MANY: Final[dict[str, Any]] = {"type": "array", "minItems": 1, "items": _TEXT}
_TITLE: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 20}
_BY_WORD: Final[dict[str, Any]] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["words", "text"],
        "additionalProperties": False,
        "properties": {
            "words": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
            "text": _TEXT,
        },
    },
}


def _all(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "small_talk": _all(
        {
            **dict.fromkeys(("greet", "bye", "thanks", "acknowledge", "praise", "chitchat_else"), _MANY),
            **dict.fromkeys(("ask_bot", "chitchat", "to_be_heard", "greet_by_time"), _BY_WORD),
            **dict.fromkeys(
                ("ask_bot_else", "ask_capabilities", "session_opened", "returned", "booked", "erased"), _TEXT
            ),
            "buttons": {
                "type": "array",
                "maxItems": 13,
                "items": _all({"title": _TITLE, "payload": {"type": "string", "pattern": "^/"}}),
            },
        }
    ),
    "handoff": _all(
        {
            **dict.fromkeys(
                ("ask", "ask_without", "edit", "handed", "handed_crisis", "cancelled", "nothing_to_cancel"), _TEXT
            ),
            **dict.fromkeys(("summary_jobs", "summary_asked", "summary_result", "summary_reason"), _TEXT),
            "complaint": _MANY,
            "buttons": _all(dict.fromkeys(("agree", "agree_short", "edit", "bare", "cancel", "human"), _TITLE)),
        }
    ),
}


@lru_cache(maxsize=8)
def topic_texts(topic: str) -> dict[str, Any]:
    """The texts of a topic. Raises bot.documents.DocumentError in Japanese."""
    return dict(read(_DATA / topic / "texts.yml", SCHEMAS[topic]))


def told(text: str, **places: str) -> str:
    """A text with the operator's names and the given {places} filled in."""
    facts = operator()
    return text.format_map(
        {"service": facts["service_name"], "name": facts["name"], "adviser": facts["adviser_title"], **places}
    )
