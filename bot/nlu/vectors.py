"""Word vectors of ja_ginza as features: spaCy takes them out when training, the model keeps them as plain arrays.

Serving loads neither spaCy nor ja_ginza: 17 MB in place of 300, and microseconds a message.
"""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import (
    FEATURE_TYPE_SENTENCE,
    FEATURE_TYPE_SEQUENCE,
    TEXT,
)
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.kept import Kept, kept_in_model
from bot.nlu.tokenizer import fingerprint

Floats = npt.NDArray[np.float32]
_FILE: Final = "vectors.npz"
# The parts of a spaCy model that have nothing to do with its vectors.
_NOT_NEEDED: Final = ["parser", "ner", "compound_splitter", "bunsetu_recognizer", "tok2vec", "morphologizer"]
# Words are looked up again and again; this many stay at hand (about 1 kB each).
_KEPT: Final = 4096


def word_hash(word: str) -> int:
    """64 bits that stand for a word: 480,000 words as numbers take a tenth of the room of the words."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little")


class WordVectors:
    """Vectors by word: hashes in order, the row of each, and the rows."""

    def __init__(self, hashes: npt.NDArray[np.uint64], rows: npt.NDArray[np.int16], data: npt.NDArray[Any]) -> None:
        self._hashes = hashes
        self._rows = rows
        self._data = data
        self.size = int(data.shape[1])
        self._nothing = np.zeros(self.size, np.float32)
        self.vector = lru_cache(maxsize=_KEPT)(self._find)

    @classmethod
    def from_spacy(cls, package: str) -> WordVectors:
        """Takes the vectors out of a spaCy model that is installed as a package."""
        import spacy

        return cls.from_spacy_vocab(spacy.load(package, exclude=_NOT_NEEDED).vocab)

    @classmethod
    def from_spacy_vocab(cls, vocab: Any) -> WordVectors:
        """Takes the vectors out of a spaCy vocabulary; rows become 16-bit floats, which changes no figure we report."""
        pairs = sorted((word_hash(vocab.strings[key]), row) for key, row in vocab.vectors.key2row.items())
        hashes = np.fromiter((key for key, _ in pairs), np.uint64, len(pairs))
        rows = np.fromiter((row for _, row in pairs), np.int16, len(pairs))
        return cls(hashes, rows, np.asarray(vocab.vectors.data, dtype=np.float16))

    def save(self, path: Path) -> None:
        """Writes one file."""
        np.savez(path, hashes=self._hashes, rows=self._rows, data=self._data)

    @classmethod
    def load(cls, path: Path | IO[bytes]) -> WordVectors:
        """Reads what `save` wrote."""
        with np.load(path) as arrays:
            return cls(arrays["hashes"], arrays["rows"], arrays["data"])

    def _row(self, word: str) -> Floats | None:
        key = np.uint64(word_hash(word))
        at = int(self._hashes.searchsorted(key))
        if at < len(self._hashes) and self._hashes[at] == key:
            return self._data[self._rows[at]].astype(np.float32)  # type: ignore[no-any-return]
        return None

    def _find(self, word: str) -> Floats:
        """The vector of a word; of its longest known pieces where the word is unknown (営業|事務); else zeros."""
        whole = self._row(word)
        if whole is not None:
            return whole
        parts: list[Floats] = []
        at, word = 0, word[:32]
        while at < len(word):
            for end in range(len(word), at, -1):
                part = self._row(word[at:end])
                if part is not None:
                    parts.append(part)
                    at = end
                    break
            else:
                at += 1
        return np.mean(parts, axis=0, dtype=np.float32) if parts else self._nothing

    def of_tokens(self, tokens: list[Token]) -> Floats:
        """One row a token, by its normalized form."""
        return np.stack([self.vector(token.lemma) for token in tokens])


def mean_of_known(rows: Floats) -> Floats:
    """The mean of the rows that hold anything; zeros if none does."""
    known = rows[rows.any(axis=1)]
    if len(known):
        return known.mean(axis=0)  # type: ignore[no-any-return]
    return np.zeros(rows.shape[1], np.float32)


# The vectors of the model that this process serves, for whoever else reads texts (actions/self_analysis).
_SERVING: list[WordVectors] = []


def serving() -> WordVectors:
    """The vectors of the loaded model; from the model's file where none is loaded (tests, simulations).

    Raises:
        FileNotFoundError: there is no model; `make train` makes it.
    """
    if not _SERVING:
        _SERVING.append(WordVectors.load(io.BytesIO(*kept_in_model(_FILE))))
    return _SERVING[0]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class GinzaVectorFeaturizer(Kept, DenseFeaturizer, GraphComponent):
    """Adds the vector of every word, and their mean for the sentence."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Words to look up."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """What training needs; serving needs numpy only, but Rasa asks this before both."""
        return ["numpy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`package` is the spaCy model whose vectors are taken."""
        return {**DenseFeaturizer.get_default_config(), "package": "ja_ginza"}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        DenseFeaturizer.__init__(self, resource.name, config)
        Kept.__init__(self, config, model_storage, resource)
        self._vectors: WordVectors | None = None

    def read(self, folder: Path) -> None:
        """The vectors that the model holds."""
        self._vectors = WordVectors.load(folder / _FILE)
        _SERVING[:] = [self._vectors]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Trains anew when this code changes."""
        return fingerprint(Path(__file__))

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check beyond what loading the package says."""

    def train(self, training_data: TrainingData) -> Resource:
        """Takes the vectors out of the package and keeps them in the model."""
        self._vectors = WordVectors.from_spacy(self._config["package"])
        with self._model_storage.write_to(self._resource) as folder:
            self._vectors.save(folder / _FILE)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Featurizes all examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the features of one or more messages."""
        if self._vectors is None:
            raise RuntimeError("GinzaVectorFeaturizer has neither been trained nor loaded.")
        for message in messages:
            tokens = message.get(TOKENS_NAMES[TEXT])
            if not tokens:
                continue
            words = self._vectors.of_tokens(tokens)
            sentence = mean_of_known(words)[None, :]
            for kind, rows in ((FEATURE_TYPE_SEQUENCE, words), (FEATURE_TYPE_SENTENCE, sentence)):
                message.add_features(Features(rows, kind, TEXT, self._identifier))
        return messages
