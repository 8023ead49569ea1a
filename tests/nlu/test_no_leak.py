"""What measures must not have been learnt: no held-out text stands in the training data, however it is spelled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.documents import read_yaml
from bot.nlu.normalise import fold, spelt

HERE = Path(__file__).parent
TRAINING = HERE.parent.parent / "data" / "nlu"

# Letters; what is shorter is said by everybody.
EVERYBODYS = 8


def key(text: str) -> str:
    """The text in one spelling, without marks, blanks and emoji."""
    level = fold(spelt(text).text)
    return re.sub(r"[\W_ー]+", "", level) or level


def trained() -> set[str]:
    lines = (line.strip() for path in TRAINING.glob("*.yml") for line in path.read_text(encoding="utf-8").splitlines())
    return {key(re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", line[2:])) for line in lines if line.startswith("- ")}


@pytest.mark.parametrize(
    "name",
    [
        "heldout.yml",
        "heldout_crisis.yml",
        "fresh.yml",
        "blind_danger.yml",
        "blind_danger_second.yml",
        "blind_danger_third.yml",
        "blind_danger_fourth.yml",
        "blind_danger_fifth.yml",
        "blind_danger_sixth.yml",
        "blind_hard.yml",
        "blind_intents.yml",
        "blind_intents_second.yml",
        "blind_intents_third.yml",
        "blind_intents_fourth.yml",
    ],
)
def test_no_held_out_text_was_learnt(name: str) -> None:
    rows = read_yaml(HERE / name)["rows"]
    learnt = trained()
    leaked = sum(key(row["text"]) in learnt for row in rows)
    assert not leaked, f"{leaked} of the {len(rows)} rows of {name} stand in data/nlu"


def test_no_held_out_text_was_learnt_by_the_self_analysis() -> None:
    """Answers are compared by question: 「英語」 is one thing as a task and another as a condition."""
    folder = TRAINING.parent / "self_analysis"
    told = {key(row["text"]) for row in read_yaml(folder / "episodes.yml")["rows"]}
    answers = read_yaml(folder / "answers.yml")
    learnt = {(item, key(str(text))) for item, labels in answers.items() for texts in labels.values() for text in texts}
    episodes = read_yaml(HERE / "episodes.yml")["rows"]
    typed = read_yaml(HERE / "typed_answers.yml")["rows"]
    leaked = sum(key(row["text"]) in told for row in episodes)
    leaked += sum(bool({(row["question"], key(row["text"])), ("every", key(row["text"]))} & learnt) for row in typed)
    assert not leaked, f"{leaked} of the held-out rows stand in data/self_analysis"


@pytest.mark.parametrize(
    "name",
    sorted(path.stem for path in (HERE.parent / "stories").glob("unseen*.yml")),
)
def test_nothing_said_in_an_unseen_conversation_was_learnt(name: str) -> None:
    """Short things (「経理は？」) are said by everybody and may stand in both."""
    rows = read_yaml(HERE.parent / "stories" / f"{name}.yml")["rows"]
    asked = read_yaml(TRAINING.parent / "knowledge" / "asked.yml")
    owners = read_yaml(TRAINING.parent / "knowledge" / "owners.yml")["owners"]
    questions = [question for entry in (*asked["asked"], *owners) for question in entry["questions"]] + asked["open"]
    learnt = trained() | {key(question) for question in questions}
    said = {key(turn["say"]) for row in rows for turn in row["turns"]}
    leaked = sum(len(text) > EVERYBODYS and text in learnt for text in said)
    assert not leaked, f"{leaked} turns of {name}.yml stand in data/nlu, asked.yml or owners.yml"


def test_a_leak_would_be_seen() -> None:
    assert key("経理って、どんな仕事ですか？！🙏") == key("けいりって").replace("けいり", "経理") + key(
        "どんな仕事ですか"
    )
    assert key("ｼﾝﾀﾞﾝ") == key("しんだん")
