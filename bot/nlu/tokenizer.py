"""Splits Japanese text into words with Sudachi and a user dictionary of job and field words."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sudachidict_core
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sudachipy import Config, Dictionary, SplitMode
from sudachipy import sudachipy as sudachi

from bot.nlu.kept import Kept, kept_in_model
from bot.nlu.normalise import Normalised, normalise, to_hiragana, to_katakana
from bot.nlu.terms import TERMS, Name, read_terms

# Where the tokenizer leaves the text in one spelling for the components after it.
NORMALISED: Final = "normalised_text"
# Sudachi refuses more than 49,149 bytes at once; four bytes are the most that one character takes.
CHUNK: Final = 12_000
SYSTEM_DICTIONARY: Final = Path(sudachidict_core.__file__).parent / "resources" / "system.dic"
USER_DICTIONARY: Final = "user.dic"
# What it was built from: unlike the dictionary, the same each time.
USER_WORDS: Final = "user.csv"
# Connection ids of a common noun, and how readily it is chosen (lower is more readily), both as in Sudachi's
# documentation of user dictionaries. Names win over splits; kana readings of common words only where nothing better
# fits.
NOUN_ID: Final = 4786
NAME_COST: Final = 3000
READING_COST: Final = 5500
# Readings shorter than this are ambiguous in running kana.
READING_LENGTH: Final = 3
_HAS_HIRAGANA: Final = re.compile("[ぁ-ゖ]")
_KANJI: Final = re.compile("[一-鿿]")
_HIRAGANA: Final = re.compile("[ぁ-ゖー]+")


# (surface, normalized form, reading in katakana, cost)
Entry = tuple[str, str, str, int]


def name_entries(names: Sequence[Name], read: Callable[[str], str]) -> Iterator[Entry]:
    """The names that are single words; what is a job, certificate or tool, or written in kana, gets its value."""
    for name in names:
        surface = normalise(name.text).text
        if not name.entity or " " in surface or (not name.kana and _HAS_HIRAGANA.search(surface)):
            continue
        lemma = normalise(name.value).text if name.entity in ("job", "certificate", "tool") or name.kana else surface
        yield surface, lemma, read(surface), NAME_COST


def user_dictionary_source(entries: Iterable[Entry]) -> str:
    """The entries in the format that Sudachi's dictionary builder reads; the first of a surface holds."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    seen: set[str] = set()
    for surface, lemma, reading, cost in entries:
        if surface in seen:
            continue
        seen.add(surface)
        noun = ["名詞", "普通名詞", "一般", "*", "*", "*"]
        writer.writerow([surface, NOUN_ID, NOUN_ID, cost, surface, *noun, reading, lemma, "*", "*", "*", "*", "*"])
    return out.getvalue()


@dataclass(frozen=True)
class Words:
    """An open dictionary, and a hash of the words that were added to Sudachi's own."""

    dictionary: Dictionary
    added: str

    @classmethod
    def open(cls, folder: Path) -> Words:
        """With what training left in a folder; Sudachi maps the files into memory, so they may go away then."""
        config = Config(system="core", user=[str(folder / USER_DICTIONARY)])
        return cls(Dictionary(config=config.as_jsons()), fingerprint(folder / USER_WORDS))

    def tokenizer(self) -> sudachi.Tokenizer:
        """Splits texts in mode A; one for each user, since it holds what it is at."""
        return self.dictionary.create(mode=SplitMode.A)


# The dictionary of the model that this process serves, for whoever else reads texts: a second takes 140 MB.
_SERVING: list[Words] = []


