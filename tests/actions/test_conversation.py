"""What is meant from what was said before."""

import json

import pytest

from actions.job_answers.action import conversation, doubts_fit, nearest_of_topic, read_turn, slot_events
from actions.job_answers.turns import Outcome, State, Turn


def said(outcome: Outcome) -> str:
    return "\n".join(message.text for message in outcome.messages)


def talk(*turns: tuple[str, list[str]] | tuple[str, list[str], str]) -> list[Outcome]:
    """A conversation; the state goes through JSON between turns, as it does in the tracker."""
    outcomes: list[Outcome] = []
    state = State()
    for turn in turns:
        intent, jobs, text = (*turn, "")[:3]
        outcome = conversation().respond(Turn(intent, 1.0, text, {"job": jobs} if jobs else {}), state)
        outcomes.append(outcome)
        kept = {
            key: json.loads(json.dumps(getattr(outcome.state, key)))
            for key in ("focus_jobs", "focus_aspect", "level", "offer", "lost")
        }
        state = State(tuple(kept["focus_jobs"]), kept["focus_aspect"], kept["level"], kept["offer"], kept["lost"])
    return outcomes


def test_another_job_same_aspect() -> None:
    first, second = talk(("ask_demerits", ["経理"]), ("follow_up", ["人事"]))
    assert "経理の大変なところ" in said(first)
    assert "人事の大変なところ" in said(second)


def test_another_aspect_same_job() -> None:
    assert "経理の大変なところ" in said(talk(("ask_job", ["経理"]), ("ask_demerits", []))[-1])


def test_a_job_alone_at_the_start_is_what_it_is() -> None:
    assert said(talk(("follow_up", ["経理"]))[-1]).startswith("経理は、")


def test_a_general_question_leaves_the_job() -> None:
    text = said(talk(("ask_job", ["経理"]), ("ask_worklife", [], "一番残業が少ない職種は？"))[-1])
    assert "とされるのは、事務職です" in text
    assert "経理は" not in text


def test_simpler_repeat_and_example() -> None:
    first, simple, again, example = talk(
        ("ask_merits", ["バックオフィス"]), ("simpler", []), ("repeat", []), ("example", [])
    )
    assert said(simple).startswith("かんたんに言うと、")
    assert len(said(simple)) < len(said(first))
    assert said(again) == said(first)
    assert said(example).startswith("たとえば")
    assert "経理は、毎月の売上や費用を経営層に報告し" in said(example)


def test_repeat_after_more_says_the_second_page_again() -> None:
    _, second, again = talk(("ask_suits", ["バックオフィス"]), ("more_detail", []), ("repeat", []))
    assert said(again) == said(second)


@pytest.mark.parametrize("job", ["法務", "労務", "貿易事務", "総務"])
def test_an_example_of_a_job_without_written_examples_is_its_tasks(job: str) -> None:
    assert "・" in said(talk(("ask_merits", [job]), ("example", []))[-1])


def test_a_corrected_job_gets_the_same_question() -> None:
    text = said(talk(("ask_merits", ["経理"]), ("correct_job", ["経理事務"]))[-1])
    assert "経理事務の良いところ" in text


def test_a_corrected_comparison_keeps_the_other_side() -> None:
    text = said(talk(("ask_difference", ["経理", "人事"]), ("correct_job", ["経理事務"]))[-1])
    assert "・人事：" in text
    assert "・経理事務：" in text
    assert "・経理：" not in text


def test_no_with_a_job_is_a_correction() -> None:
    assert said(talk(("ask_job", ["経理"]), ("deny", ["経理事務"]))[-1]).startswith("経理事務は、")


def test_comparison_follow_ups() -> None:
    _, easier, other = talk(
        ("ask_difference", ["経理", "一般事務"]), ("ask_difference", [], "どっちが楽？"), ("follow_up", ["営業事務"])
    )
    assert "一概に言えません" in said(easier)
    assert "【経理】" in said(easier)
    assert "【一般事務】" in said(easier)
    assert "営業事務" in said(other)


def test_compared_with_the_job_talked_about() -> None:
    text = said(talk(("ask_job", ["経理"]), ("ask_difference", ["財務"]))[-1])
    assert "・経理：" in text
    assert "・財務：" in text


def test_yes_goes_on() -> None:
    first, more = talk(("ask_suits", ["バックオフィス"]), ("affirm", []))
    assert said(first) != said(more)
    assert "たとえば" in said(more)


