"""Reads a webhook body tolerantly: LINE adds types, values and properties without notice."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


class BadBodyError(ValueError):
    """The body is not a webhook."""


@dataclass(frozen=True)
class Parsed:
    """One event, as far as it could be understood; `body` is the event itself."""

    event_id: str
    lane: str
    kind: str
    happened_ms: int
    message_id: str
    reply_token: str
    read_token: str
    redelivered: bool
    body: Json = field(repr=False)


def _refuse(name: str) -> object:
    raise BadBodyError(f"{name} is no JSON")


def parse(raw: bytes, *, now_ms: int) -> list[Parsed]:
    """The events of a webhook body in the order of their timestamps. Raises `BadBodyError`."""
    try:
        data = json.loads(raw.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadBodyError("not JSON") from error
    events = data.get("events") if isinstance(data, dict) else None
    if not isinstance(events, list):
        raise BadBodyError("no list of events")
    parsed = [_event(event, now_ms) for event in events if isinstance(event, dict)]
    return sorted(parsed, key=lambda event: event.happened_ms)


def _clean(value: Any) -> Any:
    """Without what a database refuses: NUL and lone surrogates."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value


def _event(raw: Json, now_ms: int) -> Parsed:
    try:
        body = _clean(raw)
    except RecursionError as error:
        raise BadBodyError("nested too deeply") from error
    message, source = _dict(body, "message"), _dict(body, "source")
    event_id = _text(body, "webhookEventId", 90)
    if not event_id:
        # Old consoles' test events have none; the same content is the same event.
        event_id = "sha:" + hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    token = _text(body, "replyToken", 200)
    kind = _text(body, "type", 40) or "unknown"
    message_id = _text(_dict(body, "unsend"), "messageId", 100) if kind == "unsend" else _text(message, "id", 100)
    happened = body.get("timestamp")
    if isinstance(happened, bool) or not isinstance(happened, int) or not 0 < happened < 10**14:
        happened = now_ms
    return Parsed(
        event_id=event_id,
        lane=_lane(source),
        kind=kind,
        happened_ms=happened,
        message_id=message_id,
        # The old console sent tokens of one repeated character that are not tokens.
        reply_token="" if len(set(token)) < 2 else token,
        read_token=_text(message, "markAsReadToken", 1000),
        redelivered=_dict(body, "deliveryContext").get("isRedelivery") is True,
        body=body,
    )


def _lane(source: Json) -> str:
    for kind, key in (("group", "groupId"), ("room", "roomId")):
        if source.get("type") == kind or (source.get(key) and source.get("type") != "user"):
            identifier = _text(source, key, 80)
            return f"{kind}:{identifier}" if identifier else ""
    return _text(source, "userId", 80)


def _dict(data: Json, key: str) -> Json:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text(data: Json, key: str, limit: int) -> str:
    value = data.get(key)
    # What is longer than any of LINE's is none of LINE's.
    return value if isinstance(value, str) and len(value) <= limit else ""
