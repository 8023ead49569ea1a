"""The chat API of website visitors (see /api/openapi.json). The event stream is in desk/sse.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from desk import texts, wakeups
from desk.channels.line import chat
from desk.channels.web import sessions
from desk.channels.web.models import WebSession
from desk.channels.web.requests import BadRequestError, address_of, api, body_of, session_of, text_of, uuid_of
from desk.conversations import privacy, services, signals, wire
from desk.conversations.models import Conversation, Event
from desk.self_analysis import drafts
from desk.self_analysis.picture import draw_png
from desk.self_analysis.views import sheet_response

State = Conversation.State
TOKYO = ZoneInfo("Asia/Tokyo")
#: What a visitor may agree to or refuse later than the first consent.
CONSENTS = frozenset({"self_analysis", "handover", "summary", "contact"})


def _json(data: object, status: int = 200) -> JsonResponse:
    return JsonResponse(data, status=status, safe=False, json_dumps_params={"ensure_ascii": False})


@api("GET")
def config(_request: HttpRequest) -> HttpResponseBase:
    """What the widget needs before anybody agrees to anything."""
    available = [bool(answer) for _, answer in signals.human_available.send(sender=None)]
    return _json(
        {
            "service": {"name": texts.service_name()},
            "consent": texts.consent(),
            "limits": {"text": settings.MESSAGE_CHARACTERS},
            "texts": texts.operator().get("texts") or {},
            "human": {"available": any(available)},
            "session_days": settings.SESSION_DAYS,
            "line": {"available": chat.offered()},
        }
    )


@api("POST")
def open_session(request: HttpRequest) -> HttpResponseBase:
    """Open a session after consent, say the notice, and have the bot greet."""
    body = body_of(request)
    version = body.get("consent_version")
    if body.get("consent") is not True or not isinstance(version, str) or not version.strip() or len(version) > 100:
        raise BadRequestError(422, "consent_required")
    with transaction.atomic():
        services.spend("session-address", address_of(request))
        conversation = services.open_conversation(channel="web")
        services.give_consent(conversation, kind="chat", version=_plain(version))
        services.say_notice(conversation.pk)
        services.tell_engine(conversation.pk, "EXTERNAL_session_opened", key="first")
        session = sessions.open_session(conversation)
    return _json({"token": sessions.token_for(session), "conversation": str(conversation.pk)}, 201)


def _plain(version: str) -> str:
    return version.encode("utf-8", "replace").decode().replace("\x00", "").strip() or "?"


@api("POST")
def messages(request: HttpRequest) -> HttpResponseBase:
    """Accept a text or a tapped choice: stored when 202 is said, answered over the event stream."""
    session = session_of(request)
    body = body_of(request)
    uid = uuid_of(body)
    choice = body.get("choice")
    text = ""
    if choice is None:
        text = text_of(body, "text", limit=settings.MESSAGE_CHARACTERS)
    elif not isinstance(choice, str) or not choice or "text" in body:
        raise BadRequestError(422, "invalid_request", "text か choice のどちらか一つを指定してください。")
    return _accept(request, session, uid, text=text, choice_id=choice or "")


def _accept(request: HttpRequest, session: WebSession, uid: UUID, **message: Any) -> HttpResponseBase:
    accepted = services.accept(
        session.conversation_id,
        channel="web",
        # Two visitors may use the same UUID; neither learns of the other's message.
        external_id=f"{session.conversation_id}:{uid}",
        uid=uid,
        limits=(("message", str(session.conversation_id)), ("message-address", address_of(request))),
        **message,
    )
    return _json({"seq": accepted.seq}, 202)


@api("POST", "DELETE")
def human(request: HttpRequest) -> HttpResponseBase:
    """Ask for a human, or stop waiting for one. The engine prepares the handover; when it is down, the desk does."""
    session = session_of(request)
    if request.method == "DELETE":
        services.spend("data", str(session.conversation_id))
        return _json({"state": services.stop_waiting(session.conversation_id).state}, 200)
    uid = uuid_of(body_of(request), required=False)
    return _accept(request, session, uid, text=texts.ASKED_HUMAN, payload=services.ASK_HUMAN_PAYLOAD)


@api("POST")
def end(request: HttpRequest) -> HttpResponseBase:
    """End the conversation. The transcript and a rating stay possible for a day."""
    session = session_of(request)
    services.close(session.conversation_id, by=None, reason="visitor", text=texts.ENDED_BY_VISITOR)
    sessions.end(session)
    return _json({"state": State.CLOSED}, 202)


@api("POST")
def rating(request: HttpRequest) -> HttpResponseBase:
    """Record how content the visitor is; the newest rating counts."""
    session = session_of(request)
    body = body_of(request)
    score = body.get("score")
    if isinstance(score, bool) or not isinstance(score, int) or not 1 <= score <= 5:
        raise BadRequestError(422, "invalid_request", "score には 1 から 5 までの整数を指定してください。")
    comment = text_of(body, "comment", limit=settings.MESSAGE_CHARACTERS, required=False)
    with transaction.atomic():
        services.spend("data", str(session.conversation_id))
        services.append_event(
            session.conversation_id,
            type="rating",
            author=Event.Author.USER,
            text=comment,
            visibility=Event.Visibility.STAFF,
            data={"score": score},
        )
    return _json({"score": score}, 202)


@api("POST")
def typing(request: HttpRequest) -> HttpResponseBase:
    """Show the adviser that the visitor is typing. Nothing is stored."""
    session = session_of(request)
    state = body_of(request).get("typing")
    if not isinstance(state, bool):
        raise BadRequestError(422, "invalid_request", "typing には true か false を指定してください。")
    if session.conversation.diverted:
        services.spend("typing", str(session.conversation_id))
        hint = {"to": "staff", "type": "typing", "from": "user", "state": "start" if state else "stop"}
        wakeups.hint(session.conversation_id, hint)
    return HttpResponse(status=204)


@api("POST")
def consents(request: HttpRequest) -> HttpResponseBase:
    """Record a later consent or refusal (self-analysis, handover, summary, contact)."""
    session = session_of(request)
    body = body_of(request)
    given = body.get("given")
    kind = body.get("kind")
    if not isinstance(kind, str) or kind not in CONSENTS or not isinstance(given, bool):
        raise BadRequestError(422, "invalid_request")
    version = text_of(body, "version", limit=100)
    with transaction.atomic():
        services.spend("data", str(session.conversation_id))
        services.give_consent(session.conversation, kind=kind, version=version, given=given)
    return _json({"kind": kind, "given": given}, 201)


@api("GET")
def transcript(request: HttpRequest) -> HttpResponseBase:
    """The visitor's transcript as text or JSON, for keeping."""
    session = session_of(request)
    services.spend("data", str(session.conversation_id))
    form = request.GET.get("format", "txt")
    if form not in {"txt", "json"}:
        raise BadRequestError(422, "invalid_request", "format には txt か json を指定してください。")
    events = Event.objects.filter(conversation_id=session.conversation_id, visibility=Event.Visibility.ALL).order_by(
        "seq"
    )
    if form == "json":
        content = json.dumps([wire.public(event) for event in events], ensure_ascii=False, indent=1)
        kind = "application/json"
    else:
        content = privacy.as_text(session.conversation_id)
        kind = "text/plain; charset=utf-8"
    return _attachment(content, kind, f"transcript.{form}")


