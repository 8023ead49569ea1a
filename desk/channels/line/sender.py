"""Delivers outbox rows: by reply while a token is good, else by push with a retry key.

What is about to be sent is written into the rows first (the *plan*), so that a retry, also after a crash, sends the
same rows the same way. A reply knows no retry key. When its outcome is unknown the same token is tried again while it
is surely alive: accepted now means that it was not before; refused as used means that it was. Only when the token
may have died in between is there a doubt; then it is pushed, and the doubt is counted and logged.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from desk import work
from desk.channels.line import compose, figures, limits, linking, side
from desk.channels.line.api import Api, LineError, RefusedError, UnreachableError, UnsureError
from desk.channels.line.models import LineEvent
from desk.channels.registry import Delivery
from desk.conversations import services
from desk.conversations.models import Event, Identity, Outbox

log = logging.getLogger("desk.line")
#: LINE counts a token's minute by its own clock and from its own sending.
_MARGIN = timedelta(seconds=3)
_MONTHLY_WAIT = 3600.0
_RATE_WAIT = 5.0
_CONFIG_WAIT = 60.0
_MONTHLY_NOTE = (
    "LINE の今月の送信数の上限に達したため、まだお届けできていません。相手が次に書き込んだときにお届けします。"
)
_RATE_NOTE = "LINE の速さの制限のため、少し遅れてお届けします。"
#: What a new plan takes over from an earlier one.
_KEPT = frozenset({"url", "late"})
_FAILED_NOTE = "LINE に受け付けられなかったため、このメッセージをお届けできませんでした。"


@dataclass
class Plan:
    """What is to be sent next, and how."""

    rows: list[Outbox]
    messages: list[dict[str, Any]] = field(default_factory=list)
    user: str = ""
    key: str = ""
    token: LineEvent | None = None
    #: Tries whose outcome nobody knows.
    tried: int = 0
    started: float = 0.0
    #: Rows that are not to be sent, and why.
    skipped: str = ""


class LineSender:
    """The registry's sender for LINE."""

    channel = "line"

    def __init__(self) -> None:
        """One API client for each event loop."""
        self._apis: dict[asyncio.AbstractEventLoop, Api] = {}

    def _api(self) -> Api:
        return self._apis.setdefault(asyncio.get_running_loop(), Api())

    async def close(self) -> None:
        """Close the connections of the running loop."""
        api = self._apis.pop(asyncio.get_running_loop(), None)
        if api is not None:
            await api.close()

    async def deliver(self, rows: list[Outbox]) -> list[Delivery]:
        """Send the first rows that fit into one request."""
        try:
            await self._address(rows)
        except LineError as error:
            return [Delivery(rows[0].pk, "retry", str(error))]
        plan = await work.run(make_plan, rows)
        if plan.skipped:
            return [Delivery(row.pk, "skipped", plan.skipped) for row in plan.rows]
        done = await self._send(plan)
        if done[0].state == "sent":
            await work.run(side.after_delivery, plan.user)
        return done

    async def _address(self, rows: list[Outbox]) -> None:
        """Give buttons that lead to a page of ours their addresses, once, so that a retry has the same."""
        for row in rows:
            link = row.event.data.get("link")
            if not link or "url" in row.data:
                continue
            user = await work.run(account_of, row)
            url = ""
            if user and link.get("export"):
                url = linking.export_page(user)
            elif user:
                try:
                    url = linking.page(await self._api().link_token(user), link["code"])
                except RefusedError as error:
                    if error.status in {401, 403, 429}:
                        raise
                    log.warning("no link token", extra={"conversation": row.conversation_id, "kind": str(error)})
            row.data = {**row.data, "url": url}
            await work.run(keep_data, row)

    async def _send(self, plan: Plan) -> list[Delivery]:
        if plan.token is not None:
            done = await self._reply(plan, plan.token)
            if done is not None:
                return done
            await work.run(switch_to_push, plan)
        return await self._push(plan)

    async def _reply(self, plan: Plan, token: LineEvent) -> list[Delivery] | None:
        """None: to be pushed."""
        alive = token.reply_until is not None and token.reply_until > timezone.now()
        if not alive and not plan.tried:
            return None
        # Nobody knows of an earlier try, and the token is old: LINE is asked once more, it may be patient.
        try:
            await self._api().reply(token.reply_token, plan.messages)
        except RefusedError as error:
            if error.dead_token:
                if not alive:
                    _doubt(plan, "the reply token died before LINE could be asked again")
                    return None
                if plan.tried:
                    log.info("an earlier reply had been accepted", extra=_about(plan))
                    return _all(plan, "sent", "accepted earlier")
                return None
            if error.status == 400:
                return await self._failed(plan, error)
            await work.run(take_back_try, plan)
            return _later(plan, error, _RATE_WAIT if error.status == 429 else _CONFIG_WAIT)
        except UnreachableError as error:
            await work.run(take_back_try, plan)
            return _later(plan, error, 2.0)
        except UnsureError as error:
            if not alive:
                _doubt(plan, "the reply token is old and LINE does not answer")
                return None
            log.warning("a reply without an answer", extra={**_about(plan), "kind": str(error)})
            return _later(plan, error, 1.0)
        return _all(plan, "sent")

    async def _push(self, plan: Plan) -> list[Delivery]:
        if timezone.now().timestamp() - plan.started > limits.RETRY_KEY_SECONDS:
            return await self._failed(plan, LineError("the retry key is too old"))
        try:
            await self._api().push(plan.user, plan.messages, plan.key)
        except RefusedError as error:
            if error.monthly:
                figures.LIMITED.labels("monthly").inc()
                figures.EXHAUSTED.set(1)
                await work.run(wait_for_month, plan)
                return _later(plan, error, _MONTHLY_WAIT)
            if error.status == 429:
                figures.LIMITED.labels("rate").inc()
                await work.run(tell_late, plan)
                return _later(plan, error, _RATE_WAIT)
            if error.status in {401, 403}:
                return _later(plan, error, _CONFIG_WAIT)
            return await self._failed(plan, error)
        except LineError as error:
            return _later(plan, error, None)
        figures.EXHAUSTED.set(0)
        return _all(plan, "sent")

    async def _failed(self, plan: Plan, error: LineError) -> list[Delivery]:
        log.error("LINE refused a message", extra={**_about(plan), "kind": str(error)})
        await work.run(_note, plan, _FAILED_NOTE, "failed")
        return _all(plan, "failed", str(error))


