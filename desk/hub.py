"""One hub a process: knows which streams wait for which conversation and reads for all of them.

No stream has a thread or a database connection. A wake-up only says that a conversation has changed; what is new is
read once by seq and handed to each of its streams. A wake-up that is lost costs seconds, never an event.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from desk import metrics, wakeups, work
from desk.conversations import rows, wire
from desk.conversations.models import Conversation, Event

log = logging.getLogger("desk.hub")

POLL_SECONDS = 0.1
SLOW_POLL_SECONDS = 5.0
#: What may wait for a client that reads slowly; then it is cut off and comes back with its last seq.
QUEUE = 256
#: Events read at once for one conversation, and conversations read at once.
PAGE = 200
BATCH = 64


class Stream:
    """One open event stream. `take` gives ready-made bytes; None means that it has ended."""

    __slots__ = ("_queue", "after", "conversation_id", "ended", "staff")

    def __init__(self, *, conversation_id: UUID | None, after: int, staff: bool) -> None:
        """Wait for events of `conversation_id` beyond `after`; staff without a conversation hear of every change."""
        self.conversation_id = conversation_id
        self.after = after
        self.staff = staff
        self.ended = False
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE)

    def put(self, data: bytes) -> None:
        """Add bytes; a client that does not keep up is cut off."""
        try:
            self._queue.put_nowait(data)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """End the stream as soon as possible."""
        if not self.ended:
            self.ended = True
            while not self._queue.empty():
                self._queue.get_nowait()
            self._queue.put_nowait(None)

    async def take(self) -> bytes | None:
        """The next bytes, several events joined."""
        data = await self._queue.get()
        if data is None or self._queue.empty():
            return data
        parts = [data]
        while not self._queue.empty():
            more = self._queue.get_nowait()
            if more is None:
                self._queue.put_nowait(None)
                break
            parts.append(more)
        return b"".join(parts)


def frame(data: dict[str, Any], *, seq: int | None = None, event: str = "") -> bytes:
    """One event of the stream's format."""
    head = (f"id: {seq}\n" if seq is not None else "") + (f"event: {event}\n" if event else "")
    return f"{head}data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