def serving() -> Words:
    """The dictionary of the loaded model; from the model's file where none is loaded (tests, simulations).

    Raises:
        FileNotFoundError: there is no model; `make train` makes it.
    """
    if not _SERVING:
        with tempfile.TemporaryDirectory() as folder:
            for name, content in zip(names := (USER_DICTIONARY, USER_WORDS), kept_in_model(*names), strict=True):
                (Path(folder) / name).write_bytes(content)
            _SERVING.append(Words.open(Path(folder)))
    return _SERVING[0]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class SudachiTokenizer(Kept, Tokenizer):
    """Words by Sudachi in mode A. Offsets are those of the typed text; the normalized form is the token's lemma.

    `Token.data` holds the `reading` in katakana, the part of speech (`pos`) and `at`, the word's place in the
    normalised text, which is left in the message under `NORMALISED`.
    """

    @staticmethod
    def supported_languages() -> list[str]:
        """Japanese only."""
        return ["ja"]

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["sudachipy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`terms` is read when training only; `learn_readings` adds the kana spellings of the training data's words."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
            "terms": str(TERMS),
            "learn_readings": True,
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        Tokenizer.__init__(self, config)
        Kept.__init__(self, config, model_storage, resource)
        self._sudachi: sudachi.Tokenizer

    def read(self, folder: Path) -> None:
        """Opens the dictionary with the words that training added."""
        _SERVING[:] = [Words.open(folder)]
        self._sudachi = serving().tokenizer()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Trains anew when the dictionary or this code changes: Rasa's cache sees neither by itself."""
        here = Path(__file__)
        spelling = (here.with_name(f"{name}.py") for name in ("normalise", "romaji", "dialect"))
        return fingerprint(Path(config.get("terms") or TERMS), here, *spelling)

    def train(self, training_data: TrainingData) -> Resource:
        """Builds the user dictionary and keeps it in the model."""
        self._sudachi = Dictionary(config=Config(system="core").as_jsons()).create(mode=SplitMode.A)
        terms = self._config["terms"]
        entries = list(name_entries(read_terms(Path(terms)), self._read)) if terms else []
        if self._config["learn_readings"]:
            entries += self._readings(training_data)
        with self._model_storage.write_to(self._resource) as folder:
            source = folder / USER_WORDS
            source.write_text(user_dictionary_source(entries), encoding="utf-8")
            sudachi.build_user_dic(
                system=SYSTEM_DICTIONARY, lex=[source], output=folder / USER_DICTIONARY, description="道しるべ"
            )
        return self._resource

    def _read(self, surface: str) -> str:
        """How a word sounds, in katakana."""
        return "".join(part.reading_form() for part in self._sudachi.tokenize(surface))

    def _readings(self, training_data: TrainingData) -> list[Entry]:
        """The words that people write in kanji in the training data, as they look in hiragana."""
        seen: Counter[tuple[str, str]] = Counter()
        for example in training_data.training_examples:
            text = example.get(TEXT)
            for part in self._sudachi.tokenize(normalise(text).text[:CHUNK]) if text else ():
                reading = to_hiragana(part.reading_form())
                noun = part.part_of_speech()[0] == "名詞" and _KANJI.search(part.surface())
                if noun and len(reading) >= READING_LENGTH and _HIRAGANA.fullmatch(reading):
                    seen[reading, part.normalized_form()] += 1
        return [(kana, lemma, to_katakana(kana), READING_COST) for (kana, lemma), _ in seen.most_common()]

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The words of one text; never an empty list."""
        text: str = message.get(attribute)
        level = normalise(text)
        if attribute == TEXT:
            message.set(NORMALISED, level)
        return self.words(text, level)

    def words(self, text: str, level: Normalised) -> list[Token]:
        """The words of a typed text and its normalised form."""
        tokens = []
        for base in range(0, len(level.text), CHUNK):
            for part in self._sudachi.tokenize(level.text[base : base + CHUNK]):
                surface = part.surface()
                if surface.isspace():
                    continue
                at, to = base + part.begin(), base + part.end()
                start, end = level.starts[at], level.ends[to - 1]
                data = {"reading": part.reading_form(), "pos": part.part_of_speech()[:3], "at": (at, to)}
                tokens.append(Token(text[start:end], start, end, data, part.normalized_form()))
        # Blanks and control characters only: Rasa's featurizers cannot do with nothing.
        return tokens or [Token(text, 0, len(text), {"reading": "", "pos": ("空白", "*", "*"), "at": (0, 0)}, "")]


def fingerprint(*paths: Path) -> str:
    """One hash over the contents of files."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()
