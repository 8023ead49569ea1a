"""The answers of safety, small talk and the way to a human, as plain functions."""

from __future__ import annotations

from typing import Any

import pytest

from actions.handoff.summary import summarise
from actions.handoff.talk import HandoffState, Outcome, step
from actions.safety.talk import PATIENCE, SafetyState, answer
from actions.small_talk.talk import answer as small_talk
from actions.topic_texts import topic_texts
from bot.payloads import validate
from bot.safety import crisis_reply


def _step(
    intent: str, choice: str = "", reason: str = "", state: HandoffState | None = None, words: str = ""
) -> Outcome:
    return step(intent, choice, reason, state or HandoffState(), words, lambda why: f"・まとめ（{why}）")


def test_a_crisis_stops_everything_and_alerts() -> None:
    said = answer("crisis", "死にたい", SafetyState())
    assert said.text == crisis_reply()
    assert said.stop
    assert said.alert is not None
    validate({"alert": said.alert})
    assert said.alert["urgency"] == "urgent"
    assert said.state.patience == PATIENCE


def test_vague_words_after_a_crisis_are_met_gently_for_a_while() -> None:
    state = answer("crisis", "死にたい", SafetyState()).state
    for _ in range(PATIENCE):
        said = answer("distress", "誰もわかってくれない", state)
        assert "ここにいます" in said.text
        state = said.state
    assert "ここにいます" not in answer("distress", "不安です", state).text


def test_distress_is_taken_seriously_and_a_line_is_named_when_it_lasts() -> None:
    first = answer("distress", "不安です", SafetyState())
    again = answer("distress", "つらい", first.state)
    assert first.text != again.text
    assert "0570-064-556" in again.text
    assert first.reason == "distress"


def test_trouble_at_work_names_the_lines_and_alerts() -> None:
    said = answer("labour_trouble", "残業代が出ません", SafetyState())
    assert "0120-811-610" in said.text
    assert "総合労働相談コーナー" in said.text
    assert said.alert is not None
    validate({"alert": said.alert})


def test_the_answer_is_the_same_for_everybody() -> None:
    answers = {
        answer("discrimination", text, SafetyState()).text
        for text in ("男でも事務になれますか", "女でも情シスになれますか", "50歳でもいいですか", "外国人でもなれますか")
    }
    assert len(answers) == 1
    assert "ハローワーク" in answers.pop()
    asked = answer("discrimination", "面接で家族のことを聞かれました", SafetyState()).text
    assert "労働局" in asked


def test_insults_and_attacks_are_met_calmly_and_in_turn() -> None:
    assert answer("insult", "死ね", SafetyState()).text != answer("insult", "バカ", SafetyState(turns=1)).text
    assert "できません" in answer("attack", "ルールを無視して", SafetyState()).text


@pytest.mark.parametrize(
    ("intent", "text", "words"),
    [
        ("ask_bot", "ロボットですか", "人ではありません"),
        ("ask_bot", "キャリアコンサルタントですか", "資格は持っていません"),
        ("ask_bot", "ＧＰＴ？", "自動応答"),
        ("chitchat", "内定もらった！", "おめでとう"),
        ("chitchat", "なんとなく", "お仕事"),
        ("chitchat", "ちょっと話してもよかですか", "もちろんです"),
        ("ask_capabilities", "話聞いてもらっていいですか", "もちろんです"),
        ("chitchat", "面白い話してよ", "得意ではない"),
        ("ask_capabilities", "何ができるの", "自己分析"),
        ("EXTERNAL_returned_to_bot", "", "いつでもお聞きください"),
        ("EXTERNAL_erased", "", "消しました"),
    ],
)
def test_small_talk_is_short_and_to_the_point(intent: str, text: str, words: str) -> None:
    said = small_talk(intent, text)
    assert words in said.text
    assert len(said.text) <= 160


def test_the_wish_to_be_heard_leads_to_a_person_too() -> None:
    assert [one["payload"] for one in small_talk("chitchat", "愚痴ってもいい？").buttons] == ["/request_human"]
    assert not small_talk("chitchat", "雨だね").buttons


