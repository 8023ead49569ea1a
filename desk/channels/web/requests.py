"""Reads requests of the chat API: bodies, sessions, addresses; and turns what goes wrong into `{code, message}`."""

from __future__ import annotations

import functools
import json
import logging
import re
import unicodedata
import uuid
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from desk import metrics
from desk.channels.web import sessions
from desk.channels.web.models import WebSession
from desk.conversations import services
from desk.errors import error

log = logging.getLogger("desk.chat")

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class BadRequestError(Exception):
    """The request cannot be served. Becomes `{code, message}` with `status`."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        """Keep what is answered."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


def api(*methods: str) -> Callable[[View[P]], View[P]]:
    """A view of the chat API: these methods only, no CSRF (a bearer token is needed instead), errors as JSON."""

    def decorate(view: View[P]) -> View[P]:
        @csrf_exempt
        @functools.wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in methods:
                response = error(405, "method_not_allowed")
                response["Allow"] = ", ".join(methods)
                return response
            answered = _answer(view, request, *args, **kwargs)
            answered.setdefault("Cache-Control", "no-store")
            return answered

        api_view: View[P] = wrapped
        return api_view

    return decorate


def _answer(view: View[P], request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
    try:
        return view(request, *args, **kwargs)
    except BadRequestError as bad:
        return error(bad.status, bad.code, bad.message)
    except RequestDataTooBig:
        return error(413, "too_large")
    except sessions.SessionExpiredError:
        response = error(401, "session_expired")
        response["WWW-Authenticate"] = 'Bearer realm="chat"'
        return response
    except services.TooFastError as fast:
        metrics.LIMITED.labels("chat").inc()
        return error(429, "too_fast", retry_after=fast.wait)
    except services.ConversationClosedError:
        return error(409, "conversation_closed")
    except services.ConversationGoneError:
        return error(401, "session_expired")
    except services.UnknownChoiceError:
        return error(422, "unknown_choice")
    except services.OwnerChanged:
        return error(409, "invalid_request")
    except DatabaseError:
        log.exception("database unavailable")
        return error(503, "unavailable", retry_after=3)


def session_of(request: HttpRequest) -> WebSession:
    """The session of the request's bearer token. Raises `SessionExpiredError`."""
    return sessions.authenticate(request.headers.get("Authorization", ""))


def address_of(request: HttpRequest) -> str:
    """The client's address; desk/asgi.py has already looked behind trusted proxies."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the body. Raises `BadRequestError`."""
    length = request.headers.get("Content-Length", "0")
    if length.isascii() and length.isdigit() and int(length) > settings.CHAT_BODY_BYTES:
        raise BadRequestError(413, "too_large")
    raw = request.body
    if len(raw) > settings.CHAT_BODY_BYTES:
        raise BadRequestError(413, "too_large")
    if not raw:
        return {}
    try:
        body = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as wrong:
        raise BadRequestError(400, "invalid_json") from wrong
    if not isinstance(body, dict):
        raise BadRequestError(400, "invalid_json")
    return body


_UUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")


def uuid_of(body: dict[str, Any], key: str = "id", *, required: bool = True) -> uuid.UUID:
    """A UUID of the body; a new one where it may be missing."""
    value = body.get(key)
    if value is None and not required:
        return uuid.uuid4()
    if not isinstance(value, str) or not _UUID.match(value):
        raise BadRequestError(422, "invalid_request", f"{key} には UUID を指定してください。")
    return uuid.UUID(value)


def text_of(body: dict[str, Any], key: str, *, limit: int, required: bool = True) -> str:
    """A text of the body without what no database and no screen can hold. Raises `BadRequestError`."""
    value = body.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise BadRequestError(422, "invalid_request", f"{key} には文字列を指定してください。")
    text = clean(value)
    if required and not text:
        raise BadRequestError(422, "empty")
    if len(text) > limit:
        raise BadRequestError(422, "too_long")
    return text


def clean(text: str) -> str:
    """Without surrogates, control characters and direction overrides; line ends as LF; stripped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        character
        for character in text
        if character in "\n\t"
        or (unicodedata.category(character) not in {"Cc", "Cs"} and not "\u202a" <= character <= "\u202e")
    )
    return "".join(kept).strip()
