"""Plans the answer to one question: which facts, in which order. The wording stands in data/knowledge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from actions.job_answers.choosing import WHICH, choose
from actions.job_answers.model import Line, Plan, Question
from actions.knowledge.asked import Asked
from actions.knowledge.model import COMMON, GROUPS, Clue, Direct, Knowledge, Passage, Section, Subject
from actions.knowledge.search import Hit, Index, pairs_of, spell
from bot.nlu.normalise import normalise
from bot.nlu.terms import read_terms

# Intent -> the aspect of a subject that answers it.
ASPECT_OF: Final = {
    "ask_suits": "suits",
    "ask_skills": "skills",
    "ask_merits": "merits",
    "ask_demerits": "demerits",
    "ask_career": "career",
    "ask_worklife": "worklife",
    "ask_certificates": "certificates",
    "ask_entry": "entry",
    "ask_temp_work": "temp_work",
    "ask_industry": "industry",
}
# These speak of what is common to all jobs as well.
_WITH_COMMON: Final = ("skills", "certificates", "entry", "temp_work", "industry")
STEP_OF: Final = {
    "ask_steps": "steps_all",
    "ask_step_self_analysis": "self_analysis",
    "ask_step_research": "research",
    "ask_step_documents": "documents",
    "ask_step_interview": "interview",
}
# Aspect of an entry in direct.yml -> the intent whose answer goes on from there.
INTENT_OF: Final = {
    "job": "ask_job", "types": "ask_types", "difference": "ask_difference", "service": "ask_service",
    **{aspect: intent for intent, aspect in (*ASPECT_OF.items(), *STEP_OF.items())},
}  # fmt: skip
_ASKS_WHO: Final = re.compile("誰|だれ|どこ|どの|どっち|何事務|部署|担当|職種|人は|ひとは|人って|の仕事")
# 'どんな…', '…を教えて': not about one thing.
_ASKS_OPENLY: Final = re.compile(
    "何|なに|なん(?:で|です|だ|の)|どんな|どう|どこ|誰|だれ|いつ|いくら|どれ|どの|教えて|詳しく|くわしく|とは|について|一覧|以外|仕事って|仕事は"
)
_WHICH: Final = re.compile("何事務|なに事務|どの|どこの|どれ|何の仕事|何て仕事|誰|だれ|どんな事務")
_WHICH_ONE: Final = re.compile("どの|どれ|どんな(?:仕事|職種|事務)|何が|なにが|どっち|どちら|何事務")
# '教えてもらえますか' asks this bot, not whether a company trains its people.
_REQUEST: Final = re.compile(
    "(?:教えて|説明して)(?:もらえ(?:ますか|ません|ないで)|くれ(?:ますか|ません|ないで|[?？]|ない[?？])|いただけ|ください|ほしい).*$"
)
_EXAMPLE: Final = re.compile("例|たとえ|具体")
# 'って本当？', 'って聞いた', 'らしい'
_HEARSAY: Final = re.compile(
    "(?:って|とか|という|て)(?:いう?の|話|噂|うわさ)?(?:って|は|が)?(?:本当|ほんと|ほんま|まじ|マジ|事実|がち)|って(?:聞|きい|言われ|いわれ|言う|いう)|らしい|いめーじ|イメージ"
)
# Nothing but that: 'ばっかり', '…だけ'
_ONLY: Final = re.compile("ばっか|ばかり|ばっかし|だけ(?!ど|れ)|しか(?:しない|やらない|ない|してない)|のみ")
_OF_ALL: Final = re.compile("一番|いちばん|のは")
_TASKS_APART: Final = re.compile("[、。,・/]|と(?!も)|や")
_EACH: Final = re.compile("それぞれ|どこ|誰|だれ|どの|何課|担当")
_SENTENCE: Final = re.compile("[?？。!！]")
# Work with pay, not how much it is.
PAY_WORK: Final = re.compile("計算|手続|集計|管理|処理")
_YES_NO: Final = re.compile(
    r"(?:か|の|よね|かな|る|ある|する|だよね|って本当|です|ます|屋さん|んだ|もん)[?？!。]*$|[?？]$"
)
_NEGATED: Final = re.compile("しなくて|やらなくて|なくてい|しない|やらない|しません")
# Aspects whose passages are phrases ('契約書を作成し、確認する'), not sentences.
PHRASES: Final = ("duties",)
_HELPS: Final = re.compile("補助|補佐|支援|手伝")
# What is said of a trait: the first of these after its word decides. '数字が好きで人と話すのは苦手'
_LIKES: Final = re.compile(
    "(?P<no>苦手|嫌い|きらい|嫌|あれるぎ|アレルギ|吐き|(?<!抵抗)(?:の|が)ない|少ない|不得意|得意じゃな|得意ではな|好きじゃな|好きではな|できない|出来ない|下手|したくな|やりたくな|"
    "向いてな|ダメ|だめ|無理|疲れ|たくない|避けたい|興味な|興味はな|興味がな|全然|全く|飽き|つらい|弱い)"
    "|(?P<yes>好き|得意|興味|関心|したい|たい|自信|向いて|できる|出来る|褒め|ほめ|楽し|嬉し|うれし|ます)"
)
# What it adds to an entry of direct.yml that it is of the aspect that was surely heard, in characters explained.
_HEARD_ASPECT: Final = 4.0
# What a person may be answered who tells their circumstances and asks what would suit.
_CIRCUMSTANCES: Final = ("ask_entry", "ask_worklife", "ask_temp_work", "ask_step_self_analysis", "ask_step_documents")
# How far behind its word a predicate may stand, in characters.
_REACH: Final = 16


class Answers:
    """All answers about jobs, over one knowledge base and its index. Holds no state of a conversation."""

    def __init__(self, known: Knowledge, index: Index, operator: Mapping[str, Any], asked: Asked) -> None:
        self.known = known
        self.index = index
        self.operator = operator
        self.asked = asked
        self._groups = {name: subject.group for name, subject in known.subjects.items()}
        # What an answer in asked.yml is about, and where it stands.
        self._said: dict[str, tuple[frozenset[str], Passage | Direct | None]] = {
            matter.text: (frozenset(), None) for matter in known.matters
        }
        self._said |= {entry.say: (entry.about, entry) for entry in known.direct}
        for passage in known.all_passages():
            about = self._said.get(passage.text, (frozenset[str](), None))[0]
            self._said[passage.text] = (about | {passage.subject}, passage)

    # -- choosing ------------------------------------------------------------------------------------------------

    def plan(self, question: Question) -> Plan:
        """The plan for any question of the topic job_answers.

        Raises:
            KeyError: the intent is none of this topic.
        """
        question = self._tidy(question)
        chosen = self.choice(question) or self.hearsay(question)
        if chosen is not None:
            return chosen
        direct = self._direct(question)
        if direct is not None and question.sure and direct[1] == question.intent:
            # What was heard and what the words say agree.
            return self._directly(question, [direct[0]], direct[1])
        near = self._near(question)
        if isinstance(near, Plan):
            return near
        if near is not None and question.in_doubt:
            return self._directly(question, [near[0]], near[1])
        plan = self._planned(question) if direct is None else self._directly(question, [direct[0]], direct[1])
        if near is None or (plan.jobs and not self._fits(_bare_text(near[0]), question.with_jobs(plan.jobs))):
            return plan
        return self._with(near[0], plan, sure=near[2] >= self.known.settings["near"])

    @staticmethod
    def _with(said: Line, plan: Plan, *, sure: bool) -> Plan:
        """A plan with a sentence that answered a question like this: before it where that is sure, else after it."""
        if any(line.id == said.id or _alike(said.text, line.text) for line in plan.lines[:3]):
            return plan
        lines = [line for line in plan.lines if line.id != said.id and not _says(said.text, line)]
        if not sure or not lines:
            return replace(plan, lines=tuple(lines), aside=said)
        rest = [replace(line, header=line.header or plan.lead or "") for line in lines]
        return replace(plan, lines=_once([said, *rest]), lead="", fill=False)

    def is_near(self, question: Question) -> bool:
        """Whether people asked something much like this before."""
        return self._near(self._tidy(question)) is not None

    def _near(self, question: Question) -> tuple[Line, str, float] | Plan | None:
        """The sentence that answered a question much like this one, the intent whose answer goes on, how near it is.

        Of what cannot be told, the whole plan. None where no question is near enough.
        """
        if not question.text or question.bare or question.intent == "ask_service_terms":
            return None
        if question.entities.get("matter"):
            return None
        least = self.known.settings["near_in_doubt" if question.in_doubt else "rather_near"]
        found = self.asked.nearest(question.text, lambda say: self._fits(say, question))
        if found is None or found.score < least:
            return None
        at = self._said[found.say][1]
        if at is None and not question.in_doubt and found.score < self.known.settings["near"]:
            return None
        if at is None:
            (matter,) = (matter for matter in self.known.matters if matter.text == found.say)
            return self.untold(replace(question, intent="ask_untold", entities={"matter": [matter.name]}))
        if isinstance(at, Direct):
            return Line(f"direct.{at.number}", at.say, bullet=False), INTENT_OF[at.aspect], found.score
        intent = INTENT_OF.get(at.aspect, "ask_job" if at.subject in self.known.subjects else "ask_service")
        return replace(self._alone(at), level=0), intent, found.score

    def _fits(self, say: str, question: Question) -> bool:
        """Whether an answer in asked.yml may be about the jobs in question."""
        about, at = self._said.get(say, (None, None))
        if about is None:
            return False
        if at is None or not question.jobs:
            return True
        wide = {*question.jobs, *(self._groups.get(job) for job in question.jobs)}
        return not about.isdisjoint(wide) or about.isdisjoint(self.known.subjects)

    def choice(self, question: Question) -> Plan | None:
        """Which of the jobs compared the words point to, said in one sentence first; None where to none of them."""
        if question.intent != "ask_difference" or not WHICH.search(normalise(question.text).text):
            return None
        return choose(self.known, self.index, question)

    def hearsay(self, question: Question) -> Plan | None:
        """'総務って飲み会の幹事ばっかりって本当ですか': not only that; a claim about one job is weighed first."""
        if len(question.jobs) != 1 or question.entities.get("matter"):
            return None
        text = normalise(question.text).text
        only, heard = _ONLY.search(text), _HEARSAY.search(text)
        if not only or not (heard or _YES_NO.search(text)):
            return None
        (job,) = question.jobs
        duties = [p.text for p in self.known.subjects[job].section("duties").passages if not p.text.endswith("。")]
        own = self.index.search(question.text, lambda p: p.subject == job and self._is_task(p), without=question.jobs)
        mine = own[0].passage.text if own and own[0].score >= self.known.settings["own_task"] else None
        others = [duty for duty in duties if duty != mine]
        if not others or (mine is None and not heard):
            return None
        replies = self.known.replies
        first = replies["only_own"].format(duty=mine, job=job) if mine else replies["only_not"].format(job=job)
        told = first + replies["only_others"].format(duties="、".join(f"「{duty}」" for duty in others[:3]))
        return self._directly(replace(question, text=""), [Line(f"only.{job}", told, bullet=False)], "ask_job")

    def _planned(self, question: Question) -> Plan:
        """The plan by intent and entities, whatever the words."""
        if question.intent == "ask_untold" or self._is_untold(question):
            return self.untold(question)
        if question.intent in STEP_OF:
            return self.step(question)
        special: dict[str, Callable[[Question], Plan]] = {
            "ask_difference": self.difference,
            "ask_who_does": self.who_does,
            "ask_what_suits_me": self.what_suits_me,
            "ask_service": self.service,
            "ask_service_terms": self.service_terms,
            "ask_types": self.types,
            "ask_certificates": self.certificates,
        }
        open_choice = _WHICH_ONE.search(question.text) and set(question.jobs) <= set(GROUPS)
        if question.intent == "ask_what_suits_me" and len(question.jobs) == 1 and not open_choice:
            return self.about(replace(question, intent="ask_suits"))
        if question.intent == "ask_suits" and not question.jobs and self._clues(question.text):
            return self.what_suits_me(question)
        if question.intent in special:
            return special[question.intent](question)
        return self.about(question)

    def _tidy(self, question: Question) -> Question:
        """Unknown jobs out, doubles out; a group named beside its own job says nothing more, except in comparisons."""
        jobs = [job for job in dict.fromkeys(question.jobs) if job in self.known.subjects]
        if question.intent != "ask_difference":
            special = [job for job in jobs if job not in GROUPS]
            jobs = [job for job in jobs if job not in GROUPS or all(self._groups[name] != job for name in special)]
        return question.with_jobs(jobs)

    def _is_untold(self, question: Question) -> bool:
        """Pay, remote work and the like asked for under the name of a kindred intent."""
        kindred = {"ask_worklife", "ask_career", "ask_certificates", "ask_entry", "ask_industry", "ask_demerits"}
        named = set(question.entities.get("matter", ()))
        if question.intent == "ask_job":
            return bool(named) and not PAY_WORK.search(question.text)
        return (question.intent in kindred or question.intent in STEP_OF) and bool(named)

    # -- one thing asked --------------------------------------------------------------------------------------------

    def _direct(self, question: Question) -> tuple[Line, str] | None:
        """The sentence that answers a question about one thing, and the intent whose answer goes on from there.

        What is known of the job itself comes before its tasks, and these before what is known of its group.
        """
        if not question.text or question.intent == "ask_service_terms" or question.entities.get("matter"):
            return None
        if question.intent == "ask_certificates" and question.entities.get("certificate"):
            # What a certificate is good for is told with its name.
            return None
        if question.intent == "ask_who_does" and _ASKS_WHO.search(question.text):
            return None
        if question.intent == "ask_what_suits_me" and not question.jobs:
            # What one likes is answered with hints; how to get in with what there is to know about that.
            told = None if self._clues(question.text) else self._told_directly(question, frozenset((COMMON,)))
            return told if told is not None and told[1] in _CIRCUMSTANCES else None
        jobs = frozenset(question.jobs or (COMMON,))
        own = self._told_directly(question, jobs)
        if own is not None or question.intent == "ask_difference" or len(jobs) > 1:
            return own
        task = self._task(question)
        if task is not None:
            return task
        group = self._groups.get(next(iter(jobs)))
        return self._told_directly(question, frozenset((group,)), group) if group else None

    def knows(self, question: Question) -> bool:
        """Whether the words alone, with the jobs named, say what is asked for."""
        return self._direct(self._tidy(question)) is not None

    def direct_id(self, question: Question) -> str | None:
        """Which sentence the words alone lead to, if any."""
        told = self._direct(self._tidy(question))
        return None if told is None else told[0].id

    def direct_aspect(self, question: Question) -> str | None:
        """The aspect of the sentence that the words alone lead to, if any."""
        told = self._direct(self._tidy(question))
        return None if told is None else next(aspect for aspect, intent in INTENT_OF.items() if intent == told[1])

    def _told_directly(
        self, question: Question, about: frozenset[str], group: str | None = None
    ) -> tuple[Line, str] | None:
        """The entry of direct.yml whose words the question holds; the one that explains most of it, if several do."""
        asked = spell(_REQUEST.sub("", question.text))
        best: tuple[float, Direct] | None = None
        for entry in self.known.direct:
            if (
                not about <= entry.about
                or (entry.together and about != entry.about)
                or any(word in asked for word in entry.without)
                or not all(any(word in asked for word in words) for words in entry.every)
            ):
                continue
            found = [max((len(word) for word in words if word in asked), default=0) for words in entry.every]
            # Of two that fit equally, the one of the aspect that was heard, then the one for these jobs only.
            weight = sum(found) + len(found) + (0.5 if entry.about == about else 0.0)
            if question.sure and INTENT_OF[entry.aspect] == question.intent:
                weight += _HEARD_ASPECT
            if best is None or weight > best[0]:
                best = (weight, entry)
        if best is None:
            return None
        entry = best[1]
        text = entry.say
        if group is not None and COMMON not in entry.about:
            text = self.known.replies["group_first"].format(group=group) + text.removeprefix(f"{group}は、")
        elif any(word in asked for word in entry.no):
            text = self.known.replies["no_first"] + text
        elif any(word in asked for word in entry.yes):
            text = self.known.replies["yes_first"] + text
        return Line(f"direct.{entry.number}", text, bullet=False), INTENT_OF[entry.aspect]

    def _about_group(self, job: str) -> str:
        """How an answer begins that is the group's and not the job's own; never empty."""
        return str(self.known.replies["group_first"].format(group=self._groups.get(job) or job))

    def _task(self, question: Question) -> tuple[Line, str] | None:
        """'総務って社内イベントもやるの？': whether a task belongs to the job, or whose it is."""
        if (
            question.intent not in ("ask_job", "follow_up")
            or len(question.jobs) != 1
            or _ASKS_OPENLY.search(question.text)
        ):
            return None
        (job,) = question.jobs
        replies = self.known.replies
        mine: list[Hit] = []
        others: list[Hit] = []
        elsewhere: list[Hit] = []
        for hit in self.index.search(question.text, self._is_task, without=question.jobs):
            if hit.passage.subject == job:
                mine.append(hit)
            elif job not in GROUPS or self._groups.get(hit.passage.subject) == job:
                others.append(hit)
            else:
                elsewhere.append(hit)
        least = self.known.settings["own_task"]
        if mine and mine[0].score >= least:
            found, template = mine[0].passage, replies["task_own"]
            if _YES_NO.search(question.text) and not _NEGATED.search(question.text):
                template = replies["yes_first"] + template
        elif others and others[0].score >= self.known.settings["others_task"]:
            found = others[0].passage
            template = replies["task_in_group" if job in GROUPS else "task_other"]
        elif elsewhere and elsewhere[0].score >= self.known.settings["sure_task"] and _YES_NO.search(question.text):
            # '電話番ってバックオフィスの仕事？'
            found, template = elsewhere[0].passage, replies["task_of_group"]
            text = template.format(duty=found.text, group=self._groups[found.subject], job=found.subject)
            return Line(f"task.{found.id}", text, bullet=False, passage=found), "ask_job"
        else:
            return None
        text = template.format(duty=found.text, job=job, other=found.subject)
        return Line(
            found.id if found.subject == job else f"task.{found.id}", text, bullet=False, passage=found
        ), "ask_job"

    @staticmethod
    def _is_task(passage: Passage) -> bool:
        return passage.aspect in PHRASES and not passage.text.endswith("。")

    def _directly(self, question: Question, told: Sequence[Line], intent: str) -> Plan:
        """One sentence or two first, then the answer that they belong to, without what they have said."""
        plan = self._planned(replace(question, intent=intent, text="", entities={}))
        said = told[0]
        lines = [line for line in plan.lines if all(line.id != one.id and not _says(one.text, line) for one in told)]
        first = [said, *(replace(one, header="") for one in told[1:] if not _alike(one.text, said.text))]
        for part in _SENTENCE.split(question.text):
            # '未経験でもいい？研修はある？': the other thing asked for is said as well.
            other = self._direct(replace(question, text=part)) if part else None
            if other is not None and other[0].id != said.id and len(first) < 2:
                first.append(replace(other[0], header=""))
        if len(question.jobs) == 1 and said.text.startswith(self._about_group(question.jobs[0])):
            # That it is the group's has been said.
            plan = replace(plan, lead="")
        if len(pairs_of(plan.lead) & pairs_of(said.text)) > 0.6 * max(1, len(pairs_of(plan.lead))):
            plan = replace(plan, lead="")
        # A paragraph of its own, even where the answer goes on in sentences.
        rest = [replace(line, header=line.header or plan.lead or "") for line in lines]
        return replace(plan, lines=_once([*first, *rest]), lead="", fill=False, specific=True, plain=plan.plain)

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
        elif len(jobs) > 1:
            plan = self._side_by_side(jobs, aspect)
        elif jobs:
            plan = self._aspect(self.known.subjects[jobs[0]], aspect, question.intent)
        else:
            plan = self._general(aspect, question.intent)
        return self._asked_first(plan, question)

    # -- one subject ---------------------------------------------------------------------------------------------

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
        return Plan(_once(lines), plain=f"{subject.name}は、{subject.plain}", jobs=(subject.name,))

    def _overview(self) -> Plan:
        lines = []
        for name in GROUPS:
            subject = self.known.subjects[name]
            lines.append(Line(f"{name}.contrast", f"{name}：{subject.contrast}。"))
        lines += [self._line(passage) for passage in self.known.common.section("types").passages]
        plain = "".join(self.known.subjects[name].plain for name in GROUPS)
        return Plan(_once(lines), plain=plain, jobs=GROUPS)

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
        return Plan(_once(lines), lead=lead, plain=plain, jobs=(subject.name,))

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
            lines = _first_things_first(lines)
        return Plan(_once(lines), lead=lead, plain=plain)

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
        plan = Plan(_once(lines), plain=f"{'、'.join(names)}の{len(names)}つです。", jobs=(group,))
        return self._asked_first(plan, question)

    def _overview_of_types(self) -> Plan:
        section = self.known.common.section("types")
        lines = [self._line(passage) for passage in section.passages]
        return Plan(tuple(lines), plain="".join(passage.text for passage in section.passages[:2]))

    # -- comparing -----------------------------------------------------------------------------------------------

    def difference(self, question: Question) -> Plan:
        """Two or more jobs or groups side by side; one alone is compared with its nearest relation."""
        jobs = list(question.jobs)
        if len(jobs) == 1:
            subject = self.known.subjects[jobs[0]]
            if subject.name in GROUPS:
                jobs = list(GROUPS)
            else:
                jobs.append(subject.bridge or (subject.related[0] if subject.related else str(subject.group)))
        if not jobs:
            jobs = list(GROUPS)
        aspect = self._compared_aspect(question)
        if aspect:
            return self._asked_first(self._side_by_side(jobs, ASPECT_OF[aspect], aspect), question)
        if len(jobs) > 2:
            return self._side_by_side(jobs, None)
        return self._asked_first(self._pair(jobs[0], jobs[1]), question)

    def _compared_aspect(self, question: Question) -> str | None:
        """'どっちが楽？': the aspect named in a comparison, if any."""
        asked = spell(question.text)
        for intent, raw in self.known.compared_aspects.items():
            if any(spell(word) in asked for word in raw["words"]):
                return intent
        return None

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
            return Plan(_once(lines), lead=section.lead or "", plain=section.plain or "", jobs=(a, b), fill=False)
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
        return Plan(_once(lines), plain=plain, jobs=(a, b), fill=False)

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

    def _group(self, job: str) -> str:
        return job if job in GROUPS else str(self._groups[job])

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
            return Plan(_once(lines), plain="".join(plains), jobs=tuple(jobs))
        lead = self.known.compared_aspects[intent]["lead"] if intent else ""
        # The best of each job first; then the rest of each.
        return Plan(_once(_in_turn(lines)), lead=lead, plain="".join(plains), jobs=tuple(jobs), fill=False)

    # -- tasks ---------------------------------------------------------------------------------------------------

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
        if groups and _YES_NO.search(question.text) and (not ranked or ranked[0][0] < least):
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
                return self._directly(question, [told[0]], told[1])
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
        elif passage.aspect in PHRASES and len(named) == 1 and _YES_NO.search(question.text):
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
        for score, other in ranked[1:3]:
            if score >= 0.6 * top and other.aspect in PHRASES:
                text = replies["who_also"].format(duty=other.text, job=other.subject)
                lines.append(Line(f"who.{other.id}", text, bullet=False))
        rest = [line for line in self._job(subject).lines if line.id != passage.id]
        return Plan(_once([*lines, *rest]), plain=subject.plain, jobs=(name,))

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

    def what_suits_me(self, question: Question) -> Plan:
        """A hint with reasons from what the person says of themselves; never a verdict."""
        texts = self.known.clue_texts
        lines: list[Line] = []
        named: list[str] = []
        # '英語が得意です。どの事務がいい？': only among these.
        within = set(question.jobs) & set(GROUPS) if len(question.jobs) == 1 else set()
        for clue, liked in self._clues(question.text):
            jobs = [job for job in clue.jobs if not within or self._groups[job] in within] or list(clue.jobs)
            if liked:
                said = texts["like"].format(label=clue.label, jobs=self._with_groups(jobs), because=clue.because)
                named += jobs
            else:
                said = texts["dislike"].format(topic=clue.topic, avoid=clue.avoid)
            lines.append(Line(f"clue.{clue.label}", said))
        if not lines and not question.jobs and self.hits(question, self._is_task, self.known.settings["own_task"]):
            # '見積もりを代わりに作ってあげる仕事がいいな'
            return self.who_does(replace(question, intent="ask_who_does"))
        if not lines:
            plan = (Line("clue.choice", texts["choice"], bullet=False), Line("clue.none", texts["none"], bullet=False))
            suits = [
                replace(self._line(passage), level=1, header=f"【{name}に向く人】")
                for name in GROUPS
                for passage in self.known.subjects[name].section("suits").passages
                if passage.title
            ]
            hit = self.hits(question, lambda p: p.aspect == "suits" and p.subject in GROUPS)
            first = [replace(self._line(passage, bullet=False)) for passage in hit[:1]]
            return Plan(_once([*first, *plan, *suits]), end="", offer="start_self_analysis", plain=texts["choice"])
        found = tuple(dict.fromkeys(named))
        return Plan(
            _once(lines), lead=texts["lead"], end=texts["end"], jobs=found[:1], offer="start_self_analysis",
            plain=f"{'、'.join(found[:3])}が候補になりそうです。" if found else "",
        )  # fmt: skip

    def hints(self, question: Question) -> bool:
        """Whether a person says something of themselves that points to jobs."""
        return bool(self._clues(question.text))

    def _clues(self, text: str) -> list[tuple[Clue, bool]]:
        """What a person says of themselves, and whether they like it."""
        text = spell(text)
        found = []
        for clue in self.known.clues:
            at = max((text.find(word) + len(word) for word in map(spell, clue.words) if word in text), default=-1)
            if at >= 0:
                said = _LIKES.search(re.split("[、。,.!?\n]|けど|ですが", text[at:])[0][:_REACH])
                found.append((clue, not (said and said["no"])))
        return found

    def _with_groups(self, jobs: Sequence[str]) -> str:
        """'経理、財務（バックオフィス）と経理事務（事務職）'."""
        runs = [(group, [job for job in jobs if self._groups[job] == group]) for group in GROUPS]
        return "、".join(f"{'、'.join(names)}（{group}）" for group, names in runs if names)

    # -- certificates, steps, service, what cannot be told ----------------------------------------------------------

    def certificates(self, question: Question) -> Plan:
        """A certificate by name, or the certificates of a job."""
        names = question.entities.get("certificate", ())
        plan = self.about_certificates(question)
        if not any(self.known.subjects[job].section("certificates").passages for job in question.jobs):
            plan = self._asked_first(plan, question, elsewhere=False)
        lines: list[Line] = []
        for name in dict.fromkeys(names):
            section = self.known.certificates.get(name)
            if section is None:
                text = self.known.certificate_unknown.format(name=name)
                lines.append(Line(f"certificate.{name}", text, bullet=False))
            else:
                lines += [self._line(passage, bullet=False) for passage in section.passages]
        if not lines:
            return plan
        rest = [replace(line, level=1) for line in plan.lines]
        return Plan(_once([*lines, *rest]), lead="", plain=plan.plain, jobs=plan.jobs)

    def about_certificates(self, question: Question) -> Plan:
        """The certificates of the jobs in question, or of all."""
        if len(question.jobs) > 1:
            return self._side_by_side(question.jobs, "certificates")
        if question.jobs:
            return self._aspect(self.known.subjects[question.jobs[0]], "certificates", "ask_certificates")
        return self._general("certificates", "ask_certificates")

    def step(self, question: Question) -> Plan:
        """The way to a new job, or one of its four steps."""
        section = self.known.steps[STEP_OF[question.intent]]
        lines = [replace(self._line(passage), level=0 if passage.level == 0 else 1) for passage in section.passages]
        plan = Plan(tuple(lines), lead=section.lead or "", plain=section.plain or "", jobs=())
        return self._asked_first(plan, question, elsewhere=False)

    def service(self, question: Question) -> Plan:
        """What the advisers do."""
        section = self.known.service
        lines = [self._line(passage) for passage in section.passages]
        lines += [replace(self._line(passage), level=1) for passage in self.known.view.passages]
        plan = Plan(_once(lines), lead=section.lead or "", plain=section.plain or "", offer="request_human")
        return self._asked_first(plan, question, elsewhere=False)

    def asks_terms(self, text: str) -> bool:
        """Whether a text names one of the terms of the service."""
        asked = spell(text)
        return any(spell(word) in asked for item in self.known.service_terms["items"] for word in item["words"])

    def task_owner(self, question: Question) -> bool:
        """Whether the words surely name a task of some job."""
        return bool(self.hits(question, self._is_task, self.known.settings["sure_task"]))

    def told_otherwise(self, question: Question) -> bool:
        """Whether a question after one of all jobs is answered without comparing them: by a task, or by hints."""
        if question.intent == "ask_what_suits_me" and self.hints(question) and not _OF_ALL.search(question.text):
            return True
        owner = self.who_does(replace(question, intent="ask_who_does", jobs=()))
        if question.intent == "ask_who_does":
            return owner.lines[0].id != "who.unknown"
        return self.task_owner(question)

    def service_terms(self, question: Question) -> Plan:
        """Fee, hours and the like from the operator's settings; an honest sentence where they are not set."""
        texts = self.known.service_terms
        asked = spell(question.text)
        wanted = [item for item in texts["items"] if any(spell(word) in asked for word in item["words"])]
        lines: list[Line] = []
        open_questions: list[str] = []
        for item in wanted or texts["items"][:3]:
            value = self.operator.get(item["key"])
            if isinstance(value, list):
                value = "、".join(map(str, value))
            if value:
                text = texts["known"].format(item=item["name"], value=str(value))
                lines.append(Line(f"terms.{item['key']}", text, bullet=len(wanted) != 1))
            else:
                open_questions.append(item["name"])
        if open_questions:
            text = texts["unknown"].format(item="、".join(open_questions)) + texts["how"]
            lines.append(Line("terms.unknown", text, bullet=False))
        return Plan(tuple(lines), plain="", offer="request_human" if open_questions else None)

    def names_matter(self, text: str) -> bool:
        """Whether a text names something that cannot be told."""
        asked = spell(text)
        return any(spell(word) in asked for matter in self.known.matters for word in matter.words)

    def untold(self, question: Question) -> Plan:
        """What the bot cannot know: said so, with the way to find out; then what it does know."""
        named = list(question.entities.get("matter", ()))
        matters = [matter for matter in self.known.matters if matter.name in named]
        if not matters:
            asked = spell(question.text)
            matters = [m for m in self.known.matters if any(spell(word) in asked for word in m.words)]
        if not matters and question.text and not question.sure:
            told = self._by_words(question)
            if told is not None:
                return told
        lines: list[Line] = []
        for matter in matters[:2]:
            lines.append(Line(f"untold.{matter.name}", matter.text + matter.how, bullet=False))
        if matters and matters[0].name == "難易度":
            for name in question.entities.get("certificate", ())[:1]:
                section = self.known.certificates.get(name)
                lines += [self._line(passage, bullet=False) for passage in section.passages[:1]] if section else []
        if not lines:
            lines.append(Line("untold.other", self.known.untold["lead"] + self.known.untold["other"], bullet=False))
        rest: list[Line] = []
        if question.intent != "ask_untold":
            rest = [replace(line, level=1) for line in self.about(replace(question, entities={})).lines]
        return Plan(_once([*lines, *rest]), plain="", jobs=question.jobs, offer="request_human")

    def _by_words(self, question: Question) -> Plan | None:
        """The answer that the words alone point to, where the intent led nowhere; None where they do not."""
        sure = self.known.settings["sure_task"]
        if not question.jobs and self.hits(question, self._is_task, sure):
            return self.who_does(replace(question, intent="ask_who_does"))
        for passage in self.hits(question, lambda p: p.aspect not in PHRASES, sure)[:1]:
            if passage.aspect in INTENT_OF and (not question.jobs or passage.subject in question.jobs):
                jobs = question.jobs or ((passage.subject,) if passage.subject in self.known.subjects else ())
                return self._planned(replace(question, intent=INTENT_OF[passage.aspect], jobs=jobs, entities={}))
        return None

    # -- the person's own words --------------------------------------------------------------------------------------

    def hits(
        self, question: Question, wanted: Callable[[Passage], bool] | None = None, least: float | None = None
    ) -> list[Passage]:
        """Passages that the question's own words point to, best first."""
        if not question.text:
            return []
        least = self.known.settings["direct_hit"] if least is None else least
        hits = self.index.search(question.text, wanted, without=question.jobs)
        return [hit.passage for hit in hits if hit.score >= least]

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
            and hit.score > max(best_inside + 0.12, self.known.settings["sure_hit"])
            and hit.passage.aspect not in (*PHRASES, "types")
            and (hit.passage.level < 2 or _EXAMPLE.search(question.text))
        ]
        outside = [hit for hit in _unlike(outside)[:2] if hit.score >= 0.9 * outside[0].score]
        chosen = [hit.passage.id for hit in inside]
        pulled = [line for line in plan.lines if line.id in chosen and not _is_phrase(line)]
        pulled.sort(key=lambda line: chosen.index(line.id))
        if outside:
            # The answer itself, then the lead as a header of what else belongs to the aspect.
            first = [self._alone(hit.passage) for hit in outside]
            front = [replace(line, level=0) for line in pulled]
            rest = [line for line in plan.lines if line not in pulled]
            return replace(plan, lines=(*first, *_under(plan.lead, _in_place(front, rest, plan.jobs))), lead="")
        if not pulled:
            return plan
        rest = [line for line in plan.lines if line not in pulled]
        return replace(plan, lines=tuple(_in_place([replace(line, level=0) for line in pulled], rest, plan.jobs)))

    @staticmethod
    def _alone(passage: Passage) -> Line:
        """A passage said by itself, before anything else."""
        text = f"{passage.title}：{passage.text}" if passage.title else passage.text.removeprefix("ただし、")
        return Line(passage.id, text, bullet=False, passage=passage)

    # -- lines -------------------------------------------------------------------------------------------------------

    @staticmethod
    def _line(passage: Passage, *, bullet: bool = True, header: str | None = None, at_least: int = 0) -> Line:
        text = f"{passage.title}：{passage.text}" if passage.title else passage.text
        level = max(passage.level, at_least)
        if level and passage.under:
            header = f"【{passage.under}】"
        return Line(passage.id, text, bullet, header, level, passage)

    def nearest(self, text: str, count: int = 3) -> list[Passage]:
        """The passages nearest to a message nobody understood, one a subject and aspect."""
        least = self.known.settings["nearest"]
        found: dict[tuple[str, str], Passage] = {}
        for hit in self.index.search(text):
            if hit.score < least:
                break
            found.setdefault((hit.passage.subject, hit.passage.aspect), hit.passage)
        return list(found.values())[:count]


