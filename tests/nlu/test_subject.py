"""A few words are heard once more with what the last answer was about before them."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from bot.documents import read_yaml
from bot.nlu.subject import GUESSED, KEY, OF_SUBJECT, SHORT, SLOT, SubjectAdder, SubjectJudge
from tests.serving import ROOT

CONFIG = next(one for one in read_yaml(ROOT / "config.yml")["pipeline"] if one["name"].endswith("SubjectJudge"))
SETTINGS = {**SubjectJudge.get_default_config(), **CONFIG}


def heard_with(text: str, subject: str = "経理", loop: str | None = None) -> list[str]:
    """The texts that run through the pipeline where the last answer was about a subject."""
    events = [SlotSet(SLOT, {KEY: subject}), *([ActiveLoop(loop)] if loop else [])]
    tracker = DialogueStateTracker.from_events("x", events, [AnySlot(SLOT, [{}])])
    return [message.get("text") for message in SubjectAdder({}).process([Message({"text": text})], tracker)]


@pytest.mark.parametrize("text", ["暇？", "え、それって暇？", "へえー、暇？"])
def test_the_subject_takes_the_place_of_what_points_back(text: str) -> None:
    assert heard_with(text) == [text, "経理は、暇？"]


@pytest.mark.parametrize("text", ["/affirm", "あ" * (SHORT + 1), "じゃあ", ""])
def test_what_is_tapped_or_long_or_says_nothing_has_no_subject(text: str) -> None:
    assert heard_with(text) == [text]


def test_where_nothing_was_told_or_a_question_is_open_the_words_stand_alone() -> None:
    assert heard_with("暇？", subject="") == ["暇？"]
    assert heard_with("暇？", loop="self_analysis_form") == ["暇？"]


def message(intent: str, confidence: float, *entities: str, also: tuple[tuple[str, float], ...] = ()) -> Message:
    ranking = [{"name": name, "confidence": share} for name, share in ((intent, confidence), *also)]
    named = [{"entity": entity, "value": "x"} for entity in entities]
    return Message({"text": "x", "intent": ranking[0], "intent_ranking": ranking, "entities": named})


def judged(own: Message, with_subject: Message) -> dict[str, Any]:
    (result,) = SubjectJudge(SETTINGS).process([own, with_subject])
    return dict(result.data)


def test_small_talk_yields_to_what_may_be_asked_of_a_job() -> None:
    result = judged(message("chitchat", 0.95), message("ask_merits", 0.98, "job"))
    assert (result["intent"]["name"], result[GUESSED]) == ("ask_merits", True)
    # A guess is never as sure as what is heard.
    assert result["intent"]["confidence"] < 0.9


@pytest.mark.parametrize(
    "intent", ["ask_worklife", "affirm", "thanks", "distress", "discrimination", "privacy", "attack"]
)
def test_what_is_surely_heard_and_says_enough_stays(intent: str) -> None:
    result = judged(message(intent, 0.95), message("ask_demerits", 0.99, "job"))
    assert result["intent"]["name"] == intent
    assert result[OF_SUBJECT]["name"] == "ask_demerits"


@pytest.mark.parametrize("danger", [0.12, 0.3])
def test_danger_stays_as_likely_as_the_words_alone_make_it(danger: float) -> None:
    own = message("chitchat", 0.4, also=(("crisis", danger),))
    result = judged(own, message("ask_demerits", 0.9, "job", also=(("crisis", 0.01),)))
    shares = [one["confidence"] for one in result["intent_ranking"] if one["name"] == "crisis"]
    assert shares == [danger]


def test_danger_that_leads_is_never_taken_for_a_question() -> None:
    assert judged(message("crisis", 0.3), message("ask_demerits", 0.9, "job"))["intent"]["name"] == "crisis"


def test_a_step_draws_all_words_so_that_only_what_is_unsure_or_misplaced_yields() -> None:
    interview = message("ask_step_interview", 0.97, "step")
    assert judged(message("chitchat", 0.9), interview)["intent"]["name"] == "chitchat"
    assert judged(message("chitchat", 0.3), interview)["intent"]["name"] == "ask_step_interview"
    assert judged(message("explain_question", 1.0), interview)["intent"]["name"] == "ask_step_interview"


def test_who_names_a_job_says_what_is_meant() -> None:
    result = judged(message("follow_up", 0.3, "job"), message("ask_difference", 0.9, "job", "job"))
    assert result["intent"]["name"] == "follow_up"
