"""Everything that writes conversations. Views, channels, console and sweeper call these and nothing else.

The contract, for those who build on it:

* `append_event(conversation_id, type=, author=, …)` adds one event with the next `seq`, puts it into the outbox of
  a channel that pushes, and wakes the streams after commit. An adviser's reply is
  `append_once(conversation_id, uid, type="message", author="adviser", user=request.user, text=…)`, a note the same
  with `type="note", visibility="staff"`; a repeated `uid` returns the event that is already there.
* `set_owner(conversation_id, to=, by=, reason=, version=, adviser=)` is the only way to change state or adviser:
  one compare-and-swap on `version`; the loser gets `OwnerChanged` with the conversation as it is now. It writes
  the status event, raises the epoch (so that late bot replies are dropped), and tells the engine when the
  conversation returns to the bot.
* `accept(conversation_id, channel=, external_id=, text=…)` stores what a channel brought in and lets the router
  answer or divert it. Afterwards the caller may say 2xx.
* `open_conversation`, `say_notice`, `give_consent`, `tell_engine`, `raise_alert`, `request_human`, `erase_person`.
* Hooks: `desk.conversations.signals`. Senders of push channels: `desk.channels.registry`. Streams: `desk.hub`.

All functions are synchronous and open their own transaction; called inside one they join it.
"""

from __future__ import annotations

from desk.conversations.services.alerts import answer_crisis, raise_alert
from desk.conversations.services.erasure import erase_person, renew_sender, retire_sender, unsay
from desk.conversations.services.errors import (
    ConversationClosedError,
    ConversationError,
    ConversationGoneError,
    OwnerChanged,
    TooFastError,
    UnknownChoiceError,
)
from desk.conversations.services.events import (
    Author,
    State,
    Visibility,
    append_event,
    append_event_checked,
    append_once,
    lock,
    lock_free_conversation,
    searchable,
)
from desk.conversations.services.identities import (
    OtherAccountError,
    conversation_of_identity,
    link_identity,
    linked,
    unlink_identity,
)
from desk.conversations.services.inbound import (
    DESK_PAYLOAD,
    HUMAN_CHOICES,
    STOP_CHOICE,
    Accepted,
    Choice,
    accept,
    find_choice,
    for_engine,
    tell_engine,
)
from desk.conversations.services.limits import (
    TURN_LEASE_SECONDS,
    drop_lease,
    holds_lease,
    renew_leases,
    spend,
    take_lease,
    turn_lease,
)
from desk.conversations.services.opening import give_consent, open_conversation, say_notice
from desk.conversations.services.ownership import close, request_human, set_owner, stop_waiting
from desk.conversations.services.turns import (
    ASK_HUMAN_PAYLOAD,
    Turn,
    apologise,
    finish,
    next_turn,
    question_of,
    store_diverted,
    store_replies,
)

__all__ = [
    "ASK_HUMAN_PAYLOAD",
    "DESK_PAYLOAD",
    "HUMAN_CHOICES",
    "STOP_CHOICE",
    "TURN_LEASE_SECONDS",
    "Accepted",
    "Author",
    "Choice",
    "ConversationClosedError",
    "ConversationError",
    "ConversationGoneError",
    "OtherAccountError",
    "OwnerChanged",
    "State",
    "TooFastError",
    "Turn",
    "UnknownChoiceError",
    "Visibility",
    "accept",
    "answer_crisis",
    "apologise",
    "append_event",
    "append_event_checked",
    "append_once",
    "close",
    "conversation_of_identity",
    "drop_lease",
    "erase_person",
    "find_choice",
    "finish",
    "for_engine",
    "give_consent",
    "holds_lease",
    "link_identity",
    "linked",
    "lock",
    "lock_free_conversation",
    "next_turn",
    "open_conversation",
    "question_of",
    "raise_alert",
    "renew_leases",
    "renew_sender",
    "request_human",
    "retire_sender",
    "say_notice",
    "searchable",
    "set_owner",
    "spend",
    "stop_waiting",
    "store_diverted",
    "store_replies",
    "take_lease",
    "tell_engine",
    "turn_lease",
    "unlink_identity",
    "unsay",
]
