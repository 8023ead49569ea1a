"""Tells whoever waits that a conversation has something new; in this process at once, in others by the database.

Within a process a listener is called after commit. Between processes PostgreSQL carries a NOTIFY that is part of
the writing transaction; on SQLite the hub of each process polls `PRAGMA data_version` (see desk/hub.py).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

log = logging.getLogger("desk.wakeups")
CHANNEL = "desk"
#: NOTIFY payloads end at 8,000 bytes; a hint that does not fit stays in its process.
_NOTIFY_BYTES = 7000

Listener = Callable[[UUID, dict[str, Any] | None], None]
_listeners: list[Listener] = []
#: In whose name this process takes leases of conversations; None where it does no turns (management commands).
holder: UUID | None = None
#: Called after commit with a conversation that has a message to be answered or an event to be pushed.
_workers: list[Callable[[UUID], None]] = []


def listen(listener: Listener) -> Callable[[], None]:
    """Call `listener(conversation_id, hint)` after each commit here; returns the function that ends it."""
    _listeners.append(listener)
    return partial(_listeners.remove, listener)


def employ(worker: Callable[[UUID], None]) -> Callable[[], None]:
    """Call `worker(conversation_id)` when there is work for it; returns the function that ends it."""
    _workers.append(worker)
    return partial(_workers.remove, worker)


def changed(conversation_id: UUID) -> None:
    """Inside the writing transaction: wake the readers of this conversation once it is committed."""
    if connection.vendor == "postgresql":
        _notify({"c": str(conversation_id)})
    transaction.on_commit(partial(_tell, conversation_id, None))


def work(conversation_id: UUID) -> None:
    """Inside the writing transaction: once it is committed, let this process work on the conversation."""
    transaction.on_commit(partial(_work, conversation_id))


def hint(conversation_id: UUID, event: dict[str, Any]) -> None:
    """Pass on something that is not stored and not replayed (typing). `event["to"]` is "all" or "staff"."""
    if connection.vendor == "postgresql":
        # It comes back to this process as well.
        _notify({"c": str(conversation_id), "h": event})
    else:
        _tell(conversation_id, event)


def _notify(message: dict[str, Any]) -> None:
    payload = json.dumps(message, ensure_ascii=False)
    if len(payload.encode()) > _NOTIFY_BYTES:
        log.warning("hint too long for other processes", extra={"conversation": message["c"]})
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def _tell(conversation_id: UUID, event: dict[str, Any] | None) -> None:
    for listener in tuple(_listeners):
        listener(conversation_id, event)


def _work(conversation_id: UUID) -> None:
    for worker in tuple(_workers):
        worker(conversation_id)
