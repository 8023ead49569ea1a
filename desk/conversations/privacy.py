"""What is stored about a person, for the person."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from desk import texts
from desk.conversations import signals, wire
from desk.conversations.models import Consent, Conversation, Event, Identity, Person

TOKYO = ZoneInfo("Asia/Tokyo")
_AUTHORS = {"user": "あなた", "bot": "自動応答", "adviser": texts.ADVISER, "system": "お知らせ"}


def as_text(conversation_id: UUID) -> str:
    """What the visitor has said and been told, line by line, for keeping."""
    events = Event.objects.filter(conversation_id=conversation_id, visibility=Event.Visibility.ALL).order_by("seq")
    return "".join(_line(event) for event in events)


def _line(event: Event) -> str:
    if not event.text:
        return ""
    who = event.data.get("name") or _AUTHORS[event.author]
    return f"{event.at.astimezone(TOKYO):%Y-%m-%d %H:%M} {who}: {event.text}\n"


def stored_about(person_id: UUID) -> dict[str, Any]:
    """Everything that the person has said or been told, and agreed to; other apps add theirs by signal."""
    conversations = [
        {
            "conversation": str(conversation.pk),
            "channel": conversation.channel,
            "opened": conversation.created_at,
            "state": conversation.state,
            "events": [
                wire.public(event)
                for event in conversation.events.filter(visibility=Event.Visibility.ALL).order_by("seq")
            ],
            "ratings": [
                {"at": event.at, "score": event.data.get("score"), "comment": event.text}
                for event in conversation.events.filter(type="rating").order_by("seq")
            ],
        }
        for conversation in Conversation.objects.filter(person_id=person_id).order_by("created_at")
    ]
    result: dict[str, Any] = {
        "person": str(person_id),
        "conversations": conversations,
        "consents": list(
            Consent.objects.filter(person_id=person_id).order_by("at").values("kind", "version", "given", "at")
        ),
        "accounts": list(Identity.objects.filter(person_id=person_id).values("channel", "external_id", "created_at")),
    }
    parts: list[tuple[Any, Any]] = signals.data_requested.send(sender=Person, person_id=person_id)
    for _, part in parts:
        result.update(part or {})
    return result
