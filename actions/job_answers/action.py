"""The Rasa side of the answers: reads the tracker, asks the plain functions, writes the slots."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.job_answers.answers import Answers
from actions.job_answers.asking import content, last_asked
from actions.job_answers.aspects import OF_STEP, STEP_OF
from actions.job_answers.conversation import Conversation
from actions.job_answers.model import ENTITIES, Question
from actions.job_answers.names import named_in
from actions.job_answers.turns import CERTAIN, TOPIC, Outcome, State, Turn, doubts
from actions.knowledge.asked import asked
from actions.knowledge.model import GROUPS, knowledge
from actions.knowledge.owners import owners
from actions.knowledge.search import index
from actions.notice import say_notice_once
from actions.safety.talk import SafetyState
from bot.nlu.subject import GUESSED, OF_SUBJECT
from bot.operator_settings import operator

# The intents that the rules of this topic pass on (data/rules/job_answers.yml).
HEARD: Final = (
    *TOPIC, "more_detail", "simpler", "repeat", "example", "follow_up", "correct_job", "affirm", "deny",
)  # fmt: skip
_WHOSE: Final = re.compile(
    "(?:誰|だれ|どこ|どの(?:部署|仕事|職種|人)|何の仕事|なんの仕事|役|担当|係)(?:って|の|が|は|に|なの|です|か|だ|[?？]|$)"
)
_WANTED: Final = re.compile(
    "(?:やりたい|なりたい|目指したい|就きたい|働きたい|したい)(?:です|んです|な|かも|なぁ)?[。!！w]*$"
)
_TO_GET_IN: Final = re.compile("使って|雇|採って|採用|入れ|なれ|行け|いけ|でき|無理|目指|応募|移れ|変われ")
# '男もいる？', '女性は少ない？'
_SEXES: Final = re.compile(
    "(?:男|女)(?:の人|の子|性|子)?(?:って|も|は|が|の)?(?:いる|います|おる|多い|多め|少ない|少なめ|ばっか|ばかり|率)[^、。]{0,3}[?？]?$"
)
# 'きつそう'
_SEEMS: Final = re.compile("そう(?:だ|です|かも|やな?|で)?(?:な|ね|よね|w|笑)*[。、!…]*$")
# Only while a question of the self-analysis is open do these say anything.
_CONTROLS: Final = (
    "go_back", "skip_question", "ask_reason", "explain_question", "change_answer", "ask_progress", "answer_typed",
)  # fmt: skip
# A second guess below this is no better than asking back.
NEAR: Final = 0.1


@lru_cache(maxsize=1)
def conversation() -> Conversation:
    """The answers over the project's knowledge, made once a process. Holds nothing of any conversation."""
    return Conversation(Answers(knowledge(), index(), operator(), asked(), owners()))


def read_turn(parsed: Mapping[str, Any]) -> Turn:
    """Rasa's NLU result as a turn. A message that starts with '/' was tapped: it has no words of its own."""
    text = str(parsed.get("text") or "")
    intent = parsed.get("intent") or {}
    entities: dict[str, list[str]] = {}
    named = 0
    for entity in parsed.get("entities") or ():
        if entity.get("entity") == "job":
            named += int(entity.get("end") or 0) - int(entity.get("start") or 0)
        if entity.get("entity") in ENTITIES and isinstance(entity.get("value"), str):
            values = entities.setdefault(entity["entity"], [])
            if entity["value"] not in values:
                values.append(entity["value"])
    ranking = [
        (str(other.get("name")), float(other.get("confidence") or 0.0)) for other in parsed.get("intent_ranking") or ()
    ]
    return Turn(
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0.0),
        text="" if text.startswith("/") else text,
        entities=entities,
        ranking=ranking,
        questions=tuple(read_turn(part) for part in parsed.get("questions") or ()),
        remarks=tuple(read_turn(part) for part in parsed.get("remarks") or ()),
        guessed=bool(parsed.get(GUESSED)),
        of_subject=str((parsed.get(OF_SUBJECT) or {}).get("name") or ""),
        named=named,
    )


