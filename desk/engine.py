"""The client of the engine: Rasa's HTTP shapes, checked before anything of them is stored."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx
from django.conf import settings

from bot import doors, payloads
from desk import metrics

log = logging.getLogger("desk.engine")

#: More than any reply of ours; a reply beyond it is a fault of the engine.
MAX_REPLIES = 30
MAX_TEXT = 5000
MAX_BUTTONS = 20


class EngineError(Exception):
    """A try that failed. `retry`: the same message may be sent again."""

    def __init__(self, kind: str, *, retry: bool) -> None:
        """Keep the kind (for the figures) and whether to try again."""
        super().__init__(kind)
        self.kind = kind
        self.retry = retry
        metrics.ENGINE_FAILURES.labels(kind).inc()


class Engine:
    """One connection pool to the engine's processes, used from one event loop."""

    def __init__(self, urls: Sequence[str] | None = None, token: str | None = None) -> None:
        """Connect lazily to `urls` with the bearer `token` (both from the settings by default)."""
        token = settings.ENGINE_TOKEN if token is None else token
        self._urls = urls or settings.ENGINE_URLS
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"} if token else {},
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=50, keepalive_expiry=20),
            trust_env=False,
            follow_redirects=False,
        )

    async def reply(
        self, sender: UUID, message: str, metadata: dict[str, Any], *, timeout: float
    ) -> list[dict[str, Any]]:
        """Have one message answered. Raises `EngineError`; the same message id may be sent again after it."""
        body = {"sender": str(sender), "message": message, "metadata": metadata}
        return clean(await self._json("POST", f"{self.door(sender)}/webhooks/rest/webhook", body, timeout))

    async def parse(self, text: str, *, timeout: float) -> dict[str, Any]:
        """Rasa's NLU result for a text; no tracker is touched."""
        result = await self._json("POST", f"{self._urls[0]}/model/parse", {"text": text}, timeout)
        if not isinstance(result, dict):
            raise EngineError("shape", retry=False)
        return result

    async def forget(self, sender: UUID, *, timeout: float = 10) -> None:
        """Have the engine delete everything of a sender, for good."""
        response = await self._send("DELETE", f"{self.door(sender)}/conversations/{sender}", None, timeout)
        if response.status_code >= 300 and response.status_code not in {404, 410}:
            raise EngineError(f"http_{response.status_code}", retry=True)

    async def ready(self, door: str, *, timeout: float = 2) -> bool:
        """True when the process of the engine at this address has a model and answers."""
        try:
            response = await self._client.get(f"{door}/status", timeout=timeout)
        except httpx.HTTPError:
            return False
        return response.status_code == 200

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def door(self, sender: UUID) -> str:
        """The address where a conversation is at home."""
        return self._urls[doors.owner_of(str(sender), len(self._urls))]

    async def _json(self, method: str, url: str, body: object, timeout: float) -> Any:
        response = await self._send(method, url, body, timeout)
        if response.status_code >= 500:
            raise EngineError(f"http_{response.status_code}", retry=True)
        if response.status_code >= 300:
            log.error("the engine refuses a request", extra={"url": url, "status": response.status_code})
            raise EngineError(f"http_{response.status_code}", retry=False)
        try:
            return response.json()
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise EngineError("not_json", retry=True) from error

    async def _send(self, method: str, url: str, body: object, timeout: float) -> httpx.Response:
        try:
            return await self._client.request(method, url, json=body, timeout=timeout)
        except httpx.TimeoutException as error:
            raise EngineError("timeout", retry=True) from error
        except httpx.HTTPError as error:
            raise EngineError("unreachable", retry=True) from error


def clean(replies: object) -> list[dict[str, Any]]:
    """Only what the contract knows of the engine's replies, in known shapes. Raises `EngineError`."""
    if not isinstance(replies, list) or len(replies) > MAX_REPLIES:
        raise EngineError("shape", retry=False)
    return [_clean_reply(reply) for reply in replies if isinstance(reply, dict)]


def _clean_reply(reply: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    text = reply.get("text")
    if isinstance(text, str) and text.strip():
        result["text"] = text.replace("\x00", "")[:MAX_TEXT]
    buttons = reply.get("buttons")
    if isinstance(buttons, list):
        result["buttons"] = [
            {"title": button["title"][:200], "payload": button["payload"][:2000]}
            for button in buttons[:MAX_BUTTONS]
            if isinstance(button, dict)
            and isinstance(button.get("title"), str)
            and isinstance(button.get("payload"), str)
        ]
    image = reply.get("image")
    if isinstance(image, str) and image.startswith(("https://", "http://", "/")):
        result["image"] = image[:2000]
    custom = reply.get("custom")
    if isinstance(custom, dict):
        try:
            payloads.validate(custom)
        except payloads.PayloadError as error:
            metrics.INVALID_PAYLOADS.inc()
            log.warning(
                "custom payload breaks its schema", extra={"keys": ",".join(map(str, custom)), "why": str(error)[:80]}
            )
        else:
            result["custom"] = custom
    return result
