"""Circumstances are told before a question; they are not what is asked."""

from __future__ import annotations

import pytest

from actions.job_answers.action import conversation
from actions.job_answers.asking import asking, closed, seeks, share_known
from actions.job_answers.turns import Outcome, State, Turn


def said(outcome: Outcome) -> str:
    return "\n".join(message.text for message in outcome.messages)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("字が汚いのがコンプレックス。事務って手書き多い？", "事務って手書き多い?"),
        ("弟が無職で。会社のPC直す仕事とかないですか？", "会社のpc直す仕事とかないですか?"),
        # Nothing is asked by the last stretch alone, or it points back.
        ("体力に自信がないです。事務ってどうですか", "体力に自信がないです。事務ってどうですか"),
        ("英語は日常会話くらい。そのレベルで足ります？", "英語は日常会話くらい。そのレベルで足ります?"),
        # What one has heard is what one asks about.
        ("女の仕事って言われたけど男でもいいんですか", "女の仕事って言われたけど男でもいいんですか"),
    ],
)
def test_the_last_stretch_asks(text: str, end: str) -> None:
    assert asking(text) == end


def test_yes_or_no() -> None:
    assert closed("裁判に出るの？")
    assert closed("みんな帰国子女？")
    assert not closed("一番きついのは？")
    assert not closed("逆は？")


def test_one_of_several_is_sought() -> None:
    assert seeks("その知識を使える部署ありますか")
    assert not seeks("資格は必要ですか")


def test_how_much_is_known() -> None:
    assert share_known("総務は備品の管理もする？", ["備品を管理する"]) == 1.0
    assert share_known("法務って特許もやるんですか", ["契約書を作成し、確認する"]) == 0.0
    assert share_known("事務ってどう？", []) == 1.0


def test_words_of_the_circumstances_lead_nowhere() -> None:
    turn = Turn("ask_job", 0.3, "弟がずっと無職で家にいます。会社のPC直す仕事とかないですか？")
    answer = said(conversation().respond(turn, State()))
    assert "情報システムの仕事です" in answer
    assert "ブランク" not in answer


def test_the_second_thing_told_is_no_second_question() -> None:
    text = "立ち仕事がきつくて辞めました。パソコンほぼ触ったことないのに事務いけますか"
    answer = said(conversation().respond(Turn("ask_skills", 0.5, text, {"job": ["事務職"]}), State()))
    assert "Word" in answer
    assert "体への負担" not in answer
