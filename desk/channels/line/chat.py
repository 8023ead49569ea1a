"""The chat API's part of LINE: go on in LINE, and part from it again. For website visitors, by their session."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import qrcode
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from desk.channels.line import config, linking
from desk.channels.web.requests import BadRequestError, api, session_of
from desk.conversations import services


def offered() -> bool:
    """Whether the widget offers LINE: it is on, and the account's name is known."""
    return bool(settings.LINE_BASIC_ID) and not config.missing()


@api("GET", "POST", "DELETE")
def line(request: HttpRequest) -> HttpResponseBase:
    """Whether this visitor is linked; a code for linking; unlinking."""
    session = session_of(request)
    person = session.conversation.person_id
    if request.method == "GET":
        return JsonResponse({"available": offered(), "linked": services.linked("line", person)})
    if request.method == "DELETE":
        with transaction.atomic():
            services.spend("data", str(session.conversation_id))
            linking.part(person)
        return HttpResponse(status=204)
    if not offered():
        raise BadRequestError(404, "not_found")
    if session.conversation.state == session.conversation.State.CLOSED:
        raise services.ConversationClosedError
    with transaction.atomic():
        services.spend("link", f"web:{session.conversation_id}")
        made = linking.ask(session.conversation)
    # LINE opens with this typed in; the visitor sends it.
    text = quote(f"連携 {linking.shown(made.code)}")
    url = f"https://line.me/R/oaMessage/{quote(settings.LINE_BASIC_ID, safe='')}/?{text}"
    answer = {"code": linking.shown(made.code), "url": url, "qr": _squares(url), "minutes": linking.MINUTES}
    return JsonResponse(answer, status=201)


def _squares(text: str) -> dict[str, Any]:
    """A QR code as an SVG path in a square of `size` units; the widget draws it."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"size": len(rows), "path": path}
