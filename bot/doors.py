"""Which of several engines, or of one engine's workers, a conversation goes to; shared by engine, desk and bench."""

from __future__ import annotations

import zlib


def owner_of(sender: str, doors: int) -> int:
    """The number (from 0) of the one that a conversation belongs to: the same everywhere and after every start."""
    return zlib.crc32(sender.encode("utf-8", "surrogatepass")) % doors


def ports(port: int, workers: int) -> list[int]:
    """The ports at which each worker can be asked directly: those after the shared one; one worker has only that."""
    return [port] if workers == 1 else [port + 1 + number for number in range(workers)]
