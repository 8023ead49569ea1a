"""How a conversation begins: opened, the notice said, consent given."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from desk import texts
from desk.conversations.models import Consent, Conversation, EngineSender, Person
from desk.conversations.services.events import Author, Visibility, append_event


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
