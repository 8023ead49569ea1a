"""A second, closer look at messages of which the first (bot.nlu.linear) is unsure.

Kernel ridge regression: a message is compared with some thousand remembered examples, as a sentence
(bot.nlu.sentences), in its words, and in what the first look thought of it. Two sentences that share no word may be
near, and what the first look mixes up stands beside what it mixed up when training. The remembered ones are drawn by a
hash of their pieces, the doubtful ones more readily: there is nothing to learn from a message that one look
understands, and a line more in the training data must not draw all the others anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from bot.nlu.linear import Floats, Ints, fit_temperature, level_dense, softmax
from bot.nlu.vectors import mean_of_known

REMEMBERED: Final = 6_000
# How many numbers are kept of the two vectors together; more change no figure.
DIMENSIONS: Final = 160
# The mean word vector counts less than the sentence.
WORDS_SHARE: Final = 0.7
# How much the comparison counts against the wish for a simple answer.
STRENGTH: Final = 4.0
# Examples scored as if they had not been trained on, for the temperature.
LEFT_OUT: Final = 5_000
# Knuth's multiplier, which spreads a number's digits.
_SPREAD: Final = 2_654_435_761
_SURE_TOO: Final = 0.02
_FILE: Final = "second.npz"
# What 32-bit sums over `_ROWS` examples are off at most, as a share of the inner products' variation.
_JITTER: Final = 1e-2
_ROWS: Final = 1_024


@dataclass(frozen=True)
class SecondLook:
    """What is remembered, and what each remembered example says of each label."""

    words_mean: Floats
    sentence_mean: Floats
    projection: Floats
    remembered: Floats
    halves: Floats
    weights: Floats
    bias: Floats
    temperature: float

    def probabilities(self, first: Floats, words: Floats, sentence: Floats) -> Floats:
        """How sure each label is.

        Args:
            first: the scores of the first look.
            words: the mean word vector.
            sentence: the sentence's vector.
        """
        point = np.concatenate([_joined(words, sentence, self.words_mean, self.sentence_mean) @ self.projection, first])
        # exp(-(distance²) / 2), with what does not depend on the message worked out before.
        apart = self.remembered @ point - self.halves - point @ point / 2
        return softmax((np.exp(np.minimum(apart, 0)) @ self.weights + self.bias) / self.temperature)

    def save(self, folder: Path) -> None:
        """Writes one file into a folder."""
        np.savez(folder / _FILE, **vars(self))

    @classmethod
    def load(cls, folder: Path) -> SecondLook | None:
        """Reads what `save` wrote; None where nothing was."""
        if not (folder / _FILE).exists():
            return None
        with np.load(folder / _FILE) as arrays:
            kept = {name: arrays[name] for name in arrays.files}
        return cls(**{**kept, "temperature": float(kept["temperature"])})


def _joined(words: Floats, sentences: Floats, words_mean: Floats, sentence_mean: Floats) -> Floats:
    known = words.any(axis=-1, keepdims=True)
    levelled = np.where(known, level_dense(words, words_mean, WORDS_SHARE), 0.0)
    return np.concatenate([level_dense(sentences, sentence_mean, 1.0), levelled], axis=-1).astype(np.float32)  # type: ignore[no-any-return]


def near(points: Floats, others: Floats, steepness: float = 1.0) -> Floats:
    """1 where two points are the same, towards 0 the farther they are apart, the sooner the steeper."""
    apart = (points * points).sum(axis=1)[:, None] + (others * others).sum(axis=1) - 2 * points @ others.T
    return np.exp(-steepness / 2 * np.maximum(apart, 0))  # type: ignore[no-any-return]


def fit(
    first: Floats,
    words: Floats,
    sentences: Floats,
    truth: Ints,
    hashes: npt.NDArray[np.uint32],
    scored: Sequence[int] | None = None,
) -> tuple[SecondLook, Floats, Ints]:
    """Trains a second look.

    Args:
        first: the scores that the first look gave to the examples while it did not know them.
        words: their mean word vectors.
        sentences: their sentence vectors.
        truth: the numbers of their labels.
        hashes: a number for each that depends on nothing but its text.
        scored: the numbers of the examples that get a leave-one-out score; a sample drawn by their hashes where nothing
            is said.

    Returns:
        the model; the leave-one-out scores; and the numbers of the labels of the scored.
    """
    from scipy.linalg import cho_factor, cho_solve, solve_triangular

    count, labels = first.shape
    means = mean_of_known(words), sentences.mean(axis=0)
    joined = _joined(words, sentences, *means)
    _, directions = np.linalg.eigh((joined.T @ joined).astype(np.float64))
    projection = np.ascontiguousarray(directions[:, -DIMENSIONS:], np.float32)
    points = np.concatenate([joined @ projection, first], axis=1)

    doubt = 1 + _SURE_TOO - softmax(first / fit_temperature(first, truth)).max(axis=1)
    # Drawn without replacement, each as likely as it is doubtful (Efraimidis and Spirakis, 2006).
    waits = -np.log((hashes + 1.0) / 2**32) / doubt
    chosen = np.sort(np.argsort(waits, kind="stable")[:REMEMBERED])
    remembered = points[chosen]
    targets = np.zeros((count, labels), np.float32)
    targets[np.arange(count), truth] = 1.0
    bias = targets.mean(axis=0)
    alike = np.concatenate([near(points[at : at + _ROWS], remembered) for at in range(0, count, _ROWS)])
    inner = alike[chosen].astype(np.float64) / STRENGTH
    for at in range(0, count, _ROWS):
        inner += alike[at : at + _ROWS].T @ alike[at : at + _ROWS]
    inner[np.diag_indices_from(inner)] += _JITTER
    factor = cho_factor(inner, lower=True, overwrite_a=True, check_finite=False)
    weights = cho_solve(factor, alike.T @ (targets - bias), check_finite=False).astype(np.float32)

    # By other digits than those above: who is remembered says nothing of who is scored.
    digits = (hashes.astype(np.uint64) * _SPREAD) % 2**32
    sample = np.argsort(digits, kind="stable")[:LEFT_OUT] if scored is None else np.array(scored)
    own = solve_triangular(factor[0], alike[sample].T, lower=True, check_finite=False)
    leverage = np.minimum(np.einsum("ij,ij->j", own, own), 0.99)
    missed = targets[sample] - bias - alike[sample] @ weights
    left_out = (targets[sample] - missed / (1 - leverage)[:, None]).astype(np.float32)
    model = SecondLook(
        *means,
        projection,
        remembered,
        (remembered * remembered).sum(axis=1) / 2,
        weights,
        bias,
        fit_temperature(left_out, truth[sample]),
    )
    return model, left_out, truth[sample]
