"""The steps to a human: asked → summary shown → agreed, changed or called off. Plain functions over a small state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from actions.handoff.summary import LONGEST
from actions.topic_texts import told, topic_texts

Stage = Literal["", "consent", "edit"]
_URGENT: Final = {
    "crisis": "urgent",
    "crisis_other": "urgent",
    "distress": "soon",
    "labour": "soon",
    "complaint": "soon",
}
# Where life may be at stake nobody is asked to check a summary first; nothing but the wish itself is passed on.
_AT_ONCE: Final = ("crisis", "crisis_other")


@dataclass(frozen=True)
class HandoffState:
    """Where the person stands on the way to a human."""

    stage: Stage = ""
    reason: str = "asked"
    summary: str = ""

    @classmethod
    def of(cls, slot: object) -> HandoffState:
        """From the slot `handoff_state`; anything of another shape counts as not begun."""
        if not isinstance(slot, Mapping) or slot.get("stage") not in ("consent", "edit"):
            return cls()
        return cls(slot["stage"], str(slot.get("reason") or "asked"), str(slot.get("summary") or ""))

    def as_slot(self) -> dict[str, str] | None:
        """For the slot; None where nothing is open."""
        return {"stage": self.stage, "reason": self.reason, "summary": self.summary} if self.stage else None


@dataclass(frozen=True)
class Outcome:
    """One answer. `payload` hands over; `ask_words` opens the form for the person's own summary."""

    text: str | None
    state: HandoffState
    buttons: tuple[dict[str, str], ...] = ()
    payload: dict[str, str] | None = None
    offer: dict[str, Any] | None = None
    ask_words: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def _choice(name: str, value: str) -> dict[str, str]:
    return {"title": topic_texts("handoff")["buttons"][name], "payload": f'/handoff_choice{{"v":"{value}"}}'}


def propose(reason: str, summary: str) -> Outcome:
    """Shows what would be passed on and asks once."""
    texts = topic_texts("handoff")
    state = HandoffState("consent", reason, summary)
    buttons: tuple[dict[str, str], ...]
    if summary:
        text = told(texts["ask"], summary=summary)
        buttons = (_choice("agree", "yes"), _choice("edit", "edit"), _choice("bare", "bare"), _choice("cancel", "no"))
    else:
        text = told(texts["ask_without"])
        buttons = (_choice("agree_short", "yes"), _choice("edit", "edit"), _choice("cancel", "no"))
    return Outcome(text, state, buttons, offer={"intent": "handoff_choice", "entities": {"v": "yes"}})


def hand_over(reason: str, summary: str) -> Outcome:
    """Says so and tells the desk."""
    urgency = _URGENT.get(reason, "normal")
    text = topic_texts("handoff")["handed_crisis" if reason in _AT_ONCE else "handed"]
    return Outcome(told(text), HandoffState(), payload={"reason": reason, "summary": summary, "urgency": urgency})


def call_off(state: HandoffState) -> Outcome:
    """Nothing is handed over."""
    return Outcome(told(topic_texts("handoff")["cancelled" if state.stage else "nothing_to_cancel"]), HandoffState())


def complain(turn: int) -> Outcome:
    """An apology and the offer of a human; the next message is free."""
    texts = topic_texts("handoff")
    button = {"title": texts["buttons"]["human"], "payload": '/request_human{"reason":"complaint"}'}
    offer = {"intent": "request_human", "entities": {"reason": "complaint"}}
    return Outcome(told(texts["complaint"][turn % len(texts["complaint"])]), HandoffState(), (button,), offer=offer)


def step(
    intent: str,
    choice: str,
    reason: str,
    state: HandoffState,
    words: str,
    summarise: Callable[[str], str],
    turn: int = 0,
) -> Outcome:
    """One message on the way to a human.

    Args:
        choice: what a button says (yes, edit, bare, no), '' for typed messages.
        reason: why a human is wanted, '' where the person just asked.
        words: the person's own summary, '' unless the form has just got one.
        summarise: makes the summary; called only when one is shown.
    """
    if intent == "complaint":
        return complain(turn)
    if choice == "no" or intent in ("cancel", "deny"):
        return call_off(state)
    if state.stage == "edit" and words:
        return propose(state.reason, words.strip()[:LONGEST])
    if choice in ("yes", "bare") or (intent == "affirm" and state.stage == "consent"):
        if state.stage:
            return hand_over(state.reason, "" if choice == "bare" else state.summary)
        return propose(reason or "asked", summarise(reason or "asked"))  # a button of an older question
    if choice == "edit":
        kept = HandoffState("edit", state.reason, state.summary)
        return Outcome(None, kept, ask_words=True)
    wanted = reason or "asked"
    if wanted in _AT_ONCE:
        return hand_over(wanted, "")
    return propose(wanted, summarise(wanted))
