"""The adviser API: list, read, claim, reply, note, return, close, export, and what the console needs beside."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from desk import wakeups
from desk.accounts.models import User
from desk.console import boxes, transcripts
from desk.console.access import InvalidError, body_of, desk_api, text_of, uid_of, user_of
from desk.console.models import Label, Labelled
from desk.conversations import services, wire
from desk.conversations.models import Conversation, Event
from desk.handoff import package
from desk.handoff import services as handoff
from desk.handoff.models import Appointment
from desk.privacy.models import Access
from desk.privacy.services import record

State = Conversation.State


def _json(data: object, status: int = 200) -> JsonResponse:
    return JsonResponse(data, status=status, safe=False, json_dumps_params={"ensure_ascii": False})


def brief(conversation: Any) -> dict[str, Any]:
    """A conversation as a row of the list."""
    since = boxes.waiting_since(conversation)
    adviser = conversation.adviser
    result = {
        "id": str(conversation.pk),
        "state": conversation.state,
        "version": conversation.version,
        "channel": conversation.channel,
        "seq": conversation.last_seq,
        "urgent": conversation.urgent,
        "adviser": {"id": adviser.pk, "name": adviser.desk_name} if adviser else None,
        "waiting_since": since.isoformat() if since else None,
        "last_event_at": conversation.last_event_at.isoformat(),
        "person": {"id": str(conversation.person_id), "name": boxes.title(conversation)},
    }
    if hasattr(conversation, "last_text"):
        result["last_text"] = conversation.last_text
        result["unread"] = conversation.unread
        result["reason"] = conversation.reason
        result["labels"] = [label.name for label in conversation.labels.all()]
    return result


def _conversation(pk: UUID) -> Conversation:
    found = Conversation.objects.select_related("adviser", "person").filter(pk=pk).first()
    if found is None:
        raise services.ConversationGoneError(str(pk))
    return found


def _now(pk: UUID) -> HttpResponseBase:
    return _json(brief(_conversation(pk)))


@desk_api("GET")
def conversations(request: HttpRequest) -> HttpResponseBase:
    """A page of the list."""
    box = request.GET.get("box", "all") or "all"
    if box not in boxes.BOXES:
        raise InvalidError("box には mine、waiting、all のいずれかを指定してください。")
    try:
        page = boxes.page(
            user_of(request),
            box=box,
            q=request.GET.get("q", "").replace("\x00", "")[:200],
            label=request.GET.get("label", "").replace("\x00", ""),
            before=request.GET.get("before", ""),
        )
    except ValueError as bad:
        raise InvalidError from bad
    return _json({"conversations": [brief(row) for row in page.conversations], "next": page.next})


@desk_api("GET")
def conversation(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The whole conversation; the look is recorded."""
    found = _conversation(pk)
    record(user_of(request), Access.Action.LOOK, pk, way="api")
    boxes.decorate([found], user_of(request))
    events = Event.objects.filter(conversation_id=pk).order_by("seq")
    note = Event.objects.filter(conversation_id=pk, data__has_key="package").order_by("-seq").first()
    appointment = Appointment.objects.filter(conversation_id=pk).order_by("-created_at").first()
    return _json(
        {
            **brief(*boxes.decorate([found], user_of(request))),
            "events": [wire.staff(event) for event in events],
            "summary": note.data["package"] if note else None,
            "self_analysis": package.latest_self_analysis(found) if package.may_see_self_analysis(found) else None,
            "appointment": {
                "way": appointment.way,
                "contact": appointment.contact,
                "name": appointment.name,
                "wish": appointment.wish,
                "done": appointment.done_at is not None,
            }
            if appointment
            else None,
        }
    )


