"""Danger and other alarms that advisers have to see."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from desk import metrics
from desk.conversations import crisis, signals
from desk.conversations.models import Conversation, Event
from desk.conversations.services.events import Author, State, Visibility, append_event


def raise_alert(conversation_id: UUID, *, kind: str, urgency: str, cause: Event | None) -> Event:
    """Mark the conversation and alert the advisers. The text stays in the message; the alert only names its seq."""
    with transaction.atomic():
        if kind.startswith("crisis"):
            Conversation.objects.filter(pk=conversation_id).update(urgent=True)
        event = append_event(
            conversation_id,
            type="alert",
            author=Author.SYSTEM,
            visibility=Visibility.STAFF,
            data={"kind": kind, "urgency": urgency, "about": cause.seq if cause else None},
        )
        signals.alert_raised.send(
            sender=Event, conversation_id=conversation_id, kind=kind, urgency=urgency, event=event
        )
    metrics.ALERTS.labels(kind).inc()
    return event


def answer_crisis(
    conversation: Conversation, event: Event, finding: crisis.Finding, *, answered_by_engine: bool
) -> None:
    """Alert about a crisis found by the desk; with no adviser active, say the crisis text itself, once a message."""
    alerted = Event.objects.filter(
        conversation=conversation, type="alert", data__about=event.seq, data__kind=finding.kind
    ).exists()
    if not alerted:
        raise_alert(conversation.pk, kind=finding.kind, urgency=finding.urgency, cause=event)
    if not finding.reply or answered_by_engine or conversation.state == State.ACTIVE:
        return
    if not Event.objects.filter(cause=event, part=0).exists():
        append_event(
            conversation.pk,
            type="message",
            author=Author.BOT,
            text=finding.reply,
            data={"crisis": True},
            cause=event,
            part=0,
        )
