"""The engine's HTTP: the contract's routes, limits at the door, and every failure as a sentence with a clear status."""

from __future__ import annotations

import hmac
import json
import logging
import unicodedata
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Protocol
from urllib.parse import unquote

import rasa

from bot.agent import EngineAgent, Message, NothingSaidError, TurnError
from bot.settings import MAX_BODY_BYTES, MAX_ID_CHARACTERS, MAX_METADATA_BYTES, MAX_TEXT_CHARACTERS
from bot.tracker_store import SenderForgottenError, StoreError

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

WEBHOOK: Final = "/webhooks/rest/webhook"
PARSE: Final = "/model/parse"
CONVERSATIONS: Final = "/conversations/"


class RefusedError(Exception):
    """An answer other than 200; `sentence` is for the person who reads logs or calls by hand."""

    def __init__(self, code: int, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.reason, self.sentence = code, reason, sentence


class Siblings(Protocol):
    """The other workers of this engine."""

    def owner(self, sender: str) -> int | None:
        """The worker whose conversation this is; None: this one's."""

    async def say(self, owner: int, body: bytes) -> tuple[int, bytes]:
        """Lets another worker answer a message: the request's body, checked; status and body of the response."""

    async def forget(self, owner: int, sender: str) -> tuple[int, bytes]:
        """Lets another worker erase a conversation."""


# --- what comes in --------------------------------------------------------------------------------------------------


def clean_text(text: str) -> str:
    """A person's text without what nobody typed: control characters (line breaks stay) and halves of characters."""
    if text.isprintable():
        return text
    return "".join(
        "�" if "\ud800" <= char <= "\udfff" else char
        for char in text
        if char in "\n\t" or unicodedata.category(char) != "Cc"
    )


def _identifier(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RefusedError(400, "BadRequest", f"'{name}' must be a text that is not empty.")
    if len(value) > MAX_ID_CHARACTERS:
        raise RefusedError(400, "BadRequest", f"'{name}' is longer than {MAX_ID_CHARACTERS} characters.")
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in value):
        raise RefusedError(400, "BadRequest", f"'{name}' has characters that cannot be stored.")
    return value


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise RefusedError(400, "BadRequest", f"'{name}' must be a text.")
    if len(value) > MAX_TEXT_CHARACTERS:
        raise RefusedError(413, "TooLong", f"'{name}' is longer than {MAX_TEXT_CHARACTERS} characters.")
    text = clean_text(value).strip()
    if not text:
        raise RefusedError(400, "BadRequest", f"'{name}' is empty.")
    return text


def read_object(raw: bytes) -> dict[str, Any]:
    """The JSON object of a request body.

    Raises:
        RefusedError: 400, it is none.
    """
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, "BadRequest", "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise RefusedError(400, "BadRequest", "The body must be a JSON object.")
    return body


def read_message(body: dict[str, Any]) -> Message:
    """One message, checked.

    Raises:
        RefusedError: 400 or 413, with what is wrong.
    """
    sender = _identifier(body.get("sender"), "sender")
    text = _text(body, "message")
    metadata = body.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise RefusedError(400, "BadRequest", "'metadata' must be an object.")
    metadata = metadata or {}
    message_id = metadata.get("message_id")
    if message_id is not None:
        message_id = _identifier(message_id, "metadata.message_id")
    channel = metadata.get("channel", "rest")
    if not isinstance(channel, str) or not channel.isascii() or not channel.isprintable() or len(channel) > 40:
        raise RefusedError(400, "BadRequest", "'metadata.channel' must be a short name.")
    stored = json.dumps(metadata)
    if len(stored) > MAX_METADATA_BYTES:
        raise RefusedError(413, "TooLong", f"'metadata' is longer than {MAX_METADATA_BYTES} bytes.")
    if "\\ud8" in stored or "\\u0000" in stored or "NaN" in stored or "Infinity" in stored:
        metadata = json.loads(json.dumps(_storable(metadata)))
    return Message(sender, text, message_id, channel, metadata)


def _storable(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean_text(str(key)): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, str):
        return clean_text(value)
    return value if not isinstance(value, float) or value - value == 0 else None


# --- the application ------------------------------------------------------------------------------------------------


class Application:
    """The ASGI application of one worker."""

    def __init__(self, agent: EngineAgent, token: str | None, siblings: Siblings | None = None) -> None:
        self._agent = agent
        self._token = f"Bearer {token}".encode() if token else None
        self._siblings = siblings
        self.turns = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        try:
            status, answer = await self._route(scope, receive)
        except RefusedError as refusal:
            status, answer = refusal.code, _failure(refusal)
        except Exception:
            # Last resort, so that one message cannot end the server; everything expected was answered above.
            logger.exception("request failed")
            status, answer = 500, _failure(RefusedError(500, "InternalError", "The engine failed. Try again."))
        await _send(send, status, answer)

    async def _route(self, scope: Scope, receive: Receive) -> tuple[int, Any]:
        method, path = scope["method"], scope["path"]
        if method in {"GET", "HEAD"} and path == "/":
            return 200, f"Hello from Rasa: {rasa.__version__}"
        _refuse_browsers(scope)
        self._check_token(scope)
        if path == WEBHOOK:
            _only(method, "POST")
            body = await _body(receive)
            message = read_message(read_object(body))
            if self._siblings is not None and (owner := self._siblings.owner(message.sender)) is not None:
                return await self._siblings.say(owner, body)
            return await self.say(message)
        if path == PARSE:
            _only(method, "POST")
            return await self._parse(read_object(await _body(receive)))
        if path == "/status":
            _only(method, "GET")
            return await self._status()
        if path.startswith(CONVERSATIONS):
            _only(method, "DELETE")
            raw = scope.get("raw_path") or path.encode()
            sender = _identifier(_sender_of(raw), "sender")
            if self._siblings is not None and (owner := self._siblings.owner(sender)) is not None:
                return await self._siblings.forget(owner, sender)
            return await self.forget(sender)
        raise RefusedError(404, "NotFound", "There is no such page.")

    def _check_token(self, scope: Scope) -> None:
        if self._token is None:
            return
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        if not hmac.compare_digest(given, self._token):
            raise RefusedError(401, "NotAuthenticated", "Give ENGINE_TOKEN as a bearer token.")

    async def say(self, message: Message) -> tuple[int, Any]:
        """One turn of a conversation of ours."""
        try:
            replies = await self._agent.answer(message)
        except SenderForgottenError:
            return 410, _failure(RefusedError(410, "Gone", "This conversation was erased."))
        except StoreError as error:
            logger.error("turn not stored", extra={"sender": message.sender, "reason": str(error)})  # noqa: TRY400
            return 503, _failure(RefusedError(503, "NotStored", "The conversation could not be stored. Try again."))
        except NothingSaidError:
            logger.error("nothing said", extra={"sender": message.sender})  # noqa: TRY400
            return 500, _failure(RefusedError(500, "NothingSaid", "The bot had no answer."))
        except TurnError as error:
            logger.exception("turn failed", extra={"sender": message.sender})
            return 500, _failure(RefusedError(500, "TurnFailed", f"The bot could not answer: {error}."))
        self.turns += 1
        return 200, replies

    async def forget(self, sender: str) -> tuple[int, Any]:
        """Erases a conversation of ours."""
        try:
            await self._agent.forget(sender)
        except StoreError as error:
            logger.error("not erased", extra={"sender": sender, "reason": str(error)})  # noqa: TRY400
            return 503, _failure(RefusedError(503, "NotStored", "The conversation could not be erased. Try again."))
        return 204, None

    @staticmethod
    def failure(refused: RefusedError) -> dict[str, Any]:
        """The body of an error."""
        return _failure(refused)

    async def _parse(self, body: dict[str, Any]) -> tuple[int, Any]:
        text = _text(body, "text")
        try:
            return 200, await self._agent.parse(text)
        except TurnError as error:
            raise RefusedError(409, "Conflict", str(error)) from error

    async def _status(self) -> tuple[int, Any]:
        agent = self._agent
        if not agent.is_ready() or agent.processor is None:
            raise RefusedError(409, "Conflict", "No model is loaded.")
        try:
            await agent.tracker_store.ping()
        except StoreError as error:
            raise RefusedError(503, "NoDatabase", "The database of the conversations does not answer.") from error
        return 200, {
            "model_file": agent.processor.model_filename,
            "model_id": agent.model_id,
            "num_active_training_jobs": 0,
        }


def _failure(refusal: RefusedError) -> dict[str, Any]:
    """An error in the shape that Rasa's server gives it."""
    return {
        "version": rasa.__version__,
        "status": "failure",
        "message": refusal.sentence,
        "reason": refusal.reason,
        "details": {},
        "help": None,
        "code": refusal.code,
    }


def _refuse_browsers(scope: Scope) -> None:
    """On loopback no token is asked for, so a page open on this machine must not be able to speak to the engine."""
    if any(name == b"origin" for name, _ in scope["headers"]):
        raise RefusedError(403, "Forbidden", "The engine is not for browsers. They talk to the desk.")


def _only(method: str, allowed: str) -> None:
    if method != allowed:
        raise RefusedError(405, "MethodNotAllowed", f"Only {allowed} works here.")


def _sender_of(raw_path: bytes) -> str:
    part = raw_path.decode("ascii", "replace").removeprefix(CONVERSATIONS)
    if "/" in part:
        raise RefusedError(404, "NotFound", "There is no such page.")
    try:
        return unquote(part, errors="strict")
    except UnicodeDecodeError as error:
        raise RefusedError(400, "BadRequest", "The sender is not UTF-8.") from error


async def _body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise RefusedError(400, "BadRequest", "The request ended early.")
        chunk = event.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise RefusedError(413, "TooLong", f"A request may have {MAX_BODY_BYTES} bytes.")
        chunks.append(chunk)
        if not event.get("more_body"):
            return b"".join(chunks)


def encode(answer: Any) -> bytes:
    """The body of a response; one that is encoded stays as it is."""
    if isinstance(answer, bytes):
        return answer
    return b"" if answer is None else json.dumps(answer, ensure_ascii=True).encode()


async def _send(send: Send, status: int, answer: Any) -> None:
    if isinstance(answer, str):
        kind, body = b"text/plain; charset=utf-8", answer.encode()
    else:
        kind, body = b"application/json", encode(answer)
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if status == 204:
        headers = []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
