"""Reads typed answers to the choice items, each kind in its module: `steps`, `scale`, `picks`.

Letters, numbers and the scale's own words are read by rules, and so is how strongly an A/B answer is said. What other
words mean is learned from examples (data/self_analysis/answers.yml); what the rules make of them counts among what is
learned from.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import numpy as np

from actions.self_analysis import examples, learning, picks, scale, steps
from actions.self_analysis.controls import control
from actions.self_analysis.data import Analysis, Question, fold
from actions.self_analysis.wording import FILLER, KANJI, Reading, Scored, asks
from bot.kernel import KernelModel
from bot.nlu.linear import Floats
from bot.nlu.normalise import normalise

_SHORT_NONE = re.compile(
    r"^(?:特に|とくに|別に|これといって|どれも)?(?:は)?(?:、)?(?:ない|なし|無し|無い|ありません|ないです|思いつかな(?:い|いです)|思い(?:つき|浮かび|当たり)ません|思い(?:浮かば|当たら)な(?:い|いです)|浮かば(?:ない|ないです)|覚えて(?:い)?(?:ない|ません)|わから(?:ない|ないです|ん)|分から(?:ない|ないです|ん)|ないかな|ないかも|なさそう|いない|いません|無いです)(?:です|なあ|な|ね|かな|かも|と思います|。|!|、|けど|んですけど|…|・)*$"
)


def nothing_to_say(text: str) -> bool:
    """「特にない」「思いつかない」 as the answer to an item where people write freely."""
    return _SHORT_NONE.match(FILLER.sub("", fold(text))) is not None


def quoted(text: str) -> str | None:
    """What stands between 「」 in a message, e.g. the answer to be removed."""
    match = re.search(r"[「『\"]([^」』\"]+)[」』\"]", text)
    return match.group(1) if match else None


def item_number(text: str) -> int | None:
    """The item a message names: 「3番を変えたい」「質問５」; None if none of 1–12."""
    plain = fold(text)
    match = re.search(
        r"(?:q|質問|第)?\s*(1[0-2]|[1-9]|[一二三四五六七八九十])\s*(?:番|問|つ)(?:目)?", plain
    ) or re.search(r"(?:q|質問|番号)\s*(1[0-2]|[1-9])(?!\d)", plain)
    if not match:
        return None
    found = match.group(1)
    return KANJI.get(found) or int(found)


def read(question: Question, text: str) -> Reading | None:
    """The value of a typed answer to a choice item; None when it is not one.

    Returns:
        steps4, scale5: `"1"` … or `"unknown"`. rank, pick: ids in the order named, `[]` for 'none of these'.
    """
    plain = _plain(question, text)
    if not plain or control(text) is not None:
        return None
    core = steps.leaning(FILLER.sub("", plain) or plain)
    if asks(text) and not (question.choices and picks.DOUBTS.search(core)):
        return None
    scored = _scored(question, text, core if question.choices else plain)
    if question.choices:
        return picks.read(question, core, scored)
    if question.kind == "steps4":
        return steps.read(question, core, plain, scored)
    if question.kind == "scale5":
        return scale.read(question, core, plain, scored)
    return None


def _plain(question: Question, text: str) -> str:
    """The text in one spelling: 「ﾌﾂｳﾃﾞｽ」. What is picked has a name, and that may be in katakana alone."""
    return fold(text if question.choices else normalise(text).text)


# A label scores so much, and so much more than the next, where words alone say what is meant; of the training lines left
# out these are three in five, and as many are read right.
_LIKELY: Final = 0.5
_AHEAD: Final = 0.3

# --- what is learned from examples ------------------------------------------


def learns(question: Question) -> bool:
    """Whether typed answers to an item are learned from examples."""
    return question.kind != "text"


def learn(question: Question) -> KernelModel:
    """The model of what typed answers to an item mean."""
    answers = examples.answers(question)
    texts = [_plain(question, answer.text) for answer in answers]
    looks = [
        learning.look(text, _hints(question, text), sentence)
        for text, sentence in zip(texts, learning.encoded(texts), strict=True)
    ]
    labels, names = [answer.labels for answer in answers], examples.labels_of(question)
    if question.kind == "scale5":
        return learning.fit(looks, labels, names, hints=scale.HINTS, together=True)
    if question.kind == "steps4":
        return learning.fit(looks, labels, names, hints=steps.HINTS, sentence=steps.SENTENCE_SHARE)
    return learning.fit(looks, labels, names)


@lru_cache(maxsize=16)
def _model(question: Question) -> KernelModel:
    return learning.recall(question.id, lambda: learn(question))


def preload(analysis: Analysis) -> None:
    """Loads what `learn` made of all questions."""
    for question in analysis.questions:
        if learns(question):
            _model(question)


def _scored(question: Question, answer: str, whole: str) -> Scored:
    """How much a text speaks for each label of an item: the whole answer also as a sentence, its pieces not."""

    @lru_cache
    def scores(text: str, hints: tuple[str, ...], last: str) -> dict[str, float]:
        model = _model(question)
        words = learning.look(text, hints, learning.NO_SENTENCE)
        beside = [learning.look(last, _hints(question, last), learning.NO_SENTENCE)] if last else []
        found = model.many([words, *beside]).mean(axis=0)
        if text == whole and not _plain_enough(found):
            spoken = learning.as_sentence(words, learning.sentence_of(answer))
            found = model.many([spoken, *beside]).mean(axis=0)
        return dict(zip(model.labels, found.tolist(), strict=True))

    # What is one piece is asked for twice: as the whole, and as a piece.
    return lambda text, hints, last="": scores(text, tuple(hints), last)


def _plain_enough(found: Floats) -> bool:
    """Whether the words alone say what is meant, so that the sentence need not be encoded."""
    second, first = np.sort(found)[-2:].tolist()
    return bool(first >= _LIKELY and first - second >= _AHEAD)


def _hints(question: Question, plain: str) -> list[str]:
    core = FILLER.sub("", plain) or plain
    if question.choices:
        return picks.hits_of(question, core)
    if question.kind == "steps4":
        return steps.hints(question, core, plain)
    return scale.hints(question, core, plain)
