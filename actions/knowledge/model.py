"""Reads data/knowledge into typed, unchangeable objects that answers are composed from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bot.documents import read_yaml
from bot.nlu.normalise import fold, normalise

FOLDER: Final = Path(__file__).resolve().parents[2] / "data" / "knowledge"
GROUPS: Final = ("バックオフィス", "事務職")
# What a job file, a group file or common.yml may hold, in the order in which things are told.
ASPECTS: Final = (
    "summary", "duties", "role", "examples", "suits", "skills", "merits", "demerits", "career", "worklife",
    "certificates", "entry", "temp_work", "industry", "types",
)  # fmt: skip
COMMON: Final = "共通"


@dataclass(frozen=True, slots=True)
class Passage:
    """One thing the bot can say: a sentence or two, with where it stands and how people ask for it."""

    id: str
    subject: str
    aspect: str
    text: str
    title: str | None = None
    words: tuple[str, ...] = ()
    # 0: first answer; 1: もっと詳しく; 2: an example
    level: int = 0
    # the title of the point that this passage explains further
    under: str | None = None
    # those of the words that lead here and mean something else ('裁判' to the troubles of a company)
    around: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """All passages of one aspect, in order; `lead` opens the answer, `plain` says it in simple words."""

    passages: tuple[Passage, ...] = ()
    lead: str | None = None
    plain: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A job, a group of jobs, or what is common to all of them."""

    name: str
    group: str | None
    sections: Mapping[str, Section]
    plain: str = ""
    contrast: str = ""
    choose: str = ""
    bridge: str | None = None
    related: tuple[str, ...] = ()

    def section(self, aspect: str) -> Section:
        """The section, empty where the files say nothing."""
        return self.sections.get(aspect, _EMPTY)


_EMPTY: Final = Section()


@dataclass(frozen=True, slots=True)
class Matter:
    """Something the bot cannot know: what it says instead, and how to find out."""

    name: str
    text: str
    how: str
    words: tuple[str, ...]
    # the intent whose answer is told of a job that is named: what is known beside it
    then: str | None = None
    # its words never mean anything else: it is told, too, where something beside work seems to be asked
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Clue:
    """Something people say of themselves, and the jobs that it points to."""

    label: str
    words: tuple[str, ...]
    jobs: tuple[str, ...]
    because: str
    # What is said where it is disliked; of an experience there may be nothing to say then.
    topic: str | None = None
    avoid: str | None = None
    # The tag of the self-analysis that means the same.
    tag: str | None = None
    # Words with which the others mean something else.
    without: tuple[str, ...] = ()
    # What was done before, in place of what one likes.
    experience: bool = False


@dataclass(frozen=True, slots=True)
class Hardship:
    """A hard time that people tell of, by words that stand in one sentence, and what is said to them."""

    say: str
    every: tuple[tuple[str, ...], ...]
    # What they are likely to want no more of: no strength to build on.
    unwanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Direct:
    """The answer to a question about one thing, said before anything else; `number` is its place in direct.yml."""

    number: int
    about: frozenset[str]
    aspect: str
    every: tuple[tuple[str, ...], ...]
    without: tuple[str, ...]
    say: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    # only where all of `about` are named
    together: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What decides between jobs ('英語を使うのはどっち？'), and which of them it points to; `best` in tiers."""

    every: tuple[tuple[str, ...], ...]
    without: tuple[str, ...]
    best: tuple[tuple[str, ...], ...]
    say: str
    same: str | None
    none: str | None
    # the groups themselves are compared (True), anything else (False), or either (None)
    of_groups: bool | None
    # the opposite may be asked for: 'お金を扱わないのは？'
    fewer: bool
    # the aspect of which each job's first fact is told below, instead of what sets it apart
    each: str | None


@dataclass(frozen=True)
class Knowledge:
    """Everything in data/knowledge except the dictionary of names (terms.yml, which the NLU reads)."""

    subjects: Mapping[str, Subject]
    common: Subject
    steps: Mapping[str, Section]
    service: Section
    view: Section
    service_terms: Mapping[str, Any]
    differences: Section
    pairs: Mapping[frozenset[str], str]
    relations: Mapping[str, str]
    choose: str
    same_job: str
    compared_aspects: Mapping[str, Mapping[str, Any]]
    matters: Sequence[Matter]
    untold: Mapping[str, str]
    # jobs that are not spoken of here, and what is said of them
    elsewhere: tuple[str, ...]
    certificates: Mapping[str, Section]
    certificate_unknown: str
    certificate_beside_job: str
    clues: Sequence[Clue]
    clue_texts: Mapping[str, str]
    hardships: Sequence[Hardship]
    # words of sentences that tell of no hardship, whatever else stands in them
    no_hardship: Sequence[str]
    direct: Sequence[Direct]
    choices: Sequence[Choice]
    choice_texts: Mapping[str, str]
    fewer: Sequence[str]
    # intent -> the nouns that stand for it where several things are asked for in one breath
    topics: Mapping[str, Sequence[str]]
    replies: Mapping[str, Any]
    settings: Mapping[str, Any]
    jobs: tuple[str, ...] = field(default=())

    def all_passages(self) -> Iterator[Passage]:
        """Every passage of jobs, groups, common things, steps and the service."""
        for subject in (*self.subjects.values(), self.common):
            for section in subject.sections.values():
                yield from section.passages
        for section in (*self.steps.values(), self.service, self.view, self.differences):
            yield from section.passages


def _entry(raw: Any) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The text, the words that lead to it, and those of them that do not mean it."""
    if isinstance(raw, str):
        return raw, (), ()
    around = tuple(raw.get("around", ()))
    return raw["text"], (*raw.get("words", ()), *around), around


