"""What every answer is made from: the knowledge, the search over it, and the person's own words first."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from actions.job_answers.aspects import PHRASES
from actions.job_answers.lines import in_place, is_phrase, under, unlike, with_points
from actions.job_answers.model import Line, Plan, Question
from actions.knowledge.asked import Asked
from actions.knowledge.model import COMMON, GROUPS, Direct, Knowledge, Passage
from actions.knowledge.owners import Owners
from actions.knowledge.search import Index, spell

_EXAMPLE: Final = re.compile("例|たとえ|具体")
# Whom a job does not suit.
UNFIT: Final = re.compile("(?:向い|むい|合っ)て?(?:い|は)?[なへ]|(?:向か|むか|合わ)[なへん]|不向き")
# What one asks for is never answered with its opposite.
_OPPOSITE: Final = {"ask_merits": "demerits", "ask_demerits": "merits"}


class Sources(ABC):
    """The knowledge base, its index and what people asked. Holds no state of a conversation."""

    def __init__(
        self, known: Knowledge, index: Index, operator: Mapping[str, Any], asked: Asked, owners: Owners
    ) -> None:
        self.known = known
        self.index = index
        self.operator = operator
        self.asked = asked
        self.owners = owners
        self._groups = {name: subject.group for name, subject in known.subjects.items()}
        # The entries of direct.yml by the jobs asked about.
        self._about: dict[frozenset[str], list[Direct]] = {}
        self._of_unfit = {
            entry.say for entry in known.direct if any(all(map(UNFIT.search, words)) for words in entry.every)
        }
        # What an answer in asked.yml is about, and where it stands.
        self._said: dict[str, tuple[frozenset[str], Passage | Direct | None]] = {
            matter.text: (frozenset(), None) for matter in known.matters
        }
        for entry in known.direct:
            self._note(entry.say, entry.about, entry)
        for passage in known.all_passages():
            self._note(passage.text, frozenset((passage.subject,)), passage)

    def _note(self, text: str, about: frozenset[str], at: Passage | Direct) -> None:
        """Where a text stands; what stands in several places is about all that is named there."""
        known, _ = self._said.get(text, (frozenset[str](), None))
        self._said[text] = (known | about, at)

    def _tidy(self, question: Question) -> Question:
        """Unknown jobs out, doubles out; a group named beside its own job says nothing more, except in comparisons."""
        jobs = [job for job in dict.fromkeys(question.jobs) if job in self.known.subjects]
        if question.intent != "ask_difference":
            special = [job for job in jobs if job not in GROUPS]
            jobs = [job for job in jobs if job not in GROUPS or all(self._groups[name] != job for name in special)]
        return question.with_jobs(jobs)

    def _group(self, job: str) -> str:
        return job if job in GROUPS else str(self._groups[job])

    @staticmethod
    def _line(passage: Passage, *, bullet: bool = True, header: str | None = None, at_least: int = 0) -> Line:
        text = f"{passage.title}：{passage.text}" if passage.title else passage.text
        level = max(passage.level, at_least)
        if level and passage.under:
            header = f"【{passage.under}】"
        return Line(passage.id, text, bullet, header, level, passage)

    @staticmethod
    def _alone(passage: Passage) -> Line:
        """A passage said by itself, before anything else."""
        text = f"{passage.title}：{passage.text}" if passage.title else passage.text.removeprefix("ただし、")
        return Line(passage.id, text, bullet=False, passage=passage)

    def hits(
        self, question: Question, wanted: Callable[[Passage], bool] | None = None, least: float | None = None
    ) -> list[Passage]:
        """Passages that the question's own words point to, best first."""
        if not question.text:
            return []
        least = self.known.settings["direct_hit"] if least is None else least
        hits = self.index.search(question.text, wanted, without=question.jobs)
        return [hit.passage for hit in hits if hit.score >= least]

    def nearest(self, text: str, count: int = 3) -> list[Passage]:
        """The passages nearest to a message nobody understood, one a subject and aspect."""
        least = self.known.settings["nearest"]
        found: dict[tuple[str, str], Passage] = {}
        for hit in self.index.search(text):
            if hit.score < least:
                break
            found.setdefault((hit.passage.subject, hit.passage.aspect), hit.passage)
        return list(found.values())[:count]

    @staticmethod
    def _is_task(passage: Passage) -> bool:
        return passage.aspect in PHRASES and not passage.text.endswith("。")

    def _asked_first(self, plan: Plan, question: Question, *, elsewhere: bool = True) -> Plan:
        """The lines that share the question's own words come first; one from another aspect may join them."""
        if not question.text or not plan.lines:
            return plan
        least = self.known.settings["direct_hit"]
        jobs = set(plan.jobs) or set(GROUPS)
        jobs |= {self._group(job) for job in jobs} | {COMMON}
        if not jobs.isdisjoint(question.jobs) and not set(question.jobs).isdisjoint(GROUPS):
            jobs.add("違い")
        general = not question.jobs and not plan.jobs
        here = {line.passage.id for line in plan.lines if line.passage is not None}
        texts = {line.passage.text for line in plan.lines if line.passage is not None}

        def wanted(passage: Passage) -> bool:
            return passage.id in here or passage.subject in jobs or (general and passage.subject not in self.known.jobs)

        hits = [hit for hit in self.index.search(question.text, wanted, without=question.jobs) if hit.score >= least]
        inside = [hit for hit in hits if hit.passage.id in here][:2]
        best_inside = inside[0].score if inside else 0.0
        outside = [
            hit
            for hit in hits
            if elsewhere
            and hit.passage.id not in here
            and hit.passage.text not in texts
            and hit.score > max(best_inside + 0.12, self.known.settings["sure_task" if question.sure else "sure_hit"])
            and hit.passage.aspect != _OPPOSITE.get(question.intent)
            and hit.passage.aspect not in (*PHRASES, "types")
            and (hit.passage.level < 2 or _EXAMPLE.search(question.text))
        ]
        outside = [hit for hit in unlike(outside)[:2] if hit.score >= 0.9 * outside[0].score]
        chosen = [hit.passage.id for hit in inside]
        pulled = [line for line in plan.lines if line.id in chosen and not is_phrase(line)]
        pulled.sort(key=lambda line: chosen.index(line.id))
        pulled = with_points(pulled, plan.lines)
        if outside:
            # The answer itself, then the lead as a header of what else belongs to the aspect.
            first = [self._alone(hit.passage) for hit in outside]
            front = [replace(line, level=0) for line in pulled]
            rest = [line for line in plan.lines if line not in pulled]
            return replace(plan, lines=(*first, *under(plan.lead, in_place(front, rest, plan.jobs))), lead="")
        if not pulled:
            return plan
        rest = [line for line in plan.lines if line not in pulled]
        return replace(plan, lines=tuple(in_place([replace(line, level=0) for line in pulled], rest, plan.jobs)))

    def asks_terms(self, text: str) -> bool:
        """Whether a text names one of the terms of the service."""
        asked = spell(text)
        return any(spell(word) in asked for item in self.known.service_terms["items"] for word in item["words"])

    def _is_of_terms(self, question: Question) -> bool:
        """Whether a question is answered by the operator's settings; '父でも相談できます？' is not."""
        return question.intent == "ask_service_terms" and self.asks_terms(question.text)

    @abstractmethod
    def who_does(self, question: Question) -> Plan:
        """Whose a task is."""

    @abstractmethod
    def _planned(self, question: Question) -> Plan:
        """The plan by intent and entities, whatever the words."""
