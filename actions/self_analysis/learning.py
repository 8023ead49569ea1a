"""Learns from examples how people word things: which label a text speaks for, though no word list holds its words.

Ridge regression over words, spelling and sound, the word vectors of the language understanding, and the hits of the
word lists. Solved in one step, so the same examples always give the same model. `make train` keeps the models in
models/self_analysis; where the examples were edited since, they are learned anew when first needed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from sudachipy import Tokenizer

from actions.self_analysis import direction
from actions.self_analysis.data import PATH
from actions.self_analysis.direction import Word
from bot.nlu import linear, vectors
from bot.nlu.features import ngrams
from bot.nlu.linear import Example, Floats, LinearModel
from bot.nlu.normalise import fold as fold_kana
from bot.nlu.tokenizer import Words, fingerprint, serving

logger = logging.getLogger(__name__)

HERE: Final = Path(__file__).resolve().parent
DATA: Final = PATH.parent
# Beside the model of the language understanding.
KEPT: Final = HERE.parents[1] / "models" / "self_analysis"
# How much spelling, sound and words with their direction count, the hits of the word lists, and beside them the word
# vectors; chosen by leave-one-out over the examples.
SHARES: Final = (1.5, 0.7, 0.8)
HINTS: Final = 0.4
DENSE_SHARE: Final = 2.0
RIDGE: Final = 0.5
# For the thresholds each example is scored by a model of the other parts.
FOLDS: Final = 5
# How much the vector counts in which words said against are turned round, beside the plain one.
TURNED: Final = 0.7
_TINY: Final = 1e-6
_SILENT: Final = frozenset({"補助記号", "空白"})


@lru_cache(maxsize=1)
def _tokenizer(words: Words) -> Tokenizer:
    return words.tokenizer()


def look(text: str, hints: Iterable[str] = ()) -> Example:
    """A folded text as the model sees it; `hints` are the names of the word lists that hit."""
    parts = _tokenizer(serving()).tokenize(text)
    sound = "".join(fold_kana(part.reading_form()) for part in parts if part.part_of_speech()[0] not in _SILENT)
    said = direction.said([Word(part.normalized_form(), *part.part_of_speech()[:2]) for part in parts])
    named = sorted(hints)
    return Example(
        [
            list(ngrams(text, 2, 4)),
            list(ngrams(sound, 2, 5)),
            [f"{word} {sign:+d}" for word, sign in said],
            named + [f"{one}&{two}" for one, two in combinations(named, 2)],
        ],
        _vector(said),
    )


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
    enough: float | None = None,
) -> LinearModel:
    """A model whose score of a label is about 1 where the text speaks for it and 0 where it does not.

    Args:
        examples: the texts.
        labels: the labels of each, any number.
        names: all labels.
        hints: how much the word lists' hits count.
        enough: given, the scores of each label are shifted so that this one value is the best threshold for all.
    """
    wanted = np.array([[name in one for name in names] for one in labels], np.float32)
    model, left_out = linear.fit_targets(
        examples,
        wanted,
        names,
        shares=(*SHARES, hints),
        dense_share=DENSE_SHARE,
        ridge=RIDGE,
        fewest=1,
        folds=FOLDS if enough is not None else 0,
    )
    if enough is not None:
        model.shift(enough - _thresholds(left_out, wanted > 0, enough))
    return model


def _thresholds(scores: Floats, wanted: npt.NDArray[np.bool_], usual: float) -> Floats:
    """For each label the threshold with the best F1 over scores of examples by models that did not see them.

    Near the usual one: a label has some hundred examples, and its best threshold is known no better than that.
    """

    def f1(label: int, threshold: float) -> float:
        found = scores[:, label] >= threshold
        return 2 * float((found & wanted[:, label]).sum()) / max(1, int(found.sum() + wanted[:, label].sum()))

    steps = usual + np.arange(-3, 4) * 0.02
    return np.array([max(steps, key=lambda step: f1(label, step)) for label in range(scores.shape[1])], np.float32)


def inputs() -> str:
    """One hash over everything that a model comes from."""
    return serving().added + fingerprint(
        *sorted(DATA.glob("*.yml")),
        *sorted(HERE.glob("*.py")),
        *(Path(module.__file__) for module in (vectors, linear) if module.__file__),
    )


def is_current(*names: str) -> bool:
    """Whether the kept models were learned from what is there now."""
    wanted = inputs()
    stamps = [KEPT / name / "inputs" for name in names]
    return all(stamp.exists() and stamp.read_text(encoding="utf-8") == wanted for stamp in stamps)


def recall(name: str, learn: Callable[[], LinearModel]) -> LinearModel:
    """The model kept by `make train`; learned now where it is missing or the examples were edited since."""
    if is_current(name):
        return LinearModel.load(KEPT / name)
    logger.info("self-analysis: learning %s anew; `make train` keeps it", name)
    return learn()


def keep(name: str, model: LinearModel) -> None:
    """Keeps a model for `recall`."""
    folder = KEPT / name
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder)
    (folder / "inputs").write_text(inputs(), encoding="utf-8")


def scores(model: LinearModel, example: Example) -> Floats:
    """The score of each label of the model for a text."""
    return model.scores(example.blocks, example.dense)
