"""Two looks at a message: the first in half a millisecond, the second only where the first is unsure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.nlu import linear, second
from bot.nlu.linear import Example, Floats, Ints, LinearModel
from bot.nlu.second import SecondLook
from bot.nlu.sentences import SentenceEncoder

GRAVE: Final = ("crisis", "crisis_other")
# A label 'answer_typed/told' is a shade of an intent: all that people tell of themselves. It is no danger, but whatever
# else is a twentieth as likely is rather meant.
SHADE: Final = "/"
_SHADE_COUNTS: Final = 0.05
_TINY: Final = 1e-9


class IntentModel:
    """How sure each label is of a text."""

    def __init__(
        self, first: LinearModel, closer: SecondLook | None, encoder: SentenceEncoder | None, sure: float
    ) -> None:
        """`sure`: a first look at least this sure is the last."""
        self.first = first
        intents = [label.split(SHADE)[0] for label in first.labels]
        # In the order of the probabilities.
        self.labels = tuple(sorted(set(intents)))
        self._grave = np.isin(self.labels, GRAVE)
        self._counts = np.zeros((len(intents), len(self.labels)), np.float32)
        for number, (label, intent) in enumerate(zip(first.labels, intents, strict=True)):
            self._counts[number, self.labels.index(intent)] = 1.0 if label == intent else _SHADE_COUNTS
        self.closer = closer
        self._encoder = encoder
        self._sure = sure

    def glance(self, example: Example) -> Floats:
        """What the first look says."""
        return self._of_intents(self.first.probabilities(self.first.scores(example.blocks, example.dense)))

    def probabilities(self, example: Example, text: str, sentence: Floats | None = None) -> Floats:
        """What the first look says where it is sure, else the second; `sentence` is the text's vector if known."""
        scores = self.first.scores(example.blocks, example.dense)
        first = self.first.probabilities(scores)
        if self.closer is None or first.max() >= self._sure:
            return self._of_intents(first)
        if sentence is None:
            if self._encoder is None:
                return self._of_intents(first)
            sentence = self._encoder.one(text)
        return self._of_intents(self.closer.probabilities(scores, example.dense, sentence))

    def _of_intents(self, sure: Floats) -> Floats:
        """The probabilities of the intents, from those of their shades; danger grows no greater by what counts less."""
        if len(sure) == len(self.labels):
            return sure
        meant = sure @ self._counts
        danger, rest = meant * self._grave, meant * ~self._grave
        return danger + rest * ((1 - danger.sum()) / max(float(rest.sum()), _TINY))  # type: ignore[no-any-return]

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
    from threadpoolctl import threadpool_limits

    # Two that multiply at a time, each on all cores, wait for each other most of it.
    with threadpool_limits(1 if sentences else None, "blas"):
        first, left_out, truth = linear.fit(
            examples,
            labels,
            shares=settings["shares"],
            dense_share=settings["dense_share"],
            ridge=settings["ridge"],
            fewest=settings["fewest"],
        )
        vectors = sentences() if sentences else None
    if vectors is None:
        return IntentModel(first, None, None, settings["sure"]), left_out, truth
    words = np.stack([example.dense for example in examples])
    hashes = np.array([example.hash for example in examples], np.uint32)
    closer, left_out, truth = second.fit(left_out, words, vectors, truth, hashes, scored)
    return IntentModel(first, closer, encoder, settings["sure"]), left_out, truth
