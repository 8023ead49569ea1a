"""A linear classifier over pieces of text and a dense vector: ridge regression, with probabilities that can be trusted.

Why ridge: solved in one step for all classes over the examples' inner products (seconds for thousands of examples),
level with a linear SVM or better on few examples, and its leave-one-out scores come cheaply: the temperature of the
probabilities is fitted on scores of examples as if each had not been trained on. Prediction is dictionary look-ups and
one small product in numpy; scikit-learn and scipy are needed for training only.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
_TINY: Final = 1e-6
_FIRST_SALT: Final = 0x6D69
# Examples scored as if they had not been trained on; enough for one temperature and an accuracy to half a point.
LEFT_OUT: Final = 2_000
# Rows of the inner products made at a time, so that no sparse matrix of all pairs is ever held.
_ROWS: Final = 1_024


@dataclass(frozen=True)
class Example:
    """One text as the classifier sees it: the pieces of each block, and its vector."""

    blocks: list[list[str]]
    dense: Floats


class PieceIndex:
    """Pieces to weighted numbers: one share of the length a block, rare pieces weigh more.

    Pieces are known by a 32-bit hash, since 400,000 strings take 75 MB and their hashes 2. Two pieces of one hash
    share a weight; among so many that is some twenty pairs, and a piece never seen hits one in ten thousand times.
    """

    def __init__(self, keys: npt.NDArray[np.uint32], blocks: npt.NDArray[np.uint8], rarity: Floats, shares: Floats):
        self.keys = keys
        self.blocks = blocks
        self.rarity = rarity
        self.shares = shares

    @classmethod
    def build(cls, examples: Sequence[Example], shares: Sequence[float], fewest: int) -> PieceIndex:
        """The pieces that stand in at least `fewest` examples; `shares` weighs the blocks against each other."""
        counts: Counter[int] = Counter()
        block_of: dict[int, int] = {}
        for example in examples:
            for block, hashes in enumerate(_hashes(example.blocks)):
                if shares[block]:
                    once = set(hashes)
                    counts.update(once)
                    block_of.update(dict.fromkeys(once, block))
        keys = sorted(key for key, count in counts.items() if count >= fewest)
        seen = np.array([counts[key] for key in keys], np.float32)
        return cls(
            np.array(keys, np.uint32),
            np.array([block_of[key] for key in keys], np.uint8),
            np.log((1 + len(examples)) / (1 + seen)) + 1,
            np.array(shares, np.float32),
        )

    def vector(self, blocks: Sequence[Sequence[str]]) -> tuple[Ints, Floats]:
        """Numbers of the known pieces and their weights; each block has the length of its share."""
        hashes = np.array([key for block in _hashes(blocks) for key in block], np.uint32)
        where = np.minimum(self.keys.searchsorted(hashes), len(self.keys) - 1)
        ids, counts = np.unique(where[self.keys[where] == hashes], return_counts=True)
        weights = (1.0 + np.log(counts)).astype(np.float32) * self.rarity[ids]
        block = self.blocks[ids]
        lengths = np.sqrt(np.bincount(block, weights * weights, minlength=len(self.shares)))
        scale = (self.shares / np.maximum(lengths, _TINY)).astype(np.float32)
        return ids, weights * scale[block]


def _hashes(blocks: Sequence[Sequence[str]]) -> list[list[int]]:
    """The hash of every piece; the same letters in another block are another piece."""
    return [
        [crc32(piece.encode("utf-8", "replace"), salt) for piece in pieces]
        for salt, pieces in enumerate(blocks, _FIRST_SALT)
    ]


def softmax(scores: Floats) -> Floats:
    """Shares of one, along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)  # type: ignore[no-any-return]


class LinearModel:
    """Scores of every label for a text, and probabilities of them."""

    def __init__(
        self,
        labels: Sequence[str],
        index: PieceIndex,
        piece_weights: Floats,
        dense_weights: Floats,
        dense_mean: Floats,
        bias: Floats,
        temperature: float,
        dense_share: float,
    ) -> None:
        self.labels = tuple(labels)
        self.index = index
        # Eight bits a weight and one scale a piece: a quarter of the memory, the same answers.
        self._scales = np.maximum(np.abs(piece_weights).max(axis=1, initial=0.0), _TINY).astype(np.float32) / 127
        self._piece_weights = np.round(piece_weights / self._scales[:, None]).astype(np.int8)
        self._dense_weights = dense_weights
        self._dense_mean = dense_mean
        self._bias = bias
        self.temperature = temperature
        self._dense_share = dense_share

    def scores(self, blocks: Sequence[Sequence[str]], dense: Floats) -> Floats:
        """One number a label: about 1 for a sure yes, 0 for a no."""
        ids, weights = self.index.vector(blocks)
        out = self._bias + (weights * self._scales[ids]) @ self._piece_weights[ids].astype(np.float32)
        if self._dense_share and dense.any():
            out = out + level_dense(dense, self._dense_mean, self._dense_share) @ self._dense_weights
        return out  # type: ignore[no-any-return]

    def probabilities(self, scores: Floats) -> Floats:
        """How sure each label is."""
        return softmax(scores / self.temperature)

    def save(self, folder: Path) -> None:
        """Writes the model into a folder."""
        meta = {"labels": self.labels, "temperature": self.temperature, "dense_share": self._dense_share}
        (folder / "linear.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "linear.npz",
            keys=self.index.keys,
            blocks=self.index.blocks,
            rarity=self.index.rarity,
            shares=self.index.shares,
            pieces=self._piece_weights,
            scales=self._scales,
            dense=self._dense_weights,
            mean=self._dense_mean,
            bias=self._bias,
        )

    @classmethod
    def load(cls, folder: Path) -> LinearModel:
        """Reads what `save` wrote."""
        meta: dict[str, Any] = json.loads((folder / "linear.json").read_text(encoding="utf-8"))
        with np.load(folder / "linear.npz") as arrays:
            index = PieceIndex(arrays["keys"], arrays["blocks"], arrays["rarity"], arrays["shares"])
            nothing = np.zeros((0, len(meta["labels"])), np.float32)
            weights = arrays["dense"], arrays["mean"], arrays["bias"]
            model = cls(meta["labels"], index, nothing, *weights, meta["temperature"], meta["dense_share"])
            model._piece_weights, model._scales = arrays["pieces"], arrays["scales"]
        return model


