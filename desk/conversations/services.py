"""Everything that writes conversations. Views, channels, console and sweeper call these and nothing else.

The contract, for those who build on it:

* `append_event(conversation_id, type=, author=, …)` adds one event with the next `seq`, puts it into the outbox of
  a channel that pushes, and wakes the streams after commit. An adviser's reply is
  `append_once(conversation_id, uid, type="message", author="adviser", user=request.user, text=…)`, a note the same
  with `type="note", visibility="staff"`; a repeated `uid` returns the event that is already there.
* `set_owner(conversation_id, to=, by=, reason=, version=, adviser=)` is the only way to change state or adviser:
  one compare-and-swap on `version`; the loser gets `OwnerChanged` with the conversation as it is now. It writes
  the status event, raises the epoch (so that late bot replies are dropped), and tells the engine when the
  conversation returns to the bot.
* `accept(conversation_id, channel=, external_id=, text=…)` stores what a channel brought in and lets the router
  answer or divert it. Afterwards the caller may say 2xx.
* `open_conversation`, `say_notice`, `give_consent`, `tell_engine`, `raise_alert`, `request_human`, `erase_person`.
* Hooks: `desk.conversations.signals`. Senders of push channels: `desk.channels.registry`. Streams: `desk.hub`.

All functions are synchronous and open their own transaction; called inside one they join it.
"""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from desk import metrics, texts, wakeups
from desk.accounts.models import User
from desk.channels import registry
from desk.conversations import crisis, rows, signals
from desk.conversations.models import (
    Consent,
    Conversation,
    EngineSender,
    Event,
    Identity,
    Inbound,
    Outbox,
    Person,
    RateLimit,
    Tombstone,
)

State = Conversation.State
Author = Event.Author
Visibility = Event.Visibility


class ConversationError(Exception):
    """Something that cannot be done with this conversation now."""


class ConversationGoneError(ConversationError):
    """The conversation does not exist (any more)."""


class ConversationClosedError(ConversationError):
    """The conversation has ended; nothing can be added by its visitor."""


class UnknownChoiceError(ConversationError):
    """No such choice was offered in this conversation."""


class TooFastError(ConversationError):
    """A rate limit is reached. `wait` is in whole seconds."""

    def __init__(self, wait: int) -> None:
        """Keep the seconds until the next call is on time."""
        super().__init__(f"wait {wait} s")
        self.wait = wait


class OwnerChanged(ConversationError):  # noqa: N818 - an outcome of a race, not a fault
    """Somebody else was first. `conversation` is what it is now."""

    def __init__(self, conversation: Conversation) -> None:
        """Keep the present conversation, whose `adviser` is the holder."""
        super().__init__(f"{conversation.pk} is {conversation.state} at version {conversation.version}")
        self.conversation = conversation


class _RepeatedError(Exception):
    """Undoes a transaction that turned out to repeat an earlier one."""


# --- Events ---------------------------------------------------------------------------------------------------


def searchable(text: str) -> str:
    """How text is compared in the search: NFKC, lower case."""
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True)
class _Place:
    """Where an event goes: the seq that was taken for it, and the conversation as it is now, locked."""

    seq: int
    state: str
    epoch: int
    channel: str

    @property
    def diverted(self) -> bool:
        return self.state in Conversation.DIVERTED


