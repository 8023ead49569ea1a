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
    lost = then.intent == "nlu_fallback" and not talk.speaks_back(then, state)
    return said(talk.lost(then, state) if lost else talk.respond(then, state))


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
        ("ここの内容いつ消える", "記録が残る期間は"),
        ("個人情報はどうなりますか", "お仕事のご相談のためだけ"),
    ],
)
def test_privacy_is_answered_by_what_is_asked_of_it(typed: str, expected: str) -> None:
    assert expected in answer("privacy", typed, SafetyState()).text.split("\n")[0]


def test_two_things_asked_of_privacy_are_both_answered() -> None:
    told = answer("privacy", "名前言わないとだめ？ここでは何を記録してるの", SafetyState()).text
    assert "書かなくて大丈夫" in told
    assert "残るのは、ここでお書きになった内容" in told


def test_a_good_morning_is_given_back() -> None:
    assert small_talk("greet", "おはよう").text.startswith("おはようございます")
    assert small_talk("greet", "どうも").text.startswith("こんにちは")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("それって確実？", "傾向として"),
        ("やっぱ無理か", "だめと決まっているわけではありません"),
        ("会社による？", "はい、会社や求人によって違います"),
        ("じゃあどう見分けるの", "求人票の条件の欄"),
    ],
)
def test_what_is_said_of_an_answer_gets_its_reply(text: str, told: str) -> None:
    first = Turn("ask_worklife", 0.95, "事務は土日休み？", {"job": ["事務職"]})
    assert told in after(first, Turn("nlu_fallback", 0.2, text))


def test_a_rough_figure_is_no_more_known_and_the_same_text_is_not_said_twice() -> None:
    pay = Turn("ask_untold", 0.95, "経理の年収は？", {"job": ["経理"], "matter": ["年収"]})
    assert after(pay, Turn("answer_typed", 0.5, "だいたいでいいから")).startswith("すみません、目安でも")
    again = after(pay, Turn("follow_up", 0.9, "じゃあ総務は？", {"job": ["総務"]}))
    assert again.startswith("そちらも、給料や年収は")
    assert "給与の欄" not in again


def test_what_could_not_be_told_is_not_asked_again_of_a_bare_name() -> None:
    first = Turn("ask_entry", 0.7, "薬剤師やめて事務にいくの変ですか", {"job": ["事務職"]})
    assert "はっきりお答えできません" in said(conversation().respond(first, State()))
    told = after(first, Turn("follow_up", 0.9, "総務", {"job": ["総務"]}, named=2))
    assert "はっきりお答えできません" not in told
    assert "総務" in told


def test_a_follow_up_asks_for_itself_where_it_names_what_it_asks() -> None:
    first = Turn("nlu_fallback", 0.2, "医療事務はどうなんでしょう")
    talk = conversation()
    before = talk.respond(first, State())
    assert said(before).startswith("医療事務のことは、私の知識にないので")
    then = Turn("follow_up", 0.6, "じゃあ一般事務だと何が必要ですか", {"job": ["一般事務"]}, named=4)
    assert said(talk.respond(then, before.state)).startswith("一般事務で求められる力は")


def test_whether_a_job_belongs_to_a_group_is_answered_first() -> None:
    first = Turn("ask_job", 0.95, "営業事務って？", {"job": ["営業事務"]})
    told = after(first, Turn("correct_job", 0.5, "それはバックオフィスじゃないの", {"job": ["バックオフィス"]}))
    assert told.startswith("営業事務は事務職の仕事で")


def test_who_does_it_is_asked_of_what_was_just_spoken_of() -> None:
    first = Turn("ask_job", 0.7, "給料決めるのも？", {"job": ["人事"], "matter": ["年収"]})
    assert "労務の仕事です" in after(first, Turn("ask_who_does", 1.0, "それはどこがやってるの"))


@pytest.mark.parametrize(
    ("first", "text", "told"),
    [
        (
            Turn("ask_demerits", 0.95, "事務の大変なところは？", {"job": ["事務職"]}),
            "2つめは",
            "キャリアの道筋が見えにくい",
        ),
        (Turn("ask_job", 0.95, "事務の仕事教えて", {"job": ["事務職"]}), "2つめは？", "「データを入力する」"),
        (
            Turn("ask_types", 0.95, "バックオフィスの種類は？", {"job": ["バックオフィス"]}),
            "最後のは？",
            "情報システムは",
        ),
        (Turn("ask_types", 0.95, "バックオフィスの種類は？", {"job": ["バックオフィス"]}), "一つずつ教えて", "経理は"),
    ],
)
def test_the_second_one_is_the_second_of_what_was_listed(first: Turn, text: str, told: str) -> None:
    assert told in after(first, Turn("nlu_fallback", 0.2, text)).split("\n")[0]


