"""Two questions or more in one message: each gets its short answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from actions.job_answers.aspects import PAY_WORK
from actions.job_answers.compose import page
from actions.job_answers.listed import listed
from actions.job_answers.model import Plan, Question
from actions.job_answers.talk import Talk
from actions.job_answers.turns import ABOUT_ALL, ABOUT_FOCUS, TOPIC, Message, Outcome, State, Turn, only_names

# More is asked than the one thing that was understood.
_ALSO: Final = re.compile("あと|それと|それから|ついでに|ちなみに|[?？。].")


class Several(Talk):
    """Takes a message apart and answers its questions together."""

    def _several(self, turn: Turn, state: State) -> Outcome | None:
        """Two questions or more in one message: each gets its short answer."""
        apart = listed(self.known.topics, turn.text)
        if len(apart) > len({part.intent for part in turn.questions}):
            # '経理の仕事内容と資格教えて': the nouns say more than the classifier heard.
            parts = tuple(
                Turn(intent, 1.0, words, {**turn.entities, "job": self._jobs_in(words, turn)})
                for intent, words in apart
            )
            turn = replace(turn, questions=parts)
        if self._hinting(turn):
            return None
        asked = _joined(
            [
                part
                for part in turn.questions
                if part.intent in TOPIC and (part.intent != "ask_service_terms" or self.answers.asks_terms(part.text))
            ],
            turn.entities.get("job", ()),
        )
        if len(asked) == 1 and len(turn.questions) > 1 and all(part.intent in TOPIC for part in turn.questions):
            # What looked like two was one: '事務職とバックオフィス、どっちが大事？'
            return self._one(replace(turn, intent=asked[0].intent, questions=(), ranking=()), state)
        if len(asked) == 1 and len(turn.questions) > 1 and turn.intent in TOPIC:
            # The other part was a greeting or the like: the question is what matters, with all that was named.
            entities = asked[0].entities or turn.entities
            return self._one(replace(asked[0], entities=entities, ranking=()), state)
        if len(asked) < 2 or self._is_one(turn, asked, state):
            return None
        return self._together(asked[:3], state)

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
        """The short answers to some questions, a bubble each."""
        messages: list[Message] = []
        unfinished: Mapping[str, Any] | None = None
        seen: set[str] = set()
        for part in asked:
            question = self._resolved(part.question(), state)
            plan = replace(self.answers.plan(question), aside=None)
            now = page(_brief(plan), (), self._settings["several_answers_characters"] // len(asked))
            now = replace(now, left=len(plan.lines) - len(now.shown))
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
