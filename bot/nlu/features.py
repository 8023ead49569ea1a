"""What the intent classifier looks at: pieces of words, spelling and sound, with and without the names in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from rasa.nlu.tokenizers.tokenizer import Token

from bot.nlu.normalise import fold
from bot.nlu.terms import Match

# The text itself is lower case after normalising, so a capital letter can stand for a name: whatever is learned
# about 経理の仕事 holds for 法務の仕事. Steps keep their names, since there is an intent for each.
MASKS: Final = {"job": "J", "certificate": "C", "tool": "T", "matter": "M"}
BLOCKS: Final = ("words", "content", "masked", "sound")
# Words that carry the matter; two of them near each other say more than what stands between.
_CONTENT: Final = frozenset(("名詞", "動詞", "形容詞", "形状詞", "副詞", "代名詞", "感動詞", "接尾辞", "接頭辞"))


def ngrams(text: str, shortest: int, longest: int) -> Iterator[str]:
    """All pieces of a text of the given lengths."""
    for length in range(shortest, longest + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]


# Decoration beside words: a full stop, a smile. Alone it is all there is, and counts.
_DECORATION: Final = re.compile("[\u2190-\u2bff\u3030\ufe0f\U0001f000-\U0001faff♪♡、。!…・~^ *\n]+")


def _bare(text: str) -> str:
    """A text without decoration, or as it is where there is nothing else."""
    return _DECORATION.sub("", text) or text


def pieces(text: str, tokens: Sequence[Token], matches: Sequence[Match], start: int, end: int) -> list[list[str]]:
    """The pieces of each block, in the order of `BLOCKS`, of one stretch of a normalised text."""
    inside = [match for match in matches if start <= match.start and match.end <= end and match.entity in MASKS]
    masked: list[str] = []
    at = start
    for known in inside:
        masked += text[at : known.start], MASKS[known.entity]
        at = known.end
    masked.append(text[at:end])
    words: list[str] = ["^"]
    sound: list[str] = []
    content: list[str] = []
    waiting = iter(inside)
    match = next(waiting, None)
    for token in tokens:
        begin, finish = token.data["at"]
        if begin < start or finish > end:
            continue
        while match and match.end <= begin:
            match = next(waiting, None)
        if match and match.start <= begin < match.end:
            mask = MASKS[match.entity]
            if begin == match.start:
                words.append(mask)
                sound.append(mask)
                content.append(mask)
            continue
        words.append(token.lemma)
        sound.append(fold(token.data["reading"]) or token.lemma)
        if token.data["pos"][0] in _CONTENT:
            content.append(token.lemma)
    if len(words) > 1:
        words = [word for word in words if not _DECORATION.fullmatch(word)]
        if len(words) == 1:
            words += [token.lemma for token in tokens if start <= token.data["at"][0] and token.data["at"][1] <= end]
    words.append("$")
    jobs = len({known.value for known in inside if known.entity == "job"})
    word_pieces = words[1:-1] + [f"{a} {b}" for a, b in pairwise(words)]
    word_pieces += [f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)]
    word_pieces.append(f"jobs {min(jobs, 2)}")
    word_pieces += [f"value {known.value}" for known in inside]
    return [
        word_pieces,
        [
            *content,
            *(f"{a} {b}" for apart in (1, 2, 3) for a, b in zip(content, content[apart:], strict=False)),
            # What is asked stands at the end.
            *(f"{word} $" for word in content[-3:]),
        ],
        list(ngrams(f"^{_bare(''.join(masked))}$", 1, 5)),
        list(ngrams(f"^{_bare(''.join(sound))}$", 2, 5)),
    ]