def test_the_list_stays_while_its_jobs_are_told_one_by_one() -> None:
    talk, state = conversation(), State()
    told = []
    for turn in (
        Turn("ask_types", 0.95, "バックオフィスの種類は？", {"job": ["バックオフィス"]}),
        Turn("nlu_fallback", 0.2, "3番目のやつ何するの"),
        Turn("skip_question", 0.9, "次"),
    ):
        outcome = talk.respond(turn, state)
        state = outcome.state
        told.append(said(outcome))
    assert told[1].startswith("人事は")
    assert told[2].startswith("労務は")


def test_the_jobs_that_were_suggested_are_told_by_their_place() -> None:
    first = Turn("ask_what_suits_me", 0.95, "細かい作業をコツコツするのが好き")
    talk = conversation()
    state = talk.respond(first, State()).state
    second = talk.respond(Turn("nlu_fallback", 0.2, "1個目の仕事くわしく"), state)
    assert said(second).startswith("経理は")
    assert said(talk.respond(Turn("nlu_fallback", 0.2, "2個目は"), second.state)).startswith("経理事務は")


def test_which_has_less_is_asked_of_what_the_last_question_named() -> None:
    first = Turn("ask_skills", 0.95, "バックオフィスって英語使う？", {"job": ["バックオフィス"]})
    told = after(first, Turn("complaint", 0.4, "使わないのは"))
    assert told.startswith("候補になりそうなのは")
    assert "貿易事務" not in told.split("です。")[0]


def test_a_short_question_that_another_topic_would_take_is_about_the_answer() -> None:
    talk = conversation()
    first = talk.respond(Turn("ask_step_documents", 0.95, "職歴バイトしかない"), State())
    turn = Turn("explain_question", 0.84, "それ書いていいの？")
    assert talk.speaks_back(turn, first.state)
    assert said(talk.respond(turn, first.state)).startswith("はい、アルバイトで得たスキルは")


def test_a_wish_for_a_job_without_people_is_no_wish_for_a_human() -> None:
    turn = Turn("request_human", 0.84, "人と話さなくていいやつで")
    assert conversation().speaks_back(turn, State())
    told = said(conversation().respond(turn, State()))
    assert "経理" in told.split("です。")[0]
    assert "営業事務" not in told.split("です。")[0]


def test_a_guess_from_the_subject_is_no_surer_than_the_words_that_lean_on_the_last_answer() -> None:
    told = Turn("ask_certificates", 0.95, "総務に資格いる？", {"job": ["総務"]})
    guess = Turn("ask_suits", 0.6, "なくても平気？", guessed=True)
    assert "資格は必須ではありません" in after(told, guess)


def test_which_of_two_is_no_question_for_oneself() -> None:
    first = Turn("ask_difference", 0.95, "人事と労務の違いは", {"job": ["人事", "労務"]})
    told = after(first, Turn("ask_what_suits_me", 0.95, "どっちがいい？"))
    assert "採用" in told
    assert "大きく分けると" not in told


def test_where_then_asks_for_the_one_who_does_what_was_spoken_of() -> None:
    first = Turn("ask_job", 0.95, "人事は給料計算もする？", {"job": ["人事"]})
    assert after(first, Turn("nlu_fallback", 0.2, "じゃあそれはどこ")).startswith("「給与を計算する」のは、労務")


def test_a_past_that_was_told_counts_for_what_suits() -> None:
    first = Turn("ask_entry", 0.95, "接客しかしたことない")
    assert "営業事務" in after(first, Turn("ask_what_suits_me", 0.95, "活かせる？"))
    # '…どっち？' asked of something tells nothing of oneself.
    asked = Turn("ask_job", 0.95, "営業事務は電話多い？", {"job": ["営業事務"]})
    assert "話すのが好き" not in after(asked, Turn("ask_what_suits_me", 0.95, "どれがいい？"))


def test_whether_one_talks_to_people_there_wants_no_human() -> None:
    first = Turn("ask_job", 0.95, "営業事務ってどんな仕事？", {"job": ["営業事務"]})
    assert after(first, Turn("request_human", 1.0, "人と話す？")).startswith("営業事務は")