def _take_seq(conversation_id: UUID, now: datetime) -> _Place:
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
    return _Place(*row)


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
        return _insert_event(
            _take_seq(conversation_id, now),
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


def _insert_event(place: _Place, event: Event) -> Event:
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
    except _RepeatedError:
        return Event.objects.get(conversation_id=conversation_id, uid=uid), False
    return stored, True


def append_event_checked(conversation_id: UUID, uid: UUID, event: dict[str, Any]) -> Event:
    """Within a transaction: add the event, or undo when its uid is already there."""
    lock(conversation_id)
    if Event.objects.filter(conversation_id=conversation_id, uid=uid).exists():
        raise _RepeatedError
    return append_event(conversation_id, uid=uid, **event)


# --- Opening --------------------------------------------------------------------------------------------------


def open_conversation(
    *, channel: str, person: Person | None = None, sender: EngineSender | None = None
) -> Conversation:
    """A new conversation, owned by the bot. Without a person, a new anonymous one; likewise the engine sender."""
    with transaction.atomic():
        if person is None:
            person = Person.objects.create()
        if sender is None:
            sender = EngineSender.objects.create(person=person)
        conversation = Conversation.objects.create(person=person, sender=sender, channel=channel)
        append_event(
            conversation.pk, type="opened", author=Author.SYSTEM, visibility=Visibility.STAFF, data={"channel": channel}
        )
    return conversation


def say_notice(conversation_id: UUID) -> bool:
    """Say once that a program answers here. False when it has been said."""
    now = timezone.now()
    with transaction.atomic():
        said = Conversation.objects.filter(pk=conversation_id, notice_at__isnull=True).update(notice_at=now)
        if not said:
            return False
        append_event(conversation_id, type="message", author=Author.SYSTEM, text=texts.notice(), data={"notice": True})
    return True


def give_consent(conversation: Conversation, *, kind: str, version: str, given: bool = True) -> Consent:
    """Record what was agreed to or refused, with the version of the wording."""
    with transaction.atomic():
        consent = Consent.objects.create(
            person_id=conversation.person_id, conversation=conversation, kind=kind, version=version, given=given
        )
        append_event(
            conversation.pk,
            type="consent",
            author=Author.USER,
            visibility=Visibility.STAFF,
            data={"kind": kind, "version": version, "given": given},
        )
    return consent


# --- Inbound --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Accepted:
    """What became of something that a channel brought in."""

    conversation_id: UUID
    seq: int
    repeated: bool


_LEADING_SLASHES = re.compile(r"^[/\s]+")


def for_engine(text: str) -> str:
    """What the engine is given of typed text: NFKC, stripped, never a command.

    Rasa takes text that starts with '/' as an intent at confidence 1.0. The event keeps what was typed.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = _LEADING_SLASHES.sub("", plain)
    # Only slashes: something must remain that no command can be made of.
    return plain or "・"


@dataclass(frozen=True)
class Choice:
    """A choice that was offered: its title, what the engine is told, and the question it belongs to."""

    id: str
    title: str
    payload: str
    question: str


_CHOICE = re.compile(r"^(\d{1,12})-(\d{1,3})$")


def find_choice(conversation_id: UUID, choice_id: str) -> Choice:
    """Look a tapped id up among the choices offered in this conversation. Raises `UnknownChoiceError`."""
    match = _CHOICE.match(choice_id)
    if match is None:
        raise UnknownChoiceError(choice_id[:40])
    event = Event.objects.filter(conversation_id=conversation_id, seq=int(match[1]), visibility=Visibility.ALL).first()
    choices = event.data.get("choices", []) if event else []
    index = int(match[2])
    if index >= len(choices):
        raise UnknownChoiceError(choice_id)
    choice = choices[index]
    return Choice(choice_id, choice["title"], choice["payload"], choice.get("question", ""))


#: Payloads of choices that the desk answers itself; the engine is never asked about them.
DESK_PAYLOAD = "desk:"
HUMAN_CHOICES = (
    {"title": texts.HUMAN_YES, "payload": f"{DESK_PAYLOAD}yes", "question": ""},
    {"title": texts.HUMAN_NO, "payload": f"{DESK_PAYLOAD}no", "question": ""},
)
STOP_CHOICE = {"title": texts.STOP_WAITING, "payload": f"{DESK_PAYLOAD}stop", "question": ""}


def _answer_to_desk(state: str, text: str, choice: Choice | None, payload: str) -> str:
    """The answer to a question of the desk itself: "yes", "no", "stop", or '' for everything else."""
    if choice is not None:
        return choice.payload.removeprefix(DESK_PAYLOAD) if choice.payload.startswith(DESK_PAYLOAD) else ""
    plain = searchable(text).strip(" \n。.!、")
    return "stop" if state == State.QUEUED and not payload and plain in texts.STOP_WORDS else ""


def accept(
    conversation_id: UUID,
    *,
    channel: str,
    external_id: str,
    text: str = "",
    choice_id: str = "",
    payload: str = "",
    uid: UUID | None = None,
    data: dict[str, Any] | None = None,
    limits: tuple[tuple[str, str], ...] = (),
) -> Accepted:
    """Store what a visitor sent and have it answered or diverted.

    `choice_id` is a tapped choice; `payload` is an engine payload that the *channel* maps itself (LINE's rich menu),
    with `text` as what is shown. `limits` are (name of `RATE_LIMITS`, caller) to be spent in the same transaction.
    A repeat of (channel, external_id) is answered with the first one's seq.
    Raises `UnknownChoiceError`, `ConversationClosedError`, `ConversationGoneError`, `TooFastError`.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            # The seq comes first: it makes a second writer wait, who then sees the first one's message.
            place = _take_seq(conversation_id, now)
            _refuse_repeat(channel, external_id)
            for name, caller in limits:
                spend(name, caller)
            if place.state == State.CLOSED:
                raise ConversationClosedError(str(conversation_id))
            _store_inbound(
                conversation_id,
                place,
                now,
                channel=channel,
                external_id=external_id,
                text=text,
                choice=find_choice(conversation_id, choice_id) if choice_id else None,
                payload=payload,
                uid=uid,
                data=data or {},
            )
    except _RepeatedError:
        repeated = _accepted_before(channel, external_id)
        if repeated is None:
            raise ConversationGoneError(str(conversation_id)) from None
        return repeated
    metrics.ACCEPTED.labels(channel).inc()
    return Accepted(conversation_id, place.seq, repeated=False)


def _refuse_repeat(channel: str, external_id: str) -> None:
    if rows.is_repeat(channel, external_id):
        raise _RepeatedError


def _accepted_before(channel: str, external_id: str) -> Accepted | None:
    inbound = Inbound.objects.select_related("event").filter(channel=channel, external_id=external_id).first()
    if inbound is None:
        return None
    return Accepted(inbound.conversation_id, inbound.event.seq if inbound.event else 0, repeated=True)


def _store_inbound(
    conversation_id: UUID,
    place: _Place,
    now: datetime,
    *,
    channel: str,
    external_id: str,
    text: str,
    choice: Choice | None,
    payload: str,
    uid: UUID | None,
    data: dict[str, Any],
) -> Inbound:
    shown = choice.title if choice else text
    answer = _answer_to_desk(place.state, text, choice, payload)
    event_data: dict[str, Any] = {}
    if choice:
        event_data["choice"] = {"id": choice.id, "question": choice.question}
    event = _insert_event(
        place,
        Event(
            conversation_id=conversation_id,
            uid=uid or uuid.uuid4(),
            type="message",
            author=Author.USER,
            at=now,
            text=shown,
            search=searchable(shown),
            data=event_data,
        ),
    )
    inbound = Inbound.objects.create(
        channel=channel,
        external_id=external_id,
        conversation_id=conversation_id,
        event=event,
        engine_text="" if answer else choice.payload if choice else payload or for_engine(text),
        diverted=place.diverted,
        epoch=place.epoch,
        received_at=now,
        next_try_at=now,
        data=data,
    )
    if place.diverted and not choice and not payload:
        finding = crisis.check(text)
        if finding is not None:
            answer_crisis(lock_free_conversation(conversation_id), event, finding, answered_by_engine=False)
    if answer:
        signals.human_answered.send(sender=Conversation, conversation=lock(conversation_id), answer=answer, event=event)
    if wakeups.holder is not None:
        # This process will do the turn itself: the lease costs no commit of its own.
        take_lease(turn_lease(conversation_id), wakeups.holder, TURN_LEASE_SECONDS)
    wakeups.work(conversation_id)
    return inbound


def tell_engine(conversation_id: UUID, intent: str, *, reason: str = "", key: str = "") -> None:
    """Have the engine told `/EXTERNAL_…`, once for a `key`, in the order of the conversation's other messages."""
    if not intent.startswith("EXTERNAL_"):
        raise ValueError("only intents named EXTERNAL_… are told to the engine")
    now = timezone.now()
    with transaction.atomic():
        conversation = lock(conversation_id)
        external_id = f"{conversation.pk}:{intent}:{key or uuid.uuid4()}"[:100]
        if Inbound.objects.filter(channel="desk", external_id=external_id).exists():
            return
        event = append_event(
            conversation.pk,
            type="engine_told",
            author=Author.SYSTEM,
            visibility=Visibility.STAFF,
            data={"intent": intent, "reason": reason},
        )
        Inbound.objects.create(
            channel="desk",
            external_id=external_id,
            conversation=conversation,
            event=event,
            engine_text=f"/{intent}",
            epoch=conversation.epoch,
            received_at=now,
            next_try_at=now,
            data={"reason": reason},
        )
        wakeups.work(conversation.pk)


# --- Owner ----------------------------------------------------------------------------------------------------


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


# --- Alerts ---------------------------------------------------------------------------------------------------


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


# --- Turns: what the router stores ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """One message that the engine (or, diverted, only its NLU) is to be asked about."""

    inbound_id: int
    conversation_id: UUID
    sender: UUID
    channel: str
    message_id: UUID
    text: str
    diverted: bool
    epoch: int
    internal: bool
    received_at: datetime
    attempts: int
    metadata: dict[str, Any]
    finding: crisis.Finding | None
    event_id: int | None
    event_seq: int

    @property
    def cause(self) -> Event | None:
        """The message's own event, as far as its answer needs it: to name it as the cause, and its seq in an alert."""
        if self.event_id is None:
            return None
        return Event(id=self.event_id, conversation_id=self.conversation_id, seq=self.event_seq)


def next_turn(conversation_id: UUID) -> Turn | None:
    """The oldest message of the conversation that waits; what nobody is to answer any more is finished on the way."""
    while True:
        found = rows.oldest_waiting(conversation_id)
        if found is None:
            return None
        closed = found.state == State.CLOSED
        if not found.engine_text:
            finish(found.inbound_id, Inbound.Outcome.NOTED)
            continue
        if found.diverted and (found.engine_text.startswith("/") or closed):
            # A tapped choice or the rich menu: nothing that NLU could read.
            finish(found.inbound_id, Inbound.Outcome.DIVERTED)
            continue
        if not found.diverted and (found.conversation_epoch != found.epoch or closed):
            finish(found.inbound_id, Inbound.Outcome.DROPPED)
            metrics.DROPPED.inc()
            continue
        metadata: dict[str, Any] = {"message_id": str(found.message_id), "channel": found.conversation_channel}
        if found.notice_said:
            metadata["notice_said"] = True
        if found.event_data.get("choice"):
            metadata["choice"] = found.event_data["choice"]
        if found.data.get("reason"):
            metadata["reason"] = found.data["reason"]
        internal = found.channel == "desk"
        typed = not internal and not found.engine_text.startswith("/")
        return Turn(
            inbound_id=found.inbound_id,
            conversation_id=conversation_id,
            sender=found.sender,
            channel=found.conversation_channel,
            message_id=found.message_id,
            text=found.engine_text,
            diverted=found.diverted,
            epoch=found.epoch,
            internal=internal,
            received_at=found.received_at,
            attempts=found.attempts,
            metadata=metadata,
            finding=crisis.check(found.event_text) if typed and found.event_id else None,
            event_id=found.event_id,
            event_seq=found.event_seq,
        )


def finish(inbound_id: int, outcome: str) -> bool:
    """Give an inbound its outcome; False when it has one already. This is what makes an answer the only one."""
    return rows.finish(inbound_id, outcome)


def store_replies(turn: Turn, replies: list[dict[str, Any]]) -> str:
    """Store the engine's replies as events, if the owner is still the one that asked. Returns the outcome."""
    with transaction.atomic(savepoint=False):
        epoch = rows.locked_epoch(turn.conversation_id)
        if epoch is None:
            raise ConversationGoneError(str(turn.conversation_id))
        if epoch != turn.epoch:
            if finish(turn.inbound_id, Inbound.Outcome.DROPPED):
                metrics.DROPPED.inc()
            return Inbound.Outcome.DROPPED
        if not finish(turn.inbound_id, Inbound.Outcome.ANSWERED):
            # The apology was the answer.
            metrics.LATE.inc()
            return Inbound.Outcome.APOLOGISED
        cause = turn.cause
        parts = _Parts(turn.conversation_id, cause)
        requests: list[dict[str, Any]] = []
        for reply in replies:
            _store_reply(parts, reply, requests)
        if not parts.visible and not turn.internal and not requests:
            parts.append(type="message", text=texts.NO_ANSWER, data={"choices": [_HUMAN_CHOICE]})
        for request in requests:
            request_human(
                lock(turn.conversation_id),
                reason=str(request.get("reason", "asked")),
                summary=_as_text(request.get("summary", "")),
                urgency=str(request.get("urgency", "normal")),
                event=cause,
            )
    return Inbound.Outcome.ANSWERED


class _Parts:
    """Appends the parts of one answer, numbered."""

    def __init__(self, conversation_id: UUID, cause: Event | None) -> None:
        self.conversation_id = conversation_id
        self.cause = cause
        self.visible = 0
        self._part = 0

    def append(self, *, visibility: str = Visibility.ALL, **event: Any) -> Event:
        stored = append_event(
            self.conversation_id,
            author=Author.BOT,
            cause=self.cause,
            part=self._part if self.cause else None,
            visibility=visibility,
            **event,
        )
        self._part += 1
        self.visible += visibility == Visibility.ALL
        return stored


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _store_reply(parts: _Parts, reply: dict[str, Any], requests: list[dict[str, Any]]) -> None:
    custom = reply.get("custom") or {}
    data: dict[str, Any] = {}
    choices = [
        {"title": button["title"], "payload": button["payload"], "question": question_of(button["payload"])}
        for button in reply.get("buttons") or []
    ]
    if choices:
        data["choices"] = choices
    if reply.get("image"):
        data["image"] = reply["image"]
    if custom.get("progress"):
        data["progress"] = custom["progress"]
    text = reply.get("text") or ""
    if custom.get("self_analysis"):
        # The card in words is what is said: for transcripts, and for whoever shows no card.
        data["card"] = {"kind": "self_analysis", **custom["self_analysis"]}
        text = text or data["card"].pop("text", "")
    stored: Event | None = None
    if text or data:
        stored = parts.append(type="message", text=text, data=data)
    if custom.get("self_analysis"):
        signals.self_analysis_finished.send(
            sender=Event, conversation=lock(parts.conversation_id), result=custom["self_analysis"], event=stored
        )
    if custom.get("consent"):
        consent = custom["consent"]
        give_consent(
            lock(parts.conversation_id),
            kind=consent["kind"],
            version=consent.get("version") or texts.consent()["version"],
            given=consent["given"],
        )
    if custom.get("alert"):
        alert = custom["alert"]
        raise_alert(
            parts.conversation_id,
            kind=str(alert.get("kind", "unknown")),
            urgency=str(alert.get("urgency", "normal")),
            cause=parts.cause,
        )
    if custom.get("handoff"):
        requests.append(custom["handoff"])


_PAYLOAD = re.compile(r"^/[^{]*(\{.*\})$", re.DOTALL)


def question_of(payload: str) -> str:
    """The id of the guided question that a button belongs to (`"q"` in its payload), or ''."""
    match = _PAYLOAD.match(payload)
    if match is None:
        return ""
    try:
        entities = json.loads(match[1])
    except ValueError:
        return ""
    return str(entities.get("q", "")) if isinstance(entities, dict) else ""


#: Understood by the desk itself, so that it works while the engine does not.
ASK_HUMAN_PAYLOAD = "/request_human"
_HUMAN_CHOICE = {"title": texts.HUMAN_CHOICE, "payload": ASK_HUMAN_PAYLOAD, "question": ""}


def apologise(turn: Turn) -> bool:
    """The engine has not answered in time: the apology is the answer. False when something else already was."""
    with transaction.atomic():
        conversation = lock(turn.conversation_id)
        if conversation.epoch != turn.epoch:
            finish(turn.inbound_id, Inbound.Outcome.DROPPED)
            return False
        outcome = Inbound.Outcome.NOTED if turn.internal else Inbound.Outcome.APOLOGISED
        if not finish(turn.inbound_id, outcome):
            return False
        if turn.internal:
            # Nobody asked anything; the notice has already welcomed the visitor.
            metrics.UNTOLD.inc()
            return True
        cause = Event.objects.get(inbound=turn.inbound_id)
        if turn.finding is not None and turn.finding.reply:
            answer_crisis(conversation, cause, turn.finding, answered_by_engine=False)
        elif turn.text.startswith(ASK_HUMAN_PAYLOAD):
            _ask_for_the_engine(conversation, cause)
        else:
            append_event(
                conversation.pk,
                type="message",
                author=Author.BOT,
                text=texts.APOLOGY,
                data={"choices": [_HUMAN_CHOICE], "apology": True},
                cause=cause,
                part=0,
            )
    metrics.APOLOGIES.inc()
    return True


def _ask_for_the_engine(conversation: Conversation, cause: Event) -> None:
    """The way to a human without the engine: the one question for consent, or none where a life may be at stake."""
    urgent = conversation.urgent
    append_event(
        conversation.pk,
        type="message",
        author=Author.BOT,
        text=texts.HUMAN_AT_ONCE if urgent else texts.HUMAN_ASK,
        data={} if urgent else {"choices": list(HUMAN_CHOICES)},
        cause=cause,
        part=0,
    )
    if urgent:
        request_human(conversation, reason="crisis", urgency="urgent", event=cause)


def store_diverted(turn: Turn, finding: crisis.Finding | None) -> None:
    """End the crisis check of a diverted message."""
    with transaction.atomic():
        conversation = lock(turn.conversation_id)
        if not finish(turn.inbound_id, Inbound.Outcome.DIVERTED):
            return
        if finding is not None:
            answer_crisis(conversation, Event.objects.get(inbound=turn.inbound_id), finding, answered_by_engine=False)


# --- Limits and leases ----------------------------------------------------------------------------------------


def spend(name: str, caller: str) -> None:
    """Spend one call of the limit `name` for `caller`; raises `TooFastError`. Shared by all processes."""
    calls, period = settings.RATE_LIMITS[name]
    step = period / calls
    now = timezone.now().timestamp()
    key = f"{name}:{caller}"[:100]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_ratelimit (key, due) VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET due ="
            " CASE WHEN conversations_ratelimit.due > %s THEN conversations_ratelimit.due ELSE %s END + %s"
            " WHERE conversations_ratelimit.due <= %s",
            [key, now + step, now, now, step, now + period - step],
        )
        if cursor.rowcount > 0:
            return
    due = RateLimit.objects.filter(key=key).values_list("due", flat=True).first() or now
    raise TooFastError(max(1, round(due - period + step - now + 0.5)))


#: A dead process's conversation can be taken over after this; its living holder renews it more often.
TURN_LEASE_SECONDS = 8.0


def turn_lease(conversation_id: UUID) -> str:
    """The name of the lease of whoever takes the conversation's messages to the engine."""
    return f"turn:{conversation_id}"


def take_lease(name: str, holder: UUID, seconds: float) -> bool:
    """Take or renew a lease; False while somebody else holds it."""
    now = timezone.now()
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_lease (name, holder, until) VALUES (%s, %s, %s)"
            " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
            " WHERE conversations_lease.until < %s OR conversations_lease.holder = excluded.holder",
            [name, rows.key_of(holder), adapt(now + timedelta(seconds=seconds)), adapt(now)],
        )
        return bool(cursor.rowcount > 0)


