"""The 自己PR of a result: as the self-analysis drafted it, or as the person has reworded it; and the link to its page.

The link is the permission: it is signed, known to the visitor (and their LINE chat) only, and ends with the result's
thirtieth day or with the conversation.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils import timezone

from desk.conversations.models import Event
from desk.self_analysis.models import OwnDraft

#: The parts in their order: an opening sentence, then situation, task, action, result.
PARTS: Final = ("opening", "situation", "task", "action", "result")
#: All parts together; more does not fit on the page.
LIMIT: Final = 900
LINK_DAYS: Final = 30
_SALT: Final = "desk.self_analysis.sheet"


class TooLongError(ValueError):
    """The parts together are longer than `LIMIT`."""


def result_of(event: Event) -> dict[str, Any] | None:
    """The result that an event carries, as bot/payloads.py describes it; None if it carries none that can be drawn."""
    card = event.data.get("card")
    if not isinstance(card, dict) or card.get("kind") != "self_analysis" or not {"chart", "card"} <= card.keys():
        return None
    return {key: value for key, value in card.items() if key != "kind"}


def parts_of(event: Event) -> dict[str, str]:
    """The parts as they stand now: the person's own, else those of the draft."""
    own = OwnDraft.objects.filter(event=event).first()
    if own is not None:
        return {name: getattr(own, name) for name in PARTS}
    drafted = (event.data.get("card") or {}).get("draft") or {}
    return {name: str(drafted.get(name, "")) for name in PARTS}


def edited_at(event: Event) -> str | None:
    """When the person last saved; None if they never did."""
    own = OwnDraft.objects.filter(event=event).first()
    return own.edited_at.isoformat().replace("+00:00", "Z") if own else None


def text_of(parts: dict[str, str]) -> str:
    """The parts as one text, a line each."""
    return "\n".join(parts[name] for name in PARTS if parts[name])


def text_for_sheet(event: Event) -> str | None:
    """The person's own text; None where the draft of the result (with its blanks to fill in) holds."""
    return text_of(parts_of(event)) if OwnDraft.objects.filter(event=event).exists() else None


def save(event: Event, parts: dict[str, str]) -> None:
    """Keeps the person's wording.

    Raises:
        TooLongError: together they are longer than `LIMIT`.
    """
    if sum(len(parts[name]) for name in PARTS) > LIMIT:
        raise TooLongError
    OwnDraft.objects.update_or_create(
        event=event, defaults={**{name: parts[name] for name in PARTS}, "edited_at": timezone.now()}
    )


def link(event: Event) -> str:
    """The address of the page; the same on every call."""
    until = int((event.at + timedelta(days=LINK_DAYS)).timestamp())
    return f"{settings.PUBLIC_URL}/self-analysis/{signing.Signer(salt=_SALT).sign(f'{event.pk}-{until}')}/"


def event_of_link(token: str) -> Event | None:
    """Whose page this is; None when the link is wrong or too old, or the conversation is gone."""
    try:
        pk, until = signing.Signer(salt=_SALT).unsign(token).split("-")
    except (signing.BadSignature, ValueError):
        return None
    if int(until) < time.time():
        return None
    event = Event.objects.filter(pk=int(pk), visibility=Event.Visibility.ALL).first()
    return event if event is not None and result_of(event) is not None else None


def stored_about(person_id: UUID) -> list[dict[str, Any]]:
    """The edited drafts of a person."""
    names = ("event__seq", *PARTS, "edited_at")
    return list(OwnDraft.objects.filter(event__conversation__person_id=person_id).order_by("pk").values(*names))