def test_yes_to_the_self_analysis_starts_it() -> None:
    assert talk(("ask_what_suits_me", [], "数字が好き"), ("affirm", []))[-1].followup == "action_self_analysis_start"


@pytest.mark.parametrize("offer", [{"intent": "request_human"}, {"intent": "handoff_choice", "entities": {"v": "yes"}}])
def test_yes_to_a_human(offer: dict[str, object]) -> None:
    assert conversation().respond(Turn("affirm"), State(offer=offer)).followup == "action_handoff"


def test_no_to_the_handoffs_own_question_goes_back_to_it() -> None:
    offer = {"intent": "request_human", "entities": {"reason": "distress"}}
    assert conversation().respond(Turn("deny"), State(offer=offer)).followup == "action_handoff"


def test_yes_and_no_to_nothing_are_answered() -> None:
    for intent in ("affirm", "deny", "more_detail", "simpler", "repeat", "example", "correct_job"):
        outcome = conversation().respond(Turn(intent), State())
        assert said(outcome)
        assert outcome.messages[0].buttons


def test_an_offer_does_not_capture_the_next_message() -> None:
    offered = State(offer={"intent": "request_human"})
    outcome = conversation().respond(Turn("ask_job", 1.0, "経理って？", {"job": ["経理"]}), offered)
    assert outcome.followup is None
    assert said(outcome).startswith("経理は、")


def test_two_questions_get_two_answers() -> None:
    parts = (
        Turn("ask_job", 0.9, "経理ってどんな仕事？", {"job": ["経理"]}),
        Turn("ask_certificates", 0.9, "資格もいる？"),
    )
    turn = Turn("ask_job", 0.9, "経理ってどんな仕事？資格もいる？", {"job": ["経理"]}, questions=parts)
    outcome = conversation().respond(turn, State())
    assert len(outcome.messages) == 2
    assert "取引を記録" in outcome.messages[0].text
    assert "日商簿記" in outcome.messages[1].text
    assert sum(len(message.text) for message in outcome.messages) <= 500
    assert not outcome.messages[0].buttons
    assert outcome.messages[1].buttons


def test_a_greeting_beside_a_question_does_not_count_as_one() -> None:
    parts = (Turn("greet", 0.9, "こんにちは"), Turn("ask_job", 0.9, "経理って何？", {"job": ["経理"]}))
    turn = Turn("ask_job", 0.9, "こんにちは。経理って何？", {"job": ["経理"]}, questions=parts)
    assert len(conversation().respond(turn, State()).messages) == 1


def test_close_readings_are_asked_back_with_two_choices() -> None:
    turn = Turn("ask_career", 0.31, "ふむふむ", ranking=[("ask_career", 0.31), ("ask_merits", 0.3)])
    (message,) = conversation().respond(turn, State()).messages
    assert message.text == "こちらのことですか？"
    assert [button.payload.split("{")[0] for button in message.buttons] == ["/ask_career", "/ask_merits"]


def test_words_that_decide_are_answered_even_when_the_intent_is_unsure() -> None:
    turn = Turn("nlu_fallback", 0.2, "土日祝休みで残業少ない？", ranking=[("ask_worklife", 0.2), ("ask_job", 0.15)])
    assert "土日祝日" in said(conversation().lost(turn, State()))


def test_what_another_topic_cannot_use_is_answered_by_its_words() -> None:
    turn = Turn("answer_typed", 0.9, "人事は研修もするの", {"job": ["人事"]}, ranking=[("answer_typed", 0.9)])
    assert "人事は、" in said(conversation().respond(turn, State()))


def test_a_payload_may_hold_anything() -> None:
    for intent in ("ask_job", "example", "follow_up", "correct_job", "more_detail", "ask_difference", "simpler"):
        turn = Turn(intent, 1.0, "", {"job": ["魔法使い"], "step": ["昼寝"]})
        state = State(focus_jobs=("労務",), focus_aspect="ask_job")
        outcome = conversation().respond(turn, state)
        assert said(outcome)
        assert "労務" in outcome.state.focus_jobs


