"""Who tells of a hard time hears one kind sentence first, once, and is not offered what was hard as a strength."""

from __future__ import annotations

from typing import Any

import pytest

from actions.job_answers.action import conversation
from actions.job_answers.hardships import told_hardship
from actions.job_answers.turns import Outcome, State, Turn
from actions.knowledge.model import knowledge
from actions.safety.action import ActionSafety
from tests.actions.test_job_answers_action import message, run


def texts(outcome: Outcome) -> list[str]:
    return [one.text for one in outcome.messages]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("飲食の店長してます。体力的にきつくなってきて…", "お体"),
        ("工場で15年組立してました。会社が閉鎖になります", "お勤め先"),
        ("コールセンターで働いてます。クレームばかりで病みそう", "お客様"),
        ("先月、契約を切られました。43歳です", "お仕事"),
        ("書類で三十社落ちました", "進まない"),
        ("上司と合わなくて、事務に移りたいです", "人間関係"),
        ("営業してます。ノルマに疲れました", "数字"),
        ("父の介護で辞めました。5年ぶりに働きます", "ご家族"),
        ("看護師です。夜勤がもう限界で、土日休みの仕事に変わりたい", "おつかれさま"),
        ("保育士です。給料が安くてやっていけません", "生活"),
    ],
)
def test_each_kind_of_hard_time_has_its_sentence(text: str, word: str) -> None:
    told = told_hardship(knowledge(), text)
    assert told is not None
    assert word in told.say


@pytest.mark.parametrize(
    "text",
    [
        "飲食店で働いてました",
        "総務で働いてます。毎日忙しくて楽しいです",
        "残業がきつい事務はどれですか",
        "体力的にきつくない仕事がいいです",
        "経理は残業続きでつらいらしい",
        "総務は人間関係がつらいです",
        "友達は毎日終電で疲れてます",
        "クレーム対応がない職種がいいんですけど",
        "残業がない仕事がいいです",
        "次は落ち着いた職場がいいです",
        "面接で落ちたら、また応募できますか",
    ],
)
def test_who_tells_nothing_hard_is_not_pitied(text: str) -> None:
    assert told_hardship(knowledge(), text) is None


def test_the_sentence_is_said_once_in_a_conversation() -> None:
    first = conversation().respond(
        Turn("ask_what_suits_me", 0.9, "飲食店で働いてます。夜型でつらくなってきました"), State()
    )
    assert "おつかれさま" in texts(first)[0]
    assert "手がかり" in texts(first)[1]
    again = conversation().respond(
        Turn("ask_what_suits_me", 0.9, "販売もしてました。立ち仕事で腰を痛めました"), first.state
    )
    assert "お体" not in "".join(texts(again))
    assert again.state.comforted


def test_it_takes_the_place_of_what_is_said_to_any_mood() -> None:
    entry = Turn("ask_entry", 0.9, "事務に行けますか", {"job": ["事務職"]})
    turn = Turn("ask_entry", 0.9, "夜勤がつらくて限界です。事務に行けますか", {"job": ["事務職"]},
                questions=(entry,), remarks=(Turn("distress", 0.9, "夜勤がつらくて限界です"),))  # fmt: skip
    said = texts(conversation().respond(turn, State()))
    assert "おつかれさま" in said[0]
    assert "お気持ち" not in "".join(said)


@pytest.mark.parametrize("intent", ["nlu_fallback", "out_of_scope"])
def test_who_only_tells_hears_it_too_and_is_asked_on(intent: str) -> None:
    said = texts(conversation().outside(Turn(intent, 0.4, "仲居をしてます。膝が痛くて階段がつらいです"), State()))
    assert "お体" in said[0]
    assert "お話しくださって" in said[1]


def test_who_is_told_where_to_turn_is_not_pitied_as_well() -> None:
    turn = Turn("distress", 0.9, "上司のパワハラがつらい。何から始めればいい？",
                questions=(Turn("ask_steps", 0.9, "何から始めればいい？"),),
                remarks=(Turn("distress", 0.9, "上司のパワハラがつらい"),))  # fmt: skip
    outcome = conversation().respond(turn, State())
    assert outcome.messages[0].alert
    assert "人間関係" not in "".join(texts(outcome))


def test_a_guided_question_goes_on_without_it() -> None:
    turn = Turn("ask_job", 0.9, "残業続きで疲れました。経理って何？", {"job": ["経理"]})
    assert "おつかれさま" not in "".join(texts(conversation().respond(turn, State(), guided=True)))


@pytest.mark.parametrize(
    ("text", "told", "not_told"),
    [
        ("コールセンターで働いてます。クレームばかりで病みそう", "離れたいとき", "経験」は"),
        ("コールセンター5年。電話はもう聞きたくない", "離れたいとき", "経験」は"),
        ("銀行の窓口です。お客様に怒られてばかりです", "お金を扱う仕事の経験", "人と話すのが好き"),
        ("保険の営業してました。数字に追われるのに疲れて辞めました", "営業の仕事から離れたい", "数字や計算"),
        ("飲食店で働いてました", "経験」は", "離れたい"),
    ],
)
def test_what_was_hard_is_no_strength_to_go_on_with(text: str, told: str, not_told: str) -> None:
    said = "".join(texts(conversation().respond(Turn("ask_what_suits_me", 0.9, text), State())))
    assert told in said
    assert not_told not in said


def test_safety_leaves_the_first_word_to_the_answer() -> None:
    def first_words(text: str, slots: dict[str, Any]) -> tuple[list[str], str]:
        said, events = run(ActionSafety(), message("distress", text, ("事務職",), 0.4), {"notice_given": True, **slots})
        return [one["text"] for one in said], str(events[-1].get("name"))

    assert first_words("夜勤がつらくて限界です。事務に行けますか", {}) == ([], "action_job_answers")
    said, then = first_words("夜勤がつらくて限界です。事務に行けますか", {"comforted": True})
    assert "お気持ち" in said[0]
    assert then == "action_job_answers"
