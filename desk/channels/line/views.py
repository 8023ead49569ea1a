"""Pages for people who come from LINE, the picture of a result, files for advisers. The webhook: webhook.py."""

from __future__ import annotations

import json
import time
from datetime import datetime

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from desk.channels.line import compose, config, linking, media, texts
from desk.channels.line.models import LineMedia
from desk.conversations import privacy, services
from desk.conversations.models import Conversation, Event, Identity
from desk.errors import error
from desk.self_analysis.picture import draw_png


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


@csp_update({"form-action": [settings.LINE_LINK_BASE]})  # type: ignore[untyped-decorator] # django-csp has no types
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest) -> HttpResponseBase:
    """Where a website visitor agrees that a LINE account is linked; then on to LINE."""
    given = request.POST if request.method == "POST" else request.GET
    link_token, code = given.get("linkToken", ""), given.get("code", "").strip()[:20]
    plain = code.replace("-", "")
    shown = linking.shown(plain) if len(plain) == 8 else code
    context: dict[str, object] = {"link_token": link_token, "code": shown, "minutes": linking.MINUTES}
    if config.missing() or not linking.good_token(link_token):
        return render(request, "line/link.html", {"gone": True}, status=404)
    if request.method != "POST":
        return render(request, "line/link.html", context)
    try:
        services.spend("link", f"page:{request.META.get('REMOTE_ADDR', '')}")
        nonce = linking.confirm(linking.waiting(code))
    except services.TooFastError:
        return render(request, "line/link.html", {**context, "problem": texts.LINK_BUSY}, status=429)
    except linking.GoneError:
        return render(request, "line/link.html", {**context, "problem": texts.LINK_GONE}, status=422)
    return redirect(linking.at_line(link_token, nonce))


@never_cache
@require_safe
def data(request: HttpRequest, token: str) -> HttpResponseBase:
    """What is stored about the holder of a LINE account; the address was sent to that account only."""
    try:
        identity = Identity.objects.filter(channel="line", external_id=linking.account_of_export(token)).first()
    except signing.BadSignature:
        identity = None
    if identity is None:
        return render(request, "line/data.html", {"gone": True}, status=404)
    form = request.GET.get("form", "")
    name = f"michishirube-{datetime.now(privacy.TOKYO):%Y%m%d}"
    if form == "json":
        stored = privacy.stored_about(identity.person_id)
        content = json.dumps(stored, ensure_ascii=False, indent=1, default=str)
        response = HttpResponse(content, content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    elif form == "txt":
        found = Conversation.objects.filter(person_id=identity.person_id).order_by("created_at")
        content = "\n".join(privacy.as_text(conversation.pk) for conversation in found)
        response = HttpResponse(content, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.txt"'
    else:
        response = render(request, "line/data.html", {"minutes": linking.EXPORT_MINUTES})
    response["Referrer-Policy"] = "no-referrer"
    return response
