"""The pages of the console: list, thread, person, print, transcripts, erasure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desk import wakeups
from desk.accounts.models import User
from desk.channels.line.models import LineMedia
from desk.console import boxes, tables, transcripts
from desk.console.access import staff, supervisors, user_of
from desk.console.models import CannedReply, Label
from desk.conversations import services
from desk.conversations.models import Consent, Conversation, Event, Outbox
from desk.handoff import hours, package, table
from desk.handoff import services as handoff
from desk.handoff.hours import TOKYO
from desk.handoff.models import Appointment
from desk.privacy import services as privacy
from desk.privacy.models import Access

ALERTS = {"crisis": "命にかかわるおそれ", "crisis_other": "身近な人の命の心配", "labour": "職場のトラブル"}
#: Why something did not reach a LINE account (desk/channels/line).
UNDELIVERED = {"blocked": "LINEでブロックされています", "standby": "ほかの窓口が対応中です"}
#: Events of a thread that are shown at once; older ones are on the print page.
SHOWN = 300
#: What is said in place of a file from LINE that is not there.
FILE_NOTES: dict[str, str] = {
    LineMedia.State.PENDING: "LINE から受け取っています…",
    LineMedia.State.GONE: "LINE から取り出せませんでした（取り消されたか、期限が切れています）",
    LineMedia.State.TOO_LARGE: "大きすぎるため、預かっていません",
    LineMedia.State.FAILED: "LINE から取り出せませんでした",
}
THREAD = (*transcripts.SHOWN, "alert")
EXPORTED = 500


def _list(request: HttpRequest) -> dict[str, Any]:
    user = user_of(request)
    numbers = boxes.counts(user)
    box = request.GET.get("box", "")
    if box not in boxes.BOXES:
        box = "waiting" if numbers["waiting"] and not numbers["mine"] else "mine" if numbers["mine"] else "all"
    q = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    label = request.GET.get("label", "").replace("\x00", "")
    try:
        # A search looks everywhere: whoever types a word wants the conversation, not the box.
        page = boxes.page(user, box="all" if q else box, q=q, label=label, before=request.GET.get("before", ""))
    except ValueError:
        page = boxes.page(user, box=box, q=q, label=label)
    return {
        "page": page,
        "box": box,
        "boxes": [(key, name, numbers.get(key)) for key, name in boxes.BOXES.items()],
        "counts": numbers,
        "q": q,
        "label": label,
        "tail": "?" + urlencode({name: value for name, value in (("box", box), ("q", q), ("label", label)) if value}),
        "all_labels": list(Label.objects.all()),
        "open": handoff.is_open(),
    }


def _may(user: User, conversation: Conversation) -> dict[str, bool]:
    holder = conversation.adviser_id == user.pk
    return {
        action: table.allowed(action, conversation.state, supervisor=user.supervises, holder=holder)
        for action in table.ACTIONS
    }


def _head(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    user = user_of(request)
    (shown,) = boxes.decorate([conversation], user)
    return {
        "conversation": shown,
        "may": _may(user, conversation),
        "mine": conversation.adviser_id == user.pk,
        "box": request.GET.get("box", ""),
    }


def _thread(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    user = user_of(request)
    head = _head(request, conversation)
    events = list(
        Event.objects.filter(conversation=conversation, type__in=THREAD).select_related("user").order_by("-seq")[:SHOWN]
    )[::-1]
    boxes.mark_read(user, conversation.pk, conversation.last_seq)
    here = set(handoff.present().values_list("pk", flat=True))
    colleagues: list[Any] = list(User.objects.filter(is_active=True).exclude(pk=user.pk).order_by("username")[:100])
    for colleague in colleagues:
        colleague.here = colleague.pk in here
    return {
        **head,
        "events": _ready(events, conversation),
        "earlier": len(events) == SHOWN,
        "canned": [
            {
                "id": row.pk,
                "title": row.title,
                "shortcut": row.shortcut,
                "text": row.text.replace("{name}", user.shown_name),
                "find": services.searchable(f"{row.shortcut} {row.title}"),
            }
            for row in CannedReply.objects.all()
        ],
        "colleagues": sorted(colleagues, key=lambda one: not one.here),
        "end_reasons": table.END_REASONS.items(),
        **_person(head["conversation"]),
    }


def _ready(events: list[Event], conversation: Conversation) -> list[Event]:
    """Events with what the template shows; the day is set where it changes. What says nothing is left out."""
    day: date | None = None
    line = conversation.channel == "line"
    failed = _undelivered(events) if line else {}
    files: dict[int, str] = (
        dict(LineMedia.objects.filter(event__in=events).values_list("event_id", "state")) if line else {}
    )
    ready_events = []
    for event in events:
        ready: Any = event
        ready.words = transcripts.words(event)
        if event.type == "alert":
            ready.words = f"注意: {ALERTS.get(event.data.get('kind', ''), event.data.get('kind', ''))}"
        ready.package = event.data.get("package")
        if not ready.words and not ready.package:
            continue
        at = event.at.astimezone(TOKYO)
        ready.new_day = at.date() if at.date() != day else None
        day = at.date()
        ready.speaker = transcripts.speaker(event)
        ready.choices = [choice["title"] for choice in event.data.get("choices", [])]
        ready.undelivered = failed.get(event.pk, "")
        attachment = event.data.get("attachment") or {}
        state = files.get(event.pk, "")
        file = reverse("line-file", args=[conversation.pk, event.seq]) if state == LineMedia.State.STORED else ""
        ready.file_note = FILE_NOTES.get(state, "")
        point = attachment.get("point")
        ready.place = f"https://www.google.com/maps/search/?api=1&query={point[0]},{point[1]}" if point else ""
        ready.picture = file if attachment.get("kind") == "image" else ""
        ready.file = file if attachment.get("kind") in {"video", "audio", "file"} else ""
        ready_events.append(event)
    return ready_events


def _undelivered(events: list[Event]) -> dict[int, str]:
    """What LINE refused for good, and why."""
    rows = Outbox.objects.filter(event__in=events, state__in=[Outbox.State.FAILED, Outbox.State.SKIPPED])
    return {pk: UNDELIVERED.get(error, "送れませんでした") for pk, error in rows.values_list("event_id", "error")}


def _person(conversation: Conversation) -> dict[str, Any]:
    consents: list[Any] = list(Consent.objects.filter(person_id=conversation.person_id).order_by("-at", "-id")[:30])
    for consent in consents:
        consent.shown = package.CONSENTS.get(consent.kind, consent.kind)
    newest = {consent.shown: consent.given for consent in reversed(consents)}
    made = package.latest_self_analysis(conversation)
    result = made if package.may_see_self_analysis(conversation) else None
    others = Conversation.objects.filter(person_id=conversation.person_id).exclude(pk=conversation.pk)
    note = (
        Event.objects.filter(conversation=conversation, type="note", data__has_key="package").order_by("-seq").first()
    )
    return {
        "why": note.data["package"] if note else None,
        "waiting": boxes.waiting_since(conversation),
        "channel": package.CHANNELS.get(conversation.channel, conversation.channel),
        "agreed": list(newest.items()),
        "analysis": result,
        "chart": _chart(result) if result else None,
        "analysis_withheld": made is not None and result is None,
        "others": others.order_by("-last_event_at")[:10],
        "consents": consents,
        "appointments": Appointment.objects.filter(conversation=conversation).order_by("-created_at"),
        "notes": Event.objects.filter(
            conversation__person_id=conversation.person_id, type="note", author=Event.Author.ADVISER
        )
        .select_related("user")
        .order_by("-at")[:20],
        "all_labels": list(Label.objects.all()),
        "label_names": {label.name for label in conversation.labels.all()},
    }


def _chart(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of the chart: positions in per cent on an axis from -1 to 1."""
    rows = (result.get("chart") or {}).get("rows") or []
    if not rows and result.get("axis", {}).get("value") is not None:
        value = result["axis"]["value"]
        rows = [{"label": "向き", "left": "事務職", "right": "バックオフィス", "value": value}]
    ready = []
    for row in rows:
        value = row.get("value")
        low, high = row.get("low"), row.get("high")
        ready.append(
            {
                "label": row.get("label", ""),
                "left": row.get("left", ""),
                "right": row.get("right", ""),
                "known": value is not None,
                "x": round(110 + 100 * float(value or 0), 1),
                "from": round(110 + 100 * float(low), 1) if low is not None else None,
                "width": round(100 * (float(high) - float(low)), 1) if low is not None and high is not None else None,
            }
        )
    return ready


