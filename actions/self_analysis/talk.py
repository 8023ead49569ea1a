"""The conversation of the self-analysis: one turn in, what to say and where to go next. Pure: no Rasa in here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from actions.self_analysis import controls, reading, result
from actions.self_analysis import evidence as evidence_reader
from actions.self_analysis.data import Analysis, Question, fold
from actions.self_analysis.scoring import Evidence, axis
from actions.self_analysis.state import AGAIN, CHANGE, CONSENT, DONE, MORE, OVER, State

# ask: handled, put the present question. aside: another topic answers, then the question comes again.
# step_out: the form goes away and another topic takes over. end: the form is done, see `ended`.
Course = Literal["ask", "aside", "step_out", "end"]
Ended = Literal["result", "paused", "cancelled", "declined"]

# What always has the floor, whatever is being asked.
STEP_OUT: Final = frozenset({"crisis", "crisis_other", "EXTERNAL_erased"})
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
_CONTROL_OF: Final[Mapping[str, controls.Control]] = {
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
# A free text of this many characters is told, not asked or commanded.
_TOLD: Final = 12


@dataclass(frozen=True)
class Button:
    """A choice: what is shown (≤ 20 characters) and the payload that a tap sends."""

    title: str
    payload: str


@dataclass(frozen=True)
class Prompt:
    """A question as it is put: text, its own buttons (answers first, controls last), progress."""

    text: str
    buttons: tuple[Button, ...]
    step: int
    of: int


@dataclass(frozen=True)
class Said:
    """One message: typed (`text`) or tapped (`q` and, for an answer, `v`)."""

    text: str = ""
    intent: str = ""
    confidence: float = 1.0
    q: str | None = None
    v: str | None = None
    tapped: bool = False


@dataclass
class Turn:
    """What a message led to."""

    state: State
    says: list[str] = field(default_factory=list)
    course: Course = "ask"
    ended: Ended | None = None


def payload(intent: str, **entities: str) -> str:
    """A tap's payload, e.g. `/sa_answer{"q":"q1","v":"2"}`."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False, separators=(',', ':'))}" if entities else f"/{intent}"


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
        state.back_to = DONE if state.step == DONE else _plain_step(state)
        state.step = AGAIN
    if turn.state.step not in (CONSENT, AGAIN) and (away or intent == "resume"):
        turn.says.append(analysis.texts["welcome_back"].format(step=turn.state.item_of(analysis)))
    turn.state.seen_at = now
    return turn


def _plain_step(state: State) -> str:
    return state.back_to if state.step in (AGAIN, OVER, CHANGE) and state.back_to else state.step


# --- what is asked ----------------------------------------------------------


def prompt(analysis: Analysis, state: State) -> Prompt:
    """The question of the present step."""
    texts = analysis.texts
    total = len(analysis.questions)
    number = state.item_of(analysis)

    def choose(text: str, *choices: tuple[str, str]) -> Prompt:
        buttons = tuple(Button(title, payload("sa_answer", q=state.step, v=v)) for v, title in choices)
        return Prompt(text, buttons, 0 if state.step == CONSENT else number, total)

    if state.step == CONSENT:
        return choose(texts["intro"], ("yes", texts["consent_yes"]), ("no", texts["consent_no"]))
    if state.step == AGAIN:
        if state.back_to == DONE:
            return choose(texts["finished"], ("result", texts["unfinished_result"]), ("over", texts["unfinished_over"]))
        return choose(
            texts["unfinished"].format(step=number), ("go", texts["unfinished_go"]), ("over", texts["unfinished_over"])
        )
    if state.step == OVER:
        return choose(texts["over_ask"], ("yes", texts["over_yes"]), ("no", texts["over_no"]))
    if state.step == MORE:
        return choose(
            texts["more_ask"].format(n=len(state.more_left)), ("yes", texts["more_yes"]), ("no", texts["more_no"])
        )
    if state.step == CHANGE:
        choices = [
            (question.id, _short(f"{analysis.number(question.id)} {question.title}"))
            for question in analysis.questions
            if question.id in state.answers
        ]
        return choose(texts["change_ask"], *choices, ("no", texts["over_no"]))
    if state.step.endswith("_tags"):
        return _tags_prompt(analysis, state, number, total)
    return _item_prompt(analysis, state, analysis.question(state.step), number, total)


