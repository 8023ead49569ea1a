"""What is asked and what is answered, as plain data: no Rasa in here, so that all of it can be tested as functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from actions.knowledge.model import Passage

ENTITIES: Final = ("job", "matter", "step", "certificate", "tool", "trait")


@dataclass(frozen=True, slots=True)
class Question:
    """One question: an intent, the things named in it, and the words it was asked in ('' for a tapped button)."""

    intent: str
    jobs: tuple[str, ...] = ()
    entities: Mapping[str, Sequence[str]] = field(default_factory=dict)
    text: str = ""
    # the classifier is certain of the intent
    sure: bool = False
    # hardly anything is said beside the names of jobs
    bare: bool = False
    # nobody knows what is asked: what is only fairly near may answer it
    in_doubt: bool = False
    # a few words about the last answer: only a sentence of the same intent answers them
    leaning: bool = False
    # one of `jobs` is sought that has little to do with these; () where jobs alone were refused
    refused: tuple[str, ...] | None = None

    def with_jobs(self, jobs: Sequence[str]) -> Question:
        """The same question about other jobs."""
        return replace(self, jobs=tuple(jobs))

    def as_slot(self) -> dict[str, Any]:
        """For the tracker; `from_slot` is the way back."""
        return {
            "intent": self.intent,
            "jobs": list(self.jobs),
            "entities": {name: list(values) for name, values in self.entities.items()},
            "text": self.text[:200],
            **{name: True for name in ("sure", "bare", "in_doubt", "leaning") if getattr(self, name)},
            **({} if self.refused is None else {"refused": list(self.refused)}),
        }

    @staticmethod
    def from_slot(raw: Mapping[str, Any]) -> Question:
        """A question as it was kept in the tracker."""
        return Question(
            raw["intent"], tuple(raw["jobs"]), dict(raw["entities"]), raw["text"],
            bool(raw.get("sure")), bool(raw.get("bare")), bool(raw.get("in_doubt")), bool(raw.get("leaning")),
            tuple(raw["refused"]) if "refused" in raw else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer. `header` stands above the first line of a run that shares it."""

    id: str
    text: str
    bullet: bool = True
    header: str | None = None
    # 0: first answer; 1: the rest, in order; 2: examples
    level: int = 0
    # lines that only make sense in their place (introductions) are not pulled to the front
    passage: Passage | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that could be said in answer to one question, in the order of saying it."""

    lines: tuple[Line, ...]
    lead: str = ""
    plain: str = ""
    # what the conversation is about after this answer
    jobs: tuple[str, ...] = ()
    # said under every page
    end: str = ""
    # what 'はい' means after this answer, where it is not 'go on'
    offer: str | None = None
    # details may fill a short first answer; not in comparisons, where they would show one side only
    fill: bool = True
    # one thing was asked: the first page says that and little more
    specific: bool = False
    # may be what was asked for as well: a paragraph of its own at the end of the first page
    aside: Line | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A quick reply: at most 20 graphemes, and what the engine is told when it is tapped."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a plan, ready to be said."""

    text: str
    shown: tuple[str, ...]
    left: int
