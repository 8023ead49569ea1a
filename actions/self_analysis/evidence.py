"""Reads what people tell about themselves: evidence tags with the words they came from, negation, weariness.

Also finds what must not be kept (the 14 topics) and takes it out. Patterns over the folded text, no model:
the same text gives the same tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from actions.self_analysis.data import Analysis, fold
from actions.self_analysis.scoring import Evidence

_SENTENCE = re.compile(r"[^。．！!？?\n]+[。．！!？?]*")
_UNTIL = re.compile(r"[、,。]")


@dataclass(frozen=True)
class Kept:
    """A free text without its prohibited sentences, and the topics that were taken out."""

    text: str
    topics: tuple[str, ...]


def sentences(text: str) -> list[str]:
    """The sentences of a text, stripped, none empty."""
    return [part.strip() for part in _SENTENCE.findall(text) if part.strip()]


def without_prohibited(analysis: Analysis, text: str) -> Kept:
    """Takes out the sentences that speak of family, health, beliefs or home."""
    kept: list[str] = []
    topics: list[str] = []
    for sentence in sentences(text):
        plain = analysis.prohibited_except.sub("", fold(sentence))
        found = [item.topic for item in analysis.prohibited if item.words.search(plain)]
        if found:
            topics.extend(topic for topic in found if topic not in topics)
        else:
            kept.append(sentence)
    return Kept("".join(kept), tuple(topics))


def clauses(analysis: Analysis, sentence: str) -> Iterator[str]:
    """A folded sentence cut where its feeling may turn (けど, が, のに, でも …)."""
    start = 0
    for turn in analysis.polarity.turns.finditer(sentence):
        if turn.end() > start:
            yield sentence[start : turn.end()]
        start = turn.end()
    if start < len(sentence):
        yield sentence[start:]


def _is_negative(analysis: Analysis, clause: str, start: int, end: int, *, tired: bool) -> bool:
    """Whether the match clause[start:end] is said as something disliked, tiring or not done."""
    rule = analysis.polarity
    after = clause[end:]
    if rule.undone.match(after):
        return True
    if rule.before.search(clause[:start]):
        return True
    topic = rule.before_topic.search(clause[:start])
    if topic and not rule.cancel.match(clause[topic.end(1) : topic.end(1) + 8]):
        return True
    for found in rule.negative.finditer(clause):
        if found.start() < start:
            continue
        cancelled = rule.cancel.match(clause[found.end() :])
        # 「…が合わず困っていたので表を作ったら、感謝されました」: what ends well was no weariness
        ends_well = not tired and rule.positive.search(clause, found.end())
        if not cancelled and not ends_well:
            return True
    return False


def _around(clause: str, start: int, end: int) -> str:
    """The part of the clause between commas that holds the match, for quoting."""
    before = max(clause.rfind("、", 0, start), clause.rfind(",", 0, start)) + 1
    after = clause.find("、", end)
    return clause[before : after if after >= 0 else len(clause)].strip(" 、,。")


def read(analysis: Analysis, text: str, *, tired: bool = False) -> list[Evidence]:
    """Evidence and counter-evidence of one answer, in the order of the data file's tags.

    Args:
        text: what the person wrote (already without prohibited sentences).
        tired: the answer to the question about what tired them: counter-evidence unless said otherwise.

    Returns:
        One entry a tag and direction, unconfirmed; `words` is the clause it came from.
    """
    found: dict[tuple[str, bool], Evidence] = {}
    for sentence in sentences(text):
        for clause in clauses(analysis, fold(sentence)):
            glad = analysis.polarity.positive.search(clause) is not None
            for tag in analysis.tags:
                for match in tag.words.finditer(clause):
                    negative = _is_negative(analysis, clause, match.start(), match.end(), tired=tired)
                    counter = negative or (tired and not glad)
                    words = _around(clause, match.start(), match.end())
                    found.setdefault((tag.id, counter), Evidence(tag.id, words, counter=counter))
    order = {tag.id: place for place, tag in enumerate(analysis.tags)}
    return sorted(found.values(), key=lambda item: (item.counter, order[item.tag]))


def quote(analysis: Analysis, words: str) -> str:
    """The words as they are quoted: cut at the limit, preferably at a comma."""
    limit = analysis.limits["quote"]
    if len(words) <= limit:
        return words
    cut = words[:limit]
    comma = [match.start() for match in _UNTIL.finditer(cut)]
    return (cut[: comma[-1]] if comma and comma[-1] >= limit // 2 else cut) + "…"
