"""Putting the lines of a plan in order, and seeing which say the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from actions.job_answers.aspects import PHRASES
from actions.job_answers.model import Line
from actions.knowledge.search import Hit, pairs_of


def unlike(hits: Sequence[Hit]) -> list[Hit]:
    """Without those that say what a better one says already (the same points stand under several aspects)."""
    kept: list[Hit] = []
    for hit in hits:
        words = set(hit.passage.text)
        if all(len(words & set(other.passage.text)) < 0.7 * len(words) for other in kept):
            kept.append(hit)
    return kept


def in_place(pulled: Sequence[Line], rest: Sequence[Line], jobs: Sequence[str]) -> list[Line]:
    """Pulled lines first, each still under its own header, and the rest not taken for theirs."""
    if not pulled or not pulled[-1].header:
        return [*pulled, *rest]
    name = f"【{jobs[0]}】" if len(jobs) == 1 else "【共通】"
    # What has no header of its own would stand under that of the line before it.
    return [*pulled, *(replace(line, header=line.header or name) if line.level == 0 else line for line in rest)]


def with_points(pulled: Sequence[Line], lines: Sequence[Line]) -> list[Line]:
    """Pulled lines, those that explain a point behind it: alone nobody knows what they speak of."""
    told: list[Line] = []
    for line in pulled:
        point = next((one for one in lines if _explains(line, one)), None)
        if point is not None and point not in told:
            told.append(point)
        told.append(line if point is None else replace(line, header=point.header))
    return list({line.id: line for line in told}.values())


def _explains(line: Line, point: Line) -> bool:
    detail, titled = line.passage, point.passage
    if detail is None or titled is None or not detail.under:
        return False
    return (titled.subject, titled.aspect, titled.title) == (detail.subject, detail.aspect, detail.under)


def says(text: str, line: Line) -> bool:
    """Whether a text says nearly all that a line says."""
    if line.passage is None:
        return False
    pairs = pairs_of(line.passage.text)
    return len(pairs & pairs_of(text)) > 0.7 * len(pairs)


def bare_text(line: Line) -> str:
    """What stands in the files of what a line says."""
    return line.text if line.passage is None else line.passage.text


def alike(text: str, other: str) -> bool:
    """Whether one sentence says nearly all of the other."""
    pairs, others = pairs_of(text), pairs_of(other)
    return len(pairs & others) > 0.6 * min(len(pairs), len(others))


def is_phrase(line: Line) -> bool:
    """Whether a line says a phrase, no sentence."""
    return line.passage is not None and line.passage.aspect in PHRASES


def once(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Each text and each id once, in order; stable sorting puts the first answer before the details."""
    kept: dict[str, Line] = {}
    texts: set[str] = set()
    for line in lines:
        said = line.passage.text if line.passage is not None else line.text
        if line.id not in kept and said not in texts:
            kept[line.id] = line
            texts.add(said)
    return tuple(sorted(kept.values(), key=lambda line: 0 if line.level == 0 else 1))


def few_first(lines: Sequence[Line], most: int) -> list[Line]:
    """Of each header's run the first `most` facts, the rest as details."""
    seen: dict[str | None, int] = {}
    ordered = []
    for line in lines:
        seen[line.header] = seen.get(line.header, 0) + (line.level == 0)
        ordered.append(replace(line, level=1) if line.level == 0 and seen[line.header] > most else line)
    return ordered


def under(header: str, lines: Sequence[Line]) -> list[Line]:
    """Lines without a header of their own under this one."""
    return [replace(line, header=line.header or header or None) for line in lines]
