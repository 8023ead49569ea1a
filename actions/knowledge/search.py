"""Finds the passages that share the words of a question, without a model: rare words and pairs of characters count.

The intent says what is asked; this says which facts of it, in the person's own words. A few hundred passages are
scored in well under a millisecond.
"""

from __future__ import annotations

import math
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from actions.knowledge.model import Passage, knowledge
from bot.nlu.normalise import fold, normalise

# Words of asking, not of the matter asked for. Taken out before scoring so that 'どんな' matches nothing.
_ASKING: Final = re.compile(
    "教えて|おしえて|知りたい|ください|下さい|ですか|ますか|でしょうか|なんですか|って何|ってなに|どんな|どういう|どのような|どう|"
    "(?<!正)社員|会社の|部署|何|なに|誰|だれ|どこ|ある|あります|ありますか|する|します|できる|できます|こと|もの|ところ|仕事|しごと|職種|"
    "について|とか|ですが|けど|だけど|んです|のか|のは|という|みたいな|私|自分|僕|俺|"
    "お願いします|よろしく|すみません|こんにちは|あの|"
    # the aspect itself: the intent has said that already
    "向いて|向い|向く|むいて|合って|合う|違い|違う|ちがい|ちがう|差は|特徴|良いところ|いいところ|悪いところ|"
    "(?<![個本友新大求成])人(?![事材脈間件手])|良い|いい|悪い|メリット|デメリット|キャリアパス|働き方|仕事内容|業務内容|どっち|どちら"
)
_LETTERS: Final = re.compile("[ぁ-ゖァ-ヺー一-鿿々a-z0-9]+")
# Weight of a hand-written search word that stands in the question, against plain overlap of characters.
_WORD_SHARE: Final = 0.55
# How fast hits on words count in full: one good word already says nearly all of what is meant.
_ENOUGH: Final = 0.45
# So many characters of a word say where it is looked for.
_BEGINNING: Final = 2
# Characters; longer texts are not kept.
_SHORT: Final = 100
# Characters; no passage is longer.
_SENTENCE: Final = 200


def spell(text: str) -> str:
    """The spelling in which questions and passages meet."""
    return _spelt(text) if len(text) <= _SHORT else fold(normalise(text).text)


@lru_cache(maxsize=4096)  # every turn compares with the same few hundred words of the knowledge base
def _spelt(text: str) -> str:
    return fold(normalise(text).text)


