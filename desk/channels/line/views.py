"""The webhook, the picture of a result for LINE's servers, and files for advisers."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from desk.channels.line import compose, config, figures, intake, media, parse, signature
from desk.channels.line.models import LineMedia
from desk.conversations.models import Event
from desk.errors import error
from desk.self_analysis.picture import draw_png

log = logging.getLogger("desk.line")
_OFF = "LINE は設定されていません。docs/line.md をご覧ください。"


def _refused(status: int, result: str, code: str, message: str = "") -> HttpResponse:
    figures.WEBHOOKS.labels(result).inc()
    return error(status, code, message)


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponseBase:
    """Check, store, say 200; the work comes afterwards. LINE waits two seconds at most."""
    started = time.perf_counter()
    missing = config.missing()
    if missing:
        log.warning("a webhook came but LINE is off", extra={"missing": missing})
        return _refused(503, "off", "unavailable", _OFF)
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.LINE_WEBHOOK_BYTES:
            return _refused(413, "too_large", "too_large")
        body = request.body
    except (RequestDataTooBig, ValueError):
        return _refused(413, "too_large", "too_large")
    except UnreadablePostError:
        return _refused(400, "broken", "invalid_request")
    if len(body) > settings.LINE_WEBHOOK_BYTES:
        return _refused(413, "too_large", "too_large")
    if not signature.verify(settings.LINE_CHANNEL_SECRETS, body, request.headers.get("X-Line-Signature", "")):
        return _refused(401, "bad_signature", "invalid_request")
    try:
        events = parse.parse(body, now_ms=int(time.time() * 1000))
    except parse.BadBodyError:
        return _refused(400, "bad_body", "invalid_json")
    try:
        if events:
            intake.store(events)
    except DatabaseError as problem:
        # Not stored, not acknowledged: LINE sends it again where redelivery is on.
        log.warning("webhook not stored", extra={"kind": type(problem).__name__})
        return _refused(503, "not_stored", "unavailable")
    figures.WEBHOOKS.labels("stored").inc()
    figures.WEBHOOK_SECONDS.observe(time.perf_counter() - started)
    return HttpResponse(b"{}", content_type="application/json")


@require_safe
def chart(_request: HttpRequest, token: str) -> HttpResponseBase:
    """The picture of a self-analysis; LINE's servers fetch it by its signed address."""
    try:
        number, width, until = map(int, signing.Signer(salt=compose.CHART_SALT).unsign(token).split("-"))
    except (signing.BadSignature, ValueError):
        return error(404, "not_found")
    event = Event.objects.filter(pk=number).first() if until > time.time() else None
    card = event.data.get("card") if event else None
    if not card:
        return error(404, "not_found")
    response = HttpResponse(draw_png(card, width=width), content_type="image/png")
    response["Cache-Control"] = "private, max-age=86400"
    return response


@login_required
@require_safe
def attachment(_request: HttpRequest, seq: int, conversation: str) -> HttpResponseBase:
    """A file that somebody sent, for the staff. Only pictures are shown; the rest is downloaded."""
    found = LineMedia.objects.filter(
        event__conversation_id=conversation, event__seq=seq, state=LineMedia.State.STORED
    ).first()
    if found is None or found.content is None:
        return error(404, "not_found")
    shown = found.content_type in media.SHOWN
    response = HttpResponse(
        bytes(found.content), content_type=found.content_type if shown else "application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    if not shown:
        response["Content-Disposition"] = "attachment"
    return response
