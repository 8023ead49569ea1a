"""Which account of a channel belongs to whom, and linking a second one."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from desk.conversations.models import Consent, Conversation, EngineSender, Identity, Person
from desk.conversations.services.erasure import retire_sender
from desk.conversations.services.errors import ConversationError
from desk.conversations.services.events import Author, State, Visibility, append_event, lock, lock_free_conversation
from desk.conversations.services.opening import open_conversation


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
