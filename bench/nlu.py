"""One table of the candidates for language understanding: `make bench-nlu`; `--confusion` is `make test-nlu`.

Held-out rows and ../shared/datasets/asdc (left out where absent) are only measured on.
"""

from __future__ import annotations

import argparse
import csv
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.documents import read_yaml
from bot.nlu.classifier import LONGEST, PieceIntentClassifier
from bot.nlu.features import ngrams, pieces
from bot.nlu.intents import GRAVE, SHADE, IntentModel, fit
from bot.nlu.linear import Example, Floats
from bot.nlu.normalise import normalise
from bot.nlu.sentences import SentenceEncoder
from bot.nlu.terms import TermMatcher, read_terms
from bot.nlu.tokenizer import SudachiTokenizer
from bot.nlu.vectors import WordVectors, mean_of_known
from bot.safety.component import CrisisRules
from bot.safety.rules import judge

ASDC: Final = Path("../shared/datasets/asdc")
HELDOUT: Final = Path("tests/nlu/heldout.yml")
SETTINGS: Final = PieceIntentClassifier.get_default_config()
TIMED: Final = 300
FOLDS: Final = 4

Rows = list[tuple[str, str]]
Look = Callable[[str], Example]


@dataclass(frozen=True)
class Candidate:
    name: str
    look: Look
    shares: tuple[float, ...]
    dense_share: float
    encoder: SentenceEncoder | None = None


def training_rows() -> Rows:
    """(text, intent and its shade) of data/nlu, with any entity marks taken off."""
    rows = []
    for path in sorted(Path("data/nlu").glob("*.yml")):
        for block in read_yaml(path)["nlu"]:
            shade = (block.get("metadata") or {}).get("shade")
            for line in (block.get("examples") or "").splitlines() if "intent" in block else ():
                if line.strip().startswith("- ") and not line.strip().startswith("- /"):
                    text = re.sub(r"\[([^\]]+)\](?:\{[^}]*\}|\([^)]*\))", r"\1", line.strip()[2:])
                    rows.append((text, f"{block['intent']}{SHADE}{shade}" if shade else str(block["intent"])))
    return rows


def asdc(part: str, most: int | None = None) -> Rows:
    """(text, label) of a part of ASDC-100; `most` an intent, in file order."""
    with (ASDC / f"asdc100.{part}.tsv").open(encoding="utf-8", newline="") as file:
        rows = [(text, label) for label, text in list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]]
    taken: Counter[str] = Counter()
    kept = []
    for text, label in rows:
        taken[label] += 1
        if most is None or taken[label] <= most:
            kept.append((text, label))
    return kept


def trained_tokenizer(texts: Sequence[str]) -> SudachiTokenizer:
    """The tokenizer with the user dictionary that training on these texts gives."""
    storage = LocalModelStorage.create(Path(tempfile.mkdtemp()))
    arguments: Any = ({**SudachiTokenizer.get_default_config()}, storage, Resource("tokenizer"))
    tokenizer = SudachiTokenizer.create(*arguments, None)
    tokenizer.train(TrainingData([Message(data={"text": text, "intent": "any"}) for text in texts]))
    return SudachiTokenizer.load(*arguments, None)


def candidates(texts: Sequence[str]) -> list[Candidate]:
    tokenizer = trained_tokenizer(texts)
    matcher = TermMatcher(read_terms())
    vectors = WordVectors.from_spacy("ja_ginza")
    nothing = np.zeros(0, np.float32)

    def words(text: str) -> tuple[str, list[Token], list[list[str]]]:
        level = normalise(text)
        tokens = tokenizer.words(text, level)
        at = [token.data["at"] for token in tokens]
        found = matcher.find(level.text, frozenset(a for a, _ in at), frozenset(b for _, b in at))
        return level.text, tokens, pieces(level.text, tokens, found, 0, min(len(level.text), LONGEST))

    def stock(text: str) -> Example:
        split = text.split()
        return Example([split, [piece for word in split for piece in ngrams(f" {word} ", 1, 4)]], nothing)

    def grams(text: str) -> Example:
        return Example(words(text)[2], nothing)

    def ginza(text: str) -> Example:
        _, tokens, blocks = words(text)
        return Example(blocks, mean_of_known(vectors.of_tokens(tokens)))

    shares, share = tuple(SETTINGS["shares"]), SETTINGS["dense_share"]
    return [
        Candidate("blanks and characters (stock)", stock, (1.0, 1.0), 0.0),
        Candidate("Sudachi words and n-grams", grams, shares, 0.0),
        Candidate("+ ginza vectors", ginza, shares, share),
        Candidate("+ a second look with USE (chosen)", ginza, shares, share, SentenceEncoder.from_package()),
    ]


