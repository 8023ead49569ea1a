"""One turn of the conversation about jobs: what was said before decides what is meant now.

Plain data in, plain data out. Nothing is kept here between turns: what must be remembered is in `State`, which the
action writes into the tracker's slots.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from actions.job_answers.asking import closed, tells_only
from actions.job_answers.aspects import PAY_WORK
from actions.job_answers.hardships import told_hardship
from actions.job_answers.model import Question
from actions.job_answers.not_understood import NotUnderstood
from actions.job_answers.reading import Reading
from actions.job_answers.several import Several
from actions.job_answers.turns import (
    ABOUT_FOCUS,
    CERTAIN,
    HARDLY,
    SERVICE,
    TOPIC,
    Message,
    Outcome,
    State,
    Turn,
    doubts,
)
from actions.knowledge.model import GROUPS
from bot.nlu.normalise import normalise

_WISH: Final = re.compile(
    "(?:支えたい|助けたい|サポートしたい|手伝いたい|やりたい|なりたい|してみたい)(?:です|んです|な)?[。!！]?$"
)
_ASKS_WHO: Final = re.compile(
    "誰|だれ|どこ|どの|どっち|どちら|何事務|部署|担当|職種|係|役|の仕事|やつ|する人|人は|人って"
)
_ITS_WORK: Final = re.compile(
    "(?:じゃあ|では|で)?[、]?(?:だいたいの|大体の|主な|普段の|ふだんの|実際の|おもな)?(?:お)?仕事(?:内容)?は[?]?"
)

# A new job is on one's mind.
_OF_WORK: Final = re.compile("就職|転職|働(?:き|こう|く)|仕事を?探|勤め(?:たい|に)|別の(?:道|仕事)")
# What is told of oneself and asked is answered, however foreign the trade: a way in, who may ask, what to tell.
_OF_ONESELF: Final = ("entry", "service", "documents", "interview", "certificates")


class Conversation(Several, Reading, NotUnderstood):
    """Turns messages into replies over a knowledge base."""

    def respond(self, turn: Turn, state: State, *, guided: bool = False) -> Outcome:
        """Answers one message of this topic.

        Args:
            turn: what was understood.
            state: what is remembered.
            guided: a guided question is open, and only its own buttons may be shown.
        """
        if guided:
            # The open question goes on after the answer: no other topic joins in.
            turn = replace(turn, remarks=(), questions=[part for part in turn.questions if part.intent in TOPIC])
        turn, state = self.heard(turn, state), replace(state, lost=0)
        outcome = (
            self._spoken_back(turn, state)
            or self._several(turn, state)
            or self._with_untold(turn, self._one(turn, state))
        )
        if not guided:
            return self._with_kind_word(turn, outcome)
        bare = tuple(replace(message, buttons=()) for message in outcome.messages)
        return replace(outcome, messages=bare, state=replace(outcome.state, offer=None))

    def speaks_back(self, turn: Turn, state: State) -> bool:
        """Whether a message is about the last answer, whatever else it looks like: 'ほんと？', 'なんで？'."""
        known = self._known(turn)
        heard = self._in_light(known, state)
        return heard is not known or self._spoken_back(turn, state) is not None

    def _one(self, turn: Turn, state: State) -> Outcome:
        if self._hinting(turn):
            turn = replace(turn, intent="ask_what_suits_me", questions=(), ranking=())
        conversation = {
            "more_detail": self._more,
            "simpler": self._simpler,
            "repeat": self._repeat,
            "example": self._example,
            "follow_up": self._follow_up,
            "correct_job": self._correct_job,
            "affirm": self._affirm,
            "deny": self._deny,
            "point": self._point_told,
        }
        if turn.intent == "leaning":
            return self._on_last(turn, state) or self.lost(turn, state)
        if turn.intent in conversation:
            return conversation[turn.intent](turn, state)
        if turn.intent not in TOPIC:
            # Sent here by another topic that could make nothing of it.
            return self.lost(turn, state)
        if turn.intent == "ask_service" and _WISH.search(turn.text) and self.answers.hints(turn.question()):
            # '営業の人をサポートしたい' is a wish for oneself, not for the service.
            turn = replace(turn, intent="ask_what_suits_me", ranking=())
        jobs = turn.entities.get("job")
        own = self._about_the_focus(turn, state)
        if own is not None:
            return own
        untold = turn.intent == "ask_untold" and turn.confidence < HARDLY and not turn.entities.get("matter")
        if untold and jobs and not self.answers.names_matter(turn.text):
            turn = replace(turn, intent="ask_job", ranking=())
        if turn.intent == "ask_untold" and (jobs or state.focus_jobs) and PAY_WORK.search(turn.text):
            # '人事は給料の額も決めるの？' is about a task.
            turn = replace(turn, intent="ask_job", ranking=(), entities={**turn.entities, "matter": []})
        doubt = self._unsure(turn, state)
        return doubt or self._answer(self._resolved(turn.question(), state), state)

    def _about_the_focus(self, turn: Turn, state: State) -> Outcome | None:
        """What is heard as something general, though its words fit the job talked about; or the short 'and X?'."""
        jobs = tuple(turn.entities.get("job", ()))
        last = Question.from_slot(state.level["question"]) if state.level else Question("")
        if last.intent and jobs and turn.confidence < HARDLY and self._bare(turn) and jobs != state.focus_jobs:
            return self._follow_up(turn, state)
        text = normalise(turn.text).text
        if turn.intent == "ask_who_does" and len(state.focus_jobs) == 1 and not jobs and not _ASKS_WHO.search(text):
            # 'お客さんと電話する？' after 営業事務
            return self._answer(turn.question("ask_job").with_jobs(state.focus_jobs), state) if closed(text) else None
        if turn.confidence >= CERTAIN or not (jobs or state.focus_jobs):
            return None
        if turn.intent in ("ask_service", "ask_service_terms") and last.intent not in SERVICE:
            own = turn.question("ask_job").with_jobs(jobs or state.focus_jobs)
        elif jobs:
            return None
        elif turn.intent in ("ask_what_suits_me", "ask_types") and _ITS_WORK.fullmatch(normalise(turn.text).text):
            return self._answer(Question("ask_job", state.focus_jobs), state)
        elif turn.intent == "ask_what_suits_me" and doubts(turn.text) and not self.answers.hints(turn.question()):
            # '心配性なんですけどやっていけるかな'
            return self._answer(turn.question("ask_suits").with_jobs(state.focus_jobs), state)
        elif turn.intent == "ask_what_suits_me" and last.intent in ("ask_suits", "ask_merits", "ask_demerits"):
            own = turn.question("ask_suits").with_jobs(state.focus_jobs)
        else:
            return None
        return self._answer(own, state) if self.answers.knows(own) else None

    def outside(self, turn: Turn, state: State) -> Outcome:
        """What nobody understood, or what is about another subject."""
        outcome = self.out_of_scope(turn, state) if turn.intent == "out_of_scope" else self.lost(turn, state)
        return self._with_kind_word(replace(turn, remarks=()), outcome)

    def out_of_scope(self, turn: Turn, state: State) -> Outcome:
        """Another subject: said kindly, with what there is to talk about."""
        turn = self.heard(turn, state)
        intents = [name for name, _ in turn.ranking if name in TOPIC][:1]
        if turn.intent in TOPIC:
            return self.respond(turn, state)
        own = turn.question("ask_entry")
        if self.answers.puts_to_use(own):
            return self._answer(turn.question("ask_what_suits_me"), replace(state, lost=0))
        if not own.jobs and (self.answers.direct_aspect(own) in _OF_ONESELF or turn.confidence < CERTAIN):
            # '前職は美容師です。座り仕事に変えたい' is about a way in, whatever the first job was.
            for question in (own, self._resolved(turn.question("ask_job"), state)):
                if self.answers.knows(question):
                    return self._answer(question, replace(state, lost=0))
        if not own.jobs and turn.confidence < CERTAIN and self.answers.hints(own):
            return self._answer(turn.question("ask_what_suits_me"), replace(state, lost=0))
        alike = turn.question("ask_job")
        if turn.confidence < CERTAIN and self.answers.is_near(alike, "near"):
            return self._answer(replace(alike, in_doubt=True), replace(state, lost=0))
        if turn.confidence < HARDLY and state.level is not None:
            return self.lost(turn, state)
        if turn.entities.get("matter") and (turn.entities.get("job") or turn.entities.get("certificate")):
            return self._answer(turn.question("ask_untold"), state)
        if turn.entities.get("job"):
            # Whoever names a job of ours means it, whatever else the words look like.
            own = turn.question("ask_job")
            hits = [] if self.answers.knows(own) else self.answers.hits(own, least=self._settings["sure_hit"])
            if hits:
                own = self._from_words(own, hits)
            elif not self.answers.knows(own) and intents and intents[0] in ABOUT_FOCUS:
                own = turn.question(intents[0])
            return self._answer(own, state)
        if self.answers.names_matter(turn.text, outside=True):
            # '国民年金の切り替えってどうするの': near to a change of job, and nobody's task at work
            return self._answer(turn.question("ask_untold"), state)
        if self.answers.task_owner(turn.question()):
            return self._answer(turn.question("ask_who_does"), state)
        of_oneself = self.answers.experienced(own) or _OF_WORK.search(turn.text) or told_hardship(self.known, turn.text)
        if of_oneself and tells_only(turn.text):
            # '俺、寿司職人。44。', '声優を諦めて就職します', '仲居です。膝が痛くて'
            return self.lost(turn, replace(state, lost=0))
        buttons = (
            self._button("ask_difference", GROUPS), self._button("ask_what_suits_me", ()),
            self._button("request_human", ()),
        )  # fmt: skip
        again = state.lost > 0
        if again:
            buttons = (buttons[2], *buttons[:2])
        text = self._replies["out_of_scope_again" if again else "out_of_scope"]
        return Outcome((Message(text, buttons),), replace(state, offer=None, lost=state.lost + 1))
