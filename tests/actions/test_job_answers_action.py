"""The thin Rasa side: slots in and out, the notice, and messages that other topics pass on."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.fallback import ActionFallback
from actions.job_answers.action import ActionJobAnswers
from actions.safety.action import ActionSafety
from actions.small_talk.action import ActionSmallTalk


def run(action: Any, message: dict[str, Any], slots: dict[str, Any], loop: dict[str, Any] | None = None) -> Any:
    dispatcher = CollectingDispatcher()
    tracker = Tracker("x", slots, message, [], False, None, loop or {}, "action_listen")
    events = action.run(dispatcher, tracker, {})
    return dispatcher.messages, events


def message(intent: str, text: str, jobs: tuple[str, ...] = (), confidence: float = 0.9, **more: Any) -> dict[str, Any]:
    return {
        "text": text,
        "intent": {"name": intent, "confidence": confidence},
        "entities": [{"entity": "job", "value": job} for job in jobs],
        "intent_ranking": [{"name": intent, "confidence": confidence}, {"name": "ask_job", "confidence": 0.1}],
        **more,
    }


def slots_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def test_the_notice_comes_first_and_once() -> None:
    said, events = run(ActionJobAnswers(), message("ask_job", "経理って？", ("経理",)), {})
    assert "自動応答" in said[0]["text"]
    assert said[1]["text"].startswith("経理は、")
    slots = slots_of(events)
    assert slots["notice_given"] is True
    assert slots["focus_jobs"] == ["経理"]
    again, _ = run(ActionJobAnswers(), message("follow_up", "人事は？", ("人事",)), slots)
    assert [reply["text"][:3] for reply in again] == ["人事は"]


def test_the_desks_notice_is_not_repeated() -> None:
    said, events = run(ActionFallback(), message("nlu_fallback", "ぬ", metadata={"notice_said": True}), {})
    assert not any("自動応答" in reply["text"] for reply in said)
    assert slots_of(events)["notice_given"] is True


def test_no_buttons_while_a_guided_question_is_open() -> None:
    asked = message("ask_job", "経理って？", ("経理",))
    said, _ = run(ActionJobAnswers(), asked, {"notice_given": True}, {"name": "self_analysis_form"})
    assert not said[0]["buttons"]


def test_unsure_small_talk_that_names_a_job_is_a_question() -> None:
    said, events = run(ActionSmallTalk(), message("bye", "ほな経理はどないなん", ("経理",), 0.6), {})
    assert said == []
    assert [event["name"] for event in events] == ["action_job_answers"]
    said, _ = run(ActionJobAnswers(), message("bye", "ほな経理はどないなん", ("経理",), 0.6), {"notice_given": True})
    assert said[0]["text"].startswith("経理は、")
    said, _ = run(ActionSmallTalk(), message("acknowledge", "経理なんですね", ("経理",), 0.97), {"notice_given": True})
    assert said


def test_what_is_either_trouble_or_distress_is_no_question_about_pay() -> None:
    shouted_at = message("labour_trouble", "毎日「給料泥棒」と怒鳴られて心がもたない", (), 0.7)
    shouted_at["entities"] = [{"entity": "matter", "value": "年収"}]
    shouted_at["intent_ranking"][1] = {"name": "distress", "confidence": 0.3}
    said, events = run(ActionSafety(), shouted_at, {"notice_given": True})
    assert "公的な窓口" in said[0]["text"]
    shouted_at["intent_ranking"][1] = {"name": "ask_untold", "confidence": 0.3}
    _, events = run(ActionSafety(), shouted_at, {"notice_given": True})
    assert events[-1]["name"] == "action_job_answers"


def test_who_doubts_for_age_or_sex_hears_of_the_job_as_well() -> None:
    doubt = message("discrimination", "40過ぎて未経験の男ですが経理は無謀ですか", ("経理",))
    said, events = run(ActionSafety(), doubt, {"notice_given": True})
    assert "法律" in said[0]["text"]
    assert events[-1]["name"] == "action_job_answers"
    said, _ = run(ActionJobAnswers(), doubt, {"notice_given": True})
    assert "経理事務で基礎知識と実務経験を積み" in said[0]["text"]
    asked = message("discrimination", "面接で結婚の予定を聞かれました")
    _, events = run(ActionSafety(), asked, {"notice_given": True})
    assert all(event.get("name") != "action_job_answers" for event in events)