def _about(plan: Plan) -> dict[str, Any]:
    return {"conversation": plan.rows[0].conversation_id, "rows": [row.pk for row in plan.rows]}


def _doubt(plan: Plan, why: str) -> None:
    figures.DOUBTS.inc()
    log.warning("a reply may arrive twice", extra={**_about(plan), "reason": why})


def _all(plan: Plan, state: str, error: str = "") -> list[Delivery]:
    return [Delivery(row.pk, state, error) for row in plan.rows]


def _later(plan: Plan, error: Exception, seconds: float | None) -> list[Delivery]:
    return [Delivery(plan.rows[0].pk, "retry", str(error), seconds)]


# --- Database ---------------------------------------------------------------------------------------------------


def account_of(row: Outbox) -> str:
    """The LINE account that a row goes to, or ''."""
    person = row.conversation.person_id
    return Identity.objects.filter(person_id=person, channel="line").values_list("external_id", flat=True).first() or ""


def keep_data(row: Outbox) -> None:
    """Write a row's data down."""
    Outbox.objects.filter(pk=row.pk).update(data=row.data)


@transaction.atomic
def make_plan(rows: list[Outbox]) -> Plan:
    """What to send of these rows; written down before anything is sent, with the try that is about to be made."""
    identity = Identity.objects.filter(person_id=rows[0].conversation.person_id, channel="line").first()
    if identity is None:
        return Plan(rows, skipped="no account")
    for reason in ("blocked", "standby"):
        if identity.data.get(reason):
            return Plan(rows, skipped=reason)
    for row in rows:
        if "url" in row.data:
            # Only for composing; the event itself is never changed.
            row.event.data = {**row.event.data, "link": {**row.event.data["link"], "url": row.data["url"]}}
    silent = []
    for row in rows:
        if compose.bundle([row.event]):
            break
        silent.append(row)
    if silent:
        return Plan(silent, skipped="nothing to show")
    first = rows[0].data
    if not first.get("plan"):
        return _new_plan(rows, identity.external_id)
    chosen = [row for row in rows if row.data.get("plan") == first["plan"]]
    plan = Plan(
        chosen,
        compose.bundle([row.event for row in chosen]),
        identity.external_id,
        first["plan"],
        LineEvent.objects.filter(pk=first["token"]).first() if first.get("token") else None,
        int(first.get("tried", 0)),
        float(first.get("started", 0)),
    )
    if plan.token is not None:
        _write(plan, tried=plan.tried + 1)
    return plan