def chosen(texts: Sequence[str]) -> Candidate:
    return next(each for each in candidates(texts) if each.name.endswith("(chosen)"))


class Seen:
    """What a candidate sees of texts, worked out once."""

    def __init__(self, candidate: Candidate, texts: Sequence[str]) -> None:
        self.candidate = candidate
        self.examples = {text: candidate.look(text) for text in texts}
        plain = [normalise(text).text[:LONGEST] for text in texts]
        vectors = candidate.encoder.encode(plain) if candidate.encoder else None
        self.sentences = {} if vectors is None else dict(zip(texts, vectors, strict=True))

    def trained(self, rows: Rows) -> IntentModel:
        shares = {"shares": self.candidate.shares, "dense_share": self.candidate.dense_share}
        examples = [self.examples[text] for text, _ in rows]
        vectors = (lambda: np.stack([self.sentences[text] for text, _ in rows])) if self.sentences else None
        return fit(examples, [label for _, label in rows], vectors, {**SETTINGS, **shares}, self.candidate.encoder)[0]

    def sure(self, model: IntentModel, texts: Sequence[str]) -> Floats:
        return np.stack([model.probabilities(self.examples[text], text, self.sentences.get(text)) for text in texts])


def cross_validated(rows: Rows, folds: int = FOLDS) -> tuple[tuple[str, ...], Floats]:
    """The labels, and for each row their probabilities by a model that did not see it."""
    texts = [text for text, _ in rows]
    seen = Seen(chosen(texts), texts)
    order = np.random.default_rng(0).permutation(len(rows))
    labels: tuple[str, ...] = ()
    probable: Floats = np.zeros((0, 0), np.float32)
    for fold in range(folds):
        test = order[fold::folds]
        rest = sorted(set(range(len(rows))) - set(test.tolist()))
        model = seen.trained([rows[number] for number in rest])
        if not labels:
            labels, probable = model.labels, np.zeros((len(rows), len(model.labels)), np.float32)
        probable[test] = seen.sure(model, [texts[number] for number in test])
    return labels, probable


def plain(rows: Rows) -> Rows:
    """The rows with the intents alone."""
    return [(text, label.split(SHADE)[0]) for text, label in rows]


def macro_f1(told: Sequence[str], wanted: Sequence[str]) -> float:
    both, said, right = Counter(told), Counter(wanted), Counter(a for a, b in zip(told, wanted, strict=True) if a == b)
    return float(np.mean([2 * right[label] / (both[label] + said[label]) for label in said]))


def calibration_error(confidence: Floats, right: Any) -> float:
    """Expected calibration error over 15 bins of equal width."""
    bins = np.minimum((confidence * 15).astype(int), 14)
    return float(
        sum((bins == b).mean() * abs(confidence[bins == b].mean() - right[bins == b].mean()) for b in set(bins))
    )


def auroc(positive: Floats, negative: Floats) -> float:
    """The chance that a positive scores above a negative."""
    order = np.concatenate([positive, negative]).argsort().argsort()
    return float(
        (order[: len(positive)].sum() - len(positive) * (len(positive) - 1) / 2) / (len(positive) * len(negative))
    )


