"""What the list shows: boxes, order, search, and the figures of each row, with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from desk.accounts.models import User
from desk.console import search
from desk.console.models import ReadMark
from desk.conversations.models import Conversation, Event, Person
from desk.conversations.services import searchable
from desk.handoff import package
from desk.handoff.hours import TOKYO
from desk.handoff.models import Appointment

State = Conversation.State
PAGE = 40
#: Conversations taken from the search; of these the newest page is shown.
FOUND = 200
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
    hits: dict[UUID, int] = {}
    if q.strip():
        hits = search.hits(q, FOUND)
        rows = rows.filter(pk__in={*_named(q.strip()), *hits})
    elif before:
        at = parse_datetime(before)
        if at is None or at.tzinfo is None:
            raise ValueError("before is no time")
        rows = rows.filter(last_event_at__lt=at)
    found = list(rows[: PAGE + 1])
    more = len(found) > PAGE and not q and box == "all"
    found = found[:PAGE]
    decorated: list[Any] = decorate(found, user)
    if hits:
        shown = [hits[row.pk] for row in decorated if row.pk in hits]
        texts = dict(Event.objects.filter(pk__in=shown).values_list("conversation_id", "text"))
        for row in decorated:
            row.excerpt = search.excerpt(texts.get(row.pk, ""), q)
    return Page(decorated, found[-1].last_event_at.isoformat() if more else None)


def _named(word: str) -> list[UUID]:
    """Conversations of people whom colleagues or they themselves gave a name like this; few have one."""
    people = Person.objects.exclude(display_name="").filter(display_name__icontains=word)
    told = Appointment.objects.exclude(name="").filter(Q(name__icontains=word) | Q(name__icontains=searchable(word)))
    return [
        *Conversation.objects.filter(person__in=people.values_list("pk", flat=True)[:PAGE]).values_list(
            "pk", flat=True
        )[:PAGE],
        *told.values_list("conversation_id", flat=True)[:PAGE],
    ]


def decorate(conversations: list[Conversation], user: User) -> list[Conversation]:
    """With last text, unread count, reason, labels and adviser, read for the whole page at once."""
    ids = [conversation.pk for conversation in conversations]
    # People's own words tell colleagues what it is about; what programs said is the same everywhere, and a tap is said
    # in the program's words: it stands here only where there is nothing else.
    said = (
        Event.objects.filter(
            conversation=OuterRef("pk"), type="message", author__in=[Event.Author.USER, Event.Author.ADVISER]
        )
        .exclude(text="")
        .order_by("-seq")
    )
    own = said.exclude(data__has_key="choice")
    status = Event.objects.filter(conversation=OuterRef("pk"), type="status", data__state="queued").order_by("-seq")
    handed = Event.objects.filter(conversation=OuterRef("pk"), type="note", data__has_key="package").order_by("-seq")
    read = ReadMark.objects.filter(conversation=OuterRef("pk"), user=user)
    extra = {
        row["pk"]: row
        for row in Conversation.objects.filter(pk__in=ids).values(
            "pk",
            said=Coalesce(Subquery(own.values("pk")[:1]), Subquery(said.values("pk")[:1])),
            reason=Subquery(status.values("data__reason")[:1]),
            summary=Subquery(handed.values("data__package__summary")[:1]),
            read=Coalesce(Subquery(read.values("seq")[:1]), Value(0)),
        )
    }
    words = Event.objects.in_bulk([row["said"] for row in extra.values() if row["said"]])
    # What was said to the bot waits for nobody: only what went to people can be unread.
    unread = dict(
        Event.objects.filter(conversation__in=ids, type="message", author=Event.Author.USER, inbound__diverted=True)
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
        .prefetch_related("labels", "person__identities", "appointments")
    }
    result = []
    for pk in ids:
        conversation: Any = full.get(pk)
        if conversation is None:
            continue
        more = extra[pk]
        last = words.get(more["said"])
        conversation.unread = min(unread.get(pk, 0), 99)
        waits_about = _waits_about(conversation, more["summary"] or "")
        text = " ".join(line.lstrip("・") for line in waits_about.splitlines()) or (last.text if last else "")
        conversation.last_text = text[:120]
        conversation.last_author = last.author if last and not waits_about else ""
        conversation.reason = package.REASONS.get(more["reason"], more["reason"] or "")
        conversation.title = title(conversation)
        conversation.when = when(conversation.last_event_at)
        result.append(conversation)
    return result


def _waits_about(conversation: Any, summary: str) -> str:
    """What somebody waits for. Their own last words are that they want a human; news they wrote since come first."""
    if conversation.state not in _WAITING or conversation.unread:
        return ""
    wishes = [appointment.wish for appointment in conversation.appointments.all() if appointment.done_at is None]
    return "".join(wishes[:1]) or summary


def title(conversation: Conversation) -> str:
    """What colleagues call somebody whose name nobody knows."""
    person = conversation.person
    if person.display_name:
        return person.display_name
    for identity in person.identities.all():
        if identity.data.get("name"):
            return str(identity.data["name"])
    for appointment in conversation.appointments.all():
        if appointment.name:
            return str(appointment.name)
    return f"相談者 {str(person.pk)[:4].upper()}"


def when(at: datetime) -> str:
    """A time as the list shows it: today's as hours, others as a date."""
    local, now = at.astimezone(TOKYO), timezone.now().astimezone(TOKYO)
    if local.date() == now.date():
        return f"{local:%H:%M}"
    return f"{local.month}/{local.day}" if local.year == now.year else f"{local.year}/{local.month}/{local.day}"


def waiting_since(conversation: Conversation) -> datetime | None:
    """Since when somebody waits for us."""
    return conversation.state_since if conversation.state in _WAITING else None


def mark_read(user: User, conversation_id: UUID, seq: int) -> None:
    """Everything up to `seq` has been seen."""
    mark, made = ReadMark.objects.get_or_create(user=user, conversation_id=conversation_id, defaults={"seq": seq})
    if not made and mark.seq < seq:
        ReadMark.objects.filter(pk=mark.pk, seq__lt=seq).update(seq=seq)
