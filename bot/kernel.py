"""Compares a text with every example that was learned: kernel ridge regression for several labels at once.

Why beside `bot.nlu.linear`: what people mean is decided by what stands together (レジ and 合わせた, 電話 and 苦手). The
square of the inner product of two texts counts every pair of what they share, which a straight line cannot, and a few
thousand examples are compared in half a millisecond. Where asked for, the scores are then judged beside each other
(`Together`). Prediction needs numpy only, training scipy too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bot.nlu.linear import Example, Floats, PieceIndex, level_dense
from bot.nlu.second import near
from bot.nlu.sentences import SIZE
from bot.nlu.vectors import mean_of_known

# How many numbers are kept of the vectors of words and sentence; more change no figure.
DIMENSIONS: Final = 160
# To judge scores beside each other, each example is scored by a model of the other parts.
FOLDS: Final = 5
# How near to each other the scores of two texts must be to count as alike, and how much a simple answer is preferred.
STEEPNESS: Final = 4.0
RIDGE_TOGETHER: Final = 0.75
_FILE: Final = "kernel.npz"
_LABELS: Final = "labels.json"
_TOGETHER: Final = "together_"


@dataclass(frozen=True)
class Shares:
    """How much each block of pieces counts, the vector of the words, and that of the sentence.

    `single`: how much single things count beside pairs of things.
    """

    pieces: tuple[float, ...]
    words: float
    sentence: float
    single: float = 1.0

    @property
    def total(self) -> float:
        """The inner product of a text with itself."""
        return sum(share * share for share in (*self.pieces, self.words, self.sentence))


@dataclass(frozen=True)
class Together:
    """What scores are worth beside each other: some labels go together, and one deed seldom has many.

    Learned from the scores that examples got from models which did not know them.
    """

    seen: Floats
    dual: Floats
    bias: Floats

    def corrected(self, scores: Floats) -> Floats:
        """Half what was scored, half what texts with such scores had; labels beyond those learned stay as they are."""
        judged = scores[:, : self.seen.shape[1]]
        scores[:, : self.seen.shape[1]] = (judged + self.bias + near(judged, self.seen, STEEPNESS) @ self.dual) / 2
        return scores


class KernelModel:
    """Scores of every label for a text: about 1 for a sure yes, 0 for a no."""

    def __init__(
        self,
        labels: Sequence[str],
        index: PieceIndex,
        arrays: dict[str, npt.NDArray[Any]],
        together: Together | None = None,
    ) -> None:
        self.labels = tuple(labels)
        self._index = index
        # The examples that hold piece number i are those from start[i] on to start[i + 1], with their weights.
        self._start, self._example, self._weight = arrays["start"], arrays["example"], arrays["weight"]
        self._mean, self._projection, self._points = arrays["mean"], arrays["projection"], arrays["points"]
        self._words, self._sentence, self._total, self._single = arrays["shares"].tolist()
        self._dual, self._bias = arrays["dual"], arrays["bias"]
        self._together = together

    def scores(self, example: Example) -> Floats:
        """One number a label."""
        return self.many([example])[0]  # type: ignore[no-any-return]

    def many(self, examples: Sequence[Example]) -> Floats:
        """The scores of some texts, a row each; together they cost little more than one."""
        dense = _levelled(np.stack([example.dense for example in examples]), self._mean, self._words, self._sentence)
        alike = (dense @ self._projection) @ self._points.T
        for row, example in zip(alike, examples, strict=True):
            row += self._in_pieces(example)
        out = self._bias + _squared(alike, self._total, self._single) @ self._dual
        return self._together.corrected(out) if self._together else out

    def _in_pieces(self, example: Example) -> Floats:
        """The inner products of a text's pieces with those of every example."""
        ids, weights = self._index.vector(example.blocks)
        first = self._start[ids]
        many = self._start[ids + 1] - first
        ends = many.cumsum()
        at = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - ends + many, many)
        alike = np.bincount(self._example[at], np.repeat(weights, many) * self._weight[at], minlength=len(self._points))
        return alike.astype(np.float32)

    def save(self, folder: Path) -> None:
        """Writes the model into a folder."""
        (folder / _LABELS).write_text(json.dumps(self.labels, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / _FILE,
            keys=self._index.keys,
            rarity=self._index.rarity,
            pieces=self._index.shares,
            start=self._start,
            example=self._example,
            weight=self._weight,
            mean=self._mean,
            projection=self._projection,
            points=self._points,
            shares=np.array([self._words, self._sentence, self._total, self._single], np.float32),
            dual=self._dual,
            bias=self._bias,
            **{f"{_TOGETHER}{name}": array for name, array in vars(self._together).items()} if self._together else {},
        )

    @classmethod
    def load(cls, folder: Path) -> KernelModel:
        """Reads what `save` wrote."""
        labels = json.loads((folder / _LABELS).read_text(encoding="utf-8"))
        with np.load(folder / _FILE) as kept:
            arrays = {name: kept[name] for name in kept.files}
        index = PieceIndex(arrays["keys"], arrays["rarity"], arrays["pieces"])
        beside = {name.removeprefix(_TOGETHER): array for name, array in arrays.items() if name.startswith(_TOGETHER)}
        return cls(labels, index, arrays, Together(**beside) if beside else None)


def _levelled(dense: Floats, mean: Floats, words: float, sentence: float) -> Floats:
    """The vectors of words and sentence around their means, as long as their shares; nought where unknown."""
    parts = [
        np.where(part.any(axis=1, keepdims=True), level_dense(part, middle, share), 0.0)
        for part, middle, share in (
            (dense[:, :-SIZE], mean[:-SIZE], words),
            (dense[:, -SIZE:], mean[-SIZE:], sentence),
        )
    ]
    return np.concatenate(parts, axis=1).astype(np.float32)  # type: ignore[no-any-return]


def _squared(alike: Floats, total: float, single: float) -> Floats:
    """The square of an inner product (and something for single things), as large as the product itself at its most."""
    return total * (np.maximum(alike / total + single, 0) / (1 + single)) ** 2


def fit(
    examples: Sequence[Example],
    wanted: Floats,
    names: Sequence[str],
    *,
    shares: Shares,
    ridge: float | Floats,
    together: bool = False,
) -> KernelModel:
    """Trains a model.

    Args:
        examples: the texts, each with the vectors of its words and, behind, of its sentence.
        wanted: a row an example, a column a label: 1 where the text has the label. NaN where that cannot be told;
            such labels stand last, and are learned from the other texts.
        names: the labels.
        shares: how much each part of a text counts.
        ridge: how much a simple answer is preferred; a number each, where some examples count less than others.
        together: the scores are judged beside each other, but for those of the labels with NaN.
    """
    index, matrix = PieceIndex.build(examples, shares.pieces, 1)
    dense = np.stack([example.dense for example in examples])
    mean = np.concatenate([mean_of_known(dense[:, :-SIZE]), mean_of_known(dense[:, -SIZE:])])
    levelled = _levelled(dense, mean, shares.words, shares.sentence)
    _, directions = np.linalg.eigh((levelled.T @ levelled).astype(np.float64))
    projection = np.ascontiguousarray(directions[:, -DIMENSIONS:], np.float32)
    points = levelled @ projection
    alike = _squared((matrix @ matrix.T).toarray() + points @ points.T, shares.total, shares.single)
    bias = np.nanmean(wanted, axis=0).astype(np.float32)
    ridges = np.broadcast_to(ridge, len(wanted))
    told = ~np.isnan(wanted).any(axis=0)
    rest = wanted[:, told] - bias[told]
    beside = None
    if together:
        seen = _left_out(alike, rest, ridges) + bias[told]
        beside = Together(seen, _solved(near(seen, seen, STEEPNESS), rest, RIDGE_TOGETHER), bias[told])
    dual = np.zeros_like(wanted)
    dual[:, told] = _solved(alike, rest, ridges)
    for label in np.flatnonzero(~told):
        known = np.flatnonzero(~np.isnan(wanted[:, label]))
        dual[known, label] = _solved(alike[np.ix_(known, known)], wanted[known, label] - bias[label], ridges[known])
    by_piece = matrix.tocsc()
    arrays = {
        "start": by_piece.indptr,
        "example": by_piece.indices.astype(np.uint16 if len(examples) < 1 << 16 else np.int32),
        "weight": by_piece.data.astype(np.float16),
        "mean": mean,
        "projection": projection,
        "points": points,
        "shares": np.array([shares.words, shares.sentence, shares.total, shares.single], np.float32),
        "dual": dual,
        "bias": bias,
    }
    return KernelModel(names, index, arrays, beside)


def _solved(alike: Floats, wanted: Floats, ridge: float | Floats) -> Floats:
    """The weights of the examples; in 32 bits, which the ridge allows: scores differ by 0.00002, in half the time."""
    from scipy.linalg import cho_factor, cho_solve

    inner = alike.astype(np.float32)
    inner[np.diag_indices_from(inner)] += ridge
    return cho_solve(cho_factor(inner, overwrite_a=True), wanted.astype(np.float32))  # type: ignore[no-any-return]


def _left_out(alike: Floats, wanted: Floats, ridge: Floats) -> Floats:
    """The scores of the examples, each by a model of the other parts."""
    out = np.zeros_like(wanted)
    fold_of = np.random.default_rng(0).permutation(len(wanted)) % FOLDS
    for fold in range(FOLDS):
        apart, rest = np.flatnonzero(fold_of == fold), np.flatnonzero(fold_of != fold)
        out[apart] = alike[np.ix_(apart, rest)] @ _solved(alike[np.ix_(rest, rest)], wanted[rest], ridge[rest])
    return out
