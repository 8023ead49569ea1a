"""Simulates people who answer at random or with a leaning, and shows how many land in each band.

Run by `make simulate-analysis`. A guard against a data file that tells people a direction they never gave.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from actions.self_analysis.data import Analysis, Question, load
from actions.self_analysis.scoring import Evidence, score

PEOPLE: Final = 5_000
_BANDS: Final = ("insufficient", "both", "slight", "clear")


def answers(analysis: Analysis, chance: random.Random, lean: float, unsure: float) -> dict[str, dict[str, Any]]:
    """One person's answers.

    Args:
        lean: -1 (always 事務職) … 0 (at random) … +1 (always バックオフィス): the probability, beyond chance, that an
            item is answered on that side.
        unsure: the share of 「わからない」.
    """
    given: dict[str, dict[str, Any]] = {}
    for question in analysis.axis_questions:
        if chance.random() < unsure:
            given[question.id] = {"v": "unknown"}
        else:
            given[question.id] = {"v": _step(analysis, question, chance, lean)}
    for qid in ("q7", "q8", "q11"):
        question = analysis.question(qid)
        given[qid] = {"v": [choice.v for choice in chance.sample(question.choices, question.most)]}
    return given


def _step(analysis: Analysis, question: Question, chance: random.Random, lean: float) -> str:
    steps: Mapping[str, float] = analysis.scoring["steps4" if question.kind == "steps4" else "scale5"]
    if chance.random() >= abs(lean):
        return chance.choice(list(steps))
    wanted = lean if question.kind == "scale5" or question.plus == "right" else -lean
    return chance.choice([v for v, value in steps.items() if value * wanted > 0])


def shares(
    analysis: Analysis, lean: float, unsure: float, *, episode: bool, people: int = PEOPLE, seed: int = 1
) -> dict[str, float]:
    """The share of each band, and of those for whom one job is named (`named`)."""
    chance = random.Random(seed)
    found: Counter[str] = Counter()
    tags = [tag.id for tag in analysis.tags if tag.kind == "strength"]
    for _ in range(people):
        evidence = [Evidence(tag, "", confirmed=True) for tag in chance.sample(tags, 2)] if episode else []
        scores = score(analysis, answers(analysis, chance, lean, unsure), evidence)
        found[scores.axis.band] += 1
        found["named"] += scores.named is not None
    return {name: found[name] / people for name in (*_BANDS, "named")}


def main() -> int:
    """Prints the table."""
    analysis = load()
    lines = [
        f"自己分析 {analysis.version}: {PEOPLE} 人ずつ（わからない 15 %）",
        f"{'':<34}{'足りない':>6}{'どちらも':>6}{'寄り':>7}{'はっきり':>6}{'1つ挙げる':>5}",
    ]
    for name, lean, episode in (
        ("でたらめ・出来事なし", 0.0, False),
        ("でたらめ・出来事あり", 0.0, True),
        ("少し事務職（半分は傾いて答える）", -0.5, True),
        ("少しバックオフィス", 0.5, True),
        ("事務職（8割）", -0.8, True),
        ("バックオフィス（8割）", 0.8, True),
    ):
        row = shares(analysis, lean, 0.15, episode=episode)
        cells = "".join(f"{row[key]:>9.1%}" for key in (*_BANDS, "named"))
        lines.append(f"{name:　<17}{cells}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
