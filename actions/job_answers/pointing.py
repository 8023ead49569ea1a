"""What a message points back to: 'the second one', 'the others', 'the other way round', 'and then?'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from actions.job_answers.aspects import STEP_OF
from actions.job_answers.compose import page
from actions.job_answers.model import Line, Question
from actions.job_answers.names import named_in
from actions.job_answers.talk import KIND, Talk
from actions.job_answers.turns import ABOUT_FOCUS, CERTAIN, INTENT_OF_STEP, Outcome, State, Turn
from actions.knowledge.model import GROUPS
from bot.nlu.normalise import normalise

# '前者', '2番目': which of the things named in the last answer; -1 is the last of them.
_PLACES: Final = tuple(
    (re.compile(words), place)
    for words, place in (
        ("[一1](?:つ|個|番)(?:目|め)|ひとつ(?:目|め)|前者|(?:最初|先)の(?:ほう|方|やつ)", 0),
        ("[二2](?:つ|個|番)(?:目|め)|ふたつ(?:目|め)|後者", 1),
        ("[三3](?:つ|個|番)(?:目|め)|みっつ(?:目|め)", 2),
        ("[四4](?:つ|個|番)(?:目|め)|よっつ(?:目|め)", 3),
        ("最後の", -1),
    )
)
# '残りの二つは？': what the last answer did not point to.
_OTHERS: Final = re.compile(
    "残り|(?:ほか|他|あと)の(?:二|2|ふた)つ|それ以外の(?:二|2)|もう(?:片方|一方|(?:一つ|1つ|ひとつ|一個|1個)の?(?:ほう|方|やつ|は))"
    "|反対のほう|逆のほう"
)
_CONTRARY: Final = re.compile(
    "(?:じゃあ|では|で|その)?[、]?(?:逆|反対|真逆)(?:に|は|だと|の(?:人|タイプ|面|ほう|方|場合)?は?|って|なら)?"
    "(?:(?:向|む)いてい?ない(?:の|人|ひと|タイプ)(?:は|って)?)?[?。.!…、ー]*"
)
# 'じゃあ使わないのは？' after whether English is used.
_MORE_OR_LESS: Final = re.compile(
    "(?:じゃあ?|では|で|逆に)?[、]?(?:一番|いちばん)?"
    "(?:少ない|すくない|低い|多い|高い|ない|なし|いらない|(?:使|つか|話|関|扱|や|し|必要)(?:わ|さ|ら)?(?:う|す|る|わる|な|ない|なくていい))"
    "(?:の|ほう|方|やつ|仕事|事務|部署|とこ|ところ)(?:は|って)?[?]?"
    "|(?:じゃあ?|では|で)?[、]?(?:どの(?:部署|仕事|事務|職種)|どれ|どこ)が(?:一番|いちばん)?(?:少ない|多い|高い|低い|ない)(?:の|です|か)*[?]?"
)
# What is asked by 'and the other way round?', and in which words.
_OPPOSITE: Final = {
    "ask_suits": ("ask_suits", "向いていない人は?"),
    "ask_merits": ("ask_demerits", ""),
    "ask_demerits": ("ask_merits", ""),
}
# 'もう終わったので、次は'
_DONE: Final = re.compile(
    "(?:やった|やりました|やってある|終わ|おわ|済|すんだ|できた|できました|書いた|書けた|しました|した).{0,8}(?:次|つぎ|その後|そのあと)"
)
_NEXT: Final = re.compile(
    "^(?:じゃあ|では|で)?[、]?(?:(?:その)?(?:次|つぎ)(?:は|の|って|に|を|[?？。]|$)|(?:それ|これ)(?:が)?(?:終わ|おわ|済)(?:った|ん)[らだ])"
)
_ONE_BY_ONE: Final = re.compile("(?:一つ|ひとつ|1つ|一個|1個)ずつ|順番に|順に|上から")
# '人のほうは何をする？'
_THE_ONE_OF: Final = re.compile(
    "(?P<what>[一-鿿々ァ-ヺー]{1,4})(?:の)?(?:ほう|方|やつ)(?:の(?:やつ|仕事))?(?:は|って|の|を|も|が|に)"
)
# So many sentences that speak of a point are enough.
_MOST_BESIDE: Final = 2
# The four steps, in their order.
STEPS: Final = tuple(intent for intent in STEP_OF if intent != "ask_steps")
_ALL_STEPS: Final = ("ask_steps", *STEPS)


class Pointing(Talk):
    """Finds the thing that is meant among those that were named."""

    def referring(self, turn: Turn, state: State) -> Turn:
        """'後者は？', '2番目をもっと詳しく', 'その次は？': the turn with the thing that is meant."""
        steps = turn.entities.get("step", ())
        if len(steps) == 1 and _DONE.search(normalise(turn.text).text):
            # '自己分析はやったので、次から'
            at = STEPS.index(INTENT_OF_STEP[steps[0]]) + 1
            return turn.meant(STEPS[at % len(STEPS)], questions=(), entities={})
        if state.level is None or turn.entities.get("job") or not turn.text or turn.questions:
            return turn
        last = Question.from_slot(state.level["question"])
        text = normalise(turn.text).text
        contrary = self._contrary(turn, last, text)
        if contrary is not None:
            return contrary
        place = next((place for pattern, place in _PLACES if pattern.search(text)), None)
        if last.intent in STEP_OF and not turn.entities.get("step"):
            if _NEXT.search(text) and last.intent != STEPS[-1]:
                # After all of them, the next one is the first.
                return turn.meant(_ALL_STEPS[_ALL_STEPS.index(last.intent) + 1])
            if place is not None and -1 <= place < len(STEPS):
                return turn.meant(STEPS[place])
            return turn
        following = self._following(text, state)
        if following is not None:
            return _about(turn, following.removesuffix(KIND), text="")
        compared = tuple(state.level.get("compared", ()))
        jobs = last.jobs if len(last.jobs) > 1 else compared or state.focus_jobs
        kinds = [point.removesuffix(KIND) for point in self._points(state) if point.endswith(KIND)]
        named_last = jobs if len(jobs) > 1 else kinds
        others = [job for job in named_last if job not in state.focus_jobs]
        if len(jobs) < 2:
            # 'もう一つのほうは？' after one of the jobs that were suggested: the next of them
            others = others[:1]
        if others and len(others) < len(named_last) and _OTHERS.search(text):
            intent = "ask_difference" if len(others) > 1 else turn.intent if turn.intent in ABOUT_FOCUS else "ask_job"
            return turn.meant(intent, entities={**turn.entities, "job": others})
        if place is not None and len(jobs) < 2:
            return self._point(turn, state, place)
        named = None if place is not None else self._named_by_a_word(text, state)
        if named is not None:
            return _about(turn, named)
        if place is None or place >= len(jobs):
            return turn
        intent = turn.intent
        if intent not in (*ABOUT_FOCUS, "ask_untold") or turn.confidence < self._settings["sure"]:
            # Of a comparison the other side is asked for itself; of anything else, the same.
            intent = "ask_job" if last.intent == "ask_difference" else "follow_up"
        return turn.meant(intent, entities={**turn.entities, "job": [jobs[place]]})

    def _named_by_a_word(self, text: str, state: State) -> str | None:
        """'そのうち人のほうは何をする？' after 経理事務 and 人事事務: the only one named by that word."""
        word = _THE_ONE_OF.search(text)
        page = set((state.level or {}).get("page", ()))
        if word is None or not page:
            return None
        last = Question.from_slot((state.level or {})["question"])
        told = "".join(line.text for line in self.answers.plan(last).lines if line.id in page)
        jobs = {name.job for name in named_in(told) if name.job not in GROUPS}
        fit = [job for job in jobs if word["what"] in job]
        return fit[0] if len(fit) == 1 and len(jobs) > 1 else None

    def _point(self, turn: Turn, state: State, place: int) -> Turn:
        """'一つ目はどうしのげば？' after the drawbacks: the point that is meant, of what was listed last."""
        points = self._points(state)
        if not -len(points) <= place < len(points):
            return turn
        if not points[place].endswith(KIND):
            return turn.meant("point", text=points[place])
        return _about(turn, points[place].removesuffix(KIND), text="")

    def _following(self, text: str, state: State) -> str | None:
        """'一つずつ教えて', '次' after the jobs of a group: the one whose turn it is."""
        points = [point for point in self._points(state) if point.endswith(KIND)]
        if points and _ONE_BY_ONE.search(text):
            return points[0]
        told = [points.index(f"{job}{KIND}") for job in state.focus_jobs if f"{job}{KIND}" in points]
        return points[told[0] + 1] if told and _NEXT.search(text) and told[0] + 1 < len(points) else None

    @staticmethod
    def _points(state: State) -> list[str]:
        """The ids of the points that were listed last."""
        return list(((state.level or {}).get("listed") or {}).get("points", ()))

    def _point_told(self, turn: Turn, state: State) -> Outcome:
        """What there is to say of one point that was listed; `turn.text` is its id."""
        listed = (state.level or {}).get("listed") or {}
        question = Question.from_slot(listed["question"])
        plan = self.answers.plan(question)
        point = next(line for line in plan.lines if line.id == turn.text)
        title = point.passage.title if point.passage is not None else None
        more = [line for line in plan.lines if title and line.passage is not None and line.passage.under == title]
        said = Line(
            point.id, self._replies["point"].format(point=(title or point.text).removesuffix("。")), bullet=False
        )
        lines = more or [point] if title else [said, *self._beside(point, question)]
        now = page(
            replace(plan, lines=tuple(lines), aside=None), (), self._settings["first_answer_characters"], lead=""
        )
        outcome = self._said(question, plan, now, state, tuple((state.level or {})["shown"]))
        level = {**(outcome.state.level or {}), "listed": listed}
        return replace(outcome, state=replace(outcome.state, level=level))

    def _beside(self, point: Line, question: Question) -> list[Line]:
        """What else is known of a point without a title: sentences that speak of the same; else that there are none."""
        about = {*question.jobs, *(self.known.subjects[job].group for job in question.jobs)}
        named = Question("example", question.jobs, text=point.text)
        least = self._settings["direct_hit"]
        found = self.answers.hits(
            named, lambda p: p.subject in about and p.text.endswith("。") and p.id != point.id, least
        )
        if not found:
            return [Line(f"{point.id}.only", self._replies["point_only"], bullet=False)]
        return [Line(passage.id, passage.text, bullet=False, passage=passage) for passage in found[:_MOST_BESIDE]]

    def _contrary(self, turn: Turn, last: Question, text: str) -> Turn | None:
        """'逆は？' after whom a job suits, '少ないのは？' after which has the most, '使わないのは？' after whether."""
        opposite, less = _CONTRARY.fullmatch(text), _MORE_OR_LESS.fullmatch(text)
        if opposite and last.intent in _OPPOSITE:
            intent, words = _OPPOSITE[last.intent]
            entities = {**turn.entities, "job": list(last.jobs)}
            return turn.meant(intent, text=words, entities=entities)
        if opposite and last.intent == "ask_career" and len(last.jobs) == 2:
            # '逆は？' after whether one leads to the other
            entities = {**turn.entities, "job": list(last.jobs[::-1])}
            return turn.meant("ask_career", text=last.text, entities=entities)
        if not last.text or not (less or (opposite and last.intent == "ask_difference")):
            return None
        compared = last.intent == "ask_difference"
        among = self._members(last.jobs) if len(last.jobs) == 1 and compared else last.jobs
        jobs = list(among) if len(among) > 1 else list(self.known.jobs)
        words = f"{last.text}、{'少ない' if opposite else ''}{text}"
        asked = Question("ask_difference", tuple(jobs), {"job": jobs}, words, refused=last.refused)
        if self.answers.choice(asked) is None:
            return None
        return turn.meant("ask_difference", text=words,
            entities={**turn.entities, "job": jobs}, refused=last.refused,
        )  # fmt: skip

    def _members(self, groups: Sequence[str]) -> list[str]:
        return [job for job in self.known.jobs if self.known.subjects[job].group in groups]


def _about(turn: Turn, job: str, **other: Any) -> Turn:
    """'3番目のやつ詳しく' after the jobs of a group: the turn about that job."""
    intent = turn.intent if turn.intent in ABOUT_FOCUS and turn.confidence >= CERTAIN else "ask_job"
    return turn.meant(intent, entities={**turn.entities, "job": [job]}, **other)
