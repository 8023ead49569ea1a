"""Stores conversations in SQLite or PostgreSQL: events are appended, never rewritten, and a failed save is an error.

A turn is `async with store.turn(sender, message_id) as turn`: the sender's lock is taken first, then the message id is
looked up, and `await turn.save(replies)` writes the tracker's events and the replies in one transaction. The same class
is a Rasa `TrackerStore`, so that `rasa run` can use it (`type: bot.tracker_store.SqlTrackerStore` in endpoints.yml).
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final, Protocol, TypeVar

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

from bot.live_tracker import LiveTracker, Window
from bot.locks import SenderLocks

logger = logging.getLogger(__name__)
T = TypeVar("T")
Row = tuple[Any, ...]
Reply = dict[str, Any]

# Events of the live trackers that are kept between messages, per worker: 2.5 KB each, about nine a turn; the newest
# 1,600 turns. A conversation that is not among them costs a millisecond to read.
CACHED_EVENTS: Final = 15_000
# A connection that was idle longer is asked whether it still lives before a turn relies on it.
PING_AFTER_SECONDS: Final = 15
POSTGRES_CONNECTIONS: Final = 8
# How long SQLite waits for another engine's commit.
SQLITE_BUSY_SECONDS: Final = 10
# It asks again after pauses that double, from the first to the last.
SQLITE_FIRST_PAUSE_SECONDS: Final = 0.0001
SQLITE_LAST_PAUSE_SECONDS: Final = 0.02
# One namespace for our advisory locks; any constant will do as long as all engines have the same.
LOCK_SPACE: Final = 0x6D69_6368

SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS tracker_event (
        sender VARCHAR(255) NOT NULL, seq INTEGER NOT NULL, at DOUBLE PRECISION NOT NULL, data TEXT NOT NULL,
        PRIMARY KEY (sender, seq))""",
    """CREATE TABLE IF NOT EXISTS tracker_reply (
        sender VARCHAR(255) NOT NULL, message_id VARCHAR(255) NOT NULL, seq INTEGER NOT NULL, data TEXT NOT NULL,
        PRIMARY KEY (sender, message_id))""",
    # Where the window of a long conversation begins: all events up to `seq` are summed up in `data`.
    """CREATE TABLE IF NOT EXISTS tracker_window (
        sender VARCHAR(255) NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, data TEXT NOT NULL)""",
    # Senders whose data was erased; whatever still arrives for them is refused.
    """CREATE TABLE IF NOT EXISTS tracker_forgotten (
        sender VARCHAR(255) NOT NULL PRIMARY KEY, at DOUBLE PRECISION NOT NULL)""",
)
TABLES: Final = ("tracker_event", "tracker_reply", "tracker_window")


class StoreError(Exception):
    """The database could not be read or written; nothing of the turn was kept and it can be tried again."""


class ConflictError(StoreError):
    """Another engine wrote to this conversation in the meantime."""


class SenderForgottenError(Exception):
    """The conversation was erased."""


class Connection(Protocol):
    """What the store needs of a database, from one thread at a time."""

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]: ...
    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None: ...
    def begin(self, sender: str | None) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...


