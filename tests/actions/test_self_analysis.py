"""The self-analysis as plain functions: scoring, conversation, result, draft, data file."""

from __future__ import annotations

import json
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.self_analysis import data, draft, evidence, messages, prompts, result, scoring, simulate, talk
from actions.self_analysis.state import CHANGE, CONSENT, DONE, State
from bot import payloads

ANALYSIS = data.load()
AXIS = [question.id for question in ANALYSIS.axis_questions]
STEPS = {question.id: ("1", "2", "3", "4") for question in ANALYSIS.axis_questions if question.kind == "steps4"} | {
    question.id: ("1", "2", "3", "4", "5") for question in ANALYSIS.axis_questions if question.kind == "scale5"
}
BAND_PLACE = {"clear": 2, "slight": 1, "both": 0}
EPISODE = (
    "レジのアルバイトで、閉店のときにお金が合わないことが多かったので、"
    "1時間ごとに確認する表を作ったら、ずれがほとんどなくなって店長に感謝されました。"
)


def fresh() -> State:
    return State(ANALYSIS.version, step="q1", consent=True)


def at(step: str) -> State:
    """Where everything before `step` was skipped."""
    state = fresh()
    state.step = step
    state.answers = {f"q{number}": {"skipped": True} for number in range(1, int(step[1:]))}
    return state


def say(state: State, *texts: str) -> tuple[State, list[str], messages.Turn]:
    """Types the texts one after the other; the state, everything said, the last turn."""
    heard: list[str] = []
    turn = messages.Turn(state)
    for text in texts:
        turn = talk.turn(ANALYSIS, state, messages.Said(text=text), 1.0)
        heard += turn.says
        state = turn.state
    return state, heard, turn


def tap(state: State, q: str, v: str, intent: str = "sa_answer") -> messages.Turn:
    return talk.turn(ANALYSIS, state, messages.Said(intent=intent, q=q, v=v, tapped=True), 1.0)


def answered(**steps: str) -> dict[str, dict[str, object]]:
    return {qid: {"v": v} for qid, v in steps.items()}


@st.composite
def axis_answers(draw: st.DrawFn) -> dict[str, dict[str, object]]:
    return {qid: {"v": v} for qid in AXIS if (v := draw(st.sampled_from((*STEPS[qid], "unknown", None)))) is not None}


AGREEING = (scoring.Evidence("backstage", "", confirmed=True),)


# --- scoring ------------------------------------------------------------------


def test_axis_is_the_weighted_mean_with_back_office_positive() -> None:
    found = scoring.axis(ANALYSIS, answered(q1="4", q2="4"), ())
    assert found.value == 0.0  # q1 B is +, q2 B is −, equal weights
    assert found.coverage == pytest.approx(3 / 7, abs=1e-4)
    assert found.band == "insufficient"


def test_skipping_all_is_insufficient() -> None:
    found = scoring.score(ANALYSIS, {qid: {"skipped": True} for qid in AXIS}, ())
    assert found.axis.band == "insufficient"
    assert found.axis.value is None
    assert found.named is None


def test_clear_needs_a_confirmed_episode_that_agrees() -> None:
    back_office = answered(q1="4", q2="1", q3="4", q4="1", q5="5", q6="5")
    assert scoring.axis(ANALYSIS, back_office, ()).band == "slight"
    assert scoring.axis(ANALYSIS, back_office, [scoring.Evidence("learning", "学んだ")]).band == "slight"
    counter = scoring.Evidence("learning", "苦手", confirmed=True, counter=True)
    assert scoring.axis(ANALYSIS, back_office, [counter]).band == "slight"
    confirmed = scoring.Evidence("learning", "学んだ", confirmed=True)
    assert scoring.axis(ANALYSIS, back_office, [confirmed]).band == "clear"