@lru_cache(maxsize=1)
def _names() -> re.Pattern[str]:
    """Every name that people have for a job, the longest first."""
    names = {name.text for name in read_terms() if name.entity == "job"}
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))), re.IGNORECASE)


def _unlike(hits: Sequence[Hit]) -> list[Hit]:
    """Without those that say what a better one says already (the same points stand under several aspects)."""
    kept: list[Hit] = []
    for hit in hits:
        words = set(hit.passage.text)
        if all(len(words & set(other.passage.text)) < 0.7 * len(words) for other in kept):
            kept.append(hit)
    return kept


def _in_place(pulled: Sequence[Line], rest: Sequence[Line], jobs: Sequence[str]) -> list[Line]:
    """Pulled lines first, each still under its own header, and the rest not taken for theirs."""
    if not pulled or not pulled[-1].header:
        return [*pulled, *rest]
    name = f"【{jobs[0]}】" if len(jobs) == 1 else "【共通】"
    # What has no header of its own would stand under that of the line before it.
    return [*pulled, *(replace(line, header=line.header or name) if line.level == 0 else line for line in rest)]


def _says(text: str, line: Line) -> bool:
    """Whether a text says nearly all that a line says."""
    if line.passage is None:
        return False
    pairs = pairs_of(line.passage.text)
    return len(pairs & pairs_of(text)) > 0.7 * len(pairs)