class SqliteConnection:
    """One connection to an SQLite file in WAL mode."""

    def __init__(self, path: str) -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            path, timeout=0, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        self.run("PRAGMA journal_mode=WAL")
        # With WAL a crash of the process loses nothing; a power cut may take back the last turns as a whole,
        # which are then answered anew. The transcript is the desk's, which waits for the disk.
        self.run("PRAGMA synchronous=NORMAL")

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Runs one statement and returns its rows.

        Raises:
            ConflictError: a row with this key exists.
            StoreError: anything else.
        """
        deadline = time.monotonic() + SQLITE_BUSY_SECONDS
        pause = SQLITE_FIRST_PAUSE_SECONDS
        while True:
            try:
                return self._connection.execute(sql, tuple(values)).fetchall()
            except sqlite3.IntegrityError as error:
                raise ConflictError(str(error)) from error
            except sqlite3.Error as error:
                # SQLite's own waiting begins with a whole millisecond; another engine's transaction is over sooner.
                busy = "is locked" in str(error) and not self._connection.in_transaction
                if not busy or time.monotonic() > deadline:
                    raise StoreError(str(error)) from error
            time.sleep(pause)
            pause = min(2 * pause, SQLITE_LAST_PAUSE_SECONDS)

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Runs one statement for each row; errors as `run`."""
        try:
            self._connection.executemany(sql, rows)
        except sqlite3.IntegrityError as error:
            raise ConflictError(str(error)) from error
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error

    def begin(self, sender: str | None) -> None:
        """Starts a transaction that writes. Only taken for the save: SQLite has one writer for all conversations."""
        self.run("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Ends the transaction; the rows are kept."""
        self.run("COMMIT")

    def rollback(self) -> None:
        """Ends the transaction, if there is one, without a trace."""
        if self._connection.in_transaction:
            self.run("ROLLBACK")

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()


class PostgresConnection:
    """One connection to PostgreSQL."""

    def __init__(self, url: str) -> None:
        import psycopg2

        self._errors = psycopg2.Error
        self._integrity_error = psycopg2.IntegrityError
        self.used = 0.0
        try:
            self._connection = psycopg2.connect(
                url,
                connect_timeout=5,
                application_name="michishirube-engine",
                keepalives_idle=30,
                # A lock is waited for as long as a slow turn may take, never for ever.
                options="-c lock_timeout=20s -c idle_in_transaction_session_timeout=60s",
            )
        except psycopg2.Error as error:
            raise StoreError(str(error).strip()) from error
        self._cursor = self._connection.cursor()
        self.used = time.monotonic()

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Runs one statement and returns its rows.

        Raises:
            ConflictError: a row with this key exists.
            StoreError: anything else.
        """
        try:
            self._cursor.execute(sql.replace("?", "%s"), tuple(values))
            return self._cursor.fetchall() if self._cursor.description else []
        except self._integrity_error as error:
            raise ConflictError(str(error)) from error
        except self._errors as error:
            raise StoreError(str(error).strip() or "the connection is gone") from error

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Inserts all rows with one statement; errors as `run`."""
        if rows:
            head, places = sql.rsplit("VALUES", 1)
            self.run(f"{head}VALUES {', '.join([places] * len(rows))}", [value for row in rows for value in row])

    def begin(self, sender: str | None) -> None:
        """Starts a transaction and, for a sender, waits for its advisory lock; the lock ends with the transaction."""
        if time.monotonic() - self.used > PING_AFTER_SECONDS:
            self.run("SELECT 1")
        self.used = time.monotonic()
        if sender is not None:
            self.run("SELECT pg_advisory_xact_lock(?, hashtext(?))", (LOCK_SPACE, sender))

    def commit(self) -> None:
        """Ends the transaction; the rows are kept, the lock is free."""
        try:
            self._connection.commit()
        except self._errors as error:
            raise StoreError(str(error).strip()) from error
        self.used = time.monotonic()

    def rollback(self) -> None:
        """Ends the transaction without a trace."""
        try:
            self._connection.rollback()
        except self._errors as error:
            raise StoreError(str(error).strip()) from error

    def close(self) -> None:
        """Closes the connection."""
        try:
            self._connection.close()
        except self._errors:
            logger.debug("closing a broken connection")


class LiveTrackers:
    """The trackers of the newest turns, as many as have so many events together."""

    def __init__(self, most_events: int) -> None:
        self._most = most_events
        self._trackers: OrderedDict[str, tuple[LiveTracker, int]] = OrderedDict()
        self._events = 0
        # Turns on PostgreSQL read in threads.
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._trackers)

    def get(self, sender: str) -> LiveTracker | None:
        """The live tracker of a conversation."""
        tracker, _ = self._trackers.get(sender, (None, 0))
        return tracker

    def keep(self, tracker: LiveTracker) -> None:
        """Keeps a tracker as the newest; those not asked for the longest go, if there are too many events."""
        self.drop(tracker.sender_id)
        with self._lock:
            self._trackers[tracker.sender_id] = tracker, len(tracker.events)
            self._events += len(tracker.events)
            while self._events > self._most and self._trackers:
                _, (_, events) = self._trackers.popitem(last=False)
                self._events -= events

    def drop(self, sender: str) -> None:
        """Lets go of a conversation's tracker, if there is one."""
        with self._lock:
            _, events = self._trackers.pop(sender, (None, 0))
            self._events -= events

    def clear(self) -> None:
        """Lets go of all."""
        with self._lock:
            self._trackers.clear()
            self._events = 0


