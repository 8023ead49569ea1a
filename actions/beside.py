"""What other topics say within an answer about jobs: a kind word first, or their own short answer to a part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from actions.job_answers.model import Button
from actions.job_answers.turns import Message, Turn
from actions.safety.talk import SafetyState, human_button
from actions.safety.talk import answer as with_care
from actions.small_talk.talk import answer as in_short
from bot.safety.rules import detect
from bot.safety.settings import texts

# Of a remark only the first sentence is said: what was asked comes next.
_FIRST_SENTENCE: Final = re.compile("[^。]*。")
# It goes before a courtesy, and one of each kind is enough.
MOOD: Final = "distress"
_COURTESIES: Final = ("greet", "thanks", "praise", "chitchat")
_SMALL_TALK: Final = ("ask_bot", "ask_capabilities")
# How sure a part must be: trouble at work raises an alert, and who asks no such thing is not to be pitied.
_WITH_CARE: Final = {"privacy": 0.3, "discrimination": 0.6, "labour_trouble": 0.6}


def kind_word(remarks: Sequence[Turn]) -> str:
    """One short sentence for a mood, one for a courtesy; '' where there is neither."""
    said = ""
    for kinds in ((MOOD,), _COURTESIES):
        remark = next((one for kind in kinds for one in remarks if one.intent == kind and not _is_trouble(one)), None)
        if remark is not None:
            said += _first_sentence(remark)
    return said


def _first_sentence(remark: Turn) -> str:
    text = texts()["distress_before_answer"] if remark.intent == MOOD else in_short(remark.intent, remark.text).text
    found = _FIRST_SENTENCE.match(text)
    return found.group() if found else text


def _is_trouble(remark: Turn) -> bool:
    found = detect(remark.text)
    return remark.intent == MOOD and found is not None and found.kind == "labour"


def troubles(remarks: Sequence[Turn]) -> list[Turn]:
    """Moods that name trouble at work ('パワハラがつらくて'), as the trouble."""
    return [replace(one, intent="labour_trouble", confidence=1.0) for one in remarks if _is_trouble(one)]


def human_for(remarks: Sequence[Turn]) -> tuple[Button, ...]:
    """The way to a human for who is worried."""
    if not any(remark.intent == MOOD for remark in remarks):
        return ()
    button = human_button(MOOD)
    return (Button(button["title"], button["payload"]),)


def answered_beside(part: Turn) -> Message | None:
    """The answer of another topic to one question of a message; None where no topic answers it in passing."""
    if part.intent in _SMALL_TALK:
        return Message(in_short(part.intent, part.text).text)
    if part.intent in _WITH_CARE and part.confidence >= _WITH_CARE[part.intent]:
        said = with_care(part.intent, part.text, SafetyState())
        return Message(said.text, alert=said.alert)
    return None
