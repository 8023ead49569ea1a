"""What operators edit about safety (data/safety/): help lines, extra phrases, texts; checked, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bot.documents import read
from bot.safety.fold import fold

FOLDER: Final = Path(__file__).resolve().parents[2] / "data" / "safety"

_NUMBER: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": r"^(?:1\d\d|0\d{1,4}-\d{1,4}-\d{3,4})$",
    "description": "半角の数字とハイフン（0120-279-338 のような形）",
}
_DAY: Final[dict[str, Any]] = {"type": "string", "format": "date"}
_URL: Final[dict[str, Any]] = {"type": "string", "pattern": r"^https://\S+$", "description": "https:// で始まる住所"}
_NAME: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 60}


def _lines(least: int, most: int) -> dict[str, Any]:
    return {
        "type": "array",
        "minItems": least,
        "maxItems": most,
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "number", "verified_on"],
            "properties": {
                "name": _NAME,
                "number": _NUMBER,
                "always_open": {"type": "boolean"},
                "verified_on": _DAY,
                "check_at": _URL,
            },
        },
    }


LINES_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["emergency", "crisis", "distress", "labour", "pages"],
    "properties": {
        "emergency": _lines(2, 2),
        "crisis": {**_lines(2, 3), "contains": {"required": ["always_open"]}},
        "distress": _lines(1, 2),
        "labour": _lines(1, 2),
        "pages": {
            "type": "object",
            "additionalProperties": False,
            "required": ["labour_corner"],
            "properties": {
                "labour_corner": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["name", "url", "verified_on"],
                    "properties": {"name": _NAME, "url": _URL, "verified_on": _DAY},
                }
            },
        },
    },
}

_PHRASE: Final[dict[str, Any]] = {"type": ["array", "null"], "items": {"type": "string", "minLength": 2}}
PHRASES_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["crisis", "not_crisis"],
    "properties": {"crisis": _PHRASE, "not_crisis": _PHRASE},
}

_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 400}
_TEXTS: Final[dict[str, Any]] = {"type": "array", "minItems": 1, "items": _TEXT}
_BY_WORD: Final[dict[str, Any]] = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["words", "text"],
        "properties": {
            "words": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
            "text": _TEXT,
        },
    },
}
_TITLE: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 20}
TEXTS_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "crisis",
        "crisis_other",
        "still_here",
        "distress",
        "distress_again",
        "distress_before_answer",
        "labour_trouble",
        "discrimination",
        "discrimination_person",
        "privacy",
        "privacy_first",
        "privacy_delete",
        "insult",
        "attack",
        "buttons",
    ],
    "properties": {
        "crisis": _TEXT,
        "crisis_other": _TEXT,
        "still_here": _TEXT,
        "distress": _TEXTS,
        "distress_again": _TEXT,
        "distress_before_answer": _TEXT,
        "labour_trouble": _TEXT,
        "discrimination": _TEXT,
        "discrimination_person": _TEXT,
        "privacy": _TEXT,
        "privacy_first": _BY_WORD,
        "privacy_delete": _TEXT,
        "insult": _TEXTS,
        "attack": _TEXTS,
        "buttons": {
            "type": "object",
            "additionalProperties": False,
            "required": ["human", "self_analysis", "jobs"],
            "properties": {"human": _TITLE, "self_analysis": _TITLE, "jobs": _TITLE},
        },
    },
}


@dataclass(frozen=True, slots=True)
class Line:
    """A help line as it is told to people."""

    name: str
    number: str
    always_open: bool

    def __str__(self) -> str:
        return f"{self.name} {self.number}" + ("（24時間）" if self.always_open else "")


@dataclass(frozen=True, slots=True)
class Lines:
    """All help lines by purpose, and the page of the regional labour offices."""

    emergency: tuple[Line, ...]
    crisis: tuple[Line, ...]
    distress: tuple[Line, ...]
    labour: tuple[Line, ...]
    labour_page: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """What the operator added to the rules, folded as `bot.safety.fold` folds a message."""

    crisis: tuple[str, ...]
    not_crisis: tuple[str, ...]


@lru_cache(maxsize=4)
def lines(folder: Path = FOLDER) -> Lines:
    """The help lines. Raises DocumentError in Japanese."""
    data = read(folder / "lines.yml", LINES_SCHEMA)
    told = {
        purpose: tuple(Line(one["name"], one["number"], one.get("always_open", False)) for one in data[purpose])
        for purpose in ("emergency", "crisis", "distress", "labour")
    }
    page = data["pages"]["labour_corner"]
    return Lines(**told, labour_page=f"{page['name']} {page['url']}")


@lru_cache(maxsize=4)
def phrases(folder: Path = FOLDER) -> Phrases:
    """The operator's phrases. Raises DocumentError in Japanese."""
    data = read(folder / "phrases.yml", PHRASES_SCHEMA)
    return Phrases(*(tuple(filter(None, (fold(one) for one in data[kind] or ()))) for kind in ("crisis", "not_crisis")))


@lru_cache(maxsize=4)
def texts(folder: Path = FOLDER) -> dict[str, Any]:
    """The texts with their {places}. Raises DocumentError in Japanese."""
    return dict(read(folder / "texts.yml", TEXTS_SCHEMA))