class Turn:
    """One message's hold on a conversation. `answered` holds the replies of a message that was answered before."""

    def __init__(
        self, store: SqlTrackerStore, sender: str, message_id: str | None, tracker: LiveTracker | None
    ) -> None:
        self._store = store
        self.sender = sender
        self.message_id = message_id
        self.answered: list[Reply] | None = None
        self._tracker = tracker
        self.connection: Connection | None = None
        self.saved = False

    @property
    def tracker(self) -> LiveTracker:
        """The conversation so far."""
        if self._tracker is None:
            raise RuntimeError("a message that was answered before has no tracker")
        return self._tracker

    async def save(self, replies: list[Reply]) -> None:
        """Stores the tracker's new events and the replies, or neither.

        Raises:
            ConflictError: another engine was faster; the turn is to be run again on the new state.
            StoreError: the database did not take it.
        """
        await self._store._save(self, replies)
        self.saved = True


class SqlTrackerStore(TrackerStore):
    """Append-only tracker store with a bounded cache of live trackers."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: Any = None,
        url: str | None = None,
        window: Window | None = None,
        cached_events: int = CACHED_EVENTS,
        host: str | None = None,
        **_options: Any,
    ) -> None:
        """Connects and creates the tables if they are missing.

        Raises:
            StoreError: the database cannot be reached or used.
        """
        url = url or host  # Rasa hands the `url` of endpoints.yml on as `host`
        if not url:
            raise StoreError("no database: give `url`, sqlite:///path or postgresql://…")
        self.url = url
        self.window = window or Window()
        self.rule_only_data: dict[str, Any] | None = None
        self.model_id: str | None = None
        self.live = LiveTrackers(cached_events)
        self.locks = SenderLocks()
        self._postgres = url.startswith("postgres")
        self._idle: list[Connection] = []
        self._threads: ThreadPoolExecutor | None = None
        self._places: asyncio.Semaphore | None = None
        if self._postgres:
            self._threads = ThreadPoolExecutor(POSTGRES_CONNECTIONS, thread_name_prefix="tracker-store")
        self._create_tables()
        super().__init__(domain, event_broker)

    # --- connections --------------------------------------------------------------------------------------------

    def _connect(self) -> Connection:
        if self._postgres:
            return PostgresConnection(self.url)
        return SqliteConnection(self.url.removeprefix("sqlite:///"))

    def _create_tables(self) -> None:
        connection = self._connect()
        try:
            # Several workers may start at once: the lock lets one after the other look.
            connection.begin("tables of the tracker store")
            for statement in SCHEMA:
                connection.run(statement)
            connection.commit()
        except StoreError:
            connection.rollback()
            connection.close()
            raise
        self._idle.append(connection)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Runs blocking database work: SQLite's is done faster than a thread is woken, PostgreSQL's is not."""
        if self._threads is None:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    @asynccontextmanager
    async def _connection(self, sender: str | None) -> AsyncIterator[Connection]:
        """A connection in a transaction (PostgreSQL: that holds the sender's lock); rolled back unless committed."""
        if self._places is None:
            self._places = asyncio.Semaphore(POSTGRES_CONNECTIONS if self._postgres else 1_000_000)
        async with self._places:
            connection = await self._in_thread(lambda: self._open(sender))
            healthy = False
            try:
                yield connection
                healthy = True
            finally:
                await self._in_thread(lambda: self._return(connection, healthy))

    def _open(self, sender: str | None) -> Connection:
        if not self._postgres:
            if not self._idle:
                self._idle.append(self._connect())
            return self._idle[0]
        while self._idle:
            connection = self._idle.pop()
            try:
                connection.begin(sender)
            except StoreError:  # it died while it was idle; a fresh one decides whether the server is there
                connection.close()
            else:
                return connection
        connection = self._connect()
        try:
            connection.begin(sender)
        except StoreError:
            connection.close()
            raise
        return connection

    def _return(self, connection: Connection, healthy: bool) -> None:
        try:
            connection.rollback()
        except StoreError:
            connection.close()
            if connection in self._idle:
                self._idle.remove(connection)
            if healthy:
                raise
            return
        if self._postgres:
            self._idle.append(connection)

    def close(self) -> None:
        """Closes all connections."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()
        if self._threads is not None:
            self._threads.shutdown(wait=False)

    async def ping(self) -> None:
        """Asks the database for a sign of life.

        Raises:
            StoreError: there was none.
        """
        async with self._connection(None) as connection:
            await self._in_thread(lambda: connection.run("SELECT 1"))

    # --- turns --------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def turn(self, sender: str, message_id: str | None) -> AsyncIterator[Turn]:
        """Takes the sender's lock and reads what is known; a tracker that was not saved is thrown away.

        Raises:
            SenderForgottenError: the conversation was erased.
            StoreError: the database cannot be read.
        """
        async with self.locks.of(sender), self._connection(sender) as connection:
            turn = await self._in_thread(lambda: self._read(connection, sender, message_id))
            turn.connection = connection
            try:
                yield turn
            finally:
                if turn.answered is None and not turn.saved:
                    self.live.drop(sender)

    def _read(self, connection: Connection, sender: str, message_id: str | None) -> Turn:
        ((newest, erased, known),) = connection.run(
            "SELECT (SELECT MAX(seq) FROM tracker_event WHERE sender = ?),"
            " (SELECT at FROM tracker_forgotten WHERE sender = ?),"
            " (SELECT data FROM tracker_reply WHERE sender = ? AND message_id = ?)",
            (sender, sender, sender, message_id or ""),
        )
        if erased is not None:
            self.live.drop(sender)
            raise SenderForgottenError(sender)
        if known is not None:
            turn = Turn(self, sender, message_id, None)
            turn.answered = json.loads(known)
            return turn
        tracker = self.live.get(sender)
        if tracker is None or tracker.seq != (newest or 0):
            tracker = self._load(connection, sender)
        return Turn(self, sender, message_id, tracker)

    def _load(self, connection: Connection, sender: str, whole: bool = False) -> LiveTracker:
        """The tracker as the database has it: from its window, or from its first event."""
        tracker: LiveTracker | None = None
        windows = [] if whole else connection.run("SELECT seq, data FROM tracker_window WHERE sender = ?", (sender,))
        for seq, data in windows:
            checkpoint = json.loads(data)
            # States depend on the model's domain and rules: after a new training they are worked out anew.
            if checkpoint["model"] == self.model_id:
                tracker = LiveTracker.from_checkpoint(sender, self.domain.slots, checkpoint)
                tracker.seq = seq
        if tracker is None:
            tracker = LiveTracker(sender, self.domain.slots)
        rows = connection.run(
            "SELECT seq, data FROM tracker_event WHERE sender = ? AND seq > ? ORDER BY seq", (sender, tracker.seq)
        )
        if rows:
            tracker.restore(deserialise_events([json.loads(data) for _, data in rows]))
            tracker.seq = rows[-1][0]
        return tracker

    async def _save(self, turn: Turn, replies: list[Reply]) -> None:
        tracker, connection = turn.tracker, turn.connection
        if connection is None:
            raise RuntimeError("the turn is over")
        # Everything is put into words before the transaction: SQLite has one writer, and others wait for its end.
        rows = self._rows(tracker, tracker.new_events)
        tracker.new_events.clear()
        was_cut = tracker.cut(self.window, self.domain, self.rule_only_data)
        window = json.dumps(tracker.checkpoint()) if was_cut else ""
        said = json.dumps(replies)

        def write() -> None:
            if not self._postgres:
                connection.begin(turn.sender)
                if connection.run("SELECT 1 FROM tracker_forgotten WHERE sender = ?", (turn.sender,)):
                    raise SenderForgottenError(turn.sender)
            self._insert(connection, rows)
            if was_cut:
                connection.run("DELETE FROM tracker_window WHERE sender = ?", (turn.sender,))
                connection.run(
                    "INSERT INTO tracker_window (sender, seq, data) VALUES (?, ?, ?)",
                    (turn.sender, tracker.seq, window),
                )
                # The desk repeats a message for half a minute; replies from before the last window are not needed.
                connection.run(
                    "DELETE FROM tracker_reply WHERE sender = ? AND seq < ?",
                    (turn.sender, tracker.seq - self.window.events),
                )
            if turn.message_id is not None:
                connection.run(
                    "INSERT INTO tracker_reply (sender, message_id, seq, data) VALUES (?, ?, ?, ?)",
                    (turn.sender, turn.message_id, tracker.seq, said),
                )
            connection.commit()

        await self._in_thread(write)
        self.live.keep(tracker)

    @staticmethod
    def _rows(tracker: LiveTracker, events: Iterable[Event]) -> list[Row]:
        """The rows of new events, which the tracker counts as stored from here on."""
        rows: list[Row] = []
        for event in events:
            tracker.seq += 1
            rows.append((tracker.sender_id, tracker.seq, event.timestamp, json.dumps(event.as_dict())))
        return rows

    @staticmethod
    def _insert(connection: Connection, rows: list[Row]) -> None:
        connection.run_many("INSERT INTO tracker_event (sender, seq, at, data) VALUES (?, ?, ?, ?)", rows)

    async def forget(self, sender: str) -> None:
        """Erases a conversation for good: what arrives for it later is refused.

        Raises:
            StoreError: it could not be erased.
        """
        async with self.locks.of(sender), self._connection(sender) as connection:
            self.live.drop(sender)

            def erase() -> None:
                if not self._postgres:
                    connection.begin(sender)
                for table in TABLES:
                    connection.run(f"DELETE FROM {table} WHERE sender = ?", (sender,))  # noqa: S608
                if not connection.run("SELECT 1 FROM tracker_forgotten WHERE sender = ?", (sender,)):
                    connection.run("INSERT INTO tracker_forgotten (sender, at) VALUES (?, ?)", (sender, time.time()))
                connection.commit()

            await self._in_thread(erase)

    def drop_live(self) -> None:
        """Forgets the live trackers (not the stored ones): their slots belong to the model that was replaced."""
        self.live.clear()

    # --- Rasa's interface ---------------------------------------------------------------------------------------

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The whole conversation, from its first event; None where there is none."""
        async with self._connection(None) as connection:
            tracker = await self._in_thread(lambda: self._load(connection, sender_id, whole=True))
        return tracker if tracker.seq else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Appends the events that are not stored yet.

        Raises:
            StoreError: the database did not take it.
        """
        await self.stream_events(tracker)
        async with self._connection(tracker.sender_id) as connection:

            def write() -> None:
                if not self._postgres:
                    connection.begin(tracker.sender_id)
                if isinstance(tracker, LiveTracker):
                    live, events = tracker, list(tracker.new_events)
                else:
                    ((stored,),) = connection.run(
                        "SELECT COUNT(*) FROM tracker_event WHERE sender = ?", (tracker.sender_id,)
                    )
                    live, events = LiveTracker(tracker.sender_id, []), list(tracker.events)[stored:]
                    live.seq = stored
                self._insert(connection, self._rows(live, events))
                connection.commit()
                if isinstance(tracker, LiveTracker):
                    tracker.new_events.clear()

            await self._in_thread(write)

    async def keys(self) -> Iterable[str]:
        """All senders."""
        async with self._connection(None) as connection:
            rows = await self._in_thread(lambda: connection.run("SELECT DISTINCT sender FROM tracker_event"))
        return [sender for (sender,) in rows]

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """A new conversation."""
        return LiveTracker(sender_id, self.domain.slots)
