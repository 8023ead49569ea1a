"""A few words about the last answer that ask nothing new: doubt, 'so I can not?', 'it depends?', 'roughly?', 'why?'."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from typing import Final

from actions.job_answers.asking import asks, stretches
from actions.job_answers.aspects import OF_ASPECT, STEP_OF
from actions.job_answers.follow_ups import FollowUps
from actions.job_answers.lines import alike
from actions.job_answers.model import Question
from actions.job_answers.refusing import THAT_KIND, refused
from actions.job_answers.turns import LEANS, SERVICE, Message, Outcome, State, Turn
from actions.knowledge.model import Passage
from bot.nlu.normalise import normalise

# What stands before and behind such words: 'えー、それって…なんですか？'.
_BEFORE: Final = (
    "(?:(?:え+っ?|へえ+|へー|ふーん|ふむ|いや|でも|うーん|ん|じゃあ?|それじゃあ?|では|で|てか|てことは|ってことは|つまり|要は|結局"
    "|やっぱり?|やはり|それなら|だったら)[、。!?…ー ]*)*"
    "(?:(?:それ|これ|そこ|その話|今の(?:話)?|さっきの(?:話)?|どれも|全部|そう)(?:って|は|も|が|を|で|だと)?[、 ]*)?"
)
_AFTER: Final = (
    "(?:う|に|ってこと|ということ|って|と|言える?|言い切れる?|思って(?:いい|て)?|なの|なん|の|ん|です|ます|だ|でしょう?|だろう?|よね|よ|ね|な|か|かな|かよ"
    "|すか|っすか|感じ|けど|w|笑|、)*[?!。…ー]*"
)
# 'なんで？', 'どうしてそう言えるの'
_WHY: Final = re.compile(
    "(?:え|えっ|へえ|ん)?[、。]?(?:それ|それって|それは)?(?:なんで|なぜ|どうして|何で|なにゆえ|理由は|根拠は|どこが|どのへんが|どういうところが|どんなところが)"
    "(?:そう|そんな|です|だろう?|でしょう?|だ|なの|なん|言|い|え|える|切|れ|る|思|う|の|か|ない|って|こと|に|できる)*[?!。…]*"
)
# So many reasons are enough.
_MOST_REASONS: Final = 2
_UNTOLD: Final = re.compile("お答えできません|お伝えできません")


@cache
def _says(words: tuple[str, ...]) -> re.Pattern[str]:
    """A message that is one of these words and nothing else."""
    told = "|".join(re.escape(normalise(word).text) for word in words)
    return re.compile(f"{_BEFORE}(?:{told}){_AFTER}")


class SpokenBack(FollowUps):
    """Answers what is said of the last answer."""

    def _spoken_back(self, turn: Turn, state: State) -> Outcome | None:
        """The reply to a few words about the last answer; None where something else is said."""
        if state.level is None:
            return None
        text = normalise(turn.text).text
        last = Question.from_slot(state.level["question"])
        refusal = refused(text) if turn.refused is None else None
        if refusal is not None and refusal.surely and set(refusal.things) & set(THAT_KIND):
            return Outcome((Message(self._replies["without_that"], self._buttons(last, 0, state)),), state)
        if turn.entities.get("job"):
            return None
        on_page = set(state.level.get("page", ()))
        said_last = "".join(line.text for line in self.answers.plan(last).lines if line.id in on_page)
        untold = last.intent == "ask_untold" or bool(_UNTOLD.search(said_last))
        if _WHY.fullmatch(text):
            reasons = self._reasons(last, on_page, said_last)
            if not reasons and not untold and state.level.get("left"):
                return self._more(replace(turn, intent="more_detail"), state)
            said = "\n".join(reasons) or self._replies["why_untold" if untold else "why"]
        else:
            # '無理かな' of a job that is talked about is answered with whom it suits.
            said = "" if turn.intent == "ask_suits" else self._remarked(text, last, untold=untold)
        if not said:
            return None
        left = int(state.level.get("left", 0))
        return Outcome((Message(said, self._buttons(last, left, state)),), state)

    def _remarked(self, text: str, last: Question, *, untold: bool) -> str:
        """What is said to a remark of replies.yml; '' where the text is none that fits the last answer."""
        # 'いらない？ほんとに？'
        end = stretches(text)[-1:] if len(text) <= LEANS else []
        for remark in self._replies["spoken_back"]:
            says = _says(tuple(remark["words"]))
            if not any(map(says.fullmatch, (text, *end))) or (remark.get("asked") and not asks(text)):
                continue
            if last.intent in STEP_OF and remark.get("of_steps") is False:
                return ""
            kind = "untold" if untold else "of_service" if last.intent in SERVICE and "of_service" in remark else "say"
            return str(remark.get(kind, "")).format(how=self.answers.how_to_find_out(last))
        return ""

    def _reasons(self, last: Question, on_page: Collection[str], said: str) -> list[str]:
        """What there is to say of the one that was chosen, in the words of what was asked and said: 'なんで？'."""
        if last.intent != "ask_difference" or self.answers.choice(last) is None:
            return []
        best = self.answers.plan(last).jobs
        about = {*best, *(self.known.subjects[job].group for job in best)}
        least = self._settings["nearest"]

        def reasons_for(question: Question) -> list[Passage]:
            def of_these(passage: Passage) -> bool:
                return passage.subject in about and passage.id not in on_page and passage.aspect in OF_ASPECT

            return self.answers.hits(question, of_these, least)

        found = reasons_for(last) or reasons_for(replace(last, text=said))
        texts: list[str] = []
        for passage in found:
            if len(texts) < _MOST_REASONS and not any(alike(passage.text, text) for text in texts):
                texts.append(passage.text)
        return texts
