"""Finds in a text what must not wait for a classifier: danger to life, and trouble at work.

Pure functions. The engine and the desk both run them (the desk also while the engine is down), so this module imports
nothing but the standard library and what reads our YAML files. The classifier knows more indirect ways of saying it
than rules can; rules are for what must never be missed, and keep away from figures of speech and insults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from bot.safety import patterns
from bot.safety.fold import fold
from bot.safety.settings import phrases

Kind = Literal["crisis", "crisis_other", "labour"]
Urgency = Literal["normal", "soon", "urgent"]

# The door lets 20,000 characters in; nobody needs more than this to say it, and the rest must cost nothing.
LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: `rule` names the rule and is safe to log, since it holds nothing of the message."""

    kind: Kind
    urgency: Urgency
    rule: str


_CRISIS: Final = patterns.compiled(patterns.CRISIS)
_CRISIS_OTHER: Final = patterns.compiled(patterns.CRISIS_OTHER)
# What one does rather than says: with a person as its subject it is that person's danger.
_ACTS: Final = frozenset(
    (
        "cut",
        "overdose",
        "hang",
        "jump",
        "suicide",
        "words_of_death",
        "at_the_edge",
        "harm_to_others",
        "in_anothers_hands",
        "acute",
    )
)
# Shame makes people wish to sink into the ground; to wish for death out of shame is another thing.
_SHAMED: Final = frozenset(("vanish", "be_gone"))
_HARMLESS: Final = patterns.compiled(patterns.HARMLESS)
_LABOUR: Final = patterns.compiled(patterns.LABOUR)
_FICTION: Final = re.compile(patterns.FICTION)
_ANIMAL: Final = re.compile(patterns.ANIMAL)
_TOLD_ME: Final = re.compile(patterns.TOLD_ME)
_SAID_OF_ME: Final = re.compile(patterns.SAID_OF_ME)
_NOT_ME: Final = re.compile(patterns.NOT_ME)
_LAUGH: Final = re.compile(patterns.LAUGH)
_SHY: Final = re.compile(patterns.SHY)
_SHAMED_WORDS: Final = re.compile(patterns.SHAMED, re.VERBOSE)
_SELF: Final = re.compile(rf"{patterns.SELF}(?:は|が|も)")
_OTHERS: Final = re.compile(patterns.OTHERS, re.VERBOSE)
_ABOUT: Final = re.compile(rf"{patterns.PEOPLE}(?:が|は|も|から|に|の)", re.VERBOSE)
_SUBJECT: Final = re.compile(patterns.SUBJECT, re.VERBOSE)
_REPORTED: Final = re.compile(patterns.REPORTED, re.VERBOSE)
_SEEMS: Final = re.compile(patterns.SEEMS, re.VERBOSE)
_OF_OTHERS: Final = re.compile(patterns.OF_OTHERS, re.VERBOSE)
_FIGURE: Final = re.compile(patterns.FIGURE, re.VERBOSE)
_HEARSAY: Final = re.compile(patterns.HEARSAY, re.VERBOSE)
_WORRIED: Final = re.compile(patterns.WORRIED, re.VERBOSE)
_MENTIONED: Final = re.compile(patterns.MENTIONED, re.VERBOSE)
_TRADE: Final = re.compile(patterns.TRADE, re.VERBOSE)
_PLIGHT: Final = re.compile(patterns.PLIGHT)
_DENIED: Final = re.compile(patterns.DENIED)
_ONCE: Final = re.compile(patterns.ONCE)
_WAS: Final = re.compile(patterns.WAS)
_NOW: Final = re.compile(patterns.NOW)
_STILL: Final = re.compile(patterns.STILL)
_LOST: Final = re.compile(patterns.LOST)
_AND_ME: Final = re.compile(patterns.AND_ME, re.VERBOSE)


def _without_harmless(folded: str) -> str:
    """The text without the expressions that only sound like danger."""
    for _, pattern in _HARMLESS:
        folded = pattern.sub("。", folded)
    for phrase in phrases().not_crisis:
        folded = folded.replace(phrase, "。")
    return folded


def _hearsay(folded: str) -> bool | None:
    """Whether it is a figure of speech where somebody else is 'dying' of work: 「友達が月末死にそうって言ってた」.

    None where nothing of the kind is said, False where there is worry beside it.
    """
    return _WORRIED.search(folded) is None if _HEARSAY.search(folded) else None


def _crisis(folded: str) -> Iterator[tuple[str, re.Match[str]]]:
    for name, pattern in _CRISIS:
        for match in pattern.finditer(folded):
            yield name, match
    for phrase in phrases().crisis:
        for match in re.finditer(re.escape(phrase), folded):
            yield "operator_phrase", match


