"""Finds jobs, steps, certificates, tools and the things the bot cannot know, under their everyday names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.kept import Kept
from bot.nlu.normalise import Normalised, normalise
from bot.nlu.terms import TERMS, Match, TermMatcher, from_rows, read_terms, to_rows
from bot.nlu.tokenizer import NORMALISED, fingerprint

# Where the matches stay for the components after this one, in offsets of the normalised text.
MATCHES: Final = "term_matches"
_FILE: Final = "terms.json"


# Also a featurizer to Rasa: only those see the training data before a classifier trains, and the classifier needs
# what is found here.
@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=True,
)
class TermEntityExtractor(Kept, GraphComponent, EntityExtractorMixin):
    """The longest name wins; values are the canonical ones; offsets are those of the typed text."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Words must be known: a name in kana counts only where it is a word."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`terms` is read when training only."""
        return {"terms": str(TERMS)}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, model_storage, resource)
        self._matcher = TermMatcher([])

    def read(self, folder: Path) -> None:
        """The names that the model holds."""
        self._matcher = TermMatcher(from_rows(json.loads((folder / _FILE).read_text(encoding="utf-8"))))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Trains anew when the dictionary or this code changes."""
        here = Path(__file__)
        return fingerprint(Path(config.get("terms") or TERMS), here, here.with_name("terms.py"))

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the dictionary in the model."""
        names = read_terms(Path(self._config["terms"])) if self._config["terms"] else []
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(to_rows(names), ensure_ascii=False), encoding="utf-8")
        self._matcher = TermMatcher(names)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Notes what the dictionary finds, for the classifier; the labels of the data stay as they are."""
        for example in training_data.training_examples:
            if example.get(TOKENS_NAMES[TEXT]):
                example.set(MATCHES, self.matches(example))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities found."""
        for message in messages:
            matches = self.matches(message)
            message.set(MATCHES, matches)
            found = self._entities(message, matches)
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(found), add_to_output=True)
        return messages

    def matches(self, message: Message) -> list[Match]:
        """The names in a tokenised message."""
        level: Normalised = message.get(NORMALISED) or normalise(message.get(TEXT) or "")
        at = [token.data["at"] for token in message.get(TOKENS_NAMES[TEXT], [])]
        return self._matcher.find(level.text, frozenset(start for start, _ in at), frozenset(end for _, end in at))

    @staticmethod
    def _entities(message: Message, matches: list[Match]) -> list[dict[str, Any]]:
        entities = []
        for match in matches:
            start, end = message.get(NORMALISED).span(match.start, match.end)
            entities.append(
                {
                    ENTITY_ATTRIBUTE_TYPE: match.entity,
                    ENTITY_ATTRIBUTE_START: start,
                    ENTITY_ATTRIBUTE_END: end,
                    ENTITY_ATTRIBUTE_VALUE: match.value,
                    "confidence_entity": 1.0,
                }
            )
        return entities
