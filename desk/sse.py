"""Event streams as bare ASGI, in front of Django: no thread and no database connection a client."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError
from django.http import HttpRequest

from desk import errors, work
from desk.accounts.middleware import lacks_second_factor
from desk.channels.web import sessions
from desk.conversations.models import Conversation
from desk.hub import Hub, Stream

log = logging.getLogger("desk.sse")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

VISITOR_PATH = "/api/chat/events"
STAFF_PATH = "/api/desk/events"
PATHS = frozenset({VISITOR_PATH, STAFF_PATH})
_SEQ = re.compile(r"^\d{1,15}$", re.ASCII)
_HEARTBEAT = b": \n\n"
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
#: A sign-in or a session is looked at again after so many heartbeats.
_RECHECK_HEARTBEATS = 4


class RefusedError(Exception):
    """The stream is refused with an error of the API."""

    def __init__(self, status: int, code: str, *, retry_after: int | None = None) -> None:
        """Keep what is answered."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.retry_after = retry_after


class EventStreams:
    """Serves GET /api/chat/events (bearer token) and GET /api/desk/events (signed-in staff)."""

    def __init__(self, hub: Hub) -> None:
        """Use the process's hub."""
        self._hub = hub
        self._of_session: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one stream until either side ends it."""
        try:
            self._refuse_at_once(scope)
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            query = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=20)
            after = _after(headers, query)
            if scope["path"] == VISITOR_PATH:
                check: _Check = _VisitorCheck(headers.get("authorization", ""))
                conversation_id: UUID | None = await check()
                stream = Stream(conversation_id=conversation_id, after=after, staff=False)
            else:
                check = _StaffCheck(headers.get("cookie", ""), query)
                stream = Stream(conversation_id=await check(), after=after, staff=True)
            self._refuse_too_many(check)
        except RefusedError as refused:
            await _refuse(send, refused)
            return
        except (DatabaseError, ValueError) as error:
            database = isinstance(error, DatabaseError)
            code = RefusedError(503, "unavailable", retry_after=3) if database else RefusedError(400, "invalid_request")
            await _refuse(send, code)
            return
        self._of_session[check.key] += 1
        self._hub.add(stream)
        gone = asyncio.create_task(_until_gone(receive, stream))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
            await self._serve(stream, check, send)
        finally:
            gone.cancel()
            self._hub.remove(stream)
            self._of_session[check.key] -= 1
            if not self._of_session[check.key]:
                del self._of_session[check.key]

    def _refuse_at_once(self, scope: Scope) -> None:
        if scope["method"] != "GET":
            raise RefusedError(405, "method_not_allowed")
        if self._hub.count >= settings.STREAMS_PER_PROCESS:
            raise RefusedError(503, "unavailable", retry_after=5)

    def _refuse_too_many(self, check: _Check) -> None:
        if self._of_session[check.key] >= settings.STREAMS_PER_SESSION:
            raise RefusedError(429, "too_many_streams", retry_after=5)

    async def _serve(self, stream: Stream, check: _Check, send: Send) -> None:
        beats = 0
        while True:
            try:
                async with asyncio.timeout(settings.HEARTBEAT_SECONDS):
                    data = await stream.take()
            except TimeoutError:
                beats += 1
                over = beats % _RECHECK_HEARTBEATS == 0 and not await self._still(check)
                data = None if over else _HEARTBEAT
            if data is None:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            await send({"type": "http.response.body", "body": data, "more_body": True})

    @staticmethod
    async def _still(check: _Check) -> bool:
        try:
            await check()
        except RefusedError:
            return False
        except DatabaseError:
            # An outage of the database is no reason to send everybody away.
            return True
        return True


class _Check:
    """Who may read what; asked again while the stream is open."""

    key = ""

    async def __call__(self) -> UUID | None:
        raise NotImplementedError


class _VisitorCheck(_Check):
    def __init__(self, authorization: str) -> None:
        self._authorization = authorization

    async def __call__(self) -> UUID | None:
        try:
            session = await work.run(sessions.authenticate, self._authorization)
        except sessions.SessionExpiredError as error:
            raise RefusedError(401, "session_expired") from error
        self.key = f"visitor:{session.pk}"
        return session.conversation_id


class _StaffCheck(_Check):
    def __init__(self, cookies: str, query: dict[str, list[str]]) -> None:
        try:
            morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
        except CookieError:
            morsel = None
        self._session_key = morsel.value if morsel else ""
        wanted = query.get("conversation", [""])[0]
        self._conversation = UUID(wanted) if wanted else None

    async def __call__(self) -> UUID | None:
        user_id = await work.run(_signed_in, self._session_key)
        if user_id is None:
            raise RefusedError(401, "session_expired")
        self.key = f"staff:{self._session_key}"
        if self._conversation is not None and not await work.run(_exists, self._conversation):
            raise RefusedError(404, "not_found")
        return self._conversation


def _signed_in(session_key: str) -> int | None:
    if not session_key or len(session_key) > 64 or not session_key.isalnum():
        return None
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        return None
    # Streams do not pass Django's middleware: what that asks for is asked here too.
    return None if lacks_second_factor(user) else user.pk


def _exists(conversation_id: UUID) -> bool:
    return Conversation.objects.filter(pk=conversation_id).exists()


def _after(headers: dict[str, str], query: dict[str, list[str]]) -> int:
    """The last seq that the client has: `Last-Event-ID` is newer than the address it first connected with."""
    for value in (headers.get("last-event-id", ""), query.get("after", [""])[0]):
        if value:
            if not _SEQ.match(value):
                raise RefusedError(400, "invalid_request")
            return int(value)
    return 0


async def _until_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def _refuse(send: Send, refused: RefusedError) -> None:
    response = errors.error(refused.status, refused.code, retry_after=refused.retry_after)
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    headers.append((b"content-length", str(len(response.content)).encode()))
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
