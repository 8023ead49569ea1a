"""Retention by class, erasure with preview, and the record of looks and exports."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from desk.accounts.models import User
from desk.conversations import services
from desk.conversations.models import Consent, Conversation, EngineSender, Event, Identity, Inbound
from desk.handoff.models import Appointment
from desk.privacy.models import Access, Retention

#: What must be typed to erase.
CONFIRMATION = "消去"
BATCH = 200


def record(user: User, action: str, conversation_id: UUID | None = None, **detail: Any) -> None:
    """Record a look, an export or an erasure."""
    Access.objects.create(user=user, action=action, conversation_id=conversation_id, detail=detail)


def preview(person_id: UUID) -> dict[str, int]:
    """What erasing this person would remove, counted."""
    conversations = Conversation.objects.filter(person_id=person_id)
    events = Event.objects.filter(conversation__in=conversations)
    return {
        "会話": conversations.count(),
        "発言": events.filter(type="message").count(),
        "メモ": events.filter(type="note").count(),
        "連絡先": Appointment.objects.filter(conversation__in=conversations).count(),
        "LINEなどのアカウント": Identity.objects.filter(person_id=person_id).count(),
        "同意の記録": Consent.objects.filter(person_id=person_id).count(),
        "自動応答が覚えていること": EngineSender.objects.filter(person_id=person_id).count(),
    }


def erase(person_id: UUID, user: User) -> int:
    """Erase a person here and, by the sweeper, in the engine. What stays: that, when and by whom it was done."""
    with transaction.atomic():
        ids = [str(pk) for pk in Conversation.objects.filter(person_id=person_id).values_list("pk", flat=True)]
        count = services.erase_person(person_id)
        record(user, Access.Action.ERASE, None, conversations=ids)
    return count


def retention() -> Retention:
    """The operator's periods, or the defaults."""
    return Retention.objects.filter(pk=1).first() or Retention(pk=1)


def _before(days: int, now: datetime) -> datetime:
    return now - timedelta(days=days)


def purge(now: datetime | None = None) -> dict[str, int]:
    """The daily job: remove what is older than its period. A shell without personal data stays for the figures."""
    now = now or timezone.now()
    keep = retention()
    done = {"messages": 0, "summaries": 0, "contacts": 0, "access": 0}
    if keep.contact_days:
        done["contacts"] = Appointment.objects.filter(done_at__lt=_before(keep.contact_days, now)).delete()[0]
    if keep.messages_days:
        done["messages"] = _purge_messages(_before(keep.messages_days, now))
    if keep.summary_days:
        done["summaries"] = _purge_summaries(_before(keep.summary_days, now))
    if keep.access_days:
        done["access"] = Access.objects.filter(at__lt=_before(keep.access_days, now)).delete()[0]
    return done


def _purge_messages(before: datetime) -> int:
    count = 0
    old = (
        Conversation.objects.filter(last_event_at__lt=before, events__type__in=["message", "note"])
        .distinct()
        .order_by("last_event_at")
    )
    for conversation in old[:BATCH]:
        with transaction.atomic():
            present = services.lock(conversation.pk)
            if present.last_event_at >= before:
                continue
            if present.state != Conversation.State.CLOSED:
                services.close(present.pk, by=None, reason="retention")
            Inbound.objects.filter(conversation=present).delete()
            Event.objects.filter(conversation=present, type__in=["message", "note"]).delete()
            Event.objects.filter(conversation=present).update(text="", search="")
            Appointment.objects.filter(conversation=present).delete()
            # Closing has made an event of today; the shell keeps the day on which something happened last.
            Conversation.objects.filter(pk=present.pk).update(last_event_at=present.last_event_at)
            _forget_sender(present)
        count += 1
    return count


def _forget_sender(conversation: Conversation) -> None:
    """The engine forgets the old sender, unless a younger conversation of the person still uses it."""
    old = conversation.sender
    if old.conversations.exclude(pk=conversation.pk).filter(events__type="message").exists():
        return
    services.renew_sender(conversation)


def _purge_summaries(before: datetime) -> int:
    """Results of the self-analysis and the notes of a handover, where they are kept shorter than messages."""
    count = 0
    old = Event.objects.filter(at__lt=before)
    for event in [*old.filter(data__has_key="card")[:BATCH], *old.filter(data__has_key="package")[:BATCH]]:
        data = {key: value for key, value in event.data.items() if key not in {"card", "package"}}
        text = "" if event.type == "note" else event.text
        Event.objects.filter(pk=event.pk).update(data=data, text=text, search=services.searchable(text))
        count += 1
    return count
