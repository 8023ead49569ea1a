"""What is said where a message was not understood, or not for sure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from actions.job_answers.asking import closed, tells_only
from actions.job_answers.aspects import ASPECT_OF, STEP_OF
from actions.job_answers.model import Button, Question
from actions.job_answers.spoken_back import SpokenBack
from actions.job_answers.turns import LEANS, TOPIC, Message, Outcome, State, Turn
from actions.knowledge.model import GROUPS
from bot.nlu.normalise import normalise

_WHAT_IS: Final = re.compile("って.{0,16}(?:のこと|何|なに|意味|とは)[?笑w]*$")
# What people who tell of themselves most often want to know.
_AFTER_TOLD: Final = ("ask_what_suits_me", "ask_entry", "ask_step_documents")
# So likely the guess must be what a short question means.
_GUESS: Final = 0.1


class NotUnderstood(SpokenBack):
    """Answers where the words decide, asks back, or offers what is near."""

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
        intents = [name for name, _ in rivals]
        return (
            self._on_last(turn, state)
            or self._by_likeness(turn, state)
            or self._both_readings(intents, turn, state)
            or self._choices(intents, turn, state)
        )

    def _both_readings(self, intents: Sequence[str], turn: Turn, state: State) -> Outcome | None:
        """'それでも続けられるのはどんな人？' after a job: two aspects of it in short, before anybody is asked back."""
        if not all(intent in ASPECT_OF for intent in intents) or not (turn.entities.get("job") or state.focus_jobs):
            return None
        jobs = list(turn.entities.get("job") or state.focus_jobs)
        halves = tuple(
            replace(turn, intent=intent, ranking=(), entities={**turn.entities, "job": jobs}) for intent in intents
        )
        return self._together(halves, state)

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
        last = state.level["question"]["intent"] if state.level else ""
        if last == "ask_who_does" and not question.jobs and self.answers.task_owner(turn.question()):
            # 'じゃあ椅子が壊れたら' after the computer
            return self._answer(turn.question("ask_who_does"), state)
        for own in (resolved, turn.question("ask_job")):
            if self.answers.knows(own):
                return self._answer(own, state)
        if question.jobs and state.level is not None and self._bare(turn):
            return self._follow_up(turn, state)
        on_last = self._on_last(turn, state)
        if on_last is not None:
            return on_last
        if question.jobs and (_WHAT_IS.search(normalise(turn.text).text) or self._bare(turn)):
            return self._answer(replace(turn.question("ask_job"), text=""), state)
        told = tells_only(turn.text)
        if not question.jobs and self.answers.hints(question) and (told or not self.answers.is_near(resolved, "near")):
            return self._answer(turn.question("ask_what_suits_me"), state)
        if not (question.jobs or state.lost or self.answers.is_near(resolved, "surely_near")) and told:
            # '前は左官。膝を痛めた。': what follows from it is still to be asked.
            buttons = tuple(self._button(intent, ()) for intent in _AFTER_TOLD)
            return Outcome((Message(self._replies["told"], buttons),), replace(state, lost=1, offer=None))
        hits = self.answers.hits(question, least=1.25 * self._settings["direct_hit"])
        if hits or question.jobs:
            question = self._from_words(question, hits)
            outcome = self._answer(self._resolved(question, state), state)
            return replace(outcome, state=replace(outcome.state, lost=0))
        alike = self._by_likeness(turn, state)
        if alike is not None:
            return alike
        elliptic = self._elliptic(turn, state)
        if elliptic is not None:
            return self._answer(elliptic, state)
        text = normalise(turn.text).text
        if last in TOPIC and text.endswith("?") and closed(text) and len(text) <= LEANS:
            # Yes or no is wanted of something that nobody knows.
            unknown = replace(resolved, intent="ask_untold", text="")
            return self._answer(unknown, replace(state, lost=0))
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

    def _on_last(self, turn: Turn, state: State) -> Outcome | None:
        """The answer to a few words that lean on the last one."""
        leaning = self._leaning_question(turn, state)
        return None if leaning is None else self._answer(leaning, replace(state, lost=0), anew=True)

    def _elliptic(self, turn: Turn, state: State) -> Question | None:
        """A short question that is hardly understood, right after an answer: 'それでもやる価値ある？' is about that."""
        guesses = [(name, share) for name, share in turn.ranking if name in TOPIC][:1]
        short = len(normalise(turn.text).text) <= LEANS
        if state.level is None or state.lost or not short or not guesses or guesses[0][1] < _GUESS:
            return None
        (guess, _), last = guesses[0], Question.from_slot(state.level["question"])
        if guess in ASPECT_OF and state.focus_jobs:
            return turn.question(guess).with_jobs(state.focus_jobs)
        return turn.question(guess) if guess in STEP_OF and last.intent in STEP_OF else None

    def _near(self, turn: Turn) -> list[Button]:
        buttons = [self._button_of(passage) for passage in self.answers.nearest(turn.text)]
        return list({button.title: button for button in buttons}.values())
