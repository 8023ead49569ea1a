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


@pytest.mark.parametrize(
    ("intent", "text", "jobs", "first"),
    [
        # Who may ask for advice is no matter of the hours and the fee.
        (
            "ask_service_terms",
            "父は定年後です。父でも相談できます？",
            [],
            "このチャットでは、ご家族やお友だちの代わりに",
        ),
        ("ask_what_suits_me", "仕事が続かない。そんな私でも相談していい？", [], "はい、ご相談は、"),
        # Whose work it is that is told of.
        (
            "ask_suits",
            "町内会の役員です。行事の段取りとか。総務っぽい？",
            ["総務"],
            "はい、社内行事を企画するのも、総務",
        ),
        (
            "ask_worklife",
            "塾で時給の計算と社保の手続きをしてた。何て職種？",
            [],
            "「社会保険の手続きをする」のは、労務",
        ),
        # What one is bad at is no liking.
        ("ask_suits", "気が利かないとよく言われます。総務って無理？", ["総務"], "調整や段取りは得意ではない"),
        ("ask_suits", "計算ミスが多いです。経理はやめたほうがいい？", ["経理"], "数字や計算は得意ではない"),
        # Of two jobs the one to which a liking points.
        (
            "ask_difference",
            "コツコツ派です。法務と経理で迷ってます",
            ["法務", "経理"],
            "「細かい作業をコツコツ進めるのが得意」なら、経理",
        ),
        # What answers comes first, though it stands among the first lines anyhow.
        (
            "ask_temp_work",
            "派遣で10年事務してました。正社員になりたい。遅い？",
            ["事務職"],
            "実績を積めば、正社員への登用",
        ),
        # What is heard of another matter is no rumour about the job, and what is 'only' elsewhere no claim about it.
        (
            "ask_demerits",
            "APDって言うらしい。電話で聞き取れない。事務きつい？",
            ["事務職"],
            "電話応対は、事務職の中心的な",
        ),
        ("ask_entry", "夜勤ばかりで眠い。書類は好き。一般事務に男でも入れる？", ["一般事務"], "仕事は性別に関係なく"),
    ],
)
def test_who_tells_of_themselves_is_answered_first(intent: str, text: str, jobs: list[str], first: str) -> None:
    turn = Turn(intent, 0.95, text, {"job": jobs} if jobs else {})
    outcome = conversation().respond(turn, State(comforted=True))
    assert said(outcome).removeprefix("事務職全体の話になりますが、").startswith(first)


def test_who_only_tells_is_asked_what_they_want_to_know() -> None:
    outcome = conversation().lost(Turn("nlu_fallback", 0.2, "前は左官。膝を痛めた。"), State())
    assert "どんなことが気になりますか" in said(outcome)
    # Only once: then it was not understood.
    again = conversation().lost(Turn("nlu_fallback", 0.2, "夫は漁師。家は港町。"), outcome.state)
    assert "どんなことが気になりますか" not in said(again)
