"""Brings a message into one spelling and remembers where every character came from.

Full and half width, half-width kana, repeated marks and long vowels are levelled; characters that carry nothing
(control characters, zero-width joiners, skin tones) go; a sentence in katakana or in Latin letters becomes hiragana,
and what is plainly dialect the common language (bot.nlu.dialect).
Emoji stay: they are tokens. Every character of the result knows the piece of the original text that it stands for, so
tokens and entities can point into what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.nlu.dialect import in_common_language
from bot.nlu.romaji import in_kana

# Half-width voicing marks are letters to Unicode (Lm), but belong to the kana before them.
_VOICING: Final = "\uff9e\uff9f\u3099\u309a"
# Ways to draw a long vowel or a swung dash; after kana they all mean 'ー'.
_LONG: Final = frozenset("ー〜～~−‐‑–—―─━")
_KANA: Final = re.compile("[ぁ-ゖァ-ヺー]")
# A piece with none of these needs no work beyond case: the common message is done by one regular expression.
_PLAIN: Final = re.compile(r"[ぁ-ゖァ-ヺ一-鿿々〆a-zA-Z0-9、。]*")
_REPEATED: Final = re.compile(r"(.)\1\1|([ー!?。、…wー])\2|[〜～~−‐‑–—―─━]", re.DOTALL)
# A sentence in katakana alone ('ﾎｳﾑﾊﾄﾞﾝﾅｼｺﾞﾄ?') is read as hiragana, in which words are found; a loanword stays.
_OTHER_LETTERS: Final = re.compile("[ぁ-ゖ一-鿿々a-z]")
_LATIN: Final = re.compile("[a-z]")
_SENTENCE: Final = re.compile(
    "デス|マス|マセ|シゴト|ナニ|ナン(?:デ|ノ|カ)|ドンナ|ドウ|ドコ|ドッチ|ドレ|イツ|ダレ|オシエ|ッテ|シリタイ|シタイ|タイ(?:$|[?。ノ])|"
    "ナイ|スル|シテ|サレ|ノカ|ヲ|トハ|ニハ|[ァ-ヺー][ハガモノニ](?:$|[ ?？。、])|"
    "ワルイ|ヨイ|イイ|ムキ|ムイテ|ヒト|チガイ|ホウ(?:ガ|ハ|$)|ジャア|ケド|"
    "テル(?:$|[ ?])|アル(?:$|[ ?])|ナラ|イクツ|カタ(?:$|[ ?])|ドチラ|トイウ|モット|クワシク|オネガイ|"
    "ヤメ(?:ル|マ)|ノコリ|ツヅキ|シカク|ケイリ|ジンジ|ソウム|ロウム|ホウム|ザイム|ジム|ギョウ|ショウ|キュウ|リョウ|カンケイ|イミ|カイゴ|シンダン|ケッカ|"
    "ブンセキ|シタガキ"
)
# These say no more when repeated; others are kept twice at most (ええ, すごすご), digits as they are.
_ONCE: Final = frozenset("ー!?。、…・.,w ~^*")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in one spelling; `starts[i]` and `ends[i]` bound the original characters that character i stands for."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original offsets of the characters `start` to `end` (exclusive, not empty) of the normalised text."""
        return self.starts[start], self.ends[end - 1]


def _clusters(text: str) -> list[tuple[int, int]]:
    """Bounds of each character with the combining marks that belong to it."""
    bounds: list[tuple[int, int]] = []
    for index, char in enumerate(text):
        if bounds and (char in _VOICING or unicodedata.combining(char)):
            bounds[-1] = (bounds[-1][0], index + 1)
        else:
            bounds.append((index, index + 1))
    return bounds


def _level(char: str) -> str:
    """One cluster in its plain form; '' where it carries nothing."""
    out = unicodedata.normalize("NFKC", char).lower()
    kept = []
    for one in out:
        kind = unicodedata.category(one)
        if kind == "Cs":  # a lone surrogate cannot be encoded, so no library below takes it
            kept.append("\ufffd")
        elif kind in ("Cc", "Zs", "Zl", "Zp"):
            kept.append("\n" if one == "\n" else " ")
        elif kind not in ("Cf", "Mn", "Me", "Cn") and not "\U0001f3fb" <= one <= "\U0001f3ff":
            kept.append(one)
    return "".join(kept)


def normalise(text: str) -> Normalised:
    """The text in one spelling, with the way back. Never raises, whatever the text holds."""
    return _kept(text) if len(text) <= _SHORT else _normalised(text)


# A turn looks at its own text many times over; long texts are not worth their memory.
_SHORT: Final = 200


@lru_cache(maxsize=16)
def _kept(text: str) -> Normalised:
    return _normalised(text)


def _normalised(text: str) -> Normalised:
    level = spelt(text)
    pieces = in_common_language(level.text)
    return level if pieces is None else _respelt(level, pieces)


def spelt(text: str) -> Normalised:
    """The text in one spelling, dialect left as it is."""
    level = _levelled(text)
    if _LATIN.search(level.text):
        pieces = in_kana(level.text)
        return level if pieces is None else _respelt(level, pieces)
    if _OTHER_LETTERS.search(level.text) or not _SENTENCE.search(level.text):
        return level
    return Normalised(to_hiragana(level.text), level.starts, level.ends)


def _respelt(level: Normalised, pieces: list[tuple[str, int, int]]) -> Normalised:
    """A levelled text whose pieces are spelt otherwise; each is the characters, and where it stood."""
    bounds = [(char, *level.span(start, end)) for chars, start, end in pieces for char in chars]
    return Normalised(
        "".join(char for char, _, _ in bounds), tuple(at for _, at, _ in bounds), tuple(to for _, _, to in bounds)
    )


def _levelled(text: str) -> Normalised:
    if _PLAIN.fullmatch(text) and not _REPEATED.search(text):
        count = len(text)
        return Normalised(text.lower(), tuple(range(count)), tuple(range(1, count + 1)))
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        for char in _level(text[start:end]):
            if char in _LONG and chars and _KANA.match(chars[-1]):
                char = "ー"
            same = bool(chars) and chars[-1] == char
            if same and char in _ONCE:
                ends[-1] = end
                continue
            if same and len(chars) > 1 and chars[-2] == char and not char.isdigit():
                ends[-1] = end
                continue
            chars.append(char)
            starts.append(start)
            ends.append(end)
    return Normalised("".join(chars), tuple(starts), tuple(ends))


# Small kana are written large by people in a hurry and by old keyboards.
_SMALL: Final = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_TO_HIRAGANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_TO_KATAKANA: Final = {hiragana: katakana for katakana, hiragana in _TO_HIRAGANA.items()}


def to_hiragana(text: str) -> str:
    """Katakana as hiragana, character by character."""
    return text.translate(_TO_HIRAGANA)


def to_katakana(text: str) -> str:
    """The other way round."""
    return text.translate(_TO_KATAKANA)


def fold(text: str) -> str:
    """The form in which names are compared: hiragana, no small kana. Same length as the text."""
    return text.translate(_TO_HIRAGANA).translate(_SMALL)
