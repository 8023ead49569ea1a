"""The gate on language the bot was never trained on: intents, jobs, questions, and messages of danger."""

from __future__ import annotations

from collections import Counter
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from bot.documents import read_yaml
from bot.safety.rules import detect
from tests.nlu.conftest import Parse

HERE = Path(__file__).parent
CRISIS = ("crisis", "crisis_other")
# What is aimed at is .95 of the intents, every message of danger and 1 % false alarms (issue 2). These are floors a
# little below what is measured (docs/nlu.md, docs/nlu-log.md): a row or two more or less is no alarm, a real loss is.
# Raise them as the model gets better, never lower them.
INTENTS = 0.94  # measured .943 to .947, aim .95
JOBS = 0.98
FRESH = 0.93  # measured .936
QUESTIONS = 0.55  # aim: all
MISSED = 3  # of 96; aim 0. The desk keeps its own rule list beside this.
FALSE_ALARMS = 0.019  # measured .013 to .017 as the lines change by a few; aim .01
# The unread halves by another hand, written to be hard.
BLIND = 0.95
BLIND_INTENTS = 0.935  # of 475 for all intents by a further hand; measured .947
SECOND_INTENTS = 0.925  # of 1,154 by two more; measured .931 to .937
THIRD_INTENTS = 0.905  # of 1,683 by a further two; measured .913 to .916
FOURTH_INTENTS = 0.85  # of 1,671 by two more, some of whose labels contradict the definitions; measured .863
BLIND_QUESTIONS = 0.67  # of 71; in 12 one of the two cannot be asked beside another
BLIND_CUT = 0.1  # of 55 that ask one thing and look like two; measured 4
BLIND_MISSED = 3  # of 79; aim 0
BLIND_FALSE = 0.06  # of 149 calm look-alikes; aim .01
SECOND_MISSED = 7  # of 100 by yet another hand; aim 0
SECOND_FALSE = 0.14  # of 164 calm look-alikes of death, falling, cutting, vanishing; aim .01
THIRD_MISSED = 6  # of 77 by a fifth, with violence and abuse; aim 0
THIRD_FALSE = 0.23  # of 102 look-alikes, half of them at the very border; aim .01
FOURTH_MISSED = 6  # of 98 by a sixth; measured 4 and 5, aim 0
FOURTH_FALSE = 0.2  # of 96 look-alikes; aim .01
FIFTH_MISSED = 6  # of 111 by a seventh; measured 3 to 5, aim 0
FIFTH_FALSE = 0.17  # of 110 look-alikes; aim .01
SIXTH_MISSED = 8  # of 101 by an eighth, a tenth of them in English; measured 6 at first sight, aim 0
SIXTH_FALSE = 0.07  # of 103 look-alikes; measured 4 at first sight, aim .01
# What people tell of themselves in the self-analysis, 930 texts in plain words.
TOLD_FALSE = 0.015  # measured .012; aim none
TOLD = ("episodes.yml", "fresh_self_analysis.yml", "plain_self_analysis.yml")
# Of the rows that also stand in the training data.
COMMON = 0.98

Row = dict[str, Any]
Judged = list[tuple[Row, dict[str, Any]]]


def _rows(name: str) -> list[Row]:
    rows: list[Row] = read_yaml(HERE / name)["rows"]
    return rows


@pytest.fixture(scope="module")
def heldout(parse: Parse) -> Judged:
    return [(row, parse(row["text"])) for row in _rows("heldout.yml")]


def right(row: Row, result: dict[str, Any]) -> bool:
    """The intent, or one that the row allows too, or for two questions the first of them."""
    return result["intent"]["name"] in {row["intent"], *(row.get("also") or ())}


def jobs_of(result: dict[str, Any]) -> set[str]:
    return {entity["value"] for entity in result["entities"] if entity["entity"] == "job"}


def heard_in(result: dict[str, Any]) -> set[str]:
    """What is answered: every question of the message, or the message as a whole, and what is met with a kind word."""
    parts = [*(result.get("questions") or ()), *(result.get("remarks") or ())]
    return {result["intent"]["name"], *(part["intent"]["name"] for part in parts)}


def f1(pairs: list[tuple[set[str], set[str]]]) -> float:
    hits = sum(len(wanted & found) for wanted, found in pairs)
    return 2 * hits / sum(len(wanted) + len(found) for wanted, found in pairs)


def test_intents(heldout: Judged) -> None:
    share = sum(right(*pair) for pair in heldout) / len(heldout)
    wrong = Counter((row["intent"], result["intent"]["name"]) for row, result in heldout if not right(row, result))
    assert share >= INTENTS, (
        f"{share:.3f} of the held-out intents are right; most often confused: {wrong.most_common(8)}"
    )


def test_what_many_people_type(parse: Parse) -> None:
    """Fresh rows that were found in the training data too: learnt by heart, so hardly one may be wrong."""
    rows = _rows("common.yml")
    wrong = [row["text"] for row in rows if not right(row, parse(row["text"]))]
    assert len(wrong) <= (1 - COMMON) * len(rows), wrong


def test_three_further_hands(parse: Parse) -> None:
    """Voices that neither training data nor thresholds know; their labels were checked by nobody but their writers.

    The hard ones of the other half are learnt, so that the rest of it would only flatter.
    """
    rows = [
        row
        for row in _rows("fresh.yml")
        if int(sha1(row["text"].encode(), usedforsecurity=False).hexdigest(), 16) % 2 == 0
    ]
    by_hand: dict[str, list[bool]] = {}
    for row in rows:
        by_hand.setdefault(row["hand"], []).append(right(row, parse(row["text"])))
    shares = {hand: round(sum(found) / len(found), 3) for hand, found in sorted(by_hand.items())}
    share = sum(map(sum, by_hand.values())) / len(rows)
    assert share >= FRESH, f"{share:.3f} of {len(rows)} are right; by hand {shares}"


