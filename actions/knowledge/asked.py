"""What people asked, and the sentence that answered it: what is like these questions gets the same.

The words of an answer (direct.yml, the `words` of a passage) find what was thought of; this finds what is alike in
meaning, words and letters. Every question speaks for its answer, the more the liker it is (kernel ridge regression,
`bot.kernel`), and so does the answer itself.
`make train` keeps what was learned in models/knowledge; where something was written since, it is learned when first
needed.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from sudachipy import Tokenizer

from actions.knowledge.model import FOLDER, knowledge, read_yaml
from actions.knowledge.search import spell
from bot import kernel
from bot.kernel import KernelModel, Shares
from bot.nlu import linear, sentences, tokenizer, vectors
from bot.nlu.linear import Example, Floats
from bot.nlu.normalise import normalise
from bot.nlu.sentences import SIZE, VERSION, shared
from bot.nlu.tokenizer import Words, fingerprint

FILE: Final = FOLDER / "asked.yml"
# Beside the model of the language understanding.
KEPT: Final = FOLDER.parents[1] / "models" / "knowledge"
# How much letters, words and meaning count, and single things beside pairs of them; how much a simple answer is
# preferred. Chosen by leaving out one of four hands after the other (docs/nlu.md).
SHARES: Final = Shares((0.52,), 0.63, 0.58, single=0.3)
RIDGE: Final = 0.3
_LONGEST_GRAM: Final = 4
# Characters; of a longer story the end asks.
_LONGEST: Final = 120
_RECENT: Final = 32
# Parts of speech that say nothing of the matter.
_EMPTY: Final = frozenset({"助詞", "助動詞", "補助記号", "空白"})
_VECTORS: Final = "vectors.npz"
_STAMP: Final = "inputs"


@dataclass(frozen=True, slots=True)
class Near:
    """An answer, and how surely it is the right one: from .25 on .85 are, of .15 to .25 .6 (docs/nlu.md)."""

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
        return self._model.scores(look(text, _vector(text)))

    def likeness(self, text: str, saying: str) -> float:
        """How near a text is in meaning to something that the bot can say; 0 where that is not known."""
        vector = self._sayings.get(saying)
        return 0.0 if vector is None else float(vector @ _vector(text))


def look(text: str, sentence: Floats) -> Example:
    """A text as it is compared: its runs of letters, the mean vector of its words, and its vector as a sentence."""
    text = text[-_LONGEST:]
    known = vectors.serving()
    words = [
        known.vector(word.normalized_form())
        for word in _tokenizer(tokenizer.serving()).tokenize(normalise(text).text)
        if word.part_of_speech()[0] not in _EMPTY
    ]
    mean = vectors.mean_of_known(np.stack(words)) if words else np.zeros(known.size, np.float32)
    return Example([list(_grams(text).elements())], np.concatenate([mean, sentence]))


@lru_cache(maxsize=1)
def _tokenizer(words: Words) -> Tokenizer:
    return words.tokenizer()


def _vector(text: str) -> Floats:
    return shared().one(_spelt(text))


def _spelt(text: str) -> str:
    """What is typed as the intent classifier spells it, which may have asked for the same vector."""
    return normalise(text[-_LONGEST:]).text


def _grams(text: str) -> Counter[str]:
    """Runs of one to four letters in the folded spelling; marks and blanks say nothing."""
    plain = "".join(char for char in spell(text) if char.isalnum() or char == "ー")
    return Counter(plain[at : at + size] for size in range(1, _LONGEST_GRAM + 1) for at in range(len(plain) - size + 1))


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
    examples = [*((_spelt(question), say) for question, say in pairs), *((say, say) for say in says if say)]
    # An answer to many questions would else draw whatever is like none.
    many = Counter(say for _, say in pairs)
    often = np.sqrt(np.array([many[say] for _, say in examples], np.float32))
    wanted = np.array([[say == one for one in says] for _, say in examples], np.float32)
    looks = [look(text, encoded[text]) for text, _ in examples]
    return kernel.fit(looks, wanted, says, shares=SHARES, ridge=RIDGE * often / often.mean())


def kept_vectors(texts: Sequence[str], folder: Path = KEPT) -> tuple[dict[str, Floats], int]:
    """The sentence vectors of some texts, and how many of them had to be worked out now."""
    known: dict[str, Floats] = {}
    path = folder / _VECTORS
    if path.exists():
        with np.load(path) as arrays:
            if "version" in arrays and arrays["version"] == VERSION:
                kept = bytes(arrays["texts"]).decode().split("\n")
                known = dict(zip(kept, arrays["vectors"].astype(np.float32), strict=True))
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    if missing:
        known |= zip(missing, shared().encode(missing), strict=True)
    # Rows of their own: a view of one would hold the vectors of all questions in memory.
    return {text: known[text].copy() for text in texts}, len(missing)


def keep(encoded: Mapping[str, Floats], folder: Path = KEPT) -> None:
    """Writes what `kept_vectors` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    text = np.frombuffer("\n".join(encoded).encode(), np.uint8)
    rows = np.stack(list(encoded.values())) if encoded else np.zeros((0, SIZE), np.float32)
    np.savez(folder / _VECTORS, texts=text, vectors=rows.astype(np.float16), version=VERSION)


def _inputs() -> str:
    """One hash over everything that is learned from."""
    modules = (kernel, linear, sentences, vectors, sys.modules[__name__])
    return tokenizer.serving().added + fingerprint(
        FILE, *(Path(module.__file__) for module in modules if module.__file__)
    )


def is_current(folder: Path = KEPT) -> bool:
    """Whether what is kept was learned from what is there now."""
    return (folder / _STAMP).exists() and (folder / _STAMP).read_text(encoding="utf-8") == _inputs()


@lru_cache(maxsize=1)
def asked() -> Asked:
    """What the project's file holds, made once a process."""
    if is_current():
        return Asked(KernelModel.load(KEPT), kept_vectors(_sayings())[0])
    return Asked(learn(read()), kept_vectors(_sayings())[0])


def _texts(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """The questions as they are spelt, and the answers, each once."""
    return list(dict.fromkeys(text for question, say in pairs for text in (_spelt(question), say) if text))


def _sayings() -> list[str]:
    """What the bot can say of jobs, each text once."""
    return list(dict.fromkeys(passage.text for passage in knowledge().all_passages()))


def main() -> int:
    """`python -m actions.knowledge.asked`: learns anew where something was written since, and keeps it."""
    started = time.monotonic()
    if is_current():
        sys.stdout.write("knowledge: what was asked is learned\n")
        return 0
    pairs = read()
    keep(kept_vectors([*_texts(pairs), *_sayings()])[0])
    learn(pairs).save(KEPT)
    (KEPT / _STAMP).write_text(_inputs(), encoding="utf-8")
    sys.stdout.write(f"knowledge: {len(pairs)} questions learned in {time.monotonic() - started:.0f} s\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
