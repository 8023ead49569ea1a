"""A question about one thing is answered with that thing first, in few words."""

import re

import pytest

from actions.job_answers.action import conversation
from actions.job_answers.turns import Outcome, State, Turn
from actions.knowledge.model import GROUPS, knowledge

JOBS = (*GROUPS, *knowledge().jobs)
LONGEST = 350
# What the bot must not promise, and a title that nobody here has.
FORBIDDEN = re.compile(r"絶対|必ず(?!しも)|天職|受かりやす|キャリアコンサルタント|\d+(?:万円|級|点|歳|%)")


def said(outcome: Outcome) -> str:
    return "\n".join(message.text for message in outcome.messages)


def ask(intent: str, text: str, *jobs: str, state: State | None = None) -> Outcome:
    return conversation().respond(Turn(intent, 1.0, text, {"job": list(jobs)} if jobs else {}), state or State())


@pytest.mark.parametrize(
    ("intent", "text", "jobs", "first"),
    [
        ("ask_job", "総務って社内イベントもやるの？", ["総務"], "はい、社内行事を企画するのも、総務の仕事です。"),
        ("ask_job", "経理事務って決算もやる？", ["経理事務"], "決算書をつくるのは、主に経理の仕事です。"),
        ("ask_job", "一般事務は電話に出なくていい？", ["一般事務"], "電話やメールに対応するのも、一般事務の仕事です。"),
        ("ask_job", "事務って経費精算もやるの？", ["事務職"], "経費の精算を支援するのは、事務職の中では経理事務の"),
        ("ask_worklife", "事務って残業多い？", ["事務職"], "事務職は、残業が少ない企業が多いとされています。"),
        (
            "ask_skills",
            "貿易事務は英語できないとだめ？",
            ["貿易事務"],
            "貿易事務は、英語などの語学力を求められることが多い",
        ),
        ("ask_entry", "未経験可の求人ってWordできればいい？", [], "WordやExcelの基本ができれば"),
        ("ask_certificates", "資格って必須ですか", [], "いいえ、資格は必須ではありません"),
        ("ask_worklife", "営業事務って残業ある？", ["営業事務"], "事務職全体の話になりますが、"),
        ("ask_skills", "事務の中で専門性が高いのはどれ？", ["事務職"], "事務職の中で専門性があるのは"),
        ("ask_untold", "会社の雰囲気って確かめたほうがいい？", [], "企業の規模、文化、働き方を確かめて"),
    ],
)
def test_the_one_thing_comes_first(intent: str, text: str, jobs: list[str], first: str) -> None:
    answer = said(ask(intent, text, *jobs))
    assert answer.startswith(first)
    assert len(answer) <= LONGEST


@pytest.mark.parametrize(
    ("intent", "text", "jobs"),
    [
        ("ask_job", "総務の仕事内容を教えてください", ["総務"]),
        ("ask_job", "法務ってどんな仕事？", ["法務"]),
        ("ask_difference", "経理と経理事務の違いは？", ["経理", "経理事務"]),
        ("ask_suits", "バックオフィスに向いている人は？", ["バックオフィス"]),
    ],
)
def test_a_general_question_gets_the_general_answer(intent: str, text: str, jobs: list[str]) -> None:
    assert said(ask(intent, text, *jobs)) == said(ask(intent, "", *jobs))


@pytest.mark.parametrize(
    ("text", "job"),
    [("法務の人って裁判に出るの？", "法務"), ("総務って電球の交換までするの？", "総務"),
     ("労務って年末調整もやる？", "労務"),
     ("一般事務ってお茶くみある？", "一般事務"), ("情シスはハッカーと戦うんですか？", "情報システム"),
     ("労務って社員の病気の相談も聞くの？", "労務")],
)  # fmt: skip
def test_yes_is_said_only_to_what_is_known(text: str, job: str) -> None:
    answer = said(ask("ask_job", text, job))
    assert answer.startswith("会社によって違い、")
    assert "お答えできません" in answer.splitlines()[0]
    assert "法律相談" not in answer or job == "法務"
    assert len(answer) <= LONGEST


def test_a_rumour_that_nothing_here_speaks_of_is_left_open() -> None:
    answer = said(ask("ask_demerits", "営業事務って営業に怒鳴られるって聞いたんだけど", "営業事務"))
    assert answer.startswith("そう言われることもあるかもしれませんが、")


@pytest.mark.parametrize("text", ["秘書と事務の違い", "広報は事務に入りますか", "公務員の事務と会社の事務は一緒？"])
def test_a_job_that_is_none_of_ours_is_said_to_be_unknown(text: str) -> None:
    answer = said(ask("ask_difference", text, "事務職"))
    assert "私の知識にない" in answer.splitlines()[0]
    assert "書類を作成する" in answer
    assert "バックオフィスは会社全体" not in answer