def _bare_text(line: Line) -> str:
    """What stands in the files of what a line says."""
    return line.text if line.passage is None else line.passage.text


def _alike(text: str, other: str) -> bool:
    """Whether one sentence says nearly all of the other."""
    pairs, others = pairs_of(text), pairs_of(other)
    return len(pairs & others) > 0.6 * min(len(pairs), len(others))


def _is_phrase(line: Line) -> bool:
    return line.passage is not None and line.passage.aspect in PHRASES


def _once(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Each text and each id once, in order; stable sorting puts the first answer before the details."""
    kept: dict[str, Line] = {}
    texts: set[str] = set()
    for line in lines:
        said = line.passage.text if line.passage is not None else line.text
        if line.id not in kept and said not in texts:
            kept[line.id] = line
            texts.add(said)
    return tuple(sorted(kept.values(), key=lambda line: 0 if line.level == 0 else 1))


def _in_turn(lines: Sequence[Line]) -> list[Line]:
    """Two facts of each header's run first, then the rest as details."""
    seen: dict[str | None, int] = {}
    ordered = []
    for line in lines:
        seen[line.header] = seen.get(line.header, 0) + (line.level == 0)
        ordered.append(replace(line, level=1) if line.level == 0 and seen[line.header] > 2 else line)
    return ordered


def _first_things_first(lines: Sequence[Line]) -> list[Line]:
    """Of each group, its three main points first."""
    seen: dict[str | None, int] = {}
    ordered = []
    for line in lines:
        seen[line.header] = seen.get(line.header, 0) + (line.level == 0)
        ordered.append(replace(line, level=1) if line.level == 0 and seen[line.header] > 3 else line)
    return ordered


def _under(header: str, lines: Sequence[Line]) -> list[Line]:
    """Lines without a header of their own under this one."""
    return [replace(line, header=line.header or header or None) for line in lines]