def read_state(tracker: Tracker) -> State:
    """What the tracker remembers of this topic."""
    return State(
        focus_jobs=tuple(tracker.get_slot("focus_jobs") or ()),
        focus_aspect=tracker.get_slot("focus_aspect"),
        level=tracker.get_slot("answer_level"),
        offer=tracker.get_slot("offer"),
        lost=int(tracker.get_slot("lost_count") or 0),
        comforted=bool(tracker.get_slot("comforted")),
    )


def slot_events(before: State, after: State) -> list[dict[str, Any]]:
    """Slot events for what changed: every event is stored for good, so none is written for nothing."""
    pairs = (
        ("focus_jobs", list(before.focus_jobs), list(after.focus_jobs)),
        ("focus_aspect", before.focus_aspect, after.focus_aspect),
        ("answer_level", before.level, after.level),
        ("offer", before.offer, after.offer),
        ("lost_count", before.lost, after.lost),
        ("comforted", before.comforted, after.comforted),
    )
    return [SlotSet(name, new) for name, old, new in pairs if old != new]


def say(dispatcher: CollectingDispatcher, before: State, outcome: Outcome) -> list[dict[str, Any]]:
    """Utters an outcome and returns its events."""
    for message in outcome.messages:
        buttons = [{"title": button.title, "payload": button.payload} for button in message.buttons]
        dispatcher.utter_message(text=message.text, buttons=buttons or None)
        if message.alert:
            dispatcher.utter_message(json_message={"alert": message.alert})
    events = slot_events(before, outcome.state)
    if outcome.followup:
        events.append(FollowupAction(outcome.followup))
    return events


def nearest_of_topic(turn: Turn, state: State | None = None) -> Turn | None:
    """The turn as this topic would have it, where another topic passed it on as misread; None if nothing is near."""
    if turn.intent in HEARD:
        return turn
    level = state.level if state else None
    last = str(level["question"]["intent"]) if level else ""
    if last in STEP_OF and not turn.entities.get("job") and conversation().answers.knows(turn.question(last)):
        # '居酒屋のバイトしかない' after the papers
        return replace(turn, intent=last, ranking=())
    if state is not None and doubts_fit(turn, state):
        group = None if state.level else _group_of_trait(turn)
        entities = {**turn.entities, "job": [group]} if group else turn.entities
        return replace(turn, intent="ask_suits", entities=entities, ranking=())
    if turn.intent == "distress" and turn.of_subject:
        # 'ミスったら怖い'
        return replace(turn, intent=turn.of_subject, confidence=CERTAIN, guessed=True, ranking=())
    if state is not None and _of_sexes(turn, state):
        return replace(turn, intent="ask_untold", entities={**turn.entities, "matter": ["男女比"]}, ranking=())
    of_oneself = turn.intent == "discrimination" and conversation().answers.direct_aspect(turn.question()) in (
        None,
        "entry",
    )
    if turn.entities.get("job") and (of_oneself or _WANTED.search(turn.text)):
        # '40過ぎの男ですが経理は無謀ですか'
        return replace(turn, intent="ask_entry", ranking=())
    told_of = None if turn.entities.get("job") else conversation().answers.direct_aspect(turn.question("ask_job"))
    if told_of is not None:
        return replace(turn, intent=OF_STEP.get(told_of, "ask_job"), ranking=())
    told = turn.intent == "answer_typed" and conversation().answers.tells_of_oneself(turn.question())
    if not turn.entities.get("job") and (told or conversation().answers.hints(turn.question())):
        return replace(turn, intent="ask_what_suits_me", ranking=())
    # What makes no sense here leaves its share to the others: '何書けばいい' after 履歴書 is no cry for an explanation.
    possible = [(intent, confidence) for intent, confidence in turn.ranking if intent not in _CONTROLS]
    share = sum(confidence for _, confidence in possible) or 1.0
    for intent, confidence in possible:
        if intent in HEARD and confidence / share >= NEAR:
            return replace(turn, intent=intent, confidence=confidence / share)
    return None


