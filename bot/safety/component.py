"""The last word of the NLU pipeline: what the rules find is a crisis, whatever the classifier thought."""

from __future__ import annotations

from typing import Any, Final

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.unlearned import Unlearned
from bot.safety.replies import CRISIS_KINDS
from bot.safety.rules import judge

QUESTIONS: Final = "questions"
# Who names these is most likely asking about work ('事務の腕の見せどころって何').
_OF_WORK: Final = ("job", "step", "certificate", "tool")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CrisisRules(Unlearned):
    """Puts rules above the classifier where life may be at stake; stands after every other classifier."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`alarm_above`: a crisis held this likely by the classifier counts, though another intent leads; a less
        likely one does not, though it leads.

        `alarm_above_job`: the same where the message names a job, a step or a certificate and no rule speaks;
        `alarm_above_figure`: where the rules took its words of danger for something else.
        """
        return {"alarm_above": 0.2, "alarm_above_job": 0.45, "alarm_above_figure": 0.85}

    def __init__(self, config: dict[str, Any]) -> None:
        """Keeps the thresholds."""
        super().__init__(config)
        self._alarm_above = float(config["alarm_above"])
        self._alarm_above_job = max(self._alarm_above, float(config["alarm_above_job"]))
        self._alarm_above_figure = max(self._alarm_above, float(config["alarm_above_figure"]))

    def process(self, messages: list[Message]) -> list[Message]:
        """Rewrites the intent of the messages that need it."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                self._judge(message, str(text))
        return messages

    def _judge(self, message: Message, text: str) -> None:
        ranking: list[dict[str, Any]] = list(message.get(INTENT_RANKING_KEY) or [])
        likely = {one[INTENT_NAME_KEY]: float(one[PREDICTED_CONFIDENCE_KEY]) for one in ranking}
        found, figure = judge(text)
        if found is not None and found.kind in CRISIS_KINDS:
            self._set(message, found.kind, 1.0, ranking)
            return
        leading = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
        own, of_another = (likely.get(kind, 0.0) for kind in CRISIS_KINDS)
        about_work = any(entity.get("entity") in _OF_WORK for entity in message.get(ENTITIES) or ())
        enough = self._alarm_above_job if about_work else self._alarm_above
        if own + of_another >= (self._alarm_above_figure if figure else enough):
            if leading not in CRISIS_KINDS:
                self._set(message, "crisis" if own >= of_another else "crisis_other", own + of_another, ranking)
        elif leading in CRISIS_KINDS:
            # Tired, hungry, angry or quitting: whatever else it may be.
            rest = [one for one in ranking if one[INTENT_NAME_KEY] not in (*CRISIS_KINDS, "nlu_fallback")]
            if rest:
                self._set(message, rest[0][INTENT_NAME_KEY], float(rest[0][PREDICTED_CONFIDENCE_KEY]), ranking)

    def _set(self, message: Message, kind: str, confidence: float, ranking: list[dict[str, Any]]) -> None:
        intent = {INTENT_NAME_KEY: kind, PREDICTED_CONFIDENCE_KEY: confidence}
        message.set(INTENT, intent, add_to_output=True)
        rest = [one for one in ranking if one[INTENT_NAME_KEY] != kind]
        message.set(INTENT_RANKING_KEY, [intent, *rest], add_to_output=True)
        if message.get(QUESTIONS):
            message.set(QUESTIONS, [], add_to_output=True)
