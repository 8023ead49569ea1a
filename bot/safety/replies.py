"""The words of safety, the same from the engine and from the desk: data/safety/texts.yml with numbers filled in."""

from __future__ import annotations

from typing import Final, Literal

from bot.operator_settings import operator
from bot.safety.settings import Line, lines, texts


def _list(told: tuple[Line, ...]) -> str:
    return "\n".join(f"・{one}" for one in told)


def _places() -> dict[str, str]:
    """What the {places} in a text stand for."""
    known, facts = lines(), operator()
    always_open = next(one for one in known.crisis if one.always_open)
    return {
        "emergency": "か".join(f"{one.number}（{one.name}）" for one in known.emergency),
        "lines": _list(known.crisis),
        "first_line": str(always_open),
        "distress_lines": _list(known.distress),
        "labour_lines": _list(known.labour),
        "labour_page": known.labour_page,
        "adviser": facts["adviser_title"],
        "retention": facts["privacy"]["retention"],
        "privacy_contact": facts["privacy"]["contact"],
        "service": facts["service_name"],
    }


def filled(text: str) -> str:
    """A text of data/ with its {places} filled in."""
    return text.format_map(_places())


def reply(name: str, turn: int = 0) -> str:
    """The reply called `name` in texts.yml; where there are several, `turn` chooses among them."""
    found = texts()[name]
    return filled(found if isinstance(found, str) else found[turn % len(found)])


CRISIS_KINDS: Final = ("crisis", "crisis_other")


def crisis_reply(kind: Literal["crisis", "crisis_other"] = "crisis") -> str:
    """The whole answer to danger to life. The desk says the same words when the engine is not asked or is down."""
    return reply(kind)
