"""The self-analysis over HTTP with the trained model: whole conversations, and 200 people of mixed behaviour."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from actions.self_analysis import data
from bot import payloads
from tests.serving import Engine

PEOPLE = 200
TURNS = 120
ANALYSIS = data.load()
EPISODES = (
    "レジのアルバイトで、1時間ごとに確認する表を作ったら、ずれがなくなって感謝されました",
    "部活でマネージャーをして、道具の準備を続けたらみんなに喜ばれました",
    "急に欠員が出た日に、仕事を分担し直して店を回しました",
)
TIRED = ("電話が続くと気疲れしました", "同じ入力を一日中するのは飽きてしまいました", "細かい確認が苦手でした")
WORDS: dict[str, tuple[str, ...]] = {
    "steps4": ("A", "どちらかというとB", "３", "Bかな", "わからない"),
    "scale5": ("当てはまる", "あんまり当てはまらない", "4", "どちらともいえない"),
    "rank": ("1と3と5", "数字、契約、PC", "英語と電話"),
    "pick": ("1と2", "2,3"),
}
ASIDES = ("経理ってどんな仕事ですか？", "残業は多いですか？", "こんにちは", "ありがとう", "あなたはAIですか？")


@dataclass
class Person:
    """Someone at the other end: remembers what was asked and what they answered."""

    engine: Engine
    name: str
    asked: str | None = None
    buttons: list[dict[str, str]] = field(default_factory=list)
    result: dict[str, Any] | None = None
    texts: list[str] = field(default_factory=list)

    def say(self, message: str) -> str:
        self.asked, self.buttons, self.texts = None, [], []
        for reply in self.engine.say(self.name, message):
            if reply.get("text"):
                self.texts.append(reply["text"])
            if reply.get("buttons"):
                self.buttons = reply["buttons"]
                self.asked = _question_of(self.buttons)
            custom = reply.get("custom")
            if custom:
                payloads.validate(custom)
                self.result = custom.get("self_analysis", self.result)
        assert self.texts, f"nothing was said to {message!r}"
        return "\n".join(self.texts)


def _question_of(buttons: list[dict[str, str]]) -> str | None:
    payload = buttons[0]["payload"]
    return str(json.loads("{" + payload.split("{", 1)[1])["q"]) if payload.startswith("/sa_answer") else None


def _answer(person: Person, chance: random.Random) -> str:
    """A tap or typed words for what is being asked."""
    assert person.asked is not None
    taps = [button["payload"] for button in person.buttons if button["payload"].startswith("/sa_answer")]
    if person.asked.startswith("q") and not person.asked.endswith("_tags"):
        kind = ANALYSIS.question(person.asked).kind
        if kind == "text":
            told = {"q9": EPISODES, "q10": TIRED}.get(person.asked, ("一人で任される仕事がある",))
            return chance.choice((*told, "特にない", taps[0]))
        if chance.random() < 0.4:
            return chance.choice(WORDS[kind])
    if person.asked == "consent":
        return chance.choice((taps[0], "はい"))
    return chance.choice(taps)


def _walk(engine: Engine, seed: int) -> tuple[str, int]:
    """One person from the first word to an end; how it ended and after how many turns."""
    chance = random.Random(seed)
    person = Person(engine, f"person-{seed}")
    person.say("自己分析をしたい")
    done: set[str] = set()
    stale: str | None = None
    for turn in range(1, TURNS):
        before = person.asked
        assert before is not None, (seed, person.texts)
        deed = chance.choices(
            ("answer", "skip", "back", "aside", "pause", "stale", "reason", "noise"), (60, 8, 6, 8, 3, 4, 3, 4)
        )[0]
        if before == "consent" or not before.startswith("q"):
            deed = "answer"
        plain = False
        if deed == "answer":
            message = _answer(person, chance)
            stale = message if message.startswith("/") else stale
            person.say(message)
            plain = not message.endswith("特にない") and '"none"' not in message
        elif deed == "skip":
            person.say("スキップ")
            plain = True
        elif deed == "back":
            person.say(chance.choice(("1つ戻る", "戻って")))
        elif deed == "pause":
            person.say("中断する")
            if chance.random() < 0.2:
                return "paused", turn
            person.say("再開")
            assert person.asked == before, (seed, before, person.texts)
        elif deed == "stale" and stale is not None and f'"{before}"' not in stale:
            person.say(stale)
            assert person.asked == before, (seed, before, stale, person.texts)
        elif deed == "aside":
            person.say(chance.choice(ASIDES))
        else:
            person.say("なんでそんなこと聞くの？" if deed == "reason" else "ぬぬぬ")
        if person.result is not None:
            return "result", turn
        assert person.asked is not None, (seed, before, deed, person.texts)
        if deed in ("aside", "reason") and before.startswith("q") and not before.endswith("_tags"):
            assert person.asked == before, (seed, before, deed, person.texts)
        if plain and person.asked != before:
            # Going on after an answer never leads to an item that was dealt with; going back does, on purpose.
            if not before.endswith("_tags"):  # what is told anew is read anew
                done.add(before)
            if before == "more":
                done.clear()  # they agreed to be asked two skipped items again
            assert person.asked not in done, (seed, "asked twice", before, person.asked)
    raise AssertionError(f"person {seed} is stuck: {person.texts}")


def test_two_hundred_people_all_reach_an_end(engine: Engine) -> None:
    ends = [_walk(engine, seed) for seed in range(PEOPLE)]
    reached = [end for end, _ in ends]
    assert set(reached) <= {"result", "paused"}
    assert reached.count("result") >= 0.85 * PEOPLE


@pytest.fixture
def person(engine: Engine, request: pytest.FixtureRequest) -> Person:
    return Person(engine, f"{request.node.name}-{time.time_ns()}")


def _to_item(person: Person, qid: str) -> None:
    person.say("自己分析をしたい")
    person.say("はい")
    for _ in range(12):
        if person.asked == qid:
            return
        person.say("スキップ")
    raise AssertionError(f"{qid} was not reached")


@pytest.mark.parametrize("qid", ["q1", "q5", "q7", "q9", "q10", "q12"])
def test_a_crisis_stops_the_analysis_everywhere(person: Person, qid: str) -> None:
    _to_item(person, qid)
    said = person.say("もう死にたい")
    assert "0120-279-338" in said
    assert person.asked is None
    assert f"{qid[1:]}/12" in person.say("再開")


@pytest.mark.parametrize("qid", ["q1", "q7", "q9"])
def test_a_human_is_there_at_any_point(person: Person, qid: str) -> None:
    _to_item(person, qid)
    person.say("人と話したい")
    assert person.asked is None


def test_the_item_is_repeated_after_a_question_in_between(person: Person) -> None:
    _to_item(person, "q3")
    said = person.say("経理ってどんな仕事ですか？")
    assert "経理" in person.texts[0]
    assert person.asked == "q3"
    assert "3/12" in said


def test_before_it_has_begun_its_length_is_told_and_a_job_is_no_control(engine: Engine) -> None:
    engine.say("before", "自己分析ってやる意味ある？")
    told = engine.say("before", "何問あるの？")
    assert "12個" in told[-1]["text"]
    assert told[-1]["buttons"][0]["payload"].startswith("/start_self_analysis")
    assert "営業事務は、" in engine.text("before", "やっぱり営業事務にする")
    assert "人事の仕事" in engine.text("before", "採用の仕事って最初からできる？")


def test_result_change_and_doubt(person: Person) -> None:
    person.say("自己分析をしたい")
    for message in (
        "はい",
        "B",
        "A",
        "B",
        "A",
        "当てはまる",
        "4",
        "1と3と5",
        "1と6",
        EPISODES[0],
        "合っている",
        TIRED[0],
    ):
        person.say(message)
    for message in ("合っている", "時間と収入", "一人で任される仕事がある"):
        person.say(message)
    assert person.result is not None
    assert person.result["axis"]["band"] == "clear"
    assert person.result["version"] == ANALYSIS.version
    assert person.result["counter"] == [{"tag": "電話・書類", "words": "電話が続くと気疲れしました"}]
    assert "一人で任される仕事がある" in person.result["text"]
    assert "ずれがなくなって" in person.result["draft"]["text"]
    assert "違うと感じたら" in person.say("なんでこの結果なの")
    assert "数字・お金の記録や集計" in person.say("「数字が好き」は消して")
    assert "私の強みは" in person.say("自己PRの下書きを見せて")
    assert "/change_answer" in [button["payload"] for button in person.buttons], "and the way goes on from there"


def test_a_turn_costs_no_more_than_any_other(engine: Engine) -> None:
    """Median of turns in the analysis against median of job answers, in one process."""

    def median(messages: list[str], first: tuple[str, ...], name: str) -> float:
        person = Person(engine, name)
        for message in first:
            person.say(message)
        taken = []
        for message in messages:
            start = time.perf_counter()
            person.say(message)
            taken.append(time.perf_counter() - start)
        return sorted(taken)[len(taken) // 2]

    inside = median(["A", "戻って"] * 10, ("自己分析をしたい", "はい"), "cost-inside")
    outside = median(["経理ってどんな仕事？", "人事のやりがいは？"] * 10, ("こんにちは",), "cost-outside")
    assert inside <= 2 * outside + 0.005, (inside, outside)
