"""Learns from examples how people word things: which label a text speaks for, though no word list holds its words.

Ridge regression over words, spelling and sound, the word vectors of the language understanding, and the hits of the
word lists. Solved in one step, so the same examples always give the same model. `make train` keeps the models in
models/self_analysis; where the examples were edited since, they are learned anew when first needed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from sudachipy import Config, Dictionary, SplitMode, Tokenizer

from actions.self_analysis.data import PATH
from bot.nlu import linear, vectors
from bot.nlu.features import ngrams
from bot.nlu.linear import Example, Floats, LinearModel, PieceIndex, level_dense
from bot.nlu.normalise import fold as fold_kana
from bot.nlu.tokenizer import fingerprint

logger = logging.getLogger(__name__)

HERE: Final = Path(__file__).resolve().parent
DATA: Final = PATH.parent
# Beside the model of the language understanding.
KEPT: Final = HERE.parents[1] / "models" / "self_analysis"
# How much words, spelling and sound count, the hits of the word lists, and beside them the word vectors; chosen by
# cross-validation over the examples.
SHARES: Final = (1.0, 0.7, 0.5)
HINTS: Final = 0.4
DENSE_SHARE: Final = 1.0
RIDGE: Final = 1.0
# Parts of speech that carry no meaning of their own.
_EMPTY: Final = frozenset({"助詞", "助動詞", "補助記号", "空白"})
_SILENT: Final = frozenset({"補助記号", "空白"})


@lru_cache(maxsize=1)
def _sudachi() -> Tokenizer:
    return Dictionary(config=Config(system="core").as_jsons()).create(mode=SplitMode.A)


def look(text: str, hints: Iterable[str] = ()) -> Example:
    """A folded text as the model sees it; `hints` are the names of the word lists that hit."""
    parts = [part for part in _sudachi().tokenize(text) if part.part_of_speech()[0] not in _SILENT]
    words = [part.normalized_form() for part in parts if part.part_of_speech()[0] not in _EMPTY]
    sound = "".join(fold_kana(part.reading_form()) for part in parts)
    known = vectors.serving()
    rows = np.stack([known.vector(word) for word in words]) if words else np.zeros((1, known.size), np.float32)
    return Example(
        [
            words + [f"{one} {two}" for one, two in pairwise(words)],
            list(ngrams(text, 2, 4)),
            list(ngrams(sound, 2, 5)),
            list(hints),
        ],
        vectors.mean_of_known(rows),
    )


def fit(
    examples: Sequence[Example], labels: Sequence[frozenset[str]], names: Sequence[str], hints: float = HINTS
) -> LinearModel:
    """A model whose score of a label is about 1 where the text speaks for it and 0 where it does not.

    Args:
        examples: the texts.
        labels: the labels of each, any number.
        names: all labels.
        hints: how much the hits of the word lists and rules count.
    """
    from scipy import sparse

    index = PieceIndex.build(examples, (*SHARES, hints), 1)
    vectors_of = [index.vector(example.blocks) for example in examples]
    starts = np.cumsum([0] + [len(ids) for ids, _ in vectors_of])
    pieces = sparse.csr_matrix(
        (np.concatenate([values for _, values in vectors_of]), np.concatenate([ids for ids, _ in vectors_of]), starts),
        shape=(len(examples), len(index.keys)),
    )
    dense = np.stack([example.dense for example in examples])
    known = dense.any(axis=1)
    mean = dense[known].mean(axis=0)
    levelled = np.where(known[:, None], level_dense(dense, mean, DENSE_SHARE), 0.0)
    wanted = np.array([[name in one for name in names] for one in labels], np.float64)
    bias = wanted.mean(axis=0)
    inner = np.asarray((pieces @ pieces.T).todense(), np.float64) + levelled @ levelled.T
    inner[np.diag_indices_from(inner)] += RIDGE
    dual = np.linalg.solve(inner, wanted - bias).astype(np.float32)
    return LinearModel(
        names,
        index,
        np.asarray(pieces.T @ dual, np.float32),
        (levelled.T @ dual).astype(np.float32),
        mean,
        bias.astype(np.float32),
        1.0,
        DENSE_SHARE,
    )


def inputs() -> str:
    """One hash over everything that a model comes from."""
    return fingerprint(
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