def make_section(subject: str, aspect: str, raw: Any) -> Section:
    """A section as written in a file (a list of items, or a mapping with `items`) in its typed form."""
    if raw is None:
        return _EMPTY
    lead = plain = None
    items = raw
    if isinstance(raw, dict):
        items, lead, plain = raw["items"], raw.get("lead"), raw.get("plain")
    passages: list[Passage] = []

    def add(raw: Any, level: int, title: str | None = None, under: str | None = None) -> None:
        text, words, around = _entry(raw)
        key = f"{subject}.{aspect}.{len(passages)}"
        passages.append(Passage(key, subject, aspect, text, title, words, level, under, around))

    for item in items:
        if isinstance(item, str):
            add(item, 2 if aspect == "examples" else 0)
            continue
        title = item.get("title")
        add(item, 2 if item.get("example") or aspect == "examples" else 0, title)
        for level, key in ((1, "more"), (2, "examples")):
            for detail in item.get(key, ()):
                add(detail, level, under=title)
    return Section(tuple(passages), lead, plain)


def _subject(raw: Mapping[str, Any], name: str) -> Subject:
    return Subject(
        name=name,
        group=raw.get("group"),
        sections={aspect: make_section(name, aspect, raw[aspect]) for aspect in ASPECTS if aspect in raw},
        plain=raw.get("plain", ""),
        contrast=raw.get("contrast", ""),
        choose=raw.get("choose", ""),
        bridge=raw.get("bridge"),
        related=tuple(raw.get("related", ())),
    )


def spelled(words: Iterable[str]) -> tuple[str, ...]:
    """Words in the spelling in which questions are compared."""
    return tuple(fold(normalise(word).text) for word in words)


def _choice(raw: Mapping[str, Any]) -> Choice:
    return Choice(
        every=tuple(spelled(group) for group in raw["all"]),
        without=spelled(raw.get("not", ())),
        best=tuple(tuple(tier) for tier in raw["best"]),
        say=raw["say"],
        same=raw.get("same"),
        none=raw.get("none"),
        of_groups=None if "of" not in raw else raw["of"] == "groups",
        fewer=bool(raw.get("fewer")),
        each=raw.get("each"),
    )


def _direct(number: int, raw: Mapping[str, Any]) -> Direct:
    """One entry of direct.yml, its words in the spelling in which questions are compared."""
    return Direct(
        number=number,
        about=frozenset(raw["about"]),
        aspect=raw["aspect"],
        every=tuple(spelled(group) for group in raw["all"]),
        without=spelled(raw.get("not", ())),
        say=raw["say"],
        yes=spelled(raw.get("hai", ())),
        no=spelled(raw.get("iie", ())),
        together=bool(raw.get("together")),
    )


