"""Calls LINE through its SDK and says what a failure means: refused, or nobody knows."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from django.conf import settings

from desk.channels.line import figures

log = logging.getLogger("desk.line")
Json = dict[str, Any]


class LineError(Exception):
    """A call that did not succeed."""


class RefusedError(LineError):
    """LINE said no; nothing was accepted."""

    def __init__(self, status: int, message: str) -> None:
        """Keep what LINE said."""
        super().__init__(f"{status} {message}"[:200])
        self.status = status
        self.message = message

    @property
    def dead_token(self) -> bool:
        """The reply token has been used or is too old."""
        return self.status == 400 and "reply token" in self.message.lower()

    @property
    def monthly(self) -> bool:
        """The month's messages are used up (429 otherwise: too fast)."""
        return self.status == 429 and "monthly limit" in self.message.lower()


class UnreachableError(LineError):
    """No connection: nothing was accepted."""


class UnsureError(LineError):
    """No answer, or a server error: it may have been accepted."""


class Api:
    """LINE's API for one event loop. Connections are kept until `close`."""

    def __init__(self) -> None:
        """Nothing is opened before the first call."""
        # Here and not above: to read LINE's SDK takes a second, which a desk without LINE has no use for.
        from linebot.v3 import messaging, oauth

        self._messaging, self._oauth = messaging, oauth
        self._client: Any = None
        self._data_client: Any = None
        self._token = settings.LINE_CHANNEL_ACCESS_TOKEN
        self._token_until = float("inf") if self._token else 0.0
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        for client in (self._client, self._data_client):
            if client is not None:
                await client.close()
        self._client = self._data_client = None

    async def reply(self, token: str, messages: list[Json]) -> None:
        """Send by reply token. No retry key: LINE refuses one here."""
        request = self._messaging.ReplyMessageRequest.from_dict({"replyToken": token, "messages": messages})
        await self._call("reply", lambda api, **more: api.reply_message_with_http_info(request, **more))

    async def push(self, to: str, messages: list[Json], retry_key: str) -> None:
        """Send at any time; the same retry key is accepted once, and its 409 is a success."""
        request = self._messaging.PushMessageRequest.from_dict({"to": to, "messages": messages})
        try:
            await self._call(
                "push",
                lambda api, **more: api.push_message_with_http_info(request, x_line_retry_key=retry_key, **more),
            )
        except RefusedError as error:
            if error.status != 409:
                raise

    async def show_loading(self, user: str, seconds: int = 20) -> None:
        """Show that somebody writes (multiples of 5 seconds)."""
        request = self._messaging.ShowLoadingAnimationRequest.from_dict({"chatId": user, "loadingSeconds": seconds})
        await self._call("loading", lambda api, **more: api.show_loading_animation_with_http_info(request, **more))

    async def mark_read(self, token: str) -> None:
        """Mark a message and those before it as read."""
        request = self._messaging.MarkMessagesAsReadByTokenRequest.from_dict({"markAsReadToken": token})
        await self._call("read", lambda api, **more: api.mark_messages_as_read_by_token_with_http_info(request, **more))

    async def leave(self, lane: str) -> None:
        """Leave a group or room."""
        kind, _, identifier = lane.partition(":")
        if kind == "group":
            await self._call("leave", lambda api, **more: api.leave_group_with_http_info(identifier, **more))
        else:
            await self._call("leave", lambda api, **more: api.leave_room_with_http_info(identifier, **more))

    async def link_token(self, user: str) -> str:
        """A token for linking this account: ten minutes, once."""
        result = await self._call("link", lambda api, **more: api.issue_link_token_with_http_info(user, **more))
        return str(result.data.link_token)

    async def content(self, message_id: str) -> tuple[int, str, bytes]:
        """A file that was sent: status (202: not ready yet), type, content."""
        result = await self._call(
            "content", lambda api, **more: api.get_message_content_with_http_info(message_id, **more), data=True
        )
        headers = {key.lower(): value for key, value in dict(result.headers or {}).items()}
        kind = str(headers.get("content-type", "application/octet-stream")).split(";")[0].strip()
        return int(result.status_code), kind, bytes(result.data or result.raw_data or b"")

    async def menus(self) -> list[Json]:
        """The account's rich menus."""
        result = await self._call("menu", lambda api, **more: api.get_rich_menu_list_with_http_info(**more))
        return [menu.to_dict() for menu in result.data.richmenus]

    async def make_menu(self, menu: Json, png: bytes) -> str:
        """Make a rich menu with its picture and show it to everybody; returns its id."""
        request = self._messaging.RichMenuRequest.from_dict(menu)
        made = await self._call("menu", lambda api, **more: api.create_rich_menu_with_http_info(request, **more))
        identifier = str(made.data.rich_menu_id)
        await self._call(
            "menu",
            lambda api, **more: api.set_rich_menu_image_with_http_info(
                identifier, body=png, _headers={"Content-Type": "image/png"}, **more
            ),
            data=True,
        )
        await self._call("menu", lambda api, **more: api.set_default_rich_menu_with_http_info(identifier, **more))
        return identifier

    async def delete_menu(self, identifier: str) -> None:
        """Delete a rich menu."""
        await self._call("menu", lambda api, **more: api.delete_rich_menu_with_http_info(identifier, **more))

    async def _api(self, *, data: bool) -> Any:
        async with self._lock:
            if time.monotonic() > self._token_until:
                self._token, seconds = await self._issue()
                self._token_until = time.monotonic() + max(30, seconds - 60)
            if self._client is None:
                self._client, self._data_client = (
                    self._messaging.AsyncApiClient(self._messaging.Configuration(host=host, access_token=self._token))
                    for host in (settings.LINE_API_BASE, settings.LINE_DATA_API_BASE)
                )
            for client in (self._client, self._data_client):
                # The client makes its header once; a stateless token changes every 15 minutes.
                client.configuration.access_token = self._token
                client.default_headers["Authorization"] = f"Bearer {self._token}"
        if data:
            return self._messaging.AsyncMessagingApiBlob(self._data_client)
        return self._messaging.AsyncMessagingApi(self._client)

    async def _issue(self) -> tuple[str, int]:
        """A stateless token: 15 minutes, made anew whenever needed, nothing to store or revoke."""
        client = self._oauth.AsyncApiClient(self._oauth.Configuration(host=settings.LINE_API_BASE, access_token=""))
        try:
            issue = self._oauth.AsyncChannelAccessToken(client).issue_stateless_channel_token_by_client_secret
            answer = await issue(
                settings.LINE_CHANNEL_ID, settings.LINE_CHANNEL_SECRETS[0], _request_timeout=settings.LINE_TIMEOUT
            )
        finally:
            await client.close()
        return str(answer.access_token), int(answer.expires_in)

    async def _call(self, name: str, call: Callable[..., Awaitable[Any]], *, data: bool = False) -> Any:
        try:
            api = await self._api(data=data)
        except (self._oauth.exceptions.ApiException, aiohttp.ClientError, TimeoutError, OSError) as error:
            figures.CALLS.labels(name, "no_token").inc()
            raise UnreachableError(f"no channel token: {type(error).__name__}") from error
        try:
            result = await call(api, _request_timeout=settings.LINE_TIMEOUT)
        except self._messaging.exceptions.ApiException as error:
            status, message = int(error.status or 0), _message(error.body)
            request_id = dict(error.headers or {}).get("x-line-request-id", "")
            figures.CALLS.labels(name, str(status)).inc()
            log.info("LINE answered", extra={"call": name, "status": status, "line_request": request_id})
            if status >= 500 or status == 0:
                raise UnsureError(f"{status}") from error
            if status == 401:
                self._token_until = 0.0 if not settings.LINE_CHANNEL_ACCESS_TOKEN else self._token_until
            raise RefusedError(status, message) from error
        except aiohttp.ClientConnectorError as error:
            figures.CALLS.labels(name, "unreachable").inc()
            raise UnreachableError(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            figures.CALLS.labels(name, "unsure").inc()
            raise UnsureError(type(error).__name__) from error
        figures.CALLS.labels(name, str(result.status_code)).inc()
        return result


def _message(body: Any) -> str:
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body or "")
    try:
        return str(json.loads(text).get("message", ""))
    except (ValueError, AttributeError):
        return text[:200]
