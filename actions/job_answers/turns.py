"""One message as it was understood, what is remembered between messages, and what is said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from actions.job_answers.aspects import ASPECT_OF, STEP_OF
from actions.job_answers.model import Button, Question
from bot.nlu.normalise import normalise

TOPIC: Final = (
    "ask_job", "ask_types", "ask_difference", "ask_what_suits_me", "ask_who_does", "ask_untold", "ask_service",
    "ask_service_terms", *ASPECT_OF, *STEP_OF,
)  # fmt: skip
# A question this short beside the name of a job is the last one again: '経理ならいける？'.
BARE: Final = 7
# What is so short leans on the answer before, in characters.
LEANS: Final = 20
# Without a job named, these are about the job talked about before.
ABOUT_FOCUS: Final = ("ask_job", *ASPECT_OF)
# ... unless the question is plainly about all jobs.
ABOUT_ALL: Final = re.compile(
    "(?:一番|いちばん).*(?:どれ|どの|どっち|職種|仕事|事務|部署|のは)|どの仕事|どの職種|どんな仕事が|どれが|全部|全体的|なれるのは|職種は|職種って|おすすめの"
)
# '正確さとスピード、どっちが大事？' weighs two things that are no jobs.
TWO_THINGS: Final = re.compile(
    "[^、。?\\s]と(?!後者)[一-鿿々ァ-ヺーa-z0-9]{2,8}(?:、|って|は|では|なら|だと)*(?:どっち|どちら)"
)
# 'そそっかしいんですけど大丈夫かな': whether one fits, not how one feels.
_FITTING: Final = re.compile(
    "(?:大丈夫|だいじょうぶ|平気|やっていけ|やってけ|やれ|務ま|勤ま|つとま|向い|合って|合う|でき|出来|いけ|なれ|続け|続く)"
    "[^、。!！?？]{0,5}(?:か|かな|かなぁ|かしら|の|よね|でしょう|っけ)?[?？。!！…・笑w]*$"
    "|(?<!もう)(?<!もう、)(?:無理|むり|無謀|無茶|だめ|ダメ|厳しい|きびしい)(?:です|でしょう|だ|なの)?(?:か|かな|かなぁ|よね|[?？])[?？。…笑w]*$"
)
# 'おっとりしてて不安です': what one is like, and a worry.
_LIKE_THIS: Final = re.compile(
    "(?:おっとり|のんびり|マイペース|心配性|あがり症|緊張しい|人見知り|飽きっぽ|飽き性|大雑把|おおざっぱ|ずぼら|ズボラ|せっかち|不器用|要領|物覚え|おっちょこ|そそっかし|"
    "うっかり|内気|口下手|優柔不断|音痴|短気|めんどくさがり|面倒くさがり|性格|タイプ|苦手|未経験|ブランク).{0,14}(?:不安|心配|こわい|怖い)"
)
INTENT_OF_STEP: Final = {
    "自己分析": "ask_step_self_analysis",
    "情報収集": "ask_step_research",
    "応募書類": "ask_step_documents",
    "面接": "ask_step_interview",
}
# Between names, and around them.
_JOINTS: Final = re.compile("[とやかはもの、。・,\\s]|って|なら")
# What was shown of an answer where its plain sentence was enough: '財務、ひとことで言うと？'.
PLAIN: Final = "plain"
SERVICE: Final = ("ask_service", "ask_service_terms", "request_human")
# What leans on the last answer, beside a question: 'もっと詳しく。あと資格は？'
CONTROLS: Final = ("more_detail", "simpler", "repeat", "example")
# What takes the conversation over, so that it comes last.
TAKING_OVER: Final = {"request_human": "action_handoff", "start_self_analysis": "action_self_analysis_start"}
# Below this, what the words themselves say outweighs a reading outside the topic.
HARDLY: Final = 0.5
# From here on what the classifier hears outweighs single words (docs/nlu.md: .96 of such are right).
CERTAIN: Final = 0.9


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
    # greetings, thanks and moods beside them
    remarks: Sequence[Turn] = ()
    # what the last answer was about decided the intent (bot/nlu/subject.py)
    guessed: bool = False
    # what a mood would be as a question about that
    of_subject: str = ""
    # how many characters of the text are names of jobs
    named: int = 0
    # what the job that is sought should have little to do with (`Question.refused`)
    refused: tuple[str, ...] | None = None

    def question(self, intent: str | None = None) -> Question:
        """The message as a question."""
        sure = intent in (None, self.intent) and self.confidence >= CERTAIN
        bare = len(normalise(self.text).text) - self.named <= BARE
        return Question(
            intent or self.intent, tuple(self.entities.get("job", ())), self.entities, self.text, sure, bare,
            refused=self.refused,
        )  # fmt: skip

    def meant(self, intent: str, **other: Any) -> Turn:
        """The turn with the intent that is surely meant, and whatever else of it is meant otherwise."""
        return replace(self, intent=intent, confidence=1.0, ranking=(), **other)


@dataclass(frozen=True, slots=True)
class State:
    """What the conversation remembers between turns; all of it is plain JSON in the tracker's slots."""

    focus_jobs: tuple[str, ...] = ()
    focus_aspect: str | None = None
    # {"question": …, "shown": [ids], "page": [ids of the last page], "left": how many more, "compared": [jobs last set
    # side by side], "subject": what it was about in a word, "recent": [jobs talked about one after the other],
    # "listed": {"question": …, "points": [ids]}}
    level: Mapping[str, Any] | None = None
    # {"intent": …, "entities": …}: what 'はい' would mean
    offer: Mapping[str, Any] | None = None
    lost: int = 0
    # whether a kind word was said for a hard time that was told of: once is enough
    comforted: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One bubble."""

    text: str
    buttons: tuple[Button, ...] = ()
    # {"kind": …, "urgency": …}: an adviser should look
    alert: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said, what is remembered, and the action that goes on from here, if any."""

    messages: tuple[Message, ...]
    state: State
    followup: str | None = None


def doubts(text: str) -> bool:
    """Whether somebody doubts to be fit for a job."""
    return bool(_FITTING.search(text) or _LIKE_THIS.search(text))


def only_names(part: Turn) -> bool:
    """Whether a stretch names jobs and says nothing of them."""
    return bool(part.entities.get("job")) and len(_JOINTS.sub("", part.text)) <= part.named + 1