def test_role_score_is_the_formula() -> None:
    role = next(role for role in ANALYSIS.roles if role.job == "法務")
    found = scoring.role_score(
        ANALYSIS,
        role,
        {"q7": {"v": ["records", "contracts"]}, "q8": {"v": ["management"]}},
        0.8,
        [scoring.Evidence("accuracy", "", confirmed=True), scoring.Evidence("law", "", confirmed=True, counter=True)],
    )
    assert found.score == pytest.approx(0.5 * 0.8 + 0.2 * 1 + 0.15 * 1 + 0.15 * 0.5 - 0.2 * 0.5)


def test_one_job_is_named_only_with_margin_score_and_two_sources() -> None:
    answers = {**answered(q1="4", q2="1", q3="4", q4="1", q5="5", q6="5"), "q7": {"v": ["contracts"]}}
    assert scoring.score(ANALYSIS, answers, ()).named == "法務"
    assert scoring.score(ANALYSIS, {**answers, "q7": {"v": ["contracts", "it"]}}, ()).named is None


@given(axis_answers())
def test_same_answers_same_result(answers: dict[str, dict[str, object]]) -> None:
    state = State(ANALYSIS.version, step=DONE, consent=True, answers=answers)
    assert result.compose(ANALYSIS, state) == result.compose(ANALYSIS, state.copy())
    assert result.compose(ANALYSIS, State.from_json(json.loads(json.dumps(state.to_json())), ANALYSIS)) == (
        result.compose(ANALYSIS, state)
    )


@given(axis_answers(), st.sampled_from(AXIS), st.data())
def test_one_changed_answer_moves_the_result_only_its_way(
    answers: dict[str, dict[str, object]], qid: str, draw: st.DataObject
) -> None:
    question = ANALYSIS.question(qid)
    first, second = draw.draw(st.sampled_from(STEPS[qid])), draw.draw(st.sampled_from(STEPS[qid]))
    before = scoring.axis(ANALYSIS, {**answers, qid: {"v": first}}, AGREEING)
    after = scoring.axis(ANALYSIS, {**answers, qid: {"v": second}}, AGREEING)
    moved = (scoring.item_value(ANALYSIS, question, {"v": second}) or 0) - (
        scoring.item_value(ANALYSIS, question, {"v": first}) or 0
    )
    assert before.value is not None
    assert after.value is not None
    assert (after.value - before.value) * moved >= 0
    if before.band != "insufficient":
        place = {found: BAND_PLACE[found.band] * (1 if (found.value or 0) > 0 else -1) for found in (before, after)}
        assert (place[after] - place[before]) * moved >= 0


@given(
    st.lists(st.sampled_from([choice.v for choice in ANALYSIS.question("q7").choices]), unique=True, max_size=2),
    st.sampled_from(ANALYSIS.roles),
    st.sampled_from([tag.id for tag in ANALYSIS.tags]),
)
def test_speaking_for_a_job_never_lowers_it(cards: list[str], role: data.Role, tag: str) -> None:
    def score(picked: list[str], found: list[scoring.Evidence]) -> float:
        return scoring.role_score(ANALYSIS, role, {"q7": {"v": picked}}, 0.0, found).score

    plain = score(cards, [])
    assert score([*cards, role.tasks[0]] if role.tasks[0] not in cards else cards, []) >= plain
    assert score(cards, [scoring.Evidence(tag, "", confirmed=True)]) >= plain
    assert score(cards, [scoring.Evidence(tag, "", confirmed=True, counter=True)]) <= plain


def test_random_answerers_are_seldom_told_a_direction() -> None:
    shares = simulate.shares(ANALYSIS, 0.0, 0.15, episode=True, people=3000)
    assert shares["clear"] <= 0.10
    assert shares["slight"] <= 0.28
    leaning = simulate.shares(ANALYSIS, 0.8, 0.0, episode=True, people=1000)
    assert leaning["clear"] + leaning["slight"] >= 0.75


# --- conversation ---------------------------------------------------------------


