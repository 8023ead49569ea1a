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

from actions.job_answers.answers import ASPECT_OF, PAY_WORK, STEP_OF, Answers
from actions.job_answers.choosing import WHICH
from actions.job_answers.compose import page
from actions.job_answers.listed import listed
from actions.job_answers.model import Button, Line, Page, Plan, Question
from actions.knowledge.model import GROUPS, Passage
from bot.nlu.normalise import normalise

TOPIC: Final = (
    "ask_job", "ask_types", "ask_difference", "ask_what_suits_me", "ask_who_does", "ask_untold", "ask_service",
    "ask_service_terms", *ASPECT_OF, *STEP_OF,
)  # fmt: skip
# Without a job named, these are about the job talked about before.
# A question this short beside the name of a job is the last one again: '経理ならいける？'.
_BARE: Final = 7
_ABOUT_FOCUS: Final = ("ask_job", *ASPECT_OF)
# ... unless the question is plainly about all jobs.
_ABOUT_ALL: Final = re.compile(
    "(?:一番|いちばん).*(?:どれ|どの|どっち|職種|仕事|事務|部署|のは)|どの仕事|どの職種|どんな仕事が|どれが|全部|全体的|なれるのは|職種は|職種って|おすすめの"
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
_CONCRETE: Final = re.compile("具体|例え|たとえ|例を|例だ|例文|例とか|例は|例ちょ|例出")
# '財務、ひとことで言うと？', '簡単に言うとどう違う？': the plain sentence is enough.
PLAIN: Final = "plain"
_BRIEFLY: Final = re.compile(
    "(?:簡単に|かんたんに|カンタンに|わかりやすく|分かりやすく|やさしく|易しく)(?:言|い[うっえ]|説明|教|まとめ|おしえ)|ざっくり|一言|ひとこと|ひと言|"
    "要するに|手短|短く|小学生|中学生|(?:子ども|子供|こども)(?:に|でも)(?:説明|わか|分か|伝)|噛み砕|[0-9]+(?:字|文字)|一文で|一行で"
)
# '一個だけ教えて'
_ONLY_ONE: Final = re.compile("(?:一つ|1つ|ひとつ|一個|1個)(?:だけ|でいい|挙げ|あげ|教え)")
# 'ほんと？', 'それってまじ？': the last answer is doubted.
_DOUBT: Final = re.compile(
    "(?:え+|えー|へえ+|へー|ふーん|いや|でも|うーん)?[、。!?…ー]*(?:それ|これ|その話|今の)?(?:って|は|、)?"
    "(?:本当|ほんと|ほんま|まじ|マジ|がち|ガチ|うそ|嘘|ウソ)(?:う|に|か|なの|なん|で|です|だ|でしょう|かな|かよ|すか|っすか|の|w)*[?!。…]*"
)
# 'なんで？', 'どうしてそう言えるの'
_WHY: Final = re.compile(
    "(?:え|えっ|へえ|それ|それって|それは|ん)?[、。]?(?:なんで|なぜ|どうして|何で|なにゆえ|理由は|根拠は)"
    "(?:そう|そんな|です|だ|なの|なん|言|い|え|える|切|れ|る|思|う|の|か|ない|って|こと|に|できる)*[?!。…]*"
)
# '残りの二つは？': what the last answer did not point to.
_OTHERS: Final = re.compile(
    "残り|(?:ほか|他|あと)の(?:二|2|ふた)つ|それ以外の(?:二|2)|もう(?:片方|一方|一つのほう)|反対のほう|逆のほう"
)
_WITHIN: Final = re.compile("中で|なかで|うち|どの|どれ|一番|いちばん|(?:事務|職種|部署)(?:って|は)[?]?$")
_UNTOLD: Final = re.compile("お答えできません|お伝えできません")
# 'なら' sets one beside others only where there are others.
_CONDITION: Final = re.compile("なら|だったら")
_EITHER: Final = re.compile("どっち|どちら")
_TWO_THINGS: Final = re.compile(
    "[^、。?\\s]と[一-鿿々ァ-ヺーa-z0-9]{2,8}(?:、|って|は|では|なら|だと)*(?:どっち|どちら)"
)
_AMONG: Final = re.compile("どれ|どっち|どちら|どの|職種|部署|のは|仕事は|事務は|誰|だれ")
# One of several is surely asked for; 'なら' and '…のは？' also end other questions.
_SURELY_WHICH: Final = re.compile("どっち|どちら|どれ|どの|一番|いちばん")
# 'それって難しい？' asks; 'もっと簡単に' and a bare '難しい' are about the words of the last answer.
_HARDNESS: Final = re.compile(
    "(?:それ|これ|そこ|どっち|どちら|どれ|そっち)(?:って|は|が|も)?.{0,4}(?:難し|むずかし|むず|簡単|かんたん|楽)"
    "|(?:難しい|むずかしい|簡単な|楽な|大変な)の(?:は|って)|(?:難し|むずかし|むず)そう?(?:だ|です|だな)?(?:ね|な)?[。!…]*$"
)
_EXAM: Final = re.compile("独学|どのくらい|どれくらい|どんくらい|期間|何ヶ月|何か月|何日|受か|難し|むず|簡単")
_WHEN: Final = re.compile("どのくらい|どれくらい|どんくらい|何分|何時|いつ|何曜|曜|今から|予約|夜|時間|長い|長さ")
_ASKED_IN: Final = re.compile("聞かれ|きかれ|質問|訊かれ")
_OF_THE_BOT: Final = re.compile("あなた|君|きみ|お前|おまえ|ボット|bot|ここ|チャット|ai|何者")
_WHOM: Final = re.compile("(?:誰|だれ|どこ)(?:に|で)|確かめ|調べ")
_TO_PREPARE: Final = re.compile("できること|やること|やれること|準備")
_TO_GET_IN: Final = re.compile("(?:で働く|に入る|になる|入る|なる|就く|つく)には[?]?$")
_ITS_WORK: Final = re.compile(
    "(?:じゃあ|では|で)?[、]?(?:だいたいの|大体の|主な|普段の|ふだんの|実際の|おもな)?(?:お)?仕事(?:内容)?は[?]?"
)
_TOO: Final = re.compile("も(?:して|やって|見て|みて|お願い|でき|手伝)?[^、。]{0,6}[?]?$")
_WHAT_IS: Final = re.compile("って.{0,16}(?:のこと|何|なに|意味|とは)[?笑w]*$")
_SERVICE: Final = ("ask_service", "ask_service_terms", "request_human")
# Below this, what the words themselves say outweighs a reading outside the topic.
_HARDLY: Final = 0.5
_HARDLY_A_STEP: Final = 0.7
_NEXT: Final = re.compile("^(?:じゃあ|では|で)?[、]?(?:その)?(?:次|つぎ)(?:は|の|って|に|を|[?？。]|$)")
# The four steps, in their order.
_STEPS: Final = tuple(intent for intent in STEP_OF if intent != "ask_steps")
# From here on what the classifier hears outweighs single words (docs/nlu.md: .96 of such are right).
CERTAIN: Final = 0.9
# Surely about something else than the jobs compared just before.
_OTHER_MATTERS: Final = (*STEP_OF, "ask_service", "ask_service_terms", "ask_untold", "ask_what_suits_me")
# After these 'それって難しい？' is about a job.
_OF_JOBS: Final = (*_ABOUT_FOCUS, "ask_difference", "ask_who_does", "ask_types", "ask_what_suits_me")
# 'むずそ' may be heard as any of these.
_MAY_BE_HARD: Final = ("simpler", "acknowledge", "chitchat", "nlu_fallback", "answer_typed", "ask_difference")
# Where no job was spoken of, '一番英語を使うのは？' asks among all.
_WITHOUT_NAMES: Final = (
    "ask_difference", "ask_types", "ask_who_does", "ask_what_suits_me", "ask_worklife", "ask_skills", "ask_job",
    "ask_career", "ask_entry", "answer_typed", "nlu_fallback", "out_of_scope", "follow_up",
)  # fmt: skip
# Surely heard, these ask for one of several only in so many words: '社労士を取るなら？' does not.
_NOT_WHICH: Final = ("ask_certificates", "ask_entry", "ask_merits", "ask_demerits", "ask_suits", "ask_temp_work")
# So short is what leans on the answer before, in characters; and so likely the guess must be.
_SHORT_QUESTION: Final = 20
_GUESS: Final = 0.1
# Other topics that a question is now and then taken for.
_ELSEWHERE: Final = (
    "complaint", "bye", "chitchat", "praise", "insult", "ask_bot", "acknowledge", "change_answer", "show_result",
    "doubt_result",
)  # fmt: skip
# A question about the examination of the certificate just spoken of is short.
_EXAM_LENGTH: Final = 16
_HUMAN: Final = ("request_human", "handoff_choice")
_MOST_BUTTONS: Final = 4
# More than these set side by side are no 'どっち' any more.
_MOST_COMPARED: Final = 4


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
        bare = len(normalise(self.text).text) - self.named <= _BARE
        return Question(
            intent or self.intent, tuple(self.entities.get("job", ())), self.entities, self.text, sure, bare
        )


@dataclass(frozen=True, slots=True)
class State:
    """What the conversation remembers between turns; all of it is plain JSON in the tracker's slots."""

    focus_jobs: tuple[str, ...] = ()
    focus_aspect: str | None = None
    # {"question": …, "shown": [ids], "page": [ids of the last page], "compared": [jobs last set side by side]}
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
        turn, state = self.heard(turn, state), replace(state, lost=0)
        outcome = (
            self._spoken_back(turn, state)
            or self._several(turn, state)
            or self._with_untold(turn, self._one(turn, state))
        )
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
        if turn.intent in ("ask_who_does", "ask_job") and PAY_WORK.search(turn.text):
            # '給料計算をするのは人事？総務？' asks for no pay.
            return outcome
        question = Question("ask_untold", (), {"matter": turn.entities["matter"]}, "")
        text = page(self.answers.plan(question), (), self._settings["several_answers_characters"] // 2).text
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
        compared = tuple(state.level.get("compared", ()))
        jobs = last.jobs if len(last.jobs) > 1 else compared or state.focus_jobs
        others = [job for job in jobs if job not in state.focus_jobs]
        if others and len(others) < len(jobs) and _OTHERS.search(text):
            intent = "ask_difference" if len(others) > 1 else turn.intent if turn.intent in _ABOUT_FOCUS else "ask_job"
            return replace(turn, intent=intent, confidence=1.0, ranking=(), entities={**turn.entities, "job": others})
        if place is None or len(jobs) < 2 or place >= len(jobs):
            return turn
        intent = turn.intent
        if intent not in _ABOUT_FOCUS or turn.confidence < self._settings["sure"]:
            # Of a comparison the other side is asked for itself; of anything else, the same.
            intent = "ask_job" if last.intent == "ask_difference" else "follow_up"
        return replace(
            turn, intent=intent, confidence=1.0, ranking=(), entities={**turn.entities, "job": [jobs[place]]}
        )

    def _choosing(self, turn: Turn, state: State) -> Turn:
        """'総務と人事なら、採用するのはどっち？', or 'どっちが英語を使う？' after a comparison, as a comparison."""
        text = normalise(turn.text).text
        real = [part for part in turn.questions if not _only_names(part)]
        if not WHICH.search(text) or len({part.intent for part in real}) > 1:
            return turn
        if turn.confidence >= CERTAIN and turn.intent in _NOT_WHICH and not _SURELY_WHICH.search(text):
            return turn
        named = tuple(turn.entities.get("job", ()))
        jobs = named
        if not named:
            if turn.intent in _OTHER_MATTERS and turn.confidence >= CERTAIN:
                return turn
            jobs = Question.from_slot(state.level["question"]).jobs if state.level else ()
            if state.level and len(jobs) < 2 and _EITHER.search(text):
                # '後者は？' was asked in between.
                jobs = tuple(state.level.get("compared", ())) or jobs
        elif len(named) == 1 and named[0] not in GROUPS and turn.intent == "ask_difference":
            jobs = self._both_sides(Question("ask_difference", named), state).jobs
        if named and len(named) == 1 and self.answers.knows(replace(turn.question(), jobs=named)):
            return turn
        if len(named) == 1 and named[0] in GROUPS and not WHICH.search(_CONDITION.sub(" ", text)):
            # '事務に移るなら最初の一歩は？' wishes for the group and asks for none of it.
            return turn
        if len(jobs) == 1 and not (jobs[0] in GROUPS and _WITHIN.search(text)):
            jobs = named
        about_one = len(state.focus_jobs) == 1 and state.focus_jobs[0] not in GROUPS
        if about_one and not _AMONG.search(text):
            # '英語がいちばん大事？' is about the job talked about.
            return turn
        if not named and _TWO_THINGS.search(text):
            # '正確さとスピード、どっちが大事？' weighs no jobs.
            return turn
        if not jobs and turn.intent in _WITHOUT_NAMES and not self.answers.told_otherwise(turn.question()):
            jobs = GROUPS if _EITHER.search(text) else self.known.jobs
        if not jobs:
            return turn
        entities = {**turn.entities, "job": list(jobs)}
        if self.answers.choice(Question("ask_difference", jobs, entities, turn.text)) is None:
            return turn
        return replace(turn, intent="ask_difference", confidence=1.0, ranking=(), questions=(), entities=entities)

    def heard(self, turn: Turn, state: State) -> Turn:
        """The turn as what went before lets it be understood."""
        known = self._known(turn)
        return self._choosing(self._reread(self.referring(known, state), state), state)

    def speaks_back(self, turn: Turn, state: State) -> bool:
        """Whether a message is about the last answer, whatever else it looks like: 'ほんと？', 'なんで？'."""
        known = self._known(turn)
        heard = self._choosing(self._reread(known, state), state)
        return heard is not known or self._spoken_back(turn, state) is not None

    def _reread(self, turn: Turn, state: State) -> Turn:
        """A reading that the last answer corrects: 'どんなことしてくれるの？' after the advisers is about them."""
        if not turn.text or turn.questions:
            return turn
        text = normalise(turn.text).text
        jobs = tuple(turn.entities.get("job", ()))
        if turn.intent in _ELSEWHERE and turn.confidence < CERTAIN:
            own = turn.question("ask_job")
            if self.answers.task_owner(own):
                return replace(turn, intent="ask_who_does", confidence=1.0, ranking=())
            if self.answers.knows(own) or (not jobs and self.answers.knows(own.with_jobs(state.focus_jobs))):
                return replace(turn, intent="ask_job", confidence=1.0, ranking=())
        in_step = turn.intent in STEP_OF and not turn.entities.get("step") and turn.confidence < _HARDLY_A_STEP
        if in_step and self.answers.task_owner(turn.question()):
            # '輸出の書類に興味あり' speaks of a task, not of the papers for an application.
            return replace(turn, intent="ask_who_does", confidence=1.0, ranking=())
        if jobs and _TO_GET_IN.search(text):
            return replace(turn, intent="ask_entry", confidence=1.0, ranking=())
        if turn.intent == "distress" and jobs and self._bare(turn):
            # '営業事務 しんどい' is what people type into a search box.
            return replace(turn, intent="ask_demerits", confidence=1.0, ranking=())
        if turn.intent == "cancel" and jobs:
            return replace(turn, intent="follow_up", confidence=1.0, ranking=())
        if state.level is None:
            return turn
        to, entities = self._after(Question.from_slot(state.level["question"]), turn, text)
        return turn if to is None else replace(turn, intent=to, confidence=1.0, ranking=(), entities=entities)

    def _after(self, last: Question, turn: Turn, text: str) -> tuple[str | None, Mapping[str, Sequence[str]]]:
        """The intent that `turn` has after `last`, if another than was heard, and its entities."""
        jobs = turn.entities.get("job")
        hardness = {**turn.entities, "matter": ["難易度"]}
        to: str | None = None
        if last.intent == "ask_certificates" and not jobs and len(text) <= _EXAM_LENGTH and _EXAM.search(text):
            return ("ask_untold", hardness) if turn.intent not in ("more_detail", "ask_difference") else (None, {})
        if turn.intent in _MAY_BE_HARD and _HARDNESS.search(text) and last.intent in _OF_JOBS:
            several = len(last.jobs) > 1 and _AMONG.search(text)
            to = "ask_difference" if several or _EITHER.search(text) else "ask_demerits"
        elif last.intent in _SERVICE and not jobs:
            if turn.intent not in TOPIC and _WHEN.search(text):
                to = "ask_service_terms"
            elif (turn.intent == "ask_capabilities" and not _OF_THE_BOT.search(text)) or (
                turn.intent in STEP_OF and _TOO.search(text)
            ):
                to = "ask_service"
        elif turn.intent == "ask_capabilities" and last.intent in TOPIC and turn.confidence < CERTAIN:
            if last.intent == "ask_step_interview" and _ASKED_IN.search(text):
                to = "ask_step_interview"
            elif last.intent == "ask_entry":
                to = "ask_steps"
        elif last.intent == "ask_untold" and turn.intent not in TOPIC and turn.entities.get("matter"):
            to = "ask_untold"
        elif last.intent == "ask_entry" and turn.confidence < _HARDLY and _TO_PREPARE.search(text):
            to = "ask_steps"
        elif turn.intent == "ask_capabilities" and last.intent == "ask_untold" and _WHOM.search(text):
            return "ask_untold", last.entities
        elif turn.intent == "distress" and last.intent in STEP_OF and turn.confidence < _HARDLY_A_STEP:
            # '声が震えるんだけど' after the interview
            to = last.intent
        elif turn.intent == "ask_progress" and last.intent in TOPIC and last.intent != "ask_step_self_analysis":
            to = "ask_untold"
        return to, turn.entities

    def _spoken_back(self, turn: Turn, state: State) -> Outcome | None:
        """The answer to doubt and to 'why?'."""
        if state.level is None or turn.entities.get("job"):
            return None
        text = normalise(turn.text).text
        doubt, why = _DOUBT.fullmatch(text), _WHY.fullmatch(text)
        if not doubt and not why:
            return None
        last = Question.from_slot(state.level["question"])
        on_page = set(state.level.get("page", ()))
        said_last = "".join(line.text for line in self.answers.plan(last).lines if line.id in on_page)
        untold = last.intent == "ask_untold" or bool(_UNTOLD.search(said_last))
        if doubt:
            said = self._replies["doubt_untold" if untold else "doubt"]
        elif not untold and state.level.get("left"):
            return self._more(replace(turn, intent="more_detail"), state)
        else:
            said = self._replies["why_untold" if untold else "why"]
        left = int(state.level.get("left", 0))
        return Outcome((Message(said, self._buttons(last, left, state)),), state)

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
        messages: list[Message] = []
        unfinished: Mapping[str, Any] | None = None
        seen: set[str] = set()
        for part in asked[:3]:
            question = self._resolved(part.question(), state)
            plan = replace(self.answers.plan(question), aside=None)
            now = page(_brief(plan), (), self._settings["several_answers_characters"] // min(3, len(asked)))
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
        }
        if turn.intent in conversation:
            return conversation[turn.intent](turn, state)
        if turn.intent not in TOPIC:
            # Sent here by another topic that could make nothing of it.
            return self.lost(turn, state)
        if turn.intent == "ask_service" and _WISH.search(turn.text) and self.answers.hints(turn.question()):
            # '営業の人をサポートしたい' is a wish for oneself, not for the service.
            turn = replace(turn, intent="ask_what_suits_me", ranking=())
        own = self._about_the_focus(turn, state)
        if own is not None:
            return own
        untold = turn.intent == "ask_untold" and turn.confidence < _HARDLY and not turn.entities.get("matter")
        if untold and turn.entities.get("job") and not self.answers.names_matter(turn.text):
            turn = replace(turn, intent="ask_job", ranking=())
        doubt = self._unsure(turn, state)
        return doubt or self._answer(self._resolved(turn.question(), state), state)

    def _about_the_focus(self, turn: Turn, state: State) -> Outcome | None:
        """What is heard as something general, though its words fit the job talked about; or the short 'and X?'."""
        jobs = tuple(turn.entities.get("job", ()))
        last = Question.from_slot(state.level["question"]) if state.level else Question("")
        if last.intent and jobs and turn.confidence < _HARDLY and self._bare(turn) and jobs != state.focus_jobs:
            return self._follow_up(turn, state)
        if turn.confidence >= CERTAIN or not (jobs or state.focus_jobs):
            return None
        if turn.intent in ("ask_service", "ask_service_terms") and last.intent not in _SERVICE:
            own = turn.question("ask_job").with_jobs(jobs or state.focus_jobs)
        elif jobs:
            return None
        elif turn.intent in ("ask_what_suits_me", "ask_types") and _ITS_WORK.fullmatch(normalise(turn.text).text):
            return self._answer(Question("ask_job", state.focus_jobs), state)
        elif turn.intent == "ask_what_suits_me" and last.intent in ("ask_suits", "ask_merits", "ask_demerits"):
            own = turn.question("ask_suits").with_jobs(state.focus_jobs)
        else:
            return None
        return self._answer(own, state) if self.answers.knows(own) else None

    @staticmethod
    def _bare(turn: Turn) -> bool:
        """Whether hardly anything is said beside the name of a job."""
        return 0 < len(normalise(turn.text).text) - turn.named <= _BARE

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
            last = Question.from_slot(state.level["question"]).jobs if state.level else ()
            compared = tuple(state.level.get("compared", ())) if state.level else ()
            return question.with_jobs(last if len(last) > 1 else compared or state.focus_jobs)
        other = [job for job in state.focus_jobs if job != question.jobs[0]]
        if state.focus_aspect and other:
            return question.with_jobs((other[0], question.jobs[0]))
        return question

    def _jobs_in(self, words: str, turn: Turn) -> list[str]:
        """The jobs of a stretch of a message, by their own names; all of the message where it names none."""
        jobs = list(turn.entities.get("job", ()))
        return [job for job in jobs if job in words] or jobs

    def _answer(self, question: Question, state: State) -> Outcome:
        plan = self.answers.plan(question)
        if plan.plain and not plan.specific and _BRIEFLY.search(normalise(question.text).text):
            return self._said(question, plan, Page(plan.plain, (PLAIN,), len(plan.lines)), state, ())
        if plan.lines and (_ONLY_ONE if not plan.specific else _BRIEFLY).search(normalise(question.text).text):
            first = plan.lines[0]
            return self._said(question, plan, Page(first.text, (first.id,), len(plan.lines) - 1), state, ())
        limit = self._settings["direct_answer_characters" if plan.specific else "first_answer_characters"]
        return self._said(question, plan, page(plan, (), limit), state, ())

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
                "compared": compared,
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
        if not jobs and self.answers.knows(turn.question("ask_job")):
            # 'もっと具体的にするコツは？' asks for one thing.
            return self._answer(turn.question("ask_job"), state)
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
        if last.intent in STEP_OF and last.intent != "ask_steps":
            # '事務の場合は？' after the 志望動機
            return replace(last, jobs=jobs)
        if last.intent not in (*_ABOUT_FOCUS, "ask_difference", "ask_types", "ask_untold"):
            return Question("ask_job", jobs, turn.entities)
        words = last.text
        for name in (*last.jobs, *self.known.subjects):
            words = words.replace(name, "")
        entities = {**{k: v for k, v in last.entities.items() if k != "job"}, "job": jobs}
        question = Question(last.intent, jobs, entities, words)
        if last.intent == "ask_difference" and len(jobs) == 1:
            if jobs[0] in last.jobs:
                # 'バックオフィスはないの？' after both were compared: of this one alone.
                return replace(question, intent="ask_job")
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
        if self.answers.knows(turn.question("ask_job")):
            # '興味もない' says more than no.
            return self._answer(turn.question("ask_job"), state)
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
        return self._by_likeness(turn, state) or self._choices([name for name, _ in rivals], turn, state)

    def _by_likeness(self, turn: Turn, state: State) -> Outcome | None:
        """The answer to a question much like this one, before anybody is asked back."""
        question = replace(self._resolved(turn.question("ask_job"), state), in_doubt=True)
        return self._answer(question, replace(state, lost=0)) if self.answers.is_near(question) else None

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
        for own in (resolved, turn.question("ask_job")):
            if self.answers.knows(own):
                return self._answer(own, state)
        if question.jobs and state.level is not None and self._bare(turn):
            return self._follow_up(turn, state)
        if question.jobs and _WHAT_IS.search(normalise(turn.text).text):
            return self._answer(replace(turn.question("ask_job"), text=""), state)
        if not question.jobs and self.answers.hints(question):
            return self._answer(turn.question("ask_what_suits_me"), state)
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

    def _elliptic(self, turn: Turn, state: State) -> Question | None:
        """A short question that is hardly understood, right after an answer: 'それでもやる価値ある？' is about that."""
        guesses = [(name, share) for name, share in turn.ranking if name in TOPIC][:1]
        short = len(normalise(turn.text).text) <= _SHORT_QUESTION
        if state.level is None or state.lost or not short or not guesses or guesses[0][1] < _GUESS:
            return None
        (guess, _), last = guesses[0], Question.from_slot(state.level["question"])
        if guess in ASPECT_OF and state.focus_jobs:
            return turn.question(guess).with_jobs(state.focus_jobs)
        return turn.question(guess) if guess in STEP_OF and last.intent in STEP_OF else None

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
        turn = self.heard(turn, state)
        intents = [name for name, _ in turn.ranking if name in TOPIC][:1]
        if turn.intent in TOPIC:
            return self.respond(turn, state)
        own = turn.question("ask_entry")
        if not own.jobs and (self.answers.direct_aspect(own) == "entry" or turn.confidence < CERTAIN):
            # '前職は美容師です。座り仕事に変えたい' is about a way in, whatever the first job was.
            for question in (own, self._resolved(turn.question("ask_job"), state)):
                if self.answers.knows(question):
                    return self._answer(question, replace(state, lost=0))
        if not own.jobs and turn.confidence < CERTAIN and self.answers.hints(own):
            return self._answer(turn.question("ask_what_suits_me"), replace(state, lost=0))
        if turn.confidence < _HARDLY and state.level is not None:
            return self.lost(turn, state)
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
        bare = _only_names(part)
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


def _brief(plan: Plan) -> Plan:
    """What is said of a plan beside another answer: the sentence that answers, or the first facts."""
    first = [line for line in plan.lines if line.level == 0] or list(plan.lines)
    return replace(plan, lines=tuple(first), fill=False)


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
