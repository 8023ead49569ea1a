"""How often somebody may write, and which process may do what: limits and leases."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from desk.conversations import rows
from desk.conversations.models import RateLimit
from desk.conversations.services.errors import TooFastError


def spend(name: str, caller: str) -> None:
    """Spend one call of the limit `name` for `caller`; raises `TooFastError`. Shared by all processes."""
    calls, period = settings.RATE_LIMITS[name]
    step = period / calls
    now = timezone.now().timestamp()
    key = f"{name}:{caller}"[:100]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_ratelimit (key, due) VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET due ="
            " CASE WHEN conversations_ratelimit.due > %s THEN conversations_ratelimit.due ELSE %s END + %s"
            " WHERE conversations_ratelimit.due <= %s",
            [key, now + step, now, now, step, now + period - step],
        )
        if cursor.rowcount > 0:
            return
    due = RateLimit.objects.filter(key=key).values_list("due", flat=True).first() or now
    raise TooFastError(max(1, round(due - period + step - now + 0.5)))


#: A dead process's conversation can be taken over after this; its living holder renews it more often.
TURN_LEASE_SECONDS = 8.0


def turn_lease(conversation_id: UUID) -> str:
    """The name of the lease of whoever takes the conversation's messages to the engine."""
    return f"turn:{conversation_id}"


def take_lease(name: str, holder: UUID, seconds: float) -> bool:
    """Take or renew a lease; False while somebody else holds it."""
    now = timezone.now()
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_lease (name, holder, until) VALUES (%s, %s, %s)"
            " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
            " WHERE conversations_lease.until < %s OR conversations_lease.holder = excluded.holder",
            [name, rows.key_of(holder), adapt(now + timedelta(seconds=seconds)), adapt(now)],
        )
        return bool(cursor.rowcount > 0)


def renew_leases(names: Sequence[str], holder: UUID, seconds: float) -> None:
    """Keep those of the leases that the holder has for `seconds` from now."""
    until = connection.ops.adapt_datetimefield_value(timezone.now() + timedelta(seconds=seconds))
    with transaction.atomic(), connection.cursor() as cursor:
        for some in itertools.batched(sorted(names), 500):
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(
                f"UPDATE conversations_lease SET until = %s WHERE holder = %s AND name IN ({marks})",  # noqa: S608
                [until, rows.key_of(holder), *some],
            )


def holds_lease(name: str, holder: UUID, until: datetime) -> bool:
    """Whether `holder` has the lease for longer than `until`."""
    return rows.holds(name, holder, until)


def drop_lease(name: str, holder: UUID) -> None:
    """Give a lease back."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM conversations_lease WHERE name = %s AND holder = %s", [name, rows.key_of(holder)])
