"""Who answers: bot, queue or adviser. One compare-and-swap changes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from desk import metrics, texts
from desk.accounts.models import User
from desk.conversations import signals
from desk.conversations.models import Conversation, Event
from desk.conversations.services.errors import OwnerChanged
from desk.conversations.services.events import Author, State, Visibility, append_event, lock, lock_free_conversation
from desk.conversations.services.inbound import tell_engine


def set_owner(
    conversation_id: UUID,
    *,
    to: str,
    by: User | None,
    reason: str,
    version: int | None = None,
    adviser: User | None = None,
    allowed_from: frozenset[str] | None = None,
    text: str = "",
    data: dict[str, Any] | None = None,
    visibility: str = Visibility.ALL,
) -> Conversation:
    """Change the state (and adviser) by one compare-and-swap, and record who, when and why.

    `version` is the one the caller has seen (None: whatever it is). `text` is what people read in the status event,
    `data` goes into it (queue position …). The epoch rises whenever the state or the adviser changes.
    Raises `OwnerChanged` when the version or `allowed_from` does not hold any more, `ConversationGoneError`.
    """
    now = timezone.now()
    with transaction.atomic():
        before = lock(conversation_id)
        stale = version is not None and before.version != version
        if stale or (allowed_from is not None and before.state not in allowed_from):
            raise OwnerChanged(before)
        # The lock already serialises; the condition makes the statement right by itself on any database.
        swapped = Conversation.objects.filter(pk=conversation_id, version=before.version).update(
            state=to, adviser=adviser, version=before.version + 1, epoch=before.epoch + 1, state_since=now
        )
        if not swapped:
            raise OwnerChanged(lock_free_conversation(conversation_id))
        event = append_event(
            conversation_id,
            type="status",
            author=Author.ADVISER if by is not None and by == adviser else Author.SYSTEM,
            user=by,
            text=text,
            visibility=visibility,
            data={
                "state": to,
                "before": before.state,
                "reason": reason,
                **({"name": adviser.shown_name} if adviser else {}),
                **(data or {}),
            },
        )
        after = lock_free_conversation(conversation_id)
        signals.owner_changed.send(
            sender=Conversation, conversation=after, before=before.state, after=to, by=by, reason=reason, event=event
        )
        if to == State.BOT and before.state in Conversation.DIVERTED:
            tell_engine(conversation_id, "EXTERNAL_returned_to_bot", reason=reason, key=str(after.epoch))
    metrics.OWNER_CHANGES.labels(before.state, to).inc()
    return after


def request_human(
    conversation: Conversation, *, reason: str, summary: str = "", urgency: str = "normal", event: Event | None = None
) -> None:
    """Ask for a human. Never silent: with nobody to ask, the visitor is told so."""
    with transaction.atomic():
        conversation = lock(conversation.pk)
        answers = signals.handoff_requested.send(
            sender=Conversation,
            conversation=conversation,
            reason=reason,
            summary=summary,
            urgency=urgency,
            event=event,
        )
        if not answers:
            append_event(conversation.pk, type="message", author=Author.SYSTEM, text=texts.NO_HUMAN)


def stop_waiting(conversation_id: UUID) -> Conversation:
    """The visitor no longer waits for a human; where nobody waits, nothing changes. Returns what it is now."""
    with transaction.atomic():
        signals.human_answered.send(sender=Conversation, conversation=lock(conversation_id), answer="stop", event=None)
    return lock_free_conversation(conversation_id)


def close(conversation_id: UUID, *, by: User | None, reason: str, text: str = "") -> Conversation:
    """End the conversation; closing a closed one changes nothing."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        if conversation.state == State.CLOSED:
            return conversation
        return set_owner(
            conversation_id, to=State.CLOSED, by=by, reason=reason, version=conversation.version, text=text
        )
