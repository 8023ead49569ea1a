"""The conversation of the self-analysis: one turn in, what to say and where to go next. Pure: no Rasa in here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from actions.self_analysis import moves, typed
from actions.self_analysis.answers import take_value
from actions.self_analysis.data import Analysis, fold
from actions.self_analysis.messages import Said, Turn
from actions.self_analysis.state import AGAIN, CONSENT, DONE, State

# What always has the floor, whatever is being asked.
STEP_OUT: Final = frozenset({"crisis", "crisis_other", "EXTERNAL_erased"})


def start(analysis: Analysis, state: State, intent: str, now: float) -> Turn:
    """Begins, goes on or offers both. The form's first prompt follows."""
    state = state.copy()
    away = state.seen_at and now - state.seen_at > analysis.limits["away_hours"] * 3600
    turn = Turn(state)
    if intent == "start_over" or (state.version != analysis.version and state.step != DONE):
        turn.state = State(analysis.version)
    elif not state.started:
        state.step = CONSENT
        if intent == "resume":
            turn.says.append(analysis.texts["nothing_to_resume"])
    elif state.step == DONE or intent != "resume":
        state.back_to = DONE if state.step == DONE else state.plain_step
        state.step = AGAIN
    if turn.state.step not in (CONSENT, AGAIN) and (away or intent == "resume"):
        turn.says.append(analysis.texts["welcome_back"].format(step=turn.state.item_of(analysis)))
    turn.state.seen_at = now
    return turn


def turn(analysis: Analysis, before: State, said: Said, now: float) -> Turn:
    """One message while the self-analysis is under way.

    Args:
        before: the state; not changed.
        now: seconds since 1970 of the message.
    """
    state = before.copy()
    away = state.seen_at and now - state.seen_at > analysis.limits["away_hours"] * 3600
    state.seen_at = now
    out = Turn(state)
    if away and state.started:
        out.says.append(analysis.texts["welcome_back"].format(step=state.item_of(analysis)))
    if said.intent in STEP_OUT:
        out.course = "step_out"
    elif said.tapped:
        _tapped(analysis, out, said)
    else:
        typed.read(analysis, out, said)
    if out.course == "ask" and out.state.step == DONE:
        out.course, out.ended = "end", out.ended or "result"
    return out


def _tapped(analysis: Analysis, out: Turn, said: Said) -> None:
    state = out.state
    if said.intent in typed.STEP_OUT_UNLESS_TOLD:
        out.course = "step_out"
        return
    if said.q is not None and said.q != state.step:
        out.says.append(analysis.texts["stale"])
        return
    if said.intent == "sa_answer" and said.v is not None:
        take_value(analysis, out, said.v)
        return
    name = typed.CONTROL_OF.get(said.intent)
    if name is not None:
        moves.carry_out(analysis, out, name, said)
    elif said.intent in ("resume", "start_self_analysis"):
        return
    else:
        out.course = "aside"


# Only said of a question that is open.
ONLY_INSIDE: Final = ("answer_typed", "explain_question", "ask_reason", "skip_question", "go_back")


@dataclass
class Outside:
    """What a message about the self-analysis leads to when none is under way."""

    state: State
    says: list[str] = field(default_factory=list)
    form: bool = False
    show: bool = False
    doubt: bool = False
    draft: bool = False
    # Nothing is under way: to begin is offered.
    begin: bool = False


def outside(analysis: Analysis, before: State, said: Said, now: float) -> Outside:
    """go_back, change_answer, show_result … without an active form; also a tap on an old button."""
    state = before.copy()
    state.seen_at = now
    out = Outside(state)
    texts = analysis.texts
    finished = state.step == DONE
    if said.intent == "sa_answer":
        out.says.append(texts["later_stale"])
    elif said.intent == "change_answer" and state.started:
        part = Turn(state)
        moves.change(analysis, part, said.text)
        out.says = part.says
        out.state = part.state
        out.form = part.state.step != DONE
        out.show = part.state.step == DONE and finished
    elif said.intent in ("show_result", "ask_progress", "repeat") and finished:
        out.draft = said.v == "draft" or any(word in fold(said.text) for word in ("自己pr", "下書き"))
        out.show = not out.draft
    elif said.intent in ("doubt_result", "ask_reason", "explain_question") and finished:
        out.doubt = True
    elif said.intent == "go_back" and finished:
        state.back_to, state.step, out.form = DONE, analysis.questions[-1].id, True
    elif said.intent in ("show_result", "doubt_result"):
        out.says.append(texts["no_result"])
        out.begin = True
    elif state.started and not finished:
        out.says.append(texts["paused"].format(step=state.item_of(analysis)))
    else:
        out.says.append(texts["not_begun" if said.intent == "ask_progress" else "not_running"])
        out.begin = True
    return out
