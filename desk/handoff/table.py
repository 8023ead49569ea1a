"""The one table of who may move a conversation from which state to which. Pure; everything else asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ANYBODY: Final = "anybody"  # the visitor, the bot, the desk itself
ADVISER: Final = "adviser"  # any signed-in adviser
HOLDER: Final = "holder"  # the adviser who owns the conversation
SUPERVISOR: Final = "supervisor"


@dataclass(frozen=True)
class Transition:
    """One action: from which states, to which, and who may do it."""

    action: str
    before: frozenset[str]
    after: str
    by: frozenset[str]


def _row(action: str, before: str, after: str, by: str) -> Transition:
    return Transition(action, frozenset(before.split()), after, frozenset(by.split()))


#: `bot → queued → active → wrap_up → bot | closed`, and the ways around it.
TABLE: Final[tuple[Transition, ...]] = (
    _row("request", "bot scheduled abandoned failed", "queued", ANYBODY),
    _row("book", "bot queued scheduled abandoned failed", "scheduled", ANYBODY),
    _row("cancel", "queued scheduled", "bot", ANYBODY),
    _row("abandon", "queued scheduled", "abandoned", ANYBODY),
    _row("expire", "queued", "bot", ANYBODY),
    _row("fail", "queued scheduled active wrap_up", "failed", ANYBODY),
    # An adviser may also step in while the bot talks.
    _row("claim", "bot queued scheduled abandoned failed", "active", ADVISER),
    _row("transfer", "active wrap_up", "active", f"{HOLDER} {SUPERVISOR}"),
    _row("take_over", "active wrap_up", "active", SUPERVISOR),
    _row("wrap_up", "active", "wrap_up", f"{HOLDER} {SUPERVISOR}"),
    _row("resume", "wrap_up", "active", f"{HOLDER}"),
    _row("return", "queued scheduled active wrap_up abandoned failed", "bot", f"{HOLDER} {SUPERVISOR}"),
    _row("close", "bot queued scheduled active wrap_up abandoned failed", "closed", f"{HOLDER} {SUPERVISOR}"),
    _row("finish", "wrap_up", "closed", ANYBODY),
)
ACTIONS: Final = {row.action: row for row in TABLE}
#: Only here the conversation has a holder; elsewhere any adviser may do what a holder may.
HELD: Final = frozenset({"active", "wrap_up"})
#: Why a handover ended, as the figures count it.
END_REASONS: Final = {
    "solved": "解決した",
    "appointment": "面談の予約につないだ",
    "no_answer": "ご本人の返事がない",
    "out_of_scope": "対象外のご相談",
    "referred": "ほかの窓口を案内した",
    "other": "その他",
}


def allowed(action: str, state: str, *, supervisor: bool, holder: bool) -> bool:
    """Whether a signed-in person may do `action` in `state`; `holder`: the conversation is theirs."""
    row = ACTIONS[action]
    if state not in row.before:
        return False
    if row.by & {ANYBODY, ADVISER}:
        return True
    if SUPERVISOR in row.by and supervisor:
        return True
    return HOLDER in row.by and (holder or state not in HELD)