@staff
@ensure_csrf_cookie
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """The list, with nothing open."""
    handoff.seen(user_of(request))
    return render(request, "console/desk.html", _list(request))


@staff
@require_safe
def rows(request: HttpRequest) -> HttpResponseBase:
    """The list alone; the address of the page follows, so that reloading and sending it to a colleague work."""
    context = _list(request)
    current = request.GET.get("current", "")
    answer = render(request, "console/rows.html", {**context, "current": current})
    chosen = request.headers.get("HX-Trigger", "")
    by_itself = chosen.startswith("rows-body")
    if request.headers.get("HX-Target") == "rows" and not by_itself:
        shown = {name: str(context[name]) for name in ("box", "q", "label") if context[name]}
        path = reverse("console:thread", args=[current]) if _is_uuid(current) else reverse("console:home")
        answer["HX-Replace-Url"] = f"{path}?{urlencode(shown)}"
    return answer


@staff
@ensure_csrf_cookie
@require_safe
def thread(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """List, thread and person, or (asked by htmx) the last two alone; the look is recorded."""
    conversation = get_object_or_404(Conversation.objects.select_related("adviser", "person"), pk=pk)
    privacy.record(user_of(request), Access.Action.LOOK, pk, way="console")
    handoff.seen(user_of(request))
    if request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request"):
        answer = render(request, "console/work.html", _thread(request, conversation))
        answer["Vary"] = "HX-Request"
        return answer
    context = {**_list(request), **_thread(request, conversation), "current": str(pk)}
    return render(request, "console/desk.html", context)


@staff
@require_safe
def new_events(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The events after `after`, as they stand in the thread."""
    conversation = get_object_or_404(Conversation, pk=pk)
    after = request.GET.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 16):
        return HttpResponseBadRequest()
    events = list(
        Event.objects.filter(conversation=conversation, seq__gt=int(after), type__in=THREAD)
        .select_related("user")
        .order_by("seq")[:SHOWN]
    )
    boxes.mark_read(user_of(request), pk, conversation.last_seq)
    ready = _ready(events, conversation)
    if ready:
        ready[0].new_day = None  # type: ignore[attr-defined]
    return render(request, "console/events.html", {"events": ready})


@staff
@require_safe
def head(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The head of the thread: state and what can be done now."""
    conversation = get_object_or_404(Conversation.objects.select_related("adviser", "person"), pk=pk)
    return render(request, "console/head.html", _head(request, conversation))


@staff
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The person; a POST gives them a name for colleagues."""
    conversation = get_object_or_404(Conversation.objects.select_related("person"), pk=pk)
    if request.method == "POST":
        conversation.person.display_name = request.POST.get("name", "").replace("\x00", "").strip()[:100]
        conversation.person.save(update_fields=["display_name"])
    (shown,) = boxes.decorate([conversation], user_of(request))
    return render(request, "console/person.html", {"conversation": shown, **_person(conversation)})


@staff
@require_safe
def printed(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A page to print, with notes or without; recorded as an export."""
    conversation = get_object_or_404(Conversation.objects.select_related("person"), pk=pk)
    notes = request.GET.get("notes", "0") != "0"
    privacy.record(user_of(request), Access.Action.EXPORT, pk, format="print", notes=notes)
    events = _ready(transcripts.events_of(conversation, notes=notes), conversation)
    context = {"conversation": conversation, "title": boxes.title(conversation), "events": events, "notes": notes}
    return render(request, "console/print.html", context)


@supervisors
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Erase the person: what would go is shown first, and a word has to be typed."""
    conversation = get_object_or_404(Conversation.objects.select_related("person"), pk=pk)
    wrong = False
    if request.method == "POST":
        if request.POST.get("confirmation", "").strip() == privacy.CONFIRMATION:
            done = boxes.title(conversation)
            privacy.erase(conversation.person_id, user_of(request))
            return render(request, "console/erase.html", {"erased": done})
        wrong = True
    context = {
        "conversation": conversation,
        "title": boxes.title(conversation),
        "preview": privacy.preview(conversation.person_id).items(),
        "word": privacy.CONFIRMATION,
        "wrong": wrong,
    }
    return render(request, "console/erase.html", context, status=422 if wrong else 200)


@staff
@require_POST
def presence(request: HttpRequest) -> HttpResponseBase:
    """The console is open; `away` is what the adviser has chosen, `conversation` what is before their eyes.

    Colleagues who have the same conversation open are told. It is a hint: nothing of it is stored.
    """
    user = user_of(request)
    away = request.POST.get("away")
    handoff.seen(user, away=None if away is None else away == "1")
    looked_at = request.POST.get("conversation", "")
    if _is_uuid(looked_at):
        state = "gone" if request.POST.get("gone") == "1" else "here"
        hint = {"to": "staff", "type": "presence", "state": state, "user": user.pk, "name": user.desk_name}
        wakeups.hint(UUID(looked_at), hint)
    return HttpResponse(status=204)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@supervisors
@require_safe
def transcripts_page(request: HttpRequest) -> HttpResponseBase:
    """Many transcripts by date, channel, label, adviser: seen as a list, or as one file."""
    wanted = request.GET
    try:
        first, last = tables.period(wanted, days=31)
        since, until = tables.instants(first, last)
        found = Conversation.objects.filter(created_at__gte=since, created_at__lt=until)
        if wanted.get("channel"):
            found = found.filter(channel=wanted["channel"])
        if wanted.get("label"):
            found = found.filter(labels__name=wanted["label"])
        if wanted.get("adviser"):
            found = found.filter(events__type="status", events__user_id=int(wanted["adviser"])).distinct()
    except (ValueError, OverflowError, ValidationError):
        return HttpResponseBadRequest("条件が正しくありません。")
    found = found.order_by("-created_at", "id")
    form = wanted.get("format", "")
    if form in transcripts.FORMATS:
        notes = wanted.get("notes") == "1"
        taken = list(found[:EXPORTED])
        for conversation in taken:
            privacy.record(user_of(request), Access.Action.EXPORT, conversation.pk, format=form, notes=notes, many=True)
        return transcripts.response(taken, form, notes=notes, name=f"transcripts-{first}-{last}")
    listed: list[Any] = boxes.decorate(list(found[:100]), user_of(request))
    for one in listed:
        one.channel_name = package.CHANNELS.get(one.channel, one.channel)
    context = {
        "found": listed,
        "count": found.count(),
        "limit": EXPORTED,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "wanted": wanted,
        "channels": package.CHANNELS.items(),
        "all_labels": Label.objects.all(),
        "advisers": User.objects.order_by("display_name", "username"),
    }
    return render(request, "console/transcripts.html", context)


@staff
@require_safe
def account(request: HttpRequest) -> HttpResponseBase:
    """One's own account: password, second factor, passkeys."""
    return render(request, "console/account.html", {"required": settings.DESK_REQUIRE_MFA})


@staff
@require_safe
def settings_page(request: HttpRequest) -> HttpResponseBase:
    """Where everything is set, each with what it holds now."""
    if not user_of(request).administers:
        raise PermissionDenied
    own = handoff.preferences()
    plan = handoff.schedule(own)
    today = datetime.now(TOKYO).date()
    days = [(day, plan.spans(day), hours.holiday_name(day)) for day in (today + timedelta(days=n) for n in range(14))]
    kept = privacy.retention()
    context = {
        "own": own,
        "always": plan.always,
        "days": days,
        "next": plan.next_opening(datetime.now(TOKYO)),
        "kept": kept,
        "canned": CannedReply.objects.count(),
        "labels": Label.objects.all(),
        "people": User.objects.filter(is_active=True).order_by("role", "username"),
        "written": sum(1 for name in handoff.TEXTS if getattr(own, name)),
        "texts": len(handoff.TEXTS),
    }
    return render(request, "console/settings.html", context)
