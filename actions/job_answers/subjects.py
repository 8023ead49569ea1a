"""One job, one group, or all of them: what they are and one aspect of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from actions.job_answers.aspects import ASPECT_OF
from actions.job_answers.comparing import Comparing
from actions.job_answers.lines import few_first, once, says
from actions.job_answers.model import Line, Plan, Question
from actions.knowledge.model import GROUPS, Passage, Section, Subject
from bot.nlu.normalise import normalise

# These speak of what is common to all jobs as well.
_WITH_COMMON: Final = ("skills", "certificates", "entry", "temp_work", "industry")

# '労務と社労士は違うの？': a job is set beside a certificate.
_DIFFER: Final = re.compile("違い|違う|違っ|ちがい|ちがう|同じ|一緒|別物|別もの")


class Subjects(Comparing):
    """Tells of a subject."""

    def about(self, question: Question) -> Plan:
        """A job (or more, or none: then both groups) and one aspect of it."""
        aspect = ASPECT_OF.get(question.intent)
        jobs = question.jobs
        if aspect is None:
            if len(jobs) > 1:
                return self._asked_first(self._side_by_side(jobs, None), question)
            if not jobs and self.hits(question, self._is_task, self.known.settings["own_task"]):
                return self.who_does(replace(question, intent="ask_who_does"))
            plan = self._job(self.known.subjects[jobs[0]]) if jobs else self._overview()
        elif set(jobs) == set(GROUPS):
            plan = replace(self._general(aspect, question.intent), jobs=jobs)
        elif len(jobs) > 2:
            # A line pulled to the front would be taken for the first job's.
            return self._side_by_side(jobs, aspect)
        elif len(jobs) > 1:
            plan = self._side_by_side(jobs, aspect)
        elif jobs:
            plan = self._aspect(self.known.subjects[jobs[0]], aspect, question.intent)
        else:
            plan = self._general(aspect, question.intent)
        return self._asked_first(plan, question)

    def _job(self, subject: Subject) -> Plan:
        replies = self.known.replies
        summary = [self._line(passage, bullet=False) for passage in subject.section("summary").passages]
        lines = [replace(summary[0], text=f"{subject.name}は、{summary[0].text}")]
        lines += [self._line(passage, header=replies["duties"]) for passage in subject.section("duties").passages]
        lines += summary[1:]
        for aspect in ("role", "examples"):
            lines += [
                replace(self._line(passage, bullet=False), level=min(1, passage.level))
                for passage in subject.section(aspect).passages
            ]
        if subject.related:
            text = replies["related"].format(job=subject.name, related="、".join(subject.related))
            lines.append(Line(f"{subject.name}.related", text, bullet=False, level=1))
        return Plan(once(lines), plain=f"{subject.name}は、{subject.plain}", jobs=(subject.name,))

    def _overview(self) -> Plan:
        lines = []
        for name in GROUPS:
            subject = self.known.subjects[name]
            lines.append(Line(f"{name}.contrast", f"{name}：{subject.contrast}。"))
        lines += [self._line(passage) for passage in self.known.common.section("types").passages]
        plain = "".join(self.known.subjects[name].plain for name in GROUPS)
        return Plan(once(lines), plain=plain, jobs=GROUPS)

    def _aspect(self, subject: Subject, aspect: str, intent: str) -> Plan:
        """The subject's own facts, then its group's, then what is common to all."""
        replies = self.known.replies
        own = subject.section(aspect)
        group = self.known.subjects[subject.group] if subject.group else None
        shared = group.section(aspect) if group else Section()
        common = self.known.common.section(aspect) if aspect in _WITH_COMMON else Section()
        lead = own.lead or replies["leads"][intent].format(job=subject.name)
        lines = [self._line(passage) for passage in own.passages]
        if shared.passages:
            assert group is not None  # noqa: S101 (shared has passages only where there is a group)
            if lines:
                header = replies["group_too"].format(group=group.name)
            else:
                lead, header = replies["group_only"].format(job=subject.name, group=group.name), ""
            # After three facts of the job itself, the group's are details.
            later = 1 if len([line for line in lines if line.level == 0]) >= 4 else 0
            lines += [
                self._line(passage, header=header or None, at_least=later)
                for passage in shared.passages
                if aspect != "certificates" or not self._of_others(passage, subject)
            ]
        if common.passages:
            header = replies["common_too"] if lines else ""
            enough = len([line for line in lines if line.level == 0]) >= 4
            lines += [
                self._line(passage, header=header or None, at_least=1 if enough else 0) for passage in common.passages
            ]
        if group is not None and not own.passages and aspect not in _WITH_COMMON:
            # What sets the job apart, where the facts of the aspect are its group's.
            text = f"{subject.name}は、{subject.contrast}。"
            lines.append(Line(f"{subject.name}.contrast", text, bullet=False))
        if not lines:
            return self._job(subject)
        plain = own.plain or shared.plain or common.plain or ""
        return Plan(once(lines), lead=lead, plain=plain, jobs=(subject.name,))

    def _of_others(self, passage: Passage, subject: Subject) -> bool:
        """Whether a passage speaks of other jobs by name, and not of this one."""
        return subject.name not in passage.text and any(job in passage.text for job in self.known.jobs)

    def _general(self, aspect: str, intent: str) -> Plan:
        """No job named and none talked about: what is common, then both groups."""
        replies = self.known.replies
        common = self.known.common.section(aspect)
        lines: list[Line] = []
        plain = common.plain or ""
        if common.passages:
            lines += [self._line(passage) for passage in common.passages]
            lead = common.lead or replies["leads"][intent].format(job=replies["general"])
        else:
            lead = replies["leads"][intent].format(job="と".join(GROUPS))
        for name in GROUPS[::-1]:
            section = self.known.subjects[name].section(aspect)
            lines += [
                self._line(passage, header=f"【{name}】", at_least=1 if common.passages else 0)
                for passage in section.passages
            ]
            if not common.passages:
                plain += f"{name}は、{section.plain}" if section.plain else ""
        if not common.passages:
            lines = few_first(lines, 3)
        return Plan(once(lines), lead=lead, plain=plain)

    def types(self, question: Question) -> Plan:
        """Which jobs there are, in a group or in both."""
        groups = [job for job in question.jobs if job in GROUPS]
        group = groups[0] if len(groups) == 1 else None
        if not groups and question.jobs:
            return self._asked_first(self._job(self.known.subjects[question.jobs[0]]), question)
        if group is None:
            return self._asked_first(self._overview_of_types(), question)
        subject = self.known.subjects[group]
        names = [name for name in self.known.jobs if self._groups[name] == group]
        lines = [Line(f"{group}.names", f"{group}には、{'、'.join(names)}があります。", bullet=False)]
        lines += [
            Line(f"{name}.short", f"{name}：{self.known.subjects[name].section('summary').passages[0].text}")
            for name in names
        ]
        lines += [
            replace(self._line(passage, bullet=False), level=1)
            for passage in (*subject.section("duties").passages, *subject.section("role").passages)
            if passage.text.endswith("。")
        ]
        plan = Plan(once(lines), plain=f"{'、'.join(names)}の{len(names)}つです。", jobs=(group,))
        return self._asked_first(plan, question)

    def _overview_of_types(self) -> Plan:
        section = self.known.common.section("types")
        lines = [self._line(passage) for passage in section.passages]
        return Plan(tuple(lines), plain="".join(passage.text for passage in section.passages[:2]))

    def certificates(self, question: Question) -> Plan:
        """A certificate by name, or the certificates of a job."""
        names = question.entities.get("certificate", ())
        plan = self.about_certificates(question)
        if not any(self.known.subjects[job].section("certificates").passages for job in question.jobs):
            plan = self._asked_first(plan, question, elsewhere=False)
        lines: list[Line] = []
        if len(names) == len(question.jobs) == 1 and _DIFFER.search(normalise(question.text).text):
            job = self.known.subjects[question.jobs[0]]
            text = self.known.certificate_beside_job.format(name=names[0], job=job.name, contrast=job.contrast)
            lines.append(Line(f"certificate.{names[0]}.{job.name}", text, bullet=False))
        for name in dict.fromkeys(names):
            section = self.known.certificates.get(name)
            if section is None:
                text = self.known.certificate_unknown.format(name=name)
                lines.append(Line(f"certificate.{name}", text, bullet=False))
            else:
                lines += [self._line(passage, bullet=False) for passage in section.passages]
        if not lines:
            return plan
        told = "".join(line.text for line in lines)
        rest = [replace(line, level=1) for line in plan.lines if not says(told, line)]
        return Plan(once([*lines, *rest]), lead="", plain=plan.plain, jobs=plan.jobs)

    def about_certificates(self, question: Question) -> Plan:
        """The certificates of the jobs in question, or of all."""
        if len(question.jobs) > 1:
            return self._side_by_side(question.jobs, "certificates")
        if question.jobs:
            return self._aspect(self.known.subjects[question.jobs[0]], "certificates", "ask_certificates")
        return self._general("certificates", "ask_certificates")