def _short(title: str) -> str:
    return title if len(title) <= 20 else title[:19] + "…"


def _item_prompt(analysis: Analysis, state: State, question: Question, number: int, total: int) -> Prompt:
    texts = analysis.texts
    lines = [f"（{number}/{total}）{question.title}", question.ask]
    answers: list[tuple[str, str]] = []
    if question.kind == "steps4":
        lines += [f"A：{question.left.label}", f"B：{question.right.label}"]
        answers = [*texts["steps4_labels"].items(), ("unknown", texts["controls"]["unknown"])]
    elif question.kind == "scale5":
        answers = [*texts["scale5_labels"].items(), ("unknown", texts["controls"]["unknown"])]
    elif question.choices:
        open_choices = [choice for choice in question.choices if choice.v not in state.picks]
        lines += [
            f"{place}. {choice.label}"
            for place, choice in enumerate(question.choices, 1)
            if choice.v not in state.picks
        ]
        if state.picks:
            lines.append(
                texts["picked_so_far"].format(
                    answer="、".join(_label(question, v) for v in state.picks), left=question.most - len(state.picks)
                )
            )
        answers = [(choice.v, choice.label) for choice in open_choices]
        if state.picks:
            answers.append(("done", texts["controls"]["done"]))
    else:
        lines.append(texts["text_hint"])
        answers = [("none", texts["controls"]["none"])]
    present = state.answers.get(question.id)
    if present and not present.get("skipped"):
        lines.append(texts["present_answer"].format(answer=result.answer_text(analysis, question, present)))
        answers.append(("keep", texts["controls"]["keep"]))
    buttons = [Button(title, payload("sa_answer", q=question.id, v=v)) for v, title in answers]
    if question.kind == "text":
        buttons.append(Button(texts["controls"]["example"], payload("example", q=question.id)))
    buttons.append(Button(texts["controls"]["skip"], payload("skip_question", q=question.id)))
    if number > 1:
        buttons.append(Button(texts["controls"]["back"], payload("go_back", q=question.id)))
    # LINE shows 13 at most; with ten cards there is no room for this one, and 「中断」 can be typed.
    if len(buttons) < 13:
        buttons.append(Button(texts["controls"]["pause"], payload("pause", q=question.id)))
    return Prompt("\n".join(lines), tuple(buttons[:13]), number, total)


def _label(question: Question, v: str) -> str:
    choice = question.choice(v)
    return choice.label if choice else v


def _open_notes(analysis: Analysis, state: State) -> list[dict[str, Any]]:
    qid = state.step.removesuffix("_tags")
    return state.notes.get(qid, [])[: analysis.limits["shown_tags"]]


def _tag_label(analysis: Analysis, tag_id: str) -> str:
    tag = analysis.tag(tag_id)
    return tag.label if tag else tag_id


def _tags_prompt(analysis: Analysis, state: State, number: int, total: int) -> Prompt:
    texts = analysis.texts
    notes = _open_notes(analysis, state)
    lines: list[str] = []
    for counter, head in ((False, texts["tags_ask"]), (True, texts["tags_ask_counter"])):
        part = [note for note in notes if note["counter"] is counter]
        if part:
            lines.append(head)
            lines += [
                f"・{_tag_label(analysis, note['tag'])}（「{evidence_reader.quote(analysis, note['words'])}」）"
                for note in part
            ]
    lines.append(texts["tags_end"])
    choices = [("ok", texts["tags_ok"])]
    choices += [
        (f"no:{note['tag']}", _short(texts["tags_wrong"].format(label=_tag_label(analysis, note["tag"]))))
        for note in notes
    ]
    if len(notes) > 1:
        choices.append(("none", texts["tags_none"]))
    buttons = tuple(Button(title, payload("sa_answer", q=state.step, v=v)) for v, title in dict(choices).items())
    return Prompt("\n".join(lines), buttons, number, total)


