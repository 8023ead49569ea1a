"""Whose work a task is, learned from how people asked: 'レシートの束を台紙に貼るのは誰？'.

Every question of owners.yml speaks for its jobs, the more the liker it is (kernel ridge regression, `bot.kernel`), and
so do the sentences and the words of the jobs' own files. `make train` keeps what was learned in
models/knowledge/owners; where something was written since, it is learned when first needed.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from actions.knowledge import likeness
from actions.knowledge.likeness import SHARES, inputs, is_stamped, keep, kept_vectors, look, spelt, stamp, vector
from actions.knowledge.model import FOLDER, Knowledge, knowledge
from bot import kernel
from bot.documents import read_yaml
from bot.kernel import KernelModel
from bot.nlu.linear import Floats

FILE: Final = FOLDER / "owners.yml"
KEPT: Final = likeness.KEPT / "owners"
# How much a simple answer is preferred; chosen by leaving out one hand after the other (docs/nlu.md).
RIDGE: Final = 0.1
# What a job's file says of its tasks.
OF_TASKS: Final = ("summary", "duties", "role", "examples")
# The label of what is the work of no single job.
_NOBODY: Final = ""
_RECENT: Final = 32


@dataclass(frozen=True, slots=True)
class Owner:
    """A job, and how surely a task is its work: from .4 on nearly always, from .25 to .4 two times of three."""

    job: str
    score: float


class Owners:
    """Finds the job whose work something is."""

    def __init__(self, model: KernelModel) -> None:
        self._model = model
        # One message is looked up several times in a turn.
        self._scores = lru_cache(maxsize=_RECENT)(self._scored)

    def of(self, text: str, among: Collection[str], *, one_of_them: bool = False) -> list[Owner]:
        """The jobs whose work it may be, the likeliest first; none where it is likelier no single job's.

        Args:
            text: what was typed.
            among: the jobs that are possible.
            one_of_them: it is taken for granted that it is the work of one of these.
        """
        if not text.strip():
            return []
        scores = dict(zip(self._model.labels, self._scores(text).tolist(), strict=True))
        found = [
            Owner(job, scores.get(job, 0.0)) for job in among if one_of_them or scores.get(job, 0.0) > scores[_NOBODY]
        ]
        return sorted(found, key=lambda owner: -owner.score)

    def nobody(self, text: str) -> float:
        """How surely something is the work of no single job."""
        return float(self._scores(text)[self._model.labels.index(_NOBODY)])

    def _scored(self, text: str) -> Floats:
        return self._model.scores(look(text, vector(text)))


def read(path: Path = FILE) -> list[tuple[str, tuple[str, ...]]]:
    """All questions with the jobs whose work it is; none where it is no single job's."""
    return [(question, tuple(entry["jobs"])) for entry in read_yaml(path)["owners"] for question in entry["questions"]]


def told(known: Knowledge) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the files of the jobs say of their tasks, and the words for these, with the job."""
    for job in known.jobs:
        for aspect in OF_TASKS:
            if aspect not in known.subjects[job].sections:
                continue
            for passage in known.subjects[job].section(aspect).passages:
                yield passage.text, (job,)
                if aspect == "duties":
                    yield from ((word, (job,)) for word in passage.words)


def learn(pairs: Sequence[tuple[str, tuple[str, ...]]]) -> KernelModel:
    """What scores the jobs for a text, from texts with their jobs."""
    examples = [(spelt(text), jobs or (_NOBODY,)) for text, jobs in pairs]
    encoded, _ = kept_vectors([text for text, _ in examples], KEPT)
    labels = [*dict.fromkeys(job for _, jobs in examples for job in jobs if job), _NOBODY]
    wanted = np.array([[(label in jobs) / len(jobs) for label in labels] for _, jobs in examples], np.float32)
    looks = [look(text, encoded[text]) for text, _ in examples]
    return kernel.fit(looks, wanted, labels, shares=SHARES, ridge=RIDGE)


def _inputs() -> str:
    return inputs(FILE, Path(__file__), *sorted((FOLDER / "jobs").glob("*.yml")))


@lru_cache(maxsize=1)
def owners() -> Owners:
    """What the project's files hold, made once a process."""
    return Owners(KernelModel.load(KEPT) if is_stamped(KEPT, _inputs()) else learn([*read(), *told(knowledge())]))


def renew() -> str:
    """Learns anew where something was written since, keeps it, and says so."""
    started = time.monotonic()
    if is_stamped(KEPT, _inputs()):
        return "whose work what is is learned"
    pairs = [*read(), *told(knowledge())]
    keep(kept_vectors([spelt(text) for text, _ in pairs], KEPT)[0], KEPT)
    learn(pairs).save(KEPT)
    stamp(KEPT, _inputs())
    return f"{len(pairs)} tasks learned in {time.monotonic() - started:.0f} s"
