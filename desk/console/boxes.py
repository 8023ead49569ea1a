"""What the list shows: boxes, order, search, and the figures of each row, with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime

from desk.accounts.models import User
from desk.console import search
from desk.console.models import ReadMark
from desk.conversations.models import Conversation, Event
from desk.conversations.services import searchable
from desk.handoff import package

State = Conversation.State
PAGE = 40
BOXES = {"mine": "担当中", "waiting": "順番待ち", "all": "すべて"}
_WAITING = (State.QUEUED, State.SCHEDULED)


@dataclass(frozen=True)
class Page:
    """One page of the list."""

    conversations: list[Conversation]
    next: str | None


def in_box(box: str, user: User) -> QuerySet[Conversation]:
    """The conversations of a box in the box's order."""
    if box == "mine":
        return Conversation.objects.filter(adviser=user, state__in=[State.ACTIVE, State.WRAP_UP]).order_by(
            "-urgent", "-last_event_at", "id"
        )
    if box == "waiting":
        late = Case(When(state=State.QUEUED, then=Value(0)), default=Value(1), output_field=IntegerField())
        return Conversation.objects.filter(state__in=_WAITING).order_by("-urgent", late, "state_since", "id")
    return Conversation.objects.order_by("-last_event_at", "-id")


def counts(user: User) -> dict[str, int]:
    """How many are mine and how many wait."""
    return {
        "mine": Conversation.objects.filter(adviser=user, state__in=[State.ACTIVE, State.WRAP_UP]).count(),
        "waiting": Conversation.objects.filter(state__in=_WAITING).count(),
    }


def page(user: User, *, box: str = "all", q: str = "", label: str = "", before: str = "") -> Page:
    """One page, ready to be shown. Raises `ValueError` for a `before` that is none."""
    rows = in_box(box, user)
    if label:
        rows = rows.filter(labels__name=label)
    ids: list[UUID] | None = None
    if q.strip():
        word = q.strip()
        named = Q(person__display_name__icontains=word) | Q(appointments__name__icontains=searchable(word))
        ids = list(
            dict.fromkeys([*rows.filter(named).values_list("pk", flat=True)[:PAGE], *search.conversations_with(q, 200)])
        )
        rows = rows.filter(pk__in=ids)
    elif before:
        at = parse_datetime(before)
        if at is None or at.tzinfo is None:
            raise ValueError("before is no time")
        rows = rows.filter(last_event_at__lt=at)
    found = list(rows[: PAGE + 1])
    more = len(found) > PAGE and not q and box == "all"
    found = found[:PAGE]
    return Page(decorate(found, user), found[-1].last_event_at.isoformat() if more else None)


def decorate(conversations: list[Conversation], user: User) -> list[Conversation]:
    """With last text, unread count, reason, labels and adviser, read for the whole page at once."""
    ids = [conversation.pk for conversation in conversations]
    said = Event.objects.filter(conversation=OuterRef("pk"), type="message").exclude(text="").order_by("-seq")
    status = Event.objects.filter(conversation=OuterRef("pk"), type="status", data__state="queued").order_by("-seq")
    read = ReadMark.objects.filter(conversation=OuterRef("pk"), user=user)
    extra = {
        row["pk"]: row
        for row in Conversation.objects.filter(pk__in=ids).values(
            "pk",
            said_text=Subquery(said.values("text")[:1]),
            said_author=Subquery(said.values("author")[:1]),
            reason=Subquery(status.values("data__reason")[:1]),
            read=Coalesce(Subquery(read.values("seq")[:1]), Value(0)),
        )
    }
    unread = dict(
        Event.objects.filter(conversation__in=ids, type="message", author=Event.Author.USER)
        .annotate(
            mark=Coalesce(
                Subquery(ReadMark.objects.filter(conversation=OuterRef("conversation"), user=user).values("seq")[:1]),
                Value(0),
            )
        )
        .filter(seq__gt=F("mark"))
        .values_list("conversation")
        .annotate(count=Count("id"))
    )
    full = {
        row.pk: row
        for row in Conversation.objects.filter(pk__in=ids)
        .select_related("adviser", "person")
        .prefetch_related("labels", "person__identities")
    }
    result = []
    for pk in ids:
        conversation: Any = full.get(pk)
        if conversation is None:
            continue
        more = extra[pk]
        conversation.last_text = (more["said_text"] or "")[:120]
        conversation.last_author = more["said_author"] or ""
        conversation.reason = package.REASONS.get(more["reason"], more["reason"] or "")
        conversation.unread = min(unread.get(pk, 0), 99)
        conversation.title = title(conversation)
        result.append(conversation)
    return result


def title(conversation: Conversation) -> str:
    """What colleagues call somebody whose name nobody knows."""
    person = conversation.person
    if person.display_name:
        return person.display_name
    for identity in person.identities.all():
        if identity.data.get("name"):
            return str(identity.data["name"])
    return f"相談者 {str(person.pk)[:4].upper()}"


def waiting_since(conversation: Conversation) -> datetime | None:
    """Since when somebody waits for us."""
    return conversation.state_since if conversation.state in _WAITING else None


def mark_read(user: User, conversation_id: UUID, seq: int) -> None:
    """Everything up to `seq` has been seen."""
    mark, made = ReadMark.objects.get_or_create(user=user, conversation_id=conversation_id, defaults={"seq": seq})
    if not made and mark.seq < seq:
        ReadMark.objects.filter(pk=mark.pk, seq__lt=seq).update(seq=seq)
