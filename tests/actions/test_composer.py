"""Answers as people read them: length, buttons, pairs, what must never be said."""

import itertools
import json
import re

import pytest

from actions.job_answers.action import conversation
from actions.job_answers.aspects import ASPECT_OF, STEP_OF
from actions.job_answers.compose import page
from actions.job_answers.conversation import Conversation
from actions.job_answers.model import Line, Plan
from actions.job_answers.turns import TOPIC, Outcome, State, Turn
from actions.knowledge.model import GROUPS, knowledge

JOBS = (*GROUPS, *knowledge().jobs)
LONGEST = 350
FORBIDDEN = re.compile(r"受かりやす|天職|必ず|\d+万円|\d+級|\d+点|絶対")


def said(outcome: Outcome) -> str:
    return "\n".join(message.text for message in outcome.messages)


def ask(intent: str, text: str = "", state: State | None = None, **entities: list[str]) -> Outcome:
    return conversation().respond(Turn(intent, 1.0, text, entities), state or State())


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("intent", ["ask_job", "ask_difference", "ask_types", *ASPECT_OF])
def test_every_question_about_every_job_has_a_short_answer(intent: str, job: str) -> None:
    outcome = ask(intent, job=[job])
    assert 20 <= len(said(outcome)) <= LONGEST
    assert not FORBIDDEN.search(said(outcome))
    assert "{" not in said(outcome)
    assert "\n\n" not in said(outcome)  # Rasa would make two messages of it


@pytest.mark.parametrize("intent", TOPIC)
def test_every_question_without_a_job_has_a_short_answer(intent: str) -> None:
    outcome = ask(intent, "")
    assert 20 <= len(said(outcome)) <= LONGEST


@pytest.mark.parametrize(("a", "b"), itertools.combinations(JOBS, 2))
def test_every_pair_is_compared_from_both_sides(a: str, b: str) -> None:
    known = knowledge().subjects
    for first, second in ((a, b), (b, a)):
        text = said(ask("ask_difference", job=[first, second]))
        assert len(text) <= LONGEST
        if {a, b} == set(GROUPS):
            assert all(words in text for words in ("会社全体", "部署", "専門性", "最大の違い"))
        else:
            assert known[a].contrast in text
            assert known[b].contrast in text


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("経理", "経理事務", "昇格や転身"),
        ("人事", "人事事務", "昇格や転身"),
        ("人事", "労務", "採用と育成"),
        ("総務", "一般事務", "支える範囲が違い"),
        ("経理", "財務", "資金を集めて"),
        ("経理事務", "バックオフィス", "橋渡し"),
        ("法務", "バックオフィス", "法務は、バックオフィスの仕事のひとつ"),
        ("財務", "営業事務", "会社全体を支え"),
    ],
)
def test_what_joins_two_jobs_is_said(a: str, b: str, words: str) -> None:
    assert words in said(ask("ask_difference", job=[a, b]))


@pytest.mark.parametrize("aspect", list(ASPECT_OF))
def test_three_jobs_side_by_side_stay_short(aspect: str) -> None:
    assert len(said(ask(aspect, job=["経理", "人事", "貿易事務"]))) <= LONGEST


@pytest.mark.parametrize("intent", ["ask_job", "ask_difference", *ASPECT_OF, *STEP_OF, "ask_service"])
@pytest.mark.parametrize("job", ["バックオフィス", "情報システム", "経理"])
def test_buttons_are_few_short_and_lead_somewhere(intent: str, job: str) -> None:
    (message,) = ask(intent, job=[job]).messages
    assert 1 <= len(message.buttons) <= 4
    assert len({button.title for button in message.buttons}) == len(message.buttons)
    for button in message.buttons:
        assert len(button.title) <= 20
        match = re.fullmatch(r"/([a-z_]+)(\{.*\})?", button.payload)
        assert match
        for name in json.loads(match[2] or "{}").get("job", []) if match[2] else []:
            assert name


def test_more_goes_on_until_nothing_is_left_and_says_nothing_twice() -> None:
    outcome = ask("ask_suits", job=["バックオフィス"])
    lines: list[str] = []
    for _ in range(10):
        lines += [row for row in said(outcome).splitlines() if row.startswith("・")]
        if not outcome.state.level or not outcome.state.level["left"]:
            break
        outcome = ask("more_detail", state=outcome.state)
    assert len(lines) == len(set(lines)) >= 14
    assert "以上です" in said(ask("more_detail", state=outcome.state))


def test_a_page_never_splits_a_line_and_always_says_something() -> None:
    long = Line("a", "あ" * 500)
    assert page(Plan((long, Line("b", "い"))), (), 340).shown == ("a",)


@pytest.mark.parametrize(
    ("question", "job"),
    [
        ("契約書のチェックは誰の仕事？", "法務"),
        ("給料計算してるのは？", "労務"),
        ("パソコン壊れたら誰？", "情報システム"),
        ("見積書作るのは？", "営業事務"),
        ("DX進めるのは？", "情報システム"),
        ("新人の研修をするのはどこの部署", "人事"),
        ("税関の手続きってだれがやるの", "貿易事務"),
        ("社員旅行を企画するのは？", "総務"),
        ("銀行からお金を借りるのは？", "財務"),
        ("交通費の精算を手伝うのは？", "経理事務"),
        ("退職の手続きをするのは", "人事事務"),
        ("決算書を作る人", "経理"),
        ("郵便の仕分けは誰がやる？", "一般事務"),
        ("Wi-Fiがつながらない時は誰に言えばいい？", "情報システム"),
        ("会社のルールを作るのは？", "法務"),
        ("きゅうりょうけいさんはだれのしごと", "労務"),
        ("けいやくしょのちぇっくはだれ", "法務"),
    ],
)
def test_who_does_a_task(question: str, job: str) -> None:
    first = said(ask("ask_who_does", question)).split("\n")[0]
    assert f"{job}の仕事です" in first


