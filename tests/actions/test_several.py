"""What is asked together is answered together: a kind word first, other topics in passing, controls where they lean."""

from __future__ import annotations

from typing import Final

import pytest

from actions.beside import answered_beside, kind_word
from actions.job_answers.action import conversation
from actions.job_answers.turns import Outcome, State, Turn

ACCOUNTING: Final = Turn("ask_job", 0.95, "経理って何する？", {"job": ["経理"]})
CERTIFICATES: Final = Turn("ask_certificates", 0.95, "資格はいる？")


def texts(outcome: Outcome) -> list[str]:
    return [message.text for message in outcome.messages]


def test_a_kind_word_goes_before_the_answer_and_is_one_sentence() -> None:
    turn = Turn("ask_certificates", 0.95, "ありがとう。経理の資格は？", {"job": ["経理"]},
                remarks=(Turn("thanks", 0.99, "ありがとう"),))  # fmt: skip
    first, answer = texts(conversation().respond(turn, State()))
    assert first.count("。") == 1
    assert "簿記" in answer


def test_who_is_worried_is_answered_and_offered_a_human() -> None:
    entry = Turn("ask_entry", 0.9, "未経験でも事務に就けますか", {"job": ["事務職"]})
    turn = Turn("distress", 0.9, "不安で眠れません。未経験でも事務に就けますか", {"job": ["事務職"]},
                questions=(entry,), remarks=(Turn("distress", 0.9, "不安で眠れません"),))  # fmt: skip
    outcome = conversation().respond(turn, State())
    assert "お気持ち" in texts(outcome)[0]
    assert "挑戦しやすい" in "".join(texts(outcome)[1:])
    assert outcome.messages[-1].buttons[-1].payload.startswith("/request_human")


def test_trouble_at_work_is_told_where_to_turn_and_alerts() -> None:
    turn = Turn("distress", 0.9, "パワハラがつらい。何から始めればいい？",
                questions=(Turn("ask_steps", 0.9, "何から始めればいい？"),),
                remarks=(Turn("distress", 0.9, "パワハラがつらい"),))  # fmt: skip
    outcome = conversation().respond(turn, State())
    assert outcome.messages[0].alert == {"kind": "labour", "urgency": "soon"}
    assert "自己分析" in "".join(texts(outcome)[1:])


def test_other_topics_answer_their_part_in_passing() -> None:
    parts = (Turn("privacy", 0.9, "会話は残る？"), Turn("ask_bot", 0.9, "君は人間？"), ACCOUNTING)
    told = texts(conversation().respond(Turn("privacy", 0.9, "…", {"job": ["経理"]}, questions=parts), State()))
    assert len(told) == 3
    assert "保存" in told[0]
    assert "自動応答" in told[1]
    assert "取引" in told[2]
    assert all(len(text) <= 350 for text in told)


def test_a_control_leans_on_the_last_answer_and_the_question_follows() -> None:
    talk = conversation()
    before = talk.respond(Turn("ask_merits", 0.95, "経理のメリットは？", {"job": ["経理"]}), State())
    demerits = Turn("ask_demerits", 0.95, "大変なところは？")
    turn = Turn("ask_demerits", 0.9, "もっと詳しく。あと大変なところは？",
                questions=(Turn("more_detail", 0.9, "もっと詳しく"), demerits))  # fmt: skip
    more, hard = texts(talk.respond(turn, before.state))
    assert not set(more.splitlines()) & set(texts(before)[0].splitlines())
    assert "専門知識" in hard or "勉強" in hard


def test_a_control_before_a_new_subject_is_about_that() -> None:
    funds = Turn("ask_job", 0.95, "財務って何する？", {"job": ["財務"]})
    turn = Turn("ask_job", 0.9, "例をあげて。財務って何する？", {"job": ["財務"]},
                questions=(Turn("example", 0.9, "例をあげて"), funds))  # fmt: skip
    first, then = texts(conversation().respond(turn, State(focus_jobs=("人事",))))
    assert "資金" in first
    assert then.startswith("たとえば")


def test_what_takes_the_conversation_over_comes_last() -> None:
    parts = (Turn("request_human", 0.9, "人と話したい"), ACCOUNTING)
    outcome = conversation().respond(Turn("request_human", 0.9, "…", {"job": ["経理"]}, questions=parts), State())
    assert outcome.followup == "action_handoff"
    assert "取引" in texts(outcome)[0]


def test_two_nouns_are_two_questions_though_one_cannot_be_told() -> None:
    turn = Turn("ask_untold", 0.9, "経理の残業と年収が気になる", {"job": ["経理"], "matter": ["年収"]})
    overtime, pay = texts(conversation().respond(turn, State()))
    assert "残業" in overtime
    assert "お答えできません" in pay


@pytest.mark.parametrize("intent", ["discrimination", "labour_trouble"])
def test_what_is_hardly_heard_is_not_pitied(intent: str) -> None:
    assert answered_beside(Turn(intent, 0.4, "面接で聞かれる？")) is None
    assert answered_beside(Turn(intent, 0.9, "面接で聞かれた")) is not None


def test_a_question_alone_gets_no_kind_word() -> None:
    assert kind_word(()) == ""
    assert not conversation().composes(ACCOUNTING)
    assert not conversation().composes(Turn("privacy", 0.9, "会話は残る？"))
    assert conversation().composes(Turn("ask_job", 0.9, "…", questions=(ACCOUNTING, CERTIFICATES)))
