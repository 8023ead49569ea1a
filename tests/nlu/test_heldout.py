"""The gate on language the bot was never trained on: intents, jobs, questions, and messages of danger."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.safety.rules import detect
from tests.nlu.conftest import Parse

HERE = Path(__file__).parent
CRISIS = ("crisis", "crisis_other")
# What is aimed at is .95 of the intents, every message of danger and 1 % false alarms (issue 2). These are floors a
# little below what is measured (docs/nlu.md): a row or two more or less is no alarm, a real loss is. Raise them as the
# model gets better, never lower them.
INTENTS = 0.91  # aim .95
JOBS = 0.97
FRESH = 0.87  # measured .886
QUESTIONS = 0.5  # aim: all
MISSED = 4  # of 96; aim 0. The desk keeps its own rule list beside this.
FALSE_ALARMS = 0.022  # aim .01
# Of the rows that also stand in the training data.
COMMON = 0.98

Row = dict[str, Any]
Judged = list[tuple[Row, dict[str, Any]]]


def _rows(name: str) -> list[Row]:
    rows: list[Row] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))["rows"]
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
    """What is answered: every question of the message, or the message as a whole."""
    return {result["intent"]["name"], *(part["intent"]["name"] for part in result.get("questions") or ())}


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
    """Voices that neither training data nor thresholds know; their labels were checked by nobody but their writers."""
    rows = _rows("fresh.yml")
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


def test_crisis_is_caught_and_hardly_anything_else(parse: Parse, heldout: Judged) -> None:
    """By the rules or by the classifier: the engine and the desk act on either."""

    def alarmed(text: str, result: dict[str, Any]) -> bool:
        found = detect(text)
        return (found is not None and found.kind in CRISIS) or result["intent"]["name"] in CRISIS

    judged = [(row, parse(row["text"])) for row in _rows("heldout_crisis.yml")]
    missed = sum(row["crisis"] and not alarmed(row["text"], result) for row, result in judged)
    calm = [(row, result) for row, result in judged if not row["crisis"]]
    calm += [(row, result) for row, result in heldout if not {row["intent"], *(row.get("also") or ())} & set(CRISIS)]
    false = sum(alarmed(row["text"], result) for row, result in calm)
    assert missed <= MISSED, f"{missed} messages of danger were not recognised"
    assert false <= FALSE_ALARMS * len(calm), f"{false} false alarms in {len(calm)}"


def test_the_gate_can_fail(heldout: Judged) -> None:
    """A model that always says the same, or finds no job, is refused."""
    always: dict[str, Any] = {"intent": {"name": "ask_job"}, "entities": []}
    assert sum(right(row, always) for row, _ in heldout) / len(heldout) < INTENTS
    assert f1([(set(row.get("jobs") or ()), set()) for row, _ in heldout]) < JOBS
