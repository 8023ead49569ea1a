"""Several things asked for in one breath: '経理の仕事内容と資格教えて', 'メリットとデメリットは？あと残業'."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from actions.knowledge.search import spell

# What may stand between two of the nouns: joints, and whose they are ('と人事の').
_BETWEEN: Final = re.compile(
    r"(?:は|も|って|とか|が|を|のこと|について)?[?。、,・/\s&]*(?:と|や|か|も|とか|あと|それと|それから|ついでに|および|加えて|さらに|また)?"
    r"[、,\s]*(?:は|で)?(?:[^?。、,\s]{1,8}の)?(?:必要な|役立つ|役に立つ|その|おすすめの|要る|いる|有利な)?"
)
# Two things weighed, or said to be missing, are no list of questions.
_NO_LIST: Final = re.compile("どっち|どちら|違|ちが")
_MISSING: Final = re.compile("(?:が|も|は|とか|なんて|など)?(?:なく|ない|無|なし|ゼロ|不要|なん?かな)")
_MERITS: Final = {"ask_merits", "ask_demerits"}
# Longer texts tell a story.
_LONGEST: Final = 60


def listed(topics: Mapping[str, Sequence[str]], text: str) -> list[tuple[str, str]]:
    """The intents whose nouns stand side by side in `text`, each with its stretch; empty where there is no list."""
    plain = spell(text)
    if len(plain) > _LONGEST or _NO_LIST.search(plain):
        return []
    found = _found(topics, plain)
    chain = found[:1]
    for one in found[1:]:
        gap = plain[chain[-1][1] : one[0]]
        joined = _BETWEEN.fullmatch(gap) and (gap or {chain[-1][2], one[2]} == _MERITS)
        if joined:
            chain.append(one)
        elif len({intent for _, _, intent in chain}) < 2:
            chain = [one]
        else:
            break
    if len({intent for _, _, intent in chain}) < 2 or _MISSING.match(plain, chain[-1][1]):
        return []
    parts: dict[str, str] = {}
    for number, (_, end, intent) in enumerate(chain):
        last = number + 1 == len(chain)
        before = 0 if number == 0 else chain[number - 1][1]
        stretch = plain[before : len(plain) if last else end]
        parts[intent] = f"{parts[intent]}、{stretch}" if intent in parts else stretch
    return list(parts.items())


def _found(topics: Mapping[str, Sequence[str]], plain: str) -> list[tuple[int, int, str]]:
    """Where the nouns stand: (start, end, intent) in order, the longest where several begin or overlap."""
    spots = [
        (at.start(), at.end(), intent)
        for intent, words in topics.items()
        for word in words
        if word in plain
        for at in re.finditer(re.escape(word), plain)
    ]
    kept: list[tuple[int, int, str]] = []
    for spot in sorted(spots, key=lambda one: (one[0] - one[1], one[0])):
        if all(spot[1] <= other[0] or other[1] <= spot[0] for other in kept):
            kept.append(spot)
    return sorted(kept)