def test_lost_twice_in_a_row_offers_a_human_without_capturing() -> None:
    turn = Turn("nlu_fallback", 0.1, "ぬるぽ")
    first = conversation().lost(turn, State())
    assert first.state.lost == 1
    assert first.messages[0].buttons
    second = conversation().lost(turn, first.state)
    assert "/request_human" in [button.payload for button in second.messages[0].buttons]
    assert second.state.offer == {"intent": "request_human"}
    answered = conversation().respond(Turn("ask_job", 1.0, "経理", {"job": ["経理"]}), first.state)
    assert answered.state.lost == 0


def test_no_buttons_inside_a_guided_question() -> None:
    outcome = conversation().respond(Turn("ask_job", 1.0, "", {"job": ["経理"]}), State(), guided=True)
    assert not outcome.messages[0].buttons
    assert outcome.state.offer is None


def test_a_tapped_choice_has_no_words() -> None:
    turn = read_turn(
        {
            "text": '/ask_merits{"job": "経理"}',
            "intent": {"name": "ask_merits", "confidence": 1.0},
            "entities": [{"entity": "job", "value": "経理"}, {"entity": "job", "value": "経理"}, {"entity": "x"}],
        }
    )
    assert turn.text == ""
    assert turn.entities == {"job": ["経理"]}


def test_broken_parse_data_does_not_raise() -> None:
    for parsed in ({}, {"text": None, "intent": None, "entities": None, "intent_ranking": None, "questions": None}):
        assert conversation().lost(read_turn(parsed), State()).messages


def test_only_changed_slots_are_written() -> None:
    assert slot_events(State(), State()) == []
    assert [event["name"] for event in slot_events(State(), State(lost=1))] == ["lost_count"]


@pytest.mark.parametrize(
    ("before", "jobs", "intent", "text", "expected"),
    [
        ("ask_service", [], "ask_capabilities", "どんなことしてくれるの？", "求人をご紹介します"),
        ("ask_service", [], "ask_progress", "何分くらい？", "60分"),
        ("ask_service", [], "ask_step_interview", "面接の練習も？", "面接の対策"),
        ("ask_step_interview", [], "ask_capabilities", "何きかれるの", "なぜこの会社か"),
        ("ask_job", ["経理"], "simpler", "それって難しい？", "専門知識が必要"),
        ("ask_job", ["一般事務"], "simpler", "それって簡単？", "正確さ"),
        ("ask_certificates", ["経理"], "ask_demerits", "それ難しくない？", "お答えできません"),
        ("ask_skills", [], "ask_progress", "どのくらいかかる？", "お答えできません"),
        ("ask_job", ["事務職"], "ask_service_terms", "電話もある？", "電話に応対する"),
        ("ask_suits", ["バックオフィス"], "ask_what_suits_me", "私は変化が苦手なんだけど", "柔軟に対応する力"),
        ("ask_suits", ["人事"], "ask_career", "経理ならいける？", "経理に向いているのは"),
        ("ask_step_interview", [], "follow_up", "事務の場合は？", "なぜこの会社か"),
    ],
)
def test_what_was_said_before_corrects_what_was_heard(
    before: str, jobs: list[str], intent: str, text: str, expected: str
) -> None:
    first = talk((before, jobs))[0]
    named = ["事務職"] if "事務の" in text else ["経理"] if "経理" in text else []
    turn = Turn(intent, 0.45, text, {"job": named} if named else {}, named=2 if named else 0)
    assert expected in said(conversation().respond(turn, first.state))


def test_self_analysis_keeps_its_own_progress() -> None:
    first = talk(("ask_step_self_analysis", []))[0]
    assert not conversation().speaks_back(Turn("ask_progress", 0.9, "どれくらいかかる？"), first.state)


def test_said_briefly_and_then_again() -> None:
    first, again = talk(("ask_job", ["貿易事務"], "30字で貿易事務を説明して"), ("repeat", []))
    assert said(first) == said(again)
    assert len(said(first)) <= 60


def test_jobs_named_in_what_is_no_question_count() -> None:
    parts = (Turn("ask_entry", 0.9, "未経験。"), Turn("ask_certificates", 0.9, "資格なに？"))
    turn = Turn("ask_entry", 0.9, "人事になりたい。未経験。資格なに？", {"job": ["人事"]}, questions=parts)
    text = said(conversation().respond(turn, State()))
    assert "人事事務" in text
    assert "社会保険労務士" in text


