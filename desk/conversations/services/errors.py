"""Why a conversation could not be written: what views, channels and console tell people."""

from __future__ import annotations

from desk.conversations.models import Conversation


class ConversationError(Exception):
    """Something that cannot be done with this conversation now."""


class ConversationGoneError(ConversationError):
    """The conversation does not exist (any more)."""


class ConversationClosedError(ConversationError):
    """The conversation has ended; nothing can be added by its visitor."""


class UnknownChoiceError(ConversationError):
    """No such choice was offered in this conversation."""


class TooFastError(ConversationError):
    """A rate limit is reached. `wait` is in whole seconds."""

    def __init__(self, wait: int) -> None:
        """Keep the seconds until the next call is on time."""
        super().__init__(f"wait {wait} s")
        self.wait = wait


class OwnerChanged(ConversationError):  # noqa: N818 - an outcome of a race, not a fault
    """Somebody else was first. `conversation` is what it is now."""

    def __init__(self, conversation: Conversation) -> None:
        """Keep the present conversation, whose `adviser` is the holder."""
        super().__init__(f"{conversation.pk} is {conversation.state} at version {conversation.version}")
        self.conversation = conversation


class RepeatedError(Exception):
    """Undoes a transaction that turned out to repeat an earlier one."""
