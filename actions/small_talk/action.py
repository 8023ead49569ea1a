"""Rasa's action for small talk and for what the desk itself has to tell (EXTERNAL_…)."""

from __future__ import annotations

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.job_answers.action import composes, hints, speaks_back
from actions.notice import say_notice_once
from actions.safety import still_worried, still_worried_buttons
from actions.safety.talk import SafetyState
from actions.small_talk.talk import answer

# What a person says who has not yet moved on from a crisis.
_UNCLEAR: Final = ("acknowledge", "chitchat", "bye", "thanks", "greet")
# Below this, a message that names a job is more likely a question about it than small talk.
_SURE: Final = 0.8
# '機械いじりが得意' looks like these, and below this confidence what it tells of the person counts.
_MISTAKEN: Final = ("ask_bot", "chitchat", "acknowledge", "praise", "ask_capabilities")
_HARDLY: Final = 0.75


class ActionSmallTalk(Action):
    """A short word, then back to the subject."""

    def name(self) -> str:
        """As in domain.yml."""
        return "action_small_talk"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """One turn."""
        message = tracker.latest_message or {}
        intent = str((message.get("intent") or {}).get("name") or "")
        worried = still_worried(tracker) if intent in _UNCLEAR else None
        if worried is not None:
            dispatcher.utter_message(text=worried, buttons=still_worried_buttons())
            before = SafetyState.of(tracker.get_slot("safety_state"))
            after = SafetyState(before.patience - 1, before.distress, before.turns)
            return [SlotSet("safety_state", after.as_slot())]
        if composes(tracker):
            return [FollowupAction("action_job_answers")]
        named = any(entity.get("entity") == "job" for entity in message.get("entities") or ())
        confidence = float((message.get("intent") or {}).get("confidence") or 0.0)
        if named and intent in _UNCLEAR and confidence < _SURE:
            return [FollowupAction("action_job_answers")]
        if not tracker.active_loop and intent in (*_MISTAKEN, *_UNCLEAR) and speaks_back(tracker):
            # 'ほんと？' doubts the last answer.
            return [FollowupAction("action_job_answers")]
        if intent in _MISTAKEN and confidence < _HARDLY and not tracker.active_loop and hints(message):
            return [FollowupAction("action_job_answers")]
        events = say_notice_once(dispatcher, tracker)
        turn = int(tracker.get_slot("small_talk_turn") or 0)
        metadata = message.get("metadata")
        reason = str(metadata.get("reason") or "") if isinstance(metadata, dict) else ""
        said = answer(intent, str(message.get("text") or ""), turn, reason)
        in_loop = bool((tracker.active_loop or {}).get("name"))
        dispatcher.utter_message(text=said.text, buttons=list(said.buttons) if said.buttons and not in_loop else None)
        if intent == "EXTERNAL_erased":
            return [AllSlotsReset()]
        events += [SlotSet("small_talk_turn", turn + 1), SlotSet("lost_count", 0)]
        if intent == "EXTERNAL_returned_to_bot":
            # What was open before the person came is over: an old 'yes' must not lead anywhere.
            events += [SlotSet("offer", None), SlotSet("handoff_state", None)]
        return events