def _attachment(content: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _result(request: HttpRequest, seq: int) -> Event:
    """The event with a result of a self-analysis in this visitor's conversation. Raises `BadRequestError`."""
    session = session_of(request)
    services.spend("data", str(session.conversation_id))
    event = None
    if seq < 2**53:
        event = Event.objects.filter(
            conversation_id=session.conversation_id, seq=seq, visibility=Event.Visibility.ALL
        ).first()
    if event is None or drafts.result_of(event) is None:
        raise BadRequestError(404, "not_found")
    return event


@api("GET")
def chart(request: HttpRequest, seq: int) -> HttpResponseBase:
    """The picture of a result."""
    result = drafts.result_of(_result(request, seq)) or {}
    response = HttpResponse(draw_png(result), content_type="image/png")
    response["Content-Disposition"] = 'inline; filename="self-analysis.png"'
    return response


@api("GET")
def sheet(request: HttpRequest, seq: int) -> HttpResponseBase:
    """The sheet of a result, to keep and to bring along."""
    return sheet_response(_result(request, seq))


@api("GET", "PUT")
def draft(request: HttpRequest, seq: int) -> HttpResponseBase:
    """自己PR as it stands, or in the visitor's own words from now on."""
    event = _result(request, seq)
    if request.method == "PUT":
        body = body_of(request)
        parts = {name: text_of(body, name, limit=drafts.LIMIT, required=False) for name in drafts.PARTS}
        try:
            drafts.save(event, parts)
        except drafts.TooLongError as long:
            raise BadRequestError(422, "too_long") from long
    parts = drafts.parts_of(event)
    return _json({**parts, "text": drafts.text_of(parts), "edited_at": drafts.edited_at(event)})


@api("GET", "DELETE")
def data(request: HttpRequest) -> HttpResponseBase:
    """Everything that is stored about the visitor, as a file; or have it deleted for good."""
    session = session_of(request)
    services.spend("data", str(session.conversation_id))
    person_id = session.conversation.person_id
    if request.method == "DELETE":
        services.erase_person(person_id)
        return HttpResponse(status=204)
    content = json.dumps(privacy.stored_about(person_id), ensure_ascii=False, indent=1, default=str)
    return _attachment(content, "application/json", f"data-{datetime.now(UTC):%Y%m%d}.json")
