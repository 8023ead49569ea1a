"""Composes the result: payload for the desk, its text for where no card is shown. Quotes the person; no verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from actions.self_analysis import draft
from actions.self_analysis.data import Analysis, Question
from actions.self_analysis.evidence import quote
from actions.self_analysis.scoring import Evidence, Scores, item_value, score
from actions.self_analysis.state import State

# An item this far from the middle is worth quoting as a clue or a conflict.
_TELLING: Final = 0.5


@dataclass(frozen=True)
class Result:
    """What is sent when a self-analysis ends."""

    payload: dict[str, Any]
    jobs: tuple[str, ...]
    has_draft: bool


def answer_text(analysis: Analysis, question: Question, answer: Mapping[str, Any]) -> str:
    """An answer in words, as it is quoted back."""
    if answer.get("skipped"):
        return str(analysis.texts["controls"]["skip"])
    if "text" in answer:
        return quote(analysis, str(answer["text"]))
    v = answer["v"]
    if isinstance(v, list):
        return "、".join(choice.label for one in v if (choice := question.choice(one)))
    if v == "unknown":
        return str(analysis.texts["controls"]["unknown"])
    if question.kind == "scale5":
        return f"{question.statement}：{analysis.texts['scale5_labels'][v]}"
    side = question.left if v in ("1", "2") else question.right
    return side.short if v in ("1", "4") else f"どちらかといえば{side.short}"


def _episode(state: State, qid: str) -> str:
    return str((state.answers.get(qid) or {}).get("text", ""))


def _values(analysis: Analysis, state: State) -> list[tuple[Question, float]]:
    return [
        (question, value)
        for question in analysis.axis_questions
        if (value := item_value(analysis, question, state.answers.get(question.id))) is not None
    ]


def _headline(analysis: Analysis, scores: Scores) -> str:
    band = scores.axis.band
    side = "plus" if (scores.axis.value or 0) > 0 else "minus"
    return str(analysis.result["headline"][f"{band}_{side}" if band in ("clear", "slight") else band])


def _clues(analysis: Analysis, state: State, scores: Scores, evidence: list[Evidence]) -> list[str]:
    words = analysis.result
    clues: list[str] = []
    mean = scores.axis.value or 0.0
    telling = sorted(
        (item for item in _values(analysis, state) if abs(item[1]) >= _TELLING),
        key=lambda item: (item[1] * mean < 0, -item[0].weight * abs(item[1])),
    )
    for question, _ in telling[:3]:
        said = answer_text(analysis, question, state.answers[question.id])
        clues.append(words["clue_axis"].format(title=question.title, answer=said))
    for qid, key in (("q7", "clue_tasks"), ("q8", "clue_people")):
        answer = state.answers.get(qid)
        if answer and answer.get("v"):
            clues.append(words[key].format(answer=answer_text(analysis, analysis.question(qid), answer)))
    for item in [one for one in evidence if one.confirmed and not one.counter][:3]:
        tag = analysis.tag(item.tag)
        if tag is not None:
            clues.append(words["clue_evidence"].format(label=tag.label, words=quote(analysis, item.words)))
    return clues


def _cautions(analysis: Analysis, state: State, evidence: list[Evidence]) -> list[str]:
    words = analysis.result
    cautions: list[str] = []
    for item in [one for one in evidence if one.confirmed and one.counter][:2]:
        tag = analysis.tag(item.tag)
        if tag is not None:
            cautions.append(words["caution_counter"].format(words=quote(analysis, item.words), label=tag.label))
    values = _values(analysis, state)
    plus = max(
        (item for item in values if item[1] >= _TELLING), key=lambda item: item[0].weight * item[1], default=None
    )
    minus = min(
        (item for item in values if item[1] <= -_TELLING), key=lambda item: item[0].weight * item[1], default=None
    )
    if plus and minus:
        left, right = sorted((plus[0], minus[0]), key=lambda question: analysis.number(question.id))
        cautions.append(
            words["caution_conflict"].format(
                left=answer_text(analysis, left, state.answers[left.id]),
                right=answer_text(analysis, right, state.answers[right.id]),
            )
        )
    cautions.extend(words["conditions"][v] for v in _conditions(state))
    return cautions


def _conditions(state: State) -> list[str]:
    v = (state.answers.get("q11") or {}).get("v")
    return [str(one) for one in v] if isinstance(v, list) else []


def _confidence(analysis: Analysis, scores: Scores) -> tuple[str, str]:
    """How sure: not_enough, weak or fair, and the sentence that says why."""
    words = analysis.result
    band, value = scores.axis.band, scores.axis.value
    if band == "insufficient":
        return "not_enough", words["sure"]["not_enough"].format(percent=round(scores.axis.coverage * 100))
    if band == "clear":
        return "fair", words["sure"]["fair"].format(why=words["why_agree"])
    if band == "slight":
        near_clear = value is not None and abs(value) >= analysis.scoring["bands"]["clear"]["value"]
        return "weak", words["sure"]["weak"].format(why=words["why_no_episode" if near_clear else "why_slight"])
    return "weak", words["sure"]["weak"].format(why=words["why_split"])


def _shown_roles(analysis: Analysis, scores: Scores) -> list[str]:
    """The top jobs, only with something besides the axis that speaks for them unless nothing else was said."""
    backed = [role for role in scores.roles if set(role.sources) - {"axis"}]
    chosen = backed if backed else [role for role in scores.roles if "axis" in role.sources]
    return [role.job for role in chosen[: analysis.scoring["shown_roles"]]]


def compose(analysis: Analysis, state: State) -> Result:
    """The result of a state. The same state gives the same result."""
    evidence = state.evidence()
    scores = score(analysis, state.answers, evidence)
    jobs = _shown_roles(analysis, scores)
    confidence, sure = _confidence(analysis, scores)
    wish = _episode(state, "q12")
    card: dict[str, Any] = {
        "headline": _headline(analysis, scores),
        "clues": _clues(analysis, state, scores, evidence),
        "cautions": _cautions(analysis, state, evidence),
        "sureness": sure,
        "more": _more(analysis, state, scores),
        "jobs": _about_jobs(analysis, scores, jobs),
        "next": _next_step(analysis, jobs),
        "closing": _closing(analysis, wish),
    }
    own_draft = draft.make(analysis, _episode(state, "q9"), evidence)
    by_job = {role.job: role for role in scores.roles}
    roles = [{"job": job, "score": by_job[job].score, "sources": list(by_job[job].sources)} for job in jobs]
    payload: dict[str, Any] = {
        "version": state.version,
        "axis": {"value": scores.axis.value, "coverage": scores.axis.coverage, "band": scores.axis.band},
        "roles": roles,
        "evidence": [
            {"tag": _label(analysis, item.tag), "words": item.words, "confirmed": item.confirmed}
            for item in evidence
            if not item.counter
        ],
        "counter": [
            {"tag": _label(analysis, item.tag), "words": item.words}
            for item in evidence
            if item.counter and item.confirmed
        ],
        "conditions": [choice.label for v in _conditions(state) if (choice := analysis.question("q11").choice(v))],
        "confidence": confidence,
        "next_step": card["next"],
        "chart": _chart(analysis, state, scores),
        "card": card,
        "text": _text(analysis, card, jobs),
    }
    if wish:
        payload["wish"] = wish
    if own_draft:
        payload["draft"] = own_draft
    return Result(payload, tuple(jobs), own_draft is not None)


def _label(analysis: Analysis, tag_id: str) -> str:
    tag = analysis.tag(tag_id)
    return tag.label if tag else tag_id


def _next_step(analysis: Analysis, jobs: list[str]) -> str:
    if not jobs:
        return str(analysis.result["next_none"])
    role = next(role for role in analysis.roles if role.job == jobs[0])
    return str(analysis.result["next_many"].format(trial=role.trial, job=role.job))


def _chart(analysis: Analysis, state: State, scores: Scores) -> dict[str, Any]:
    """Where the person stands: the whole axis with its spread, then each item. No grades, no percentages."""
    names = analysis.result["axis"]
    rows: list[dict[str, Any]] = [
        {
            "label": "全体",
            "left": names["minus"],
            "right": names["plus"],
            "value": scores.axis.value,
            "low": scores.axis.low,
            "high": scores.axis.high,
        }
    ]
    for question in analysis.axis_questions:
        value = item_value(analysis, question, state.answers.get(question.id))
        if question.kind == "steps4":
            ends = (question.left.short, question.right.short)
            left, right = ends if question.plus == "right" else ends[::-1]
        else:
            left, right = "当てはまらない", "当てはまる"
        rows.append({"label": question.title, "left": left, "right": right, "value": value, "low": None, "high": None})
    return {"rows": rows}


def _more(analysis: Analysis, state: State, scores: Scores) -> list[str]:
    """What helps on where the band leaves something open: what is missing, or the jobs between and a question."""
    words = analysis.result
    if scores.axis.band == "insufficient":
        missing = [
            question.title
            for question in analysis.axis_questions
            if item_value(analysis, question, state.answers.get(question.id)) is None
        ]
        return [words["missing"].format(titles="」「".join(missing))]
    if scores.axis.band == "both":
        bridges = [
            words["bridge_to"].format(**bridge) if bridge["toward"] else bridge["job"] for bridge in analysis.bridges
        ]
        return [words["bridge"].format(jobs="、".join(bridges)), words["deciding"]]
    return []


def _about_jobs(analysis: Analysis, scores: Scores, jobs: list[str]) -> str:
    """The sentence beside the jobs that are shown."""
    words = analysis.result
    if scores.named:
        return str(words["roles_one"].format(job=scores.named))
    return str(words["roles_none"] if not jobs else words["roles_many"] if len(jobs) > 1 else "")


def _closing(analysis: Analysis, wish: str) -> list[str]:
    words = analysis.result
    return [*([words["wish"].format(words=quote(analysis, wish))] if wish else []), words["note"]]


def _text(analysis: Analysis, card: dict[str, Any], jobs: list[str]) -> str:
    """The card in words, for whoever cannot show it."""
    words = analysis.result
    parts = [
        [card["headline"]],
        [words["clues_title"], *(f"・{clue}" for clue in card["clues"])] if card["clues"] else [],
        [words["cautions_title"], *(f"・{caution}" for caution in card["cautions"] or [words["caution_none"]])],
        [words["sure_title"], card["sureness"], *card["more"]],
        [words["roles_title"], *(["、".join(jobs)] if jobs else []), *([card["jobs"]] if card["jobs"] else [])],
        [words["next_title"], card["next"]],
        card["closing"],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def doubt_text(analysis: Analysis, state: State) -> str:
    """「なんでこの結果？」「違う気がする」: which answers it came from, and how to change them."""
    words = analysis.result
    lines = []
    for question, value in _values(analysis, state):
        if value == 0:
            continue
        side = words["side_plus"] if value > 0 else words["side_minus"]
        answer = answer_text(analysis, question, state.answers[question.id])
        lines.append("・" + words["doubt_line"].format(title=question.title, answer=answer, side=side))
    if not lines:
        return str(words["neither"])
    return str(words["doubt"].format(reasons="\n".join(lines)))


def draft_text(analysis: Analysis, state: State) -> str:
    """The draft of 自己PR as a message."""
    own = draft.make(analysis, _episode(state, "q9"), state.evidence())
    if own is None:
        return str(analysis.draft["no_text"])
    return f"【{analysis.draft['title']}】\n{analysis.draft['lead']}\n{own['text']}"
