"""Messages that lean on the last answer: more, simpler, again, an example, another job, yes and no, doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from actions.job_answers.aspects import ASPECT_OF, OF_ASPECT, STEP_OF
from actions.job_answers.compose import page
from actions.job_answers.model import Line, Page, Plan, Question
from actions.job_answers.names import named_in, without_names
from actions.job_answers.talk import Talk
from actions.job_answers.turns import ABOUT_FOCUS, INTENT_OF_STEP, PLAIN, TOPIC, Message, Outcome, State, Turn
from actions.knowledge.model import GROUPS, Passage
from bot.nlu.normalise import normalise

# A follow-up that names one of these instead of a job.
_INTENT_OF_ENTITY: Final = (("certificate", "ask_certificates"), ("matter", "ask_untold"), ("tool", "ask_skills"))
# What 'もっと詳しく' goes on with, once everything about the work itself has been said.
_THEN: Final = {"ask_job": "ask_suits", "ask_who_does": "ask_suits", "ask_types": "ask_difference"}
# 'もういい、事務職のことを教えて': a new question, not the last one again.
_ANEW: Final = re.compile("(?:のこと|について|の仕事|の話)(?:.{0,3}(?:教え|おしえ|知り|聞)|[。!?]*$)")
_CONCRETE: Final = re.compile("具体|例え|たとえ|例を|例だ|例文|例とか|例は|例ちょ|例出")
# Aspects of which a task is no example.
_APART_FROM_WORK: Final = ("career", "certificates", "entry", "temp_work", "industry", "worklife")
# 'やっぱ総務にする'
_DECIDED: Final = re.compile(
    "(?:に(?:する|します|しよう|しとく|決めた|決めました)|(?:で|が)い(?:く|きます|こう|いや|いかな|いかも))(?:わ|ね|よ|かな)?[。!…]*$"
)
_HUMAN: Final = ("request_human", "handoff_choice")


# 'うーん、やっぱ事務かな'
_LEANS_TO: Final = re.compile(
    "(?:うーん|んー|ん|じゃあ?|なら|やっぱり?|やはり|[、 ])*"
    "(?:かな|だな|かも|がいい|が良い|でいい)(?:な|かな|や|です)*[。…]*"
)


class FollowUps(Talk):
    """Answers what only makes sense after an answer."""

    def _leaning(self, turn: Turn, state: State, room: int) -> Outcome:
        """What leans on the last answer, in at most `room` characters where that may be long."""
        if turn.intent == "more_detail":
            return self._more(turn, state, room)
        return {"simpler": self._simpler, "repeat": self._repeat, "example": self._example}[turn.intent](turn, state)

    def _more(self, turn: Turn, state: State, room: int | None = None) -> Outcome:
        """The rest of the last answer, page by page, until nothing is left."""
        jobs = tuple(turn.entities.get("job", ()))
        if jobs and jobs != state.focus_jobs:
            # '人事についてもっと詳しく' is a new question.
            return self._answer(Question("ask_job", jobs, turn.entities, turn.text), state)
        if not jobs and self.answers.knows(turn.question("ask_job")):
            # 'もっと具体的にするコツは？' asks for one thing.
            return self._answer(turn.question("ask_job"), state)
        if state.level is None:
            return self._which(state)
        question = Question.from_slot(state.level["question"])
        shown = state.level["shown"]
        plan = self.answers.plan(question)
        now = page(plan, shown, room or self._settings["first_answer_characters"], lead="")
        if not now.text and _CONCRETE.search(turn.text):
            return self._example(turn, state)
        told = question.jobs or plan.jobs
        if not now.text and question.intent in _THEN and len(told) == 1:
            # All of the work has been told: what is told next about a job.
            return self._answer(Question(_THEN[question.intent], told), state)
        named = self.answers.aspect_named(turn.question())
        if not now.text and named is not None:
            # 'ほかに何がいる'
            return self._answer(self._resolved(Question(named), state), state)
        if not now.text:
            buttons = self._buttons(question, 0, state)
            return Outcome((Message(self._replies["no_more"], buttons),), replace(state, offer=None))
        if plan.end:
            now = replace(now, text=now.text.removesuffix("\n" + plan.end))
        return self._said(question, plan, now, state, shown)

    def _simpler(self, turn: Turn, state: State) -> Outcome:
        jobs = tuple(turn.entities.get("job", ()))
        if state.level is None and not jobs:
            return self._which(state)
        if state.level is None or (jobs and jobs != state.focus_jobs):
            question = Question("ask_job", jobs)
        else:
            question = Question.from_slot(state.level["question"])
        plan = self.answers.plan(question)
        if plan.plain:
            text = self._replies["simple"] + plan.plain
        else:
            shown = set((state.level or {}).get("page", ()))
            lines = [line for line in plan.lines if line.id in shown] or list(plan.lines)
            text = "\n".join((self._replies["no_simple"], _gist(lines[0])))
        if state.level is None or question.jobs != Question.from_slot(state.level["question"]).jobs:
            state = self._remember(state, question, plan, Page("", (), 1), ())
        left = int((state.level or {}).get("left", 0))
        return Outcome((Message(text, self._buttons(question, left, state)),), state)

    def _repeat(self, turn: Turn, state: State) -> Outcome:
        if state.level is None:
            return self._which(state)
        question = Question.from_slot(state.level["question"])
        plan = self.answers.plan(question)
        on_page = set(state.level["page"])
        if on_page == {PLAIN}:
            left = int(state.level.get("left", 0))
            return Outcome((Message(plan.plain, self._buttons(question, left, state)),), state)
        first = set(state.level["shown"]) == on_page
        again = replace(plan, lines=tuple(line for line in plan.lines if line.id in on_page))
        now = page(again, (), 10_000, lead=None if first else "")
        left = int(state.level.get("left", 0))
        return Outcome((Message(now.text, self._buttons(question, left, state)),), state)

    def _example(self, turn: Turn, state: State) -> Outcome:
        """Examples of what was said last; else of the job; else its tasks."""
        if "例外" in turn.text:
            return self._by_likeness(turn, state) or self.lost(turn, state)
        jobs = tuple(turn.entities.get("job", ()))
        if jobs or state.level is None:
            if not jobs and not state.focus_jobs:
                return self._by_likeness(turn, state) or self._which(state)
            question = Question("ask_job", jobs or state.focus_jobs)
            shown: list[str] = []
        else:
            question = Question.from_slot(state.level["question"])
            shown = list(state.level["shown"])
        plan = self.answers.plan(question)
        about = () if question.intent in STEP_OF else question.jobs or plan.jobs
        subjects = [job for job in about if job in self.known.subjects]
        aspect = self._aspect_told(state) or ASPECT_OF.get(question.intent, "examples")
        wide = [*subjects, *(self.known.subjects[name].group or "" for name in subjects)]

        def of_others(passage: Passage) -> bool:
            """'経理は決算書をつくり…' is no example of what 法務 does."""
            named = {name.job for name in named_in(passage.text)} - set(GROUPS)
            return bool(named) and passage.subject not in subjects and named.isdisjoint(subjects)

        asked = [p for name in wide for p in self._examples_in(name, aspect) if not of_others(p)]
        theirs = [passage for name in subjects for passage in self._examples_in(name, aspect)]
        planned = [line.passage for line in plan.lines if line.passage is not None and line.passage.level == 2]
        own = [passage for name in subjects for passage in self._examples_in(name, "examples")]
        shared = [p for name in wide for p in self._examples_in(name, "examples") if not of_others(p)]
        duties = [p for name in subjects[:1] for p in self.known.subjects[name].section("duties").passages]
        # Of what was asked, if need be again; else of the job; else its tasks: '例えば？' never gets a shrug.
        fresh: list[Passage] = []
        # '例えば？' after the career wants no example of the work.
        of_work = ((own, True), (shared, True), (duties, True)) if aspect not in _APART_FROM_WORK else ()
        for passages, again in ((theirs, False), (theirs, True), (asked, False), (asked, True), (planned, False),
                                *of_work):  # fmt: skip
            fresh = [passage for passage in passages if again or passage.id not in shown]
            if fresh:
                break
        if not fresh:
            # '例えばどんな質問？' points with its own words to what was said.
            known = {line.passage.id for line in plan.lines if line.passage is not None}
            asked_for = Question("example", text=turn.text)
            fresh = self.answers.hits(asked_for, lambda p: p.id in known, least=self._settings["nearest"])[:2]
        if not fresh and _CONCRETE.search(turn.text) and plan.lines and not subjects:
            fresh = [line.passage for line in plan.lines if line.passage is not None][:2]
        if not fresh:
            topic = "、".join(subjects) or self._replies["general"]
            text = self._replies["no_example"].format(topic=topic)
            return Outcome((Message(text, self._buttons(question, 0, state)),), replace(state, offer=None))
        lines = [
            Line(passage.id, _without_for_example(passage.text), passage=passage)
            for passage in {passage.id: passage for passage in fresh}.values()
        ]
        now = page(Plan(tuple(lines), lead=self._replies["example"]), (), 300)
        remembered = self._remember(state, question, plan, now, shown)
        left = sum(1 for line in plan.lines if line.id not in {*shown, *now.shown})
        return Outcome((Message(now.text, self._buttons(question, left, remembered)),), remembered)

    def _aspect_told(self, state: State) -> str | None:
        """The aspect of the sentence that opened the last answer, where that is one of a job's."""
        for line in (state.level or {}).get("page", ())[:1]:
            kind, _, rest = str(line).partition(".")
            aspect = self.known.direct[int(rest)].aspect if kind == "direct" else rest.partition(".")[0]
            return aspect if aspect in OF_ASPECT else None
        return None

    def _examples_in(self, name: str, aspect: str) -> list[Passage]:
        subject = self.known.subjects.get(name)
        if subject is None:
            return []
        return [p for p in subject.section(aspect).passages if p.level == 2 or p.text.startswith("たとえば")]

    def _follow_up(self, turn: Turn, state: State) -> Outcome:
        """'じゃあ人事は？': what was asked last, of another job."""
        jobs = tuple(turn.entities.get("job", ()))
        if not jobs:
            for step in turn.entities.get("step", ()):
                return self._answer(turn.question(INTENT_OF_STEP[step]), state)
            for entity, intent in _INTENT_OF_ENTITY:
                if turn.entities.get(entity):
                    return self._answer(self._resolved(turn.question(intent), state), state)
            return self.lost(turn, state)
        own = turn.question("ask_job")
        beside = self._resolved(own, state)
        if beside.intent == "ask_difference":
            # 'じゃあ人事とどう違う？' after 労務
            return self._answer(beside, state)
        if self.answers.knows(own):
            # 'じゃあバックオフィスの成果って何？' says by itself what it asks.
            return self._answer(own, state)
        named = self.answers.aspect_named(own)
        if named is not None:
            # 'じゃあ一般事務だと何が必要ですか' asks for itself.
            return self._answer(replace(own, intent=named), state)
        sure = self.answers.hits(own, lambda p: p.subject in jobs, self._settings["sure_hit"])
        if sure:
            return self._answer(self._from_words(own, sure), state)
        return self._answer(self._again_for(jobs, state, turn), state)

    def _again_for(self, jobs: tuple[str, ...], state: State, turn: Turn) -> Question:
        """The last question, about other jobs."""
        if state.level is None:
            return Question("ask_job", jobs, turn.entities, turn.text)
        last = Question.from_slot(state.level["question"])
        if last.intent in STEP_OF and last.intent != "ask_steps":
            # '事務の場合は？' after the 志望動機
            return replace(last, jobs=jobs)
        text = normalise(turn.text).text
        decided = _DECIDED.search(text) or _ANEW.search(text) or _LEANS_TO.fullmatch(without_names(text))
        if last.entities.get("certificate") and not decided and last.intent in ("ask_untold", "ask_certificates"):
            # '人事には必要？' after the 社労士
            names = {"certificate": last.entities["certificate"]}
            return Question("ask_certificates", jobs, {**names, "job": jobs}, turn.text)
        if decided or (last.intent == "ask_untold" and not _of_jobs(last, jobs)):
            # 'やっぱ総務にする' asks for no pay.
            return Question("ask_job", jobs, turn.entities)
        if last.intent not in (*ABOUT_FOCUS, "ask_difference", "ask_types", "ask_untold"):
            return Question("ask_job", jobs, turn.entities)
        words = last.text
        for name in (*last.jobs, *self.known.subjects):
            words = words.replace(name, "")
        entities = {**{k: v for k, v in last.entities.items() if k != "job"}, "job": jobs}
        question = Question(last.intent, jobs, entities, words)
        if self.answers.excuses(question):
            # What could not be told is not asked again: the subject is.
            question = replace(question, text="")
        if last.intent == "ask_career" and len(jobs) == 1 and len(last.jobs) == 2:
            # 'じゃあ総務からは' after whether one job leads to another
            return question.with_jobs((*jobs, last.jobs[1]) if "から" in text else (last.jobs[0], *jobs))
        if last.intent == "ask_difference" and len(jobs) == 1:
            if jobs[0] in last.jobs:
                # 'バックオフィスはないの？' after both were compared: of this one alone.
                return replace(question, intent="ask_job")
            # 'じゃ総務は' after whether 営業事務 belongs to the group: the group stays.
            groups = [job for job in last.jobs if job in GROUPS]
            if len(groups) == 1:
                return question.with_jobs((*jobs, *groups))
            other = [job for job in last.jobs if job != jobs[0]]
            return question.with_jobs((other[0], *jobs) if other else jobs)
        return question

    def _correct_job(self, turn: Turn, state: State) -> Outcome:
        """'違う、経理事務のほう': the job named last is the one meant."""
        jobs = tuple(turn.entities.get("job", ()))
        if not jobs:
            return self._which(state)
        meant = jobs[-1:]
        if _ANEW.search(turn.text):
            return self._answer(Question("ask_job", meant, turn.entities), state)
        if state.level is not None:
            last = Question.from_slot(state.level["question"])
            if last.intent == "ask_difference" and meant[0] in last.jobs and len(last.jobs) == len(jobs) + 1:
                # '営業事務のほうで' of two compared
                return self._answer(Question("ask_job", meant, turn.entities), state)
            if last.intent == "ask_difference" and len(last.jobs) == 2:
                # Of two compared, the one that is nearest to the new name was the wrong one.
                kept = [job for job in last.jobs if job != meant[0] and not _alike(job, meant[0])]
                question = replace(last, jobs=(*(kept[:1] or last.jobs[:1]), *meant))
                return self._answer(question, state)
            if last.intent in ("ask_who_does", "ask_what_suits_me"):
                return self._answer(Question("ask_job", meant, turn.entities), state)
        return self._answer(self._again_for(meant, state, turn), state)

    def _affirm(self, turn: Turn, state: State) -> Outcome:
        offer = state.offer
        if not offer:
            return self._anything_else(self._replies["no_context"] if state.level is None else None, state)
        intent = str(offer["intent"])
        if intent in _HUMAN:
            return Outcome((), state, followup="action_handoff")
        if intent == "start_self_analysis":
            return Outcome((), replace(state, offer=None), followup="action_self_analysis_start")
        if intent == "more_detail" or intent not in TOPIC:
            return self._more(replace(turn, entities={}), state)
        entities = offer.get("entities") or {}
        return self._answer(Question(intent, tuple(entities.get("job", ())), entities), state)

    def _deny(self, turn: Turn, state: State) -> Outcome:
        offer = state.offer or {}
        if offer.get("intent") in _HUMAN and offer.get("entities"):
            # The handoff asked, and the handoff says what 'no' means to it.
            return Outcome((), state, followup="action_handoff")
        if turn.entities.get("job"):
            return self._correct_job(turn, state)
        if self.answers.knows(turn.question("ask_job")):
            # '興味もない' says more than no.
            return self._answer(turn.question("ask_job"), state)
        return self._anything_else(self._replies["denied"], replace(state, offer=None))


def _of_jobs(last: Question, jobs: Sequence[str]) -> bool:
    """Whether what could not be told may be asked of other jobs as well: the pay, but no examination."""
    matters = set(last.entities.get("matter", ()))
    return bool(matters) and "難易度" not in matters and tuple(jobs) != last.jobs


def _gist(line: Line) -> str:
    """The title of a point, or its first sentence."""
    if line.passage is not None and line.passage.title:
        return line.passage.title
    return line.text.split("。")[0] + "。"


def _without_for_example(text: str) -> str:
    """The list already opens with 'たとえば'."""
    return text.removeprefix("たとえば、").removeprefix("たとえば")


def _alike(a: str, b: str) -> bool:
    """Names that are easily taken for each other: 経理 and 経理事務, 経理事務 and 人事事務."""
    return a in b or b in a or a[-2:] == b[-2:]