def test_who_agrees_is_told_that_it_begins() -> None:
    agreed = talk.turn(ANALYSIS, State(ANALYSIS.version, step=CONSENT), messages.Said(text="はい"), 1.0)
    assert agreed.says == ["ありがとうございます。では、はじめます。"]


def test_nothing_is_kept_before_consent() -> None:
    turn = talk.start(ANALYSIS, State(ANALYSIS.version), "start_self_analysis", 1.0)
    assert turn.state.step == CONSENT
    text = prompts.prompt(ANALYSIS, turn.state).text
    for word in ("自動", "5分", "スキップ", "変えられ", "健康", "保存"):
        assert word in text
    declined = talk.turn(ANALYSIS, turn.state, messages.Said(text="やめておく"), 1.0)
    assert (declined.course, declined.ended, declined.state.answers) == ("end", "declined", {})


def test_a_whole_conversation_in_words() -> None:
    state = talk.start(ANALYSIS, State(ANALYSIS.version), "start_self_analysis", 1.0).state
    state, _, turn = say(
        state,
        *("はい", "どちらかというとB", "一つの分野を深く", "３", "Aです", "あんまり当てはまらない", "4", "1と3"),
        *("会社で働くみんな", "これで決定"),
    )
    # a single typed pick may be followed by another; 「これで決定」 is no option's word and is explained
    state = tap(state, "q8", "done").state if state.step == "q8" else state
    state, _, turn = say(
        state, EPISODE, "合っている", "電話が続くと疲れました", "はい", "時間と収入", "一人で任される仕事がある"
    )
    assert (turn.course, turn.ended) == ("end", "result")
    assert [state.answers[qid]["v"] for qid in AXIS] == ["3", "1", "3", "1", "2", "4"]
    found = result.compose(ANALYSIS, state)
    payloads.validate({"self_analysis": found.payload})
    assert {"tag": "電話・書類", "words": "電話が続くと疲れました"} in found.payload["counter"]
    text = found.payload["text"]
    assert "一人で任される仕事がある" in text
    assert not re.search(r"向いていな|必ず|絶対|天職|\d+点", text)


def test_back_keeps_answers_and_returns_to_where_one_was() -> None:
    state, _, _ = say(fresh(), "A", "B", "A", "1つ戻る", "戻って")
    assert state.step == "q2"
    state, _, _ = say(state, "A")
    assert state.step == "q4"
    assert state.answers["q2"] == {"v": "1"}


def test_any_answer_can_be_changed_by_number() -> None:
    state, _, _ = say(fresh(), "A", "B", "A", "2番の答えを変えたい")
    assert state.step == "q2"
    state, _, _ = say(state, "A")
    assert (state.step, state.answers["q2"]) == ("q4", {"v": "1"})


def finished() -> State:
    state, _, _ = say(fresh(), "B", "A", "B", "A", "5", "4", "1と3と5", "経営とデータ", EPISODE, "合っている")
    state, _, turn = say(state, "スキップ", "時間と収入", "スキップ")
    assert turn.ended == "result"
    return state


def test_an_answer_is_removed_from_the_result() -> None:
    state = finished()
    said = messages.Said(text="「数字が好き」は消して", intent="change_answer")
    out = talk.outside(ANALYSIS, state, said, 1.0)
    assert out.show
    assert out.state.answers["q7"] == {"v": ["contracts", "it"]}
    assert "数字" not in "".join(result.compose(ANALYSIS, out.state).payload["card"]["clues"][:5])


def test_change_from_the_result_comes_back_to_the_result() -> None:
    out = talk.outside(ANALYSIS, finished(), messages.Said(intent="change_answer", text="答えを変える"), 1.0)
    assert (out.form, out.state.step) == (True, CHANGE)
    state, _, turn = say(out.state, "1", "A")
    assert (turn.ended, state.answers["q1"]) == ("result", {"v": "1"})


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("なんでそんなこと聞くの？", "why"),
        ("例を出して", "example"),
        ("質問の意味がわからない", "explain"),
    ],
)
@pytest.mark.parametrize("qid", [question.id for question in ANALYSIS.questions])
def test_reason_example_and_meaning_are_answered_at_every_item(qid: str, text: str, field: str) -> None:
    state = fresh()
    state.step = qid
    after, heard, turn = say(state, text)
    assert heard == [getattr(ANALYSIS.question(qid), field)]
    assert (after.step, turn.course) == (qid, "ask")