def _mentioned(folded: str, match: re.Match[str]) -> bool:
    """True where the words are the matter of a work or of somebody else's case, and the writer does not speak of
    themselves or of a plight: 「リストカットの生徒への対応研修」.
    """
    # A rule may have taken the case into its match: 「遺書を書く」.
    about = _MENTIONED.match(folded, match.end()) or _MENTIONED.match(folded, match.start() + 1)
    if about is None or _TRADE.search(folded) is None:
        return False
    return not (_SELF.search(folded) or _PLIGHT.search(folded, 0, match.start()) or _PLIGHT.search(folded, match.end()))


def _overcome(folded: str, match: re.Match[str]) -> bool:
    """True where it is long past, and the writer says that it is over."""
    over = _NOW.search(folded, match.end())
    once = _ONCE.search(folded, 0, match.start()) or _WAS.match(folded, match.end())
    return bool(over and once and not _STILL.search(folded, match.end()))


def _told_or_laughed(folded: str, name: str, match: re.Match[str]) -> bool:
    """True where it is told of a story, of work or of long ago, or laughed at: 「恥ずかしすぎて死にたい笑」."""
    start = folded.rfind("。", 0, match.start()) + 1
    end = folded.find("。", match.end())
    sentence = folded[start : end if end >= 0 else None]
    before = folded[start : match.start()]
    if _FICTION.search(before) and not _SELF.search(before):
        return True
    if _ANIMAL.search(before) or (_TOLD_ME.search(before) and not _SELF.search(match.group())):
        return True
    if _SAID_OF_ME.match(folded, match.end()) or _NOT_ME.match(folded, match.end()):
        return True
    if name in _SHAMED and _SHAMED_WORDS.search(sentence):
        return True
    if _mentioned(folded, match) or _overcome(folded, match):
        return True
    return bool(_SHY.search(sentence) and _LAUGH.search(sentence))


def _lost(folded: str, match: re.Match[str]) -> bool:
    """True where somebody took their life years ago, and the writer does not want to follow."""
    start = folded.rfind("。", 0, match.start()) + 1
    return bool(_ONCE.search(folded, start, match.start()) and _LOST.match(folded, match.start()))


def _of_somebody_else(folded: str, name: str, match: re.Match[str]) -> bool:
    """True where another person is meant. In doubt False: the answer to one's own danger harms nobody."""
    start = folded.rfind("。", 0, match.start()) + 1
    before, after = folded[start : match.start()], folded[match.end() :]
    if _AND_ME.search(after.split("。")[0]) or _SELF.search(before[-12:]):
        return False
    if _OF_OTHERS.search(folded):
        return True
    if name in _ACTS and _SUBJECT.search(before):
        return True
    if not _OTHERS.search(before):
        return False
    return bool(_REPORTED.match(after) or _SEEMS.search(match.group() + after))


def detect(text: str) -> Finding | None:
    """The gravest thing that the rules find in `text`, or None. Never raises on any string.

    A person's own danger comes before another's, that before trouble at work. Denials, figures of speech, fiction and
    insults are not findings.
    """
    return judge(text)[0]


def judge(text: str) -> tuple[Finding | None, bool]:
    """What `detect` says; and where it finds nothing, whether words of danger are there that mean something else:
    tiredness, hunger, a game, anger, somebody's work, a time long past.
    """
    folded = fold(text[:LONGEST])
    cleared = _without_harmless(folded)
    danger, explained = _danger(cleared)
    if danger is not None:
        return danger, False
    labour = _labour(folded)
    if labour is not None and not explained:
        return labour, False
    passed_on = _hearsay(folded)
    if passed_on is None:
        passed_on = explained or cleared != folded or _FIGURE.search(folded) is not None
    return labour, passed_on


def _danger(cleared: str) -> tuple[Finding | None, bool]:
    """The gravest danger in a text without harmless expressions; and whether a word of danger was explained away."""
    other: Finding | None = None
    explained = False
    for name, match in _crisis(cleared):
        if _DENIED.match(cleared, match.end()):
            continue
        if _told_or_laughed(cleared, name, match):
            explained = True
            continue
        if not _of_somebody_else(cleared, name, match):
            return Finding("crisis", "urgent", name), False
        if _lost(cleared, match):
            explained = True
            continue
        other = Finding("crisis_other", "soon", name)
    return other or _said_by_another(cleared), explained


def _labour(folded: str) -> Finding | None:
    return next((Finding("labour", "soon", name) for name, pattern in _LABOUR if pattern.search(folded)), None)


def _said_by_another(folded: str) -> Finding | None:
    """What is grave only when it is told of a person named before it."""
    for name, pattern in _CRISIS_OTHER:
        for match in pattern.finditer(folded):
            before = folded[folded.rfind("。", 0, match.start()) + 1 : match.start()]
            if _ABOUT.search(before) and not _told_or_laughed(folded, name, match) and not _hearsay(folded):
                return Finding("crisis_other", "soon", name)
    return None


def figure_of_speech(text: str) -> bool:
    """True where words of death say tiredness, hunger, a game or anger, and the rules find no danger beside them."""
    return judge(text)[1]