def test_a_sentence_with_a_quotation_is_one_question() -> None:
    parts = (
        Turn("ask_step_interview", 0.99, "志望動機"),
        Turn("ask_worklife", 0.99, "「残業少ないから」はだめ？"),
    )
    turn = Turn("ask_step_interview", 0.99, "志望動機、「残業少ないから」はだめ？", questions=parts)
    outcome = conversation().respond(turn, State())
    assert len(outcome.messages) == 1
    assert "条件だけが理由" in said(outcome)


def test_likes_in_several_sentences_are_one_hint() -> None:
    parts = (Turn("ask_what_suits_me", 0.6, "でも営業は無理。"), Turn("ask_types", 0.9, "なにがある"))
    turn = Turn("ask_what_suits_me", 0.6, "英語が好き。でも営業は無理。なにがある", questions=parts)
    assert "貿易事務" in said(conversation().respond(turn, State()))


@pytest.mark.parametrize(
    ("intent", "text", "expected"),
    [
        ("complaint", "パソコンが固まったときに呼ばれる人になりたい", "情報システム"),
        ("complaint", "クレームは嫌。避けたい", "バックオフィス"),
        ("bye", "じゃあフロントオフィスは何？", "お答えできません"),
    ],
)
def test_what_another_topic_took_for_its_own(intent: str, text: str, expected: str) -> None:
    turn = Turn(intent, 0.5, text)
    assert conversation().speaks_back(turn, State())
    assert expected in said(conversation().respond(turn, State()))


def test_a_first_job_of_another_field_is_no_other_subject() -> None:
    turn = Turn("out_of_scope", 0.91, "前職は美容師です。座り仕事に変えたい")
    assert "自己分析" in said(conversation().out_of_scope(turn, State()))
    other = Turn("out_of_scope", 0.97, "美容師になりたい")
    assert "担当の外" in said(conversation().out_of_scope(other, State()))


@pytest.mark.parametrize(
    "text", ["失業保険っていくらもらえますか", "年金とか健康保険の切り替えってどうするの", "退職届の書き方教えて"]
)
def test_ones_own_insurance_and_leaving_are_near_the_matter_and_nobodys_task(text: str) -> None:
    told = said(conversation().out_of_scope(Turn("out_of_scope", 0.98, text), State()))
    assert "私からはお答えできません" in told
    assert "の仕事です" not in told


@pytest.mark.parametrize(
    ("intent", "text", "jobs", "expected"),
    [
        ("distress", "営業事務 しんどい", ["営業事務"], "単調"),
        ("ask_merits", "財務で働くには？", ["財務"], "入社後の学習"),
        ("ask_step_documents", "税関に出す輸出の書類に興味あり", [], "貿易事務"),
        ("ask_what_suits_me", "営業さんの見積書を代わりに作る仕事がいいな", [], "営業事務の仕事です"),
        ("ask_who_does", "給与計算、経費精算、備品の発注。それぞれどこ？", [], "経費の精算を支援する"),
    ],
)
def test_the_words_say_more_than_the_reading(intent: str, text: str, jobs: list[str], expected: str) -> None:
    turn = Turn(intent, 0.5, text, {"job": jobs} if jobs else {}, named=len("".join(jobs)))
    answer = said(conversation().respond(turn, State()))
    assert expected in answer
    assert all(len(part) <= 350 for part in answer.split("\n\n"))


def test_who_was_compared_is_not_forgotten_after_one_of_them() -> None:
    _, _, other, either = talk(
        ("ask_difference", ["経理", "財務"], "経理と財務の違いは？"),
        ("ask_suits", [], "前者に向いてるのは？"),
        ("answer_typed", [], "後者は？"),
        ("ask_difference", [], "どっちが未経験向き？"),
    )
    assert "財務に向いているのは" in said(other)
    assert "・経理：" in said(either)
    assert "・財務：" in said(either)


def test_what_is_disliked_in_other_words_is_no_liking() -> None:
    for text in ("数字アレルギー。でもオフィスで働きたい", "変化のない毎日がいい"):
        assert "得意ではない" in said(conversation().respond(Turn("ask_what_suits_me", 0.9, text), State()))


def test_a_short_question_hardly_understood_is_about_the_answer_before() -> None:
    told = talk(("ask_demerits", ["総務"]))[0]
    turn = Turn("nlu_fallback", 0.2, "それでもやる価値ある？", ranking=[("ask_merits", 0.2), ("chitchat", 0.1)])
    assert "経営にかかわれる" in said(conversation().lost(turn, told.state))
    alone = conversation().lost(turn, State())
    assert "総務" not in said(alone)


