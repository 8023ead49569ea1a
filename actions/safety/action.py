"""Rasa's action for the topic safety: reads the turn, lets actions/safety/talk.py answer, sends it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.job_answers.action import (
    about_subject,
    about_work,
    asked_before,
    asks_of_sexes,
    asks_to_get_in,
    comforts,
    composes,
    doubts_to_fit,
    hints,
    knows,
    knows_here,
    knows_service,
    knows_step,
    names_job,
    speaks_back,
)
from actions.job_answers.turns import doubts
from actions.notice import say_notice_once
from actions.safety.talk import SafetyState, answer, human_button
from bot.safety.rules import detect
from bot.safety.settings import texts

# Questions about a job look like these now and then ('事務は出世できない？'); below _SURE its words decide.
_LOOK_ALIKE: Final = ("discrimination", "privacy", "insult", "attack")
_DANGER: Final = ("crisis", "crisis_other")
# All of this topic but danger.
_CALMER: Final = (*_LOOK_ALIKE, "labour_trouble", "distress")
_SURE: Final = 0.8
_HARDLY: Final = 0.5
_RATHER: Final = 0.6
_STANDS_OUT: Final = re.compile(
    "(?:男|おじさん|おっさん).*(?:浮|変|少な|おかし|恥ずかし|目立|珍し|いる|思われ|あり|アリ|いい|でき|なれ|大丈夫|平気)"
)
_OF_ONESELF: Final = re.compile("(?:得意|好き|興味)(?:です|があります|がある|なん|なの)?[^?？]{0,6}$")
_ONE_SEX: Final = re.compile("(?:女|男)(?:の人|の子|性|子)?(?:しか|だけ|じゃない|じゃなきゃ|でない|しかいな)")
_SINGLE: Final = re.compile("シングル(?:マザー|ファザー)|母子家庭|父子家庭|ひとり親|一人親|子持ち")
# Reasons with which a human may simply be said 'yes' to.
_OFFERED: Final = ("crisis", "crisis_other", "distress", "labour")


def _about_job(tracker: Tracker, confidence: float) -> bool:
    """Whether a sad message asks about a job as well, or is about the last answer."""
    message = tracker.latest_message or {}
    calm = detect(str(message.get("text") or "")) is None
    return (
        knows(message)
        or (calm and (asked_before(tracker) or doubts_to_fit(tracker) or knows_step(message)))
        or (confidence < _HARDLY and names_job(message))
        or (confidence < _SURE and (knows_here(tracker) or bool(hints(message))))
        or (calm and not _of(tracker).distress and (speaks_back(tracker) or about_subject(message)))
    )


def _asks_of_work(tracker: Tracker) -> bool:
    """Whether the words of a message ask about work, or tell what one likes."""
    message = tracker.latest_message or {}
    hardly = float((message.get("intent") or {}).get("confidence") or 0.0) < _RATHER
    return knows(message) or hints(message) or asked_before(tracker, sure=not hardly) or speaks_back(tracker)


def _likely_of_topic(message: Mapping[str, Any]) -> float:
    """How surely a message is of this topic at all: which of its intents is meant is harder to tell."""
    ranking = message.get("intent_ranking") or ()
    return sum(float(one["confidence"]) for one in ranking if one["name"] in _CALMER)


def _of(tracker: Tracker) -> SafetyState:
    return SafetyState.of(tracker.get_slot("safety_state"))


class ActionSafety(Action):
    """Answers danger, worry, trouble at work, discrimination, privacy, insults and attacks."""

    def name(self) -> str:
        """As in domain.yml."""
        return "action_safety"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """One turn."""
        message = tracker.latest_message or {}
        intent = str((message.get("intent") or {}).get("name") or "")
        confidence = float((message.get("intent") or {}).get("confidence") or 0.0)
        free = not tracker.active_loop
        if intent not in _DANGER and not _of(tracker).patience and composes(tracker):
            return [FollowupAction("action_job_answers")]
        unsure = _likely_of_topic(message) < _SURE
        if free and intent in _LOOK_ALIKE and unsure and _asks_of_work(tracker):
            return [FollowupAction("action_job_answers")]
        if free and intent == "attack" and hints(message) and _OF_ONESELF.search(str(message.get("text") or "")):
            # 'ルールを守るのが得意です'
            return [FollowupAction("action_job_answers")]
        text = str(message.get("text") or "")
        if (
            free
            and intent == "labour_trouble"
            and detect(text) is None
            and (asks_to_get_in(message) or (unsure and (about_work(message) or knows_step(message))))
        ):
            # 'リストラされました。一般事務は使ってもらえない？', '労働のルールを守れているか見る役って？'
            return [FollowupAction("action_job_answers")]
        if free and intent == "discrimination" and (asks_of_sexes(tracker) or speaks_back(tracker)):
            # '男もいる？' after a job, '不利？' after anything
            return [FollowupAction("action_job_answers")]
        told = _STANDS_OUT.search(text) or _ONE_SEX.search(text) or _SINGLE.search(text)
        here = told and (knows(message) or knows_here(tracker))
        if free and intent == "discrimination" and (here or knows_service(message)):
            # '男だけど事務って浮く？', '障害者雇用の枠のことも聞けますか'
            return [FollowupAction("action_job_answers")]
        of_oneself = intent == "discrimination" and names_job(message) and doubts(text)
        if free and (of_oneself or (intent in ("discrimination", "labour_trouble") and knows_step(message))):
            # '40過ぎて未経験の男ですが経理は無謀ですか': what the law says, and then what was asked.
            notice = say_notice_once(dispatcher, tracker)
            dispatcher.utter_message(text=answer(intent, text, _of(tracker)).text)
            return [*notice, FollowupAction("action_job_answers")]
        if free and intent == "distress" and not _of(tracker).patience and _about_job(tracker, confidence):
            # '事務は将来が見えなくて不安': a kind word, and then what was asked.
            notice = say_notice_once(dispatcher, tracker)
            if not comforts(tracker):
                dispatcher.utter_message(text=texts()["distress_before_answer"])
            return [*notice, FollowupAction("action_job_answers")]
        said = answer(intent, text, _of(tracker))
        # Nothing may stand in front of the answer to a crisis.
        events: list[dict[str, Any]] = [] if said.stop else say_notice_once(dispatcher, tracker)
        in_loop = bool((tracker.active_loop or {}).get("name"))
        buttons = [human_button(said.reason)] if said.reason and not in_loop else []
        dispatcher.utter_message(text=said.text, buttons=buttons or None)
        if said.alert:
            dispatcher.utter_message(json_message={"alert": said.alert})
        offer = None
        if said.reason in _OFFERED and not in_loop:
            offer = {"intent": "request_human", "entities": {"reason": said.reason}}
        events += [SlotSet("safety_state", said.state.as_slot()), SlotSet("offer", offer), SlotSet("lost_count", 0)]
        if said.stop:
            events.append(SlotSet("handoff_state", None))
        return events