def test_own_facts_never_stand_under_the_header_of_the_group() -> None:
    text = said(ask("ask_skills", "一般事務に丁寧さって大事？", "一般事務"))
    own, _, shared = text.partition("事務職全体では")
    assert "正確さ、ていねいさ" in own
    assert "正確さ、ていねいさ" not in shared


@pytest.mark.parametrize("entry", knowledge().direct, ids=lambda entry: f"{entry.number}")
def test_every_direct_answer_is_reached_and_short(entry) -> None:  # type: ignore[no-untyped-def]
    """The first word of each group, for every subject that the entry is about."""
    answers = conversation().answers
    words = "、".join(group[0] for group in entry.every)
    reached = False
    for about in [sorted(entry.about)] if entry.together else [[name] for name in sorted(entry.about)]:
        jobs = [name for name in about if name in JOBS]
        text = "".join(jobs) + "は、" + words
        outcome = ask("ask_suits" if len(jobs) < 2 else "ask_difference", text, *jobs)
        assert len(said(outcome)) <= LONGEST
        assert not FORBIDDEN.search(said(outcome))
        assert outcome.messages[-1].buttons
        reached = reached or entry.say in said(outcome)
    # Another entry may know the same words better; then it is reached by more of its own.
    fuller = "、".join(word for group in entry.every for word in group if word not in entry.without)
    jobs = [name for name in sorted(entry.about) if name in JOBS][: 9 if entry.together else 1]
    reached = reached or answers.knows(Turn("ask_suits", 1.0, fuller, {"job": jobs}).question())
    assert reached


def test_places_in_the_last_answer() -> None:
    first = ask("ask_difference", "経理と財務の違いは？", "経理", "財務")
    second = ask("answer_typed", "後者は？", state=first.state)
    assert said(second).startswith("財務は、")
    steps = ask("ask_steps", "転職の流れは？")
    research = ask("more_detail", "2番目をもっと詳しく", state=steps.state)
    assert "企業や業界の情報" in said(research)
    assert "履歴書" in said(ask("ask_steps", "その次は？", state=research.state))


def test_what_only_looks_like_two_questions_is_answered_once() -> None:
    parts = (
        Turn("ask_difference", 0.9, "事務職とバックオフィス", {"job": ["事務職", "バックオフィス"]}),
        Turn("ask_difference", 0.9, "どっちが大事な仕事？"),
    )
    turn = Turn(
        "ask_difference", 0.9, "事務職とバックオフィス、どっちが大事な仕事？", {"job": ["事務職", "バックオフィス"]},
        questions=parts,
    )  # fmt: skip
    outcome = conversation().respond(turn, State())
    assert len(outcome.messages) == 1
    assert "どちらも" in said(outcome)


def test_two_real_questions_about_the_job_that_one_of_them_names() -> None:
    parts = (
        Turn("ask_demerits", 0.9, "単調なのかな。"),
        Turn("ask_career", 0.9, "事務の将来は？", {"job": ["事務職"]}),
    )
    turn = Turn("ask_demerits", 0.9, "単調なのかな。事務の将来は？", {"job": ["事務職"]}, questions=parts)
    outcome = conversation().respond(turn, State())
    assert len(outcome.messages) == 2
    assert "バックオフィス" not in outcome.messages[0].text


def test_another_subject_twice_running_is_said_differently_and_offers_a_human() -> None:
    turn = Turn("out_of_scope", 0.99, "カレーの作り方")
    first = conversation().out_of_scope(turn, State())
    second = conversation().out_of_scope(turn, first.state)
    assert said(first) != said(second)
    assert second.messages[0].buttons[0].payload == "/request_human"


def test_a_job_named_is_never_another_subject() -> None:
    turn = Turn("out_of_scope", 0.97, "経理のスペシャリストになりたい", {"job": ["経理"]})
    assert "簿記" in said(conversation().out_of_scope(turn, State()))


def test_a_certificate_is_no_taste() -> None:
    turn = Turn("ask_what_suits_me", 1.0, "簿記3級とったんだけど活かせる仕事ある？", {"certificate": ["日商簿記"]})
    answer = said(conversation().respond(turn, State()))
    assert answer.count("関係の深い資格です") == 1
    assert answer.count("必須ではありません") == 1
    assert "好き" not in answer
    taste = Turn("ask_what_suits_me", 1.0, "簿記もってて人と話すのが好き。何が合う？", {"certificate": ["日商簿記"]})
    assert "人と話すのが好き" in said(conversation().respond(taste, State()))


def test_two_things_that_are_no_jobs_are_not_compared_as_jobs() -> None:
    after = ask("ask_difference", "経理と人事の違いは？", "経理", "人事").state
    answer = said(ask("ask_skills", "正確さとスピードどっちが大事？", state=after))
    assert "速さと正確さ" in answer
    assert "上下はありません" not in answer
    assert "別の魅力" not in answer
