"""Decides what a message wants, and what each of its questions wants."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import (
    FEATURE_TYPE_SEQUENCE,
    INTENT,
    INTENT_NAME_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.entities import MATCHES
from bot.nlu.features import pieces
from bot.nlu.linear import Example, Floats, LinearModel, fit, ranking
from bot.nlu.normalise import Normalised
from bot.nlu.terms import Match
from bot.nlu.tokenizer import NORMALISED, fingerprint
from bot.nlu.vectors import mean_of_known

RANKING_LENGTH: Final = 10
# Longer texts are judged by their beginning: a person's question is never longer, and time must not grow.
LONGEST: Final = 1_000


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PieceIntentClassifier(IntentClassifier, GraphComponent):
    """Linear over pieces of words, spelling and sound, and the mean of the word vectors where there are any."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Words, with what SudachiTokenizer notes about them."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How much each block counts (bot.nlu.features.BLOCKS), the vectors, and the ridge; chosen in docs/nlu.md."""
        return {"shares": [1.0, 0.7, 1.0, 0.7], "dense_share": 1.0, "ridge": 1.0, "fewest": 1}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model: LinearModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PieceIntentClassifier:
        """A classifier about to be trained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PieceIntentClassifier:
        """The classifier that the model holds."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            classifier._model = LinearModel.load(folder)
        return classifier

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Trains anew when this code changes."""
        here = Path(__file__)
        return fingerprint(here, here.with_name("features.py"), here.with_name("linear.py"))

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model to the examples that have an intent."""
        examples = [each for each in training_data.intent_examples if each.get(TEXT) and each.get(INTENT)]
        if not examples:
            raise ValueError("There is no example with an intent to train on.")
        self._model, _ = fit(
            [self.example(each) for each in examples],
            [each.get(INTENT) for each in examples],
            shares=self._config["shares"],
            dense_share=self._config["dense_share"],
            ridge=self._config["ridge"],
            fewest=self._config["fewest"],
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    @staticmethod
    def example(message: Message, start: int = 0, end: int = LONGEST) -> Example:
        """What the model sees of a stretch of a message."""
        level: Normalised = message.get(NORMALISED)
        tokens: list[Token] = message.get(TOKENS_NAMES[TEXT])
        matches: list[Match] = message.get(MATCHES) or []
        text = level.text
        end = min(end, len(text))
        inside = [start <= token.data["at"][0] and token.data["at"][1] <= end for token in tokens]
        dense = np.zeros(0, np.float32)
        for feature in message.features:
            if feature.is_dense() and feature.type == FEATURE_TYPE_SEQUENCE and feature.attribute == TEXT:
                dense = np.concatenate([dense, mean_of_known(feature.features[inside])])
        return Example(pieces(text, tokens, matches, start, end), dense)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds intent and ranking."""
        if self._model is None:
            raise RuntimeError("PieceIntentClassifier has neither been trained nor loaded.")
        for message in messages:
            if not message.get(TOKENS_NAMES[TEXT]):
                message.set(INTENT, {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}, add_to_output=True)
                message.set("intent_ranking", [], add_to_output=True)
                continue
            sure = self._sure(message, 0, LONGEST)
            order = ranking(self._model.labels, sure, RANKING_LENGTH)
            message.set(INTENT, order[0], add_to_output=True)
            message.set("intent_ranking", order, add_to_output=True)
        return messages

    def _sure(self, message: Message, start: int, end: int) -> Floats:
        if self._model is None:
            raise RuntimeError("PieceIntentClassifier has neither been trained nor loaded.")
        seen = self.example(message, start, end)
        return self._model.probabilities(self._model.scores(seen.blocks, seen.dense))
