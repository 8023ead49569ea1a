"""What a value does to the state (an item, a told episode, confirmed tags, a yes or no), and where the talk goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from actions.self_analysis import evidence, result
from actions.self_analysis.data import Analysis, Question, fold
from actions.self_analysis.messages import Turn
from actions.self_analysis.prompts import label_of, tag_label
from actions.self_analysis.scoring import Evidence, axis
from actions.self_analysis.state import AGAIN, CHANGE, CONSENT, DONE, MORE, OVER, State

# A free text of this many characters is told, not asked or commanded.
TOLD: Final = 12


def take_value(analysis: Analysis, out: Turn, v: str) -> None:
    """A value of the present step, tapped or read."""
    state, texts = out.state, analysis.texts
    step = state.step
    if step == CONSENT:
        if v == "yes":
            state.consent, state.step, state.unread = True, analysis.questions[0].id, 0
            out.says.append(texts["begin"])
        elif v == "no":
            out.state = State(analysis.version)
            out.course, out.ended = "end", "declined"
    elif step in (AGAIN, OVER):
        _answer_again(analysis, out, v)
    elif step == MORE:
        state.unread = 0
        if v == "yes" and state.more_left:
            for qid in state.more_left:
                state.forget(qid)
            state.more_left = []
            state.step = state.next_item(analysis) or DONE
        else:
            state.more_left = []
            state.step = DONE
    elif step == CHANGE:
        state.unread = 0
        if v in state.answers:
            state.step, state.picks = v, []
            out.says.append(texts["jumped"])
        elif v == "no":
            state.step, state.back_to = state.back_to or state.next_item(analysis) or DONE, ""
        else:
            out.says.append(texts["unclear_pick"])
    elif step.endswith("_tags"):
        _answer_tags(analysis, out, v)
    else:
        _answer_item(analysis, out, analysis.question(step), v)


def _answer_again(analysis: Analysis, out: Turn, v: str) -> None:
    state = out.state
    back_to = state.back_to
    if (state.step == OVER and v == "yes") or v == "over":
        out.state = State(analysis.version, consent=True, step=analysis.questions[0].id, seen_at=state.seen_at)
    elif v == "leave":
        state.step, state.back_to = back_to or state.next_item(analysis) or DONE, ""
        out.course, out.ended = "end", "paused"
        if state.step == DONE:
            out.ended = "result"
    elif v in ("go", "result", "no"):
        state.step, state.back_to, state.unread = back_to or state.next_item(analysis) or DONE, "", 0
        if v == "go":
            out.says.append(analysis.texts["welcome_back"].format(step=state.item_of(analysis)))


def _answer_tags(analysis: Analysis, out: Turn, v: str) -> None:
    state, texts = out.state, analysis.texts
    qid = state.step.removesuffix("_tags")
    state.unread = 0
    notes = state.notes.get(qid, [])
    if v == "ok":
        for note in notes:
            note["confirmed"] = True
        out.says.append(texts["tags_confirmed"])
    elif v == "none":
        state.notes.pop(qid, None)
        out.says.append(texts["tags_confirmed"])
    elif v.startswith("no:"):
        gone = v.removeprefix("no:")
        if any(note["tag"] == gone for note in notes):
            out.says.append(texts["tags_removed"].format(label=tag_label(analysis, gone)))
            state.notes[qid] = [note for note in notes if note["tag"] != gone]
        if state.notes.get(qid):
            return
        state.notes.pop(qid, None)
    else:
        out.says.append(texts["unclear_tags"])
        return
    go_on(analysis, out)


def _answer_item(analysis: Analysis, out: Turn, question: Question, v: str) -> None:
    state, texts = out.state, analysis.texts
    if v == "keep" and question.id in state.answers:
        state.picks = []
        go_on(analysis, out)
    elif question.kind == "text":
        if v == "none":
            nothing(analysis, out, question)
        else:
            out.says.append(texts["unclear_text"])
    elif question.choices:
        if v == "done" and state.picks:
            _store(analysis, out, question, {"v": list(state.picks)})
        elif v in state.picks:
            out.says.append(texts["already_picked"])
        elif question.choice(v) is None:
            out.says.append(texts["unclear_pick"])
        else:
            _pick(analysis, out, question, [v])
    elif v == "unknown" or v in analysis.scoring["steps4" if question.kind == "steps4" else "scale5"]:
        take(analysis, out, question, v, "")
    else:
        out.says.append(texts[f"unclear_{question.kind}"])


def take(analysis: Analysis, out: Turn, question: Question, v: str | list[str], typed: str) -> None:
    """A read or tapped value of an item."""
    texts = analysis.texts
    if isinstance(v, list):
        if not v:
            skip(analysis, out)
            return
        _pick(analysis, out, question, v)
        return
    if v == "unknown":
        out.says.append(texts["unknown"])
    elif typed:
        # What was typed is said back, so that a wrong reading shows at once.
        out.says.append(texts["heard"].format(answer=result.answer_text(analysis, question, {"v": v})))
    _store(analysis, out, question, {"v": v})
    if typed and len(fold(typed)) >= TOLD:
        _hints(analysis, out.state, question, typed)


def _pick(analysis: Analysis, out: Turn, question: Question, chosen: list[str]) -> None:
    """Adds picks; when no more may be picked, or several were named at once, the item is answered."""
    state, texts = out.state, analysis.texts
    new = [v for v in chosen if v not in state.picks]
    if not new:
        out.says.append(texts["already_picked"])
        return
    together = [*state.picks, *new]
    if len(together) > question.most:
        out.says.append(texts["too_many"].format(max=question.most))
    state.picks = together[: question.most]
    state.unread = 0
    labels = "、".join(label_of(question, v) for v in new if v in state.picks)
    if labels:
        out.says.append(texts["heard_pick"].format(answer=labels))
    if len(state.picks) >= question.most or len(chosen) > 1:
        _store(analysis, out, question, {"v": list(state.picks)})


def _hints(analysis: Analysis, state: State, question: Question, text: str) -> None:
    """Remarks beside an answer are read too where they say no; unconfirmed, so they never count in the scores."""
    kept = evidence.without_prohibited(analysis, text)
    if not evidence.speaks_against(analysis, kept.text):
        return
    found = [item for item in evidence.read(analysis, kept.text) if item.counter]
    if found:
        state.note(question.id, found)


def _gathered_hints(state: State, found: list[Evidence]) -> list[Evidence]:
    """What was said against something beside earlier answers, to be confirmed together with item 10."""
    known = {item.tag for item in found if item.counter}
    hints: list[Evidence] = []
    for question_id in [qid for qid in state.notes if qid not in ("q9", "q10")]:
        for note in state.notes.pop(question_id):
            if note["tag"] not in known:
                known.add(note["tag"])
                hints.append(Evidence(note["tag"], note["words"], counter=True))
    return hints


def take_text(analysis: Analysis, out: Turn, question: Question, text: str) -> None:
    state, texts = out.state, analysis.texts
    kept = evidence.without_prohibited(analysis, text)
    if kept.topics:
        out.says.append(texts["prohibited"].format(topic="、".join(kept.topics)))
        if not kept.text:
            state.unread += 1
            if state.unread >= analysis.limits["unread"]:
                skip(analysis, out)
            return
    limit = analysis.limits["text"]
    words = kept.text[:limit]
    if len(kept.text) > limit:
        out.says.append(texts["heard_long"].format(n=limit))
    found: list[Evidence] = []
    if question.id in ("q9", "q10"):
        found = evidence.read(analysis, words, tired=question.id == "q10")
    if question.id == "q10":
        found += _gathered_hints(state, found)
    state.answers[question.id] = {"text": words}
    state.note(question.id, found[: analysis.limits["shown_tags"]])
    state.unread = 0
    if found:
        state.step = f"{question.id}_tags"
        return
    out.says.append(texts["heard_text"])
    go_on(analysis, out)


def nothing(analysis: Analysis, out: Turn, question: Question) -> None:
    """「特にない」: one easier example, then a skip."""
    if question.id in out.state.eased:
        skip(analysis, out)
    else:
        out.state.eased.append(question.id)
        out.says.append(question.easier)


def _store(analysis: Analysis, out: Turn, question: Question, answer: dict[str, Any]) -> None:
    state = out.state
    state.answers[question.id] = answer
    state.picks = []
    state.notes.pop(question.id, None)
    go_on(analysis, out)


def go_on(analysis: Analysis, out: Turn) -> None:
    """To where the person came from, else to the next item not yet answered, else to the result."""
    state = out.state
    state.unread, state.picks = 0, []
    if state.back_to:
        state.step, state.back_to = state.back_to, ""
        return
    coming = state.next_item(analysis)
    if coming:
        state.step = coming
        return
    if not state.more_asked:
        state.more_asked = True
        found = axis(analysis, state.answers, state.evidence())
        missing = sorted(
            (q for q in analysis.axis_questions if _unanswered(state.answers.get(q.id))), key=lambda q: -q.weight
        )
        if found.band == "insufficient" and missing and len(missing) < len(analysis.axis_questions):
            state.more_left = [question.id for question in missing[: analysis.limits["more"]]]
            state.step = MORE
            return
    state.step = DONE


def _unanswered(answer: Mapping[str, Any] | None) -> bool:
    return answer is None or bool(answer.get("skipped")) or answer.get("v") == "unknown"


def skip(analysis: Analysis, out: Turn) -> None:
    qid = out.state.step.removesuffix("_tags")
    out.state.answers[qid] = {"skipped": True}
    out.state.notes.pop(qid, None)
    out.says.append(analysis.texts["skipped"])
    go_on(analysis, out)


def unread(analysis: Analysis, out: Turn, text: str) -> None:
    """Not understood: say how to answer; after too many tries go on without."""
    out.state.unread += 1
    if out.state.unread < analysis.limits["unread"]:
        out.says.append(analysis.texts[text])
        return
    out.says.append(analysis.texts["given_up"])
    if out.state.step.endswith("_tags"):
        out.state.notes.pop(out.state.step.removesuffix("_tags"), None)
        go_on(analysis, out)
        return
    out.state.answers.setdefault(out.state.step, {"skipped": True})
    go_on(analysis, out)
