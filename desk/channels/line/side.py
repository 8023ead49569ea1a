"""What goes to LINE beside the conversation (loading animation, read marks, groups): never waited for."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from django.db import close_old_connections

from desk.channels.line.api import Api, LineError
from desk.channels.line.models import LineEvent
from desk.conversations.models import Identity

log = logging.getLogger("desk.line")
_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk-line-side")
_LOADING_SECONDS = 20
#: Conversation → when its animation was last asked for.
_shown: dict[UUID, float] = {}


def call(action: Callable[[Api], Awaitable[None]]) -> None:
    """Have something said to LINE soon."""
    _pool.submit(_run, action)


def _run(action: Callable[[Api], Awaitable[None]]) -> None:
    async def once() -> None:
        api = Api()
        try:
            await action(api)
        except LineError as error:
            log.info("a side call failed", extra={"kind": str(error)})
        finally:
            await api.close()

    asyncio.run(once())


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
    _run(lambda api: api.show_loading(user, _LOADING_SECONDS))


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
