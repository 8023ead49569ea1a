"""The data file of the self-analysis: loaded once, checked against its schema; errors in Japanese with line, cure."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import jsonschema
import yaml

from bot.documents import LOADER, read_yaml

PATH: Final = Path(__file__).resolve().parents[2] / "data" / "self_analysis" / "analysis.yml"
# What is learned from it, beside the model of the language understanding.
KEPT: Final = Path(__file__).resolve().parents[2] / "models" / "self_analysis"
SCHEMA_PATH: Final = PATH.with_name("analysis.schema.yml")

Kind = Literal["steps4", "scale5", "rank", "pick", "text"]


class DataError(ValueError):
    """The data file is wrong; the message is Japanese and says where and what to do."""


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC, lower case, one kind of blank."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"\s+", " ", folded).strip()


def one_of(patterns: list[str]) -> re.Pattern[str]:
    """One pattern that matches any of `patterns`; the longest alternatives are not preferred, the first are."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


@dataclass(frozen=True)
class Side:
    """One end of an A/B question."""

    label: str
    short: str
    words: re.Pattern[str]


@dataclass(frozen=True)
class Choice:
    """One answer that can be picked."""

    v: str
    label: str
    words: re.Pattern[str]


@dataclass(frozen=True, eq=False)
class Question:
    """One of the twelve items. `weight` is 0 for what does not feed the axis."""

    id: str
    kind: Kind
    title: str
    ask: str
    why: str
    explain: str
    example: str
    easier: str
    weight: float
    plus: Literal["left", "right"]
    left: Side
    right: Side
    statement: str
    agree: re.Pattern[str]
    disagree: re.Pattern[str]
    choices: tuple[Choice, ...]
    most: int
    optional: bool

    def choice(self, v: str) -> Choice | None:
        """The choice with this id, if there is one."""
        return next((choice for choice in self.choices if choice.v == v), None)


@dataclass(frozen=True)
class Role:
    """A job and what speaks for it; `target` is its place on the axis (-1 事務職 … +1 バックオフィス)."""

    job: str
    target: float
    tasks: tuple[str, ...]
    people: dict[str, float]
    evidence: tuple[str, ...]
    trial: str


@dataclass(frozen=True)
class Tag:
    """A quality or a field of work that a person's own words can show."""

    id: str
    label: str
    kind: Literal["strength", "field"]
    verb: str
    words: re.Pattern[str]


@dataclass(frozen=True)
class Polarity:
    """How negation and weariness are read around a match."""

    negative: re.Pattern[str]
    cancel: re.Pattern[str]
    undone: re.Pattern[str]
    turns: re.Pattern[str]
    positive: re.Pattern[str]
    granted: re.Pattern[str]
    instead: re.Pattern[str]


@dataclass(frozen=True)
class Prohibited:
    """A topic of the 14 that must not be kept."""

    topic: str
    words: re.Pattern[str]


@dataclass(frozen=True, eq=False)
class Analysis:
    """The whole data file. `scoring`, `limits`, `texts`, `result` and `draft` are used as they stand in it."""

    version: str
    scoring: dict[str, Any]
    limits: dict[str, int]
    roles: tuple[Role, ...]
    bridges: tuple[dict[str, str], ...]
    questions: tuple[Question, ...]
    tags: tuple[Tag, ...]
    polarity: Polarity
    prohibited: tuple[Prohibited, ...]
    prohibited_except: re.Pattern[str]
    texts: dict[str, Any]
    result: dict[str, Any]
    draft: dict[str, Any]

    def question(self, qid: str) -> Question:
        """The item with this id. Raises KeyError if there is none."""
        for question in self.questions:
            if question.id == qid:
                return question
        raise KeyError(qid)

    def tag(self, tag_id: str) -> Tag | None:
        """The tag with this id, if there is one."""
        return next((tag for tag in self.tags if tag.id == tag_id), None)

    @property
    def axis_questions(self) -> tuple[Question, ...]:
        """The items that feed the axis."""
        return tuple(question for question in self.questions if question.weight > 0)

    def number(self, qid: str) -> int:
        """1 for the first item."""
        return [question.id for question in self.questions].index(qid) + 1