def renew_leases(names: Sequence[str], holder: UUID, seconds: float) -> None:
    """Keep those of the leases that the holder has for `seconds` from now."""
    until = connection.ops.adapt_datetimefield_value(timezone.now() + timedelta(seconds=seconds))
    with transaction.atomic(), connection.cursor() as cursor:
        for some in itertools.batched(sorted(names), 500):
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(
                f"UPDATE conversations_lease SET until = %s WHERE holder = %s AND name IN ({marks})",  # noqa: S608
                [until, rows.key_of(holder), *some],
            )


def holds_lease(name: str, holder: UUID, until: datetime) -> bool:
    """Whether `holder` has the lease for longer than `until`."""
    return rows.holds(name, holder, until)


def drop_lease(name: str, holder: UUID) -> None:
    """Give a lease back."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM conversations_lease WHERE name = %s AND holder = %s", [name, rows.key_of(holder)])


# --- Erasure --------------------------------------------------------------------------------------------------


def erase_person(person_id: UUID) -> int:
    """Delete everything of a person and leave tombstones for the engine; returns how many conversations went.

    The engine is told by the sweeper until it confirms; late replies find no conversation and are dropped.
    """
    with transaction.atomic():
        conversation_ids = list(Conversation.objects.filter(person_id=person_id).values_list("pk", flat=True))
        for conversation_id in conversation_ids:
            lock(conversation_id)
        signals.person_erased.send(sender=Person, person_id=person_id, conversation_ids=conversation_ids)
        for sender in EngineSender.objects.filter(person_id=person_id):
            Tombstone.objects.get_or_create(sender=sender.pk)
        Outbox.objects.filter(conversation_id__in=conversation_ids).delete()
        Inbound.objects.filter(conversation_id__in=conversation_ids).delete()
        Event.objects.filter(conversation_id__in=conversation_ids).delete()
        Conversation.objects.filter(pk__in=conversation_ids).delete()
        EngineSender.objects.filter(person_id=person_id).delete()
        Person.objects.filter(pk=person_id).delete()
        for conversation_id in conversation_ids:
            wakeups.changed(conversation_id)
    return len(conversation_ids)


def unsay(event: Event, instead: str) -> None:
    """Take back what a person said: from the transcript, from what quotes it, and from what the bot remembers.

    The engine cannot forget one message (it lives on in slots and in what was learnt from it), so it forgets the
    tracker, and the conversation goes on with a new sender. Call it in a transaction.
    """
    words, conversation = event.text, lock(event.conversation_id)
    inbound = Inbound.objects.filter(event=event).first()
    if inbound is not None:
        finish(inbound.pk, Inbound.Outcome.NOTED)
        Inbound.objects.filter(pk=inbound.pk).update(engine_text="", data={})
    Event.objects.filter(pk=event.pk).update(text=instead, search="", data={"unsent": True})
    if len(words) >= _QUOTED:
        for other in Event.objects.filter(conversation=conversation, seq__gt=event.seq):
            _unquote(other, words)
    if inbound is not None and inbound.engine_text and not inbound.diverted:
        renew_sender(conversation)


#: A shorter text stands in others by chance.
_QUOTED = 4


def _unquote(event: Event, words: str) -> None:
    data = json.dumps(event.data, ensure_ascii=False)
    quoted = json.dumps(words, ensure_ascii=False)[1:-1]
    if words in event.text or quoted in data:
        text = event.text.replace(words, "…")
        Event.objects.filter(pk=event.pk).update(
            text=text, search=searchable(text), data=json.loads(data.replace(quoted, "…"))
        )


def renew_sender(conversation: Conversation) -> None:
    """Have the engine forget a tracker; the conversations that use it go on with a new sender."""
    old = conversation.sender
    new = EngineSender.objects.create(person_id=conversation.person_id)
    Conversation.objects.filter(sender=old).update(sender=new)
    retire_sender(old)


def retire_sender(sender: EngineSender) -> None:
    """Have the engine forget a sender that no conversation uses any more (linking, unlinking)."""
    with transaction.atomic():
        Tombstone.objects.get_or_create(sender=sender.pk)
        sender.delete()


def conversation_of_identity(channel: str, external_id: str) -> tuple[Conversation, bool]:
    """The open conversation of an account on a channel without sessions (LINE), and whether it is new.

    After `closed` a new conversation of the same person and engine sender is opened.
    """
    with transaction.atomic():
        made, _ = Identity.objects.get_or_create(
            channel=channel,
            external_id=external_id,
            # Called only when the account is new.
            defaults={"person": Person.objects.create},  # type: ignore[misc]
        )
        # Two first webhooks at once: the second waits here and finds the first one's conversation.
        identity = Identity.objects.select_for_update().get(pk=made.pk)
        earlier = Conversation.objects.filter(person_id=identity.person_id, channel=channel).order_by("-created_at")
        last = earlier.select_related("sender").first()
        if last is not None and last.state != State.CLOSED:
            return last, False
        sender = last.sender if last else EngineSender.objects.filter(person_id=identity.person_id).first()
        return open_conversation(channel=channel, person=identity.person, sender=sender), True


class OtherAccountError(ConversationError):
    """The visitor is linked with another account of the channel already."""


def link_identity(channel: str, external_id: str, visitor: UUID) -> tuple[Conversation, bool]:
    """Link an account on a channel to the person of the website conversation `visitor`.

    Returns the account's open conversation, and whether anything has changed. See desk.conversations.models for what
    becomes of person and sender. Raises `OtherAccountError`, `ConversationGoneError`.
    """
    with transaction.atomic():
        website = lock(visitor)
        conversation, _ = conversation_of_identity(channel, external_id)
        identity = Identity.objects.get(channel=channel, external_id=external_id)
        former = identity.person_id
        if former == website.person_id:
            return conversation, False
        if Identity.objects.filter(person_id=website.person_id, channel=channel).exists():
            raise OtherAccountError(channel)
        _move_account(identity, website.person_id, website.sender_id)
        for event_of, data in ((website.pk, {"channel": channel}), (conversation.pk, {"channel": website.channel})):
            append_event(event_of, type="linked", author=Author.USER, visibility=Visibility.STAFF, data=data)
        _leave_behind(former)
        return lock_free_conversation(conversation.pk), True


def unlink_identity(channel: str, person_id: UUID) -> Conversation | None:
    """Part a person's account on a channel from the person's other channels; its open conversation, or None.

    None: no such account, or nothing that it is linked with.
    """
    with transaction.atomic():
        identity = Identity.objects.select_for_update().filter(channel=channel, person_id=person_id).first()
        others = Conversation.objects.filter(person_id=person_id).exclude(channel=channel)
        if identity is None or not others.exists():
            return None
        conversation, _ = conversation_of_identity(channel, identity.external_id)
        chat = Consent.objects.filter(person_id=person_id, kind="chat").order_by("-at", "-id").first()
        person = Person.objects.create()
        _move_account(identity, person.pk, EngineSender.objects.create(person=person).pk)
        known = Consent.objects.filter(person=person, kind="chat").exists()
        if chat is not None and not known:
            Consent.objects.create(
                person=person,
                conversation=conversation,
                kind="chat",
                version=chat.version,
                given=chat.given,
                at=chat.at,
            )
        newest = others.order_by("-last_event_at")[0]
        for event_of in (newest.pk, conversation.pk):
            append_event(
                event_of, type="unlinked", author=Author.USER, visibility=Visibility.STAFF, data={"channel": channel}
            )
        return lock_free_conversation(conversation.pk)


def linked(channel: str, person_id: UUID) -> bool:
    """Whether a person has an account on `channel` and conversations elsewhere."""
    return (
        Identity.objects.filter(channel=channel, person_id=person_id).exists()
        and Conversation.objects.filter(person_id=person_id).exclude(channel=channel).exists()
    )


def _move_account(identity: Identity, person_id: UUID, sender_id: UUID) -> None:
    """The account, its conversations and what was agreed to in them go to a person and a sender."""
    former = identity.person_id
    of_account = Conversation.objects.filter(person_id=former, channel=identity.channel)
    conversations = list(of_account.values_list("pk", flat=True))
    for conversation_id in conversations:
        lock(conversation_id)
    of_account.update(person_id=person_id, sender_id=sender_id)
    Consent.objects.filter(person_id=former, conversation_id__in=conversations).update(person_id=person_id)
    Identity.objects.filter(pk=identity.pk).update(person_id=person_id)


def _leave_behind(person_id: UUID) -> None:
    """After an account has moved away: the engine forgets senders without conversations; nobody is left nowhere."""
    for sender in EngineSender.objects.filter(person_id=person_id, conversations__isnull=True):
        retire_sender(sender)
    if not Conversation.objects.filter(person_id=person_id).exists():
        Person.objects.filter(pk=person_id).delete()