def test_a_task_of_the_other_group_is_said_to_be_so() -> None:
    turn = Turn("ask_job", 0.7, "電話番とか来客のお茶出しってバックオフィスの仕事？", {"job": ["バックオフィス"]})
    assert "事務職の仕事です" in said(conversation().respond(turn, State()))


def test_jobs_told_one_after_the_other_can_be_compared_together() -> None:
    text = said(
        talk(
            ("ask_job", ["貿易事務"]), ("follow_up", ["営業事務"]), ("follow_up", ["経理事務"]),
            ("ask_what_suits_me", [], "この3つで人とのやりとりが一番多そうなのは？"),
        )[-1]
    )  # fmt: skip
    assert text.startswith("仕事の中身から考えると、人とのやり取りが多いのは、営業事務です。")


def test_what_cannot_be_told_of_one_job_cannot_be_told_beside_another() -> None:
    pay = Turn("ask_untold", 1.0, "バックオフィスの年収が知りたい", {"job": ["バックオフィス"], "matter": ["年収"]})
    first = conversation().respond(pay, State())
    turn = Turn("ask_difference", 0.95, "じゃあ事務と比べてどっちが高いの", {"job": ["事務職"]}, named=2)
    assert "金額をお答えできません" in said(conversation().respond(turn, first.state))


def test_two_readings_of_one_job_are_both_told_before_anybody_is_asked_back() -> None:
    state = talk(("ask_demerits", ["経理"]))[-1].state
    turn = Turn("ask_suits", 0.4, "ふむふむ、なるほどそれから", {}, (("ask_suits", 0.4), ("ask_merits", 0.35)))
    outcome = conversation().respond(turn, state)
    assert "経理に向いているのは" in said(outcome)
    assert "経理の良いところ" in said(outcome)
    assert len(said(outcome)) <= 360


@pytest.mark.parametrize(
    ("text", "fits", "not_for"),
    [
        ("数字より人を見るほうが得意です。何が向いてますか", "人事", "経理"),
        ("人と話すより黙々と作業するほうが好きです", "一般事務", "営業事務"),
        ("英語より日本語で文章を書くほうが好き。何がいい？", "法務", "貿易事務"),
        ("ITは嫌いじゃない。どんな仕事がいい？", "情報システム", "得意ではない"),
        ("人より細かい作業が得意です。何がいい？", "経理事務", "得意ではない"),
    ],
)
def test_what_stands_before_than_counts_against(text: str, fits: str, not_for: str) -> None:
    answer = said(conversation().respond(Turn("ask_what_suits_me", 0.95, text), State()))
    assert fits in answer
    assert not_for not in answer


def test_two_things_that_are_no_jobs_are_weighed_by_themselves() -> None:
    answer = said(talk(("ask_difference", ["経理", "人事"]), ("ask_skills", [], "正確さとスピードどっちが大事？"))[-1])
    assert "速さと正確さの両立" in answer
    assert "【人事】" not in answer


def test_a_doubt_about_oneself_is_about_the_job_talked_about() -> None:
    answer = said(talk(("ask_job", ["総務"]), ("ask_what_suits_me", [], "心配性なんですけどやっていけるかな"))[-1])
    assert "総務" in answer or "縁の下" in answer


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        ([], "バックオフィスのなかで一番人と関わるのは？", "人とのやり取りが多いのは、人事です"),
        ([("ask_job", ["法務"])], "無理かな", "法務に向いているのは"),
    ],
)
def test_words_that_sound_like_something_else(before: list[tuple[str, list[str]]], text: str, expected: str) -> None:
    state = talk(*before)[-1].state if before else State()
    heard = nearest_of_topic(
        Turn("distress" if before else "nlu_fallback", 0.6, text, {} if before else {"job": ["バックオフィス"]}), state
    )
    turn = heard or Turn("nlu_fallback", 0.2, text, {"job": ["バックオフィス"]})
    assert expected in said(conversation().respond(turn, state))


