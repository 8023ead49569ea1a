"""What a channel brought in, stored before anybody is told that it arrived."""

from __future__ import annotations

import re
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from desk import metrics, texts, wakeups
from desk.conversations import crisis, rows, signals
from desk.conversations.models import Conversation, Event, Inbound
from desk.conversations.services.alerts import answer_crisis
from desk.conversations.services.errors import (
    ConversationClosedError,
    ConversationGoneError,
    RepeatedError,
    UnknownChoiceError,
)
from desk.conversations.services.events import (
    Author,
    Place,
    State,
    Visibility,
    append_event,
    insert_event,
    lock,
    lock_free_conversation,
    searchable,
    take_seq,
)
from desk.conversations.services.limits import TURN_LEASE_SECONDS, spend, take_lease, turn_lease


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
            place = take_seq(conversation_id, now)
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
    except RepeatedError:
        repeated = _accepted_before(channel, external_id)
        if repeated is None:
            raise ConversationGoneError(str(conversation_id)) from None
        return repeated
    metrics.ACCEPTED.labels(channel).inc()
    return Accepted(conversation_id, place.seq, repeated=False)


def _refuse_repeat(channel: str, external_id: str) -> None:
    if rows.is_repeat(channel, external_id):
        raise RepeatedError


def _accepted_before(channel: str, external_id: str) -> Accepted | None:
    inbound = Inbound.objects.select_related("event").filter(channel=channel, external_id=external_id).first()
    if inbound is None:
        return None
    return Accepted(inbound.conversation_id, inbound.event.seq if inbound.event else 0, repeated=True)


def _store_inbound(
    conversation_id: UUID,
    place: Place,
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
    event = insert_event(
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