# --- what is said -----------------------------------------------------------


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
        _typed(analysis, out, said)
    if out.course == "ask" and out.state.step == DONE:
        out.course, out.ended = "end", out.ended or "result"
    return out


def _tapped(analysis: Analysis, out: Turn, said: Said) -> None:
    state = out.state
    if said.intent in STEP_OUT_UNLESS_TOLD:
        out.course = "step_out"
        return
    if said.q is not None and said.q != state.step:
        out.says.append(analysis.texts["stale"])
        return
    if said.intent == "sa_answer" and said.v is not None:
        _answer_value(analysis, out, said.v)
        return
    name = _CONTROL_OF.get(said.intent)
    if name is not None:
        _control(analysis, out, name, said)
    elif said.intent in ("resume", "start_self_analysis"):
        return
    else:
        out.course = "aside"


def _typed(analysis: Analysis, out: Turn, said: Said) -> None:
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
        _control(analysis, out, name, said)
        return True
    if told and not reading.is_question(said.text):
        return False
    sure = said.confidence >= _SURE_INTENT
    if said.intent in STEP_OUT_UNLESS_TOLD and sure:
        out.course = "step_out"
        return True
    if said.intent in _CONTROL_OF and sure:
        _control(analysis, out, _CONTROL_OF[said.intent], said)
        return True
    asks = said.intent.startswith("ask_") and (sure or reading.is_question(said.text))
    if asks or (said.intent in ASIDE and (sure or reading.is_question(said.text))):
        out.course = "aside"
        return True
    return False


def _typed_item(analysis: Analysis, out: Turn, question: Question, said: Said) -> None:
    found = reading.read(question, said.text)
    if found is not None and found.sure:
        _take(analysis, out, question, found.v, said.text)
        return
    if _elsewhere_for_item(analysis, out, said, found):
        return
    if found is not None:
        _take(analysis, out, question, found.v, said.text)
        return
    _unread(analysis, out, f"unclear_{'pick' if question.choices else question.kind}")


def _elsewhere_for_item(analysis: Analysis, out: Turn, said: Said, found: reading.Reading | None) -> bool:
    """An item's own words beat the classifier unless the message asks or commands."""
    if found is not None and controls.control(said.text) is None and not reading.is_question(said.text):
        if said.intent in STEP_OUT_UNLESS_TOLD - {"bye"} and said.confidence >= 0.8:
            out.course = "step_out"
            return True
        return False
    return _elsewhere(analysis, out, said)


def _typed_text(analysis: Analysis, out: Turn, question: Question, said: Said) -> None:
    if reading.nothing_to_say(said.text):
        _nothing(analysis, out, question)
        return
    told = len(fold(said.text)) >= _TOLD
    if told and said.intent in ("request_human", "complaint") and said.confidence >= 0.8 and len(fold(said.text)) < 40:
        out.course = "step_out"
        return
    if _elsewhere(analysis, out, said, told=told):
        return
    if len(fold(said.text)) < 2:
        _unread(analysis, out, "unclear_text")
        return
    _take_text(analysis, out, question, said.text)
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
    offered = [
        (json.loads(button.payload.split("{", 1)[1].join(["{", ""]))["v"], button.title)
        for button in prompt(analysis, out.state).buttons
    ]
    number = plain.removesuffix("番")
    for place, (v, title) in enumerate(offered, 1):
        if plain == fold(title) or number == str(place):
            _answer_value(analysis, out, v)
            return
    asks = reading.is_question(said.text) and not plain.startswith(("はい", "ok"))
    if not asks:
        says_no = (
            plain.startswith(_NO)
            or said.intent in ("deny", "cancel")
            or controls.control(said.text) in ("pause", "cancel")
        )
        says_yes = plain.startswith(_YES) or said.intent in ("affirm", "start_self_analysis", "resume")
        if says_no:
            _answer_value(analysis, out, offered[-1][0] if out.state.step != AGAIN else "leave")
            return
        if says_yes:
            _answer_value(analysis, out, offered[0][0])
            return
        if out.state.step == AGAIN and (said.intent == "start_over" or controls.control(said.text) == "over"):
            _answer_value(analysis, out, "over")
            return
        if out.state.step == AGAIN and said.intent == "show_result":
            _answer_value(analysis, out, offered[0][0])
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
        _answer_value(analysis, out, "no" if out.state.step != AGAIN else "leave")
        return
    out.says.append(analysis.texts["consent_unclear"] if out.state.step == CONSENT else analysis.texts["unclear_pick"])


