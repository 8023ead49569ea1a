"""Says once, before the first reply of a conversation, that this is an automatic service."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.operator_settings import operator


def say_notice_once(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
    """Puts the notice in front of the reply unless this conversation has heard it, from here or from the desk.

    Call it at the start of an action's `run` and return its events with the action's own. The answer to a crisis does
    not call it: nothing may stand in front of that.
    """
    if tracker.get_slot("notice_given"):
        return []
    metadata = (tracker.latest_message or {}).get("metadata") or {}
    # The desk shows the notice as the first event of a conversation, before the engine is asked.
    if not (isinstance(metadata, dict) and metadata.get("notice_said")):
        dispatcher.utter_message(text=operator()["notice"])
    return [SlotSet("notice_given", True)]
