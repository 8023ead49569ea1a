"""'Whose work is it to check contracts?': the duties searched with the person's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from actions.job_answers.aspects import PHRASES
from actions.job_answers.direct import YES_NO, DirectAnswers
from actions.job_answers.lines import once
from actions.job_answers.model import Line, Plan, Question
from actions.knowledge.model import COMMON, GROUPS, Passage
from bot.nlu.terms import read_terms

_WHICH: Final = re.compile("何事務|なに事務|どの|どこの|どれ|何の仕事|何て仕事|誰|だれ|どんな事務")
_TASKS_APART: Final = re.compile("[、。,・/]|と(?!も)|や")
_EACH: Final = re.compile("それぞれ|どこ|誰|だれ|どの|何課|担当")
# One owner's tasks are meant where they are so much nearer than the next one's.
_CLEARLY: Final = 1.4
_HELPS: Final = re.compile("補助|補佐|支援|手伝")


class Tasks(DirectAnswers):
    """Finds the owner of a task."""

    def who_does(self, question: Question) -> Plan:
        """'契約書のチェックは誰の仕事？': the duties searched with the person's words."""
        replies = self.known.replies
        helping = bool(_HELPS.search(question.text))

        groups = {job for job in question.jobs if job in GROUPS}
        named = [job for job in question.jobs if job not in GROUPS]

        def wanted(passage: Passage) -> bool:
            return (
                passage.subject in self.known.jobs
                and passage.aspect in ("duties", "role", "examples", "summary")
                and (not groups or self._groups[passage.subject] in groups)
                # '財務と法務と情シス、会社を守ってるのは？'
                and (len(named) < 2 or passage.subject in named)
            )

        listed = self._tasks_listed(question.text, wanted)
        if listed is not None:
            return listed
        ranked: list[tuple[float, Passage]] = []
        for score, hit in self.index.owners(question.text, wanted, without=question.jobs if len(named) > 1 else groups):
            score *= 1.0 if hit.passage.aspect == "duties" else 0.9
            if not helping and _HELPS.search(hit.passage.text):
                score *= 0.8
            ranked.append((score, hit.passage))
        ranked.sort(key=lambda found: -found[0])
        if len(named) > 1 and (not ranked or ranked[0][0] < self.known.settings["owner"]):
            ranked = self._by_meaning(question, named) or ranked
        # '事務の人はなんのために…' names a group and no task: it is about the group.
        least = self.known.settings["sure_task" if groups and not _WHICH.search(question.text) else "nearest"]
        if groups and YES_NO.search(question.text) and (not ranked or ranked[0][0] < least):
            # '電話番ってバックオフィスの仕事？'
            for hit in self.index.search(question.text, self._is_task, without=groups)[:1]:
                owner = hit.passage.subject
                if owner in self.known.jobs and hit.score >= self.known.settings["sure_task"]:
                    text = replies["task_of_group"].format(duty=hit.passage.text, group=self._groups[owner], job=owner)
                    return Plan((Line(f"who.{hit.passage.id}", text, bullet=False),), jobs=(owner,), specific=True)
        if (not ranked or ranked[0][0] < least) and not question.jobs and self._clues(question.text):
            return self.what_suits_me(question)
        if not ranked or ranked[0][0] < least:
            if question.jobs:
                return self._asked_first(self._job(self.known.subjects[question.jobs[0]]), question)
            told = self._told_directly(question, frozenset((COMMON,)))
            if told is not None:
                return self._directly(question, *told)
            return Plan((Line("who.unknown", replies["who_unknown"], bullet=False),), jobs=question.jobs)
        top, passage = ranked[0]
        name = passage.subject
        subject = self.known.subjects[name]
        if top < self.known.settings["owner"] and len(named) < 2:
            # '年末調整は誰？' shares two letters with '納期を調整する': said, but not for certain.
            text = replies["who_perhaps"].format(job=name)
            if passage.aspect in PHRASES:
                text += replies["who_does"].format(duty=passage.text, job=name)
            lines = [Line(f"who.{passage.id}", text, bullet=False)]
            if passage.aspect not in PHRASES:
                lines.append(self._line(passage, bullet=False))
        elif passage.aspect in PHRASES and len(named) == 1 and YES_NO.search(question.text):
            # '給料計算は労務？'
            own = replies["yes_first"] + replies["task_own"] if named == [name] else replies["task_other"]
            text = own.format(duty=passage.text, job=name, other=name)
            lines = [Line(f"who.{passage.id}", text, bullet=False)]
        elif passage.aspect in PHRASES:
            lines = [Line(f"who.{passage.id}", replies["who_does"].format(duty=passage.text, job=name), bullet=False)]
        else:
            lines = [
                Line(f"who.{name}", replies["who_does_role"].format(job=name), bullet=False),
                self._line(passage, bullet=False),
            ]
        lines += [self._line(p, bullet=False) for p in subject.section("summary").passages]
        lines[-1] = replace(lines[-1], text=f"{name}は、{lines[-1].text}")
        for score, other in ranked[1:3] if top >= self.known.settings["owner"] else ():
            if score >= 0.6 * top and other.aspect in PHRASES:
                text = replies["who_also"].format(duty=other.text, job=other.subject)
                lines.append(Line(f"who.{other.id}", text, bullet=False))
        rest = [line for line in self._job(subject).lines if line.id != passage.id]
        return Plan(once([*lines, *rest]), plain=subject.plain, jobs=(name,))

    def _by_meaning(self, question: Question, named: Sequence[str]) -> list[tuple[float, Passage]]:
        """'Of these three, who guards the company?': the job whose tasks mean that, though no word is shared."""
        text = re.sub("^[とや、,・/\\s]+", "", _names().sub("", question.text))
        found: list[tuple[float, Passage]] = []
        for job in named:
            sections = self.known.subjects[job].sections
            passages = [
                p for aspect in ("summary", "duties", "role") if aspect in sections for p in sections[aspect].passages
            ]
            found.append(max(((self.asked.likeness(text, p.text), p) for p in passages), key=lambda one: one[0]))
        found.sort(key=lambda one: -one[0])
        return found[:1] if found[0][0] - found[1][0] >= self.known.settings["margin"] else []

    def _tasks_listed(self, text: str, wanted: Callable[[Passage], bool]) -> Plan | None:
        """'給与計算、経費精算、備品発注。それぞれどこ？': a line a task; None unless several are surely named."""
        found: dict[str, Passage] = {}
        for part in _TASKS_APART.split(text):
            for hit in self.index.search(part, wanted)[:1]:
                if hit.score >= self.known.settings["sure_task"] and hit.passage.aspect in PHRASES:
                    found.setdefault(hit.passage.subject, hit.passage)
        if len(found) < 2 or not _EACH.search(text):
            return None
        lines = [
            Line(f"who.{passage.id}", self.known.replies["who_does"].format(duty=passage.text, job=name))
            for name, passage in found.items()
        ]
        plain = "".join(f"{name}は、{self.known.subjects[name].plain}" for name in found)
        return Plan(tuple(lines), plain=plain, jobs=tuple(found))

    def owner(self, text: str, among: Sequence[str]) -> str | None:
        """The job among these whose tasks a text surely tells of."""
        ranked = self.index.owners(text, lambda p: p.subject in among and self._is_task(p))
        if not ranked or ranked[0][0] < self.known.settings["owner"]:
            return None
        alone = len(ranked) == 1 or ranked[0][0] >= _CLEARLY * ranked[1][0]
        return str(ranked[0][1].passage.subject) if alone else None

    def task_owner(self, question: Question) -> bool:
        """Whether the words surely name a task of some job."""
        return bool(self.hits(question, self._is_task, self.known.settings["sure_task"]))


@lru_cache(maxsize=1)
def _names() -> re.Pattern[str]:
    """Every name that people have for a job, the longest first."""
    names = {name.text for name in read_terms() if name.entity == "job"}
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))), re.IGNORECASE)