def _typed_change(analysis: Analysis, out: Turn, said: Said) -> None:
    number = reading.item_number(said.text)
    plain = fold(said.text)
    if number is None and plain.isdigit() and 1 <= int(plain) <= len(analysis.questions):
        number = int(plain)
    if number is not None:
        _answer_value(analysis, out, f"q{number}")
        return
    for question in analysis.questions:
        if question.id in out.state.answers and (fold(question.title) in plain or plain in fold(question.title)):
            _answer_value(analysis, out, question.id)
            return
    if _remove(analysis, out, said.text):
        out.state.step = out.state.back_to or out.state.next_item(analysis) or DONE
        out.state.back_to = ""
        return
    if plain.startswith(_NO) or controls.control(said.text) in ("cancel", "back", "keep", "result"):
        _answer_value(analysis, out, "no")
        return
    if _elsewhere(analysis, out, replace(said, text="" if controls.control(said.text) == "change" else said.text)):
        return
    out.state.unread += 1
    if out.state.unread >= analysis.limits["unread"]:
        _answer_value(analysis, out, "no")
        return
    out.says.append(analysis.texts["unclear_pick"])


def _typed_tags(analysis: Analysis, out: Turn, said: Said) -> None:
    plain = fold(said.text)
    notes = _open_notes(analysis, out.state)
    wrong = any(word in plain for word in ("違", "ちが", "じゃない", "ではない", "消", "外", "いらない", "ない"))
    named = [note for note in notes if _names(analysis, note["tag"], plain)]
    if any(
        word in plain for word in ("全部違", "全部ちが", "どれも違", "どれもちが", "全然違", "すべて違", "全て違")
    ) or plain in ("違う", "ちがう", "違います", "ちがいます", "いいえ", "合ってない", "合っていません", "違うかも"):
        _answer_value(analysis, out, "none")
        return
    if named and wrong:
        for note in named:
            _answer_value(analysis, out, f"no:{note['tag']}")
        return
    added = [
        tag for tag in analysis.tags if _names(analysis, tag.id, plain) and all(note["tag"] != tag.id for note in notes)
    ]
    if added and not wrong and not reading.is_question(said.text):
        qid = out.state.step.removesuffix("_tags")
        for tag in added:
            words = evidence_reader.quote(analysis, said.text.strip())
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
        _answer_value(analysis, out, "ok")
        return
    if number.isdigit() and 1 <= int(number) <= len(offered):
        value = json.loads("{" + offered[int(number) - 1].payload.split("{", 1)[1])["v"]
        _answer_value(analysis, out, value)
        return
    if controls.control(said.text) == "skip" or said.intent == "deny":
        _answer_value(analysis, out, "none")
        return
    if _elsewhere(analysis, out, said):
        return
    _unread(analysis, out, "unclear_tags")


def _names(analysis: Analysis, tag_id: str, plain: str) -> bool:
    tag = analysis.tag(tag_id)
    if tag is None:
        return False
    label = fold(tag.label)
    return label in plain or any(
        part and part in plain for part in label.replace("の", "・").split("・") if len(part) > 1
    )


# --- answers ----------------------------------------------------------------


def _answer_value(analysis: Analysis, out: Turn, v: str) -> None:
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
            out.says.append(texts["tags_removed"].format(label=_tag_label(analysis, gone)))
            state.notes[qid] = [note for note in notes if note["tag"] != gone]
        if state.notes.get(qid):
            return
        state.notes.pop(qid, None)
    else:
        out.says.append(texts["unclear_tags"])
        return
    _go_on(analysis, out)


