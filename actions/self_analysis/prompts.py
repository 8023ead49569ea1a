"""The question of the present step, with its own buttons: answers first, controls last."""

from __future__ import annotations

from typing import Any

from actions.self_analysis import evidence, result
from actions.self_analysis.data import Analysis, Question
from actions.self_analysis.messages import Button, Prompt, payload
from actions.self_analysis.state import AGAIN, CHANGE, CONSENT, DONE, MORE, OVER, State


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
                    answer="、".join(label_of(question, v) for v in state.picks), left=question.most - len(state.picks)
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


def label_of(question: Question, v: str) -> str:
    choice = question.choice(v)
    return choice.label if choice else v


def open_notes(analysis: Analysis, state: State) -> list[dict[str, Any]]:
    qid = state.step.removesuffix("_tags")
    return state.notes.get(qid, [])[: analysis.limits["shown_tags"]]


def tag_label(analysis: Analysis, tag_id: str) -> str:
    tag = analysis.tag(tag_id)
    return tag.label if tag else tag_id


def _tags_prompt(analysis: Analysis, state: State, number: int, total: int) -> Prompt:
    texts = analysis.texts
    notes = open_notes(analysis, state)
    lines: list[str] = []
    for counter, head in ((False, texts["tags_ask"]), (True, texts["tags_ask_counter"])):
        part = [note for note in notes if note["counter"] is counter]
        if part:
            lines.append(head)
            lines += [
                f"・{tag_label(analysis, note['tag'])}（「{evidence.quote(analysis, note['words'])}」）"
                for note in part
            ]
    lines.append(texts["tags_end"])
    choices = [("ok", texts["tags_ok"])]
    choices += [
        (f"no:{note['tag']}", _short(texts["tags_wrong"].format(label=tag_label(analysis, note["tag"]))))
        for note in notes
    ]
    if len(notes) > 1:
        choices.append(("none", texts["tags_none"]))
    buttons = tuple(Button(title, payload("sa_answer", q=state.step, v=v)) for v, title in dict(choices).items())
    return Prompt("\n".join(lines), buttons, number, total)
