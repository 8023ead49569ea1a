"""One turn of the conversation about jobs: what was said before decides what is meant now.

Plain data in, plain data out. Nothing is kept here between turns: what must be remembered is in `State`, which the
action writes into the tracker's slots.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from actions.job_answers.answers import ASPECT_OF, STEP_OF, Answers
from actions.job_answers.compose import page
from actions.job_answers.model import Button, Line, Page, Plan, Question
from actions.knowledge.model import GROUPS, Passage
from bot.nlu.normalise import normalise

TOPIC: Final = (
    "ask_job", "ask_types", "ask_difference", "ask_what_suits_me", "ask_who_does", "ask_untold", "ask_service",
    "ask_service_terms", *ASPECT_OF, *STEP_OF,
)  # fmt: skip
# Without a job named, these are about the job talked about before.
_ABOUT_FOCUS: Final = ("ask_job", *ASPECT_OF)
# ... unless the question is plainly about all jobs.
_ABOUT_ALL: Final = re.compile(
    "一番|いちばん|どの仕事|どの職種|どんな仕事が|どれが|全部|全体的|なれるのは|職種は|職種って|おすすめの"
)
# A follow-up that names one of these instead of a job.
_INTENT_OF_ENTITY: Final = (("certificate", "ask_certificates"), ("matter", "ask_untold"), ("tool", "ask_skills"))
_INTENT_OF_STEP: Final = {
    "自己分析": "ask_step_self_analysis",
    "情報収集": "ask_step_research",
    "応募書類": "ask_step_documents",
    "面接": "ask_step_interview",
}
# What 'もっと詳しく' goes on with, once everything about the work itself has been said.
_THEN: Final = {"ask_job": "ask_suits", "ask_who_does": "ask_suits", "ask_types": "ask_difference"}
# Between names, and around them.
_JOINTS: Final = re.compile("[とやかはもの、。・,\\s]|って|なら")
# '前者', '2番目': which of the things named in the last answer; -1 is the last of them.
_PLACES: Final = (
    (re.compile("前者|一つ目|1つ目|ひとつ目|一番目|1番目|最初のほう|最初の方|先のほう|先の方"), 0),
    (re.compile("後者|二つ目|2つ目|ふたつ目|二番目|2番目"), 1),
    (re.compile("三つ目|3つ目|みっつ目|三番目|3番目"), 2),
    (re.compile("四つ目|4つ目|四番目|4番目"), 3),
    (re.compile("最後の"), -1),
)
# 'もういい、事務職のことを教えて': a new question, not the last one again.
_ANEW: Final = re.compile("(?:のこと|について|の仕事|の話).{0,3}(?:教え|おしえ|知り|聞)")
# More is asked than the one thing that was understood.
_ALSO: Final = re.compile("あと|それと|それから|ついでに|ちなみに|[?？。].")
_COMPARES: Final = re.compile("と(?:は|も|って)?.{0,3}(?:違|ちが|同じ|一緒|別)")
_WISH: Final = re.compile(
    "(?:支えたい|助けたい|サポートしたい|手伝いたい|やりたい|なりたい|してみたい)(?:です|んです|な)?[。!！]?$"
)
_CONCRETE: Final = re.compile("具体|例え|たとえ|例を")
_NEXT: Final = re.compile("^(?:じゃあ|では|で)?[、]?(?:その)?(?:次|つぎ)(?:は|の|って|に|を|[?？。]|$)")
# The four steps, in their order.
_STEPS: Final = tuple(intent for intent in STEP_OF if intent != "ask_steps")
# From here on what the classifier hears outweighs single words (docs/nlu.md: .96 of such are right).
CERTAIN: Final = 0.9
_HUMAN: Final = ("request_human", "handoff_choice")
_MOST_BUTTONS: Final = 4


@dataclass(frozen=True, slots=True)
class Turn:
    """What the NLU made of one message."""

    intent: str
    confidence: float = 1.0
    text: str = ""
    entities: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ranking: Sequence[tuple[str, float]] = ()
    # every question of the message, where it holds more than one
    questions: Sequence[Turn] = ()
    # how many characters of the text are names of jobs
    named: int = 0

    def question(self, intent: str | None = None) -> Question:
        """The message as a question."""
        sure = intent in (None, self.intent) and self.confidence >= CERTAIN
        return Question(intent or self.intent, tuple(self.entities.get("job", ())), self.entities, self.text, sure)


@dataclass(frozen=True, slots=True)
class State:
    """What the conversation remembers between turns; all of it is plain JSON in the tracker's slots."""

    focus_jobs: tuple[str, ...] = ()
    focus_aspect: str | None = None
    # {"question": …, "shown": [ids], "page": [ids of the last page]}
    level: Mapping[str, Any] | None = None
    # {"intent": …, "entities": …}: what 'はい' would mean
    offer: Mapping[str, Any] | None = None
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One bubble."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said, what is remembered, and the action that goes on from here, if any."""

    messages: tuple[Message, ...]
    state: State
    followup: str | None = None