def _answer_item(analysis: Analysis, out: Turn, question: Question, v: str) -> None:
    state, texts = out.state, analysis.texts
    if v == "keep" and question.id in state.answers:
        state.picks = []
        _go_on(analysis, out)
    elif question.kind == "text":
        if v == "none":
            _nothing(analysis, out, question)
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
        _take(analysis, out, question, v, "")
    else:
        out.says.append(texts[f"unclear_{question.kind}"])


def _take(analysis: Analysis, out: Turn, question: Question, v: str | list[str], typed: str) -> None:
    """A read or tapped value of an item."""
    texts = analysis.texts
    if isinstance(v, list):
        if not v:
            _skip(analysis, out)
            return
        _pick(analysis, out, question, v)
        return
    if v == "unknown":
        out.says.append(texts["unknown"])
    elif typed:
        # What was typed is said back, so that a wrong reading shows at once.
        out.says.append(texts["heard"].format(answer=result.answer_text(analysis, question, {"v": v})))
    _store(analysis, out, question, {"v": v})
    if typed and len(fold(typed)) >= _TOLD:
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
    labels = "、".join(_label(question, v) for v in new if v in state.picks)
    if labels:
        out.says.append(texts["heard_pick"].format(answer=labels))
    if len(state.picks) >= question.most or len(chosen) > 1:
        _store(analysis, out, question, {"v": list(state.picks)})


def _hints(analysis: Analysis, state: State, question: Question, text: str) -> None:
    """Remarks beside an answer are read too; unconfirmed, so they never count in the scores."""
    kept = evidence_reader.without_prohibited(analysis, text)
    found = [item for item in evidence_reader.read(analysis, kept.text) if item.counter]
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


def _take_text(analysis: Analysis, out: Turn, question: Question, text: str) -> None:
    state, texts = out.state, analysis.texts
    kept = evidence_reader.without_prohibited(analysis, text)
    if kept.topics:
        out.says.append(texts["prohibited"].format(topic="、".join(kept.topics)))
        if not kept.text:
            state.unread += 1
            if state.unread >= analysis.limits["unread"]:
                _skip(analysis, out)
            return
    limit = analysis.limits["text"]
    words = kept.text[:limit]
    if len(kept.text) > limit:
        out.says.append(texts["heard_long"].format(n=limit))
    found: list[Evidence] = []
    if question.id in ("q9", "q10"):
        found = evidence_reader.read(analysis, words, tired=question.id == "q10")
    if question.id == "q10":
        found += _gathered_hints(state, found)
    state.answers[question.id] = {"text": words}
    state.note(question.id, found[: analysis.limits["shown_tags"]])
    state.unread = 0
    if found:
        state.step = f"{question.id}_tags"
        return
    out.says.append(texts["heard_text"])
    _go_on(analysis, out)


def _nothing(analysis: Analysis, out: Turn, question: Question) -> None:
    """「特にない」: one easier example, then a skip."""
    if question.id in out.state.eased:
        _skip(analysis, out)
    else:
        out.state.eased.append(question.id)
        out.says.append(question.easier)


def _store(analysis: Analysis, out: Turn, question: Question, answer: dict[str, Any]) -> None:
    state = out.state
    state.answers[question.id] = answer
    state.picks = []
    state.notes.pop(question.id, None)
    _go_on(analysis, out)


def _go_on(analysis: Analysis, out: Turn) -> None:
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


def _skip(analysis: Analysis, out: Turn) -> None:
    qid = out.state.step.removesuffix("_tags")
    out.state.answers[qid] = {"skipped": True}
    out.state.notes.pop(qid, None)
    out.says.append(analysis.texts["skipped"])
    _go_on(analysis, out)


def _unread(analysis: Analysis, out: Turn, text: str) -> None:
    """Not understood: say how to answer; after too many tries go on without."""
    out.state.unread += 1
    if out.state.unread < analysis.limits["unread"]:
        out.says.append(analysis.texts[text])
        return
    out.says.append(analysis.texts["given_up"])
    if out.state.step.endswith("_tags"):
        out.state.notes.pop(out.state.step.removesuffix("_tags"), None)
        _go_on(analysis, out)
        return
    out.state.answers.setdefault(out.state.step, {"skipped": True})
    _go_on(analysis, out)


