"""Several workers of one engine: each owns the conversations whose senders hash to it.

At the shared port the system deals out the connections; a worker that is asked about another's conversation passes the
request on over a Unix socket, so that each conversation lives in one cache and waits in one line. The desk asks at the
owner's own port (bot/doors.py), which saves this.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from pathlib import Path
from typing import Final

from bot.doors import owner_of
from bot.routes import Application, RefusedError, encode, read_message, read_object

logger = logging.getLogger(__name__)

# How long a worker that is being started again may be waited for.
PATIENCE_SECONDS: Final = 8.0
# What is asked for: the body of a turn as it came over HTTP, or the sender of a conversation to erase.
SAY: Final = 1
FORGET: Final = 2
# A frame: its length after these four bytes, the request's number, what is asked for or the status, the content.
_LENGTH: Final = struct.Struct("!I")
_HEAD: Final = struct.Struct("!IIH")


class WorkerSiblings:
    """The other workers, by their sockets in `folder`."""

    def __init__(self, folder: Path, me: int, workers: int) -> None:
        self._folder = folder
        self._me = me
        self._workers = workers
        self._lines: dict[int, _Line] = {}

    def path(self, worker: int) -> Path:
        """The socket of a worker."""
        return self._folder / f"worker-{worker}.sock"

    def owner(self, sender: str) -> int | None:
        """The worker whose conversation this is; None: ours."""
        owner = owner_of(sender, self._workers)
        return None if owner == self._me else owner

    async def say(self, owner: int, body: bytes) -> tuple[int, bytes]:
        """Lets the owner answer a message; errors as `_ask`."""
        return await self._ask(owner, SAY, body)

    async def forget(self, owner: int, sender: str) -> tuple[int, bytes]:
        """Lets the owner erase a conversation; errors as `_ask`."""
        return await self._ask(owner, FORGET, sender.encode())

    async def _ask(self, owner: int, kind: int, content: bytes) -> tuple[int, bytes]:
        """Lets the owner carry out a request; waits for one that is being started again.

        Raises:
            RefusedError: 503, it did not come back.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_SECONDS
        while True:
            try:
                line = self._lines.get(owner)
                if line is None or line.closed:
                    _, line = await loop.create_unix_connection(_Line, str(self.path(owner)))
                    self._lines[owner] = line
                return await line.ask(kind, content)
            except OSError as error:  # also ConnectionError: it went away with our request
                if loop.time() > deadline:
                    raise RefusedError(503, "NoWorker", "This conversation cannot be served now. Try again.") from error
                await asyncio.sleep(0.05)

    async def listen(self, application: Application) -> asyncio.AbstractServer:
        """Serves the other workers."""
        path = self.path(self._me)
        path.unlink(missing_ok=True)
        return await asyncio.get_running_loop().create_unix_server(lambda: _Service(application), str(path))


async def _carry_out(application: Application, kind: int, content: bytes) -> tuple[int, bytes]:
    try:
        if kind == SAY:
            status, answer = await application.say(read_message(read_object(content)))
        else:
            status, answer = await application.forget(content.decode())
    except RefusedError as refused:
        status, answer = refused.code, application.failure(refused)
    except Exception:
        # As at the HTTP door: whatever goes wrong in one turn is answered, and the worker lives on.
        logger.exception("request failed")
        status, answer = 500, application.failure(RefusedError(500, "InternalError", "The engine failed. Try again."))
    return status, encode(answer)


class _Frames(asyncio.Protocol):
    """Reads frames from a connection and writes them to it."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        while len(buffer) >= _HEAD.size:
            length, number, word = _HEAD.unpack_from(buffer)
            end = _LENGTH.size + length
            if len(buffer) < end:
                break
            content = bytes(buffer[_HEAD.size : end])
            del buffer[:end]
            self.received(number, word, content)

    def received(self, number: int, word: int, content: bytes) -> None:
        """One frame came."""
        raise NotImplementedError

    def send(self, number: int, word: int, content: bytes) -> None:
        """Sends one frame; to a line that broke, nothing."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_HEAD.pack(_HEAD.size - _LENGTH.size + len(content), number, word) + content)


class _Service(_Frames):
    """Another worker's connection to us: its requests are carried out side by side."""

    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application
        self._tasks: set[asyncio.Task[None]] = set()

    def received(self, number: int, word: int, content: bytes) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(number, word, content))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, number: int, kind: int, content: bytes) -> None:
        self.send(number, *await _carry_out(self._application, kind, content))


class _Line(_Frames):
    """Our connection to another worker; requests travel side by side, each with a number."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[int, asyncio.Future[tuple[int, bytes]]] = {}
        self._number = 0

    async def ask(self, kind: int, content: bytes) -> tuple[int, bytes]:
        """Sends a request and waits for its answer.

        Raises:
            ConnectionError: the worker went away.
        """
        if self.closed:
            raise ConnectionError("the worker went away")
        self._number = (self._number + 1) & 0xFFFF_FFFF
        answer: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = answer
        self.send(self._number, kind, content)
        return await answer

    def received(self, number: int, word: int, content: bytes) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is not None and not waiting.done():
            waiting.set_result((word, content))

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the worker went away"))
        self._waiting.clear()
