"""Which of several jobs: one sentence first, and nothing claimed that is not known."""

import pytest

from actions.job_answers.action import conversation
from actions.job_answers.listed import listed
from actions.job_answers.turns import Outcome, State, Turn
from actions.knowledge.model import GROUPS, knowledge


def said(outcome: Outcome) -> str:
    return "\n".join(message.text for message in outcome.messages)


def ask(text: str, *jobs: str, intent: str = "ask_difference", state: State | None = None) -> Outcome:
    return conversation().respond(Turn(intent, 0.7, text, {"job": list(jobs)} if jobs else {}), state or State())


@pytest.mark.parametrize(
    ("text", "jobs", "first"),
    [
        ("総務と人事ならどっちが採用するの", ["総務", "人事"], "社員を採用するのは、人事の仕事です。"),
        (
            "一般事務と営業事務、英語を使うのはどっち？",
            ["一般事務", "営業事務"],
            "一般事務、営業事務のどちらがそうかは",
        ),
        ("人事と総務と労務、どれが一番人と関わる？", ["人事", "総務", "労務"], "仕事の中身から考えると、人との"),
        ("経理、財務、法務でお金を扱わないのは？", ["経理", "財務", "法務"], "法務のほうです。"),
        ("経理と労務と法務、勉強がいちばんいるのはどれ？", ["経理", "労務", "法務"], "どれも分野の専門知識が必要で"),
        (
            "経理と一般事務、残業が少ないのはどっち",
            ["経理", "一般事務"],
            "残業が少なく、定時退社や土日祝日休みの企業が",
        ),
        ("英語使うなら事務とバックオフィスどっち", [*GROUPS], "英語などの語学力を求められることが多いのは、事務職の"),
        ("子どもが熱を出したとき休みやすいのはどっち", [*GROUPS], "急な休みの取りやすさは会社によって違い"),
        (
            "知識なんて何もないけど、特別な知識がなくても入りやすいのはどれ",
            ["一般事務", "貿易事務"],
            "特別な知識や資格がなくても挑戦しやすいのは、一般事務です。",
        ),
    ],
)
def test_one_sentence_first(text: str, jobs: list[str], first: str) -> None:
    answer = said(ask(text, *jobs))
    assert answer.startswith(first), answer
    assert len(answer) <= 350


def test_a_sentence_about_one_group_is_followed_by_what_holds_of_each() -> None:
    answer = said(ask("バックオフィスと事務、専門性が高いのはどっち", *GROUPS))
    assert "バックオフィス：特定分野の高い知識" in answer
    assert "事務職：定型の仕事" in answer


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("事務もバックオフィスも未経験です。最低限これだけはというスキルがあるなら準備したいです", {"job": [*GROUPS]}),
        ("この会話があとで誰かに読まれると思うと書きづらいです", {}),
        ("簿記と社労士、未経験だとどっちがどの仕事につながる？", {"certificate": ["日商簿記", "社会保険労務士"]}),
    ],
)
def test_a_wish_or_two_certificates_are_no_choice_of_jobs(text: str, entities: dict[str, list[str]]) -> None:
    answer = said(conversation().respond(Turn("ask_skills", 0.4, text, entities), State()))
    assert not answer.startswith(("特別な知識や資格がなくても", "仕事の中身から考えると", "入社後のOJT"))


@pytest.mark.parametrize("text", ["経理と財務の違いは？", "経理と財務ってどう違うの？", "経理と財務どっちが楽？"])
def test_a_plain_comparison_stays_one(text: str) -> None:
    answer = said(ask(text, "経理", "財務"))
    assert "経理" in answer
    assert "財務" in answer


def test_what_was_compared_is_meant_where_no_job_is_named() -> None:
    compared = ask("人事と労務の違いは？", "人事", "労務")
    one = ask("給料の計算をするのはどっち？", intent="ask_who_does", state=compared.state)
    assert said(one).startswith("給与を計算するのは、労務の仕事です。")
    other = ask("残りのほうは？", intent="answer_typed", state=one.state)
    assert said(other).startswith("人事は、")