def _node_at(node: yaml.Node, path: list[str | int]) -> yaml.Node:
    """The deepest node on `path` that exists, so that an error about it can name a line."""
    for part in path:
        if isinstance(node, yaml.MappingNode):
            below = next((value for key, value in node.value if key.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            below = node.value[part]
        else:
            below = None
        if below is None:
            return node
        node = below
    return node


_CURES: Final = {
    "required": "必要な項目がありません。schema と見比べて、足りない項目を書き足してください",
    "additionalProperties": "知らない項目があります。つづりを確かめるか、その項目を消してください",
    "enum": "使えない値です。schema にある値から選んでください",
    "type": "値の種類が違います（文字、数、一覧など）。数は引用符なしで、文は文字で書いてください",
    "minimum": "値が小さすぎます。schema の範囲に直してください",
    "maximum": "値が大きすぎます。schema の範囲に直してください",
    "minItems": "数が足りません。項目を書き足してください",
    "maxItems": "数が多すぎます。減らしてください",
    "minLength": "空になっています。文を書いてください",
    "maxLength": "長すぎます。短くしてください（ボタンの文字は20字まで）",
    "pattern": "書き方が違います。schema の形に合わせてください",
    "const": "決まった値と違います。schema の値にしてください",
}


def _regexes(raw: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every string in the file that is used as a regular expression, with its place."""
    if isinstance(raw, dict):
        for key, value in raw.items():
            here = (*path, key)
            if key in ("words", "agree", "disagree", "negative") and isinstance(value, list):
                for index, word in enumerate(value):
                    yield (*here, index), str(word)
            elif isinstance(value, str) and (path[:1] == ("polarity",) or key.endswith(("_words", "_except"))):
                yield here, value
            else:
                yield from _regexes(value, here)
    elif isinstance(raw, list):
        for index, value in enumerate(raw):
            yield from _regexes(value, (*path, index))


def _relations(raw: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What no schema can say: names that must exist elsewhere in the file."""
    tags = {tag["id"] for tag in raw["tags"]}
    by_id = {question["id"]: question for question in raw["questions"]}
    tasks = {choice["v"] for choice in by_id["q7"].get("choices", [])} if "q7" in by_id else set()
    people = {choice["v"] for choice in by_id["q8"].get("choices", [])} if "q8" in by_id else set()
    jobs = {role["job"] for role in raw["roles"]}
    wanted = [f"q{number}" for number in range(1, 13)]
    if [question["id"] for question in raw["questions"]] != wanted:
        yield ("questions",), "質問は q1 から q12 まで、この順に1つずつ要ります。id を直してください"
    for index, role in enumerate(raw["roles"]):
        for name, known, what in (
            ("evidence", tags, "tags の id"),
            ("tasks", tasks, "q7 の v"),
            ("people", people, "q8 の v"),
        ):
            for value in role[name]:
                if value not in known:
                    yield ("roles", index, name), f"「{value}」は{what}にありません。つづりを直してください"
    for index, bridge in enumerate(raw["bridges"]):
        for name in ("job", "toward"):
            if bridge[name] and bridge[name] not in jobs:
                yield ("bridges", index, name), f"「{bridge[name]}」は roles にありません。仕事の名前を直してください"
    for side in ("back_office", "office"):
        for value in raw["scoring"]["agreeing_tags"][side]:
            if value not in tags:
                yield (
                    ("scoring", "agreeing_tags", side),
                    f"「{value}」は tags の id にありません。つづりを直してください",
                )
    kinds = {
        "steps4": ("left", "right", "weight", "plus"),
        "scale5": ("statement", "agree", "disagree", "weight"),
        "rank": ("choices", "max"),
        "pick": ("choices", "max"),
        "text": ("easier",),
    }
    for index, question in enumerate(raw["questions"]):
        missing = [name for name in kinds[question["kind"]] if name not in question]
        if missing:
            yield (
                ("questions", index),
                f"{question['id']}（{question['kind']}）に {'、'.join(missing)} がありません。書き足してください",
            )
    for choice_set in (by_id.get("q11", {}).get("choices", []),):
        for choice in choice_set:
            if choice["v"] not in raw["result"]["conditions"]:
                yield (
                    ("result", "conditions"),
                    f"条件「{choice['v']}」の文がありません。result の conditions に書き足してください",
                )


def check(text: str, name: str) -> dict[str, Any]:
    """Checks the file's text and returns its contents.

    Args:
        text: the YAML.
        name: the file name, for messages.

    Raises:
        DataError: every error found, one a line: file, line, what is wrong, cure.
    """
    try:
        loader = LOADER(text)
        root = loader.get_single_node()
        raw = None if root is None else loader.construct_document(root)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        raise DataError(
            f"{name} {line}行目: YAMLとして読めません。字下げ、引用符、かっこの閉じ忘れを確かめてください"
        ) from error
    if root is None or not isinstance(raw, dict):
        raise DataError(f"{name} 1行目: 中身がありません。最後に動いていた版に戻してください")
    schema = read_yaml(SCHEMA_PATH)
    found: list[tuple[int, str]] = []

    def at(path: list[str | int]) -> int:
        mark = _node_at(root, path).start_mark
        return int(mark.line) + 1

    for broken in jsonschema.Draft7Validator(schema).iter_errors(raw):
        path = list(broken.absolute_path)
        place = ".".join(str(part) for part in path) or "（全体）"
        cure = _CURES.get(str(broken.validator), "schema と違います。書き方を確かめてください")
        detail = ""
        if broken.validator == "required" and isinstance(broken.instance, dict):
            absent = [field for field in broken.validator_value if field not in broken.instance]
            detail = f"（{'、'.join(absent)}）"
        found.append((at(path), f"{place}: {cure}{detail}"))
    if not found:
        for path_tuple, pattern in _regexes(raw):
            try:
                re.compile(pattern)
            except re.error:
                found.append(
                    (
                        at(list(path_tuple)),
                        f"「{pattern}」は正規表現として読めません。かっこの数と記号を確かめてください",
                    )
                )
        found.extend((at(list(path_tuple)), message) for path_tuple, message in _relations(raw))
    if found:
        raise DataError("\n".join(f"{name} {line}行目: {message}" for line, message in sorted(set(found))))
    return raw


_NEVER: Final = re.compile(r"(?!)")


def _side(raw: dict[str, Any] | None) -> Side:
    return Side("", "", _NEVER) if raw is None else Side(raw["label"], raw["short"], one_of(raw["words"]))


def _question(raw: dict[str, Any]) -> Question:
    return Question(
        id=raw["id"],
        kind=raw["kind"],
        title=raw["title"],
        ask=raw["ask"],
        why=raw["why"],
        explain=raw["explain"],
        example=raw["example"],
        easier=raw.get("easier", ""),
        weight=float(raw.get("weight", 0)),
        plus=raw.get("plus", "right"),
        left=_side(raw.get("left")),
        right=_side(raw.get("right")),
        statement=raw.get("statement", ""),
        agree=one_of(raw["agree"]) if "agree" in raw else _NEVER,
        disagree=one_of(raw["disagree"]) if "disagree" in raw else _NEVER,
        choices=tuple(Choice(c["v"], c["label"], one_of(c["words"])) for c in raw.get("choices", [])),
        most=int(raw.get("max", 1)),
        optional=bool(raw.get("optional", False)),
    )


def parse(raw: dict[str, Any]) -> Analysis:
    """The typed form of contents that `check` accepted."""
    polarity = raw["polarity"]
    return Analysis(
        version=raw["version"],
        scoring=raw["scoring"],
        limits=raw["limits"],
        roles=tuple(
            Role(r["job"], r["target"], tuple(r["tasks"]), r["people"], tuple(r["evidence"]), r["trial"])
            for r in raw["roles"]
        ),
        bridges=tuple(raw["bridges"]),
        questions=tuple(_question(question) for question in raw["questions"]),
        tags=tuple(Tag(t["id"], t["label"], t["kind"], t["verb"], one_of(t["words"])) for t in raw["tags"]),
        polarity=Polarity(
            negative=one_of(polarity["negative"]),
            **{
                name: re.compile(polarity[name])
                for name in ("cancel", "undone", "turns", "positive", "granted", "instead")
            },
        ),
        prohibited=tuple(Prohibited(p["topic"], one_of(p["words"])) for p in raw["prohibited"]),
        prohibited_except=re.compile(raw["prohibited_except"]),
        texts=raw["texts"],
        result=raw["result"],
        draft=raw["draft"],
    )


@lru_cache(maxsize=1)
def load() -> Analysis:
    """The project's data file, read once a process.

    Raises:
        DataError: as `check`.
    """
    return parse(check(PATH.read_text(encoding="utf-8"), PATH.name))


def main() -> int:
    """Checks the data file; for people who edit it."""
    try:
        analysis = parse(check(PATH.read_text(encoding="utf-8"), PATH.name))
    except DataError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{PATH.name}: 問題ありません（version {analysis.version}）\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
