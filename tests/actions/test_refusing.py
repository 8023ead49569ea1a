"""What a person does not want is no word of what is wanted."""

from __future__ import annotations

import pytest

from actions.job_answers.action import conversation
from actions.job_answers.refusing import refused, refuses_temp
from actions.job_answers.turns import Outcome, State, Turn
from actions.knowledge.model import GROUPS


def said(outcome: Outcome) -> str:
    return "\n".join(message.text for message in outcome.messages)


def ask(text: str, *jobs: str, intent: str = "nlu_fallback", state: State | None = None) -> Outcome:
    turn = Turn(intent, 0.2, text, {"job": list(jobs)} if jobs else {})
    return conversation().respond(turn, state or State())


@pytest.mark.parametrize(
    ("text", "jobs", "things"),
    [
        ("受付と電話以外の事務ない？", (), ("受付と電話",)),
        ("経理と財務以外でお金さわる仕事ある？", ("経理", "財務"), ()),
        ("営業事務じゃないやつで、人と話せる事務ある？", ("営業事務",), ()),
        ("貿易事務抜きで、事務の種類おしえて", ("貿易事務",), ()),
        ("クレーム対応がない職種がいいんですけど", (), ("クレーム対応",)),
        ("数字に弱いから経理系はパス。残りで未経験OKなのは？", ("経理",), ()),
        ("勉強しなくていいバックオフィスある？", (), ("勉強",)),
        ("法務や労務はちょっと…。それ以外のバックオフィスだとどれ？", ("法務", "労務"), ()),
    ],
)
def test_what_is_refused(text: str, jobs: tuple[str, ...], things: tuple[str, ...]) -> None:
    refusal = refused(text)
    assert refusal is not None
    assert refusal.seeks
    assert (refusal.jobs, refusal.things) == (jobs, things)


@pytest.mark.parametrize(
    "text",
    [
        "人事の仕事って採用だけじゃないよね？",
        "データ入力だけじゃない事務ってある？",
        "事務ってあわないかな",
        "資格がないと無理？",
        "パソコン以外にもどの会社でも必要な力って何の仕事でも同じ？",
    ],
)
def test_what_refuses_nothing(text: str) -> None:
    assert refused(text) is None


def test_the_jobs_without_it_are_named_first() -> None:
    answer = said(ask("受付と電話以外の事務ない？", "事務職"))
    assert answer.startswith("候補になりそうなのは、経理事務、人事事務です。")
    assert "会社によって違う" in answer


def test_what_is_wished_for_is_chosen_among_the_rest() -> None:
    answer = said(ask("経理と財務以外でお金さわる仕事ある？", "経理", "財務"))
    assert answer.startswith("数字やお金を中心に扱うのは、経理事務です。")
    assert "財務" not in answer


def test_a_refused_job_is_not_listed() -> None:
    answer = said(ask("貿易事務抜きで、事務の種類おしえて", "事務職", "貿易事務", intent="ask_types"))
    assert "一般事務" in answer
    assert "貿易" not in answer


def test_both_groups_are_still_compared() -> None:
    answer = said(ask("お客さんと会わないのはどっち？事務？バックオフィス？", *GROUPS, intent="ask_difference"))
    assert answer.startswith("お客様と直接やり取りする場面が少ないのは、バックオフィスです。")


def test_beside_a_job_that_is_talked_about_nothing_is_sought() -> None:
    talk = conversation()
    before = talk.respond(Turn("ask_certificates", 0.95, "貿易事務の資格は？", {"job": ["貿易事務"]}), State())
    answer = said(talk.respond(Turn("ask_skills", 0.95, "語学以外に必要なのは"), before.state))
    assert "貿易の知識" in answer
    assert not answer.startswith("英語などの語学力を求められることが多いのは")


@pytest.mark.parametrize(
    ("text", "refuses"),
    [
        ("派遣じゃなくて最初から正社員で", True),
        ("契約社員は嫌です、正社員になる方法は？", True),
        ("派遣にはなりたくない", True),
        ("派遣じゃないと無理ですか", False),
        ("派遣でもいいですか", False),
    ],
)
def test_a_way_in_that_is_refused(text: str, refuses: bool) -> None:
    assert refuses_temp(text) is refuses


@pytest.mark.parametrize("intent", ["ask_temp_work", "ask_entry"])
def test_a_way_in_that_is_refused_is_not_offered(intent: str) -> None:
    turn = Turn(intent, 0.95, "派遣じゃなくて最初から正社員で")
    told = said(conversation().respond(turn, State()))
    assert "初めて正社員になるとき" in told
    assert "派遣" not in told
    asked = said(conversation().respond(Turn(intent, 0.95, "派遣から始めるのってどう？"), State()))
    assert "派遣" in asked


def test_beside_a_refused_way_the_other_question_is_answered_alone() -> None:
    text = "契約社員じゃなくて正社員がいい。未経験でもなれる？"
    parts = (
        Turn("ask_temp_work", 0.9, "契約社員じゃなくて正社員がいい。"),
        Turn("ask_entry", 0.9, "未経験でもなれる？"),
    )
    told = said(conversation().respond(Turn("ask_temp_work", 0.9, text, questions=parts), State()))
    assert "未経験から目指せます" in told
    assert "派遣や契約から始める方法" not in told


def test_a_job_without_what_was_spoken_of_before() -> None:
    phone = conversation().respond(Turn("ask_worklife", 0.95, "電話が苦手"), State()).state
    told = said(ask("そういうのがない事務ある？", "事務職", state=phone))
    assert told.startswith("候補になりそうなのは、経理事務")
    drawbacks = conversation().respond(Turn("ask_demerits", 1.0, "", {"job": ["経理事務"]}), State()).state
    assert "私からは言えません" in said(ask("そういうのがない事務", "事務職", state=drawbacks))
