"""'Whose work is it to check contracts?': the duties searched with the person's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from actions.job_answers.aspects import PHRASES
from actions.job_answers.direct import YES_NO, DirectAnswers
from actions.job_answers.lines import once
from actions.job_answers.model import Line, Plan, Question
from actions.knowledge.model import COMMON, GROUPS, Passage
from actions.knowledge.owners import OF_TASKS

_WHICH: Final = re.compile("何事務|なに事務|どの|どこの|どれ|何の仕事|何て仕事|誰|だれ|どんな事務")
_TASKS_APART: Final = re.compile("[、。,・/]|と(?!も)|や")
_EACH: Final = re.compile("それぞれ|どこ|誰|だれ|どの|何課|担当")
# One owner's tasks are meant where they are so much nearer than the next one's.
_CLEARLY: Final = 1.4
_HELPS: Final = re.compile("補助|補佐|支援|手伝")


@dataclass(frozen=True, slots=True)
class _Found:
    """A job whose work something is, whether for sure, which of its tasks, and what other job has to do with it."""

    job: str
    sure: bool
    duty: Passage | None
    too: tuple[str, ...] = ()


class Tasks(DirectAnswers):
    """Finds the owner of a task."""

    def who_does(self, question: Question) -> Plan:
        """'契約書のチェックは誰の仕事？': the duties searched with the person's words."""
        replies = self.known.replies
        groups = {job for job in question.jobs if job in GROUPS}
        named = [job for job in question.jobs if job not in GROUPS]
        # '財務と法務と情シス、会社を守ってるのは？'
        either = len(named) > 1
        among = named if either else [job for job in self.known.jobs if not groups or self._groups[job] in groups]

        def wanted(passage: Passage) -> bool:
            return passage.subject in among and passage.aspect in OF_TASKS

        listed = self._tasks_listed(question.text, wanted)
        if listed is not None:
            return listed
        found = self._whose(question, among, either=either) or self._by_files(question, groups, named, wanted)
        if groups and self._proposes(question.text):
            # '電話番ってバックオフィスの仕事？'
            elsewhere = self._of_other_group(question, groups)
            if elsewhere is not None:
                return elsewhere
        if found is None and not named and self._clues(question.text):
            return self.what_suits_me(question)
        if found is None:
            if question.jobs:
                return self._asked_first(self._job(self.known.subjects[question.jobs[0]]), question)
            told = self._told_directly(question, frozenset((COMMON,)))
            if told is not None:
                return self._directly(question, *told)
            return Plan((Line("who.unknown", replies["who_unknown"], bullet=False),), jobs=question.jobs)
        return self._owned(question, found, named)

    def _of_other_group(self, question: Question, groups: Collection[str]) -> Plan | None:
        """That the task is surely a job's that belongs to the other group."""
        for owner in self.owners.of(question.text, self.known.jobs)[:1]:
            (duty, _), group = self.duty(question, owner.job), self._groups[owner.job]
            if owner.score >= self.known.settings["owner_learned"] and group not in groups and duty is not None:
                text = self.known.replies["task_of_group"].format(duty=duty.text, group=group, job=owner.job)
                return Plan((Line(f"who.{duty.id}", text, bullet=False),), jobs=(owner.job,), specific=True)
        return None

    def _whose(self, question: Question, among: Sequence[str], *, either: bool) -> _Found | None:
        """The job whose work is asked for, as people asked before; `either`: one of these it is."""
        settings = self.known.settings
        found = self.owners.of(question.text, among, one_of_them=either)
        if not found or found[0].score < settings["owner_perhaps"]:
            return None
        first, *others = found
        ahead = either and first.score - others[0].score >= settings["margin"]
        sure = ahead or first.score >= settings["owner_learned"]
        too = [one.job for one in others if sure and one.score >= settings["owner_perhaps"]]
        return _Found(first.job, sure, self.duty(question, first.job)[0], tuple(too[:1]))

    def _by_files(
        self, question: Question, groups: Collection[str], named: Sequence[str], wanted: Callable[[Passage], bool]
    ) -> _Found | None:
        """The same by the words of the jobs' files, never for sure; None where these say hardly anything of it."""
        ranked = self._owners_by_words(question, groups, named, wanted)
        # '事務の人はなんのために…' names a group and no task: it is about the group.
        if not ranked or ranked[0][0] < self.known.settings["sure_task"]:
            return None
        passage = ranked[0][1]
        return _Found(passage.subject, False, passage)

    def _owners_by_words(
        self, question: Question, groups: Collection[str], named: Sequence[str], wanted: Callable[[Passage], bool]
    ) -> list[tuple[float, Passage]]:
        """The jobs by how much of the question the words of their files explain, each with its best passage."""
        helping = bool(_HELPS.search(question.text))
        ranked: list[tuple[float, Passage]] = []
        for score, hit in self.index.owners(question.text, wanted, without=question.jobs if len(named) > 1 else groups):
            score *= 1.0 if hit.passage.aspect == "duties" else 0.9
            if not helping and _HELPS.search(hit.passage.text):
                score *= 0.8
            ranked.append((score, hit.passage))
        return sorted(ranked, key=lambda found: -found[0])

    def _owned(self, question: Question, found: _Found, named: Sequence[str]) -> Plan:
        """Whose work it is, and what else that job does."""
        replies = self.known.replies
        name, duty = found.job, found.duty
        subject = self.known.subjects[name]
        phrase = duty is not None and duty.aspect in PHRASES
        at = duty.id if duty is not None else name
        lines: list[Line]
        if not found.sure:
            # '年末調整は誰？' shares two letters with '納期を調整する': said, but not for certain.
            text = replies["who_perhaps"].format(job=name)
            if phrase and duty is not None:
                text += replies["who_does"].format(duty=duty.text, job=name)
            lines = [Line(f"who.{at}", text, bullet=False)]
        elif phrase and duty is not None and len(named) == 1 and self._proposes(question.text):
            # '給料計算は労務？'
            own = replies["yes_first"] + replies["task_own"] if named == [name] else replies["task_other"]
            lines = [Line(f"who.{at}", own.format(duty=duty.text, job=name, other=name), bullet=False)]
        elif phrase and duty is not None:
            lines = [Line(f"who.{at}", replies["who_does"].format(duty=duty.text, job=name), bullet=False)]
        else:
            lines = [Line(f"who.{name}", replies["who_does_role"].format(job=name), bullet=False)]
        if duty is not None and not phrase:
            lines.append(self._line(duty, bullet=False))
        lines += [self._line(p, bullet=False) for p in subject.section("summary").passages]
        lines[-1] = replace(lines[-1], text=f"{name}は、{lines[-1].text}")
        for other in found.too:
            other_duty, _ = self.duty(question, other)
            if other_duty is not None:
                text = replies["who_also"].format(duty=other_duty.text, job=other)
                lines.append(Line(f"who.{other_duty.id}", text, bullet=False))
        rest = [line for line in self._job(subject).lines if line.id != at]
        return Plan(once([*lines, *rest]), plain=subject.plain, jobs=(name,))

    @staticmethod
    def _proposes(text: str) -> bool:
        """Whether yes or no is asked, not who: '給料計算は労務？'."""
        return YES_NO.search(text) is not None and not _WHICH.search(text)

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