def test_a_trait_with_a_doubt_is_no_mood_even_as_the_first_word() -> None:
    turn = Turn("distress", 0.6, "わたしそそっかしいんですけど大丈夫かな")
    heard = nearest_of_topic(turn, State())
    assert heard is not None
    assert heard.intent == "ask_suits"
    assert "正確さのいる場面" in said(conversation().respond(heard, State()))
    for sad in ("もう無理かも、このままで大丈夫かな", "毎日泣いてる。働けるかな"):
        assert not doubts_fit(Turn("distress", 0.6, sad), State())


def test_what_was_just_said_is_not_said_again() -> None:
    first, second = talk(("ask_temp_work", [], "派遣からとか"), ("ask_temp_work", [], "そのあと正社員って可能？"))
    assert "正社員への登用" in said(second)
    assert len(said(second)) < len(said(first)) / 2
    steps = talk(("ask_step_interview", [], "面接で何聞かれる？"), ("ask_step_interview", [], "答え方は？"))
    assert "具体例" in said(steps[1])
    assert said(steps[1]) != said(steps[0])


def test_what_an_answer_does_not_tell_is_said_to_be_unknown_when_asked_again() -> None:
    outcomes = talk(("ask_temp_work", [], "派遣からとか"), ("ask_temp_work", [], "週3でもできる？"))
    assert "お答えできません" in said(outcomes[-1])


@pytest.mark.parametrize(
    ("intent", "jobs", "text", "expected"),
    [
        ("ask_suits", ["事務職"], "事務職ってどんな人に向いてる？", "物足りない"),
        ("ask_merits", ["財務"], "財務のメリットは", "財務の大変なところ|バックオフィス全体では"),
    ],
)
def test_the_other_way_round(intent: str, jobs: list[str], text: str, expected: str) -> None:
    answer = said(talk((intent, jobs, text), ("nlu_fallback", [], "逆は？"))[-1])
    assert any(part in answer for part in expected.split("|"))


def test_the_least_after_the_most() -> None:
    most = ("ask_difference", ["経理", "営業事務"], "人と話すのが多いのはどっち？")
    outcomes = talk(most, ("nlu_fallback", [], "少ないのは"))
    assert "経理のほうです" in said(outcomes[-1])


def test_one_of_two_compared_is_told_alone() -> None:
    outcomes = talk(("ask_difference", ["事務職", "営業事務"]), ("correct_job", ["営業事務"], "営業事務のほうで"))
    assert said(outcomes[-1]).startswith("営業事務は、")


def test_a_step_that_is_done_leads_to_the_next() -> None:
    done = Turn("cancel", 0.3, "自己分析はもうやったので、その次からお願いします", {"step": ["自己分析"]})
    assert "企業のサイト" in said(conversation().respond(done, State()))


def test_a_point_of_the_last_answer_is_meant_by_its_place() -> None:
    outcomes = talk(("ask_demerits", ["事務職"], "事務職の弱点は"), ("ask_job", [], "一個目のほう、どうしのげばいい？"))
    assert "効率化や工夫" in said(outcomes[-1])
    assert "キャリア" not in said(outcomes[-1])


def test_examples_of_a_career_are_of_the_career() -> None:
    outcomes = talk(
        ("ask_career", ["バックオフィス"], "裏方で積んだ経験ってその先どう化ける"), ("example", [], "具体例ちょうだい")
    )
    assert "管理職" in said(outcomes[-1])


@pytest.mark.parametrize(
    ("text", "job"),
    [
        ("給与計算の補助や勤怠の集計をやる事務の良いところは", "人事事務"),
        ("輸出の書類を作る事務の良いところは", "貿易事務"),
    ],
)
def test_a_job_is_named_by_what_is_done_in_it(text: str, job: str) -> None:
    outcome = conversation().respond(Turn("ask_merits", 0.95, text, {"job": ["事務職"]}), State())
    assert outcome.state.focus_jobs == (job,)


def test_one_named_by_the_other_is_a_comparison() -> None:
    text = "求人に「バックオフィス」って書いてあったんだけど、要は事務のカッコいい言い方ってこと？"
    turn = Turn("ask_job", 0.6, text, {"job": ["バックオフィス", "事務職"]})
    assert "会社全体" in said(conversation().respond(turn, State()))


def test_the_other_group_is_meant_by_not_this_one() -> None:
    turn = Turn("ask_merits", 0.9, "事務じゃないほうの良いところは？", {"job": ["事務職"]})
    assert "経営にかかわれる" in said(conversation().respond(turn, State()))
