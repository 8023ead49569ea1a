"""Rasa's actions on the way to a human: they read the turn, let actions/handoff/talk.py decide, and send it."""

from __future__ import annotations

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.handoff.summary import summarise
from actions.handoff.talk import HandoffState, call_off, step
from actions.job_answers.action import composes, end_of_turn, speaks_back
from actions.notice import say_notice_once
from actions.safety.talk import SafetyState
from actions.topic_texts import told, topic_texts

FORM: Final = "handoff_form"
# While the person writes their own summary, these are not part of it: the form steps aside and they are answered.
LEAVING: Final = frozenset(
    {"crisis", "crisis_other", "cancel", "deny", "bye", "request_human", "handoff_choice", "start_self_analysis"}
)

# Questions about jobs look like these now and then.
MISTAKEN: Final = frozenset({"request_human", "complaint", "cancel"})


def _entity(message: dict[str, Any], name: str) -> str:
    found = [one.get("value") for one in message.get("entities") or [] if one.get("entity") == name]
    return str(found[0]) if found and isinstance(found[0], str) else ""


def _intent(message: dict[str, Any]) -> str:
    return str((message.get("intent") or {}).get("name") or "")


class ActionHandoff(Action):
    """Request, consent, hand over, call off; complaints too."""

    def name(self) -> str:
        """As in domain.yml."""
        return "action_handoff"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """One turn."""
        message = tracker.latest_message or {}
        offer = tracker.get_slot("offer")
        offered = str(((offer if isinstance(offer, dict) else {}).get("entities") or {}).get("reason") or "")
        reason = _entity(message, "reason") or (offered if _intent(message) == "affirm" else "")
        worried = SafetyState.of(tracker.get_slot("safety_state"))
        if _intent(message) == "request_human" and worried.patience:
            reason = "crisis"
        asked = HandoffState.of(tracker.get_slot("handoff_state"))
        if _intent(message) in MISTAKEN and not asked.stage and not worried.patience and speaks_back(tracker):
            # 'じゃあ人と話すのが多いのは？' after a comparison of jobs wants no human.
            return [FollowupAction("action_job_answers")]
        if not asked.stage and not worried.patience and composes(tracker):
            # What else was asked is answered first.
            return [FollowupAction("action_job_answers")]
        turn = int(tracker.get_slot("small_talk_turn") or 0)
        words = tracker.get_slot("handoff_words")
        outcome = step(
            _intent(message),
            _entity(message, "v") if _intent(message) == "handoff_choice" else "",
            reason,
            asked,
            words if isinstance(words, str) else "",
            lambda why: summarise(tracker.events, tracker.get_slot("focus_jobs"), why),
            turn,
        )
        events = [] if reason.startswith("crisis") else say_notice_once(dispatcher, tracker)
        given = {"consent": {"kind": "handover", "given": bool(outcome.payload)}} if asked.stage else {}
        if outcome.text:
            refused = given or None if outcome == call_off(asked) else None
            dispatcher.utter_message(text=outcome.text, buttons=list(outcome.buttons) or None, json_message=refused)
        if outcome.payload:
            dispatcher.utter_message(json_message={"handoff": outcome.payload, **given})
        events += [
            SlotSet("handoff_state", outcome.state.as_slot()),
            SlotSet("handoff_words", None),
            SlotSet("offer", outcome.offer),
            SlotSet("lost_count", 0),
            SlotSet("small_talk_turn", turn + 1),
        ]
        if outcome.ask_words:
            events.append(FollowupAction(FORM))
            return events
        return events + end_of_turn(tracker, None)


class ActionAskHandoffWords(Action):
    """Asks for the person's own summary."""

    def name(self) -> str:
        """As Rasa's forms call it for the slot `handoff_words`."""
        return "action_ask_handoff_words"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """One question, with the way out."""
        texts = topic_texts("handoff")
        buttons = [{"title": texts["buttons"]["cancel"], "payload": '/handoff_choice{"v":"no"}'}]
        dispatcher.utter_message(text=told(texts["edit"]), buttons=buttons)
        return []


def _just_opened(tracker: Tracker) -> bool:
    """Whether this message was already answered by the action that opened the form."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "action" and event.get("name") == "action_handoff":
            return True
    return False


class ValidateHandoffForm(Action):
    """Takes the message as the summary, unless it is something that has to be answered."""

    def name(self) -> str:
        """As Rasa calls the validation of `handoff_form`."""
        return "validate_handoff_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Fills the slot or ends the form in the same turn."""
        message = tracker.latest_message or {}
        if (tracker.active_loop or {}).get("name") != FORM or _just_opened(tracker):
            return []  # the message was the tap that opened the form
        if _intent(message) in LEAVING or _intent(message).startswith("EXTERNAL_"):
            return [SlotSet("requested_slot", None), ActiveLoop(None), ActionExecutionRejected(FORM)]
        return [SlotSet("handoff_words", str(message.get("text") or "").strip()[:500] or None)]
