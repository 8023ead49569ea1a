"""The dictionary of everyday names (data/knowledge/terms.yml): reading it, and finding its names in a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.documents import read_yaml
from bot.nlu.normalise import fold, normalise

TERMS: Final = Path("data/knowledge/terms.yml")
ENTITIES: Final = ("job", "matter", "step", "certificate", "tool")
# A name this long in kana is hardly ever hit by chance, so one wrong or missing character is forgiven.
FORGIVING_LENGTH: Final = 6


@dataclass(frozen=True, slots=True)
class Name:
    """One way to say one thing. `entity` is '' for a phrase that means none of ours."""

    text: str
    entity: str
    value: str
    kana: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A name found at `start`..`end` of the normalised text."""

    start: int
    end: int
    entity: str
    value: str


def read_terms(path: Path = TERMS) -> list[Name]:
    """All names of the dictionary file, as they are written there.

    Raises:
        ValueError: the file does not hold what the top of it promises; the message says where.
    """
    content = read_yaml(path)
    if not isinstance(content, dict) or not isinstance(content.get("terms"), list):
        raise ValueError(f"{path}: 'terms' にリストがありません。")  # noqa: TRY004 (a file, not an argument)
    names: list[Name] = []
    for number, term in enumerate(content["terms"], 1):
        if not isinstance(term, dict) or term.get("entity") not in ENTITIES or not term.get("value"):
            raise ValueError(f"{path}: terms の {number} 番目に正しい entity と value がありません。")
        for key, kana in (("names", False), ("kana", True)):
            for name in term.get(key) or ():
                if not isinstance(name, str) or not name.strip():
                    raise ValueError(f"{path}: {term['value']} の {key} に文字でないものがあります: {name!r}")
                names.append(Name(name, term["entity"], term["value"], kana))
    names += [Name(str(name), "", "") for name in content.get("other_meanings") or ()]
    return names


def to_rows(names: Sequence[Name]) -> list[list[Any]]:
    """The names as plain lists, for a JSON file."""
    return [[name.text, name.entity, name.value, name.kana] for name in names]


def from_rows(rows: Sequence[Sequence[Any]]) -> list[Name]:
    """The other way round."""
    return [Name(str(text), str(entity), str(value), bool(kana)) for text, entity, value, kana in rows]


def _is_kana(text: str) -> bool:
    return all("ぁ" <= char <= "ゖ" or char == "ー" for char in text)


def _is_latin(char: str) -> bool:
    return "a" <= char <= "z" or "0" <= char <= "9"


def _slips(key: str) -> Iterator[str]:
    """The spellings one slip away from a folded kana name: a character lost, two swapped, a voicing mark off."""
    yield from (key[:i] + key[i + 1 :] for i in range(1, len(key)))
    yield from (key[:i] + key[i + 1] + key[i] + key[i + 2 :] for i in range(1, len(key) - 1) if key[i] != key[i + 1])
    for i, char in enumerate(key):
        for other in _VOICED.get(char, ""):
            yield key[:i] + other + key[i + 1 :]


_VOICED: Final = {
    char: "".join(other for other in row if other != char)
    for row in (
        *(a + b for a, b in zip("かきくけこさしすせそたちつてと", "がぎぐげござじずぜぞだぢづでど", strict=True)),
        *("はばぱ", "ひびぴ", "ふぶぷ", "へべぺ", "ほぼぽ"),
    )
    for char in row
}


class TermMatcher:
    """Finds the names in a normalised text: the longest at each place, from left to right."""

    def __init__(self, names: Sequence[Name]) -> None:
        self._names: dict[str, Name] = {}
        # First character -> lengths of the names that begin with it, longest first.
        self._lengths: dict[str, tuple[int, ...]] = {}
        for name in names:
            self._names.setdefault(fold(normalise(name.text).text), name)
        for key, name in list(self._names.items()):
            if _is_kana(key) and len(key) >= FORGIVING_LENGTH and name.entity == "job":
                for slip in _slips(key):
                    self._names.setdefault(slip, name)
        lengths: dict[str, set[int]] = {}
        for key in self._names:
            lengths.setdefault(key[0], set()).add(len(key))
        self._lengths = {char: tuple(sorted(of, reverse=True)) for char, of in lengths.items()}

    def find(self, text: str, starts: frozenset[int], ends: frozenset[int]) -> list[Match]:
        """All names in `text`, left to right, none overlapping.

        Args:
            text: a normalised text.
            starts: where its words begin; a name begins with a word, or it is part of another word (個人|事業).
            ends: where its words end; a name in kana ends with a word (けい|りゅう).
        """
        folded = fold(text)
        found: list[Match] = []
        at, size = 0, len(folded)
        while at < size:
            step = 1
            for length in self._lengths.get(folded[at], ()):
                name = self._names.get(folded[at : at + length]) if at + length <= size else None
                if name is None or not self._fits(name, text, at, at + length, starts, ends):
                    continue
                if name.entity:
                    found.append(Match(at, at + length, name.entity, name.value))
                step = length
                break
            at += step
        return found

    @staticmethod
    def _fits(name: Name, text: str, start: int, end: int, starts: frozenset[int], ends: frozenset[int]) -> bool:
        """Whether what was found is the name itself, and not a piece of a longer word."""
        first, last = text[start], text[end - 1]
        if _is_latin(first) and start and _is_latin(text[start - 1]):
            return False
        if _is_latin(last) and end < len(text) and _is_latin(text[end]):
            return False
        if not name.entity:
            return True
        if name.kana:
            return start in starts and end in ends
        return start in starts or end - start > 3