@desk_api("POST")
def claim(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Take it; one of many wins."""
    version = body_of(request).get("version")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise InvalidError("version には整数を指定してください。")
    handoff.claim(pk, user_of(request), version)
    return _now(pk)


def _holding(pk: UUID, user: User) -> Conversation:
    """Locked: the conversation that this adviser has; else 409."""
    found = services.lock(pk)
    if found.adviser_id != user.pk:
        raise handoff.RefusedError(found)
    return found


@desk_api("POST")
def reply(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Answer the visitor: only who holds the conversation."""
    body = body_of(request)
    text, uid, user = text_of(body), uid_of(body), user_of(request)
    with transaction.atomic():
        earlier = Event.objects.filter(conversation_id=pk, uid=uid, user=user).first()
        if earlier is not None:
            return _json({"seq": earlier.seq, "created": False})
        _holding(pk, user)
        event, created = services.append_once(
            pk,
            uid,
            type="message",
            author=Event.Author.ADVISER,
            user=user,
            text=text,
            data={"name": user.shown_name},
        )
        boxes.mark_read(user, pk, event.seq)
    return _json({"seq": event.seq, "created": created})


@desk_api("POST")
def note(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A note that only colleagues see; anybody of the staff may write one."""
    body = body_of(request)
    user = user_of(request)
    event, created = services.append_once(
        pk,
        uid_of(body),
        type="note",
        author=Event.Author.ADVISER,
        user=user,
        visibility=Event.Visibility.STAFF,
        text=text_of(body),
        data={"name": user.desk_name},
    )
    return _json({"seq": event.seq, "created": created})


@desk_api("POST")
def give_back(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Back to the bot."""
    handoff.give_back(pk, user_of(request))
    return _now(pk)


@desk_api("POST")
def close(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """End it, with a reason."""
    reason = body_of(request).get("reason", "solved")
    if not isinstance(reason, str) or not reason or len(reason) > 30:
        raise InvalidError("reason が正しくありません。")
    handoff.close(pk, user_of(request), reason)
    return _now(pk)


@desk_api("POST")
def wrap_up(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The talk is over."""
    handoff.wrap_up(pk, user_of(request))
    return _now(pk)


@desk_api("POST")
def resume(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """It is not over."""
    handoff.resume(pk, user_of(request))
    return _now(pk)


@desk_api("POST")
def take_over(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A supervisor takes it."""
    handoff.take_over(pk, user_of(request))
    return _now(pk)


@desk_api("POST")
def transfer(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """To a colleague, by login name or number."""
    body = body_of(request)
    wanted = str(body.get("to", ""))[:150].replace("\x00", "")
    by_number = Q(pk=int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else Q()
    to = User.objects.filter(Q(username=wanted) | by_number, is_active=True).first() if wanted else None
    if to is None:
        raise InvalidError("引き継ぐ相手が見つかりません。")
    handoff.transfer(pk, user_of(request), to, text_of(body, "note", required=False))
    return _now(pk)


@desk_api("POST")
def labels(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Set the labels to exactly these; unknown names are refused."""
    names = body_of(request).get("labels")
    if not isinstance(names, list) or not all(isinstance(name, str) and "\x00" not in name for name in names):
        raise InvalidError("labels には文字列の配列を指定してください。")
    _conversation(pk)
    wanted = list(Label.objects.filter(name__in=names))
    if len(wanted) != len(set(names)):
        raise InvalidError("登録されていないラベルがあります。")
    with transaction.atomic():
        Labelled.objects.filter(conversation_id=pk).exclude(label__in=wanted).delete()
        for label in wanted:
            Labelled.objects.get_or_create(conversation_id=pk, label=label, defaults={"by": user_of(request)})
    wakeups.changed(pk)
    return _now(pk)


@desk_api("POST")
def read(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Everything up to `seq` is read."""
    seq = body_of(request).get("seq")
    found = _conversation(pk)
    if isinstance(seq, bool) or not isinstance(seq, int) or seq < 0:
        raise InvalidError("seq には 0 以上の整数を指定してください。")
    boxes.mark_read(user_of(request), pk, min(seq, found.last_seq))
    return HttpResponse(status=204)


@desk_api("POST")
def typing(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A hint for the visitor and for colleagues; nothing is stored."""
    state = body_of(request).get("typing")
    if not isinstance(state, bool):
        raise InvalidError("typing には true か false を指定してください。")
    found = _conversation(pk)
    user = user_of(request)
    holds = found.adviser_id == user.pk
    wakeups.hint(
        pk,
        {
            "to": "all" if holds else "staff",
            "type": "typing",
            "from": "adviser",
            "state": "start" if state else "stop",
            "name": user.shown_name,
        },
    )
    return HttpResponse(status=204)


@desk_api("GET")
def export(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """One transcript as a file; recorded."""
    form = request.GET.get("format", "json")
    notes = request.GET.get("notes", "1") != "0"
    if form not in transcripts.FORMATS:
        raise InvalidError("format には json、csv、pdf、txt のいずれかを指定してください。")
    found = _conversation(pk)
    record(user_of(request), Access.Action.EXPORT, pk, format=form, notes=notes)
    return transcripts.response([found], form, notes=notes, name=f"transcript-{str(pk)[:8]}")
