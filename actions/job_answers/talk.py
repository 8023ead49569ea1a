"""What every kind of turn needs: an answer that is remembered, and the quick replies below it."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from actions.job_answers.answers import Answers
from actions.job_answers.asking import closed, content
from actions.job_answers.aspects import ASPECT_OF, OF_ASPECT, OF_STEP
from actions.job_answers.compose import page
from actions.job_answers.direct import OPENLY
from actions.job_answers.model import Button, Page, Plan, Question
from actions.job_answers.names import named_in
from actions.job_answers.turns import (
    ABOUT_ALL,
    ABOUT_FOCUS,
    BARE,
    INTENT_OF_STEP,
    LEANS,
    PLAIN,
    TWO_THINGS,
    Message,
    Outcome,
    State,
    Turn,
)
from actions.knowledge.model import GROUPS, Passage
from bot.nlu.normalise import normalise

_COMPARES: Final = re.compile("と(?:は|も|って)?.{0,3}(?:違|ちが|ちゃう|同じ|一緒|別)")
_BRIEFLY: Final = re.compile(
    "(?:簡単に|かんたんに|カンタンに|わかりやすく|分かりやすく|やさしく|易しく)(?:言|い[うっえ]|説明|教|まとめ|おしえ)|ざっくり|一言|ひとこと|ひと言|"
    "要するに|手短|短く|小学生|中学生|(?:子ども|子供|こども)(?:に|でも)(?:説明|わか|分か|伝)|噛み砕|[0-9]+(?:字|文字)|一文で|一行で"
)
# '一個だけ教えて'
_ONLY_ONE: Final = re.compile("(?:一つ|1つ|ひとつ|一個|1個)(?:だけ|でいい|挙げ|あげ|教え)")
_MOST_BUTTONS: Final = 4
# 'どれくらいいる？'
_AMOUNT: Final = re.compile("(?:どれ|どの|どん)(?:くらい|ぐらい)|何[人名割社件]|何パーセント")
# Of what was just said, so many lines are said again where the words point to them.
_MOST_POINTED: Final = 2
# Characters: as long as what was said.
_WHOLE: Final = 10_000
# So short a message is hardly a question by itself, in characters.
_FRAGMENT: Final = 8
# More than these set side by side are no 'どっち' any more.
_MOST_COMPARED: Final = 4
# How the lines end, by their id, that tell which jobs there are.
KIND: Final = ".short"
# What an answer was about that was about no job.
_SUBJECTS: Final = {
    **{intent: step for step, intent in INTENT_OF_STEP.items()},
    "ask_steps": "転職",
    "ask_certificates": "資格",
    "ask_temp_work": "派遣",
    "ask_service": "相談",
    "ask_service_terms": "相談",
}
# 'この3つ': so many jobs are remembered.
_MOST_RECENT: Final = 3


def _recent(before: Sequence[str], jobs: Sequence[str]) -> list[str]:
    """The jobs talked about one after the other, the last ones; a group leaves nothing behind."""
    now = [job for job in jobs if job not in GROUPS]
    return [*(job for job in before if job not in now), *now][-_MOST_RECENT:] if len(now) == 1 else list(before)


def _listed(state: State, question: Question, plan: Plan, now: Page) -> Mapping[str, Any] | None:
    """What 'the second one' points to: the points of an answer, else those of the last list.

    The jobs of a list stay listed while one of them is told.
    """
    before: Mapping[str, Any] | None = (state.level or {}).get("listed")
    if before and len(question.jobs) == 1 and f"{question.jobs[0]}{KIND}" in before["points"]:
        return before
    lines = [line for line in plan.lines if line.id in now.shown and line.bullet]
    if question.intent == "ask_what_suits_me":
        # '1個目の仕事くわしく': the jobs that were suggested
        named = dict.fromkeys(name.job for line in lines for name in named_in(line.text) if name.job not in GROUPS)
        return {"question": question.as_slot(), "points": [f"{job}{KIND}" for job in named]} if named else before
    titled = [line for line in lines if line.passage is not None and line.passage.title]
    kinds = [line for line in lines if line.id.endswith(KIND)]
    points = titled or kinds or [line for line in lines if line.passage is not None]
    return {"question": question.as_slot(), "points": [line.id for line in points]} if len(points) > 1 else before


class Talk(ABC):
    """Says and remembers; what is asked next is offered as buttons."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.known = answers.known
        self._replies = answers.known.replies
        self._settings = answers.known.settings

    def _known(self, turn: Turn) -> Turn:
        """Without jobs and steps that nobody here knows: a payload may hold anything."""
        allowed = {"job": self.known.subjects, "step": INTENT_OF_STEP}
        entities = {
            name: [value for value in values if name not in allowed or value in allowed[name]]
            for name, values in turn.entities.items()
        }
        questions = tuple(self._known(part) for part in turn.questions)
        return replace(
            turn, entities={name: values for name, values in entities.items() if values}, questions=questions
        )

    def _answer(self, question: Question, state: State, *, anew: bool = False) -> Outcome:
        """What there is to say to a question, remembered; `anew`: it may be what was just said."""
        plan = self.answers.plan(question)
        if plan.plain and not plan.specific and _BRIEFLY.search(normalise(question.text).text):
            return self._said(question, plan, Page(plan.plain, (PLAIN,), len(plan.lines)), state, ())
        if plan.lines and (_ONLY_ONE if not plan.specific else _BRIEFLY).search(normalise(question.text).text):
            first = plan.lines[0]
            return self._said(question, plan, Page(first.text, (first.id,), len(plan.lines) - 1), state, ())
        limit = self._settings["direct_answer_characters" if plan.specific else "first_answer_characters"]
        now = page(plan, (), limit)
        untold = bool(plan.lines) and plan.lines[0].id.startswith("untold.")
        if untold and state.level is not None and list(now.shown) == state.level.get("page"):
            # Of other jobs it can be told as little.
            return self._said(question, plan, replace(now, text=self.answers.untold_again(question)), state, ())
        if self._asked_beyond(question, plan, state):
            unknown = self.answers.unknown(question)
            return self._said(question, unknown, page(unknown, (), _WHOLE), state, ())
        anew = anew or question.intent in ("ask_difference", "ask_service_terms")
        if question.text and not anew and self._just_said(question, now, state):
            return self._otherwise(question, plan, now, state)
        return self._said(question, plan, now, state, ())

    def _asked_beyond(self, question: Question, plan: Plan, state: State) -> bool:
        """'年末年始は？' after the holidays: the same side of the same jobs, and something that nothing there tells."""
        if state.level is None or plan.specific or question.intent not in ASPECT_OF or OPENLY.search(question.text):
            return False
        last = Question.from_slot(state.level["question"])
        same = (last.intent, last.jobs) == (question.intent, question.jobs)
        if not same or len(normalise(question.text).text) > LEANS or not content(question.text):
            return False
        return not self.answers.told_in(question, plan) and not self.answers.is_near(question)

    @staticmethod
    def _just_said(question: Question, now: Page, state: State) -> bool:
        """Whether the last answer was this one, about the same jobs."""
        if state.level is None or set(now.shown) != set(state.level.get("page", ())):
            return False
        return question.jobs == Question.from_slot(state.level["question"]).jobs

    def _otherwise(self, question: Question, plan: Plan, now: Page, state: State) -> Outcome:
        """What was just said is not said again: the lines that the words point to, else what follows, else the same."""
        yes_or_no = closed(question.text) and not OPENLY.search(question.text)
        if _AMOUNT.search(question.text) or (yes_or_no and not self.answers.told_in(question, plan)):
            unknown = self.answers.unknown(question)
            return self._said(question, unknown, page(unknown, (), _WHOLE), state, ())
        ids = {line.passage.id for line in plan.lines if line.passage is not None}
        least = self._settings["nearest"]
        pointed = {p.id for p in self.answers.hits(question, lambda p: p.id in ids, least)[:_MOST_POINTED]}
        lines = tuple(line for line in plan.lines if line.passage is not None and line.passage.id in pointed)
        if state.level is not None and list(now.shown) != state.level.get("page"):
            # The sentence that answers has come to the front.
            lines = plan.lines[:1]
        limit = self._settings["first_answer_characters"]
        if lines and len(lines) < len(now.shown):
            unsaid = tuple(line for line in plan.lines if line.id not in now.shown and line not in lines)
            again = page(replace(plan, lines=(*lines, *unsaid), aside=None), (), limit, lead="")
            shown = tuple(dict.fromkeys((*now.shown, *again.shown)))
            return self._said(question, plan, Page(again.text, shown, len(plan.lines) - len(shown)), state, ())
        rest = page(plan, now.shown, limit, lead="")
        # One line that was left over is no answer.
        if len(rest.shown) > 1:
            return self._said(question, plan, rest, state, now.shown)
        return self._said(question, plan, now, state, ())

    def _said(self, question: Question, plan: Plan, now: Page, state: State, shown: Sequence[str]) -> Outcome:
        state = self._remember(state, question, plan, now, shown)
        return Outcome((Message(now.text, self._buttons(question, now.left, state)),), state)

    def _remember(self, state: State, question: Question, plan: Plan, now: Page, shown: Sequence[str]) -> State:
        several = 1 < len(question.jobs) <= _MOST_COMPARED
        compared = list(question.jobs) if several else (state.level or {}).get("compared", [])
        offer: Mapping[str, Any] | None = None
        if plan.offer:
            offer = {"intent": plan.offer}
        elif now.left:
            offer = {"intent": "more_detail"}
        return State(
            focus_jobs=plan.jobs or state.focus_jobs,
            focus_aspect=question.intent,
            level={
                "question": question.as_slot(),
                "shown": [*shown, *now.shown],
                "page": list(now.shown),
                "left": now.left,
                "subject": self._subject(question, question.jobs or plan.jobs or state.focus_jobs),
                "compared": compared,
                "listed": _listed(state, question, plan, now),
                "recent": _recent((state.level or {}).get("recent", ()), plan.jobs or question.jobs),
            },
            offer=offer,
            comforted=state.comforted,
        )

    @staticmethod
    def _subject(question: Question, jobs: Sequence[str]) -> str:
        """What an answer was about, in a word that a question could begin with (bot/nlu/subject.py)."""
        topic = _SUBJECTS.get(question.intent)
        certificates = tuple(question.entities.get("certificate", ()))
        if topic and question.intent not in ASPECT_OF:
            return topic
        about = (
            (*certificates, *jobs, topic) if question.intent == "ask_certificates" else (*jobs, *certificates, topic)
        )
        return next(filter(None, about), "")

    def _by_likeness(self, turn: Turn, state: State) -> Outcome | None:
        """The answer to a question much like this one, before anybody is asked back."""
        question = replace(self._resolved(turn.question("ask_job"), state), in_doubt=True)
        # What is short leans on the answer before, if anything.
        short = state.level is not None and len(normalise(turn.text).text) <= LEANS
        if not self.answers.is_near(question, "near" if short else None):
            last = Question.from_slot(state.level["question"]).text if state.level else ""
            if not last or len(normalise(turn.text).text) > _FRAGMENT:
                return None
            # '例外は？' goes on with the question before.
            question = replace(question, text=f"{last} {turn.text}")
            near = self.answers.near_id(question)
            if near is None or near in (state.level or {}).get("shown", ()):
                return None
        return self._answer(question, replace(state, lost=0))

    def _leaning_question(self, turn: Turn, state: State) -> Question | None:
        """A few words that say nothing alone: 'ないとだめ？' after the certificates is a question about these."""
        if state.level is None or turn.entities.get("job") or len(normalise(turn.text).text) > LEANS:
            return None
        last, told = Question.from_slot(state.level["question"]), state.level.get("page", ())
        about = last.text or next(iter(self.known.topics.get(last.intent, ())), "")
        whole = replace(last, text=f"{about}。{turn.text}", bare=False)
        fresh = self.answers.direct_id(whole)
        led_by_these = fresh is not None and fresh != self.answers.direct_id(last) and fresh not in told
        if fresh is not None and (led_by_these or self._said_otherwise(fresh, whole, last)):
            return whole
        alone = replace(last, text=turn.text, bare=False, leaning=True, in_doubt=True)
        near = self.answers.near_id(alone)
        return None if near is None or near in told else alone

    def _said_otherwise(self, told: str, whole: Question, last: Question) -> bool:
        """Whether a sentence that was told answers now with yes or no: '書いていいの？' after 'バイトしかない'."""

        def sentence(question: Question) -> str:
            return next((line.text for line in self.answers.plan(question).lines if line.id == told), "")

        return closed(whole.text) and sentence(whole) != sentence(last)

    def _from_words(self, question: Question, hits: Sequence[Passage]) -> Question:
        """The question that the nearest passage answers; the intent counts only where it fits what was named."""
        if question.entities.get("matter"):
            return replace(question, intent="ask_untold")
        named = {*question.jobs, *(self.known.subjects[job].group for job in question.jobs)}
        for passage in hits:
            if not question.jobs or passage.subject in named:
                asked = str(re.match("/([a-z_]+)", self._button_of(passage).payload)[1])  # type: ignore[index]
                jobs = question.jobs or ((passage.subject,) if passage.subject in self.known.subjects else ())
                return replace(question, intent=asked, jobs=jobs)
        if question.jobs and question.intent not in ABOUT_FOCUS:
            return replace(question, intent="ask_job")
        return question

    def _resolved(self, question: Question, state: State) -> Question:
        """The question with the jobs that it leaves unsaid."""
        if len(question.jobs) == 1 and question.intent in ("ask_job", "follow_up") and _COMPARES.search(question.text):
            other = [job for job in state.focus_jobs[:1] if job != question.jobs[0]]
            if other:
                # '労務とは違うの？' after 人事
                return replace(question, intent="ask_difference", jobs=(*other, *question.jobs))
        if question.intent == "ask_difference":
            return self._both_sides(question, state)
        if question.jobs or question.intent not in ABOUT_FOCUS or ABOUT_ALL.search(question.text):
            return question
        if len(state.focus_jobs) > 1 and TWO_THINGS.search(normalise(question.text).text):
            # Asked after two jobs were compared, it compares other things.
            return question
        return question.with_jobs(state.focus_jobs)

    @staticmethod
    def _both_sides(question: Question, state: State) -> Question:
        """'財務とは何が違う？' compares with the job talked about; 'どっちが楽？' with both."""
        if len(question.jobs) >= 2:
            return question
        if not question.jobs:
            last = Question.from_slot(state.level["question"]).jobs if state.level else ()
            compared = tuple(state.level.get("compared", ())) if state.level else ()
            recent = tuple(state.level.get("recent", ()))[-2:] if state.level else ()
            one_after_another = recent if len(recent) > 1 and last == recent[-1:] else ()
            return question.with_jobs(last if len(last) > 1 else compared or one_after_another or state.focus_jobs)
        other = [job for job in state.focus_jobs if job != question.jobs[0]]
        if state.focus_aspect and other:
            return question.with_jobs((other[0], question.jobs[0]))
        return question

    def _jobs_in(self, words: str, turn: Turn) -> list[str]:
        """The jobs of a stretch of a message, by their own names; all of the message where it names none."""
        jobs = list(turn.entities.get("job", ()))
        return [job for job in jobs if job in words] or jobs

    @staticmethod
    def _bare(turn: Turn) -> bool:
        """Whether hardly anything is said beside the name of a job."""
        return 0 < len(normalise(turn.text).text) - turn.named <= BARE

    def _anything_else(self, text: str | None, state: State) -> Outcome:
        last = Question.from_slot(state.level["question"]) if state.level else Question("ask_types")
        return Outcome((Message(text or self._replies["no_context"], self._buttons(last, 0, state)),), state)

    def _which(self, state: State) -> Outcome:
        """Nothing to refer to yet: which job?"""
        jobs = state.focus_jobs or GROUPS
        related = [name for job in jobs for name in self.known.subjects[job].related]
        buttons = [self._button("ask_job", (job,)) for job in dict.fromkeys([*jobs, *related])]
        return Outcome((Message(self._replies["which_job"], tuple(buttons[:_MOST_BUTTONS])),), state)

    def _button(self, intent: str, jobs: Sequence[str]) -> Button:
        """A quick reply that asks `intent` of `jobs`."""
        title = str(self._replies["buttons"].get(intent) or self._replies["buttons"]["ask_job"])
        named = intent == "ask_difference" or "{job}" in title
        if intent == "ask_difference":
            pair = tuple(jobs[:2]) if len(jobs) > 1 else self._pair_for(jobs)
            jobs = pair
            title = title.format(a=pair[0], b=pair[1])
        else:
            plain = self._replies["buttons_general"].get(intent, title)
            title = title.format(job=jobs[0]) if jobs else plain.format(job=self._replies["general"])
        entities = {"job": jobs[0] if len(jobs) == 1 else list(jobs)} if jobs and named else {}
        payload = f"/{intent}" + (json.dumps(entities, ensure_ascii=False) if entities else "")
        return Button(title[: self._settings["button_characters"]], payload)

    def _pair_for(self, jobs: Sequence[str]) -> tuple[str, str]:
        if not jobs or jobs[0] in GROUPS:
            return GROUPS[0], GROUPS[1]
        subject = self.known.subjects[jobs[0]]
        return jobs[0], subject.bridge or (subject.related[0] if subject.related else str(subject.group))

    def _button_of(self, passage: Passage) -> Button:
        """A quick reply that leads to a passage."""
        if passage.subject in self.known.subjects:
            return self._button(OF_ASPECT.get(passage.aspect, "ask_job"), (passage.subject,))
        if passage.aspect in OF_STEP:
            return self._button(OF_STEP[passage.aspect], ())
        if passage.aspect in ("service", "view"):
            return self._button("ask_service", ())
        if passage.aspect == "groups":
            return self._button("ask_difference", GROUPS)
        return self._button(OF_ASPECT.get(passage.aspect, "ask_types"), ())

    def _buttons(self, question: Question, left: int, state: State) -> tuple[Button, ...]:
        """'もっと詳しく' while there is more, then the next sensible questions."""
        buttons: list[Button] = []
        if left:
            buttons.append(Button(self._replies["buttons"]["more_detail"], "/more_detail"))
        jobs = state.focus_jobs[:1]
        for intent in self._replies["next"].get(question.intent, self._replies["next"]["ask_types"]):
            if len(buttons) == _MOST_BUTTONS:
                break
            buttons.append(self._button(intent, jobs if intent != "ask_difference" else state.focus_jobs[:2]))
        return tuple({button.title: button for button in buttons}.values())

    @abstractmethod
    def _together(self, asked: Sequence[Turn], state: State) -> Outcome:
        """The short answers to some questions."""

    @abstractmethod
    def _leaning(self, turn: Turn, state: State, room: int) -> Outcome:
        """What leans on the last answer, in at most `room` characters where that may be long."""

    @abstractmethod
    def lost(self, turn: Turn, state: State) -> Outcome:
        """Nothing was recognised for sure."""

    @abstractmethod
    def _one(self, turn: Turn, state: State) -> Outcome:
        """One question."""
