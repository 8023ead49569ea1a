"""One turn of the bot: what the router takes up, and how its replies are stored."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from desk import metrics, texts
from desk.conversations import crisis, rows, signals
from desk.conversations.models import Conversation, Event, Inbound
from desk.conversations.services.alerts import answer_crisis, raise_alert
from desk.conversations.services.errors import ConversationGoneError
from desk.conversations.services.events import Author, State, Visibility, append_event, lock
from desk.conversations.services.inbound import HUMAN_CHOICES
from desk.conversations.services.opening import give_consent
from desk.conversations.services.ownership import request_human


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
