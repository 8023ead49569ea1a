"""Rasa actions of the self-analysis: they pass messages to `talk` and say what it answers, nothing more."""

from __future__ import annotations

import time
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.job_answers.action import composes, names_job, speaks_back
from actions.notice import say_notice_once
from actions.self_analysis import data, messages, prompts, result, talk
from actions.self_analysis.state import CONSENT, DONE, State

FORM = "self_analysis_form"
STATE = "sa_state"
END = "sa_end"


def said(tracker: Tracker) -> messages.Said:
    """The person's message: a tap carries the question's id, and the answer's, in its payload."""
    message = tracker.latest_message or {}
    text = str(message.get("text") or "")
    intent = message.get("intent") or {}
    values = {entity.get("entity"): entity.get("value") for entity in message.get("entities") or []}
    tapped = text.startswith("/")
    return messages.Said(
        text="" if tapped else text,
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0.0),
        q=str(values["q"]) if tapped and "q" in values else None,
        v=str(values["v"]) if tapped and "v" in values else None,
        tapped=tapped,
    )


def now(tracker: Tracker) -> float:
    """When the message came, by its own event; a replayed conversation gives the same."""
    for event in reversed(tracker.events):
        if event.get("event") == "user" and event.get("timestamp"):
            return float(event["timestamp"])
    return time.time()


def state_of(tracker: Tracker) -> State:
    """The remembered self-analysis."""
    return State.from_json(tracker.get_slot(STATE), data.load())


def _of_a_job(tracker: Tracker) -> bool:
    """Whether the message names a job: 'やっぱり営業事務にする' changes no answer that was never given."""
    return names_job(tracker.latest_message or {})


def _say_prompt(dispatcher: CollectingDispatcher, prompt: messages.Prompt) -> None:
    buttons = [{"title": button.title, "payload": button.payload} for button in prompt.buttons]
    dispatcher.utter_message(
        text=prompt.text,
        buttons=buttons,
        json_message={"progress": {"step": prompt.step, "of": prompt.of}},
    )


def _after(found: result.Result, *, draft: bool) -> list[dict[str, str]]:
    """What can be done with a result: read about its jobs, see the draft, change an answer, again, a human."""
    words = data.load().result
    buttons = [
        {"title": words["after_jobs"].format(job=job), "payload": messages.payload("ask_job", job=job)}
        for job in found.jobs
    ]
    if draft:
        buttons.append({"title": words["after_draft"], "payload": messages.payload("show_result", v="draft")})
    return [*buttons, *_otherwise()]


def _otherwise() -> list[dict[str, str]]:
    """For who is not content with a result: change an answer, again, a human."""
    words = data.load().result
    ways = (("after_change", "change_answer"), ("after_again", "start_over"), ("after_human", "request_human"))
    return [{"title": words[title], "payload": messages.payload(intent)} for title, intent in ways]


def _say_result(dispatcher: CollectingDispatcher, state: State) -> None:
    analysis = data.load()
    found = result.compose(analysis, state)
    dispatcher.utter_message(json_message={"self_analysis": found.payload})
    dispatcher.utter_message(text=analysis.result["after"], buttons=_after(found, draft=found.has_draft))


class ActionSelfAnalysisStart(Action):
    """Begins or goes on; the form follows."""

    def name(self) -> str:
        return "action_self_analysis_start"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        message = said(tracker)
        misread = message.intent == "start_over" and not state_of(tracker).started and _of_a_job(tracker)
        if composes(tracker) or (misread and not message.tapped):
            # What else was asked is answered first; '採用の仕事って最初からできる？' asks nothing else.
            return [FollowupAction("action_job_answers")]
        events: list[EventType] = say_notice_once(dispatcher, tracker)
        turn = talk.start(data.load(), state_of(tracker), message.intent, now(tracker))
        for text in turn.says:
            dispatcher.utter_message(text=text)
        return [*events, SlotSet(STATE, turn.state.to_json()), SlotSet(END, None), FollowupAction(FORM)]


