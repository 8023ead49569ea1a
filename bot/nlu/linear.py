"""A linear classifier over pieces of text and a dense vector: ridge regression, with probabilities that can be trusted.

Why ridge: solved in one step for all classes over the examples' inner products (seconds for thousands of examples),
level with a linear SVM or better on few examples, and from the same inner products come models of half of the examples
each: the temperature of the probabilities is fitted on scores of examples that had not been trained on. Prediction is
look-ups and one small product in numpy; scipy is needed for training only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
_TINY: Final = 1e-6
# Far apart: where two blocks' salts differ by one bit, '1位' in one and '2位' in the other have the same hash.
_SALT: Final = 0x9E3779B1
# So often the examples are halved, and each is scored by a model of the other half; the mean of these scores is nearer
# to what a model of all would say.
HALVINGS: Final = 2
# By which binary digits of their hashes, from this one on.
_DIGIT: Final = 3
# Solving: so many examples give the start, and it ends where this share of what is to be explained is left; the models
# of halves need not be as exact.
_SOME: Final = 1_000
_RESIDUE: Final = 0.02
_OF_HALVES: Final = 0.05
# So many of the pieces have hardly any weight; without them nothing is heard otherwise.
IDLE: Final = 0.455
_MOST_STEPS: Final = 100


@dataclass(frozen=True)
class Example:
    """One text as the classifier sees it: the pieces of each block, and its vector."""

    blocks: list[list[str]]
    dense: Floats

    @property
    def hash(self) -> int:
        """A number of 32 bits that depends on nothing but the text."""
        return crc32("\n".join(chain.from_iterable(self.blocks)).encode("utf-8", "replace"))


class PieceIndex:
    """Pieces to weighted numbers: one share of the length a block, rare pieces weigh more.

    Pieces are known by a 32-bit hash, since 400,000 strings take 75 MB and their hashes 2. Two pieces of one hash
    share a weight; among so many that is some twenty pairs, and a piece never seen hits one in ten thousand times.
    """

    def __init__(self, keys: npt.NDArray[np.uint32], rarity: Floats, shares: Floats, unseen: float = 0.0) -> None:
        self.keys = keys
        self.rarity = rarity
        self.shares = shares
        self.unseen = unseen

    @classmethod
    def build(
        cls, examples: Sequence[Example], shares: Sequence[float], fewest: int, *, count_unseen: bool = False
    ) -> tuple[PieceIndex, Any]:
        """The pieces that stand in at least `fewest` examples, and the examples' vectors as a sparse matrix.

        Args:
            examples: the texts.
            shares: weighs the blocks against each other.
            fewest: rarer pieces are left out.
            count_unseen: a piece never seen makes a text longer, so that what is known of a strange text counts less.

        Returns:
            the index, and a scipy CSR matrix whose rows are what `vector` gives for each example.
        """
        from scipy import sparse

        counted = _Counted.of([example.blocks for example in examples])
        weighed = np.array(shares, np.float32)[counted.block] > 0
        keys, seen = np.unique(counted.key[weighed], return_counts=True)
        keys, seen = keys[seen >= fewest], seen[seen >= fewest]
        index = cls(
            keys,
            np.log((1 + len(examples)) / (1 + seen.astype(np.float32))) + 1,
            np.array(shares, np.float32),
            float(np.log(1 + len(examples)) + 1) if count_unseen else 0.0,
        )
        row, column, value = index._weighted(counted, len(examples))
        return index, sparse.csr_matrix((value, (row, column)), shape=(len(examples), len(keys)))

    def vector(self, blocks: Sequence[Sequence[str]]) -> tuple[Ints, Floats]:
        """Numbers of the known pieces and their weights; each block has the length of its share."""
        _, ids, weights = self._weighted(_Counted.of([blocks]), 1)
        return ids, weights

    def _weighted(self, counted: _Counted, texts: int) -> tuple[Ints, Ints, Floats]:
        """For each known piece of each text: the text's number, the piece's number, and its weight."""
        where = np.minimum(self.keys.searchsorted(counted.key), len(self.keys) - 1)
        known = self.keys[where] == counted.key
        weights = (1.0 + np.log(counted.count)).astype(np.float32) * np.where(known, self.rarity[where], self.unseen)
        block = counted.text * len(self.shares) + counted.block
        lengths = np.sqrt(np.bincount(block, weights * weights, minlength=texts * len(self.shares)))
        scale = (np.tile(self.shares, texts) / np.maximum(lengths, _TINY)).astype(np.float32)
        return counted.text[known], where[known], (weights * scale[block])[known]


@dataclass(frozen=True)
class _Counted:
    """The pieces of some texts: each once a text, ordered by text and hash, with how often it stands there."""

    text: Ints
    key: npt.NDArray[np.uint32]
    block: Ints
    count: Ints

    @classmethod
    def of(cls, texts: Sequence[Sequence[Sequence[str]]]) -> _Counted:
        """Counts the pieces of the blocks of some texts."""
        hashes = [each for blocks in texts for each in _hashes(blocks)]
        lengths = np.fromiter(map(len, hashes), np.int64, len(hashes))
        blocks = max(1, len(texts[0])) if texts else 1
        text_of = np.repeat(np.arange(len(hashes)) // blocks, lengths)
        block_of = np.repeat(np.arange(len(hashes)) % blocks, lengths)
        flat = np.fromiter(chain.from_iterable(hashes), np.uint32, int(lengths.sum()))
        both = text_of.astype(np.uint64) << np.uint64(32) | flat
        _, first, count = np.unique(both, return_index=True, return_counts=True)
        return cls(text_of[first], flat[first], block_of[first], count)


def _hashes(blocks: Sequence[Sequence[str]]) -> list[list[int]]:
    """The hash of every piece; the same letters in another block are another piece."""
    return [
        [crc32(piece.encode("utf-8", "replace"), (number * _SALT) & 0xFFFFFFFF) for piece in pieces]
        for number, pieces in enumerate(blocks, 1)
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
        self._rows = np.round(piece_weights / self._scales[:, None]).astype(np.int8)
        self._row_of = np.arange(len(piece_weights), dtype=np.int32)
        self._dense_weights = dense_weights
        self._dense_mean = dense_mean
        self._bias = bias
        self.temperature = temperature
        self._dense_share = dense_share

    def scores(self, blocks: Sequence[Sequence[str]], dense: Floats) -> Floats:
        """One number a label: about 1 for a sure yes, 0 for a no."""
        ids, weights = self.index.vector(blocks)
        rows = self._rows.take(self._row_of[ids], axis=0)
        out = self._bias + (weights * self._scales[ids]) @ rows.astype(np.float32)
        if self._dense_share and dense.any():
            out = out + level_dense(dense, self._dense_mean, self._dense_share) @ self._dense_weights
        return out  # type: ignore[no-any-return]

    def forget(self, share: float) -> None:
        """Drops this share of the pieces, those with the least weight; they are pieces never seen from now on.

        Pieces that stand in the same examples have the same weights but for their scale: each row is kept once, which
        takes a third of the memory.
        """
        kept = self._scales >= np.quantile(self._scales, share)
        self.index.keys, self.index.rarity = self.index.keys[kept], self.index.rarity[kept]
        self._scales = self._scales[kept]
        rows = self._rows[self._row_of[kept]]
        _, first, row_of = np.unique(rows.view(f"V{rows.shape[1]}"), return_index=True, return_inverse=True)
        self._rows, self._row_of = rows[first], row_of.astype(np.int32)

    def shift(self, by: Floats) -> None:
        """Adds a constant to the scores of each label."""
        self._bias = (self._bias + by).astype(np.float32)

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
            rarity=self.index.rarity,
            shares=self.index.shares,
            unseen=self.index.unseen,
            rows=self._rows,
            row_of=self._row_of,
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
            known = arrays["keys"], arrays["rarity"], arrays["shares"]
            index = PieceIndex(*known, float(arrays["unseen"]))
            nothing = np.zeros((0, len(meta["labels"])), np.float32)
            weights = arrays["dense"], arrays["mean"], arrays["bias"]
            model = cls(meta["labels"], index, nothing, *weights, meta["temperature"], meta["dense_share"])
            model._rows, model._row_of, model._scales = arrays["rows"], arrays["row_of"], arrays["scales"]
        return model


def level_dense(dense: Floats, mean: Floats, share: float) -> Floats:
    """Dense vectors around their mean, all of the same length."""
    around = dense - mean
    length = np.sqrt((around * around).sum(axis=-1, keepdims=True))
    return around * (share / np.maximum(length, _TINY))  # type: ignore[no-any-return]


def fit_targets(
    examples: Sequence[Example],
    targets: Floats,
    names: Sequence[str],
    *,
    shares: Sequence[float],
    dense_share: float,
    ridge: float,
    fewest: int,
    halvings: int = 0,
    count_unseen: bool = False,
) -> tuple[LinearModel, Floats]:
    """Trains a model on a number for each example and label; an example may have several labels, or none.

    Args:
        examples: the texts.
        targets: a row an example, a column a label: 1 where the text has the label.
        names: the labels.
        shares: how much each block of pieces counts.
        dense_share: how much the vector counts.
        ridge: how much a simple answer is preferred; 1 suits data whose blocks have a length of about 1.
        fewest: pieces seen in fewer examples are left out.
        halvings: so often the examples are halved by their hashes, each half to be scored by a model of the other; 0
            scores none. A line more moves no other to another half.
        count_unseen: see `PieceIndex.build`.

    Returns:
        the model, and the scores of the examples by models that did not see them, for each halving.
    """
    index, matrix = PieceIndex.build(examples, shares, fewest, count_unseen=count_unseen)
    dense = np.stack([example.dense for example in examples])
    known = dense.any(axis=1)
    mean = dense[known].mean(axis=0) if known.any() else np.zeros(dense.shape[1], np.float32)
    levelled = np.where(known[:, None], level_dense(dense, mean, dense_share), 0.0).astype(np.float32)
    bias = targets.mean(axis=0)
    shared, alone = _shared(matrix)
    left_out = np.tile(bias, (halvings, len(examples), 1))
    hashes = np.array([example.hash for example in examples], np.uint32)
    for number in range(halvings):
        halves = [np.flatnonzero((hashes >> (_DIGIT + number)) & 1 == half) for half in (0, 1)]
        for apart, rest in zip(halves, halves[::-1], strict=True):
            if not (len(apart) and len(rest)):
                continue
            dual = solved(shared[rest], levelled[rest], targets[rest] - bias, ridge + alone[rest], _OF_HALVES)
            scores = shared[apart] @ (shared[rest].T @ dual) + levelled[apart] @ (levelled[rest].T @ dual)
            left_out[number, apart] += scores
    dual = solved(shared, levelled, targets - bias, ridge + alone, _RESIDUE)
    model = LinearModel(
        names,
        index,
        np.asarray(matrix.T @ dual, np.float32),
        np.asarray(levelled.T @ dual, np.float32),
        np.asarray(mean, np.float32),
        bias.astype(np.float32),
        1.0,
        dense_share,
    )
    return model, left_out


def fit(
    examples: Sequence[Example],
    labels: Sequence[str],
    *,
    shares: Sequence[float],
    dense_share: float,
    ridge: float,
    fewest: int,
    temperature: float | None = None,
) -> tuple[LinearModel, Floats, Ints]:
    """Trains a model that chooses among labels; see `fit_targets`.

    Args:
        labels: a label for each example.
        temperature: given, it is taken, and no example is scored.

    Returns:
        the model; the scores of the examples by models that did not see them (none with a given temperature); and the
        numbers of their labels.
    """
    names = sorted(set(labels))
    column = {name: number for number, name in enumerate(names)}
    truth = np.array([column[label] for label in labels], np.int32)
    targets = np.zeros((len(examples), len(names)), np.float32)
    targets[np.arange(len(examples)), truth] = 1.0
    model, left_out = fit_targets(
        examples,
        targets,
        names,
        shares=shares,
        dense_share=dense_share,
        ridge=ridge,
        fewest=fewest,
        halvings=HALVINGS if temperature is None else 0,
        count_unseen=True,
    )
    if temperature is None:
        # Of each halving: their mean is surer than one model is.
        temperature = fit_temperature(left_out.reshape(-1, len(names)), np.tile(truth, HALVINGS))
        left_out = left_out.mean(axis=0)
    model.temperature = temperature
    model.forget(IDLE)
    return model, left_out, truth


def _shared(matrix: Any) -> tuple[Any, Floats]:
    """The pieces that several examples share, and what the others add to an example's product with itself, a column.

    Pieces that stand in the same examples come to stand side by side: the products read their rows from memory one
    after the other, which halves their time.
    """
    examples_of = np.bincount(matrix.indices, minlength=matrix.shape[1])
    first = np.full(matrix.shape[1], len(examples_of))
    np.minimum.at(first, matrix.indices, np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)))
    columns = np.flatnonzero(examples_of > 1)
    shared = matrix[:, columns[np.argsort(first[columns], kind="stable")]].tocsr()
    alone = matrix.multiply(matrix).sum(axis=1) - shared.multiply(shared).sum(axis=1)
    return shared, np.asarray(alone, np.float32)


def solved(shared: Any, levelled: Floats, wanted: Floats, diagonal: Floats, residue: float) -> Floats:
    """The weights of the examples in ridge regression, by conjugate gradients over their inner products.

    The inner products of all pairs are never held: with 24,000 examples they take 2 GB and their factoring a minute. A
    few hundred of the examples, taken as if they were all there is, give a start from which some ten steps suffice.

    Args:
        shared: the pieces (CSR, a row an example).
        levelled: the vectors.
        wanted: what is to be explained, a column a label.
        diagonal: what is added to each example's product with itself, a column.
        residue: the share of what is to be explained that may be left.
    """
    from scipy.linalg import cho_factor, cho_solve

    count = len(levelled)
    transposed = shared.T.tocsr()

    some = np.random.default_rng(0).permutation(count)[:_SOME]
    near = (shared @ transposed[:, some]).toarray() + levelled @ levelled[some].T
    scaled = near / diagonal
    inner = (near[some] + near.T @ scaled).astype(np.float64)
    inner[np.diag_indices_from(inner)] += 1e-4 * inner.trace() / len(inner)
    factor = cho_factor(inner, lower=True, overwrite_a=True, check_finite=False)

    def conditioned(rest: Floats) -> Floats:
        light = rest / diagonal
        return light - scaled @ cho_solve(factor, near.T @ light, check_finite=False).astype(np.float32)  # type: ignore[no-any-return]

    dual = np.zeros_like(wanted)
    rest = wanted.copy()
    step = ahead = conditioned(rest)
    slope = (rest * ahead).sum(axis=0)
    goal = residue * float(np.sqrt((wanted * wanted).sum()))
    for _ in range(_MOST_STEPS):
        if float(np.sqrt((rest * rest).sum())) <= goal:
            break
        product = shared @ (transposed @ step) + levelled @ (levelled.T @ step) + diagonal * step
        length = slope / np.maximum((step * product).sum(axis=0), _TINY * _TINY)
        dual += length * step
        rest -= length * product
        ahead = conditioned(rest)
        slope, before = (rest * ahead).sum(axis=0), slope
        step = ahead + slope / np.maximum(before, _TINY * _TINY) * step
    return dual


def fit_temperature(scores: Floats, truth: npt.NDArray[Any]) -> float:
    """The temperature under which the true labels are most probable."""

    def loss(temperature: float) -> float:
        sure = softmax(scores / temperature)[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(sure, 1e-12)).mean())

    near, step = best(loss, np.geomspace(0.02, 1.0, 80)), 50 ** (1 / 79)
    # Probabilities are compared with thresholds: a step of 5 % would move a handful of messages.
    return best(loss, np.geomspace(near / step, near * step, 41))


def best(loss: Callable[[float], float], candidates: Iterable[float]) -> float:
    """The candidate with the least loss."""
    return float(min(candidates, key=loss))


def ranking(labels: Sequence[str], sure: Floats, length: int) -> list[Mapping[str, Any]]:
    """The most probable labels first, in Rasa's form."""
    order = np.argsort(-sure)[:length]
    return [{"name": labels[number], "confidence": float(sure[number])} for number in order]
