"""One turn of a conversation at a time within a process, in the order of arrival.

Rasa's lock asks once a second whether it is its turn; this one is woken. Between engines the tracker store guards:
with an advisory lock (PostgreSQL) or by refusing a second event with the same number (SQLite).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class SenderLocks:
    """Fair locks by sender; one that nobody holds or waits for takes no memory."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    def __len__(self) -> int:
        return len(self._locks)

    @asynccontextmanager
    async def of(self, sender: str) -> AsyncIterator[None]:
        """Waits until all earlier turns of this sender are over."""
        lock, users = self._locks.get(sender) or (asyncio.Lock(), 0)
        self._locks[sender] = lock, users + 1
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[sender]
            if users == 1:
                del self._locks[sender]
            else:
                self._locks[sender] = lock, users - 1