def test_a_stale_tap_is_answered_and_never_applied() -> None:
    state, _, _ = say(fresh(), "A")
    turn = tap(state, "q1", "4")
    assert turn.says == [ANALYSIS.texts["stale"]]
    assert turn.state.answers == state.answers
    assert turn.state.step == "q2"
    assert tap(state, "q1", "", intent="skip_question").state.answers == state.answers


def test_a_pick_of_several_removes_the_picked() -> None:
    state = fresh()
    state.step = "q7"
    state = tap(state, "q7", "it").state
    titles = [button.title for button in prompts.prompt(ANALYSIS, state).buttons]
    assert "PCやネットワーク" not in titles
    assert titles[-3:-1] == ["スキップ", "1つ戻る"] or titles[-2:] == ["スキップ", "1つ戻る"]
    assert tap(state, "q7", "it").says == [ANALYSIS.texts["already_picked"]]
    state = tap(tap(state, "q7", "records").state, "q7", "trade").state
    assert state.answers["q7"] == {"v": ["it", "records", "trade"]}


def test_buttons_belong_to_the_question_and_fit_line() -> None:
    state = fresh()
    for question in ANALYSIS.questions:
        state.step = question.id
        buttons = prompts.prompt(ANALYSIS, state).buttons
        assert len(buttons) <= 13
        assert all(len(button.title) <= 20 and f'"q":"{question.id}"' in button.payload for button in buttons)
        kinds = [button.payload.startswith("/sa_answer") for button in buttons]
        assert kinds == sorted(kinds, reverse=True), "answers first, controls last"


def test_nothing_to_say_gets_one_easier_example_then_a_skip() -> None:
    state = at("q9")
    state, heard, _ = say(state, "特にないです")
    assert heard == [ANALYSIS.question("q9").easier]
    assert state.step == "q9"
    state, _, _ = say(state, "思いつかない")
    assert (state.step, state.answers["q9"]) == ("q10", {"skipped": True})


@pytest.mark.parametrize("intent", ["crisis", "crisis_other"])
@pytest.mark.parametrize("step", ["q1", "q7", "q9", "q10", "q9_tags"])
def test_a_crisis_stops_everything(intent: str, step: str) -> None:
    state = fresh()
    state.step = step
    state.notes = {"q9": [{"tag": "accuracy", "words": "確認", "confirmed": False, "counter": False}]}
    turn = talk.turn(
        ANALYSIS, state, messages.Said(text="もう消えてしまいたい気持ちです", intent=intent, confidence=0.9), 1.0
    )
    assert (turn.course, turn.says, turn.state.answers) == ("step_out", [], {})


@pytest.mark.parametrize("step", ["q1", "q7", "q9", "q9_tags"])
def test_a_human_can_be_asked_for_at_any_point(step: str) -> None:
    state = fresh()
    state.step = step
    state.notes = {"q9": [{"tag": "accuracy", "words": "確認", "confirmed": False, "counter": False}]}
    said = messages.Said(text="人と話したいです", intent="request_human", confidence=0.95)
    assert talk.turn(ANALYSIS, state, said, 1.0).course == "step_out"


@pytest.mark.parametrize("step", ["q1", "q5", "q7", "q9", "q12"])
def test_a_job_question_goes_aside_and_the_item_stays(step: str) -> None:
    state = fresh()
    state.step = step
    said = messages.Said(text="ところで経理ってどんな仕事ですか？", intent="ask_job", confidence=0.9)
    turn = talk.turn(ANALYSIS, state, said, 1.0)
    assert (turn.course, turn.state.step, turn.state.answers) == ("aside", step, {})


