"""Picks up what a crash or an outage left between steps, and runs what is due now and then."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError
from django.db.models import Count, Min
from django.utils import timezone

from desk import metrics, work
from desk.conversations import services
from desk.conversations.models import Inbound, Lease, Outbox, RateLimit, Tombstone
from desk.engine import Engine, EngineError
from desk.router import Router

log = logging.getLogger("desk.sweeper")

SWEEP_SECONDS = 1.0
#: Younger messages are in the hands of the process that accepted them.
YOUNG_SECONDS = 1.5
BATCH = 200


@dataclass(frozen=True)
class Periodic:
    """Something that one process at a time does every `seconds`."""

    seconds: float
    name: str
    function: Callable[[], object]


_periodic: dict[str, Periodic] = {}


def every(seconds: float, name: str, function: Callable[[], object]) -> None:
    """Run a synchronous function every `seconds` in one of the desk's processes. Call it in AppConfig.ready()."""
    _periodic[name] = Periodic(seconds, name, function)


class Sweeper:
    """The loops of one process."""

    def __init__(self, router: Router, engine: Engine) -> None:
        """Hand found work to `router`; tell `engine` whom to forget."""
        self._router = router
        self._engine = engine
        self._holder = uuid.uuid4()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to sweep."""
        self._tasks = [asyncio.create_task(self._loop(SWEEP_SECONDS, self._sweep))]
        for job in _periodic.values():
            self._tasks.append(asyncio.create_task(self._loop(job.seconds, self._job(job))))

    async def stop(self) -> None:
        """Stop sweeping."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _loop(self, seconds: float, step: Callable[[], object]) -> None:
        while True:
            try:
                result = step()
                if asyncio.iscoroutine(result):
                    await result
            except DatabaseError as error:
                log.warning("database unavailable", extra={"kind": type(error).__name__})
            except Exception:
                log.exception("sweep failed")
            await asyncio.sleep(seconds)

    def _job(self, job: Periodic) -> Callable[[], object]:
        async def step() -> None:
            await work.run(_run_alone, job, self._holder)

        return step

    async def _sweep(self) -> None:
        for conversation_id in await work.run(_left_behind):
            self._router.submit(conversation_id)
        for sender in await work.run(_to_forget):
            try:
                await self._engine.forget(sender)
            except EngineError as error:
                log.warning("the engine has not erased yet", extra={"kind": error.kind})
                await work.run(_forget_later, sender)
            else:
                await work.run(_forgotten, sender)


def _run_alone(job: Periodic, holder: UUID) -> None:
    # Held for the whole period, never given back: that is what makes it one process at a time and one run a period.
    if services.take_lease(f"every:{job.name}", holder, job.seconds * 1.5):
        job.function()


def _left_behind() -> set[UUID]:
    """Conversations with messages or outbox rows that are due and that nobody seems to hold; sets the figures."""
    now = timezone.now()
    waiting = Inbound.objects.filter(outcome=Inbound.Outcome.PENDING)
    figures = waiting.aggregate(count=Count("id"), oldest=Min("received_at"))
    metrics.WAITING.set(figures["count"])
    metrics.WAITING_SECONDS.set((now - figures["oldest"]).total_seconds() if figures["oldest"] else 0)
    outbox = Outbox.objects.filter(state=Outbox.State.PENDING)
    metrics.OUTBOX_WAITING.set(outbox.count())
    due = waiting.filter(next_try_at__lte=now, received_at__lte=now - timedelta(seconds=YOUNG_SECONDS))
    found = set(due.order_by("id").values_list("conversation_id", flat=True)[:BATCH])
    late = outbox.filter(next_try_at__lte=now - timedelta(seconds=YOUNG_SECONDS))
    return found | set(late.order_by("id").values_list("conversation_id", flat=True)[:BATCH])


def _to_forget() -> list[UUID]:
    due = Tombstone.objects.filter(engine_done_at__isnull=True, next_try_at__lte=timezone.now())
    return list(due.values_list("sender", flat=True)[:20])


def _forgotten(sender: UUID) -> None:
    Tombstone.objects.filter(sender=sender).update(engine_done_at=timezone.now())


def _forget_later(sender: UUID) -> None:
    tombstone = Tombstone.objects.get(sender=sender)
    tombstone.attempts += 1
    tombstone.next_try_at = timezone.now() + timedelta(seconds=min(600, 2 ** min(tombstone.attempts, 10)))
    tombstone.save()


def tidy() -> None:
    """Remove limits and leases that no longer mean anything."""
    hour_ago = timezone.now() - timedelta(hours=1)
    RateLimit.objects.filter(due__lt=hour_ago.timestamp()).delete()
    Lease.objects.filter(until__lt=hour_ago).delete()


every(600, "tidy", tidy)
