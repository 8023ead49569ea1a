"""Two looks at a message: the first in half a millisecond, the second only where the first is unsure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from bot.nlu import linear, second
from bot.nlu.linear import Example, Floats, Ints, LinearModel
from bot.nlu.second import SecondLook
from bot.nlu.sentences import SentenceEncoder


class IntentModel:
    """How sure each label is of a text."""

    def __init__(
        self, first: LinearModel, closer: SecondLook | None, encoder: SentenceEncoder | None, sure: float
    ) -> None:
        """`sure`: a first look at least this sure is the last."""
        self.first = first
        self.closer = closer
        self._encoder = encoder
        self._sure = sure

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the probabilities."""
        return self.first.labels

    def glance(self, example: Example) -> Floats:
        """What the first look says."""
        return self.first.probabilities(self.first.scores(example.blocks, example.dense))

    def probabilities(self, example: Example, text: str, sentence: Floats | None = None) -> Floats:
        """What the first look says where it is sure, else the second; `sentence` is the text's vector if known."""
        scores = self.first.scores(example.blocks, example.dense)
        first = self.first.probabilities(scores)
        if self.closer is None or first.max() >= self._sure:
            return first
        if sentence is None:
            if self._encoder is None:
                return first
            sentence = self._encoder.one(text)
        return self.closer.probabilities(scores, example.dense, sentence)

    def save(self, folder: Path) -> None:
        """Writes the model into a folder."""
        self.first.save(folder)
        if self.closer is not None and self._encoder is not None:
            self.closer.save(folder)
            self._encoder.save(folder)

    @classmethod
    def load(cls, folder: Path, sure: float) -> IntentModel:
        """Reads what `save` wrote."""
        closer = SecondLook.load(folder)
        return cls(LinearModel.load(folder), closer, SentenceEncoder.load(folder) if closer else None, sure)


def fit(
    examples: Sequence[Example],
    labels: Sequence[str],
    sentences: Callable[[], Floats] | None,
    settings: dict[str, Any],
    encoder: SentenceEncoder | None = None,
    scored: Sequence[int] | None = None,
) -> tuple[IntentModel, Floats, Ints]:
    """Trains both looks; without `sentences` only the first.

    `sentences` is asked for the examples' sentence vectors once the first look is trained, so that they may be worked
    out meanwhile.

    Returns:
        the model; the scores of the `scored` examples (a sample where nothing is said) by the last look, as if it had
        not been trained on them; and the numbers of their labels.
    """
    first, left_out, truth = linear.fit(
        examples,
        labels,
        shares=settings["shares"],
        dense_share=settings["dense_share"],
        ridge=settings["ridge"],
        fewest=settings["fewest"],
    )
    if sentences is None:
        return IntentModel(first, None, None, settings["sure"]), left_out, truth
    words = np.stack([example.dense for example in examples])
    hashes = np.array([crc32("\n".join(chain.from_iterable(one.blocks)).encode()) for one in examples], np.uint32)
    closer, left_out, truth = second.fit(left_out, words, sentences(), truth, hashes, scored)
    return IntentModel(first, closer, encoder, settings["sure"]), left_out, truth
