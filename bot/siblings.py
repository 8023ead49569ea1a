"""Several workers of one engine: each owns the conversations whose senders hash to it.

The system deals out the connections; a worker that is asked about another's conversation passes the request on over a
Unix socket, so that each conversation lives in one cache and waits in one line.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import zlib
from pathlib import Path
from typing import Any, Final

from bot.agent import Message
from bot.routes import Application, RefusedError

logger = logging.getLogger(__name__)

# How long a worker that is being started again may be waited for.
PATIENCE_SECONDS: Final = 8.0
MAX_LINE_BYTES: Final = 4 * 1024 * 1024


def owner_of(sender: str, workers: int) -> int:
    """The worker that a conversation belongs to: the same on every machine and after every start."""
    return zlib.crc32(sender.encode("utf-8", "surrogatepass")) % workers


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

    async def ask(self, owner: int, request: dict[str, Any]) -> tuple[int, Any]:
        """Lets the owner carry out a request; waits for one that is being started again.

        Raises:
            RefusedError: 503, it did not come back.
        """
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                line = self._lines.get(owner)
                if line is None or line.closed:
                    line = self._lines[owner] = await _Line.open(self.path(owner))
                status, answer = await line.ask(request)
            except OSError as error:  # also ConnectionError: it went away with our request
                if asyncio.get_running_loop().time() > deadline:
                    raise RefusedError(503, "NoWorker", "This conversation cannot be served now. Try again.") from error
                await asyncio.sleep(0.05)
            else:
                return status, answer

    async def listen(self, application: Application) -> asyncio.AbstractServer:
        """Serves the other workers."""
        path = self.path(self._me)
        path.unlink(missing_ok=True)

        async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks: set[asyncio.Task[None]] = set()
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while line := await reader.readline():
                    task = asyncio.create_task(_carry_out(application, line, writer))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
            writer.close()

        return await asyncio.start_unix_server(one, str(path), limit=MAX_LINE_BYTES)


async def _carry_out(application: Application, line: bytes, writer: asyncio.StreamWriter) -> None:
    number, request = json.loads(line)
    try:
        if "say" in request:
            status, answer = await application.say(Message(**request["say"]), forwarded=True)
        else:
            status, answer = await application.forget(request["forget"], forwarded=True)
    except RefusedError as refused:
        status, answer = refused.code, application.failure(refused)
    except Exception:
        # As at the HTTP door: whatever goes wrong in one turn is answered, and the worker lives on.
        logger.exception("request failed")
        status = 500
        answer = application.failure(RefusedError(500, "InternalError", "The engine failed. Try again."))
    with contextlib.suppress(ConnectionError):
        writer.write(json.dumps([number, status, answer]).encode() + b"\n")
        await writer.drain()


class _Line:
    """One connection to another worker; requests travel side by side, each with a number."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._waiting: dict[int, asyncio.Future[tuple[int, Any]]] = {}
        self._number = 0
        self.closed = False
        self._task = asyncio.create_task(self._read(reader))

    @classmethod
    async def open(cls, path: Path) -> _Line:
        return cls(*await asyncio.open_unix_connection(str(path), limit=MAX_LINE_BYTES))

    async def ask(self, request: dict[str, Any]) -> tuple[int, Any]:
        self._number += 1
        answer: asyncio.Future[tuple[int, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = answer
        self._writer.write(json.dumps([self._number, request]).encode() + b"\n")
        return await answer

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while line := await reader.readline():
                number, status, answer = json.loads(line)
                waiting = self._waiting.pop(number, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result((status, answer))
        except OSError:
            logger.warning("the line to another worker broke")
        self.closed = True
        self._writer.close()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the worker went away"))