def without_controls(turn: Turn) -> Turn | None:
    """A message that looks like a control of the self-analysis, though no question is open, as it may be meant."""
    return nearest_of_topic(turn) if turn.intent in _CONTROLS else None


def _of_sexes(turn: Turn, state: State) -> bool:
    """Whether it is asked how many men and women there are in the job talked about."""
    return turn.intent == "discrimination" and bool(state.focus_jobs) and bool(_SEXES.search(turn.text))


def asks_of_sexes(tracker: Tracker) -> bool:
    """The same of the message in a conversation."""
    return _of_sexes(read_turn(tracker.latest_message), read_state(tracker))


def about_subject(parsed: Mapping[str, Any]) -> bool:
    """Whether a mood is a judgement of the job talked about: 'ミスったら怖い', '自分には無理そう'; 'つらい' is none."""
    turn = read_turn(parsed)
    # A step draws whatever is said: only a judgement is surely of it ('落ちそう').
    of_work = turn.of_subject not in STEP_OF and any(len(word) > 1 for word in content(turn.text))
    return bool(turn.of_subject) and bool(of_work or _SEEMS.search(turn.text))


def hints(parsed: Mapping[str, Any]) -> bool:
    """Whether a message tells of the person something that points to jobs."""
    return conversation().answers.hints(read_turn(parsed).question())


def comforts(tracker: Tracker) -> bool:
    """Whether the answer will begin with a word for the hard time that the message tells of."""
    return bool(conversation().comfort(read_turn(tracker.latest_message), read_state(tracker)))


def speaks_back(tracker: Tracker) -> bool:
    """Whether the message can only be about the last answer: 'ほんと？'."""
    return conversation().speaks_back(read_turn(tracker.latest_message), read_state(tracker))


def about_work(parsed: Mapping[str, Any]) -> bool:
    """Whether a message asks for the job behind a task, by its words or by the second guess."""
    turn = read_turn(parsed)
    if conversation().answers.task_owner(turn.question()) or _WHOSE.search(turn.text):
        return True
    second = next((name for name, _ in turn.ranking if name != turn.intent), "")
    return second in TOPIC and turn.confidence < CERTAIN / 2


def _own_and_here(tracker: Tracker) -> tuple[Question, Question]:
    """What a message asks by its own words, and the same of the jobs talked about where it names none."""
    own = read_turn(tracker.latest_message).question("ask_job")
    return own, own if own.jobs else own.with_jobs(read_state(tracker).focus_jobs)


def doubts_fit(turn: Turn, state: State) -> bool:
    """Whether somebody doubts to be fit for a job, though it sounds like a mood: one who hears of jobs, or who tells of
    a trait of which it is known what jobs make of it ('そそっかしいんですけど大丈夫かな').
    """
    heard = turn.intent == "distress" and doubts(turn.text)
    return heard and (state.level is not None or _group_of_trait(turn) is not None)


def _group_of_trait(turn: Turn) -> str | None:
    """The group of jobs for which it is known whether it suits somebody like this."""
    question = turn.question("ask_suits")
    return next((group for group in GROUPS if conversation().answers.knows(question.with_jobs((group,)))), None)


def doubts_to_fit(tracker: Tracker) -> bool:
    """The same of the message in a conversation (`doubts_fit`)."""
    return doubts_fit(read_turn(tracker.latest_message), read_state(tracker))


def asked_before(tracker: Tracker, *, sure: bool = True) -> bool:
    """Whether people asked something (`sure`: very) like the message, of the jobs talked about."""
    return conversation().answers.is_near(_own_and_here(tracker)[1], "near" if sure else None)


def knows_here(tracker: Tracker) -> bool:
    """Whether the words of a message, with the jobs talked about, ask one thing that this topic can tell."""
    return any(map(conversation().answers.knows, _own_and_here(tracker)))


def knows_step(parsed: Mapping[str, Any]) -> bool:
    """Whether the words of a message ask one thing of applying that this topic can tell: '面接が不安'."""
    return _aspect_of_words(parsed) in OF_STEP