def level_dense(dense: Floats, mean: Floats, share: float) -> Floats:
    """Dense vectors around their mean, all of the same length."""
    around = dense - mean
    length = np.sqrt((around * around).sum(axis=-1, keepdims=True))
    return around * (share / np.maximum(length, _TINY))  # type: ignore[no-any-return]


def fit(
    examples: Sequence[Example],
    labels: Sequence[str],
    *,
    shares: Sequence[float],
    dense_share: float,
    ridge: float,
    fewest: int,
    temperature: float | None = None,
    scored: Sequence[int] | None = None,
) -> tuple[LinearModel, Floats, Ints]:
    """Trains a model.

    Args:
        examples: the texts.
        labels: a label for each.
        shares: how much each block of pieces counts.
        dense_share: how much the vector counts.
        ridge: how much a simple answer is preferred; 1 suits data whose blocks have a length of about 1.
        fewest: pieces seen in fewer examples are left out.
        temperature: given, it is taken, and no leave-one-out scores are computed.
        scored: the numbers of the examples that get a leave-one-out score; a fixed random sample of `LEFT_OUT` where
            nothing is said.

    Returns:
        the model; the leave-one-out scores (none with a given temperature), and the numbers of their labels.
    """
    from scipy import sparse
    from scipy.linalg import cho_factor, cho_solve, solve_triangular

    names = sorted(set(labels))
    column = {name: number for number, name in enumerate(names)}
    index = PieceIndex.build(examples, shares, fewest)
    vectors = [index.vector(example.blocks) for example in examples]
    starts = np.cumsum([0] + [len(ids) for ids, _ in vectors])
    matrix = sparse.csr_matrix(
        (np.concatenate([values for _, values in vectors]), np.concatenate([ids for ids, _ in vectors]), starts),
        shape=(len(examples), len(index.rarity)),
    )
    dense = np.stack([example.dense for example in examples])
    known = dense.any(axis=1)
    mean = dense[known].mean(axis=0) if known.any() else np.zeros(dense.shape[1], np.float32)
    levelled = np.where(known[:, None], level_dense(dense, mean, dense_share), 0.0).astype(np.float32)

    inner = levelled @ levelled.T
    transposed = matrix.T.tocsc()
    for start in range(0, len(examples), _ROWS):
        inner[start : start + _ROWS] += (matrix[start : start + _ROWS] @ transposed).toarray()
    truth = np.array([column[label] for label in labels])
    targets = np.zeros((len(examples), len(names)), np.float32)
    targets[np.arange(len(examples)), truth] = 1.0
    bias = targets.mean(axis=0)
    inner[np.diag_indices_from(inner)] += ridge
    # It is its own transpose, which LAPACK reads without a copy.
    factor = cho_factor(inner.T, lower=True, overwrite_a=True, check_finite=False)
    dual = cho_solve(factor, targets - bias, check_finite=False)
    left_out = np.zeros((0, len(names)), np.float32)
    sample = np.random.default_rng(0).permutation(len(examples))[:LEFT_OUT] if scored is None else np.array(scored)
    if temperature is None:
        columns = np.zeros((len(examples), len(sample)), np.float32)
        columns[sample, np.arange(len(sample))] = 1.0
        root = solve_triangular(factor[0], columns, lower=True, overwrite_b=True, check_finite=False)
        inverse = np.einsum("ij,ij->j", root, root)
        left_out = targets[sample] - dual[sample] / inverse[:, None]
        temperature = fit_temperature(left_out, truth[sample])

    model = LinearModel(
        names,
        index,
        np.asarray(matrix.T @ dual, np.float32),
        np.asarray(levelled.T @ dual, np.float32),
        np.asarray(mean, np.float32),
        bias.astype(np.float32),
        temperature,
        dense_share,
    )
    return model, left_out, truth[sample]


def fit_temperature(scores: Floats, truth: npt.NDArray[Any]) -> float:
    """The temperature under which the true labels are most probable."""

    def loss(temperature: float) -> float:
        sure = softmax(scores / temperature)[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(sure, 1e-12)).mean())

    return best(loss, np.geomspace(0.02, 1.0, 80))


def best(loss: Callable[[float], float], candidates: Iterable[float]) -> float:
    """The candidate with the least loss."""
    return float(min(candidates, key=loss))


def ranking(labels: Sequence[str], sure: Floats, length: int) -> list[Mapping[str, Any]]:
    """The most probable labels first, in Rasa's form."""
    order = np.argsort(-sure)[:length]
    return [{"name": labels[number], "confidence": float(sure[number])} for number in order]
