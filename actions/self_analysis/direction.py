"""Which way words are said: 「変化はいらない」, 「変化が苦手」 and 「変化より安定」 speak of 変化 and against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

# Words of these parts of speech carry no meaning of their own.
EMPTY: Final = frozenset({"助詞", "助動詞", "補助記号", "空白"})
_SILENT: Final = frozenset({"補助記号", "空白"})
_NOT: Final = frozenset({"無い", "ない", "ず", "ぬ", "ん", "まい", "へん", "無し"})
_CAN_BE_NOT: Final = frozenset({"助動詞", "形容詞", "接尾辞"})
# Said of something, they speak against it. Sudachi's normalised forms.
_DISLIKE: Final = frozenset(
    {
        "苦手", "嫌い", "嫌", "厭", "不安", "退屈", "詰まらない", "つまらない",
        "面倒", "面倒臭い", "無理", "辛い", "しんどい", "きつい", "飽きる", "疲れる",
        "疲れ", "怖い", "恐い", "窮屈", "苦痛", "ストレス", "困る", "避ける",
        "物足りない", "勿体無い", "息苦しい", "御免", "勘弁", "懲り懲り", "重い", "難しい",
        "大変", "眠い", "だるい", "負担", "逃げる", "止める", "嫌がる", "不向き",
        "厳しい", "うんざり", "苦しい", "疲労", "堪える", "耐える", "混乱", "寂しい",
    }
)  # fmt: skip
# Behind these a sentence may turn.
_TURNS: Final = frozenset({"が", "けれど", "けれども", "けども", "けど", "から", "ので", "のに", "し"})
_THAN: Final = "より"


@dataclass(frozen=True)
class Word:
    """One word of a text: its normalised form and its part of speech (the first two of Sudachi's levels)."""

    form: str
    part: str
    kind: str


def _stretches(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The words between marks and turns (けど、が、ので …)."""
    here: list[Word] = []
    for word in words:
        if word.part in _SILENT:
            if here:
                yield here
            here = []
            continue
        here.append(word)
        if word.kind == "接続助詞" and word.form in _TURNS:
            yield here
            here = []
    if here:
        yield here


def said(words: Sequence[Word]) -> list[tuple[str, int]]:
    """The words that carry meaning, each with +1 or -1: -1 where it is negated, disliked, or the lesser of two.

    Two negations make one yes: 「苦手ではない」.
    """
    found: list[tuple[str, int]] = []
    for stretch in _stretches(words):
        against = sum(word.form in _DISLIKE or (word.form in _NOT and word.part in _CAN_BE_NOT) for word in stretch)
        sign = -1 if against % 2 else 1
        than = max((at for at, word in enumerate(stretch) if word.form == _THAN and word.part == "助詞"), default=0)
        found += [
            (word.form, -sign if at < than < len(stretch) - 1 else sign)
            for at, word in enumerate(stretch)
            if word.part not in EMPTY and word.form not in _NOT
        ]
    return found
