"""Questions that share no search word with an answer, but are like those that people asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.job_answers.action import conversation
from actions.job_answers.turns import State, Turn
from actions.knowledge.asked import Asked, asked, keep, kept_vectors, learn, read


def said(intent: str, confidence: float, text: str, *jobs: str) -> str:
    named = sum(text.count(job) for job in jobs)
    turn = Turn(intent, confidence, text, {"job": list(jobs)} if jobs else {}, named=named)
    return "\n".join(message.text for message in conversation().respond(turn, State()).messages)


@pytest.mark.parametrize(
    ("intent", "text", "jobs", "words"),
    [
        ("ask_entry", "正社員が無理だったらどうすればいいんやろ", [], "派遣"),
        ("ask_merits", "事務の経験てよその業種に行っても通じるもん？", ["事務職"], "ほかの業界の事務でも活かせる"),
        ("ask_suits", "事務ってひとりで黙々とやる感じの仕事なのかな", ["事務職"], "連携"),
    ],
)
def test_a_misheard_question_near_a_known_one_still_gets_its_answer(
    intent: str, text: str, jobs: list[str], words: str
) -> None:
    assert words in said(intent, 0.95, text, *jobs)


def test_what_people_asked_is_no_liking_of_ones_own() -> None:
    assert "貿易事務" in said("ask_types", 0.6, "事務の中で専門性あるのってどれ", "事務職").split("\n")[0]
    assert "資金繰り" in said("nlu_fallback", 0.2, "帳簿を正確につけると会社にどう役立つの？").split("\n")[0]


def test_what_is_plainly_asked_gets_nothing_in_front() -> None:
    for text in ("経理って？", "経理の仕事内容を教えてください", "経理ってどんな仕事ですか"):
        assert said("ask_job", 0.99, text, "経理").startswith("経理は、"), text


def test_the_answer_of_another_job_is_not_given() -> None:
    question = "人事事務から専門職になれる？"
    assert "人事" in asked().nearest(question, lambda _: True).say  # type: ignore[union-attr]
    near = asked().nearest(question, lambda say: "人事" not in say)
    assert near is None or "人事" not in near.say


def test_a_question_that_no_single_sentence_answers_stops_the_search() -> None:
    pairs = [("残業は多いですか", "少なめです。"), ("経理の仕事を教えてください", "")]
    known = Asked(learn(pairs))
    assert known.nearest("残業多いですか？", lambda _: True).say == "少なめです。"  # type: ignore[union-attr]
    assert known.nearest("経理の仕事をおしえて", lambda _: True) is None
    assert known.nearest(" ", lambda _: True) is None


def test_several_questions_of_one_answer_outweigh_a_nearer_one_of_another() -> None:
    pairs = [
        ("クレーム対応で疲れた。人前に出ない部署ある？", "お客様とはあまり会いません。"),
        ("接客はもう嫌。人前に出ない仕事がいい", "お客様とはあまり会いません。"),
        ("客商売から離れたい", "お客様とはあまり会いません。"),
        ("人前で話すのが好き", "営業事務はよく話します。"),
    ]
    near = Asked(learn(pairs)).nearest("接客はもう疲れた、人前で話さない部署", lambda _: True)
    assert near is not None
    assert near.say == "お客様とはあまり会いません。"


def test_questions_written_since_the_training_are_encoded_then(tmp_path: Path) -> None:
    encoded, new = kept_vectors(["残業は多い？"], tmp_path)
    assert new == 1
    keep(encoded, tmp_path)
    again, new = kept_vectors(["残業は多い？", "資格はいる？"], tmp_path)
    assert new == 1
    assert again["残業は多い？"] @ encoded["残業は多い？"] > 0.999


def test_no_question_stands_under_two_answers() -> None:
    questions = [question for question, _ in read()]
    assert len(questions) == len(set(questions))


@pytest.mark.parametrize(
    ("text", "jobs", "words"),
    [
        ("総務って飲み会の幹事ばっかりって本当ですか", ["総務"], ["それだけではありません", "備品"]),
        ("法務は契約書のチェックだけってほんと？", ["法務"], ["それだけではありません", "トラブル"]),
        ("人事って面接しかしないって聞いた", ["人事"], ["それだけではありません", "研修"]),
    ],
)
def test_hearsay_of_nothing_but_one_task_is_answered_directly(text: str, jobs: list[str], words: list[str]) -> None:
    answer = said("ask_demerits", 0.95, text, *jobs)
    assert all(word in answer for word in words), answer


@pytest.mark.parametrize(
    ("intent", "text", "job", "first"),
    [
        ("ask_suits", "人事って性格悪い人多いってマジ？", "人事", "本当かどうかは私からはお答えできません"),
        ("ask_suits", "人事って性格悪い人が多いんでしょ", "人事", "本当かどうかは私からはお答えできません"),
        ("ask_demerits", "人事って嫌われるって聞いた", "人事", "本当かどうかは私からはお答えできません"),
        ("ask_job", "総務は社員の秘密どこまで知るの", "総務", "会社によって違い"),
        ("ask_job", "法務は東大出ばっかりって聞いたけど", "法務", "本当かどうかは私からはお答えできません"),
        ("ask_career", "事務はつぶしがきかないって本当？", "事務職", "いいえ、事務の経験は"),
        ("ask_untold", "事務ってAIでなくなる？", "事務職", "AIでこの先仕事がどうなるかは、私からはお答えできません"),
        ("ask_service", "事務職の求人って減ってるって聞いたけど", "事務職", "求人が増えているか減っているかは"),
        ("ask_career", "経理は一生食いっぱぐれないって親が言う", "経理", "先のことは、私からは断言できません"),
        ("ask_demerits", "総務は雑用係だって言われたんだけど", "総務", "総務は、全社の環境づくりを担い"),
    ],
)
def test_what_others_say_is_answered_first(intent: str, text: str, job: str, first: str) -> None:
    assert first in said(intent, 0.95, text, job).split("\n")[0]


@pytest.mark.parametrize(
    ("text", "job"),
    [("バックオフィスのつらいところは", "バックオフィス"), ("事務のデメリットで一番きついのは？", "事務職")],
)
def test_a_drawback_is_answered_with_drawbacks(text: str, job: str) -> None:
    answer = said("ask_demerits", 0.99, text, job)
    assert "経営にかかわれる" not in answer
    assert "守備範囲" not in answer
    assert answer.startswith(f"{job}の大変なところは")


def test_whose_a_task_is_weighs_the_whole_phrase() -> None:
    phrase = "仕入れた部品を外国から船で送ってもらう手続きやる人って何事務？"
    assert said("ask_who_does", 0.95, phrase, "事務職").startswith("「輸送を手配する」のは、貿易事務の仕事です。")
    assert "言えません" in said("ask_who_does", 0.95, "コピー機の紙がなくなったら誰に言うの")
    assert said(
        "ask_who_does", 0.9, "財務と法務と情シス、会社を守ってるのはどれ？", "財務", "法務", "情報システム"
    ).startswith(("それは、法務の仕事です。", "「社内の法律相談に応じる」のは、法務の仕事です。"))


def test_several_answers_in_one_message_stay_short() -> None:
    halves = (
        Turn("ask_difference", 0.99, "経理と経理事務の違い", {"job": ["経理", "経理事務"]}),
        Turn("ask_entry", 0.99, "未経験でも大丈夫か教えてください"),
    )
    turn = Turn("ask_difference", 0.99, "経理と経理事務の違いと、未経験でも大丈夫か教えてください",
                {"job": ["経理", "経理事務"]}, questions=halves)  # fmt: skip
    outcome = conversation().respond(turn, State())
    assert len(outcome.messages) == 2
    assert sum(len(message.text) for message in outcome.messages) <= 360


@pytest.mark.parametrize(
    ("intent", "text", "first"),
    [
        ("ask_step_documents", "証明写真を撮るのはスマホでも平気ですか", "応募書類の細かな決まりは応募先によって違い"),
        ("ask_step_interview", "オンライン面接の背景って部屋のままでもいい？", "面接の細かなことは応募先によって違い"),
        ("ask_steps", "会社を辞めてから次を探すのと在職中に動くの、どっちがいい？", "働きながら探すかは人によって違い"),
        ("ask_temp_work", "紹介予定派遣とふつうの派遣はどう違いますか", "派遣や契約社員の制度の細かな違いは"),
        ("ask_untold", "喫煙者だけど、タバコ休憩ってもらえるもの？", "職場の習慣は会社によって違い"),
    ],
)
def test_what_nobody_told_is_said_so_with_the_way_to_find_out(intent: str, text: str, first: str) -> None:
    answer = said(intent, 0.99, text).split("\n")[0]
    assert first in answer
    assert answer.endswith("ください。")
