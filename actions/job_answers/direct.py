"""Questions about one thing: the sentence that answers them comes first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from actions.job_answers.asking import asking, asks, closed, content, last_asked, narrows, share_known, stretches
from actions.job_answers.aspects import INTENT_OF, STEP_OF
from actions.job_answers.hints import Hints
from actions.job_answers.lines import once, says
from actions.job_answers.model import Line, Plan, Question
from actions.job_answers.names import named_in
from actions.job_answers.refusing import of_temp, refuses_temp
from actions.job_answers.turns import TWO_THINGS
from actions.knowledge.model import COMMON, GROUPS, Direct, Passage
from actions.knowledge.owners import OF_TASKS
from actions.knowledge.search import Hit, pairs_of, spell
from bot.nlu.normalise import normalise

_ASKS_WHO: Final = re.compile("誰|だれ|どこ|どの|どれ|どっち|何事務|部署|担当|職種|人は|ひとは|人って|の仕事")
# 'どんな…', '…を教えて': not about one thing.
OPENLY: Final = re.compile(
    "何|なに|なん(?:で|です|だ|の)|どんな|どう|どこ|誰|だれ|いつ|いくら|どれ|どの|教えて|詳しく|くわしく|とは|について|一覧|以外|仕事って|仕事は|方法|やり方|コツ"
)
# The same, whatever words of asking stand beside a task.
_OPEN: Final = re.compile(
    "何|なに|なん(?:で|です|だ|の)|どんな|どう|いつ|いくら|どれ|どの|誰|だれ|違い|以外|方法|やり方|コツ|なぜ|理由"
    "|教え|詳しく|くわしく|説明|について|一覧"
)
# What must be, or how it is, is no question of whether it is done: '法務って弁護士じゃないとだめ？', '電話は多い？'
_NOT_WHETHER: Final = re.compile(
    "なくても|[じで](?:ゃ|は)?ないと|ないと(?:だめ|ダメ|駄目|いけ|無理)|必須|必要|外注|委託|断られ"
    "|多[いく]|少な|難し|むずかし|大変|楽(?!し)|きつ|つら|得意|好き|嫌(?!われ)"
)
# 'そのあとは？', '人事って？' ask openly.
_LEFT_OPEN: Final = re.compile("(?:は|って|とか)[?？]+$")
# What a file says of the work itself, in sentences.
_OF_WORK: Final = ("role", "examples")
# '教えてもらえますか' asks this bot, not whether a company trains its people.
_REQUEST: Final = re.compile(
    "(?:教えて|説明して)(?:もらえ(?:ますか|ません|ないで)|くれ(?:ますか|ません|ないで|[?？]|ない[?？])|いただけ|ください|ほしい).*$"
)
# Surely somebody else's words: 'って本当？', 'って聞いた', 'らしい'.
RUMOUR: Final = re.compile(
    "って(?:いう?の|話|噂|うわさ)?(?:って|は|が)?(?:本当|ほんと|ほんま|まじ|マジ|事実|がち)|って(?:聞い|きい|聞き|言われ|いわれ|噂|うわさ)"
    "|って.{1,8}(?:言って|いって|言われ|聞い|聞き)|らしい"
)
# The same less surely: '…とか本当？', 'って言う', 'イメージ'.
_HEARSAY: Final = re.compile(
    f"{RUMOUR.pattern}|(?:とか|という|て)(?:いう?の|話|噂|うわさ)?(?:って|は|が)?(?:本当|ほんと|ほんま|まじ|マジ|事実|がち)|って(?:聞|言う|いう)|いめーじ|イメージ"
)
# Nothing but that: 'ばっかり', '…だけ'
_ONLY: Final = re.compile("ばっか|ばかり|ばっかし|だけ(?!ど|れ)|しか(?:しない|やらない|ない|してない)|のみ")
# Of people, not of tasks.
OF_PEOPLE: Final = re.compile("人(?!事)|女|男|出身|出の|高学歴|大卒|東大|若い|年寄|おじさん|おばさん|性格")
# '…が多いんでしょ'
SUPPOSED: Final = re.compile("(?:ん|の)?(?:でしょ|だろ)う?[?!。]*$|(?<!です)(?<!ます)よね[?!。]*$")
YES_NO: Final = re.compile(
    r"(?:か|の|よね|かな|る|ある|する|だよね|って本当|です|ます|屋さん|んだ|もん)[?？!。]*$|[?？]$"
)
_NEGATED: Final = re.compile("しなくて|やらなくて|なくてい|しない|やらない|しません")
# Jobs that people name together; the entries for more are looked for each time.
_USUAL: Final = 2
# One word that says less than this of what a question is about leads nowhere.
_HARDLY_ANY: Final = 0.3
# So much of what a question is about must stand in a task before 'はい' is said.
_NEARLY_ALL: Final = 0.6
# What it adds to an entry of direct.yml that it is of the aspect that was surely heard, in characters explained.
_HEARD_ASPECT: Final = 4.0
# What follows the name of a job of which it is asked whether it is that one.
_IS_IT: Final = re.compile(
    "(?:の仕事|の担当|さん|部|課)?(?:です|なん(?:です)?|だ|で(?:合って|あって)(?:る|ます)?)?(?:か|の|よね|かな|っけ)*[?。!]*"
)
# What a task of a job is now and then heard as.
_MISHEARD: Final = ("ask_entry", "ask_skills", "ask_demerits", "ask_career", "ask_untold", "ask_difference", *STEP_OF)
# What is to be put into papers or said in an interview.
_TO_TELL: Final = ("ask_step_documents", "ask_step_interview")
# What a person may be answered who tells their circumstances and asks what would suit.
_CIRCUMSTANCES: Final = (
    "ask_job",
    "ask_entry",
    "ask_worklife",
    "ask_temp_work",
    "ask_skills",
    "ask_service",
    "ask_step_self_analysis",
    "ask_step_documents",
)


def _says_all(text: str, task: Passage) -> bool:
    """Whether a task is what a question asks about: '裁判に出るの？' is more than the troubles of a company."""
    words = [word for word in task.words if word not in task.around]
    return share_known(text, (task.text, *words)) >= _NEARLY_ALL


def ends_in_name(text: str) -> bool:
    """'新卒採用の仕事は人事？': whether it is asked if something is that job's."""
    text = normalise(text).text
    names = named_in(text)
    return bool(names) and _IS_IT.fullmatch(text[names[-1].end :]) is not None and names[0].start > 0