class Hub:
    """The streams of one process and the one reader behind them."""

    def __init__(self) -> None:
        """Know nobody yet."""
        self._streams: dict[UUID, set[Stream]] = defaultdict(set)
        self._staff: set[Stream] = set()
        self._dirty: dict[UUID, None] = {}
        self._something = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unlisten: Callable[[], None] | None = None
        self.count = 0

    def start(self) -> None:
        """Begin to listen and to read."""
        self._loop = asyncio.get_running_loop()
        self._unlisten = wakeups.listen(self._woken)
        watch = self._watch_postgresql if connection.vendor == "postgresql" else self._watch_sqlite
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(watch())]
        if connection.vendor == "postgresql":
            self._tasks.append(asyncio.create_task(self._poll_slowly()))

    async def stop(self) -> None:
        """End every stream and stop reading."""
        self.end_all()
        if self._unlisten:
            self._unlisten()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def end_all(self) -> None:
        """End every stream; clients come back to the next process by themselves."""
        for stream in [*self._staff, *(one for streams in self._streams.values() for one in streams)]:
            stream.end()

    # --- Streams ----------------------------------------------------------------------------------------------

    def add(self, stream: Stream) -> None:
        """Serve a stream; what it has missed comes first."""
        self.count += 1
        metrics.STREAMS.labels("staff" if stream.staff else "visitor").inc()
        if stream.staff:
            self._staff.add(stream)
        if stream.conversation_id is not None:
            self._streams[stream.conversation_id].add(stream)
            self._mark(stream.conversation_id)

    def remove(self, stream: Stream) -> None:
        """Serve a stream no longer."""
        self.count -= 1
        metrics.STREAMS.labels("staff" if stream.staff else "visitor").dec()
        self._staff.discard(stream)
        if stream.conversation_id is not None:
            streams = self._streams[stream.conversation_id]
            streams.discard(stream)
            if not streams:
                del self._streams[stream.conversation_id]

    # --- Wake-ups ---------------------------------------------------------------------------------------------

    def _woken(self, conversation_id: UUID, hint: dict[str, Any] | None) -> None:
        """Called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, conversation_id, hint)

    def _wake(self, conversation_id: UUID, hint: dict[str, Any] | None) -> None:
        if hint is None:
            self._mark(conversation_id)
        else:
            self._pass_on(conversation_id, hint)

    def _mark(self, conversation_id: UUID) -> None:
        if conversation_id in self._streams or self._staff:
            self._dirty[conversation_id] = None
            self._something.set()

    def _pass_on(self, conversation_id: UUID, hint: dict[str, Any]) -> None:
        event = {key: value for key, value in hint.items() if key != "to"}
        plain = frame(event)
        named = frame({**event, "conversation": str(conversation_id)}, event="hint")
        for stream in self._staff:
            stream.put(named)
        if hint.get("to") == "all":
            for stream in self._streams.get(conversation_id, ()):
                if not stream.staff:
                    stream.put(plain)

    # --- Reading ----------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            batch = list(self._dirty)[:BATCH]
            for conversation_id in batch:
                del self._dirty[conversation_id]
            if self._dirty:
                self._something.set()
            wanted = {
                conversation_id: min((stream.after for stream in self._streams.get(conversation_id, ())), default=None)
                for conversation_id in batch
            }
            try:
                found = await work.run(_fetch, wanted, with_states=bool(self._staff))
            except DatabaseError as error:
                log.warning("database unavailable", extra={"kind": type(error).__name__})
                self._dirty.update(dict.fromkeys(batch))
                await asyncio.sleep(1)
                self._something.set()
                continue
            for conversation_id, (now, events) in found.items():
                self._hand_out(conversation_id, now, events)

    def _hand_out(self, conversation_id: UUID, now: dict[str, Any] | None, events: list[Event]) -> None:
        streams = self._streams.get(conversation_id, ())
        if now is None and not events:
            for stream in list(streams):
                stream.end()
            return
        for event in events:
            visible = event.visibility == Event.Visibility.ALL
            plain = frame(wire.public(event), seq=event.seq) if visible else b""
            full = frame(wire.staff(event), seq=event.seq) if self._staff else b""
            for stream in streams:
                if stream.after >= event.seq:
                    continue
                stream.after = event.seq
                if stream.staff:
                    stream.put(full)
                elif visible:
                    stream.put(plain)
        if len(events) == PAGE:
            self._mark(conversation_id)
        if self._staff and now is not None:
            changed = frame(now, event="changed")
            for stream in self._staff:
                stream.put(changed)

    def _mark_all(self) -> None:
        for conversation_id in self._streams:
            self._dirty[conversation_id] = None
        self._something.set()

    # --- Other processes --------------------------------------------------------------------------------------

    async def _watch_sqlite(self) -> None:
        """One `PRAGMA data_version` poll a process: it changes when anybody else has committed."""
        watcher = sqlite3.connect(str(settings.DATABASES["default"]["NAME"]), timeout=1)
        try:
            newest = await work.run(_newest_event)
            version = 0
            while True:
                await asyncio.sleep(POLL_SECONDS)
                try:
                    (seen,) = watcher.execute("PRAGMA data_version").fetchone()
                    if seen == version:
                        continue
                    changed, newest = await work.run(_changed_since, newest)
                except (sqlite3.Error, DatabaseError) as error:
                    log.warning("database unavailable", extra={"kind": type(error).__name__})
                    await asyncio.sleep(1)
                    continue
                version = seen
                for conversation_id, seq in changed.items():
                    # What was written here has been handed out already.
                    if self._staff or any(stream.after < seq for stream in self._streams.get(conversation_id, ())):
                        self._mark(conversation_id)
        finally:
            watcher.close()

    async def _watch_postgresql(self) -> None:
        """One LISTEN connection a process."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    _dsn(), autocommit=True, connect_timeout=5
                ) as listening:
                    await listening.execute(f"LISTEN {wakeups.CHANNEL}")
                    # Whatever was said while nobody listened here.
                    self._mark_all()
                    async for note in listening.notifies():
                        self._heard(note.payload)
            except (psycopg.Error, OSError) as error:
                log.warning("not listening", extra={"kind": type(error).__name__})
            await asyncio.sleep(1)

    def _heard(self, payload: str) -> None:
        try:
            message = json.loads(payload)
            self._wake(UUID(message["c"]), message.get("h"))
        except (ValueError, KeyError, TypeError):
            log.warning("a notification that is not ours")

    async def _poll_slowly(self) -> None:
        """For the wake-up that got lost."""
        while True:
            await asyncio.sleep(SLOW_POLL_SECONDS)
            try:
                changed = await work.run(_changed_lately, SLOW_POLL_SECONDS * 3)
            except DatabaseError as error:
                log.warning("database unavailable", extra={"kind": type(error).__name__})
                continue
            for conversation_id in changed:
                self._mark(conversation_id)


def _dsn() -> str:
    database = settings.DATABASES["default"]
    parts = {
        "dbname": connection.settings_dict["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
    return psycopg.conninfo.make_conninfo("", **{key: str(value) for key, value in parts.items() if value})


def _fetch(
    wanted: dict[UUID, int | None], *, with_states: bool
) -> dict[UUID, tuple[dict[str, Any] | None, list[Event]]]:
    """For each conversation its events after the given seq, and its state: for staff, or where there is no event.

    Without either, the conversation is gone.
    """
    events: dict[UUID, list[Event]] = {}
    for conversation_id, after in wanted.items():
        events[conversation_id] = []
        if after is not None:
            events[conversation_id] = rows.events_after(conversation_id, after, PAGE)
    unclear = list(wanted) if with_states else [key for key, found in events.items() if not found]
    states = _states(unclear) if unclear else {}
    return {conversation_id: (states.get(conversation_id), events[conversation_id]) for conversation_id in wanted}


def _states(conversation_ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    return {
        row.pk: {
            "conversation": str(row.pk),
            "seq": row.last_seq,
            "state": row.state,
            "version": row.version,
            "urgent": row.urgent,
        }
        for row in Conversation.objects.filter(pk__in=conversation_ids)
    }


def _newest_event() -> int:
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _changed_since(newest: int) -> tuple[dict[UUID, int], int]:
    """The newest seq of each conversation that has events after the given id, and the newest id."""
    rows = list(Event.objects.filter(id__gt=newest).order_by("id").values_list("conversation_id", "seq", "id")[:5000])
    return {row[0]: row[1] for row in rows}, max((row[2] for row in rows), default=newest)


def _changed_lately(seconds: float) -> list[UUID]:
    since = timezone.now() - timedelta(seconds=seconds)
    return list(Conversation.objects.filter(last_event_at__gte=since).values_list("pk", flat=True)[:5000])