def test_a_condition_alone_chooses_nothing() -> None:
    answer = said(ask("接客を8年やりました。事務に移るなら最初の一歩は何がいいですか", "事務職", intent="ask_steps"))
    assert "社外の人とのやり取り" not in answer
    assert "自己分析" in answer
    among = said(ask("事務職なら英語を使うのはどれ？", "事務職", intent="ask_types"))
    assert "貿易事務" in among


def test_pay_is_not_chosen() -> None:
    turn = Turn(
        "ask_difference", 0.7, "経理と財務、年収が高いのはどっち？", {"job": ["経理", "財務"], "matter": ["年収"]}
    )
    assert "財務のほう" not in said(conversation().respond(turn, State()))


@pytest.mark.parametrize("choice", knowledge().choices, ids=lambda choice: choice.every[0][0])
def test_every_choice_is_said_of_every_pair(choice) -> None:  # type: ignore[no-untyped-def]
    """No pair makes a sentence with a hole in it, or a long one."""
    words = "、".join(group[0] for group in choice.every)
    pairs = [(a, b) for a in knowledge().jobs for b in knowledge().jobs if a < b]
    for jobs in [GROUPS] if choice.of_groups else pairs:
        answer = said(ask(f"{words}のはどっち？", *jobs))
        assert "{" not in answer
        assert len(answer) <= 350


@pytest.mark.parametrize("text", ["簡単に言うとどう違う？", "ざっくり言うと？", "一言で言うとどう違う？"])
def test_briefly_is_one_plain_sentence_for_each(text: str) -> None:
    compared = ask("人事と労務の違いは？", "人事", "労務")
    answer = said(ask(text, state=compared.state))
    assert answer.startswith("人事は、")
    assert "労務は、" in answer
    assert len(answer) < len(said(compared))


@pytest.mark.parametrize("text", ["ほんと？", "えー、それってまじ？", "本当ですか？", "うそ！"])
def test_doubt_is_about_the_last_answer(text: str) -> None:
    told = ask("事務は残業が少ない？", "事務職", intent="ask_worklife")
    turn = Turn("chitchat", 0.9, text)
    assert conversation().speaks_back(turn, told.state)
    assert "会社や求人によって違う" in said(conversation().respond(turn, told.state))
    assert not conversation().speaks_back(turn, State())


@pytest.mark.parametrize("text", ["本当に未経験でも事務になれますか？", "うそをつかずに志望動機を書きたい"])
def test_a_question_is_no_doubt(text: str) -> None:
    told = ask("事務は残業が少ない？", "事務職", intent="ask_worklife")
    assert not conversation().speaks_back(Turn("ask_entry", 0.9, text), told.state)


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("経理の仕事内容と資格教えて", ["ask_job", "ask_certificates"]),
        ("事務のメリットデメリットは？", ["ask_merits", "ask_demerits"]),
        ("人事の仕事内容は？あと向いてる人", ["ask_job", "ask_suits"]),
        ("残業とか年収とか知りたい", ["ask_worklife", "ask_untold"]),
        ("良いところと悪いところ、あと資格も", ["ask_merits", "ask_demerits", "ask_certificates"]),
        ("資格や特別なスキルがなくても大丈夫？", []),
        ("資格とスキルってどっちが大事？", []),
        ("経理の資格は？", []),
        ("残業と休みはどう？", []),
    ],
)
def test_things_listed_in_one_breath(text: str, intents: list[str]) -> None:
    assert [intent for intent, _ in listed(knowledge().topics, text)] == intents


def test_each_of_the_things_listed_is_answered() -> None:
    outcome = ask("経理の仕事内容と資格教えて", "経理", intent="ask_job")
    assert len(outcome.messages) == 2
    assert "取引を記録" in outcome.messages[0].text
    assert "日商簿記" in outcome.messages[1].text
