"""Several questions in one message, or a greeting beside one: a kind word first, then a short answer each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from actions.beside import MOOD, answered_beside, human_for, kind_word, troubles
from actions.job_answers.aspects import PAY_WORK
from actions.job_answers.compose import page
from actions.job_answers.hardships import told_hardship
from actions.job_answers.listed import listed
from actions.job_answers.model import Plan, Question
from actions.job_answers.talk import Talk
from actions.job_answers.turns import (
    ABOUT_ALL,
    ABOUT_FOCUS,
    CONTROLS,
    INTENT_OF_STEP,
    TAKING_OVER,
    TOPIC,
    Message,
    Outcome,
    State,
    Turn,
    only_names,
)

# More is asked than the one thing that was understood.
_ALSO: Final = re.compile("あと|それと|それから|ついでに|ちなみに|[?？。].")
# 'AIですか？それとも職員さん？' wants nobody yet.
_SURELY_TAKING_OVER: Final = 0.7
# More than these at once nobody reads.
_MOST: Final = 3


class Several(Talk):
    """Takes a message apart and answers its questions together."""

    def composes(self, turn: Turn) -> bool:
        """Whether a message asks of more than one topic, or makes a remark beside a question."""
        return len(self._parts(turn)) + bool(kind_word(turn.remarks)) > 1

    def comfort(self, turn: Turn, state: State) -> str:
        """What is said first to who tells of a hard time; '' where nobody does, or where it was said before."""
        told = None if state.comforted else told_hardship(self.known, turn.text)
        return "" if told is None else told.say

    def _with_kind_word(self, turn: Turn, outcome: Outcome) -> Outcome:
        """The answer after a word for the hard time, the greeting, the thanks or the mood beside it."""
        # Who is told where to turn has been answered with care.
        comfort = "" if any(one.alert for one in outcome.messages) else self.comfort(turn, outcome.state)
        # It says more than what is said to any mood.
        word = comfort + kind_word([one for one in turn.remarks if not comfort or one.intent != MOOD])
        if not word or not outcome.messages:
            return outcome
        *first, last = outcome.messages
        last = replace(last, buttons=(*last.buttons, *human_for(turn.remarks)))
        state = replace(outcome.state, comforted=outcome.state.comforted or bool(comfort))
        return replace(outcome, messages=(Message(word), *first, last), state=state)

    def _several(self, turn: Turn, state: State) -> Outcome | None:
        """Two questions or more in one message: each gets its short answer."""
        whole = turn
        apart = listed(self.known.topics, turn.text)
        told_apart = len(apart) > 1 and len(apart) >= len({part.intent for part in turn.questions})
        if told_apart:
            # '経理の仕事内容と資格教えて': the nouns say more than the classifier heard.
            turn = replace(turn, questions=tuple(self._listed(intent, words, turn) for intent, words in apart))
        if self._hinting(turn):
            return None
        of_topic = [self._of_the_step(part, turn, state) for part in turn.questions if part.intent in TOPIC]
        asked = _joined([part for part in of_topic if self._is_meant(part)], turn.entities.get("job", ()))
        parts = self._parts(whole)
        if parts != [whole] and any(part.intent not in TOPIC for part in parts):
            ordered = self._in_order(asked, whole, state)
            if len(ordered) > 1 or not asked:
                return self._together(ordered, state)
            return self._one(replace(whole, intent=asked[0].intent, questions=(), ranking=()), state)
        if len(asked) == 1 and len(turn.questions) > 1 and all(part.intent in TOPIC for part in turn.questions):
            # What looked like two was one: '事務職とバックオフィス、どっちが大事？'
            return self._one(replace(turn, intent=asked[0].intent, questions=(), ranking=()), state)
        if len(asked) == 1 and turn.questions and (len(turn.questions) > 1) == (turn.intent in TOPIC):
            # The other part was a greeting or the like: the question is what matters, with all that was named.
            entities = asked[0].entities or turn.entities
            return self._one(replace(asked[0], entities=entities, ranking=()), state)
        if len(asked) < 2 or (not told_apart and self._is_one(turn, asked, state)):
            return None
        return self._together(asked, state)

    def _listed(self, intent: str, words: str, turn: Turn) -> Turn:
        """One of several things asked for in one breath; what cannot be told belongs to its own noun alone."""
        entities = {
            name: values for name, values in turn.entities.items() if name != "matter" or intent == "ask_untold"
        }
        return Turn(intent, 1.0, words, {**entities, "job": self._jobs_in(words, turn)})

    @staticmethod
    def _of_the_step(part: Turn, turn: Turn, state: State) -> Turn:
        """'面接の服装と、よく聞かれること': what names nothing is about the step that the rest names."""
        steps = turn.entities.get("step", ())
        if len(steps) != 1 or part.intent != "ask_job" or turn.entities.get("job") or state.focus_jobs:
            return part
        return replace(part, intent=INTENT_OF_STEP[steps[0]])

    def _is_meant(self, part: Turn) -> bool:
        return part.intent != "ask_service_terms" or self.answers.asks_terms(part.text)

    def _parts(self, turn: Turn) -> list[Turn]:
        """The questions of a message that are answered in it, by whatever topic."""
        parts = [*troubles(turn.remarks), *turn.questions]
        if not turn.questions and turn.intent in (*TOPIC, *CONTROLS, *TAKING_OVER):
            parts.append(turn)
        return [
            part
            for part in parts
            if (part.intent in TOPIC and self._is_meant(part))
            or part.intent in CONTROLS
            or (part.intent in TAKING_OVER and part.confidence >= _SURELY_TAKING_OVER)
            or answered_beside(part) is not None
        ]

    def _in_order(self, asked: Sequence[Turn], turn: Turn, state: State) -> list[Turn]:
        """The questions about jobs where the first of them stands among the others."""
        ordered: list[Turn] = []
        later: list[Turn] = []
        waiting = list(asked)
        for part in self._parts(turn):
            if part.intent in TOPIC:
                ordered += waiting
                waiting = []
            elif part.intent in CONTROLS and waiting and self._leans_on(waiting[0], state):
                # '例をあげて。財務って何する？' wants an example of what comes; '簡潔に' says how to tell it.
                later += [part] if part.intent == "example" else []
            else:
                ordered.append(part)
        return ordered + waiting + later

    @staticmethod
    def _leans_on(question: Turn, state: State) -> bool:
        """Whether what was said before a question leans on it, not on the last answer."""
        if question.intent == "ask_difference" and state.level is not None:
            return False
        jobs = tuple(question.entities.get("job", ()))
        return state.level is None or (bool(jobs) and jobs != state.focus_jobs)

    def _with_untold(self, turn: Turn, outcome: Outcome) -> Outcome:
        """'向いてる人は？あと年収も': what cannot be told is said after what can."""
        if not turn.entities.get("matter") or not _ALSO.search(turn.text) or len(outcome.messages) != 1:
            return outcome
        if turn.intent in ("ask_who_does", "ask_job") and PAY_WORK.search(turn.text):
            # '給料計算をするのは人事？総務？' asks for no pay.
            return outcome
        question = Question("ask_untold", (), {"matter": turn.entities["matter"]}, "")
        text = page(self.answers.plan(question), (), self._settings["several_answers_characters"] // 2).text
        (first,) = outcome.messages
        if text.split("。")[0] in first.text:
            return outcome
        return replace(outcome, messages=(Message(first.text), Message(text, first.buttons)))

    def _together(self, asked: Sequence[Turn], state: State) -> Outcome:
        """The short answers to some questions, a bubble each; what takes the conversation over comes last."""
        messages: list[Message] = []
        unfinished: Mapping[str, Any] | None = None
        followup = next((TAKING_OVER[part.intent] for part in asked if part.intent in TAKING_OVER), None)
        asked = [part for part in asked if part.intent not in TAKING_OVER][:_MOST]
        room = self._settings["several_answers_characters"] // max(1, len(asked))
        for part in asked:
            before = state
            if part.intent in TOPIC:
                message, state = self._briefly(part, state, room)
            elif part.intent in CONTROLS:
                outcome = self._leaning(part, state, room)
                (message, *_), state = outcome.messages, outcome.state
            else:
                message = answered_beside(part) or Message("")
            if not message.text or message.text in {other.text for other in messages}:
                state = before
                continue
            messages.append(replace(message, buttons=()))
            if state.level and state.level.get("left"):
                unfinished = state.level
        if messages and state.level is not None:
            last = Question.from_slot(state.level["question"])
            state = replace(
                state, level=unfinished or state.level, offer={"intent": "more_detail"} if unfinished else None
            )
            if followup is None:
                messages[-1] = replace(messages[-1], buttons=self._buttons(last, 1 if unfinished else 0, state))
        return Outcome(tuple(messages), state, followup)

    def _briefly(self, part: Turn, state: State, room: int) -> tuple[Message, State]:
        """The first facts that answer a question, in at most `room` characters."""
        question = self._resolved(part.question(), state)
        plan = replace(self.answers.plan(question), aside=None)
        now = page(_brief(plan), (), room)
        now = replace(now, left=len(plan.lines) - len(now.shown))
        return Message(now.text), self._remember(state, question, plan, now, ()) if now.text else state

    def _hinting(self, turn: Turn) -> bool:
        """'英語が好き。でも営業は無理。何がある？': all of it is one hint."""
        intents = {part.intent for part in turn.questions}
        return (
            bool(intents)
            and intents <= {"ask_what_suits_me", "ask_types"}
            and not turn.entities.get("job")
            and self.answers.hints(turn.question())
        )

    def _is_one(self, turn: Turn, asked: Sequence[Turn], state: State) -> bool:
        """'志望動機、「残業が少ないから」はだめ？' looks like two questions; its words as a whole have one answer."""
        whole = self.answers.direct_id(self._resolved(turn.question(), state))
        if whole is None:
            return False
        parts = {self.answers.direct_id(self._resolved(part.question(turn.intent), state)) for part in asked}
        return whole not in parts and turn.intent in {part.intent for part in asked}


def _joined(parts: Sequence[Turn], everywhere: Sequence[str] = ()) -> list[Turn]:
    """The questions of a message without those that only name what another asks about, each with its jobs.

    Args:
        parts: the questions.
        everywhere: the jobs named in the whole message.
    """
    named = [job for part in parts for job in part.entities.get("job", ())]
    kept: list[Turn] = []
    for part in parts:
        alike = next((other for other in kept if other.intent == part.intent), None)
        bare = only_names(part)
        if alike is not None and (bare or not part.entities.get("job") or not alike.entities.get("job")):
            kept[kept.index(alike)] = _both(alike, part)
        elif not bare or len(parts) == 1:
            kept.append(part)
    if kept and len(kept) < len(parts):
        kept[0] = replace(kept[0], entities={**kept[0].entities, "job": named}) if named else kept[0]
    if not named and len(everywhere) == 1:
        # '人事になりたい。未経験。資格は？': named in what is no question.
        named = list(everywhere)
    if named:
        # '単調なのは苦手。事務でもやりがいはある？': both are about what only one names.
        kept = [
            replace(part, entities={**part.entities, "job": named[:1]})
            if part.intent in ABOUT_FOCUS and not part.entities.get("job") and not ABOUT_ALL.search(part.text)
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


def _brief(plan: Plan) -> Plan:
    """What is said of a plan beside another answer: the sentence that answers, or the first facts."""
    first = [line for line in plan.lines if line.level == 0] or list(plan.lines)
    return replace(plan, lines=tuple(first), fill=False)