def table() -> None:
    train = training_rows()
    held: list[dict[str, Any]] = read_yaml(HELDOUT)["rows"]
    print(f"{len(train)} training lines, {len(held)} held-out rows")
    print(
        "| candidate | held-out accuracy | macro-F1 | out-of-scope AUROC | calibration error | ASDC-100, 16 an intent: accuracy / macro-F1 / calibration error | ASDC-100, all: the same | ms an utterance |"  # noqa: E501
    )
    print("|---|---|---|---|---|---|---|---|")
    for candidate in candidates([text for text, _ in train]):
        texts = [row["text"] for row in held]
        seen = Seen(candidate, [*(text for text, _ in train), *texts])
        model = seen.trained(train)
        probable = seen.sure(model, texts)
        told = [model.labels[number] for number in probable.argmax(axis=1)]
        allowed = [{row["intent"], *(row.get("also") or ())} for row in held]
        right = np.array([label in may for label, may in zip(told, allowed, strict=True)])
        wanted = [label if label in may else row["intent"] for label, may, row in zip(told, allowed, held, strict=True)]
        inside = np.array([label != "out_of_scope" for label in model.labels])
        strange = 1 - probable[:, inside].max(axis=1)
        outside = np.array([row["intent"] == "out_of_scope" for row in held])
        cells = [
            f"{right.mean():.3f}",
            f"{macro_f1(told, wanted):.3f}",
            f"{auroc(strange[outside], strange[~outside]):.3f}",
        ]
        cells.append(f"{calibration_error(probable.max(axis=1), right):.3f}")
        if candidate.name.endswith("(chosen)"):
            confidence = probable.max(axis=1)
            bands = [
                (low, high, (confidence >= low) & (confidence < high))
                for low, high in ((0, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 1.01))
            ]
            told_bands = "; ".join(
                f"{low}–{min(high, 1)}: {at.sum()} rows, {right[at].mean():.2f} right" for low, high, at in bands
            )
        started = time.perf_counter()
        for row in held[:TIMED]:
            model.probabilities(candidate.look(row["text"]), normalise(row["text"]).text)
        speed = f"{(time.perf_counter() - started) / len(held[:TIMED]) * 1000:.2f}"
        for most in (16, None):
            if not ASDC.exists():
                cells.append("not there")
                continue
            rows, test = asdc("train", most), asdc("test")
            seen = Seen(candidate, [text for text, _ in rows + test])
            model = seen.trained(rows)
            probable = seen.sure(model, [text for text, _ in test])
            told = [model.labels[number] for number in probable.argmax(axis=1)]
            labels = [label for _, label in test]
            right = np.array([a == b for a, b in zip(told, labels, strict=True)])
            cells.append(
                f"{right.mean():.3f} / {macro_f1(told, labels):.3f} / {calibration_error(probable.max(axis=1), right):.3f}"  # noqa: E501
            )
        print("|", " | ".join([candidate.name, *cells, speed]), "|", flush=True)
    print("confidence bands of the chosen one on the held-out set:", told_bands)


def confusion() -> None:
    """Cross-validation over the training data: a line an intent, with what it is confused with."""
    rows = training_rows()
    labels, probable = cross_validated(rows)
    rows = plain(rows)
    told = [labels[number] for number in probable.argmax(axis=1)]
    wrong: dict[str, Counter[str]] = {label: Counter() for _, label in rows}
    for (_, label), said in zip(rows, told, strict=True):
        if said != label:
            wrong[label][said] += 1
    total = Counter(label for _, label in rows)
    print("| intent | lines | recall | confused with |\n|---|---|---|---|")
    for label, with_others in sorted(wrong.items(), key=lambda item: 1 - sum(item[1].values()) / total[item[0]]):
        others = ", ".join(f"{other} {count}" for other, count in with_others.most_common(4))
        print(f"| {label} | {total[label]} | {1 - sum(with_others.values()) / total[label]:.2f} | {others} |")
    print(f"all: {sum(label == said for (_, label), said in zip(rows, told, strict=True)) / len(rows):.3f}")


def danger() -> None:
    """For each `alarm_above`: what rules and classifier miss and needlessly alarm, by cross-validation."""
    rows = training_rows()
    labels, probable = cross_validated(rows)
    rows = plain(rows)
    grave = [number for number, (_, label) in enumerate(rows) if label in GRAVE]
    rest = [number for number, (_, label) in enumerate(rows) if label not in GRAVE]
    probable = probable[grave + rest]
    columns = [labels.index(label) for label in GRAVE]
    likely = probable[:, columns].sum(axis=1)
    judged = [judge(rows[number][0]) for number in grave + rest]
    found = np.array([finding is not None and finding.kind in GRAVE for finding, _ in judged])
    figure = np.array([one for _, one in judged])
    of_figure = CrisisRules.get_default_config()["alarm_above_figure"]
    print("| `alarm_above` | missed of", len(grave), "| false alarms of", len(rest), "|\n|---|---|---|")
    for above in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 1.01):
        alarm = found | (likely >= np.where(figure, max(above, of_figure), above))
        print(f"| {above:.2f} | {(~alarm[: len(grave)]).sum()} | {alarm[len(grave) :].sum()} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--confusion", action="store_true", help="cross-validation table an intent")
    parser.add_argument("--danger", action="store_true", help="thresholds for danger, by leave-one-out")
    part = parser.parse_args()
    if part.confusion:
        confusion()
    elif part.danger:
        danger()
    else:
        table()