def test_jobs(heldout: Judged) -> None:
    pairs = [(set(row.get("jobs") or ()), jobs_of(result)) for row, result in heldout]
    missed = Counter(job for wanted, found in pairs for job in wanted - found)
    extra = Counter(job for wanted, found in pairs for job in found - wanted)
    assert f1(pairs) >= JOBS, f"job F1 is {f1(pairs):.3f}; missed {missed}, invented {extra}"


def test_questions(heldout: Judged) -> None:
    """Both questions of one message are heard."""
    several = [(row["questions"], result) for row, result in heldout if len(row.get("questions") or ()) > 1]
    heard = sum(set(wanted) <= heard_in(result) for wanted, result in several)
    assert heard >= QUESTIONS * len(several), f"{heard} of {len(several)}"


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("blind_hard.yml", BLIND),
        ("blind_intents.yml", BLIND_INTENTS),
        ("blind_intents_second.yml", SECOND_INTENTS),
        ("blind_intents_third.yml", THIRD_INTENTS),
        ("blind_intents_fourth.yml", FOURTH_INTENTS),
    ],
)
def test_a_new_voice(parse: Parse, name: str, least: float) -> None:
    rows = _rows(name)
    share = sum(right(row, parse(row["text"])) for row in rows) / len(rows)
    assert share >= least, f"{share:.3f} of {len(rows)}"


def test_questions_of_a_new_voice(parse: Parse) -> None:
    """Both of two questions are heard, and one that looks like two stays one."""
    rows = [(row["intents"], parse(row["text"])) for row in _rows("blind_double.yml")]
    several = [set(wanted) <= heard_in(result) for wanted, result in rows if len(wanted) > 1]
    cut = [len(result.get("questions") or ()) > 1 for wanted, result in rows if len(wanted) == 1]
    assert sum(several) >= BLIND_QUESTIONS * len(several), f"{sum(several)} of {len(several)}"
    assert sum(cut) <= BLIND_CUT * len(cut), f"{sum(cut)} of {len(cut)}"


def alarmed(text: str, result: dict[str, Any]) -> bool:
    found = detect(text)
    return (found is not None and found.kind in CRISIS) or result["intent"]["name"] in CRISIS


@pytest.mark.parametrize(
    ("name", "most_missed", "most_false"),
    [
        ("blind_danger.yml", BLIND_MISSED, BLIND_FALSE),
        ("blind_danger_second.yml", SECOND_MISSED, SECOND_FALSE),
        ("blind_danger_third.yml", THIRD_MISSED, THIRD_FALSE),
        ("blind_danger_fourth.yml", FOURTH_MISSED, FOURTH_FALSE),
        ("blind_danger_fifth.yml", FIFTH_MISSED, FIFTH_FALSE),
        ("blind_danger_sixth.yml", SIXTH_MISSED, SIXTH_FALSE),
    ],
)
def test_danger_in_a_new_voice(parse: Parse, name: str, most_missed: int, most_false: float) -> None:
    rows = [(row["label"], alarmed(row["text"], parse(row["text"]))) for row in _rows(name)]
    missed = sum(label in CRISIS and not alarm for label, alarm in rows)
    calm = [alarm for label, alarm in rows if label == "calm"]
    assert missed <= most_missed, f"{missed} messages of danger were not recognised"
    assert sum(calm) <= most_false * len(calm), f"{sum(calm)} false alarms in {len(calm)}"


def test_crisis_is_caught_and_hardly_anything_else(parse: Parse, heldout: Judged) -> None:
    """By the rules or by the classifier: the engine and the desk act on either."""
    judged = [(row, parse(row["text"])) for row in _rows("heldout_crisis.yml")]
    missed = sum(row["crisis"] and not alarmed(row["text"], result) for row, result in judged)
    calm = [(row, result) for row, result in judged if not row["crisis"]]
    calm += [(row, result) for row, result in heldout if not {row["intent"], *(row.get("also") or ())} & set(CRISIS)]
    false = sum(alarmed(row["text"], result) for row, result in calm)
    assert missed <= MISSED, f"{missed} messages of danger were not recognised"
    assert false <= FALSE_ALARMS * len(calm), f"{false} false alarms in {len(calm)}"


def test_what_is_told_of_oneself_is_no_danger(parse: Parse) -> None:
    """Episodes and typed answers of the self-analysis: worn-out words in plain stories, no call for help."""
    files = [read_yaml(HERE / name) for name in TOLD]
    texts = {row["text"] for file in files for part in ("rows", "episodes", "answers") for row in file.get(part, ())}
    false = sum(alarmed(text, parse(text)) for text in texts)
    assert len(texts) > 900
    assert false <= TOLD_FALSE * len(texts), f"{false} false alarms in {len(texts)}"


def test_the_gate_can_fail(heldout: Judged) -> None:
    """A model that always says the same, or finds no job, is refused."""
    always: dict[str, Any] = {"intent": {"name": "ask_job"}, "entities": []}
    assert sum(right(row, always) for row, _ in heldout) / len(heldout) < INTENTS
    assert f1([(set(row.get("jobs") or ()), set()) for row, _ in heldout]) < JOBS