# The order of the article: departments first, then the kinds of office work.
_ORDER: Final = (
    "経理", "財務", "人事", "労務", "法務", "総務", "情報システム",
    "一般事務", "営業事務", "経理事務", "人事事務", "貿易事務",
)  # fmt: skip


def read(folder: Path = FOLDER) -> Knowledge:
    """The knowledge in `folder`. Run `make check-knowledge` on it first: this takes correct files for granted.

    Raises:
        OSError, KeyError, TypeError, yaml.YAMLError: a file is missing or not as the schema wants it.
    """
    groups = {raw["name"]: raw for raw in map(read_yaml, sorted((folder / "groups").glob("*.yml")))}
    jobs = {raw["name"]: raw for raw in map(read_yaml, sorted((folder / "jobs").glob("*.yml")))}
    order = [*(name for name in _ORDER if name in jobs), *(name for name in jobs if name not in _ORDER)]
    subjects = {name: _subject(groups[name], name) for name in GROUPS}
    subjects |= {name: _subject(jobs[name], name) for name in order}
    comparisons = read_yaml(folder / "comparisons.yml")
    choices = read_yaml(folder / "choices.yml")
    service = read_yaml(folder / "service.yml")
    untold = read_yaml(folder / "untold.yml")
    certificates = read_yaml(folder / "certificates.yml")
    clues = read_yaml(folder / "clues.yml")
    hardships = read_yaml(folder / "hardships.yml")
    return Knowledge(
        subjects=subjects,
        common=_subject(read_yaml(folder / "common.yml"), COMMON),
        steps={name: make_section("転職", name, raw) for name, raw in read_yaml(folder / "steps.yml").items()},
        service=make_section("相談サービス", "service", service["service"]),
        view=make_section("相談サービス", "view", service["view"]),
        service_terms=service["terms"],
        differences=make_section("違い", "groups", comparisons["groups"]),
        pairs={frozenset(pair["jobs"]): pair["text"] for pair in comparisons["pairs"]},
        relations=comparisons["relations"],
        choose=comparisons["choose"],
        same_job=comparisons["same_job"],
        compared_aspects=comparisons["aspects"],
        matters=tuple(
            Matter(m["name"], m["text"], m["how"], tuple(m["words"]), m.get("then"), m.get("outside", False))
            for m in (*untold["matters"], *untold["unnamed"])
        ),
        untold={**{key: untold[key] for key in ("lead", "again", "other")}, "elsewhere": untold["elsewhere"]["text"]},
        elsewhere=tuple(untold["elsewhere"]["names"]),
        certificates={
            c["name"]: make_section(c["name"], "certificate", c["items"]) for c in certificates["certificates"]
        },
        certificate_unknown=certificates["unknown"],
        certificate_beside_job=certificates["beside_job"],
        clues=tuple(
            Clue(
                c["label"],
                tuple(c["words"]),
                tuple(c["jobs"]),
                c["because"],
                c.get("topic"),
                c.get("avoid"),
                c.get("tag"),
                spelled(c.get("not", ())),
                experience=kind == "experiences",
            )
            for kind in ("clues", "experiences")
            for c in clues[kind]
        ),
        clue_texts={key: text for key, text in clues.items() if isinstance(text, str)},
        hardships=tuple(
            Hardship(raw["say"], tuple(map(spelled, raw["all"])), spelled(raw.get("unwanted", ())))
            for raw in hardships["hardships"]
        ),
        no_hardship=spelled(hardships["unless"]),
        direct=tuple(_direct(number, raw) for number, raw in enumerate(read_yaml(folder / "direct.yml")["answers"])),
        choices=tuple(_choice(raw) for raw in choices["choices"]),
        choice_texts={key: choices[key] for key in ("none", "others", "member", "task", "left", "perhaps")},
        fewer=spelled(choices["fewer"]),
        topics={raw["intent"]: spelled(raw["words"]) for raw in read_yaml(folder / "topics.yml")["topics"]},
        replies=read_yaml(folder / "replies.yml"),
        settings=read_yaml(folder / "settings.yml"),
        jobs=tuple(order),
    )


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The project's knowledge, read once a process."""
    return read()
