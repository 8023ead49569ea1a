"""Writers of this process take turns, in order, instead of polling SQLite for its one write lock.

SQLite lets one transaction write; the others look again after 1, 2, 5 … 100 ms, so under load whoever has waited
longest is likely to wait longest again. Here the writers of a process queue and are woken; what has to answer somebody
within a moment goes first (`urgently`). Other processes still meet at SQLite's own lock.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Iterator


class Gate:
    """A lock that is handed over in the order of asking, the urgent first."""

    def __init__(self) -> None:
        """Free."""
        self._lock = threading.Lock()
        self._held = False
        self._first: deque[threading.Lock] = deque()
        self._others: deque[threading.Lock] = deque()
        self._thread = threading.local()

    @contextlib.contextmanager
    def urgently(self) -> Iterator[None]:
        """Within it, this thread's transactions go before others that wait."""
        self._thread.urgent = True
        try:
            yield
        finally:
            self._thread.urgent = False

    def acquire(self, seconds: float) -> bool:
        """Wait for the turn; False when it has not come in time."""
        with self._lock:
            if not self._held:
                self._held = True
                return True
            turn = threading.Lock()
            turn.acquire()
            queue = self._first if getattr(self._thread, "urgent", False) else self._others
            queue.append(turn)
        if turn.acquire(timeout=seconds):
            return True
        with self._lock:
            if turn in queue:
                queue.remove(turn)
                return False
        # It was handed over at the last moment.
        return True

    def release(self) -> None:
        """Hand over to the next, or leave it free."""
        with self._lock:
            queue = self._first or self._others
            if queue:
                queue.popleft().release()
            else:
                self._held = False


#: One database file a process.
GATE = Gate()