def knows_service(parsed: Mapping[str, Any]) -> bool:
    """The same of the service: '障害者雇用の枠のことも聞けますか'."""
    return _aspect_of_words(parsed) == "service"


def _aspect_of_words(parsed: Mapping[str, Any]) -> str | None:
    return conversation().answers.direct_aspect(read_turn(parsed).question("ask_job"))


def of_step(state: State) -> bool:
    """Whether the last answer was about a step of applying."""
    return state.level is not None and state.level["question"]["intent"] in STEP_OF


def composes(tracker: Tracker) -> bool:
    """Whether the answers to the parts of a message still have to be put together, which is done here."""
    if in_guided_question(tracker) or _answered_here(tracker):
        return False
    return conversation().composes(read_turn(tracker.latest_message))


def _answered_here(tracker: Tracker) -> bool:
    """Whether this topic had its say since the person's message."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "action" and event.get("name") == "action_job_answers":
            return True
    return False


def _said_elsewhere(tracker: Tracker) -> list[str]:
    """What was said in answer to the message before, where another topic said it."""
    told: list[str] = []
    turns = 0
    for event in reversed(tracker.events):
        turns += event.get("event") == "user"
        if turns == 2:
            break
        if turns == 1 and event.get("event") == "action" and event.get("name") == "action_job_answers":
            return []
        if turns == 1 and event.get("event") == "bot" and event.get("text"):
            told.insert(0, str(event["text"]))
    return told if turns == 2 else []


def names_job(parsed: Mapping[str, Any]) -> bool:
    """Whether a message names a job."""
    return bool(read_turn(parsed).entities.get("job"))


def asks_to_get_in(parsed: Mapping[str, Any]) -> bool:
    """Whether the question at the end of a message is about getting into a job: 'リストラされた。一般事務は無理？'."""
    end = last_asked(read_turn(parsed).text)
    return bool(named_in(end) and _TO_GET_IN.search(end))


def knows(parsed: Mapping[str, Any]) -> bool:
    """Whether a message names a job and asks one thing of it that this topic can tell, whatever its intent."""
    turn = read_turn(parsed)
    return bool(turn.entities.get("job")) and conversation().answers.knows(turn.question("ask_job"))


def in_guided_question(tracker: Tracker) -> bool:
    """Whether a form waits for its own answer."""
    return bool((tracker.active_loop or {}).get("name"))


def end_of_turn(tracker: Tracker, followup: str | None) -> list[dict[str, Any]]:
    """Ends the turn where another action passed the message on: no rule says what follows, so Rasa would fall back."""
    if followup or in_guided_question(tracker):
        return []
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return []
        if event.get("event") == "action" and event.get("name") not in ("action_extract_slots", "action_listen"):
            return [FollowupAction("action_listen")]
    return []


def _without_remarks_after_danger(tracker: Tracker) -> Turn:
    """The message; shortly after a crisis a courtesy would sound hollow, so only the question counts."""
    turn = read_turn(tracker.latest_message)
    return replace(turn, remarks=()) if SafetyState.of(tracker.get_slot("safety_state")).patience else turn


class ActionJobAnswers(Action):
    """Answers questions about jobs, applying and the service, and what refers to them."""

    def name(self) -> str:
        """As in domain.yml."""
        return "action_job_answers"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """One turn."""
        events = say_notice_once(dispatcher, tracker)
        state = read_state(tracker)
        again = _said_elsewhere(tracker) if read_turn(tracker.latest_message).intent == "repeat" else []
        if again:
            # '番号もう一回' after the lines for trouble at work
            for text in again:
                dispatcher.utter_message(text=text)
            return events
        said = _without_remarks_after_danger(tracker)
        heard = conversation().heard(said, state)
        whole = conversation().composes(heard) or conversation().speaks_back(said, state)
        turn = said if whole else nearest_of_topic(heard, state)
        if turn is None:
            return [*events, FollowupAction("action_fallback")]
        outcome = conversation().respond(turn, state, guided=in_guided_question(tracker))
        return events + say(dispatcher, state, outcome) + end_of_turn(tracker, outcome.followup)