def weighs_other_things(question: Question) -> bool:
    """'正確さとスピード、どっちが大事？' sounds like a comparison of jobs and is none."""
    return not question.jobs and TWO_THINGS.search(normalise(question.text).text) is not None


class DirectAnswers(Hints):
    """Finds the one sentence by the words of the question."""

    def _direct(self, question: Question) -> tuple[Line, str] | None:
        """The sentence that answers a question about one thing, and the intent whose answer goes on from there.

        What is known of the job itself comes before its tasks, and these before what is known of its group.
        """
        if not question.text or self._is_of_terms(question) or question.entities.get("matter"):
            return None
        if question.intent == "ask_certificates" and question.entities.get("certificate"):
            # What a certificate is good for is told with its name.
            return None
        if question.intent == "ask_who_does" and _ASKS_WHO.search(question.text):
            return None
        if question.intent == "ask_what_suits_me" and not question.jobs:
            # What one likes is answered with hints; how to get in with what there is to know about that.
            told = self._told_directly(question, frozenset((COMMON,)))
            if self._clues(question.text):
                # '接客しかしたことがない。何をアピールすれば？' asks for no job.
                return told if told is not None and told[1] in _TO_TELL else None
            return told if told is not None and told[1] in _CIRCUMSTANCES else None
        jobs = frozenset(question.jobs or (COMMON,))
        own = self._told_directly(question, jobs)
        if own is None and len(jobs) > 1 and question.intent == "ask_career":
            # '事務から経理に行ける？': from the one group to the other.
            return self._told_directly(question, frozenset(map(self._group, jobs)))
        groups = frozenset(map(self._group, question.jobs))
        if own is None and len(jobs) > len(groups) == 1 and question.intent != "ask_difference":
            # '財務と経理、どっちも未経験で入れる？'
            return self._told_directly(question, groups, *groups)
        if own is not None or question.intent == "ask_difference" or len(jobs) > 1:
            return own
        task = self._task(question)
        (job,) = jobs
        group = self._groups.get(job)
        told = self._told_directly(question, frozenset((group,)), group) if group else None
        if task is not None and (told is None or task[0].id != "not_known"):
            return task
        if told is not None and told[1] == "ask_merits" and self.known.subjects[job].section("merits").passages:
            # '貿易事務のやりがい': it has some of its own.
            return None if question.intent == "ask_merits" else told
        return told

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

    def _entries(self, about: frozenset[str]) -> Sequence[Direct]:
        """The entries of direct.yml that may be told of these jobs."""
        kept = self._about.get(about)
        if kept is None:
            fits = (entry for entry in self.known.direct if about <= entry.about)
            kept = [entry for entry in fits if not entry.together or about == entry.about]
            if len(about) <= _USUAL:
                self._about[about] = kept
        return kept

    def _told_directly(
        self, question: Question, about: frozenset[str], group: str | None = None
    ) -> tuple[Line, str] | None:
        """The entry of direct.yml whose words the question holds; the one that explains most of it, if several do."""
        asked = spell(_REQUEST.sub("", question.text))
        # Of a story the last stretch asks: words of the circumstances alone are not what is asked for.
        plain = asking(question.text)
        end = spell(_REQUEST.sub("", plain))
        about_what = sum(map(len, content(plain))) if closed(plain) else 0
        best: tuple[float, Direct] | None = None
        apart = weighs_other_things(question)
        for entry in self._entries(about):
            if apart and INTENT_OF[entry.aspect] == "ask_difference":
                continue
            if of_temp(entry.say, entry.aspect) and refuses_temp(question.text):
                continue
            if any(word in asked for word in entry.without) or not all(
                any(word in asked for word in words) for words in entry.every
            ):
                continue
            if not any(word in end for words in entry.every for word in words):
                continue
            found = [max((len(word) for word in words if word in asked), default=0) for words in entry.every]
            if len(found) == 1 and found[0] < _HARDLY_ANY * about_what:
                # '社長の予定も管理するの？' is not about being near to the president.
                continue
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
            rest = text.removeprefix(f"{group}は、").removeprefix(f"{group}の")
            text = self.known.replies["group_first"].format(group=group) + rest
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
        text = asking(question.text)
        # '新卒採用の仕事は人事？' may be heard as asking for the way in.
        proposed = ends_in_name(text)
        if len(question.jobs) != 1:
            return None
        if question.intent not in ("ask_job", "follow_up") and not (proposed and question.intent in _MISHEARD):
            return None
        (job,) = question.jobs
        if job not in GROUPS:
            return None if _OPEN.search(text) and not proposed else self._of_job(job, question, text)
        return None if OPENLY.search(text) and not proposed else self._of_group(job, text)

    def _of_job(self, job: str, question: Question, text: str) -> tuple[Line, str] | None:
        """Whether a task is this job's, or whose else, as people asked before."""
        settings, replies = self.known.settings, self.known.replies
        if question.entities.get("certificate") or not (asks(text) or closed(text)):
            return None
        if _LEFT_OPEN.search(text) or _NOT_WHETHER.search(text):
            return None
        # In kana alone there are no words to see whether it is about anything: 'けいりじむって でんぴょう かくの？'
        least = settings["owner_learned" if content(text) else "owner_surely"]
        if self.owners.nobody(question.text) >= least:
            return Line("not_known", replies["not_known"], bullet=False), "ask_job"
        first = next(iter(self.owners.of(question.text, self.known.jobs)), None)
        if first is None or first.score < least:
            return None
        duty, said = self.duty(question, first.job)
        if first.job != job:
            known = duty.text if duty is not None else replies["unnamed_duty"]
            at = f"task.{first.job if duty is None else duty.id}"
            return Line(at, replies["task_other"].format(duty=known, other=first.job), bullet=False), "ask_job"
        if duty is None:
            told = self._told_of_work(job, text)
            if told is not None:
                return told
            # Kindred work, but none of the tasks that are known: '情シスはハッカーと戦うんですか'.
            return Line("not_known", replies["task_like"].format(job=job), bullet=False), "ask_job"
        template = replies["task_near"]
        if (
            said
            and (first.score >= settings["owner_surely"] or _says_all(text, duty))
            and not self._narrowed(text, job)
        ):
            template = ("" if _NEGATED.search(text) else replies["yes_first"]) + replies["task_own"]
        return Line(duty.id, template.format(duty=duty.text, job=job), bullet=False, passage=duty), "ask_job"

    def _told_of_work(self, job: str, text: str) -> tuple[Line, str] | None:
        """The sentence about the work of a job, or of its group, that tells of this: '郵便の仕分けもする？'."""
        group = self._groups.get(job)
        hits = self.index.search(text, lambda p: p.subject in (job, group) and p.aspect in _OF_WORK, without=(job,))
        if not hits or hits[0].score < self.known.settings["own_task"]:
            return None
        found = hits[0].passage
        first = "" if found.subject == job else self._about_group(job)
        said = first + found.text.removeprefix("たとえば、")
        return Line(found.id, said, bullet=False, passage=found), "ask_job"

    def duty(self, question: Question, job: str) -> tuple[Passage | None, bool]:
        """Which of a job's tasks is asked about, by the words, else by the meaning; and whether by the words."""
        text = question.text
        hits = self.index.search(text, lambda p: p.subject == job and self._is_task(p), without=(job,))
        if hits and (hits[0].score >= self.known.settings["own_task"] or _says_all(asking(text), hits[0].passage)):
            # A word from around a task does not say it: 電球 and 備品.
            return hits[0].passage, not any(spell(word) in spell(text) for word in hits[0].passage.around)
        tasks = [p for p in self.known.subjects[job].section("duties").passages if self._is_task(p)]
        likely = max(tasks, key=lambda p: self.asked.likeness(text, p.text), default=None)
        if likely is None or self.asked.likeness(text, likely.text) < float(self.known.settings["means"]):
            return None, False
        return likely, False

    def _narrowed(self, text: str, subject: str) -> bool:
        """Whether more is asked of a task than is told of it: '英語の契約書も読む？' is not answered 'はい'."""
        sections = self.known.subjects[subject].sections
        passages = (passage for aspect in OF_TASKS if aspect in sections for passage in sections[aspect].passages)
        return narrows(text, (told for passage in passages for told in (passage.text, *passage.words)))

    def _of_group(self, group: str, text: str) -> tuple[Line, str] | None:
        """Whether a task belongs to a group of jobs, and to which of them, by the words of their files."""
        replies = self.known.replies
        within: list[Hit] = []
        elsewhere: list[Hit] = []
        for hit in self.index.search(text, self._is_task, without=(group,)):
            inside = hit.passage.subject == group or self._groups.get(hit.passage.subject) == group
            (within if inside else elsewhere).append(hit)
        if within and within[0].passage.subject == group and within[0].score >= self.known.settings["own_task"]:
            found, template = within[0].passage, replies["task_own"]
            if YES_NO.search(text) and (not _says_all(text, found) or self._narrowed(text, group)):
                template = replies["task_near"]
            elif YES_NO.search(text) and not _NEGATED.search(text):
                template = replies["yes_first"] + template
        elif within and within[0].score >= self.known.settings["others_task"]:
            found, template = within[0].passage, replies["task_in_group"]
        elif elsewhere and elsewhere[0].score >= self.known.settings["sure_task"] and YES_NO.search(text):
            # '電話番ってバックオフィスの仕事？'
            found, template = elsewhere[0].passage, replies["task_of_group"]
            said = template.format(duty=found.text, group=self._groups[found.subject], job=found.subject)
            return Line(f"task.{found.id}", said, bullet=False, passage=found), "ask_job"
        else:
            return None
        said = template.format(duty=found.text, job=group, other=found.subject)
        at = found.id if found.subject == group else f"task.{found.id}"
        return Line(at, said, bullet=False, passage=found), "ask_job"

    def _directly(self, question: Question, said: Line, intent: str) -> Plan:
        """A sentence first, then the answer that it belongs to, without what it has said."""
        plan = self._planned(replace(question, intent=intent, text="", entities={}))
        lines = [line for line in plan.lines if line.id != said.id and not says(said.text, line)]
        first = [said]
        told = asking(question.text) != normalise(question.text).text
        for part in stretches(question.text):
            # '未経験でもいい？研修はある？': the other thing asked for is said as well; circumstances are not.
            other = None if told and not asks(part) else self._direct(replace(question, text=part))
            if other is not None and other[0].id not in (said.id, "not_known") and len(first) < 2:
                first.append(replace(other[0], header=""))
        if len(question.jobs) == 1 and said.text.startswith(self._about_group(question.jobs[0])):
            # That it is the group's has been said.
            plan = replace(plan, lead="")
        if len(pairs_of(plan.lead) & pairs_of(said.text)) > 0.6 * max(1, len(pairs_of(plan.lead))):
            plan = replace(plan, lead="")
        # A paragraph of its own, even where the answer goes on in sentences.
        rest = [replace(line, header=line.header or plan.lead or "") for line in lines]
        return replace(plan, lines=once([*first, *rest]), lead="", fill=False, specific=True, plain=plan.plain)

    def hearsay(self, question: Question) -> Plan | None:
        """'総務って飲み会の幹事ばっかりって本当ですか': not only that; a claim about one job is weighed first."""
        if len(question.jobs) != 1 or question.entities.get("matter"):
            return None
        text = normalise(question.text).text
        # '夜勤ばかりで…。一般事務に男でも入れる？' tells of another job.
        only, heard = _ONLY.search(last_asked(text)), _HEARSAY.search(text)
        if not only or not (heard or YES_NO.search(text)):
            return None
        (job,) = question.jobs
        duties = [p.text for p in self.known.subjects[job].section("duties").passages if not p.text.endswith("。")]
        own = self.index.search(question.text, lambda p: p.subject == job and self._is_task(p), without=question.jobs)
        mine = own[0].passage.text if own and own[0].score >= self.known.settings["own_task"] else None
        others = [duty for duty in duties if duty != mine]
        if not others or (mine is None and (not heard or OF_PEOPLE.search(text))):
            return None
        replies = self.known.replies
        first = replies["only_own"].format(duty=mine, job=job) if mine else replies["only_not"].format(job=job)
        told = first + replies["only_others"].format(duties="、".join(f"「{duty}」" for duty in others[:3]))
        return self._directly(replace(question, text=""), Line(f"only.{job}", told, bullet=False), "ask_job")
