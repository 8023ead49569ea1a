"""Two jobs or more side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from actions.job_answers.aspects import ASPECT_OF
from actions.job_answers.choosing import WHICH, choose, choose_apart
from actions.job_answers.lines import few_first, once
from actions.job_answers.model import Line, Plan, Question
from actions.job_answers.names import named_in
from actions.job_answers.sources import Sources
from actions.knowledge.model import GROUPS
from actions.knowledge.search import spell
from bot.nlu.normalise import normalise

# Two names with no more characters than these between them stand side by side: 'と', 'って、'.
_SIDE_BY_SIDE: Final = 4


class Comparing(Sources):
    """Compares jobs, or one aspect of them."""

    def choice(self, question: Question) -> Plan | None:
        """Which of the jobs compared the words point to, said in one sentence first; None where to none of them."""
        if question.intent != "ask_difference":
            return None
        if question.refused is not None:
            return choose_apart(self.known, self.index, question, question.refused)
        return choose(self.known, self.index, question) if WHICH.search(normalise(question.text).text) else None

    def difference(self, question: Question) -> Plan:
        """Two or more jobs or groups side by side; one alone is compared with its nearest relation."""
        jobs = list(question.jobs)
        if len(jobs) == 1 and (names := self._other_names(jobs[0], question)):
            return self._one_job(jobs[0], names)
        if len(jobs) == 1:
            subject = self.known.subjects[jobs[0]]
            if subject.name in GROUPS:
                jobs = list(GROUPS)
            else:
                jobs.append(subject.bridge or (subject.related[0] if subject.related else str(subject.group)))
        if not jobs:
            jobs = list(GROUPS)
        aspect = self.aspect_named(question)
        if aspect:
            plan = self._side_by_side(jobs, ASPECT_OF[aspect], aspect)
            # A line from elsewhere would be taken for that of one of them.
            return replace(self._asked_first(plan, question, elsewhere=False), lead=plan.lead)
        if len(jobs) > 2:
            return self._side_by_side(jobs, None)
        return self._asked_first(self._pair(jobs[0], jobs[1]), question)

    @staticmethod
    def _other_names(job: str, question: Question) -> list[str]:
        """The names of one job that a question sets side by side, if two: '情シスと社内SEは違うの？'."""
        spans = normalise(question.text)
        named = [name for name in named_in(question.text) if name.job == job]
        for one, other in pairwise(named):
            names = [question.text[slice(*spans.span(name.start, name.end))] for name in (one, other)]
            if spell(names[0]) != spell(names[1]) and other.start - one.end <= _SIDE_BY_SIDE:
                return names
        return []

    def _one_job(self, job: str, names: Sequence[str]) -> Plan:
        """That two names mean one job here, and what it is."""
        subject = self.known.subjects[job]
        same = self.known.same_job.format(names="と".join(f"「{name}」" for name in names), job=job)
        lines = [Line(f"{job}.names", same, bullet=False)]
        lines += [replace(self._line(passage), level=0) for passage in subject.section("summary").passages[:1]]
        return Plan(once(lines), plain=same, jobs=(job,), fill=False)

    def aspect_named(self, question: Question) -> str | None:
        """The intent of the aspect that is named, if any: 'どっちが楽？'."""
        asked = spell(question.text)
        # 'デメリット' holds 'メリット'.
        named = {
            intent: max((len(word) for word in map(spell, raw["words"]) if word in asked), default=0)
            for intent, raw in self.known.compared_aspects.items()
        }
        longest = max(named, key=lambda intent: named[intent])
        return longest if named[longest] else None

    def _pair(self, a: str, b: str) -> Plan:
        first, second = self.known.subjects[a], self.known.subjects[b]
        lines: list[Line] = []
        if {a, b} == set(GROUPS):
            section = self.known.differences
            lines += [replace(self._line(passage), level=0 if passage.title else 1) for passage in section.passages]
            for subject in (first, second):
                lines += [
                    replace(self._line(passage), level=1, header=f"【{subject.name}】")
                    for passage in subject.section("summary").passages
                ]
            return Plan(once(lines), lead=section.lead or "", plain=section.plain or "", jobs=(a, b), fill=False)
        relation = self.relation(a, b)
        lines.append(Line(f"pair.{a}.{b}", relation, bullet=False))
        lines += [Line(f"{s.name}.contrast", f"{s.name}：{s.contrast}。") for s in (first, second)]
        choose = self.known.choose.format(a=a, b=b, choose_a=first.choose, choose_b=second.choose)
        lines.append(Line(f"choose.{a}.{b}", choose, bullet=False))
        for subject in (first, second):
            lines += [
                replace(self._line(passage), level=1, header=f"【{subject.name}】")
                for aspect in ("duties", "role", "suits")
                for passage in subject.section(aspect).passages
                if passage.level == 0
            ]
        plain = f"{a}は、{first.contrast}。{b}は、{second.contrast}。"
        return Plan(once(lines), plain=plain, jobs=(a, b), fill=False)

    def relation(self, a: str, b: str) -> str:
        """One sentence on how two jobs stand to each other."""
        special = self.known.pairs.get(frozenset((a, b)))
        if special:
            return special
        relations = self.known.relations
        first, second = self.known.subjects[a], self.known.subjects[b]
        for one, other in ((first, second), (second, first)):
            if one.group == other.name:
                return relations["member"].format(job=one.name, group=other.name)
            if one.bridge and (other.name == one.bridge or other.name == GROUPS[0]):
                return relations["bridge"].format(clerk=one.name, dept=one.bridge)
        groups = {self._group(a), self._group(b)}
        if groups == {GROUPS[0]}:
            return relations["same_back_office"]
        if groups == {GROUPS[1]}:
            return relations["same_office"]
        for one, other in ((first, second), (second, first)):
            if other.name in GROUPS:
                return relations["across_group"].format(job=one.name, group=one.group, other=other.name)
        bo, office = (a, b) if self._group(a) == GROUPS[0] else (b, a)
        return relations["across"].format(bo=bo, office=office)

    def _side_by_side(self, jobs: Sequence[str], aspect: str | None, intent: str | None = None) -> Plan:
        """Several jobs, one aspect: each in turn, from its own facts or else from its group's."""
        lines: list[Line] = []
        plains: list[str] = []
        for name in jobs:
            subject = self.known.subjects[name]
            if aspect is None:
                lines.append(Line(f"{name}.contrast", f"{name}：{subject.contrast}。"))
                plains.append(f"{name}は、{subject.plain}")
                continue
            own = subject.section(aspect)
            group = self.known.subjects[subject.group] if subject.group else None
            section, note = own, ""
            if not own.passages and group is not None:
                section, note = group.section(aspect), f"（{group.name}全体の話です）"
            if not section.passages:
                section = self.known.common.section(aspect)
            lines += [self._line(passage, header=f"【{name}】{note}") for passage in section.passages]
            if section.plain:
                plains.append(f"{name}は、{section.plain}")
        if aspect is None and len(jobs) > 1:
            lines += [
                Line(f"{name}.choose", f"{name}は「{self.known.subjects[name].choose}」に合いそうです。", level=1)
                for name in jobs
            ]
            return Plan(once(lines), plain="".join(plains), jobs=tuple(jobs))
        lead = self.known.compared_aspects[intent]["lead"] if intent else ""
        # The best of each job first; then the rest of each.
        return Plan(once(few_first(lines, 2)), lead=lead, plain="".join(plains), jobs=tuple(jobs), fill=False)
