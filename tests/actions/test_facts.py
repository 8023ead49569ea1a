"""Every fact of the source can be had by asking: in the first answer or after 'もっと詳しく'."""

from pathlib import Path
from typing import Any

import pytest

from actions.job_answers.action import conversation
from actions.job_answers.turns import State, Turn
from bot.documents import read_yaml

FACTS: dict[str, list[dict[str, Any]]] = read_yaml(Path(__file__).with_name("facts.yml"))
# How many facts each part of the source has.
COUNTS = {
    "違い": 22,
    "バックオフィスの仕事": 36,
    "事務職の種類": 36,
    "バックオフィスに向く人": 20,
    "事務職に向く人": 18,
    "バックオフィスの利点と欠点": 24,
    "事務職の利点と欠点": 22,
    "転職の4ステップ": 21,
    "未経験から": 17,
    "アドバイザー": 10,
}


def everything(intent: str, jobs: list[str], text: str = "") -> list[str]:
    """The first answer and all pages after it."""
    turn = Turn(intent, 1.0, text, {"job": jobs} if jobs else {})
    outcome = conversation().respond(turn, State())
    pages = [message.text for message in outcome.messages]
    while outcome.state.level and outcome.state.level["left"]:
        outcome = conversation().respond(Turn("more_detail"), outcome.state)
        pages += [message.text for message in outcome.messages]
        assert len(pages) < 20, "the pages never end"
    return pages


def test_the_list_of_facts_is_complete() -> None:
    assert {part: len(rows) for part, rows in FACTS.items()} == COUNTS


@pytest.mark.parametrize(
    ("part", "row"),
    [pytest.param(part, row, id=f"{part}-{row['fact']}") for part, rows in FACTS.items() for row in rows],
)
def test_fact_is_reached(part: str, row: dict[str, Any]) -> None:
    said = "\n".join(everything(row["ask"][0], row["ask"][1:], row.get("text", "")))
    missing = [words for words in row["say"] if words not in said]
    assert not missing, f"{part}: {missing} not in:\n{said}"