def test_a_hard_day_told_is_kept_and_answered_with_care() -> None:
    state = fresh()
    state.step = "q10"
    said = messages.Said(text="クレームの電話が毎日続いて、本当にしんどかったです", intent="distress", confidence=0.9)
    turn = talk.turn(ANALYSIS, state, said, 1.0)
    assert turn.course == "aside"
    assert "q10" in turn.state.answers


def test_pause_and_resume_after_days() -> None:
    state, _, turn = say(fresh(), "A", "B", "中断する")
    assert (turn.course, turn.ended) == ("end", "paused")
    later = talk.start(ANALYSIS, State.from_json(state.to_json(), ANALYSIS), "resume", 1.0 + 3 * 86400)
    assert later.says == [ANALYSIS.texts["welcome_back"].format(step=3)]
    assert later.state.step == "q3"
    assert later.state.answers == state.answers


@pytest.mark.parametrize("words", ["やめる", "やっぱりやめます", "終了"])
def test_who_has_had_enough_loses_no_answer(words: str) -> None:
    state, _, turn = say(fresh(), "A", "B", words)
    assert (turn.course, turn.ended) == ("end", "paused")
    assert set(state.answers) == {"q1", "q2"}


def test_a_start_with_something_unfinished_offers_both() -> None:
    state, _, _ = say(fresh(), "A", "B", "中断する")
    again = talk.start(ANALYSIS, state, "start_self_analysis", 2.0).state
    assert [button.title for button in prompts.prompt(ANALYSIS, again).buttons] == ["続きから", "最初からやり直す"]
    assert say(again, "続きから")[0].step == "q3"
    assert say(again, "最初からやり直す")[0].answers == {}


def test_start_over_asks_first() -> None:
    state, _, _ = say(fresh(), "A", "最初からやり直したい")
    assert say(state, "このまま続ける")[0].step == "q2"
    assert say(state, "はい")[0].answers == {}


def test_too_little_offers_at_most_two_more_items() -> None:
    state, _, turn = say(fresh(), "B", "A", *["スキップ"] * 10)
    assert turn.course == "ask"
    assert state.more_left == ["q3", "q4"]
    state, _, turn = say(state, "答えてみる", "B", "A")
    assert turn.ended == "result"
    assert result.compose(ANALYSIS, state).payload["axis"]["band"] == "slight"


def test_what_is_not_understood_never_traps_anyone() -> None:
    state = fresh()
    for _ in range(200):
        turn = talk.turn(ANALYSIS, state, messages.Said(text="ぬるぽ", intent="nlu_fallback", confidence=0.2), 1.0)
        state = turn.state
        if turn.ended:
            break
    assert turn.ended == "result"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("父が病気なので家の近くで働きました。書類の確認を任されました。", "書類の確認を任されました。"),
        ("私は教会に通っています。", ""),
        ("お客様の家族連れに席を案内して感謝されました。", "お客様の家族連れに席を案内して感謝されました。"),
        ("親切に教えて喜ばれました。", "親切に教えて喜ばれました。"),
    ],
)
def test_prohibited_topics_are_not_stored(text: str, kept: str) -> None:
    assert evidence.without_prohibited(ANALYSIS, text).text == kept
    state = fresh()
    state.step = "q9"
    stored = json.dumps(talk.turn(ANALYSIS, state, messages.Said(text=text), 1.0).state.to_json(), ensure_ascii=False)
    assert not any(word in stored for word in ("病気", "教会"))


def test_tags_are_confirmed_or_corrected_by_the_person() -> None:
    state = at("q9")
    state, _, _ = say(state, EPISODE)
    assert state.step == "q9_tags"
    tags = {note["tag"] for note in state.notes["q9"]}
    assert {"accuracy", "improvement"} <= tags
    assert not any(item.confirmed for item in state.evidence())
    state, _, _ = say(state, "正確さはちがう")
    assert "accuracy" not in {note["tag"] for note in state.notes["q9"]}
    state, _, _ = say(state, "協力もあると思う", "合っている")
    assert {"improvement", "teamwork"} <= {item.tag for item in state.evidence() if item.confirmed}
    assert state.step == "q10"


