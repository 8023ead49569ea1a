"""Reads what people tell about themselves: evidence tags with the words they came from, negation, weariness.

Which way a clause speaks (for, against) is read by rules: negation, weariness, what is taken back. What it speaks of
is learned from examples, with the word lists among what is learned from. The same data files give the same tags.
Also finds what must not be kept (the 14 topics) and takes it out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from actions.self_analysis import examples, learning
from actions.self_analysis.data import Analysis, Polarity, Tag, fold
from actions.self_analysis.scoring import Evidence
from bot.kernel import KernelModel
from bot.nlu.linear import Example, Floats

_SENTENCE = re.compile(r"[^。．！!？?\n]+[。．！!？?]*")
_UNTIL = re.compile(r"[、,。]")
# A tag scores about 1 in words that clearly speak of it, about 0 in others; best by cross-validation over the examples.
ENOUGH: Final = 0.34
# A text scores about 1 that speaks against all it tells of, 0 one that speaks for it.
_EITHER_WAY: Final = 0.5
# Of one direction no more are shown: each wrong one must be tapped away.
MOST: Final = 3
# 「人手が足りない」, 「トラブルなく」 are what this tag is about, and nothing left undone.
_SUDDEN: Final = "change"
# What follows a comma with so many characters is a deed of its own.
_A_DEED: Final = 5


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
    # As it was typed where nothing is taken out: the intent classifier may have encoded just that.
    return Kept("".join(kept) if topics else text.strip(), tuple(topics))


def clauses(analysis: Analysis, sentence: str) -> Iterator[str]:
    """A folded sentence cut where its feeling may turn (けど, が, のに, でも …)."""
    start = 0
    for turn in analysis.polarity.turns.finditer(sentence):
        if turn.end() > start:
            yield sentence[start : turn.end()]
        start = turn.end()
    if start < len(sentence):
        yield sentence[start:]


@dataclass(frozen=True)
class _Heard:
    """One clause: its words as they stand, what of them counts, and whether they speak against."""

    text: str
    against: bool


def _heard(analysis: Analysis, text: str, *, tired: bool) -> list[_Heard]:
    return [
        _Heard(analysis.polarity.instead.sub("", clause), _is_against(analysis, clause, tired=tired))
        for sentence in sentences(text)
        for clause in clauses(analysis, fold(sentence))
    ]


def _is_against(analysis: Analysis, clause: str, *, tired: bool) -> bool:
    """Whether a clause speaks of something disliked, tiring or not done.

    To the question about what tired them every clause does, unless it takes the tiredness back (嫌いじゃないけど),
    says what was liked, or grants a success before the turn (ミスはなかったけど).
    """
    rule = analysis.polarity
    negative = cancelled = False
    for found in rule.negative.finditer(clause):
        if rule.cancel.match(clause[found.end() :]):
            cancelled = True
        elif tired or not (rule.positive.search(clause, found.end()) or _goes_on(rule, clause, found.end())):
            # 「…が合わず困っていたので表を作ったら、感謝されました」: what ends well was no weariness
            negative = True
    if any(
        rule.undone.match(clause[match.end() :]) and (tired or not _goes_on(rule, clause, match.end()))
        for tag in analysis.tags
        if tag.id != _SUDDEN
        for match in tag.words.finditer(clause)
        if not rule.granted.search(clause)
    ):
        negative = True
    if not tired:
        return negative
    glad = rule.positive.search(clause) is not None
    granted = not negative and rule.granted.search(clause) is not None
    return not (glad or granted or (cancelled and not negative))


def _goes_on(rule: Polarity, clause: str, at: int) -> bool:
    """Whether a deed is told behind a place: 「引き継ぎがなかったので、手順書を作った」."""
    after = clause.rfind("、")
    return after >= at and len(clause) - after > _A_DEED and not rule.negative.search(clause, after)


def speaks_against(analysis: Analysis, text: str) -> bool:
    """Whether the rules hear anything in a text that is said against something."""
    return any(one.against for one in _heard(analysis, text, tired=False))


def _parts(clause: str) -> list[str]:
    """A clause between its commas."""
    return [part for part in (piece.strip(" 、,。.!?") for piece in _UNTIL.split(clause)) if part]


def _as_written(text: str) -> Callable[[str], str]:
    """Finds folded words again in what was typed: 「excel」 is quoted as 「Excel」."""
    plain, places = "", list[int]()
    for place, char in enumerate(text):
        piece = unicodedata.normalize("NFKC", char).lower()
        plain += piece
        places += [place] * len(piece)

    def find(words: str) -> str:
        at = plain.find(words)
        return text[places[at] : places[at + len(words) - 1] + 1] if at >= 0 else words

    return find


def _hits(analysis: Analysis, text: str, *, against: bool) -> list[str]:
    """The tags whose word lists hit, and the direction: what tired counts when named, what is told must show a sign."""
    return [tag.id for tag in analysis.tags if tag.words.search(text)] + (["against"] if against else [])


@lru_cache(maxsize=1)
def _model(analysis: Analysis) -> KernelModel:
    return learning.recall("evidence", lambda: learn(analysis))


def preload(analysis: Analysis) -> None:
    """Loads what `learn` made."""
    _model(analysis)


def learn(analysis: Analysis) -> KernelModel:
    """The model of what is told, and whether for or against it, from the told episodes."""
    told = examples.episodes(analysis)
    looks: list[Example] = []
    labels: list[frozenset[str]] = []
    ways: list[bool | None] = []
    for episode, sentence in zip(told, learning.encoded([one.text for one in told]), strict=True):
        sides = _sides(_heard(analysis, episode.text, tired=episode.tired))
        alone = len(sides) == 1
        for against, words in sides:
            looks.append(_look(analysis, words, sentence, against=against, tired=episode.tired))
            own = episode.against if against else episode.speaks_for
            labels.append(episode.speaks_for | episode.against if alone else own)
            certain = alone and bool(episode.speaks_for) != bool(episode.against)
            ways.append(bool(episode.against) if certain else None)
    return learning.fit(looks, labels, [tag.id for tag in analysis.tags], together=True, against=ways)


def _look(analysis: Analysis, words: str, sentence: Floats, *, against: bool, tired: bool) -> Example:
    """What is said in one direction as the model sees it."""
    way = ["against" if against else "for", "tired" if tired else "told"]
    return learning.look(words, _hits(analysis, words, against=against), sentence, way)


def _sides(heard: list[_Heard]) -> list[tuple[bool, str]]:
    """All that is said in each direction in which anything is: whether against, and the words."""
    told = {against: "。".join(one.text for one in heard if one.against is against) for against in (False, True)}
    return [(against, words) for against, words in told.items() if words]


def read(analysis: Analysis, text: str, *, tired: bool = False) -> list[Evidence]:
    """Evidence and counter-evidence of one answer, in the order of the data file's tags.

    Args:
        text: what the person wrote (already without prohibited sentences).
        tired: the answer to the question about what tired them: counter-evidence unless said otherwise.

    Returns:
        One entry a tag and direction, unconfirmed; `words` are the words it came from.
    """
    model = _model(analysis)
    said = _as_written(text)
    heard = _heard(analysis, text, tired=tired)
    found: list[Evidence] = []
    sides = _sides(heard)
    if not sides:
        return found
    sentence = learning.sentence_of(text)
    looks = [_look(analysis, words, sentence, against=against, tired=tired) for against, words in sides]
    for (against, _), (*scores, learned) in zip(sides, model.many(looks).tolist(), strict=True):
        enough = max(ENOUGH, sorted(scores)[-MOST])
        parts = _Parts(model, [part for one in heard if one.against is against for part in _parts(one.text)])
        # The rules part what is said both ways; which way the whole speaks is learned.
        counter = learned > _EITHER_WAY if len(sides) == 1 else against
        found += [
            Evidence(tag.id, said(parts.words_of(tag)), counter=counter)
            for tag, score in zip(analysis.tags, scores, strict=True)
            if score >= enough and parts.texts
        ]
    return found


class _Parts:
    """The parts of what was told in one direction."""

    def __init__(self, model: KernelModel, texts: list[str]) -> None:
        self._model = model
        self.texts = texts

    def words_of(self, tag: Tag) -> str:
        """The part that a tag came from: one that its word list knows, else the likeliest by its words."""
        if len(self.texts) == 1:
            return self.texts[0]
        known = next((text for text in self.texts if tag.words.search(text)), None)
        return known or self.texts[int(self._scores[:, self._model.labels.index(tag.id)].argmax())]

    @cached_property
    def _scores(self) -> Floats:
        return self._model.many([learning.glance(text) for text in self.texts])


def quote(analysis: Analysis, words: str) -> str:
    """The words as they are quoted: cut at the limit, preferably at a comma."""
    limit = analysis.limits["quote"]
    if len(words) <= limit:
        return words
    cut = words[:limit]
    comma = [match.start() for match in _UNTIL.finditer(cut)]
    return (cut[: comma[-1]] if comma and comma[-1] >= limit // 2 else cut) + "…"
