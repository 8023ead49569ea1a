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


def after_a_job() -> dict[str, Any]:
    _, events = run(ActionJobAnswers(), message("ask_job", "経理って？", ("経理",)), {"notice_given": True})
    return {"notice_given": True, **slots_of(events)}


def test_a_judgement_of_the_job_is_met_kindly_and_answered() -> None:
    of_it = {"of_subject": {"name": "ask_demerits", "confidence": 0.9}}
    mood = message("distress", "数字ミスったら怖い", confidence=0.95, **of_it)
    said, events = run(ActionSafety(), mood, after_a_job())
    assert "わかる範囲でお答えします" in said[0]["text"]
    assert events[-1]["name"] == "action_job_answers"
    said, _ = run(ActionJobAnswers(), mood, after_a_job())
    assert "大変なところ" in said[0]["text"]


def test_a_mood_stays_a_mood_after_a_job() -> None:
    of_it = {"of_subject": {"name": "ask_demerits", "confidence": 0.96}}
    said, events = run(ActionSafety(), message("distress", "つらい", confidence=1.0, **of_it), after_a_job())
    assert "わかる範囲" not in said[0]["text"]
    assert slots_of(events)["safety_state"]["distress"] == 1


def test_whoever_was_sad_before_is_not_sent_back_to_the_job() -> None:
    slots = {**after_a_job(), "safety_state": {"patience": 0, "distress": 1, "turns": 1}}
    said, _ = run(ActionSafety(), message("distress", "どうしたらいい？", confidence=0.92), slots)
    assert "わかる範囲" not in said[0]["text"]
    said, _ = run(ActionSafety(), message("distress", "どうしたらいい？", confidence=0.92), after_a_job())
    assert "わかる範囲" in said[0]["text"]


def test_how_many_men_there_are_is_asked_of_the_job_and_what_is_unfair_is_not() -> None:
    _, events = run(ActionSafety(), message("discrimination", "男もいる？", confidence=0.96), after_a_job())
    assert [event["name"] for event in events] == ["action_job_answers"]
    said, _ = run(ActionJobAnswers(), message("discrimination", "男もいる？", confidence=0.96), after_a_job())
    assert said[0]["text"].startswith("男女の割合")
    for unfair in ("女だと採用されない？", "日本人じゃないけど"):
        said, _ = run(ActionSafety(), message("discrimination", unfair, confidence=0.99), after_a_job())
        assert "法律" in said[0]["text"]
