"""Whole conversations with the served model over real HTTP: from what is typed to what is read."""

from __future__ import annotations

import pytest

from tests.serving import Engine


def test_the_notice_is_said_once_and_before_the_first_answer(engine: Engine) -> None:
    first, second = (engine.say("notice", words) for words in ("経理ってどんな仕事？", "財務は？"))
    assert "自動応答" in first[0]["text"]
    assert "経理は、" in first[1]["text"]
    assert not any("自動応答" in (reply.get("text") or "") for reply in second)


def test_the_notice_is_left_to_the_desk_where_it_said_it(engine: Engine) -> None:
    replies = engine.say("notice-said", "経理ってどんな仕事？", notice_said=True)
    assert not any("自動応答" in (reply.get("text") or "") for reply in replies)


@pytest.mark.parametrize(
    "turns",
    [
        [("経理ってどんな仕事ですか？", "取引を記録"), ("じゃあ人事は？", "採用"),
         ("デメリットは？", "人事の大変なところ"), ("もっと簡単に言って", "かんたんに言うと"),
         ("例えば？", "たとえば")],
        [("経理の仕事内容を教えてください", "経理は、"), ("違う、経理事務のほう", "経理事務は、")],
        [("バックオフィスに向いている人は？", "縁の下"), ("もっと詳しく教えて", "【"), ("もう一回言って", "【")],
        [("契約書のチェックは誰の仕事？", "法務の仕事です"), ("経理の年収はいくらですか？", "お答えできません")],
        [("数字が好き。どんな仕事が向いていますか？", "経理"),
         ("/ask_merits{\"job\": \"経理\"}", "経理の良いところ")],
    ],
    ids=["what went before", "corrected", "more and again", "who, and what cannot be told", "hint and a tap"],
)  # fmt: skip
def test_a_conversation(engine: Engine, turns: list[tuple[str, str]], request: pytest.FixtureRequest) -> None:
    for typed, expected in turns:
        reply = engine.text(request.node.name, typed)
        assert expected in reply, f"{typed} -> {reply}"


def test_two_questions_are_both_answered(engine: Engine) -> None:
    reply = engine.text("two", "経理ってどんな仕事ですか？あと、資格は必要ですか？")
    assert "取引を記録" in reply
    assert "簿記" in reply


@pytest.mark.parametrize("typed", ["🐟🐟🐟", "あ" * 4000, "\u200b", '/ask_job{"job": "魔法使い"}', "。。。"])
def test_whatever_is_typed_gets_a_sentence_and_the_focus_stays(engine: Engine, typed: str) -> None:
    sender = f"odd-{len(typed)}-{ord(typed[0])}"
    engine.text(sender, "労務ってどんな仕事ですか？")
    assert engine.text(sender, typed)
    assert "労務" in engine.text(sender, "デメリットは？")
