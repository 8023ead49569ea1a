"""Typed messages while the self-analysis is under way: an answer, a control, or another topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from actions.self_analysis import answers, controls, evidence, moves, reading, wording
from actions.self_analysis.data import Analysis, Question, fold
from actions.self_analysis.messages import Said, Turn
from actions.self_analysis.prompts import open_notes, prompt
from actions.self_analysis.state import AGAIN, CHANGE, CONSENT, DONE, MORE, OVER

# The same, unless it is the answer to an item where people tell what tired them.
STEP_OUT_UNLESS_TOLD: Final = frozenset({"request_human", "complaint", "bye", "distress", "labour_trouble"})
ASIDE: Final = frozenset(
    {
        "greet",
        "thanks",
        "acknowledge",
        "ask_bot",
        "ask_capabilities",
        "chitchat",
        "praise",
        "discrimination",
        "privacy",
        "attack",
        "insult",
        "out_of_scope",
        "follow_up",
        "correct_job",
        "EXTERNAL_session_opened",
        "EXTERNAL_returned_to_bot",
    }
)
CONTROL_OF: Final[Mapping[str, controls.Control]] = {
    "go_back": "back",
    "skip_question": "skip",
    "ask_reason": "reason",
    "explain_question": "explain",
    "simpler": "explain",
    "example": "example",
    "more_detail": "explain",
    "repeat": "repeat",
    "pause": "pause",
    "start_over": "over",
    "change_answer": "change",
    "ask_progress": "progress",
    "show_result": "result",
    "cancel": "cancel",
}
# From a typed text a classifier's guess at these moves the talk only when it is this sure.
_SURE_INTENT: Final = 0.6


def read(analysis: Analysis, out: Turn, said: Said) -> None:
    state = out.state
    if state.step in (CONSENT, AGAIN, OVER, MORE):
        _typed_choice(analysis, out, said)
    elif state.step == CHANGE:
        _typed_change(analysis, out, said)
    elif state.step.endswith("_tags"):
        _typed_tags(analysis, out, said)
    else:
        question = analysis.question(state.step)
        if question.kind == "text":
            _typed_text(analysis, out, question, said)
        else:
            _typed_item(analysis, out, question, said)


def _elsewhere(analysis: Analysis, out: Turn, said: Said, *, told: bool = False) -> bool:
    """Whether the message belongs to a control or another topic; if so it is dealt with."""
    name = controls.control(said.text)
    if name is not None:
        moves.carry_out(analysis, out, name, said)
        return True
    if told and not wording.is_question(said.text):
        return False
    sure = said.confidence >= _SURE_INTENT
    if said.intent in STEP_OUT_UNLESS_TOLD and sure:
        out.course = "step_out"
        return True
    if said.intent in CONTROL_OF and sure:
        moves.carry_out(analysis, out, CONTROL_OF[said.intent], said)
        return True
    asks = said.intent.startswith("ask_") and (sure or wording.is_question(said.text))
    if asks or (said.intent in ASIDE and (sure or wording.is_question(said.text))):
        out.course = "aside"
        return True
    return False


def _typed_item(analysis: Analysis, out: Turn, question: Question, said: Said) -> None:
    found = reading.read(question, said.text)
    if found is not None and found.sure:
        answers.take(analysis, out, question, found.v, said.text)
        return
    if _elsewhere_for_item(analysis, out, said, found):
        return
    if found is not None:
        answers.take(analysis, out, question, found.v, said.text)
        return
    answers.unread(analysis, out, f"unclear_{'pick' if question.choices else question.kind}")


def _elsewhere_for_item(analysis: Analysis, out: Turn, said: Said, found: wording.Reading | None) -> bool:
    """An item's own words beat the classifier unless the message asks or commands."""
    if found is not None and controls.control(said.text) is None and not wording.asks(said.text):
        if said.intent in STEP_OUT_UNLESS_TOLD - {"bye"} and said.confidence >= 0.8:
            out.course = "step_out"
            return True
        return False
    return _elsewhere(analysis, out, said)


def _typed_text(analysis: Analysis, out: Turn, question: Question, said: Said) -> None:
    if reading.nothing_to_say(said.text):
        answers.nothing(analysis, out, question)
        return
    told = len(fold(said.text)) >= answers.TOLD
    if told and said.intent in ("request_human", "complaint") and said.confidence >= 0.8 and len(fold(said.text)) < 40:
        out.course = "step_out"
        return
    if _elsewhere(analysis, out, said, told=told):
        return
    if len(fold(said.text)) < 2:
        answers.unread(analysis, out, "unclear_text")
        return
    answers.take_text(analysis, out, question, said.text)
    if told and said.intent in ("distress", "labour_trouble") and said.confidence >= 0.8:
        # Kept as the answer, and answered with care before the next question.
        out.says.clear()
        out.course = "aside"


_YES: Final = (
    "はい",
    "うん",
    "ええ",
    "いいよ",
    "いいです",
    "ok",
    "お願い",
    "yes",
    "はじめ",
    "始め",
    "スタート",
    "やる",
    "やります",
    "やって",
    "答え",
    "続き",
    "続け",
    "大丈夫",
    "同意",
    "もちろん",
    "そう",
    "合って",
    "あって",
    "正しい",
    "その通り",
    "そのとおり",
)
_NO: Final = (
    "いいえ",
    "いや",
    "やめ",
    "no",
    "しない",
    "やらない",
    "今度",
    "いらない",
    "不要",
    "結構",
    "あとで",
    "後で",
    "また",
    "見る",
    "このまま",
    "けっこう",
    "遠慮",
    "待って",
    "嫌",
)