def _new_plan(rows: list[Outbox], user: str) -> Plan:
    count, messages = 1, compose.bundle([rows[0].event])
    for number in range(len(rows), 1, -1):
        candidate = compose.bundle([row.event for row in rows[:number]])
        if len(candidate) <= limits.MESSAGES:
            count, messages = number, candidate
            break
    token = _take_token(user)
    plan = Plan(rows[:count], messages, user, str(uuid.uuid4()), token, 0, timezone.now().timestamp())
    for row in plan.rows:
        row.data = {key: value for key, value in row.data.items() if key in _KEPT}
    _write(plan, plan=plan.key, started=plan.started, **({"token": token.pk, "tried": 1} if token else {}))
    return plan


def _take_token(user: str) -> LineEvent | None:
    """The oldest token that is good; marked as used, since nobody can see afterwards whether it is."""
    good = LineEvent.objects.filter(lane=user, reply_used_at=None, reply_until__gt=timezone.now() + _MARGIN)
    for token in good.exclude(reply_token="").order_by("reply_until"):
        taken = LineEvent.objects.filter(pk=token.pk, reply_used_at=None).update(reply_used_at=timezone.now())
        if taken:
            return token
    return None


def _write(plan: Plan, /, **changes: Any) -> None:
    for row in plan.rows:
        row.data = {**row.data, **changes}
    Outbox.objects.bulk_update(plan.rows, ["data"])


def take_back_try(plan: Plan) -> None:
    """A try that surely was not accepted (a crash leaves a try unknown)."""
    _write(plan, tried=plan.tried)


def switch_to_push(plan: Plan) -> None:
    """The reply is out of the question: from now on these rows are pushed."""
    plan.token, plan.started = None, timezone.now().timestamp()
    _write(plan, token=None, tried=0, started=plan.started)


def wait_for_month(plan: Plan) -> None:
    """Drop the plan, so that the next reply token takes these rows along; tell the adviser once."""
    told = bool(plan.rows[0].data.get("told"))
    for row in plan.rows:
        row.data = {"told": True}  # the address of a page is made anew as well
        Outbox.objects.filter(pk=row.pk).update(data=row.data)
    if not told:
        _note(plan, _MONTHLY_NOTE, "monthly")


def tell_late(plan: Plan) -> None:
    """LINE slows us down: the adviser is told once."""
    if not plan.rows[0].data.get("late"):
        _write(plan, late=True)
        _note(plan, _RATE_NOTE, "rate")


def _note(plan: Plan, text: str, kind: str) -> None:
    services.append_event(
        plan.rows[0].conversation_id,
        type="note",
        author=Event.Author.SYSTEM,
        visibility=Event.Visibility.STAFF,
        text=text,
        data={"delivery": kind, "about": plan.rows[0].event.seq},
    )
