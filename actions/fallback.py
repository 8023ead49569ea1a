"""What is said when a message was not understood, or is about something else."""

from __future__ import annotations

import re
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.job_answers.action import (
    composes,
    conversation,
    end_of_turn,
    in_guided_question,
    of_step,
    read_state,
    read_turn,
    say,
    without_controls,
)
from actions.notice import say_notice_once
from actions.safety import privacy, still_worried, still_worried_buttons

# What is not to be told, in nobody's answer.
_UNWILLING: Final = re.compile(
    "(?:こと|話|住所|名前|本名|年齢|病気|過去|家族|個人情報|電話番号|事情|理由)(?:は|を|も|が|まで|とか|なんか|、)*[^、。と]{0,4}"
    "(?:言い|いい|話し|答え|書き|教え|聞かれ|知られ)たく(?:な|はな)"
)


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
        if not in_guided_question(tracker) and meant is None and _UNWILLING.search(turn.text) and not of_step(state):
            # '家族のことは言いたくない' where no question is open
            dispatcher.utter_message(text=privacy(turn.text))
            return events
        if conversation().speaks_back(turn, state):
            outcome = conversation().respond(turn, state)
        elif meant is not None:
            outcome = conversation().respond(meant, state)
        else:
            outcome = conversation().outside(turn, state)
        return events + say(dispatcher, state, outcome) + end_of_turn(tracker, outcome.followup)
