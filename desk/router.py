"""Takes each stored message to the engine or to people, one after the other in a conversation.

One task works on a conversation at a time: in this process by a table of tasks, among processes by a lease that
its holder renews and loses when it dies. What makes an answer the only one is not the lease but the message's
outcome and the unique part of a reply in the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from desk import metrics, texts, wakeups, work
from desk.channels import registry
from desk.conversations import crisis, services
from desk.conversations.models import Outbox
from desk.conversations.services import Turn
from desk.engine import Engine, EngineError

log = logging.getLogger("desk.router")
_lease = services.turn_lease

LEASE_SECONDS = services.TURN_LEASE_SECONDS
RENEW_SECONDS = 2.5
#: A message found late (the desk itself was down) still gets one honest try.
LATE_TRY_SECONDS = 3.0
#: When the visitor sees that the bot is at work, and when that it takes long.
TYPING_AFTER = 0.4
TYPING_AGAIN = 2.5
SLOW_AFTER = 8.0
BACKOFF = (0.2, 0.4, 0.8, 1.5, 2.0)
#: Before an engine that nobody reaches is asked for a sign of life, again and again; the last is repeated.
KNOCK_PAUSES = (0.2, 0.4, 0.8)
#: Tries of an outbox row: 1 s, 2 s, 4 s … at most 5 minutes apart, for about a day.
MAX_DELIVERIES = 300


class Router:
    """The tasks of one process. Start it in the event loop; `submit` may be called from any thread."""

    def __init__(self, engine: Engine) -> None:
        """Use `engine`; nothing runs before `start`."""
        self._engine = engine
        self._holder = uuid.uuid4()
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._again: set[UUID] = set()
        self._slots = asyncio.Semaphore(settings.ENGINE_PARALLEL)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unemploy: Callable[[], None] | None = None
        self._closing = False
        self._renewing: asyncio.Task[None] | None = None
        #: By engine address: whoever finds out when it can be reached again.
        self._knocking: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Take work from now on."""
        self._loop = asyncio.get_running_loop()
        self._unemploy = wakeups.employ(self.submit)
        wakeups.holder = self._holder
        self._renewing = asyncio.create_task(self._renew())

    async def stop(self, grace: float = 5.0) -> None:
        """Finish what is nearly done, leave the rest to whoever comes next."""
        self._closing = True
        if self._unemploy:
            self._unemploy()
        tasks = list(self._tasks.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for helper in (self._renewing, *self._knocking.values()):
            if helper is not None:
                helper.cancel()

    def submit(self, conversation_id: UUID) -> None:
        """Work on a conversation soon."""
        if self._loop is not None and not self._closing:
            self._loop.call_soon_threadsafe(self._start, conversation_id)

    @property
    def busy(self) -> int:
        """How many conversations are being worked on."""
        return len(self._tasks)

    def _start(self, conversation_id: UUID) -> None:
        if self._closing:
            return
        if conversation_id in self._tasks:
            self._again.add(conversation_id)
            return
        task = asyncio.create_task(self._run(conversation_id))
        self._tasks[conversation_id] = task
        task.add_done_callback(lambda _: self._done(conversation_id))

    def _done(self, conversation_id: UUID) -> None:
        self._tasks.pop(conversation_id, None)
        if conversation_id in self._again:
            self._again.discard(conversation_id)
            self._start(conversation_id)

    async def _run(self, conversation_id: UUID) -> None:
        try:
            channel = await self._turns(conversation_id)
            if not channel or registry.pushes(channel):
                await self._deliveries(conversation_id)
        except DatabaseError as error:
            # Everything is still in the database, or was never accepted; the sweeper comes back to it.
            log.warning("database unavailable", extra={"conversation": conversation_id, "kind": type(error).__name__})
        except services.ConversationGoneError:
            log.info("conversation erased while at work", extra={"conversation": conversation_id})
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("work failed", extra={"conversation": conversation_id})

    async def _renew(self) -> None:
        """Keep the leases of everything that is being worked on; a process that dies gives them up within seconds."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            names = [name for one in self._tasks for name in (_lease(one), _delivery_lease(one))]
            try:
                if names:
                    await work.run(services.renew_leases, names, self._holder, LEASE_SECONDS)
            except DatabaseError:
                log.warning("leases not renewed")

    # --- Turns ------------------------------------------------------------------------------------------------

    async def _turns(self, conversation_id: UUID) -> str:
        """Take what waits, message by message; returns the conversation's channel, or '' when nothing waited."""
        channel = ""
        turn = await work.run(_begin, conversation_id, self._holder)
        while turn is not None:
            channel = turn.channel
            started = time.perf_counter()
            metrics.STAGE.labels("queued").observe(max(0.0, (timezone.now() - turn.received_at).total_seconds()))
            if turn.diverted:
                turn = await self._check_diverted(turn)
            else:
                turn = await self._answer(turn)
            metrics.STAGE.labels("total").observe(time.perf_counter() - started)
            if self._closing and turn is not None:
                await work.run(services.drop_lease, _lease(conversation_id), self._holder)
                break
        return channel

    async def _answer(self, turn: Turn) -> Turn | None:
        """Ask the engine until it answers or the time is up, and store what came; returns the next turn."""
        limit = settings.CRISIS_ANSWER_SECONDS if turn.finding and turn.finding.reply else settings.ANSWER_SECONDS
        deadline = self._deadline(turn, limit)
        asking = asyncio.create_task(self._ask(turn, deadline))
        try:
            await self._keep_company(turn, asking)
        finally:
            if not asking.done():
                asking.cancel()
        replies = asking.result()
        stored = time.perf_counter()
        if replies is None:
            outcome, following = await self._insist(_apologise_then_next, turn, self._holder)
        else:
            outcome, following = await self._insist(_store_then_next, turn, replies, self._holder)
        metrics.STAGE.labels("store").observe(time.perf_counter() - stored)
        metrics.TURNS.labels(outcome).inc()
        next_one: Turn | None = following
        return next_one

    def _deadline(self, turn: Turn, seconds: float) -> float:
        """On the monotonic clock: `seconds` after acceptance, and never without one honest try."""
        age = max(0.0, (timezone.now() - turn.received_at).total_seconds())
        return time.monotonic() + max(seconds - age, LATE_TRY_SECONDS)

    async def _ask(self, turn: Turn, deadline: float) -> list[dict[str, Any]] | None:
        """The engine's replies, or None when it has not answered by the deadline."""
        failures = 0
        while (left := deadline - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left), self._slots:
                    started = time.perf_counter()
                    try:
                        return await self._engine.reply(
                            turn.sender,
                            turn.text,
                            turn.metadata,
                            timeout=min(float(settings.ENGINE_TRY_SECONDS), max(0.1, deadline - time.monotonic())),
                        )
                    finally:
                        metrics.STAGE.labels("engine").observe(time.perf_counter() - started)
            except TimeoutError:
                return None
            except EngineError as error:
                log.warning(
                    "the engine failed",
                    extra={"conversation": turn.conversation_id, "kind": error.kind, "failures": failures + 1},
                )
                if not error.retry:
                    return None
                if error.kind == "unreachable":
                    await self._until_reachable(self._engine.door(turn.sender), deadline)
            pause = BACKOFF[min(failures, len(BACKOFF) - 1)]
            failures += 1
            await asyncio.sleep(max(0.0, min(pause, deadline - time.monotonic())))
        return None

    async def _until_reachable(self, door: str, deadline: float) -> None:
        """Wait together for an engine that nobody reaches: a thousand people must not knock a thousand times."""
        if door not in self._knocking:
            self._knocking[door] = asyncio.create_task(self._knock(door))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                await asyncio.shield(self._knocking[door])

    async def _knock(self, door: str) -> None:
        try:
            for pause in itertools.chain(KNOCK_PAUSES, itertools.repeat(KNOCK_PAUSES[-1])):
                await asyncio.sleep(pause)
                if await self._engine.ready(door):
                    return
        finally:
            del self._knocking[door]

    async def _keep_company(self, turn: Turn, asking: asyncio.Task[list[dict[str, Any]] | None]) -> None:
        """While the engine is asked: show that somebody is at work."""
        started = time.monotonic()
        slow = False
        wait = TYPING_AFTER
        while not (await asyncio.wait({asking}, timeout=wait))[0]:
            wait = TYPING_AGAIN
            hint: dict[str, Any] = {"to": "all", "type": "typing", "from": "bot", "state": "start"}
            if not slow and time.monotonic() - started > SLOW_AFTER:
                slow = True
                hint = {"to": "all", "type": "status", "from": "system", "state": "waiting", "text": texts.SLOW}
            try:
                if not turn.internal:
                    await work.run(wakeups.hint, turn.conversation_id, hint)
            except DatabaseError:
                log.warning("hint not sent", extra={"conversation": turn.conversation_id})

    async def _insist(self, function: Callable[..., Any], *args: Any) -> Any:
        """Store through a short outage of the database; a longer one is left to the sweeper."""
        for pause in (0.2, 1.0, 2.0):
            try:
                return await work.run(function, *args)
            except DatabaseError:
                await asyncio.sleep(pause)
        return await work.run(function, *args)

    async def _check_diverted(self, turn: Turn) -> Turn | None:
        """Have the classifier look at a text that people answer: a crisis must not wait for them to read it."""
        finding = None
        deadline = self._deadline(turn, settings.ANSWER_SECONDS)
        failures = 0
        while True:
            left = deadline - time.monotonic()
            try:
                async with asyncio.timeout(max(0.1, left)), self._slots:
                    result = await self._engine.parse(turn.text, timeout=min(5.0, max(0.1, left)))
                finding = crisis.from_parse(result)
                break
            except (EngineError, TimeoutError) as error:
                if left <= 0 or (isinstance(error, EngineError) and not error.retry):
                    metrics.UNCHECKED.inc()
                    break
            await asyncio.sleep(BACKOFF[min(failures, len(BACKOFF) - 1)])
            failures += 1
        metrics.TURNS.labels("diverted").inc()
        following: Turn | None = await self._insist(_diverted_then_next, turn, finding, self._holder)
        return following

    # --- Deliveries -------------------------------------------------------------------------------------------

    async def _deliveries(self, conversation_id: UUID) -> None:
        """Hand what waits in the outbox to the channel's sender, oldest first."""
        while not self._closing:
            rows = await work.run(_due_rows, conversation_id, self._holder)
            if not rows:
                return
            sender = registry.sender(rows[0].channel)
            if sender is None:
                await work.run(_record, rows, [], conversation_id, self._holder)
                return
            try:
                done = await sender.deliver(rows)
            except Exception:
                log.exception("delivery failed", extra={"conversation": conversation_id, "channel": rows[0].channel})
                done = [registry.Delivery(rows[0].pk, "retry", "exception")]
            if not await work.run(_record, rows, done, conversation_id, self._holder):
                return


def _begin(conversation_id: UUID, holder: UUID) -> Turn | None:
    """Take the lease and the first message; None when somebody else is at it or nothing waits."""
    fresh = timezone.now() + timedelta(seconds=RENEW_SECONDS * 2)
    if services.holds_lease(_lease(conversation_id), holder, fresh):
        # Taken in the transaction that accepted the message.
        return services.next_turn(conversation_id) or _begin_anew(conversation_id, holder)
    return _begin_anew(conversation_id, holder)


def _begin_anew(conversation_id: UUID, holder: UUID) -> Turn | None:
    with transaction.atomic():
        if not services.take_lease(_lease(conversation_id), holder, LEASE_SECONDS):
            return None
        return _next(conversation_id, holder)


def _next(conversation_id: UUID, holder: UUID) -> Turn | None:
    turn = services.next_turn(conversation_id)
    if turn is None:
        services.drop_lease(_lease(conversation_id), holder)
    return turn


def _store_then_next(turn: Turn, replies: list[dict[str, Any]], holder: UUID) -> tuple[str, Turn | None]:
    with transaction.atomic():
        outcome = services.store_replies(turn, replies)
        return outcome, _next(turn.conversation_id, holder)


def _apologise_then_next(turn: Turn, holder: UUID) -> tuple[str, Turn | None]:
    with transaction.atomic():
        apologised = services.apologise(turn)
        return "apologised" if apologised else "dropped", _next(turn.conversation_id, holder)


def _diverted_then_next(turn: Turn, finding: crisis.Finding | None, holder: UUID) -> Turn | None:
    with transaction.atomic():
        services.store_diverted(turn, finding)
        return _next(turn.conversation_id, holder)


def _delivery_lease(conversation_id: UUID) -> str:
    """The name of the lease of whoever hands a conversation's outbox to its channel."""
    return f"deliver:{conversation_id}"


def _due_rows(conversation_id: UUID, holder: UUID) -> list[Outbox]:
    """The waiting rows of a conversation, if the first is due and nobody else delivers; takes the lease."""
    pending = Outbox.objects.filter(conversation_id=conversation_id, state=Outbox.State.PENDING).order_by("id")
    first = pending.first()
    if first is None or first.next_try_at > timezone.now():
        return []
    # Short, for a reply token lives a minute: what a dead process began must be tried again before it is void.
    if not services.take_lease(_delivery_lease(conversation_id), holder, LEASE_SECONDS):
        return []
    rows = list(pending.select_related("event__cause__inbound", "conversation__person")[:20])
    if not rows:
        services.drop_lease(_delivery_lease(conversation_id), holder)
    return rows


def _record(rows: list[Outbox], done: list[registry.Delivery], conversation_id: UUID, holder: UUID) -> bool:
    """Write down what became of the rows and give the lease back; True when there may be more to send now."""
    now = timezone.now()
    by_id = {row.pk: row for row in rows}
    progress = False
    with transaction.atomic():
        for delivery in done:
            row = by_id[delivery.row_id]
            metrics.DELIVERIES.labels(row.channel, delivery.state).inc()
            attempts = row.attempts + 1
            changes: dict[str, Any] = {"attempts": attempts, "error": delivery.error[:200]}
            if delivery.state == "retry" and attempts < MAX_DELIVERIES:
                pause = (
                    delivery.retry_after
                    if delivery.retry_after is not None
                    else min(300.0, 2.0 ** min(attempts - 1, 9))
                )
                changes["next_try_at"] = now + timedelta(seconds=pause)
            else:
                changes["state"] = Outbox.State.FAILED if delivery.state == "retry" else delivery.state
                changes["finished_at"] = now
                progress = True
            Outbox.objects.filter(pk=row.pk, state=Outbox.State.PENDING).update(**changes)
        if not done:
            Outbox.objects.filter(pk=rows[0].pk).update(next_try_at=now + timedelta(seconds=5))
        services.drop_lease(_delivery_lease(conversation_id), holder)
    return progress