def _typed_choice(analysis: Analysis, out: Turn, said: Said) -> None:
    """Typed answers to the yes-or-no steps."""
    plain = fold(said.text)
    offered = [(button.v, button.title) for button in prompt(analysis, out.state).buttons]
    number = plain.removesuffix("番")
    for place, (v, title) in enumerate(offered, 1):
        if plain == fold(title) or number == str(place):
            answers.take_value(analysis, out, v)
            return
    asks = wording.is_question(said.text) and not plain.startswith(("はい", "ok"))
    if not asks:
        says_no = (
            plain.startswith(_NO)
            or said.intent in ("deny", "cancel")
            or controls.control(said.text) in ("pause", "cancel")
        )
        says_yes = plain.startswith(_YES) or said.intent in ("affirm", "start_self_analysis", "resume")
        if says_no:
            answers.take_value(analysis, out, offered[-1][0] if out.state.step != AGAIN else "leave")
            return
        if says_yes:
            answers.take_value(analysis, out, offered[0][0])
            return
        if out.state.step == AGAIN and (said.intent == "start_over" or controls.control(said.text) == "over"):
            answers.take_value(analysis, out, "over")
            return
        if out.state.step == AGAIN and said.intent == "show_result":
            answers.take_value(analysis, out, offered[0][0])
            return
    if out.state.step == CONSENT and (controls.control(said.text) == "reason" or said.intent == "ask_reason"):
        out.says.append(analysis.texts["consent_unclear"])
        return
    if said.intent in STEP_OUT_UNLESS_TOLD and said.confidence >= _SURE_INTENT:
        out.course = "step_out"
        return
    if said.intent.startswith("ask_") or said.intent in ASIDE:
        out.course = "aside"
        return
    out.state.unread += 1
    if out.state.unread >= analysis.limits["unread"]:
        out.state.unread = 0
        answers.take_value(analysis, out, "no" if out.state.step != AGAIN else "leave")
        return
    out.says.append(analysis.texts["consent_unclear"] if out.state.step == CONSENT else analysis.texts["unclear_pick"])


def _typed_change(analysis: Analysis, out: Turn, said: Said) -> None:
    number = reading.item_number(said.text)
    plain = fold(said.text)
    if number is None and plain.isdigit() and 1 <= int(plain) <= len(analysis.questions):
        number = int(plain)
    if number is not None:
        answers.take_value(analysis, out, f"q{number}")
        return
    for question in analysis.questions:
        if question.id in out.state.answers and (fold(question.title) in plain or plain in fold(question.title)):
            answers.take_value(analysis, out, question.id)
            return
    if moves.remove(analysis, out, said.text):
        out.state.step = out.state.back_to or out.state.next_item(analysis) or DONE
        out.state.back_to = ""
        return
    if plain.startswith(_NO) or controls.control(said.text) in ("cancel", "back", "keep", "result"):
        answers.take_value(analysis, out, "no")
        return
    if _elsewhere(analysis, out, replace(said, text="" if controls.control(said.text) == "change" else said.text)):
        return
    out.state.unread += 1
    if out.state.unread >= analysis.limits["unread"]:
        answers.take_value(analysis, out, "no")
        return
    out.says.append(analysis.texts["unclear_pick"])


def _typed_tags(analysis: Analysis, out: Turn, said: Said) -> None:
    plain = fold(said.text)
    notes = open_notes(analysis, out.state)
    wrong = any(word in plain for word in ("違", "ちが", "じゃない", "ではない", "消", "外", "いらない", "ない"))
    named = [note for note in notes if moves.names_tag(analysis, note["tag"], plain)]
    if any(
        word in plain for word in ("全部違", "全部ちが", "どれも違", "どれもちが", "全然違", "すべて違", "全て違")
    ) or plain in ("違う", "ちがう", "違います", "ちがいます", "いいえ", "合ってない", "合っていません", "違うかも"):
        answers.take_value(analysis, out, "none")
        return
    if named and wrong:
        for note in named:
            answers.take_value(analysis, out, f"no:{note['tag']}")
        return
    added = [
        tag
        for tag in analysis.tags
        if moves.names_tag(analysis, tag.id, plain) and all(note["tag"] != tag.id for note in notes)
    ]
    if added and not wrong and not wording.is_question(said.text):
        qid = out.state.step.removesuffix("_tags")
        for tag in added:
            words = evidence.quote(analysis, said.text.strip())
            out.state.notes.setdefault(qid, []).append(
                {"tag": tag.id, "words": words, "confirmed": False, "counter": False}
            )
            out.says.append(analysis.texts["tags_added"].format(label=tag.label))
        return
    number = plain.removesuffix("番")
    offered = prompt(analysis, out.state).buttons
    if (
        plain.startswith(_YES)
        or said.intent == "affirm"
        or number == "1"
        or plain in ("だいたい", "まあ", "まあそう", "大体合ってる", "だいたい合ってる")
    ):
        answers.take_value(analysis, out, "ok")
        return
    if number.isdigit() and 1 <= int(number) <= len(offered):
        answers.take_value(analysis, out, offered[int(number) - 1].v)
        return
    if controls.control(said.text) == "skip" or said.intent == "deny":
        answers.take_value(analysis, out, "none")
        return
    if _elsewhere(analysis, out, said):
        return
    answers.unread(analysis, out, "unclear_tags")
