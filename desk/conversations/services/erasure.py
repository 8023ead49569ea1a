"""What is forgotten: a person, a message, the name by which the engine knows a conversation."""

from __future__ import annotations

import json
from uuid import UUID

from django.db import transaction

from desk import wakeups
from desk.conversations import signals
from desk.conversations.models import Conversation, EngineSender, Event, Inbound, Outbox, Person, Tombstone
from desk.conversations.services.events import lock, searchable
from desk.conversations.services.turns import finish


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