def pairs_of(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters, in the folded spelling. Pairs of hiragana only are grammar and left out."""
    return _known_pairs(text) if len(text) <= _SENTENCE else _pairs(text)


def _pairs(text: str) -> frozenset[str]:
    level = normalise(text).text
    # The same few thousand pairs again and again: one string each.
    return frozenset(
        sys.intern(fold(pair))
        for run in _LETTERS.findall(level)
        for pair in (run[i : i + 2] for i in range(len(run) - 1))
        if not all("ぁ" <= char <= "ゖ" for char in pair)
    )


@lru_cache(maxsize=1024)  # the sentences of an answer are compared with each other
def _known_pairs(text: str) -> frozenset[str]:
    return _pairs(text)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and how much of the question it covers, 0 to 1."""

    passage: Passage
    score: float


class Index:
    """Scores passages against a question."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages: Sequence[Passage] = tuple(passages)
        self._at: dict[str, list[int]] = defaultdict(list)
        self._words: dict[str, list[int]] = defaultdict(list)
        for number, passage in enumerate(self.passages):
            for pair in pairs_of(" ".join((passage.title or "", passage.text, *passage.words))):
                self._at[pair].append(number)
            for word in {spell(word) for word in passage.words}:
                self._words[word].append(number)
        # Words by how they begin, so that a question is compared with few of them.
        self._beginning: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            self._beginning[word[:_BEGINNING]].append(word)
        size = len(self.passages)
        self._rare: Mapping[str, float] = {
            pair: math.log(1 + size / len(at)) / math.log(1 + size) for pair, at in self._at.items()
        }

    def search(
        self, question: str, wanted: Callable[[Passage], bool] | None = None, without: Iterable[str] = ()
    ) -> list[Hit]:
        """Passages that share something with the question, best first.

        Args:
            question: what was typed.
            wanted: which passages may be found; all by default.
            without: names in the question that say nothing about which passage (the job itself).
        """
        shared, total = self._shared(question, without)
        hits = []
        for number in sorted(shared):
            passage = self.passages[number]
            if wanted is None or wanted(passage):
                hits.append(Hit(passage, self._score(*shared[number], total)))
        # Of equals the one that stands first in the files comes first.
        hits.sort(key=lambda hit: (-hit.score, hit.passage.level))
        return hits

    def owners(
        self, question: str, wanted: Callable[[Passage], bool], without: Iterable[str] = ()
    ) -> list[tuple[float, Hit]]:
        """Subjects by how much of the whole question their passages explain together, each with its best passage.

        '仕入れた部品を外国から船で送ってもらう' has one word of one job and three of another.
        """
        shared, total = self._shared(question, without)
        together: dict[str, tuple[set[str], set[str]]] = {}
        best: dict[str, Hit] = {}
        for number in sorted(shared):
            pairs, words = shared[number]
            passage = self.passages[number]
            if not wanted(passage):
                continue
            all_pairs, all_words = together.setdefault(passage.subject, (set(), set()))
            all_pairs |= pairs
            all_words |= words
            hit = Hit(passage, self._score(pairs, words, total))
            if passage.subject not in best or hit.score > best[passage.subject].score:
                best[passage.subject] = hit
        found = [(self._score(*together[subject], total), hit) for subject, hit in best.items()]
        return sorted(found, key=lambda one: -one[0])

    def _shared(self, question: str, without: Iterable[str]) -> tuple[dict[int, tuple[set[str], set[str]]], float]:
        """Pairs and words that each passage shares with the question, and the weight of all pairs of the question."""
        plain = normalise(question).text
        for name in without:
            plain = plain.replace(normalise(name).text, " ")
        folded = fold(plain)
        pairs = [pair for pair in pairs_of(_ASKING.sub(" ", plain)) if pair in self._rare]
        shared: dict[int, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        for pair in pairs:
            for number in self._at[pair]:
                shared[number][0].add(pair)
        seen = {folded[at : at + length] for at in range(len(folded)) for length in range(1, _BEGINNING + 1)}
        for beginning in seen & self._beginning.keys():
            for word in self._beginning[beginning]:
                if word in folded:
                    for number in self._words[word]:
                        shared[number][1].add(word)
        return shared, sum(self._rare[pair] for pair in pairs)

    def _score(self, pairs: Iterable[str], words: Collection[str], total: float) -> float:
        """How much of a question is explained, 0 to 1; `total` is the weight of all its pairs."""
        share = sum(self._rare[pair] for pair in pairs) / total if total else 0.0
        # A word inside a longer one that was found says nothing more.
        apart = [word for word in words if not any(word != other and word in other for other in words)]
        spoken = 1 - math.exp(-sum(self._weight(word) for word in apart) / _ENOUGH)
        # Few known pairs in the question (a stray 'の会') must not make a full match.
        trust = min(1.0, total / 1.5)
        # The last digits of a sum depend on its order and say nothing.
        return round((1 - _WORD_SHARE) * share * trust + _WORD_SHARE * spoken, 9)

    def _weight(self, word: str) -> float:
        """A long word that stands with few passages says more than a short, common one."""
        rare = math.log(1 + len(self.passages) / len(self._words[word])) / math.log(1 + len(self.passages))
        return min(1.0, 0.12 * len(word) + 0.1) * (0.4 + 0.6 * rare)


@lru_cache(maxsize=1)
def index() -> Index:
    """The index of everything the bot knows, made once a process."""
    return Index(knowledge().all_passages())