# --- draft, data file -----------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [EPISODE, "部活でマネージャーをしました。道具の準備を続けたら、みんなに感謝されました。", "表を作った", ""],
)
def test_the_draft_holds_only_the_persons_words(text: str) -> None:
    made = draft.make(ANALYSIS, text, [scoring.Evidence("accuracy", "", confirmed=True)])
    if not text:
        assert made is None
        return
    assert made is not None
    frame = [ANALYSIS.draft["strength"].format(verbs="確かめながら正確に進めること"), *ANALYSIS.draft["blank"].values()]
    for line in made["text"].splitlines():
        assert line in frame or line in text
    assert "".join(made[part] for part in draft.PARTS) == text


def test_the_draft_finds_the_four_parts() -> None:
    made = draft.make(ANALYSIS, EPISODE, [])
    assert made is not None
    assert made["situation"] == "レジのアルバイトで、"
    assert made["action"] == "1時間ごとに確認する表を作ったら、"
    assert made["result"].endswith("感謝されました。")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight: 1.25", "weight: 一", "種類が違います"),
        ("    target: 0.8", "    target: 3", "大きすぎます"),
        ("evidence: [accuracy, learning, law]", "evidence: [accurcy, learning, law]", "accurcy"),
        ("      - '工夫'", "      - '工夫('", "正規表現"),
        ("    why: 手順の決まった", "    whi: 手順の決まった", "why"),
        ("version: ", "version ", "YAML"),
    ],
)
def test_errors_in_the_data_file_name_line_and_cure(old: str, new: str, said: str) -> None:
    text = data.PATH.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(data.DataError) as error:
        data.check(text.replace(old, new, 1), "analysis.yml")
    message = str(error.value)
    assert re.search(r"analysis\.yml \d+行目: ", message)
    assert said in message
    assert "ください" in message


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from([question.id for question in ANALYSIS.questions]))
def test_any_text_is_survived(text: str, qid: str) -> None:
    state = fresh()
    state.step = qid
    turn = talk.turn(ANALYSIS, state, messages.Said(text=text, intent="nlu_fallback", confidence=0.1), 1.0)
    json.dumps(turn.state.to_json())
    if turn.state.step != DONE:
        prompts.prompt(ANALYSIS, turn.state)


def test_mixed_walks_end_without_asking_twice() -> None:
    """Pure version of the 200 people: every one comes to an end, no item twice without cause."""
    for seed in range(200):
        chance = random.Random(seed)
        state, asked, cause = fresh(), [], False
        for _ in range(200):
            if state.step.startswith("q") and not cause:
                assert state.step not in asked, (seed, state.step)
                asked.append(state.step)
            buttons = prompts.prompt(ANALYSIS, state).buttons
            answers = [b for b in buttons if b.payload.startswith("/sa_answer")]
            kind = chance.choice(("tap", "tap", "tap", "skip", "back", "ask"))
            before = state
            if kind == "tap":
                values = json.loads("{" + chance.choice(answers).payload.split("{", 1)[1])
                turn = tap(state, values["q"], values["v"])
            elif kind == "skip":
                turn = say(state, "スキップ")[2]
            elif kind == "back":
                turn = say(state, "戻る")[2]
            else:
                turn = talk.turn(
                    ANALYSIS, state, messages.Said(text="経理って何？", intent="ask_job", confidence=0.9), 1.0
                )
            state = turn.state
            if turn.ended:
                break
            # back, a question in between, an easier example or a further pick are causes to see an item again
            cause = kind in ("back", "ask") or state.step == before.step or state.step in asked
        assert turn.ended in ("result", "paused", "declined"), seed
