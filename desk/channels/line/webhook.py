"""LINE's webhook: check, store, say 200; the work comes afterwards. LINE waits two seconds at most.

It is answered before Django (desk/asgi.py). Requests that come while others are being stored are stored together, in
one transaction that goes before the process's other writers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.http import HttpResponse

from desk.channels.line import config, figures, intake, parse, signature
from desk.errors import error
from desk.sqlite.gate import GATE

log = logging.getLogger("desk.line")
PATH = "/line/webhook"
#: LINE has gone after two seconds; what is stored later is a repeat when it comes again.
STORE_SECONDS = 1.9
_OFF = "LINE は設定されていません。docs/line.md をご覧ください。"


class TooLargeError(Exception):
    """The body is beyond the limit."""


class Webhook:
    """Answers LINE's requests of one process."""

    def __init__(self) -> None:
        """Nothing waits."""
        self._waiting: list[tuple[list[parse.Parsed], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="desk-line-webhook")

    async def answer(self, scope: Any, receive: Any) -> HttpResponse | None:
        """The response; None when the client has gone."""
        started = time.perf_counter()
        if scope["method"] != "POST":
            refused = error(405, "method_not_allowed")
            refused["Allow"] = "POST"
            return refused
        missing = config.missing()
        if missing:
            log.warning("a webhook came but LINE is off", extra={"missing": missing})
            return _refused(503, "off", "unavailable", _OFF)
        headers = dict(scope["headers"])
        try:
            body = await _read(headers, receive)
        except TooLargeError:
            return _refused(413, "too_large", "too_large")
        if body is None:
            return None
        given = headers.get(b"x-line-signature", b"").decode("latin-1")
        if not signature.verify(settings.LINE_CHANNEL_SECRETS, body, given):
            return _refused(401, "bad_signature", "invalid_request")
        try:
            events = parse.parse(body, now_ms=int(time.time() * 1000))
        except parse.BadBodyError:
            return _refused(400, "bad_body", "invalid_json")
        try:
            if events:
                await self._store(events)
        except (DatabaseError, TimeoutError) as problem:
            # Not stored, not acknowledged: LINE sends it again where redelivery is on.
            log.warning("webhook not stored", extra={"kind": type(problem).__name__})
            return _refused(503, "not_stored", "unavailable")
        figures.WEBHOOKS.labels("stored").inc()
        figures.WEBHOOK_SECONDS.observe(time.perf_counter() - started)
        return HttpResponse(b"{}", content_type="application/json")

    async def _store(self, events: list[parse.Parsed]) -> None:
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((events, stored))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await asyncio.wait_for(stored, STORE_SECONDS)

    async def _write(self) -> None:
        """Store all that waits, until nothing waits."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                try:
                    await self._in_thread([event for events, _ in batch for event in events])
                except DatabaseError as problem:
                    for _, stored in batch:
                        if not stored.done():
                            stored.set_exception(problem)
                else:
                    for _, stored in batch:
                        if not stored.done():
                            stored.set_result(None)
        finally:
            self._writer = None

    async def _in_thread(self, events: list[parse.Parsed]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._pool, _store_now, events)


def _store_now(events: list[parse.Parsed]) -> None:
    close_old_connections()
    try:
        with GATE.urgently():
            intake.store(events)
    finally:
        close_old_connections()


def _refused(status: int, result: str, code: str, message: str = "") -> HttpResponse:
    figures.WEBHOOKS.labels(result).inc()
    return error(status, code, message)


async def _read(headers: dict[bytes, bytes], receive: Any) -> bytes | None:
    """The raw body; None when the client has gone. Raises `TooLargeError` before more than the limit is kept."""
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > settings.LINE_WEBHOOK_BYTES:
        raise TooLargeError
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += bytes(message.get("body", b""))
        if len(body) > settings.LINE_WEBHOOK_BYTES:
            raise TooLargeError
        if not message.get("more_body"):
            return body