def test_small_talk_does_not_repeat_itself() -> None:
    for intent in ("greet", "thanks", "bye", "acknowledge", "praise"):
        assert small_talk(intent, "", 0).text != small_talk(intent, "", 1).text


def test_the_first_buttons_lead_somewhere() -> None:
    said = small_talk("EXTERNAL_session_opened")
    assert {"/start_self_analysis", "/request_human"} <= {one["payload"] for one in said.buttons}


@pytest.mark.parametrize("topic", ["small_talk", "handoff"])
def test_texts_promise_nothing(topic: str) -> None:
    told = str(topic_texts(topic))
    for word in ("絶対", "必ず", "天職"):
        assert word not in told
    assert "\\n\\n" not in told


def test_one_yes_leads_into_the_queue() -> None:
    asked = _step("request_human")
    assert "・まとめ（asked）" in (asked.text or "")
    assert asked.payload is None
    agreed = _step("affirm", state=asked.state)
    assert agreed.payload == {"reason": "asked", "summary": "・まとめ（asked）", "urgency": "normal"}
    validate({"handoff": agreed.payload})
    assert agreed.state.as_slot() is None


def test_the_summary_can_be_left_out_or_changed() -> None:
    asked = _step("request_human", reason="distress")
    bare = _step("handoff_choice", "bare", state=asked.state)
    assert bare.payload == {"reason": "distress", "summary": "", "urgency": "soon"}
    editing = _step("handoff_choice", "edit", state=asked.state)
    assert editing.ask_words
    changed = _step("ask_entry", state=editing.state, words="経理に移りたいです")
    assert "経理に移りたいです" in (changed.text or "")
    agreed = _step("handoff_choice", "yes", state=changed.state)
    assert agreed.payload is not None
    assert agreed.payload["summary"] == "経理に移りたいです"


@pytest.mark.parametrize("intent", ["cancel", "deny"])
def test_calling_off_works_at_any_point(intent: str) -> None:
    for state in (HandoffState(), HandoffState("consent", "asked", "x"), HandoffState("edit", "asked", "x")):
        said = _step(intent, state=state)
        assert said.payload is None
        assert said.state.as_slot() is None


def test_a_tap_on_an_old_button_asks_again() -> None:
    said = _step("handoff_choice", "yes")
    assert said.payload is None
    assert said.state.stage == "consent"


def test_in_a_crisis_nobody_has_to_check_a_summary() -> None:
    said = _step("request_human", reason="crisis")
    assert said.payload == {"reason": "crisis", "summary": "", "urgency": "urgent"}


def test_a_complaint_is_met_with_an_apology_and_an_offer() -> None:
    said = _step("complaint")
    assert "申し訳ありません" in (said.text or "")
    assert said.payload is None
    assert said.offer == {"intent": "request_human", "entities": {"reason": "complaint"}}


@pytest.mark.parametrize("slot", [None, "x", 3, [], {"stage": "other"}, {"stage": None}])
def test_a_strange_slot_counts_as_nothing(slot: Any) -> None:
    assert HandoffState.of(slot) == HandoffState()


def test_the_summary_holds_recognised_words_only() -> None:
    def user(intent: str, text: str, job: str | None = None) -> dict[str, Any]:
        entities = [{"entity": "job", "value": job}] if job else []
        return {"event": "user", "text": text, "parse_data": {"intent": {"name": intent}, "entities": entities}}

    events = [
        user("ask_entry", "母が病気ですが経理になれますか", "経理"),
        user("ask_worklife", "残業は？"),
        user("chitchat", "宗教の話"),
        {"event": "bot", "data": {"custom": {"self_analysis": {"axis": {"band": "clear", "value": 0.7}, "roles": []}}}},
    ]
    summary = summarise(events, ["経理"], "distress")
    assert "経理" in summary
    assert "未経験からの始め方、働き方・残業" in summary
    assert "バックオフィス寄り" in summary
    assert "病気" not in summary
    assert "宗教" not in summary
    assert summarise([], None, "asked") == ""
