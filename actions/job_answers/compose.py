"""Puts the lines of a plan into a text of limited length, and remembers what has been said."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from actions.job_answers.model import Line, Page, Plan

BULLET = "・"
# Details join the first answer as long as both stay within this many characters.
_SHORT = 270


def _render(lines: Sequence[Line]) -> str:
    """Lines as text: bullets under their headers, details behind their points, other sentences run together."""
    rows: list[str] = []
    header: str | None = None
    running = False
    points: dict[tuple[str, str, str], int] = {}
    for line in lines:
        told = line.passage
        at = None if told is None or not told.under else points.get((told.subject, told.aspect, told.under))
        if at is not None:
            # What explains a point stands with it.
            rows[at] += line.text
            continue
        if line.header != header:
            header = line.header
            running = False
            if header:
                rows.append(header)
        if line.bullet:
            rows.append(BULLET + line.text)
            running = False
            if told is not None and told.title:
                points[told.subject, told.aspect, told.title] = len(rows) - 1
        elif running:
            rows[-1] += line.text
        else:
            rows.append(line.text)
            running = True
    return "\n".join(rows)


def _fits(lead: str, lines: Sequence[Line], end: str, limit: int) -> bool:
    return len("\n".join(part for part in (lead, _render(lines), end) if part)) <= limit


def page(plan: Plan, shown: Collection[str], limit: int, *, lead: str | None = None) -> Page:
    """The next lines of `plan` that have not been shown, at most `limit` characters long.

    A page never mixes the first answer (level 0) with the rest, unless there is room after all of level 0 and the
    answer would be short: nobody asked for the encyclopaedia, but a one-line answer with a button is a tease.

    Args:
        plan: what could be said.
        shown: ids of lines said before.
        limit: characters.
        lead: opens the page instead of the plan's own lead.
    """
    rest = [line for line in plan.lines if line.id not in shown]
    opening = plan.lead if lead is None else lead
    if not rest:
        return Page("", (), 0)
    aside = plan.aside if plan.aside is not None and not shown else None
    end = "\n".join(part for part in (aside.text if aside else "", plan.end) if part)
    chosen: list[Line] = []
    short = min(limit, _SHORT) if plan.fill and not aside else 0
    for line in rest:
        # A short answer goes on into the details; a long one keeps them for もっと詳しく.
        bound = limit if line.level == rest[0].level else short
        if chosen and not _fits(opening, [*chosen, line], end, bound):
            break
        chosen.append(line)
    body = _render(chosen)
    text = "\n".join(part for part in (opening, body, end) if part)
    left = [line for line in rest if line not in chosen and line != aside]
    return Page(text, tuple(line.id for line in (*chosen, *([aside] if aside else ()))), len(left))
