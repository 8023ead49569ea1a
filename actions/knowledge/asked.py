"""What people asked, and the sentence that answered it: what is like these questions gets the same.

The words of an answer (direct.yml, the `words` of a passage) find what was thought of; this finds what is alike in
meaning, words and letters. Every question speaks for its answer, the more the liker it is (kernel ridge regression,
`bot.kernel`), and so does the answer itself.
`make train` keeps what was learned in models/knowledge; where something was written since, it is learned when first
needed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from actions.knowledge.likeness import KEPT, SHARES, inputs, is_stamped, keep, kept_vectors, look, spelt, stamp, vector
from actions.knowledge.model import FOLDER, knowledge
from bot import kernel
from bot.documents import read_yaml
from bot.kernel import KernelModel
from bot.nlu.linear import Floats

FILE: Final = FOLDER / "asked.yml"
# How much a simple answer is preferred.
RIDGE: Final = 0.3
_RECENT: Final = 32


@dataclass(frozen=True, slots=True)
class Near:
    """An answer, and how surely it is the right one: from .28 on .89 are, below hardly half (docs/nlu.md)."""

    say: str
    score: float


class Asked:
    """Finds the answer to what is like the questions that people asked."""

    def __init__(self, model: KernelModel, sayings: Mapping[str, Floats] | None = None) -> None:
        self._model = model
        self._sayings = sayings or {}
        # One message is looked up several times in a turn.
        self._scores = lru_cache(maxsize=_RECENT)(self._scored)

    def nearest(self, text: str, wanted: Callable[[str], bool], *, surely: bool = False) -> Near | None:
        """The likeliest answer that is wanted; None where it is likelier that no single sentence answers.

        Args:
            text: what was typed.
            wanted: says of an answer whether it may be given (it speaks of another job, say).
            surely: one of those wanted answers, as far as is known.
        """
        if not text.strip():
            return None
        scores = self._scores(text)
        for number in np.argsort(-scores):
            say = self._model.labels[number]
            if not say and not surely:
                return None
            if say and wanted(say):
                return Near(say, float(scores[number]))
        return None

    def _scored(self, text: str) -> Floats:
        return self._model.scores(look(text, vector(text)))

    def likeness(self, text: str, saying: str) -> float:
        """How near a text is in meaning to something that the bot can say; 0 where that is not known."""
        known = self._sayings.get(saying)
        return 0.0 if known is None else float(known @ vector(text))


def read(path: Path = FILE) -> list[tuple[str, str]]:
    """All questions with their answers; '' where no single sentence answers one."""
    raw = read_yaml(path)
    told = [(question, entry["say"]) for entry in raw["asked"] for question in entry["questions"]]
    return told + [(question, "") for question in raw["open"]]


def learn(pairs: Sequence[tuple[str, str]]) -> KernelModel:
    """What scores the answers to a text, from questions with their answers; '' where no single sentence answers."""
    encoded, _ = kept_vectors(_texts(pairs))
    says = list(dict.fromkeys(say for _, say in pairs))
    # What answers is near to what is asked, too; it counts as one more question.
    examples = [*((spelt(question), say) for question, say in pairs), *((say, say) for say in says if say)]
    # An answer to many questions would else draw whatever is like none.
    many = Counter(say for _, say in pairs)
    often = np.sqrt(np.array([many[say] for _, say in examples], np.float32))
    wanted = np.array([[say == one for one in says] for _, say in examples], np.float32)
    looks = [look(text, encoded[text]) for text, _ in examples]
    return kernel.fit(looks, wanted, says, shares=SHARES, ridge=RIDGE * often / often.mean())


def _inputs() -> str:
    return inputs(FILE, Path(__file__))


@lru_cache(maxsize=1)
def asked() -> Asked:
    """What the project's file holds, made once a process."""
    if is_stamped(KEPT, _inputs()):
        return Asked(KernelModel.load(KEPT), kept_vectors(_sayings())[0])
    return Asked(learn(read()), kept_vectors(_sayings())[0])


def _texts(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """The questions as they are spelt, and the answers, each once."""
    return list(dict.fromkeys(text for question, say in pairs for text in (spelt(question), say) if text))


def _sayings() -> list[str]:
    """What the bot can say of jobs, each text once."""
    return list(dict.fromkeys(passage.text for passage in knowledge().all_passages()))


def renew() -> str:
    """Learns anew where something was written since, keeps it, and says so."""
    started = time.monotonic()
    if is_stamped(KEPT, _inputs()):
        return "what was asked is learned"
    pairs = read()
    keep(kept_vectors([*_texts(pairs), *_sayings()])[0])
    learn(pairs).save(KEPT)
    stamp(KEPT, _inputs())
    return f"{len(pairs)} questions learned in {time.monotonic() - started:.0f} s"