class Conversation:
    """Turns messages into replies over a knowledge base."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.known = answers.known
        self._replies = answers.known.replies
        self._settings = answers.known.settings

    # -- the turn ------------------------------------------------------------------------------------------------

    def respond(self, turn: Turn, state: State, *, guided: bool = False) -> Outcome:
        """Answers one message of this topic.

        Args:
            turn: what was understood.
            state: what is remembered.
            guided: a guided question is open, and only its own buttons may be shown.
        """
        turn, state = self.referring(self._known(turn), state), replace(state, lost=0)
        outcome = self._several(turn, state) or self._with_untold(turn, self._one(turn, state))
        if guided:
            bare = tuple(replace(message, buttons=()) for message in outcome.messages)
            return replace(outcome, messages=bare, state=replace(outcome.state, offer=None))
        return outcome

    def _known(self, turn: Turn) -> Turn:
        """Without jobs and steps that nobody here knows: a payload may hold anything."""
        allowed = {"job": self.known.subjects, "step": _INTENT_OF_STEP}
        entities = {
            name: [value for value in values if name not in allowed or value in allowed[name]]
            for name, values in turn.entities.items()
        }
        questions = tuple(self._known(part) for part in turn.questions)
        return replace(
            turn, entities={name: values for name, values in entities.items() if values}, questions=questions
        )

    def _with_untold(self, turn: Turn, outcome: Outcome) -> Outcome:
        """'向いてる人は？あと年収も': what cannot be told is said after what can."""
        if not turn.entities.get("matter") or not _ALSO.search(turn.text) or len(outcome.messages) != 1:
            return outcome
        question = Question("ask_untold", (), {"matter": turn.entities["matter"]}, "")
        text = page(self.answers.plan(question), (), self._settings["shared_answer_characters"]).text
        (first,) = outcome.messages
        if text.split("。")[0] in first.text:
            return outcome
        return replace(outcome, messages=(Message(first.text), Message(text, first.buttons)))

    def referring(self, turn: Turn, state: State) -> Turn:
        """'後者は？', '2番目をもっと詳しく', 'その次は？': the turn with the thing that is meant."""
        if state.level is None or turn.entities.get("job") or not turn.text or turn.questions:
            return turn
        last = Question.from_slot(state.level["question"])
        text = normalise(turn.text).text
        place = next((place for pattern, place in _PLACES if pattern.search(text)), None)
        if last.intent in STEP_OF and not turn.entities.get("step"):
            if _NEXT.search(text) and last.intent in _STEPS[:-1]:
                return replace(turn, intent=_STEPS[_STEPS.index(last.intent) + 1], confidence=1.0, ranking=())
            if place is not None and -1 <= place < len(_STEPS):
                return replace(turn, intent=_STEPS[place], confidence=1.0, ranking=())
            return turn
        jobs = last.jobs if len(last.jobs) > 1 else state.focus_jobs
        if place is None or len(jobs) < 2 or place >= len(jobs):
            return turn
        intent = turn.intent
        if intent not in _ABOUT_FOCUS or turn.confidence < self._settings["sure"]:
            # Of a comparison the other side is asked for itself; of anything else, the same.
            intent = "ask_job" if last.intent == "ask_difference" else "follow_up"
        return replace(
            turn, intent=intent, confidence=1.0, ranking=(), entities={**turn.entities, "job": [jobs[place]]}
        )

    def _several(self, turn: Turn, state: State) -> Outcome | None:
        """Two questions or more in one message: each gets its short answer."""
        asked = _joined(
            [
                part
                for part in turn.questions
                if part.intent in TOPIC and (part.intent != "ask_service_terms" or self.answers.asks_terms(part.text))
            ]
        )
        if len(asked) == 1 and len(turn.questions) > 1 and all(part.intent in TOPIC for part in turn.questions):
            # What looked like two was one: '事務職とバックオフィス、どっちが大事？'
            return self._one(replace(turn, intent=asked[0].intent, questions=(), ranking=()), state)
        if len(asked) == 1 and len(turn.questions) > 1 and turn.intent in TOPIC:
            # The other part was a greeting or the like: the question is what matters, with all that was named.
            entities = asked[0].entities or turn.entities
            return self._one(replace(asked[0], entities=entities, ranking=()), state)
        if len(asked) < 2:
            return None
        messages: list[Message] = []
        unfinished: Mapping[str, Any] | None = None
        seen: set[str] = set()
        for part in asked[:3]:
            question = self._resolved(part.question(), state)
            plan = self.answers.plan(question)
            now = page(plan, (), self._settings["shared_answer_characters"])
            if not now.text or now.text in seen:
                continue
            seen.add(now.text)
            messages.append(Message(now.text))
            state = self._remember(state, question, plan, now, ())
            if now.left:
                unfinished = state.level
        last = Question.from_slot((state.level or {})["question"])
        state = replace(state, level=unfinished or state.level, offer={"intent": "more_detail"} if unfinished else None)
        buttons = self._buttons(last, 1 if unfinished else 0, state)
        messages[-1] = replace(messages[-1], buttons=buttons)
        return Outcome(tuple(messages), state)

    def _one(self, turn: Turn, state: State) -> Outcome:
        conversation = {
            "more_detail": self._more,
            "simpler": self._simpler,
            "repeat": self._repeat,
            "example": self._example,
            "follow_up": self._follow_up,
            "correct_job": self._correct_job,
            "affirm": self._affirm,
            "deny": self._deny,
        }
        if turn.intent in conversation:
            return conversation[turn.intent](turn, state)
        if turn.intent not in TOPIC:
            # Sent here by another topic that could make nothing of it.
            return self.lost(turn, state)
        if turn.intent == "ask_service" and _WISH.search(turn.text) and self.answers.hints(turn.question()):
            # '営業の人をサポートしたい' is a wish for oneself, not for the service.
            turn = replace(turn, intent="ask_what_suits_me", ranking=())
        doubt = self._unsure(turn, state)
        return doubt or self._answer(self._resolved(turn.question(), state), state)

    def _resolved(self, question: Question, state: State) -> Question:
        """The question with the jobs that it leaves unsaid."""
        if len(question.jobs) == 1 and question.intent in ("ask_job", "follow_up") and _COMPARES.search(question.text):
            other = [job for job in state.focus_jobs[:1] if job != question.jobs[0]]
            if other:
                # '労務とは違うの？' after 人事
                return replace(question, intent="ask_difference", jobs=(*other, *question.jobs))
        if question.intent == "ask_difference":
            return self._both_sides(question, state)
        if question.jobs or question.intent not in _ABOUT_FOCUS or _ABOUT_ALL.search(question.text):
            return question
        return question.with_jobs(state.focus_jobs)

    @staticmethod
    def _both_sides(question: Question, state: State) -> Question:
        """'財務とは何が違う？' compares with the job talked about; 'どっちが楽？' with both."""
        if len(question.jobs) >= 2:
            return question
        if not question.jobs:
            return question.with_jobs(state.focus_jobs)
        other = [job for job in state.focus_jobs if job != question.jobs[0]]
        if state.focus_aspect and other:
            return question.with_jobs((other[0], question.jobs[0]))
        return question

    def _answer(self, question: Question, state: State) -> Outcome:
        plan = self.answers.plan(question)
        limit = self._settings["direct_answer_characters" if plan.specific else "first_answer_characters"]
        return self._said(question, plan, page(plan, (), limit), state, ())

    def _said(self, question: Question, plan: Plan, now: Page, state: State, shown: Sequence[str]) -> Outcome:
        state = self._remember(state, question, plan, now, shown)
        return Outcome((Message(now.text, self._buttons(question, now.left, state)),), state)

    def _remember(self, state: State, question: Question, plan: Plan, now: Page, shown: Sequence[str]) -> State:
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
            },
            offer=offer,
        )

    # -- understood from before ------------------------------------------------------------------------------------

    def _more(self, turn: Turn, state: State) -> Outcome:
        """The rest of the last answer, page by page, until nothing is left."""
        jobs = tuple(turn.entities.get("job", ()))
        if jobs and jobs != state.focus_jobs:
            # '人事についてもっと詳しく' is a new question.
            return self._answer(Question("ask_job", jobs, turn.entities, turn.text), state)
        if state.level is None:
            return self._which(state)
        question = Question.from_slot(state.level["question"])
        shown = state.level["shown"]
        plan = self.answers.plan(question)
        now = page(plan, shown, self._settings["first_answer_characters"], lead="")
        if not now.text and _CONCRETE.search(turn.text):
            return self._example(turn, state)
        if not now.text and question.intent in _THEN and len(question.jobs) == 1:
            # All of the work has been told: what is told next about a job.
            return self._answer(Question(_THEN[question.intent], question.jobs), state)
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
        first = set(state.level["shown"]) == on_page
        again = replace(plan, lines=tuple(line for line in plan.lines if line.id in on_page))
        now = page(again, (), 10_000, lead=None if first else "")
        left = int(state.level.get("left", 0))
        return Outcome((Message(now.text, self._buttons(question, left, state)),), state)

    def _example(self, turn: Turn, state: State) -> Outcome:
        """Examples of what was said last; else of the job; else its tasks."""
        jobs = tuple(turn.entities.get("job", ()))
        if jobs or state.level is None:
            if not jobs and not state.focus_jobs:
                return self._which(state)
            question = Question("ask_job", jobs or state.focus_jobs)
            shown: list[str] = []
        else:
            question = Question.from_slot(state.level["question"])
            shown = list(state.level["shown"])
        plan = self.answers.plan(question)
        subjects = [job for job in (question.jobs or plan.jobs) if job in self.known.subjects]
        aspect = ASPECT_OF.get(question.intent, "examples")
        wide = [*subjects, *(self.known.subjects[name].group or "" for name in subjects)]
        asked = [passage for name in wide for passage in self._examples_in(name, aspect)]
        theirs = [passage for name in subjects for passage in self._examples_in(name, aspect)]
        planned = [line.passage for line in plan.lines if line.passage is not None and line.passage.level == 2]
        own = [passage for name in subjects for passage in self._examples_in(name, "examples")]
        shared = [passage for name in wide for passage in self._examples_in(name, "examples")]
        duties = [p for name in subjects[:1] for p in self.known.subjects[name].section("duties").passages]
        # Of what was asked, if need be again; else of the job; else its tasks: '例えば？' never gets a shrug.
        fresh: list[Passage] = []
        for passages, again in ((theirs, False), (theirs, True), (asked, False), (asked, True), (planned, False),
                                (own, True), (shared, True), (duties, True)):  # fmt: skip
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

    def _examples_in(self, name: str, aspect: str) -> list[Passage]:
        subject = self.known.subjects.get(name)
        return [] if subject is None else [p for p in subject.section(aspect).passages if p.level == 2]

    def _follow_up(self, turn: Turn, state: State) -> Outcome:
        """'じゃあ人事は？': what was asked last, of another job."""
        jobs = tuple(turn.entities.get("job", ()))
        if not jobs:
            for step in turn.entities.get("step", ()):
                return self._answer(turn.question(_INTENT_OF_STEP[step]), state)
            for entity, intent in _INTENT_OF_ENTITY:
                if turn.entities.get(entity):
                    return self._answer(self._resolved(turn.question(intent), state), state)
            return self.lost(turn, state)
        own = turn.question("ask_job")
        if self.answers.knows(own):
            # 'じゃあバックオフィスの成果って何？' says by itself what it asks.
            return self._answer(own, state)
        sure = self.answers.hits(own, lambda p: p.subject in jobs, self._settings["sure_hit"])
        if sure:
            return self._answer(self._from_words(own, sure), state)
        return self._answer(self._again_for(jobs, state, turn), state)

    def _again_for(self, jobs: tuple[str, ...], state: State, turn: Turn) -> Question:
        """The last question, about other jobs."""
        if state.level is None:
            return Question("ask_job", jobs, turn.entities)
        last = Question.from_slot(state.level["question"])
        if last.intent not in (*_ABOUT_FOCUS, "ask_difference", "ask_types", "ask_untold"):
            return Question("ask_job", jobs, turn.entities)
        words = last.text
        for name in (*last.jobs, *self.known.subjects):
            words = words.replace(name, "")
        entities = {**{k: v for k, v in last.entities.items() if k != "job"}, "job": jobs}
        question = Question(last.intent, jobs, entities, words)
        if last.intent == "ask_difference" and len(jobs) == 1:
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
        return self._anything_else(self._replies["denied"], replace(state, offer=None))

    def _anything_else(self, text: str | None, state: State) -> Outcome:
        last = Question.from_slot(state.level["question"]) if state.level else Question("ask_types")
        return Outcome((Message(text or self._replies["no_context"], self._buttons(last, 0, state)),), state)

    def _which(self, state: State) -> Outcome:
        """Nothing to refer to yet: which job?"""
        jobs = state.focus_jobs or GROUPS
        related = [name for job in jobs for name in self.known.subjects[job].related]
        buttons = [self._button("ask_job", (job,)) for job in dict.fromkeys([*jobs, *related])]
        return Outcome((Message(self._replies["which_job"], tuple(buttons[:_MOST_BUTTONS])),), state)

    # -- not understood --------------------------------------------------------------------------------------------

    def _unsure(self, turn: Turn, state: State) -> Outcome | None:
        """Two readings that are close, and no words that decide: the person does."""
        rivals = [(name, share) for name, share in turn.ranking if name in TOPIC][:2]
        if len(rivals) < 2 or turn.confidence >= self._settings["very_sure"]:
            return None
        if rivals[0][1] >= self._settings["clear_share"] and rivals[0][1] >= 3 * rivals[1][1]:
            # Little in itself, but nothing else comes near.
            return None
        if turn.confidence >= self._settings["sure"] and rivals[0][1] - rivals[1][1] >= self._settings["margin"]:
            return None
        question = self._resolved(turn.question(), state)
        if turn.entities.get("job") or self.answers.knows(question) or self.answers.hits(turn.question()):
            return None
        if "ask_what_suits_me" in (rivals[0][0], rivals[1][0]) and self.answers.hints(question):
            return self._answer(turn.question("ask_what_suits_me"), state)
        return self._choices([name for name, _ in rivals], turn, state)

    def _choices(self, intents: Sequence[str], turn: Turn, state: State) -> Outcome:
        jobs = tuple(turn.entities.get("job", ())) or state.focus_jobs[:1]
        buttons = tuple(self._button(intent, jobs) for intent in intents)
        offer = {"intent": intents[0], "entities": {"job": list(jobs)}} if intents else None
        return Outcome((Message(self._replies["unsure"], buttons),), replace(state, offer=offer))

    def lost(self, turn: Turn, state: State) -> Outcome:
        """Nothing was recognised for sure: answer where the words decide, ask back, or offer what is near."""
        turn = self._known(turn)
        intents = [name for name, _ in turn.ranking if name in TOPIC][:2]
        question = turn.question(intents[0] if intents else "ask_job")
        resolved = self._resolved(turn.question("ask_job"), state)
        if self.answers.knows(resolved):
            return self._answer(resolved, state)
        if not question.jobs and self.answers.hints(question):
            return self._answer(turn.question("ask_what_suits_me"), state)
        hits = self.answers.hits(question, least=1.25 * self._settings["direct_hit"])
        if hits or question.jobs:
            question = self._from_words(question, hits)
            outcome = self._answer(self._resolved(question, state), state)
            return replace(outcome, state=replace(outcome.state, lost=0))
        state = replace(state, lost=state.lost + 1, offer=None)
        if state.lost >= self._settings["lost_before_human"]:
            human = Button(self._replies["buttons"]["request_human"], "/request_human")
            buttons = (human, *self._near(turn)[:2])
            offered = replace(state, lost=0, offer={"intent": "request_human"})
            return Outcome((Message(self._replies["lost_again"], buttons),), offered)
        near = self._near(turn)
        if not near and len(intents) == 2:
            return self._choices(intents, turn, state)
        if not near:
            near = [self._button("ask_types", ()), self._button("ask_difference", GROUPS),
                    self._button("start_self_analysis", ())]  # fmt: skip
        return Outcome((Message(self._replies["lost"], tuple(near)),), state)

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
        if question.jobs and question.intent not in _ABOUT_FOCUS:
            return replace(question, intent="ask_job")
        return question

    def out_of_scope(self, turn: Turn, state: State) -> Outcome:
        """Another subject: said kindly, with what there is to talk about."""
        turn = self._known(turn)
        intents = [name for name, _ in turn.ranking if name in TOPIC][:1]
        if turn.entities.get("matter") and (turn.entities.get("job") or turn.entities.get("certificate")):
            return self._answer(turn.question("ask_untold"), state)
        if turn.entities.get("job"):
            # Whoever names a job of ours means it, whatever else the words look like.
            own = turn.question("ask_job")
            hits = [] if self.answers.knows(own) else self.answers.hits(own, least=self._settings["sure_hit"])
            if hits:
                own = self._from_words(own, hits)
            elif not self.answers.knows(own) and intents and intents[0] in _ABOUT_FOCUS:
                own = turn.question(intents[0])
            return self._answer(own, state)
        if self.answers.task_owner(turn.question()):
            return self._answer(turn.question("ask_who_does"), state)
        buttons = (
            self._button("ask_difference", GROUPS), self._button("ask_what_suits_me", ()),
            self._button("request_human", ()),
        )  # fmt: skip
        again = state.lost > 0
        if again:
            buttons = (buttons[2], *buttons[:2])
        text = self._replies["out_of_scope_again" if again else "out_of_scope"]
        return Outcome((Message(text, buttons),), replace(state, offer=None, lost=state.lost + 1))

    def _near(self, turn: Turn) -> list[Button]:
        buttons = [self._button_of(passage) for passage in self.answers.nearest(turn.text)]
        return list({button.title: button for button in buttons}.values())

    # -- buttons -------------------------------------------------------------------------------------------------------

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
            intents = {aspect: intent for intent, aspect in ASPECT_OF.items()}
            return self._button(intents.get(passage.aspect, "ask_job"), (passage.subject,))
        steps = {aspect: intent for intent, aspect in STEP_OF.items()}
        if passage.aspect in steps:
            return self._button(steps[passage.aspect], ())
        if passage.aspect in ("service", "view"):
            return self._button("ask_service", ())
        if passage.aspect == "groups":
            return self._button("ask_difference", GROUPS)
        intents = {aspect: intent for intent, aspect in ASPECT_OF.items()}
        return self._button(intents.get(passage.aspect, "ask_types"), ())

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


def _joined(parts: Sequence[Turn]) -> list[Turn]:
    """The questions of a message without those that only name what another asks about, each with its jobs."""
    named = [job for part in parts for job in part.entities.get("job", ())]
    kept: list[Turn] = []
    for part in parts:
        alike = next((other for other in kept if other.intent == part.intent), None)
        bare = _only_names(part)
        if alike is not None and (bare or not part.entities.get("job") or not alike.entities.get("job")):
            kept[kept.index(alike)] = _both(alike, part)
        elif not bare or len(parts) == 1:
            kept.append(part)
    if kept and len(kept) < len(parts):
        kept[0] = replace(kept[0], entities={**kept[0].entities, "job": named}) if named else kept[0]
    if named:
        # '単調なのは苦手。事務でもやりがいはある？': both are about what only one names.
        kept = [
            replace(part, entities={**part.entities, "job": named[:1]})
            if part.intent in _ABOUT_FOCUS and not part.entities.get("job") and not _ABOUT_ALL.search(part.text)
            else part
            for part in kept
        ]
    return kept


def _both(one: Turn, other: Turn) -> Turn:
    names = {*one.entities, *other.entities}
    entities = {
        name: list(dict.fromkeys([*one.entities.get(name, ()), *other.entities.get(name, ())])) for name in names
    }
    return replace(one, text=f"{one.text}。{other.text}", entities=entities)


def _only_names(part: Turn) -> bool:
    """Whether a stretch names jobs and says nothing of them."""
    return bool(part.entities.get("job")) and len(_JOINTS.sub("", part.text)) <= part.named + 1


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
