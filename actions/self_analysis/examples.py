"""The examples that the readers learn from: told episodes with their tags, typed answers with what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jsonschema
import yaml

from actions.self_analysis.data import PATH, Analysis, DataError, Question
from bot.documents import read_yaml

EPISODES: Final = PATH.with_name("episodes.yml")
ANSWERS: Final = PATH.with_name("answers.yml")
SCHEMA: Final = PATH.with_name("examples.schema.yml")
# Answers that mean the same to every question.
EVERY: Final = "every"
UNKNOWN, NONE, OTHER = "unknown", "none", "other"
# 「半々」: the middle of a scale, no decision between two, nothing picked.
MIDDLE: Final = "middle"


@dataclass(frozen=True)
class Episode:
    """What somebody told, and the tags that their words speak for and against."""

    text: str
    tired: bool
    speaks_for: frozenset[str]
    against: frozenset[str]


@dataclass(frozen=True)
class Answer:
    """A typed answer to an item and the labels it means; see `labels_of`."""

    text: str
    labels: frozenset[str]


def labels_of(question: Question) -> tuple[str, ...]:
    """What a typed answer to an item can mean."""
    if question.kind == "steps4":
        return ("a", "b", UNKNOWN, OTHER)
    if question.kind == "scale5":
        return ("5", "4", "3", "2", "1", UNKNOWN, OTHER)
    return (*(choice.v for choice in question.choices), NONE, OTHER)


@lru_cache(maxsize=1)  # nine questions learn from one file, one after the other
def _read(path: Path, part: str) -> Any:
    try:
        raw = read_yaml(path)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        raise DataError(
            f"{path.name} {line}行目: YAMLとして読めません。字下げ、引用符、かっこの閉じ忘れを確かめてください"
        ) from error
    schema = read_yaml(SCHEMA)
    validator = jsonschema.Draft7Validator({**schema["definitions"][part], "definitions": schema["definitions"]})
    found = [
        f"{path.name} {'.'.join(str(step) for step in error.absolute_path) or '（全体）'}: "
        "形が違います。ほかの行と見比べてください"
        for error in validator.iter_errors(raw)
    ]
    if found:
        raise DataError("\n".join(found))
    return raw


def episodes(analysis: Analysis, path: Path = EPISODES) -> list[Episode]:
    """The told episodes.

    Raises:
        DataError: Japanese, with the place and the cure.
    """
    found = []
    for row in _read(path, "episodes")["rows"]:
        speaks_for, against = frozenset(row.get("for", ())), frozenset(row.get("against", ()))
        for name in sorted(speaks_for | against):
            if analysis.tag(name) is None:
                raise DataError(
                    f"{path.name}「{row['text']}」: 手がかり {name} は analysis.yml の tags にありません。"
                    "つづりを直してください"
                )
        found.append(Episode(row["text"], row["item"] == "q10", speaks_for, against))
    return found


def answers(question: Question, path: Path = ANSWERS) -> list[Answer]:
    """The typed answers to one item, those to every item included.

    Raises:
        DataError: Japanese, with the place and the cure.
    """
    return list(_answers(question, _read(path, "answers"), path.name))


def _meant(question: Question, label: str) -> str:
    """What a label of the section for every question means to this one."""
    if label == MIDDLE:
        label = "3" if question.kind == "scale5" else UNKNOWN
    # To a question that is answered by picking, 「わからない」 picks nothing.
    return NONE if label == UNKNOWN and question.choices else label


def _answers(question: Question, raw: dict[str, Any], name: str) -> Iterator[Answer]:
    known = labels_of(question)
    for section in (question.id, EVERY):
        for label, texts in raw[section].items():
            labels = frozenset(_meant(question, one) for one in label.split("+"))
            for one in labels:
                if one not in known:
                    raise DataError(
                        f"{name} {section}: 「{one}」は {question.id} の答えにありません。"
                        f"使えるのは {'、'.join(known)} です"
                    )
            yield from (Answer(text, labels) for text in texts)