# --- controls ---------------------------------------------------------------


def _control(analysis: Analysis, out: Turn, name: controls.Control, said: Said) -> None:
    state, texts = out.state, analysis.texts
    on_item = state.step.startswith("q") and not state.step.endswith("_tags")
    question = analysis.question(state.step.removesuffix("_tags")) if state.step.startswith("q") else None
    simple: dict[str, Callable[[], None]] = {
        "pause": lambda: _end(out, "paused"),
        "cancel": lambda: _end(out, "cancelled"),
        "progress": lambda: out.says.append(
            texts["progress"].format(
                step=state.item_of(analysis),
                answered=sum(1 for answer in state.answers.values() if not answer.get("skipped")),
            )
        ),
        "repeat": lambda: None,
        "change": lambda: _change(analysis, out, said.text),
        "back": lambda: _back(analysis, out),
    }
    if name in simple:
        simple[name]()
    elif name == "over":
        state.back_to, state.step = _plain_step(state), OVER
    elif name == "result":
        state.back_to, state.more_asked = "", True
        state.step = DONE
    elif name == "skip":
        if on_item:
            _skip(analysis, out)
        elif question is not None:
            _answer_value(analysis, out, "none")
        else:
            _answer_value(analysis, out, "no" if state.step != AGAIN else "leave")
    elif name == "keep":
        if question is not None and question.id in state.answers and on_item:
            _go_on(analysis, out)
    elif question is not None:
        out.says.append({"reason": question.why, "explain": question.explain, "example": question.example}[name])
    else:
        out.says.append(texts["consent_unclear"] if state.step == CONSENT else texts["unclear_pick"])


def _end(out: Turn, ended: Ended) -> None:
    if ended == "cancelled":
        out.state = State(out.state.version)
    elif out.state.step in (AGAIN, OVER, CHANGE):
        out.state.step, out.state.back_to = out.state.back_to or out.state.step, ""
    out.course, out.ended = "end", ended


def _back(analysis: Analysis, out: Turn) -> None:
    state = out.state
    state.unread = 0
    if not state.step.startswith("q"):
        state.step, state.back_to = state.back_to or state.next_item(analysis) or DONE, ""
        return
    if state.picks:
        question = analysis.question(state.step)
        gone = state.picks.pop()
        out.says.append(analysis.texts["unpicked"].format(answer=_label(question, gone)))
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


def _change(analysis: Analysis, out: Turn, text: str) -> None:
    """「3番を変えたい」, 「数字が好き」は消して, or the list to choose from."""
    state, texts = out.state, analysis.texts
    if not any(not answer.get("skipped") for answer in state.answers.values()):
        out.says.append(texts["change_none"])
        return
    number = reading.item_number(text)
    came_from = _plain_step(state)
    if number is not None and number <= len(analysis.questions):
        qid = f"q{number}"
        if qid in state.answers or state.step == DONE:
            state.back_to = came_from if came_from in (DONE,) or came_from.endswith("_tags") else ""
            state.step, state.picks = qid, []
            out.says.append(texts["jumped"])
            return
    if any(word in text for word in ("消", "取り消", "取消", "外し", "削除", "なかったこと")) and _remove(
        analysis, out, text
    ):
        return
    words = reading.quoted(text)
    if words:
        out.says.append(texts["change_missing"].format(words=words))
    state.back_to = came_from
    state.step = CHANGE


def _remove(analysis: Analysis, out: Turn, text: str) -> bool:
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
            if tag and (_names(analysis, tag.id, plain) or tag.words.search(plain) or plain in note["words"]):
                state.notes[qid] = [other for other in notes if other is not note]
                if not state.notes[qid]:
                    del state.notes[qid]
                out.says.append(analysis.texts["removed"].format(words=tag.label))
                return True
    return False


# --- after the result, outside the form -------------------------------------

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
        _change(analysis, part, said.text)
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
    elif state.started and not finished:
        out.says.append(texts["paused"].format(step=state.item_of(analysis)))
    else:
        out.says.append(texts["not_running"])
    return out