def test_an_unknown_task_is_not_guessed() -> None:
    assert "見つけられませんでした" in said(ask("ask_who_does", "宇宙船の操縦は？"))


@pytest.mark.parametrize(
    ("question", "named", "not_named"),
    [
        ("数字が好きです", ["経理", "財務"], []),
        ("数字が好きで、人と話すのは苦手です", ["経理", "人と話すことは得意ではない"], ["「人と話すのが好き」"]),
        ("英語を使いたい", ["貿易事務"], []),
        ("人と話すのが得意", ["営業事務", "人事"], []),
        ("パソコンが好き", ["情報システム"], []),
        ("細かい作業をコツコツするのが好き", ["経理事務", "一般事務"], []),
    ],
)
def test_a_hint_gives_reasons_and_no_verdict(question: str, named: list[str], not_named: list[str]) -> None:
    outcome = ask("ask_what_suits_me", question)
    text = said(outcome)
    assert all(words in text for words in named)
    assert not any(words in text for words in not_named)
    assert "決めつけではありません" in text
    assert "/start_self_analysis" in [button.payload for button in outcome.messages[0].buttons]
    assert outcome.state.offer == {"intent": "start_self_analysis"}


@pytest.mark.parametrize(
    ("intent", "question", "jobs", "named", "not_named"),
    [
        ("ask_what_suits_me", "飲食店で働いてました。どんな仕事が向いてる？", [], ["経験」は", "営業事務"], ["好き"]),
        ("ask_what_suits_me", "営業を10年。バックオフィスならどれが合う？", ["バックオフィス"], ["人事（バック"], []),
        ("ask_entry", "美容師だったけど事務に活かせることある？", ["事務職"], ["営業事務（事務"], ["会社によって"]),
        ("ask_what_suits_me", "接客はもうやりたくない", [], ["得意ではない"], ["経験」は"]),
        ("ask_who_does", "受付の仕事って何事務？", [], ["一般事務の仕事です"], ["経験」は"]),
    ],
)  # fmt: skip
def test_what_was_done_before_points_to_jobs_and_is_no_liking(
    intent: str, question: str, jobs: list[str], named: list[str], not_named: list[str]
) -> None:
    text = said(ask(intent, question, job=jobs))
    assert all(words in text for words in named), text
    assert not any(words in text for words in not_named), text


@pytest.mark.parametrize("matter", [matter.name for matter in knowledge().matters])
def test_what_cannot_be_known_is_said_with_the_way_to_find_out(matter: str) -> None:
    text = said(ask("ask_untold", matter=[matter], job=["経理"]))
    assert re.search("お答えできません|お伝えできません|私にはできません", text)
    assert re.search("確かめ|アドバイザー|調べ", text)


def test_remote_work_asked_as_work_life_is_not_answered_with_overtime() -> None:
    text = said(ask("ask_worklife", "経理って在宅できる？", job=["経理"], matter=["リモート"]))
    assert "お答えできません" in text.split("\n")[0]


def test_service_terms_come_from_the_operator_and_are_else_not_told() -> None:
    known = conversation().answers
    answers = type(known)(known.known, known.index, {"fee": "無料です。", "hours": None}, known.asked, known.owners)
    talk = Conversation(answers)
    assert "利用料金：無料です。" in said(talk.respond(Turn("ask_service_terms", 1.0, "料金は？"), State()))
    text = said(talk.respond(Turn("ask_service_terms", 1.0, "何時までやってる？"), State()))
    assert "お答えできません" in text
    assert "アドバイザー" in text


@pytest.mark.parametrize(
    ("intent", "text", "jobs", "first"),
    [
        ("ask_entry", "事務職って研修ある？", ["事務職"], "OJT"),
        ("ask_worklife", "事務職は土日休み？", ["事務職"], "土日祝日"),
        ("ask_suits", "営業事務に向いてる人は？", ["営業事務"], "コミュニケーション力と調整力"),
        ("ask_demerits", "事務職ってつまらない？", ["事務職"], "単調"),
        ("ask_step_interview", "面接でよく聞かれる質問は？", [], "なぜバックオフィス"),
        ("ask_job", "バックオフィスってお客さんと話す？", ["バックオフィス"], "お客様と直接"),
    ],
)
def test_the_persons_own_words_choose_what_comes_first(intent: str, text: str, jobs: list[str], first: str) -> None:
    answer = said(ask(intent, text, job=jobs))
    assert first in "\n".join(answer.split("\n")[:2])


def test_what_explains_a_point_stands_behind_it() -> None:
    """No '【専門知識が必要】' of its own on the page that says the point."""
    for job in JOBS:
        text = said(ask("ask_demerits", job=[job]))
        assert "【専門知識が必要】" not in text
        assert "【単調に感じることがある】" not in text
        assert len(text) <= LONGEST
    office = said(ask("ask_demerits", job=["事務職"]))
    (row,) = [line for line in office.splitlines() if line.startswith("・単調に感じることがある")]
    assert "効率化や工夫" in row
