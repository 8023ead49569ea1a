"""What people asked, and the sentence that answered it: a question near one of these gets the same.

The words of an answer (direct.yml, the `words` of a passage) find what was thought of; this finds what is alike in
meaning and letters.
`make train` keeps the vectors of the questions in models/knowledge; questions written since are encoded when first
needed.
"""

from __future__ import annotations

import math
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from actions.knowledge.model import FOLDER, knowledge, read_yaml
from actions.knowledge.search import spell
from bot.nlu.normalise import normalise
from bot.nlu.sentences import SIZE, VERSION, shared

Floats = npt.NDArray[np.float32]
FILE: Final = FOLDER / "asked.yml"
# Beside the model of the language understanding.
KEPT: Final = FOLDER.parents[1] / "models" / "knowledge" / "asked.npz"
# How much shared letters count beside meaning; chosen by leave-one-out over the questions.
_LETTERS_SHARE: Final = 0.3
_LONGEST_GRAM: Final = 4
# Whom a job does not suit is asked in nearly the words of whom it suits.
_UNFIT: Final = re.compile("向いて(?:い|は)?な|向かな|むいてな|合わな|合って(?:い)?な|不向き")
# Characters; what stands behind tells a story.
_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Near:
    """An answer whose questions are near, and how near: 0 to 1; from .65 on nine of ten are right (docs/nlu.md)."""

    say: str
    score: float


class Asked:
    """Finds the answers whose questions are nearest."""

    def __init__(
        self, pairs: Sequence[tuple[str, str]], vectors: Floats, sayings: Mapping[str, Floats] | None = None
    ) -> None:
        self._pairs = tuple(pairs)
        self._vectors = vectors
        self._sayings = sayings or {}
        self._unfit = [_UNFIT.search(question) is not None for question, _ in pairs]
        grams = [_grams(question) for question, _ in pairs]
        count = Counter(gram for each in grams for gram in each)
        self._weight = {gram: math.log(1 + len(pairs) / times) for gram, times in count.items()}
        self._rarest = math.log(1 + len(pairs))
        at: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, each in enumerate(grams):
            for gram, share in self._shares(each).items():
                at[gram].append((number, share))
        # One array for all runs of letters: many small ones would cost ten times their content.
        self._span: dict[str, tuple[int, int]] = {}
        end = 0
        for gram, found in at.items():
            self._span[gram] = end, end + len(found)
            end += len(found)
        flat = [one for found in at.values() for one in found]
        self._row = np.array([row for row, _ in flat], np.int32)
        self._share = np.array([share for _, share in flat], np.float32)

    def _shares(self, grams: Counter[str]) -> dict[str, float]:
        found = {gram: (1 + math.log(times)) * self._weight.get(gram, self._rarest) for gram, times in grams.items()}
        size = math.sqrt(sum(share * share for share in found.values())) or 1.0
        return {gram: share / size for gram, share in found.items()}

    def nearest(self, text: str, wanted: Callable[[str], bool]) -> Near | None:
        """The nearest question whose answer is wanted; None where one that no single sentence answers is nearer.

        Args:
            text: what was typed.
            wanted: says of an answer whether it may be given (it speaks of another job, say).
        """
        if not self._pairs or not text.strip():
            return None
        text = text[:_LONGEST]
        unfit = _UNFIT.search(text) is not None
        scores = (1 - _LETTERS_SHARE) * (self._vectors @ _vector(text)) + _LETTERS_SHARE * self._letters(text)
        for number in np.argsort(-scores):
            if self._unfit[number] != unfit:
                continue
            say = self._pairs[number][1]
            if not say:
                return None
            if wanted(say):
                return Near(say, float(scores[number]))
        return None

    def _letters(self, text: str) -> Floats:
        """How alike a text and each question are in their runs of letters, 0 to 1."""
        found = [(*self._span[gram], share) for gram, share in self._shares(_grams(text)).items() if gram in self._span]
        if not found:
            return np.zeros(len(self._pairs), np.float32)
        rows = np.concatenate([self._row[start:end] for start, end, _ in found])
        shares = np.concatenate([self._share[start:end] for start, end, _ in found])
        times = np.repeat([share for *_, share in found], [end - start for start, end, _ in found])
        return np.bincount(rows, shares * times, len(self._pairs)).astype(np.float32)

    def likeness(self, text: str, saying: str) -> float:
        """How near a text is in meaning to something that the bot can say; 0 where that is not known."""
        vector = self._sayings.get(saying)
        return 0.0 if vector is None else float(vector @ _vector(text[:_LONGEST]))


def _vector(text: str) -> Floats:
    # As the intent classifier spells it, which may have asked for the same.
    return shared().one(normalise(text).text)


def _grams(text: str) -> Counter[str]:
    """Runs of one to four letters in the folded spelling; marks and blanks say nothing."""
    plain = "".join(char for char in spell(text) if char.isalnum() or char == "ー")
    return Counter(plain[at : at + size] for size in range(1, _LONGEST_GRAM + 1) for at in range(len(plain) - size + 1))


def read(path: Path = FILE) -> list[tuple[str, str]]:
    """All questions with their answers; '' where no single sentence answers one."""
    raw = read_yaml(path)
    told = [(question, entry["say"]) for entry in raw["asked"] for question in entry["questions"]]
    return told + [(question, "") for question in raw["open"]]


def kept_vectors(questions: Sequence[str], path: Path = KEPT) -> tuple[Floats, int]:
    """The vectors of the questions, and how many of them had to be worked out now."""
    known: dict[str, Floats] = {}
    if path.exists():
        with np.load(path) as arrays:
            if "version" in arrays and arrays["version"] == VERSION:
                texts = bytes(arrays["texts"]).decode().split("\n")
                known = dict(zip(texts, arrays["vectors"].astype(np.float32), strict=True))
    missing = [question for question in dict.fromkeys(questions) if question not in known]
    if missing:
        known |= zip(missing, shared().encode(missing), strict=True)
    rows = [known[question] for question in questions]
    return (np.stack(rows) if rows else np.zeros((0, SIZE), np.float32)), len(missing)


def keep(questions: Iterable[str], vectors: Floats, path: Path = KEPT) -> None:
    """Writes what `kept_vectors` reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = np.frombuffer("\n".join(questions).encode(), np.uint8)
    np.savez(path, texts=text, vectors=vectors.astype(np.float16), version=VERSION)


@lru_cache(maxsize=1)
def asked() -> Asked:
    """What the project's file holds, made once a process."""
    pairs, sayings = read(), _sayings()
    vectors = kept_vectors([*(question for question, _ in pairs), *sayings])[0]
    return Asked(pairs, vectors[: len(pairs)], dict(zip(sayings, vectors[len(pairs) :], strict=True)))


def _sayings() -> list[str]:
    """What the bot can say of jobs, each text once."""
    return list(dict.fromkeys(passage.text for passage in knowledge().all_passages()))


def main() -> int:
    """`python -m actions.knowledge.asked`: works out the vectors that are missing, and keeps them."""
    started = time.monotonic()
    texts = [*(question for question, _ in read()), *_sayings()]
    vectors, new = kept_vectors(texts)
    if new:
        keep(texts, vectors)
    said = f"{new} sentences encoded in {time.monotonic() - started:.0f} s" if new else "the vectors are current"
    sys.stdout.write(f"knowledge: {said}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
