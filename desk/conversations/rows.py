"""What each message's way reads, as plain SQL: to have Django compose these few queries anew cost more than they do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from desk.conversations.models import Event


@dataclass(frozen=True)
class Waiting:
    """The oldest message of a conversation that has no outcome, with what is needed to have it answered."""

    inbound_id: int
    channel: str
    engine_text: str
    diverted: bool
    epoch: int
    received_at: datetime
    attempts: int
    message_id: UUID
    data: dict[str, Any]
    event_id: int | None
    event_seq: int
    event_text: str
    event_data: dict[str, Any]
    state: str
    conversation_epoch: int
    conversation_channel: str
    sender: UUID
    notice_said: bool


_OLDEST = (
    "SELECT i.id, i.channel, i.engine_text, i.diverted, i.epoch, i.received_at, i.attempts, i.message_id, i.data,"
    " e.id, e.seq, e.text, e.data, c.state, c.epoch, c.channel, c.sender_id, c.notice_at"
    " FROM conversations_inbound i JOIN conversations_conversation c ON c.id = i.conversation_id"
    " LEFT JOIN conversations_event e ON e.id = i.event_id"
    " WHERE i.conversation_id = %s AND i.outcome = '' ORDER BY i.id LIMIT 1"
)


def oldest_waiting(conversation_id: UUID) -> Waiting | None:
    """The message that is next in a conversation."""
    row = _one(_OLDEST, conversation_id)
    if row is None:
        return None
    return Waiting(
        inbound_id=row[0],
        channel=row[1],
        engine_text=row[2],
        diverted=bool(row[3]),
        epoch=row[4],
        received_at=_time(row[5]),
        attempts=row[6],
        message_id=_uuid(row[7]),
        data=_object(row[8]),
        event_id=row[9],
        event_seq=row[10] or 0,
        event_text=row[11] or "",
        event_data=_object(row[12]),
        state=row[13],
        conversation_epoch=row[14],
        conversation_channel=row[15],
        sender=_uuid(row[16]),
        notice_said=row[17] is not None,
    )


def locked_epoch(conversation_id: UUID) -> int | None:
    """The conversation's epoch, which nobody changes until the transaction ends; None when it is gone."""
    # On SQLite the transaction holds the only write lock there is.
    own = " FOR UPDATE" if connection.features.has_select_for_update else ""
    row = _one(f"SELECT epoch FROM conversations_conversation WHERE id = %s{own}", conversation_id)  # noqa: S608
    return None if row is None else int(row[0])


def is_repeat(channel: str, external_id: str) -> bool:
    """Whether a message of this channel and id is stored already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM conversations_inbound WHERE channel = %s AND external_id = %s", [channel, external_id]
        )
        return cursor.fetchone() is not None


_LATER = (
    "SELECT id, seq, uid, type, author, user_id, visibility, at, text, data FROM conversations_event"
    " WHERE conversation_id = %s AND seq > %s ORDER BY seq LIMIT %s"
)


def events_after(conversation_id: UUID, seq: int, most: int) -> list[Event]:
    """The events of a conversation beyond a seq, as streams show them."""
    with connection.cursor() as cursor:
        cursor.execute(_LATER, [key_of(conversation_id), seq, most])
        found = cursor.fetchall()
    return [
        Event(
            id=row[0],
            conversation_id=conversation_id,
            seq=row[1],
            uid=_uuid(row[2]),
            type=row[3],
            author=row[4],
            user_id=row[5],
            visibility=row[6],
            at=_time(row[7]),
            text=row[8],
            data=_object(row[9]),
        )
        for row in found
    ]


def holds(lease: str, holder: UUID, until: datetime) -> bool:
    """Whether `holder` has the lease for longer than `until`."""
    moment = connection.ops.adapt_datetimefield_value(until)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM conversations_lease WHERE name = %s AND holder = %s AND until > %s",
            [lease, key_of(holder), moment],
        )
        return cursor.fetchone() is not None


def finish(inbound_id: int, outcome: str) -> bool:
    """Give a waiting message its outcome; False when it has one."""
    moment = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_inbound SET outcome = %s, finished_at = %s WHERE id = %s AND outcome = ''",
            [outcome, moment, inbound_id],
        )
        return bool(cursor.rowcount > 0)


def key_of(key: UUID) -> UUID | str:
    """A key as the database in use wants it in a statement of our own."""
    return key.hex if connection.vendor == "sqlite" else key


def _one(statement: str, key: UUID) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [key_of(key)])
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _time(value: datetime | str) -> datetime:
    """SQLite's columns know nothing of zones: what is in them is UTC."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _object(value: str | dict[str, Any] | None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value or {}
    return found
