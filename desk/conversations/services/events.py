"""The one table of what happened: events are appended with the next `seq`, and never changed."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from desk import wakeups
from desk.accounts.models import User
from desk.channels import registry
from desk.conversations import signals
from desk.conversations.models import Conversation, Event, Outbox
from desk.conversations.services.errors import ConversationGoneError, RepeatedError

State = Conversation.State
Author = Event.Author
Visibility = Event.Visibility


def searchable(text: str) -> str:
    """How text is compared in the search: NFKC, lower case."""
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True)
class Place:
    """Where an event goes: the seq that was taken for it, and the conversation as it is now, locked."""

    seq: int
    state: str
    epoch: int
    channel: str

    @property
    def diverted(self) -> bool:
        return self.state in Conversation.DIVERTED


def take_seq(conversation_id: UUID, now: datetime) -> Place:
    """Raise the conversation's seq; from here to commit nobody else writes to this conversation."""
    pk = Conversation._meta.pk.get_db_prep_value(conversation_id, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_conversation SET last_seq = last_seq + 1, last_event_at = %s"
            " WHERE id = %s RETURNING last_seq, state, epoch, channel",
            [connection.ops.adapt_datetimefield_value(now), pk],
        )
        row = cursor.fetchone()
    if row is None:
        raise ConversationGoneError(str(conversation_id))
    return Place(*row)


def lock(conversation_id: UUID) -> Conversation:
    """The conversation, locked until the end of the transaction that the caller has opened."""
    conversation = Conversation.objects.select_for_update().filter(pk=conversation_id).first()
    if conversation is None:
        raise ConversationGoneError(str(conversation_id))
    return conversation


def append_event(
    conversation_id: UUID,
    *,
    type: str,  # noqa: A002 - the field's own name
    author: str,
    text: str = "",
    data: dict[str, Any] | None = None,
    visibility: str = Visibility.ALL,
    user: User | None = None,
    cause: Event | None = None,
    part: int | None = None,
    uid: UUID | None = None,
) -> Event:
    """Add one event with the next seq. Raises `ConversationGoneError`."""
    now = timezone.now()
    # No savepoint: nothing in here is to be survived by an outer transaction.
    with transaction.atomic(savepoint=False):
        return insert_event(
            take_seq(conversation_id, now),
            Event(
                conversation_id=conversation_id,
                uid=uid or uuid.uuid4(),
                type=type,
                author=author,
                user=user,
                visibility=visibility,
                at=now,
                text=text,
                search=searchable(text),
                data=data or {},
                cause=cause,
                part=part,
            ),
        )


def lock_free_conversation(conversation_id: UUID) -> Conversation:
    """The conversation as it stands; raises when it is gone."""
    conversation = Conversation.objects.filter(pk=conversation_id).first()
    if conversation is None:
        raise ConversationGoneError(str(conversation_id))
    return conversation


def insert_event(place: Place, event: Event) -> Event:
    event.seq = place.seq
    event.epoch = place.epoch
    event.save(force_insert=True)
    pushed = registry.pushes(place.channel)
    if pushed and event.visibility == Visibility.ALL and event.author != Author.USER:
        Outbox.objects.create(
            event=event, conversation_id=event.conversation_id, channel=place.channel, next_try_at=event.at
        )
        wakeups.work(event.conversation_id)
    signals.event_appended.send(sender=Event, event=event)
    wakeups.changed(event.conversation_id)
    return event


def append_once(conversation_id: UUID, uid: UUID, **event: Any) -> tuple[Event, bool]:
    """Add an event unless one with this `uid` is there; returns it and whether it is new.

    Takes what `append_event` takes.
    """
    try:
        with transaction.atomic():
            # The seq comes first: it makes a second writer wait, who then sees the first one's event.
            stored = append_event_checked(conversation_id, uid, event)
    except RepeatedError:
        return Event.objects.get(conversation_id=conversation_id, uid=uid), False
    return stored, True


def append_event_checked(conversation_id: UUID, uid: UUID, event: dict[str, Any]) -> Event:
    """Within a transaction: add the event, or undo when its uid is already there."""
    lock(conversation_id)
    if Event.objects.filter(conversation_id=conversation_id, uid=uid).exists():
        raise RepeatedError
    return append_event(conversation_id, uid=uid, **event)
