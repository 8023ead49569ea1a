"""What is said when a message was not understood, or is about something else."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.job_answers.action import (
    composes,
    conversation,
    end_of_turn,
    in_guided_question,
    read_state,
    read_turn,
    say,
    without_controls,
)
from actions.notice import say_notice_once
from actions.safety import still_worried, still_worried_buttons


class ActionFallback(Action):
    """Asks back, offers what is near, and after two failures a human."""

    def name(self) -> str:
        """As in domain.yml."""
        return "action_fallback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """One turn."""
        # Shortly after a crisis nobody is told that they were not understood.
        worried = still_worried(tracker)
        if worried is not None:
            dispatcher.utter_message(text=worried, buttons=still_worried_buttons())
            return []
        if composes(tracker):
            return [FollowupAction("action_job_answers")]
        events = say_notice_once(dispatcher, tracker)
        state = read_state(tracker)
        turn = read_turn(tracker.latest_message)
        meant = None if in_guided_question(tracker) else without_controls(turn)
        if conversation().speaks_back(turn, state):
            outcome = conversation().respond(turn, state)
        elif meant is not None:
            outcome = conversation().respond(meant, state)
        elif turn.intent == "out_of_scope":
            outcome = conversation().out_of_scope(turn, state)
        else:
            outcome = conversation().lost(turn, state)
        return events + say(dispatcher, state, outcome) + end_of_turn(tracker, outcome.followup)
