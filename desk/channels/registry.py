"""Which channels push what is said to people, and who sends for them.

A channel app registers in its AppConfig.ready(): `registry.register(MySender())`. From then on every event that a
visitor of this channel is to see gets an outbox row, and the sweeper and the router call the sender:

    class LineSender:
        channel = "line"

        async def deliver(self, rows: list[Outbox]) -> list[Delivery]:
            # Rows of ONE conversation, oldest first, with `event` and `conversation` loaded. Return a Delivery for
            # each row you dealt with, in order; rows without one stay pending. Stop at the first that must wait:
            # order is kept. Database work goes through `await desk.work.run(function, …)`.

Nobody else delivers for this conversation meanwhile (a lease guards that); a crash between sending and recording
repeats the call with the same `row.retry_key`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from desk.conversations.models import Outbox


@dataclass(frozen=True)
class Delivery:
    """What became of one outbox row: `state` is sent, retry, failed or skipped."""

    row_id: int
    state: str
    error: str = ""
    #: Seconds until the next try; only for retry. None: backs off by itself.
    retry_after: float | None = None


class Sender(Protocol):
    """Sends events over one channel."""

    channel: str

    async def deliver(self, rows: list[Outbox]) -> list[Delivery]:
        """Send rows of one conversation in order and say what became of each."""
        ...


_senders: dict[str, Sender] = {}


def register(sender: Sender) -> None:
    """Let `sender` deliver for its channel; a later one takes the place of an earlier one."""
    _senders[sender.channel] = sender


def unregister(channel: str) -> None:
    """Stop delivering for a channel."""
    _senders.pop(channel, None)


def pushes(channel: str) -> bool:
    """True when events of this channel go through the outbox."""
    return channel in _senders


def sender(channel: str) -> Sender | None:
    """The sender of a channel."""
    return _senders.get(channel)
