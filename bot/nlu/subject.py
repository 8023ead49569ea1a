"""Hears a few words once more with what the last answer was about before them: 「暇？」 after 総務 as 「総務は、暇？」.

Alone they may be taken for anything: 「ないと不利？」 for a complaint of discrimination, 「写真いる？」 for a chat. Two
components do it together: `SubjectAdder` opens the pipeline and lets a second message run through it beside the first,
`SubjectJudge` stands before the safety rules and takes it away again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.classifier import AGAIN, QUESTIONS
from bot.nlu.intents import GRAVE
from bot.nlu.unlearned import Unlearned

# Where the answers keep what the last one was about (actions/job_answers/talk.py).
SLOT: Final = "answer_level"
KEY: Final = "subject"
# What is so short leans on the answer before, in characters.
SHORT: Final = 20
# Whoever names one of these says what is meant.
_SUBJECTS: Final = ("job", "step", "certificate")
# Notes of what is heard: that the subject decided it, or what it would be as a question about the subject.
GUESSED: Final = "guessed"
OF_SUBJECT: Final = "of_subject"
# What opens a few words and points back: 「え、それって難しい？」 asks 「難しい？」.
_OPENING: Final = re.compile(
    "(?:(?:え+っ?|へえ+|へー|ふーん|ふむ|うん|いや|でも|けど|うーん|んー?|あっ?|おっ?|じゃあ?|それじゃあ?|では|で|てか|ていうか|そっか|そうか"
    "|なるほど|まあ|あと|ほな|やっぱり?)[、,。!！…・ー 　]+|じゃあ?|へえ+|ふーん)*"
    "(?:(?:それ|これ|そこ|そっち|その(?:仕事|人たち|人達|ひとたち|ひと達))(?:って|は|も|が|を|で|だと)?[、,　 ]*)?"
)
_WITH_SUBJECT: Final = "{subject}は、{text}"


def subject_of(text: str, tracker: DialogueStateTracker) -> str:
    """What a text is about that does not say so itself; '' where that is not to be asked."""
    if len(text) > SHORT or text.startswith("/") or tracker.active_loop_name:
        return ""
    return str((tracker.get_slot(SLOT) or {}).get(KEY) or "")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SubjectAdder(Unlearned):
    """Puts the words with their subject beside the words alone."""

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """One message comes in, one or two go on."""
        (message,) = messages
        text = str(message.get(TEXT) or "")
        subject, said = subject_of(text, tracker), _OPENING.sub("", text, count=1)
        if not subject or not said:
            return messages
        return [message, Message({TEXT: _WITH_SUBJECT.format(subject=subject, text=said), AGAIN: True})]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SubjectJudge(Unlearned):
    """Takes what is heard with the subject where the words alone say too little."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """When what is heard with the subject counts.

        `topics` are what may be asked of a subject, `yields` what a few words are mistaken for. After a job these yield
        to a topic that is at least `least` sure, and so does whatever is heard less surely than `unsure`. Any other
        subject (面接, 資格) draws all words to itself: it must be heard `surely`, and only what is heard unsurely
        yields, or what is `misplaced`. What is heard so is a guess, held `at_most` that likely.
        """
        return {
            "topics": [],
            "yields": [],
            "misplaced": [],
            "least": 0.5,
            "surely": 0.9,
            "unsure": 0.45,
            "at_most": 0.85,
        }

    def process(self, messages: list[Message]) -> list[Message]:
        """One message goes on."""
        message, *beside = messages
        for other in beside:
            self._judge(message, other)
        return [message]

    def _judge(self, message: Message, other: Message) -> None:
        if message.get(QUESTIONS) or _names(message, _SUBJECTS):
            return
        (own, sure), (meant, likely) = _heard(message), _heard(other)
        of_a_job = _names(other, ("job",))
        if meant not in self._config["topics"] or likely < self._config["least" if of_a_job else "surely"]:
            return
        yields = own in self._config["yields" if of_a_job else "misplaced"]
        if yields or (sure < self._config["unsure"] and sure < likely and own not in GRAVE):
            # Danger stays as likely as the words alone make it.
            danger = [one for one in message.get(INTENT_RANKING_KEY) if one[INTENT_NAME_KEY] in GRAVE]
            guess = {INTENT_NAME_KEY: meant, PREDICTED_CONFIDENCE_KEY: min(likely, self._config["at_most"])}
            rest = [one for one in other.get(INTENT_RANKING_KEY)[1:] if one[INTENT_NAME_KEY] not in GRAVE]
            message.set(INTENT, guess, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [guess, *rest, *danger], add_to_output=True)
            message.set(GUESSED, True, add_to_output=True)
        else:
            message.set(OF_SUBJECT, other.get(INTENT), add_to_output=True)


def _heard(message: Message) -> tuple[str, float]:
    intent = message.get(INTENT) or {}
    return str(intent.get(INTENT_NAME_KEY)), float(intent.get(PREDICTED_CONFIDENCE_KEY) or 0.0)


def _names(message: Message, entities: Sequence[str]) -> bool:
    return any(entity.get("entity") in entities for entity in message.get(ENTITIES) or ())
