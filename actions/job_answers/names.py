"""Where a text names jobs by any of their everyday names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.nlu.normalise import fold, normalise
from bot.nlu.terms import read_terms


@dataclass(frozen=True, slots=True)
class Named:
    """A name at `start`..`end` of the normalised text, and the job that it means."""

    start: int
    end: int
    job: str


def named_in(text: str) -> list[Named]:
    """The names of jobs in a text, left to right; the longest at each place, none that means something else."""
    meant = _meant()
    return [
        Named(at.start(), at.end(), meant[at.group()])
        for at in _names().finditer(fold(normalise(text).text))
        if at.group() in meant
    ]


def without_names(text: str) -> str:
    """What stands beside the names of jobs, normalised: each name is a blank."""
    plain = normalise(text).text
    for name in reversed(named_in(text)):
        plain = f"{plain[: name.start]} {plain[name.end :]}"
    return plain


@lru_cache(maxsize=1)
def _meant() -> dict[str, str]:
    return {fold(normalise(name.text).text): name.value for name in read_terms() if name.entity == "job"}


@lru_cache(maxsize=1)
def _names() -> re.Pattern[str]:
    """Every name that people have for a job, and what only looks like one, the longest first."""
    names = {fold(normalise(name.text).text) for name in read_terms() if name.entity in ("job", "")}
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
