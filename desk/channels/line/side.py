"""What goes to LINE beside the conversation (loading animation, read marks, groups): never waited for."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID

from django.db import close_old_connections

from desk.channels.line.api import Api, LineError
from desk.channels.line.models import LineEvent
from desk.conversations.models import Identity

log = logging.getLogger("desk.line")
T = TypeVar("T")
_LOADING_SECONDS = 20
#: Calls of LINE at once.
_PARALLEL = 8
#: Conversation → when its animation was last asked for.
_shown: dict[UUID, float] = {}
_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk-line-side")


class _Background:
    """One event loop in a thread, with one client: connections and the channel token are kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._api: Api | None = None
        self._slots: asyncio.Semaphore | None = None

    def submit(self, action: Callable[[Api], Awaitable[T]]) -> Future[T]:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="desk-line-calls", daemon=True).start()
        return asyncio.run_coroutine_threadsafe(self._do(action), self._loop)

    async def _do(self, action: Callable[[Api], Awaitable[T]]) -> T:
        if self._api is None or self._slots is None:
            self._api, self._slots = Api(), asyncio.Semaphore(_PARALLEL)
        async with self._slots:
            return await action(self._api)


_background = _Background()


def ask(action: Callable[[Api], Awaitable[T]]) -> T:
    """Call LINE and wait for what it says; not from an event loop. Raises `LineError`."""
    return _background.submit(action).result()


def call(action: Callable[[Api], Awaitable[None]]) -> None:
    """Have something said to LINE soon; what goes wrong is logged."""
    _background.submit(lambda api: _kindly(api, action))


async def _kindly(api: Api, action: Callable[[Api], Awaitable[None]]) -> None:
    try:
        await action(api)
    except LineError as error:
        log.info("a side call failed", extra={"kind": str(error)})
    except Exception:
        log.exception("a side call failed")


def show_loading(conversation_id: UUID, hint: dict[str, Any] | None) -> None:
    """A listener of `desk.wakeups`: while the bot or the adviser writes, LINE shows it."""
    if not hint or hint.get("to") != "all" or hint.get("type") != "typing" or hint.get("state") != "start":
        return
    now = time.monotonic()
    if now - _shown.get(conversation_id, -100.0) < _LOADING_SECONDS * 0.75:
        return
    if len(_shown) > 10_000:
        _shown.clear()
    _shown[conversation_id] = now
    _pool.submit(_load, conversation_id)


def _load(conversation_id: UUID) -> None:
    close_old_connections()
    identity = Identity.objects.filter(
        channel="line", person__conversations__pk=conversation_id, person__conversations__channel="line"
    ).first()
    close_old_connections()
    if identity is None or identity.data.get("blocked") or identity.data.get("standby"):
        return
    user = identity.external_id
    call(lambda api: api.show_loading(user, _LOADING_SECONDS))


def after_delivery(user: str) -> None:
    """Mark as read what has been answered."""
    newest = LineEvent.objects.filter(lane=user).exclude(read_token="").order_by("-happened_ms").first()
    if newest is None:
        return
    token = newest.read_token
    LineEvent.objects.filter(lane=user, happened_ms__lte=newest.happened_ms).exclude(read_token="").update(
        read_token=""
    )
    call(lambda api: api.mark_read(token))