class ValidateSelfAnalysisForm(Action):
    """Reads a message while the form is active and decides who answers it."""

    def name(self) -> str:
        return f"validate_{FORM}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        state = state_of(tracker)
        if (tracker.active_loop or {}).get("name") != FORM or _answered_elsewhere(tracker):
            # The form is just starting, or comes back after another topic answered: nothing to read.
            return [SlotSet(STATE, state.to_json())]
        asked = state.step == CONSENT
        turn = talk.turn(data.load(), state, said(tracker), now(tracker))
        answered = asked and (turn.ended == "declined" or turn.state.step != CONSENT)
        if answered:
            given = {"kind": "self_analysis", "given": turn.state.consent, "version": turn.state.version}
            dispatcher.utter_message(text=turn.says.pop(0) if turn.says else None, json_message={"consent": given})
        for text in turn.says:
            dispatcher.utter_message(text=text)
        kept = SlotSet(STATE, turn.state.to_json())
        if turn.course == "aside":
            return [kept, ActionExecutionRejected(FORM)]
        if turn.course == "step_out":
            # Gone before another action is predicted, so that the other topic's own rules apply.
            return [kept, SlotSet("requested_slot", None), ActiveLoop(None), ActionExecutionRejected(FORM)]
        if turn.course == "end":
            return [kept, SlotSet(END, turn.ended)]
        return [kept]


def _answered_elsewhere(tracker: Tracker) -> bool:
    """Whether another action already ran since the person's message."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "action" and event.get("name") not in (FORM, "action_extract_slots", "action_listen"):
            return True
    return False


class ActionAskSaEnd(Action):
    """Puts the present question; the form runs it whenever it is not done."""

    def name(self) -> str:
        return f"action_ask_{END}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        _say_prompt(dispatcher, prompts.prompt(data.load(), state_of(tracker)))
        return []


class ActionSelfAnalysisEnd(Action):
    """What is said when the form is done: the result, or how to come back."""

    def name(self) -> str:
        return "action_self_analysis_end"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        analysis = data.load()
        state = state_of(tracker)
        ended = tracker.get_slot(END)
        if ended == "result":
            _say_result(dispatcher, state)
        else:
            declined = ended == "declined"
            go_on = {"title": analysis.texts["unfinished_go"], "payload": messages.payload("resume")}
            dispatcher.utter_message(
                text=analysis.texts["declined" if declined else "paused"].format(step=state.item_of(analysis)),
                buttons=[] if declined else [go_on],
            )
        return [SlotSet(END, None)]


class ActionSelfAnalysis(Action):
    """Whatever concerns the self-analysis while no question of it is open."""

    def name(self) -> str:
        return "action_self_analysis"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        events: list[EventType] = say_notice_once(dispatcher, tracker)
        analysis = data.load()
        message = said(tracker)
        misread = message.intent in talk.ONLY_INSIDE or _of_a_job(tracker) or speaks_back(tracker)
        if misread and not message.tapped and not state_of(tracker).started:
            # Nobody answers a question that was not asked: it was another topic, misread.
            return [*events, FollowupAction("action_job_answers")]
        out = talk.outside(analysis, state_of(tracker), message, now(tracker))
        begin = {"title": analysis.texts["begin_button"], "payload": messages.payload("start_self_analysis")}
        for text in out.says:
            dispatcher.utter_message(text=text, buttons=[begin] if out.begin else None)
        if out.draft:
            found = result.compose(analysis, out.state)
            dispatcher.utter_message(text=result.draft_text(analysis, out.state), buttons=_after(found, draft=False))
        if out.doubt:
            dispatcher.utter_message(text=result.doubt_text(analysis, out.state), buttons=_otherwise())
        if out.show and out.state.step == DONE:
            _say_result(dispatcher, out.state)
        events.append(SlotSet(STATE, out.state.to_json()))
        if out.form:
            events += [SlotSet(END, None), FollowupAction(FORM)]
        return events
