"""The operator's own facts (data/operator.yml): who runs the service, what it costs, when people answer.

Both environments read them here. What is null there is not told to anybody.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypedDict, cast

from bot.documents import read

ROOT: Final = Path(__file__).resolve().parents[1]
PATH: Final = ROOT / "data" / "operator.yml"
# What every made-up entry of the sample says of itself.
_SAMPLE: Final = "見本"

_LINE: Final[dict[str, Any]] = {"type": ["string", "null"], "minLength": 1, "maxLength": 200}
_NEEDED: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 200}
_LINK: Final[dict[str, Any]] = {
    "type": ["string", "null"],
    "pattern": r"^https?://\S+$",
    "description": "https:// で始まる住所",
}
# A protected title: only registered people may be called so, and no bot.
_NOT_PROTECTED: Final[dict[str, Any]] = {
    "type": "string",
    "minLength": 1,
    "maxLength": 20,
    "pattern": r"^(?!.*(?:キャリアコンサルタント|キャリア・コンサルタント|キャリアコンサルティング技能士)).+$",
    "description": "資格の名前（キャリアコンサルタントなど）を含まない呼び名",
}

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["service_name", "name", "adviser_title", "notice", "consent", "privacy"],
    "properties": {
        "service_name": _NEEDED,
        "name": _NEEDED,
        "licence_number": _LINE,
        "adviser_title": _NOT_PROTECTED,
        "fee": _LINE,
        "hours": _LINE,
        "meeting_length": _LINE,
        "meeting_place": _LINE,
        "contact": {"type": ["array", "null"], "minItems": 1, "maxItems": 8, "items": _NEEDED},
        "booking_url": _LINK,
        "young_focus": _LINE,
        "notice": _NEEDED,
        "consent": {
            "type": "object",
            "additionalProperties": False,
            "required": ["version", "text"],
            "properties": {
                "version": {"type": "string", "minLength": 1, "maxLength": 40},
                "text": {"type": "string", "minLength": 10, "maxLength": 600},
                "link": _LINK,
            },
        },
        "privacy": {
            "type": "object",
            "additionalProperties": False,
            "required": ["contact", "retention"],
            "properties": {"contact": _NEEDED, "policy_url": _LINK, "retention": _NEEDED},
        },
        # Texts of the desk's pages that an operator wants otherwise; the desk knows their names.
        "texts": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 1000}},
    },
}


class Consent(TypedDict, total=False):
    """What a person agrees to before a conversation; a new text needs a new version."""

    version: str
    text: str
    link: str | None


class Privacy(TypedDict, total=False):
    """Where to turn about personal data, and how long it is kept."""

    contact: str
    policy_url: str | None
    retention: str


class Operator(TypedDict, total=False):
    """data/operator.yml; every missing or null entry means 'not told'."""

    service_name: str
    name: str
    licence_number: str | None
    adviser_title: str
    fee: str | None
    hours: str | None
    meeting_length: str | None
    meeting_place: str | None
    contact: list[str] | None
    booking_url: str | None
    young_focus: str | None
    notice: str
    consent: Consent
    privacy: Privacy
    texts: dict[str, str]


def unready(facts: Operator) -> list[str]:
    """Names of the entries that may not go public so: the sample's own, and the licence number where there is none."""
    sample = [name for name, value in facts.items() if _SAMPLE in str(value)]
    return sample if facts.get("licence_number") else [*sample, "licence_number"]


@lru_cache(maxsize=4)
def operator(path: Path = PATH) -> Operator:
    """The operator's facts, checked and read once.

    Raises:
        bot.documents.DocumentError: in Japanese, for the person who edits the file.
    """
    return cast(Operator, read(path, SCHEMA))
