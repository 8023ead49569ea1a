"""Learns from examples how people word things: which label a text speaks for, though no word list holds its words.

Kernel ridge regression (`bot.kernel`) over words, spelling and sound, the word vectors and the sentence encoder of the
language understanding, and the hits of the word lists. Solved in one step, so the same examples always give the same
model. `make train` keeps the models in models/self_analysis; where the examples were edited since, they are learned
anew when first needed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
from sudachipy import Morpheme, Tokenizer

from actions.self_analysis import direction, learned_from
from actions.self_analysis.data import KEPT
from actions.self_analysis.direction import Word
from bot import kernel
from bot.kernel import KernelModel, Shares
from bot.nlu import linear, second, sentences, vectors
from bot.nlu.features import ngrams
from bot.nlu.linear import Example, Floats
from bot.nlu.normalise import fold as fold_kana
from bot.nlu.normalise import normalise
from bot.nlu.tokenizer import Words, fingerprint, serving

logger = logging.getLogger(__name__)

# How much spelling, sound and words with their direction count, the hits of the word lists, and beside them the vectors
# of the words and of the sentence; chosen by cross-validation over the examples.
SHARES: Final = (1.5, 0.7, 0.8)
HINTS: Final = 0.4
# How much it counts for told episodes what was asked, and which way the rules hear the words.
WAY_SHARE: Final = 0.7
WORDS_SHARE: Final = 2.0
SENTENCE_SHARE: Final = 2.0
RIDGE: Final = 0.5
# How much the vector counts in which words said against are turned round, beside the plain one.
TURNED: Final = 0.7
# The label of what speaks against.
AGAINST: Final = "against"
_TINY: Final = 1e-6
_SILENT: Final = frozenset({"補助記号", "空白"})


@lru_cache(maxsize=1)
def _tokenizer(words: Words) -> Tokenizer:
    return words.tokenizer()


# In place of a sentence's vector, where the words must do.
NO_SENTENCE: Final[Floats] = np.zeros(sentences.SIZE, np.float32)


def encoded(texts: Sequence[str]) -> Floats:
    """The vectors of many texts as they were written (`sentence_of`), in one go."""
    return sentences.shared().encode([normalise(text).text for text in texts])


def sentence_of(text: str) -> Floats:
    """The vector of what somebody wrote, the whole of it: the intent classifier has mostly asked for just that."""
    return sentences.shared().one(normalise(text).text)


def look(text: str, hints: Iterable[str], sentence: Floats, way: Iterable[str] = ()) -> Example:
    """A folded text as the model sees it.

    Args:
        text: the text.
        hints: the names of the word lists that hit.
        sentence: its vector (`sentence_of`), or `NO_SENTENCE`.
        way: what was asked, and which way the rules hear the words.
    """
    parts = _tokenizer(serving()).tokenize(text)
    sound = "".join(fold_kana(part.reading_form()) for part in parts if part.part_of_speech()[0] not in _SILENT)
    said = _said(parts)
    named = sorted(hints)
    return Example(
        [
            list(ngrams(text, 2, 4)),
            list(ngrams(sound, 2, 5)),
            [f"{word} {sign:+d}" for word, sign in said],
            named + [f"{one}&{two}" for one, two in combinations(named, 2)],
            list(way),
        ],
        np.concatenate([_vector(said), sentence]),
    )


def as_sentence(seen: Example, sentence: Floats) -> Example:
    """The same look with the vector of the sentence."""
    return Example(seen.blocks, np.concatenate([seen.dense[: -len(sentence)], sentence]))


def glance(text: str) -> Example:
    """A part of a text as its words alone show it: which part speaks most of something takes no closer look."""
    said = _said(_tokenizer(serving()).tokenize(text))
    words = [f"{word} {sign:+d}" for word, sign in said]
    return Example([[], [], words, [], []], np.concatenate([_vector(said), NO_SENTENCE]))


def _said(parts: Iterable[Morpheme]) -> list[tuple[str, int]]:
    return direction.said([Word(part.normalized_form(), *part.part_of_speech()[:2]) for part in parts])


def _vector(said: list[tuple[str, int]]) -> Floats:
    """The mean vector of the words, and beside it the same with the words turned round that are said against."""
    known = vectors.serving()
    if not said:
        return np.zeros(2 * known.size, np.float32)
    rows = np.stack([known.vector(word) for word, _ in said])
    signs = np.array([sign for _, sign in said], np.float32)
    plain, turned = vectors.mean_of_known(rows), vectors.mean_of_known(rows * signs[:, None])
    lengths = [max(float(np.linalg.norm(one)), _TINY) for one in (plain, turned)]
    return np.concatenate([plain / lengths[0], turned * (TURNED / lengths[1])])


def fit(
    examples: Sequence[Example],
    labels: Sequence[frozenset[str]],
    names: Sequence[str],
    *,
    hints: float = HINTS,
    sentence: float = SENTENCE_SHARE,
    together: bool = False,
    against: Sequence[bool | None] | None = None,
) -> KernelModel:
    """A model whose score of a label is about 1 where the text speaks for it and 0 where it does not.

    Args:
        examples: the texts.
        labels: the labels of each, any number.
        names: all labels.
        hints: how much the word lists' hits count.
        sentence: how much the sentence's vector counts.
        together: the scores are judged beside each other: labels that go together, or stand in an order.
        against: of each text, whether it speaks against; None where that cannot be told. Learned as one label more,
            the last (`AGAINST`).
    """
    wanted = np.array([[name in one for name in names] for one in labels], np.float32)
    shares = Shares((*SHARES, hints, WAY_SHARE if against else 0.0), WORDS_SHARE, sentence)
    if against:
        wanted = np.column_stack([wanted, np.array(against, np.float32)])
        names = [*names, AGAINST]
    return kernel.fit(examples, wanted, names, shares=shares, ridge=RIDGE, together=together)


def inputs() -> str:
    """One hash over everything that a model comes from."""
    shared = fingerprint(
        *(Path(module.__file__) for module in (kernel, vectors, sentences, linear, second) if module.__file__)
    )
    return serving().added + learned_from.digest() + shared


def is_current(*names: str) -> bool:
    """Whether the kept models were learned from what is there now."""
    wanted = inputs()
    stamps = [KEPT / name / "inputs" for name in names]
    return all(stamp.exists() and stamp.read_text(encoding="utf-8") == wanted for stamp in stamps)


def recall(name: str, learn: Callable[[], KernelModel]) -> KernelModel:
    """The model kept by `make train`; learned now where it is missing or the examples were edited since."""
    if is_current(name):
        return KernelModel.load(KEPT / name)
    logger.info("self-analysis: learning %s anew; `make train` keeps it", name)
    return learn()


def keep(name: str, model: KernelModel) -> None:
    """Keeps a model for `recall`."""
    folder = KEPT / name
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder)
    (folder / "inputs").write_text(inputs(), encoding="utf-8")
