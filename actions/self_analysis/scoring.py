"""Scoring of the self-analysis: axis, band, roles. Pure arithmetic over answers; every constant is in the data file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from actions.self_analysis.data import Analysis, Question, Role

Band = Literal["insufficient", "both", "slight", "clear"]
# One item's answer: {"v": "2"}, {"v": ["records", "it"]}, {"text": "…"}, {"v": "unknown"} or {"skipped": True}.
Answer = Mapping[str, Any]
Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Evidence:
    """A tag with the person's own words; a `counter` speaks against. Only confirmed ones are scored."""

    tag: str
    words: str
    confirmed: bool = False
    counter: bool = False


@dataclass(frozen=True)
class Axis:
    """Where the answers stand between 事務職 (-1) and バックオフィス (+1)."""

    value: float | None
    coverage: float
    band: Band
    low: float | None
    high: float | None


@dataclass(frozen=True)
class RoleScore:
    """A job's score R (about -0.2 … 1) and the independent sources that speak for it."""

    job: str
    score: float
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Scores:
    """Everything computed from one set of answers."""

    axis: Axis
    roles: tuple[RoleScore, ...]
    named: str | None


def item_value(analysis: Analysis, question: Question, answer: Answer | None) -> float | None:
    """An axis item's value in [-1, 1], + is バックオフィス; None when skipped, unknown or unanswered."""
    v = None if answer is None else answer.get("v")
    if not isinstance(v, str):
        return None
    steps = analysis.scoring["steps4" if question.kind == "steps4" else "scale5"]
    if v not in steps:
        return None
    value = float(steps[v])
    return -value if question.kind == "steps4" and question.plus == "left" else value


def axis(analysis: Analysis, answers: Answers, evidence: Iterable[Evidence]) -> Axis:
    """A = Σw·v / Σw over answered items, its coverage and band.

    `clear` also needs a confirmed episode that agrees with the direction; without one it is `slight`.
    `low` and `high` are A ± the weighted standard deviation of the items, for the chart.
    """
    items = [(q.weight, item_value(analysis, q, answers.get(q.id))) for q in analysis.axis_questions]
    given = [(weight, value) for weight, value in items if value is not None]
    total = sum(weight for weight, _ in items)
    answered = sum(weight for weight, _ in given)
    coverage = round(answered / total, 4)
    if not given:
        return Axis(None, 0.0, "insufficient", None, None)
    mean = sum(weight * value for weight, value in given) / answered
    spread = (sum(weight * (value - mean) ** 2 for weight, value in given) / answered) ** 0.5
    same_sign = sum(weight for weight, value in given if value * mean > 0) / answered
    value = round(mean, 4)
    bands = analysis.scoring["bands"]
    band: Band
    if coverage < bands["insufficient_coverage"]:
        band = "insufficient"
    elif (
        abs(value) >= bands["clear"]["value"]
        and same_sign >= bands["clear"]["one_sign"] - 1e-9
        and agrees(analysis, value, evidence)
    ):
        band = "clear"
    elif abs(value) >= bands["slight"]["value"] and same_sign >= bands["slight"]["one_sign"] - 1e-9:
        band = "slight"
    else:
        band = "both"
    return Axis(value, coverage, band, round(max(-1.0, mean - spread), 4), round(min(1.0, mean + spread), 4))


def agrees(analysis: Analysis, value: float, evidence: Iterable[Evidence]) -> bool:
    """Whether a confirmed episode speaks for the direction of `value`."""
    tags = analysis.scoring["agreeing_tags"]["back_office" if value > 0 else "office"]
    return any(item.confirmed and not item.counter and item.tag in tags for item in evidence)


def _picked(answers: Answers, qid: str) -> list[str]:
    v = (answers.get(qid) or {}).get("v")
    return [str(choice) for choice in v] if isinstance(v, list) else []


def _share(analysis: Analysis, role: Role, evidence: Iterable[Evidence], *, counter: bool) -> float:
    tags = {item.tag for item in evidence if item.confirmed and item.counter is counter and item.tag in role.evidence}
    return min(1.0, len(tags) / int(analysis.scoring["evidence_full"]))


def role_score(
    analysis: Analysis, role: Role, answers: Answers, axis_value: float | None, evidence: Iterable[Evidence]
) -> RoleScore:
    """R = .5D + .2P + .15(1 − |A − target|/2) + .15E − .2C; without an axis its part counts 0."""
    weights = analysis.scoring["role"]
    evidence = tuple(evidence)
    ranks = analysis.scoring["rank"]
    interest = max(
        (float(ranks[place]) for place, task in enumerate(_picked(answers, "q7")) if task in role.tasks), default=0.0
    )
    people = max((role.people.get(choice, 0.0) for choice in _picked(answers, "q8")), default=0.0)
    close = 0.0 if axis_value is None else 1 - abs(axis_value - role.target) / 2
    shown = _share(analysis, role, evidence, counter=False)
    against = _share(analysis, role, evidence, counter=True)
    score = (
        weights["interest"] * interest
        + weights["people"] * people
        + weights["axis"] * close
        + weights["evidence"] * shown
        - weights["counter"] * against
    )
    sources = [
        name
        for name, holds in (
            ("interest", interest > 0),
            ("people", people > 0),
            ("axis", close >= analysis.scoring["axis_close"]),
            ("evidence", shown > 0),
        )
        if holds
    ]
    return RoleScore(role.job, round(score, 4), tuple(sources))


def score(analysis: Analysis, answers: Answers, evidence: Iterable[Evidence]) -> Scores:
    """Axis and roles, best first; ties keep the order of the data file.

    One job is `named` only with a margin to the second, a high enough score and independent sources.
    """
    evidence = tuple(evidence)
    found = axis(analysis, answers, evidence)
    roles = sorted(
        (role_score(analysis, role, answers, found.value, evidence) for role in analysis.roles),
        key=lambda role: -role.score,
    )
    rule = analysis.scoring["name_one"]
    best, second = roles[0], roles[1]
    named = (
        best.job
        if best.score - second.score >= rule["margin"] - 1e-9
        and best.score >= rule["score"]
        and len(best.sources) >= rule["sources"]
        else None
    )
    return Scores(found, tuple(roles), named)
