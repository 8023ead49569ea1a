"""Decides what a message wants, and what each of its questions wants."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    FEATURE_TYPE_SEQUENCE,
    INTENT,
    INTENT_NAME_KEY,
    METADATA,
    METADATA_INTENT,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.entities import MATCHES, TermEntityExtractor
from bot.nlu.features import pieces
from bot.nlu.intents import GRAVE, SHADE, IntentModel, fit
from bot.nlu.kept import Kept
from bot.nlu.linear import Example, Floats, ranking
from bot.nlu.normalise import Normalised
from bot.nlu.questions import Span, after_refusal, asks, coordinations, leans, stretches, tells
from bot.nlu.sentences import SentenceEncoder
from bot.nlu.terms import Match
from bot.nlu.tokenizer import NORMALISED, fingerprint
from bot.nlu.vectors import mean_of_known

RANKING_LENGTH: Final = 10
QUESTIONS: Final = "questions"
REMARKS: Final = "remarks"
# A message that stands beside the first one and says the same with its subject (bot.nlu.subject).
AGAIN: Final = "again"
# More stretches than this are a story; the time for one message stays bounded.
MOST_PARTS: Final = 8
# Words of despair count wherever they stand in a message. A stretch by itself says less, so it must be surer.
GRAVE_CONFIDENCE: Final = 0.8
# In a longer message the question stands at the end; its last stretch counts so much beside the whole.
STORY: Final = 40
LAST_STRETCH: Final = 6
LAST_SHARE: Final = 0.3
# Where something is refused or known already, what stands after it counts so much; to refuse is the matter of these.
LEFT_SHARE: Final = 0.6
REFUSING: Final = ("correct_job", "change_answer")
# A stretch this surely of one intent is asked, however it is put, but for what one tells of oneself.
SURELY: Final = 0.95
TOLD: Final = (
    "ask_what_suits_me",
    "ask_entry",
    "ask_suits",
    "ask_skills",
    "ask_difference",
    "ask_job",
    "discrimination",
)
# What was done to somebody is the matter itself: 「面接で親の職業を聞かれた」.
SUFFERED: Final = ("labour_trouble", "discrimination")
# Longer texts are judged by their beginning: a person's question is never longer, and time must not grow.
LONGEST: Final = 1_000
# With fewer examples a second look has nothing to compare with (Rasa's tools train on a handful).
_FEWEST: Final = 500
_LEADS_ON: Final = re.compile("(?:けど|から|ので|のに|し|って|んで|が)$")
_TINY: Final = 1e-9
_TOPIC: Final = re.compile(r"(?:って|とは|は|の|も|が|を|なら|だと|の仕事|と|や|とか|か|、|・|,)*")


def _label(message: Message) -> str:
    """The intent, and its shade where the training data names one (`metadata: {shade: told}`)."""
    shade = ((message.get(METADATA) or {}).get(METADATA_INTENT) or {}).get("shade")
    return f"{message.get(INTENT)}{SHADE}{shade}" if shade else str(message.get(INTENT))


@dataclass(frozen=True)
class Part:
    """A stretch of a message (in the normalised text) and what it would be by itself."""

    span: Span
    intent: str
    confidence: float
    sure: Floats
    asks: bool
    named: frozenset[str]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PieceIntentClassifier(Kept, IntentClassifier, GraphComponent):
    """Linear over pieces of words, spelling and sound, and the mean of the word vectors where there are any; where that
    is unsure, a comparison with remembered examples (bot.nlu.second)."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Words, with what SudachiTokenizer notes about them, and the names among them."""
        return [Tokenizer, TermEntityExtractor]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How much each block counts (bot.nlu.features.BLOCKS), the vectors, and the ridge; chosen in docs/nlu.md.

        `questions` are the intents that a part of a message may have by itself, with at least `part_confidence`;
        a message of one of the `fillers` and one question is that question. What is `beside` may be asked together with
        one of the questions, and `remarks` are made beside one, both with at least `beside_confidence`; so
        sure must two questions be that are joined by "and". A first look that is at least `sure` is the last;
        `second_look` can be switched off.
        """
        return {
            "shares": [1.0, 1.0, 1.0, 1.0],
            "dense_share": 1.5,
            "ridge": 1.0,
            "fewest": 1,
            "questions": [],
            "fillers": [],
            "beside": [],
            "remarks": [],
            "part_confidence": 0.3,
            "beside_confidence": 0.9,
            "sure": 0.9,
            "second_look": True,
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, model_storage, resource)
        self._model: IntentModel | None = None

    def read(self, folder: Path) -> None:
        """The weights that the model holds."""
        self._model = IntentModel.load(folder, self._config["sure"])

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Trains anew when this code changes."""
        here = Path(__file__)
        parts = ("features", "intents", "linear", "questions", "second", "sentences")
        return fingerprint(here, *(here.with_name(f"{name}.py") for name in parts))

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model to the examples that have an intent."""
        # A payload (data/nlu/payloads.yml) is no language.
        examples = [
            each
            for each in training_data.intent_examples
            if each.get(INTENT) and each.get(TEXT) and not each.get(TEXT).startswith("/")
        ]
        if not examples:
            raise ValueError("There is no example with an intent to train on.")
        labels = [_label(each) for each in examples]
        encoder, sentences = None, None
        # The sentences are encoded on one core while the first look is trained on the other.
        with ThreadPoolExecutor(1) as beside:
            if self._config["second_look"] and len(examples) >= _FEWEST:
                encoder = SentenceEncoder.from_package()
                texts = [each.get(NORMALISED).text[:LONGEST] for each in examples]
                sentences = beside.submit(encoder.encode, texts).result
            self._model, _, _ = fit([self.example(each) for each in examples], labels, sentences, self._config, encoder)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    @staticmethod
    def example(message: Message, start: int = 0, end: int = LONGEST) -> Example:
        """What the model sees of a stretch of a message."""
        level: Normalised = message.get(NORMALISED)
        tokens: list[Token] = message.get(TOKENS_NAMES[TEXT])
        matches: list[Match] | None = message.get(MATCHES)
        if matches is None:
            raise RuntimeError("PieceIntentClassifier needs what TermEntityExtractor found; put that before it.")
        text = level.text
        end = min(end, len(text))
        inside = [start <= token.data["at"][0] and token.data["at"][1] <= end for token in tokens]
        dense = np.zeros(0, np.float32)
        for feature in message.features:
            if feature.is_dense() and feature.type == FEATURE_TYPE_SEQUENCE and feature.attribute == TEXT:
                dense = np.concatenate([dense, mean_of_known(feature.features[inside])])
        return Example(pieces(text, tokens, matches, start, end), dense)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds intent and ranking; `questions` where a message asks more than one thing, `remarks` (greetings, moods)
        beside a question.
        """
        for message in messages:
            if message.get(AGAIN) and self._says_enough(messages[0]):
                continue
            if not message.get(TOKENS_NAMES[TEXT]):
                message.set(INTENT, {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}, add_to_output=True)
                message.set("intent_ranking", [], add_to_output=True)
                continue
            sure, parts = self._heard(message)
            asked = [part for part in parts if part.asks and self._is_question(part)]
            grave = [part for part in parts if part.intent in GRAVE and part.confidence >= GRAVE_CONFIDENCE]
            whole = self._model_in_use().labels[int(sure.argmax())]
            if grave and whole not in GRAVE:
                sure = grave[0].sure
            elif whole not in GRAVE and asked:
                sure = self._taken_apart(message, parts, _distinct(asked), whole, sure)
            order = ranking(self._model_in_use().labels, sure, RANKING_LENGTH)
            message.set(INTENT, order[0], add_to_output=True)
            message.set("intent_ranking", order, add_to_output=True)
        return messages

    def _says_enough(self, message: Message) -> bool:
        """Whether a message is surely one of the questions, whatever is told before it."""
        heard = message.get(INTENT) or {}
        return heard.get(INTENT_NAME_KEY) in self._config["questions"] and (
            heard[PREDICTED_CONFIDENCE_KEY] >= self._config["sure"]
        )

    def _taken_apart(
        self, message: Message, parts: list[Part], several: list[Part], whole: str, sure: Floats
    ) -> Floats:
        """Notes the questions of a message and the remarks beside them; how sure its intents are then."""
        text: str = message.get(NORMALISED).text
        leading = [part for part in several if part.intent in self._config["questions"]]
        remarks = self._remarks(text, parts, several) if leading or whole in self._config["beside"] else []
        if remarks:
            message.set(REMARKS, [self._question(message, part) for part in remarks], add_to_output=True)
        if leading and (len(several) > 1 or whole in (part.intent for part in remarks)):
            message.set(QUESTIONS, [self._question(message, part) for part in several], add_to_output=True)
        if not leading:
            return sure
        # What merely looks like a first question is seldom surely heard: the whole tells which of them is meant.
        if leading[0].confidence < self._config["sure"] and whole in (part.intent for part in leading[1:]):
            return sure
        unsure = whole in self._config["fillers"] or sure.max() < self._config["part_confidence"]
        return leading[0].sure if len(leading) > 1 or (len(parts) > 1 and unsure) else sure

    def _remarks(self, text: str, parts: list[Part], questions: list[Part]) -> list[Part]:
        """The greetings, thanks and moods among the stretches, each kind once; 「実際しんどい？」 is none."""
        found = {
            part.intent: part
            for part in reversed(parts)
            if part.intent in self._config["remarks"]
            and part not in questions
            and text[part.span[1] : part.span[1] + 1] != "?"
            and part.confidence >= self._config["beside_confidence"]
        }
        return list(found.values())[::-1]

    def _heard(self, message: Message) -> tuple[Floats, list[Part]]:
        """What the whole says, more of it what it ends in: how sure its intents are, and the stretches that count."""
        text: str = message.get(NORMALISED).text[:LONGEST]
        sure, parts = self._sure(message, (0, LONGEST)), self._parts(message)
        begin = after_refusal(text)
        if begin is not None and self._model_in_use().labels[int(sure.argmax())] not in REFUSING:
            left = [part for part in parts if part.span[1] > begin or part.intent in GRAVE]
            return self._mixed(sure, self._sure(message, (begin, LONGEST)), LEFT_SHARE), left
        end = _end_of_story(text)
        last = next((part for part in parts if part.span == end), None)
        return sure if last is None else self._mixed(sure, last.sure, LAST_SHARE), parts

    def _mixed(self, sure: Floats, end: Floats, share: float) -> Floats:
        """What the whole says, with a share of what its end says by itself; danger grows no less by it."""
        mixed = (1 - share) * sure + share * end
        grave = np.array([label in GRAVE for label in self._model_in_use().labels])
        danger = np.maximum(mixed, sure) * grave
        rest = mixed * ~grave
        return (danger + rest * ((1 - danger.sum()) / max(float(rest.sum()), _TINY))).astype(np.float32)  # type: ignore[no-any-return]

    def _parts(self, message: Message) -> list[Part]:
        """The stretches of the message and what each would be by itself; empty where it is one piece."""
        text: str = message.get(NORMALISED).text[:LONGEST]
        tokens: list[Token] = message.get(TOKENS_NAMES[TEXT])
        parts: list[Part] = []
        spans = stretches(text)[:MOST_PARTS]
        for span in spans:
            inner = self._side_by_side(message, text, tokens, span)
            if inner:
                parts += inner
            elif len(spans) > 1:
                parts.append(self._part(message, span, alone=True))
        if len(parts) < 2:
            return []
        # A second look takes time: where danger is heard, where two may ask, and at the end of a story.
        asking = sum(part.asks for part in parts) > 1
        end = _end_of_story(text)
        return [
            self._part(message, part.span, alone=True, closely=True)
            if part.span in spans and (part.intent in GRAVE or (asking and part.asks) or part.span == end)
            else part
            for part in parts[:MOST_PARTS]
        ]

    def _side_by_side(self, message: Message, text: str, tokens: list[Token], span: Span) -> list[Part]:
        """The questions that stand side by side in one stretch ('A, B and C'); empty where it is one."""
        pairs = [
            (self._part(message, left, beside="、" not in text[left[1] : right[0]]), self._part(message, right))
            for left, right in coordinations(text, tokens, *span)[:MOST_PARTS]
        ]
        pairs = [pair for pair in pairs if self._are_two(*pair)]
        if not pairs:
            return []
        surest = max(range(len(pairs)), key=[min(a.confidence, b.confidence) for a, b in pairs].__getitem__)
        return [
            part for half in pairs[surest] for part in self._side_by_side(message, text, tokens, half.span) or [half]
        ]

    def _are_two(self, left: Part, right: Part) -> bool:
        """Whether both sides of 'A and B' are surely questions, and not the same one about two jobs.

        「お盆や正月は休める？」 is one.
        """
        both = left.asks and right.asks and self._is_question(left) and self._is_question(right)
        surely = min(left.confidence, right.confidence) >= self._config["beside_confidence"]
        return both and surely and left.intent != right.intent

    def _part(
        self, message: Message, span: Span, *, alone: bool = False, closely: bool = False, beside: bool = False
    ) -> Part:
        """A stretch, judged by both looks where `closely`; `alone` it stands between marks, not between two nouns.

        Where a message might be cut between two nouns there are many places, and little in a piece for the second look
        to see: the first alone judges those.
        """
        model = self._model_in_use()
        sure = self._sure(message, span) if closely else model.glance(self.example(message, *span))
        best = int(sure.argmax())
        text: str = message.get(NORMALISED).text
        matches = message.get(MATCHES) or ()
        named = frozenset(match.value for match in matches if span[0] <= match.start < span[1])
        put = False
        tokens: list[Token] = message.get(TOKENS_NAMES[TEXT])
        if not (self._names_only(message, span, beside) or leans(text, tokens, *span)):
            put = asks(text, tokens, *span)
            # 「アドバイザーさんに話したい」, 「残業代が出ない」: what it is about is put otherwise than as a question.
            plain = alone and sure[best] >= SURELY and model.labels[best] not in TOLD
            told = tells(text[slice(*span)]) and model.labels[best] not in SUFFERED
            put = put or (plain and not told and not _LEADS_ON.search(text[slice(*span)]))
            # 「もっと詳しく」, 「例えば」
            sure_beside = (
                model.labels[best] in self._config["beside"] and sure[best] >= self._config["beside_confidence"]
            )
            put = put or (alone and sure_beside)
        return Part(span, model.labels[best], float(sure[best]), sure, put, named)

    @staticmethod
    def _names_only(message: Message, span: Span, beside: bool) -> bool:
        """Whether a stretch is jobs alone (…なの?総務って): they are what the rest is about, and so is 'Xの仕事' unless
        something stands `beside` it ('経理の仕事と年収').
        """
        text: str = message.get(NORMALISED).text
        if text[span[1] : span[1] + 1] == "?":
            return False
        rest, at = "", span[0]
        for match in message.get(MATCHES) or ():
            if match.entity == "job" and span[0] <= match.start and match.end <= span[1]:
                rest, at = rest + text[at : match.start], match.end
        rest += text[at : span[1]]
        return at > span[0] and _TOPIC.fullmatch(rest) is not None and not (beside and rest.endswith("の仕事"))

    def _is_question(self, part: Part) -> bool:
        if part.intent in self._config["beside"]:
            return part.confidence >= float(self._config["beside_confidence"])
        return part.intent in self._config["questions"] and part.confidence >= self._config["part_confidence"]

    @staticmethod
    def _question(message: Message, part: Part) -> dict[str, Any]:
        """One entry of `questions`: the words as typed, their intent, and the entities among them."""
        start, end = message.get(NORMALISED).span(*part.span)
        return {
            "text": message.get(TEXT)[start:end],
            INTENT: {INTENT_NAME_KEY: part.intent, PREDICTED_CONFIDENCE_KEY: part.confidence},
            ENTITIES: [
                entity
                for entity in message.get(ENTITIES, [])
                if start <= entity[ENTITY_ATTRIBUTE_START] and entity[ENTITY_ATTRIBUTE_END] <= end
            ],
        }

    def _model_in_use(self) -> IntentModel:
        if self._model is None:
            raise RuntimeError("PieceIntentClassifier has neither been trained nor loaded.")
        return self._model

    def _sure(self, message: Message, span: Span) -> Floats:
        text: str = message.get(NORMALISED).text
        return self._model_in_use().probabilities(self.example(message, *span), text[slice(*span)])


def _end_of_story(text: str) -> Span | None:
    """The last stretch of a long text that is more than a word or two."""
    if len(text) <= STORY:
        return None
    return next((span for span in reversed(stretches(text)) if span[1] - span[0] >= LAST_STRETCH), None)


def _distinct(parts: list[Part]) -> list[Part]:
    """Questions that differ in what they ask, or ask the same of another job or matter; of two that are the same, the
    one that names it ('残業は？経理の残業').
    """
    kept: list[Part] = []
    for part in parts:
        same = next((other for other in kept if part.intent == other.intent and part.named <= other.named), None)
        bare = next((other for other in kept if part.intent == other.intent and not other.named), None)
        if same is None and bare is None:
            kept.append(part)
        elif same is None and bare is not None:
            kept[kept.index(bare)] = part
    return kept
