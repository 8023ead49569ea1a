"""The desk as one ASGI application: proxies, CORS, event streams, then Django; and its background tasks."""

from __future__ import annotations

import asyncio
import io
import ipaddress
import logging
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
django.setup(set_prefix=False)

from asgiref.sync import ThreadSensitiveContext, sync_to_async  # noqa: E402 - Django must be set up before
from django.conf import settings  # noqa: E402
from django.core.handlers.asgi import ASGIHandler, ASGIRequest  # noqa: E402
from django.core.handlers.base import BaseHandler  # noqa: E402
from django.core.handlers.exception import convert_exception_to_response  # noqa: E402
from django.db import close_old_connections  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.http.response import HttpResponseBase  # noqa: E402
from django.urls import set_urlconf  # noqa: E402

from desk import errors, sse  # noqa: E402
from desk.channels.line import webhook  # noqa: E402
from desk.engine import Engine  # noqa: E402
from desk.hub import Hub  # noqa: E402
from desk.middleware import RequestLog  # noqa: E402
from desk.router import Router  # noqa: E402
from desk.sse import Receive, Scope, Send  # noqa: E402
from desk.sweeper import Sweeper  # noqa: E402

log = logging.getLogger("desk.asgi")

CHAT = "/api/chat/"


class DjangoViews(ASGIHandler):
    """Django with a fixed number of threads that keep their database connections.

    Django's own handler makes a thread (and so a connection) for each request, and hops between threads for each
    middleware. All views here are synchronous: one hop a request is enough.
    """

    def __init__(self) -> None:
        """Load the middleware once, for threads."""
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._free: asyncio.LifoQueue[ThreadPoolExecutor] = asyncio.LifoQueue()
        for number in range(settings.VIEW_THREADS):
            self._free.put_nowait(ThreadPoolExecutor(1, thread_name_prefix=f"desk-view-{number}"))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Handle a request in the first free thread."""
        executor = await self._free.get()
        try:
            async with ThreadSensitiveContext(executor=executor):
                await self.handle(scope, receive, send)
        finally:
            self._free.put_nowait(executor)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Run middleware and view in the request's thread."""
        response: HttpResponseBase = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        # Django closes the response under this name.
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        return response


class ChatViews(BaseHandler):
    """The chat API's views without what serves people who sign in: no cookies, no templates, one thread hop."""

    def __init__(self) -> None:
        """Build the short chain once."""
        super().__init__()
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        view: Any = self._get_response  # type: ignore[attr-defined] # Django's own, not in its stubs
        chain: Any = convert_exception_to_response(view)
        self._chain = RequestLog(chain)
        self._pool = ThreadPoolExecutor(settings.VIEW_THREADS, thread_name_prefix="desk-chat")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body within its limit, answer in a thread, send."""
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if len(body) > settings.CHAT_BODY_BYTES:
                await _send(send, errors.error(413, "too_large"))
                return
            if not message.get("more_body"):
                break
        loop = asyncio.get_running_loop()
        response = await loop.run_in_executor(self._pool, self._respond, scope, body)
        await _send(send, response)

    def _respond(self, scope: Scope, body: bytes) -> HttpResponse:
        close_old_connections()
        try:
            set_urlconf(settings.ROOT_URLCONF)
            request = ASGIRequest(scope, io.BytesIO(body))
            response = self._chain(request)
        finally:
            close_old_connections()
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        return response


async def _send(send: Send, response: HttpResponse) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    headers.append((b"content-length", str(len(response.content)).encode()))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})


class Desk:
    """The application and what runs beside the requests."""

    def __init__(self) -> None:
        """Make the parts; nothing runs before the server's startup."""
        self.hub = Hub()
        self.streams = sse.EventStreams(self.hub)
        self.views = DjangoViews()
        self.chat = ChatViews()
        self.line = webhook.Webhook()
        self.engine: Engine | None = None
        self.router: Router | None = None
        self.sweeper: Sweeper | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        scope = behind_proxy(scope)
        if scope["path"].startswith(CHAT):
            await self._chat(scope, receive, send)
        elif scope["path"] in sse.PATHS:
            await self.streams(scope, receive, send)
        elif scope["path"] == webhook.PATH:
            response = await self.line.answer(scope, receive)
            if response is not None:
                await _send(send, response)
        else:
            await self.views(dict(scope), receive, send)

    async def _chat(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The chat API may be called from pages of allow-listed origins, and from nowhere else."""
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin and not allowed(origin, scope, headers):
            response = errors.error(403, "origin_not_allowed")
            start: list[tuple[bytes, bytes]] = [(b"content-type", b"application/json"), (b"vary", b"Origin")]
            await send({"type": "http.response.start", "status": 403, "headers": start})
            await send({"type": "http.response.body", "body": response.content})
            return
        if origin:
            send = _with_cors(send, origin)
            if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
                await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT[:]})
                await send({"type": "http.response.body", "body": b""})
                return
        handler: Callable[[Scope, Receive, Send], Awaitable[None]] = (
            self.streams if scope["path"] in sse.PATHS else self.chat
        )
        await handler(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def start(self) -> None:
        """Start what runs beside the requests."""
        self.engine = Engine()
        self.router = Router(self.engine)
        self.sweeper = Sweeper(self.router, self.engine)
        self.hub.start()
        self.router.start()
        self.sweeper.start()

    async def stop(self) -> None:
        """Stop it, letting turns that are nearly done end."""
        await self.hub.stop()
        if self.sweeper:
            await self.sweeper.stop()
        if self.router:
            await self.router.stop()
        if self.engine:
            await self.engine.close()


_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type, last-event-id"),
    (b"access-control-max-age", b"86400"),
    (b"content-length", b"0"),
]


def _with_cors(send: Send, origin: str) -> Send:
    extra = [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", b"retry-after, content-disposition"),
        (b"vary", b"Origin"),
    ]

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *extra]}
        await send(message)

    return sending


def allowed(origin: str, scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """True for the desk's own origin and the allow-listed ones."""
    if origin in settings.WIDGET_ORIGINS or (settings.PUBLIC_URL and origin == settings.PUBLIC_URL):
        return True
    host = headers.get(b"host", b"").decode("latin-1")
    # A Host that is not ours is refused by Django, so that nobody makes an origin his own by naming it.
    return bool(host) and origin == f"{scope['scheme']}://{host}" and _known_host(host)


def _known_host(host: str) -> bool:
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return "*" in settings.ALLOWED_HOSTS or name in settings.ALLOWED_HOSTS


def behind_proxy(scope: Scope) -> Scope:
    """With the client's address and scheme as a trusted proxy tells them; nobody else is believed."""
    if not settings.TRUSTED_PROXIES or not scope.get("client") or not _trusted(scope["client"][0]):
        return scope
    headers = dict(scope["headers"])
    changed = dict(scope)
    for hop in reversed(headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")):
        address = hop.strip()
        try:
            ipaddress.ip_address(address)
        except ValueError:
            break
        changed["client"] = (address, 0)
        if not _trusted(address):
            break
    proto = headers.get(b"x-forwarded-proto", b"").decode("latin-1").split(",")[-1].strip()
    if proto in {"http", "https"}:
        changed["scheme"] = proto
    return changed


def _trusted(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings.TRUSTED_PROXIES)


application = Desk()
