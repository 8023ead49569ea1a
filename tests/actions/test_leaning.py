"""What leans on the last answer, or is told beside a question, is read in its light."""

from __future__ import annotations

from typing import Final

import pytest

from actions.job_answers.action import conversation
from actions.job_answers.turns import Outcome, State, Turn
from actions.safety.talk import SafetyState, answer
from actions.small_talk.talk import answer as small_talk

BOTH: Final = ["バックオフィス", "事務職"]


def said(outcome: Outcome) -> str:
    return "\n".join(message.text for message in outcome.messages)


def after(first: Turn, then: Turn) -> str:
    """What is said to `then` after `first`."""
    talk = conversation()
    state = talk.respond(first, State()).state
    return said(talk.respond(then, state) if then.intent != "nlu_fallback" else talk.lost(then, state))


def test_a_few_words_are_looked_for_in_the_topic_of_the_last_answer() -> None:
    told = after(Turn("ask_certificates", 0.95, "資格とるなら何がいい？"), Turn("nlu_fallback", 0.2, "ないとだめ？"))
    assert told.startswith("いいえ、資格は必須ではありません")


def test_why_after_a_choice_has_the_reasons_of_the_chosen() -> None:
    first = Turn("ask_difference", 0.95, "未経験で入りやすいのはどっち？", {"job": BOTH})
    assert "Word" in after(first, Turn("ask_types", 0.2, "なんで？")).split("\n")[0]


def test_who_has_decided_hears_of_the_job_not_of_the_pay() -> None:
    pay = Turn("ask_untold", 0.95, "経理の年収は？", {"job": ["経理"], "matter": ["年収"]})
    assert "備品" in after(pay, Turn("follow_up", 0.9, "やっぱ総務にする", {"job": ["総務"]}))
    assert "お答えできません" in after(pay, Turn("follow_up", 0.9, "じゃあ総務は？", {"job": ["総務"]}))


def test_yes_or_no_of_a_task_is_about_the_job_talked_about() -> None:
    first = Turn("ask_job", 0.95, "営業事務ってどんな仕事？", {"job": ["営業事務"]})
    assert after(first, Turn("ask_who_does", 0.7, "お客さんと電話する？")).startswith("営業事務は")


def test_a_task_is_no_example_of_a_career() -> None:
    first = Turn("ask_career", 0.95, "事務のキャリアは？", {"job": ["事務職"]})
    assert "郵便" not in after(first, Turn("example", 0.95, "例えば？"))


def test_which_of_the_two_is_harder_is_asked_of_both() -> None:
    first = Turn("ask_difference", 0.95, "経理と人事の違いは？", {"job": ["経理", "人事"]})
    told = after(first, Turn("ask_demerits", 0.8, "どっちが難しい？"))
    assert "一概に言えません" in told
    assert "【経理】" in told
    assert "【人事】" in told


@pytest.mark.parametrize(("typed", "drawback"), [("デメリットをくらべて", True), ("メリットをくらべて", False)])
def test_a_drawback_is_no_merit(typed: str, drawback: bool) -> None:
    told = said(conversation().respond(Turn("ask_difference", 0.95, typed, {"job": BOTH}), State()))
    assert ("単調" in told) is drawback


def test_what_is_known_is_told_beside_what_is_not() -> None:
    turn = Turn("ask_untold", 0.95, "営業事務の一日って？", {"job": ["営業事務"], "matter": ["一日の流れ"]})
    told = said(conversation().respond(turn, State()))
    assert "お答えできません" in told
    assert "受発注" in told


def test_the_one_without_a_task_is_named_first() -> None:
    turn = Turn("ask_difference", 0.95, "パソコンに詳しくなくていいのは？", {"job": ["総務", "情報システム"]})
    assert said(conversation().respond(turn, State())).startswith("総務のほうです")


def test_two_traits_are_both_spoken_of() -> None:
    turn = Turn("ask_difference", 0.95, "未経験OKで土日休みなのはどっち？", {"job": BOTH})
    first = said(conversation().respond(turn, State())).split("\n")[0]
    assert "応募しやすい" in first
    assert "土日" in first


def test_what_was_done_is_told_and_not_asked() -> None:
    parts = (
        Turn("ask_step_interview", 0.9, "面接にも出てた", {"step": ["面接"]}),
        Turn("ask_who_does", 0.9, "会社でいうとどこの部署の仕事"),
    )
    turn = Turn(
        "ask_step_interview", 0.9, "新人に教えて面接にも出てた。会社でいうとどこの部署の仕事", {"step": ["面接"]},
        questions=parts,
    )  # fmt: skip
    assert "人事" in said(conversation().respond(turn, State()))


def test_thanks_are_no_liking() -> None:
    turn = Turn("ask_suits", 0.95, "ありがとう！ついでに人事に向いてる人も教えて", {"job": ["人事"]})
    assert "候補になりそう" not in said(conversation().respond(turn, State()))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("住所とか聞かれますか", "書かなくて大丈夫"),
        ("会社にバレたりしない？", "お知らせすることはありません"),
        ("録音してる？", "録音や録画はしていません"),
        ("個人情報はどうなりますか", "お仕事のご相談のためだけ"),
    ],
)
def test_privacy_is_answered_by_what_is_asked_of_it(typed: str, expected: str) -> None:
    assert expected in answer("privacy", typed, SafetyState()).text.split("\n")[0]


def test_a_good_morning_is_given_back() -> None:
    assert small_talk("greet", "おはよう").text.startswith("おはようございます")
    assert small_talk("greet", "どうも").text.startswith("こんにちは")
