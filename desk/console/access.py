"""Who may come in: the session of the console (with CSRF), or a token of the adviser API."""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.csrf import csrf_exempt

from desk.accounts.models import ApiToken, User
from desk.conversations import services
from desk.errors import error
from desk.handoff.services import RefusedError

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
TEXT_CHARACTERS = 4000


class InvalidError(Exception):
    """The body is not what the operation needs."""

    def __init__(self, message: str = "", *, status: int = 422, code: str = "invalid_request") -> None:
        """Keep what is answered."""
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def user_of(request: HttpRequest) -> User:
    """The signed-in account of a request that has passed the door."""
    return cast(User, request.user)


def _enter(request: HttpRequest) -> HttpResponseBase | None:
    authorization = request.headers.get("Authorization", "")
    if authorization:
        kind, _, token = authorization.partition(" ")
        owner = ApiToken.owner(token.strip()) if kind.lower() == "bearer" else None
        if owner is None:
            return error(401, "session_expired", "トークンが無効です。管理者に新しいトークンを依頼してください。")
        request.user = owner
        return None
    if not request.user.is_authenticated:
        return error(401, "session_expired", "ログインしてください。")
    check = _Csrf(lambda _request: HttpResponse())
    check.process_request(request)
    if request.method not in {"GET", "HEAD"} and check.process_view(request, None, (), {}):  # type: ignore[arg-type]
        return error(403, "csrf", "画面の有効期限が切れました。ページを読み込み直してください。")
    return None


def desk_api(*methods: str) -> Callable[[View[P]], View[P]]:
    """A view of the adviser API: session or token, errors as `{code, message}`."""

    def decorate(view: View[P]) -> View[P]:
        @csrf_exempt
        @functools.wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            refused = _enter(request)
            if refused is not None:
                return refused
            if request.method not in methods:
                response = error(405, "method_not_allowed")
                response["Allow"] = ", ".join(methods)
                return response
            answered = _answer(view, request, *args, **kwargs)
            answered.setdefault("Cache-Control", "no-store")
            return answered

        return wrapped

    return decorate


def _answer(view: View[P], request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
    try:
        return view(request, *args, **kwargs)
    except InvalidError as bad:
        return error(bad.status, bad.code, bad.message)
    except RequestDataTooBig:
        return error(413, "too_large")
    except services.ConversationGoneError:
        return error(404, "not_found")
    except RefusedError as refused:
        return refusal(refused)


def refusal(refused: RefusedError) -> HttpResponseBase:
    """409 with the holder's name, or 403 where it is the role that stands against it."""
    if refused.forbidden and not refused.conversation.adviser:
        return error(403, "forbidden", "この操作をする権限がありません。")
    holder = refused.holder
    if holder:
        message = f"この相談は{holder}さんが対応しています。"
    else:
        message = f"この相談は今「{refused.conversation.get_state_display()}」のため、この操作はできません。"
    response = error(409, "conflict", message)
    content = json.loads(response.content)
    content.update(holder=holder, state=refused.conversation.state, version=refused.conversation.version)
    response.content = json.dumps(content, ensure_ascii=False).encode()
    return response


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request; an empty body is an empty object."""
    raw = request.body
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
    except ValueError as bad:
        raise InvalidError(status=400, code="invalid_json") from bad
    if not isinstance(body, dict):
        raise InvalidError
    return body


def text_of(body: dict[str, Any], name: str = "text", *, limit: int = TEXT_CHARACTERS, required: bool = True) -> str:
    """A text of the body: something in it, not too long, storable."""
    value = body.get(name, "" if not required else None)
    if not isinstance(value, str):
        raise InvalidError(f"{name} を指定してください。")
    value = value.encode("utf-8", "replace").decode().replace("\x00", "").strip()
    if required and not value:
        raise InvalidError(code="empty")
    if len(value) > limit:
        raise InvalidError(f"{limit}文字以内にしてください。", code="too_long")
    return value


def uid_of(body: dict[str, Any]) -> uuid.UUID:
    """The caller's id of what it sends, or a new one."""
    value = body.get("id")
    if value is None:
        return uuid.uuid4()
    try:
        return uuid.UUID(value)
    except (ValueError, AttributeError, TypeError) as bad:
        raise InvalidError("id には UUID を指定してください。") from bad


def staff(view: View[P]) -> View[P]:
    """A page of the console: signed in, never cached, never indexed."""

    @login_required
    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.setdefault("Cache-Control", "no-store")
        response["X-Robots-Tag"] = "noindex"
        return response

    return cast("View[P]", wrapped)


def supervisors(view: View[P]) -> View[P]:
    """A page for supervisors and admins."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not user_of(request).supervises:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return staff(wrapped)
