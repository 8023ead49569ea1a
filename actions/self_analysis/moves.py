"""Controls carried out: skip, back, pause, change an answer, take one out, why, example."""

from __future__ import annotations

from collections.abc import Callable

from actions.self_analysis import controls, reading
from actions.self_analysis.answers import go_on, skip, take_value
from actions.self_analysis.data import Analysis, fold
from actions.self_analysis.messages import Said, Turn
from actions.self_analysis.prompts import label_of
from actions.self_analysis.state import AGAIN, CHANGE, CONSENT, DONE, OVER


def carry_out(analysis: Analysis, out: Turn, name: controls.Control, said: Said) -> None:
    state, texts = out.state, analysis.texts
    on_item = state.step.startswith("q") and not state.step.endswith("_tags")
    question = analysis.question(state.step.removesuffix("_tags")) if state.step.startswith("q") else None
    simple: dict[str, Callable[[], None]] = {
        "pause": lambda: _pause(out),
        # Whoever has had enough for now loses nothing; what was answered goes by 「最初から」, which asks first.
        "cancel": lambda: _pause(out),
        "progress": lambda: out.says.append(
            texts["progress"].format(
                step=state.item_of(analysis),
                answered=sum(1 for answer in state.answers.values() if not answer.get("skipped")),
            )
        ),
        "repeat": lambda: None,
        "change": lambda: change(analysis, out, said.text),
        "back": lambda: _back(analysis, out),
    }
    if name in simple:
        simple[name]()
    elif name == "over":
        state.back_to, state.step = state.plain_step, OVER
    elif name == "result":
        state.back_to, state.more_asked = "", True
        state.step = DONE
    elif name == "skip":
        if on_item:
            skip(analysis, out)
        elif question is not None:
            take_value(analysis, out, "none")
        else:
            take_value(analysis, out, "no" if state.step != AGAIN else "leave")
    elif name == "keep":
        if question is not None and question.id in state.answers and on_item:
            go_on(analysis, out)
    elif question is not None:
        out.says.append({"reason": question.why, "explain": question.explain, "example": question.example}[name])
    else:
        out.says.append(texts["consent_unclear"] if state.step == CONSENT else texts["unclear_pick"])


def _pause(out: Turn) -> None:
    if out.state.step in (AGAIN, OVER, CHANGE):
        out.state.step, out.state.back_to = out.state.back_to or out.state.step, ""
    out.course, out.ended = "end", "paused"


def _back(analysis: Analysis, out: Turn) -> None:
    state = out.state
    state.unread = 0
    if not state.step.startswith("q"):
        state.step, state.back_to = state.back_to or state.next_item(analysis) or DONE, ""
        return
    if state.picks:
        question = analysis.question(state.step)
        gone = state.picks.pop()
        out.says.append(analysis.texts["unpicked"].format(answer=label_of(question, gone)))
        return
    if state.step.endswith("_tags"):
        state.step = state.step.removesuffix("_tags")
        return
    number = analysis.number(state.step)
    if number == 1:
        out.says.append(analysis.texts["at_first"])
        return
    state.step = analysis.questions[number - 2].id
    out.says.append(analysis.texts["back"])


def change(analysis: Analysis, out: Turn, text: str) -> None:
    """「3番を変えたい」, 「数字が好き」は消して, or the list to choose from."""
    state, texts = out.state, analysis.texts
    if not any(not answer.get("skipped") for answer in state.answers.values()):
        out.says.append(texts["change_none"])
        return
    number = reading.item_number(text)
    came_from = state.plain_step
    if number is not None and number <= len(analysis.questions):
        qid = f"q{number}"
        if qid in state.answers or state.step == DONE:
            state.back_to = came_from if came_from in (DONE,) or came_from.endswith("_tags") else ""
            state.step, state.picks = qid, []
            out.says.append(texts["jumped"])
            return
    if any(word in text for word in ("消", "取り消", "取消", "外し", "削除", "なかったこと")) and remove(
        analysis, out, text
    ):
        return
    words = reading.quoted(text)
    if words:
        out.says.append(texts["change_missing"].format(words=words))
    state.back_to = came_from
    state.step = CHANGE


def remove(analysis: Analysis, out: Turn, text: str) -> bool:
    """Removes a picked card, a tag or a word that the message names. Whether something was found."""
    state = out.state
    if not any(word in text for word in ("消", "取り消", "取消", "外し", "削除", "なかったこと")):
        return False
    plain = fold(reading.quoted(text) or text)
    for qid, answer in state.answers.items():
        question = analysis.question(qid)
        if isinstance(answer.get("v"), list):
            for choice in question.choices:
                if choice.v in answer["v"] and (fold(choice.label) in plain or choice.words.search(plain)):
                    left = [v for v in answer["v"] if v != choice.v]
                    state.answers[qid] = {"v": left} if left else {"skipped": True}
                    out.says.append(analysis.texts["removed"].format(words=choice.label))
                    return True
    for qid, notes in state.notes.items():
        for note in notes:
            tag = analysis.tag(note["tag"])
            if tag and (names_tag(analysis, tag.id, plain) or tag.words.search(plain) or plain in note["words"]):
                state.notes[qid] = [other for other in notes if other is not note]
                if not state.notes[qid]:
                    del state.notes[qid]
                out.says.append(analysis.texts["removed"].format(words=tag.label))
                return True
    return False


def names_tag(analysis: Analysis, tag_id: str, plain: str) -> bool:
    tag = analysis.tag(tag_id)
    if tag is None:
        return False
    label = fold(tag.label)
    return label in plain or any(
        part and part in plain for part in label.replace("の", "・").split("・") if len(part) > 1
    )
