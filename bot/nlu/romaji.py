"""Japanese typed in Latin letters ('keiri no shigoto wa?') as hiragana, so that it meets what is learnt from kana.

English stays: every word must be spellable as Japanese, and one at least must be no English word. Nothing but the
standard library is imported: the rules for danger read this way too, in the engine and in the desk.
"""

from __future__ import annotations

import re
from typing import Final

_ROWS: Final = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの", "h": "はひふへほ",
    "m": "まみむめも", "r": "らりるれろ", "g": "がぎぐげご", "z": "ざじずぜぞ", "d": "だぢづでど", "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
}  # fmt: skip
_SYLLABLES: Final = {
    **{row + vowel: kana for row, line in _ROWS.items() for vowel, kana in zip("aiueo", line, strict=True)},
    **{
        f"{row}y{vowel}": line[1] + small
        for row, line in _ROWS.items()
        if row and row != "d"
        for vowel, small in zip("auo", "ゃゅょ", strict=True)
    },
    **{f"{row}{vowel}": kana + small for row, kana in (("sh", "し"), ("ch", "ち"), ("j", "じ"), ("jy", "じ"))
       for vowel, small in zip("auo", "ゃゅょ", strict=True)},
    "ya": "や", "yu": "ゆ", "yo": "よ", "wa": "わ", "wo": "を", "shi": "し", "chi": "ち", "tsu": "つ", "fu": "ふ",
    "ji": "じ", "je": "じぇ", "che": "ちぇ", "fa": "ふぁ", "thi": "てぃ", "dhi": "でぃ",
}  # fmt: skip
# A long vowel under a mark: 'zangyō'.
_MARKED: Final = {"a": ("āâ", "あ"), "i": ("īî", "い"), "u": ("ūû", "う"), "e": ("ēê", "い"), "o": ("ōô", "う")}
_KANA: Final = _SYLLABLES | {
    letters[:-1] + mark: kana + longer
    for letters, kana in _SYLLABLES.items()
    for marks, longer in (_MARKED[letters[-1]],)
    for mark in marks
}
_LONGEST: Final = 3
# What may follow an n of the same syllable.
_OPEN: Final = "aiueoyāâīîūûēêōô"
_LETTER: Final = "[a-zāâīîūûēêōô]"
_WORD: Final = re.compile(f"{_LETTER}+(?:'{_LETTER}+)*")
# Words of both languages say nothing about which it is.
_EITHER: Final = frozenset((
    "a", "an", "are", "bo", "be", "been", "bone", "date", "data", "demo", "do", "done", "game", "go", "gone",
    "good", "he", "here", "hi", "hire", "home", "hope", "human", "i", "in", "it", "join", "main", "make", "me",
    "memo", "men", "menu", "mine", "more", "moon", "name", "nine", "no", "none", "noon", "note", "on", "one",
    "pain", "pure", "radio", "rain", "rate", "same", "seen", "site", "so", "some", "soon", "sure", "take", "tape",
    "ten", "time", "to", "tomato", "too", "tone", "use", "wait", "we", "wine", "woman", "women", "you", "zone",
))  # fmt: skip
# Names that are typed in Latin letters in Japanese sentences too.
_NAMES: Final = frozenset((
    "ai", "asana", "back", "bo", "excel", "hr", "it", "kintone", "line", "mos", "notion", "office", "pc", "pr", "se",
    "sns", "toeic", "web", "word",
))  # fmt: skip
_PARTICLES: Final = {"wa": "は", "o": "を", "e": "へ"}
# In a sentence of so many Japanese words one may be foreign: 'kaisha no rule tsukuru no mo?'.
_ONE_FOREIGN: Final = 3
# Written together with what stands before them.
_CLINGING: Final = frozenset((
    "wa", "ga", "wo", "o", "no", "ni", "de", "to", "ka", "mo", "e", "tte", "desu", "masu", "masen", "deshita",
    "desuka", "masuka", "kana", "na", "ne", "yo", "kara", "made", "yori", "dake", "demo", "nara", "toka", "ya",
    "da", "datte", "ttenani", "kudasai", "nai",
))  # fmt: skip
# 'zangyo', 'kyuryo': the vowel is long.
_SHORTENED: Final = re.compile("[gr]yo$")
# Words whose long vowels people leave out: 'nenshu', 'somu', 'kyuryo', 'daijobu'.
_LONG: Final = (
    "いっしょう", "えいぎょう", "おうぼ", "がっこう", "きゅうか", "きゅうけい", "きゅうじつ", "きゅうよ",
    "きゅうりょう", "きょう", "きょうつう", "きょうみ", "ぎょうかい", "けんしゅう", "こうけん", "こうそつ",
    "こうつうひ", "こうはい", "こうほう", "さいよう", "さぎょう", "しぼうどうき", "しゅうしょく", "しゅうにゅう",
    "しょうかい", "しょうがい", "しょうじき", "しょうらい", "しょうらいせい", "じゅうよう", "じゆう", "じょうけん",
    "じょうしす", "じょうず", "じょうほう", "じょうほうしすてむ", "せいちょう", "そうじ", "そうだん", "そうむ",
    "たいおう", "だいじょうぶ", "ちゅうしょう", "ちゅうと", "ちょうしょ", "ちょうせい", "つうきん", "とうろく",
    "どうき", "どうしたら", "どうりょう", "にゅうりょく", "ねんしゅう", "ひつよう", "ふくりこうせい", "ふつう",
    "べんきょう", "ほうほう", "ほうむ", "ほうりつ", "ぼうえき", "むりょう", "ゆうきゅう", "ゆうし", "ゆうめい",
    "ゆうりょう", "りゆう", "ろうどう", "ろうむ",
)  # fmt: skip
# What may stand behind such a word in one piece with it.
_BEHIND: Final = (
    "", "ぶ", "か", "じむ", "の", "わ", "は", "が", "も", "を", "に", "で", "な", "です", "って", "しょく", "する",
    "して", "したい",
)  # fmt: skip
_ROUND: Final = "おこそとのほもよろごぞどぼぽょうくすつぬふむゆるぐずづぶぷゅ"


def _short(kana: str) -> str:
    """A word without the う that only makes a vowel long."""
    return "".join(char for before, char in zip(" " + kana, kana, strict=False) if char != "う" or before not in _ROUND)


_SHORT: Final = {_short(word): word for word in _LONG if _short(word) != word}


def _lengthened(pieces: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """The kana of a word with the long vowels that its writer left out: 'ねんしゅ' is ねんしゅう."""
    kana = "".join(chars for chars, _, _ in pieces)
    found = [short for short in _SHORT if kana.startswith(short) and kana[len(short) :] in _BEHIND]
    if not found:
        return pieces
    letters = [(char, start, end) for chars, start, end in pieces for char in chars]
    longer: list[tuple[str, int, int]] = []
    for char in _SHORT[max(found, key=len)]:
        if letters and letters[0][0] == char:
            longer.append(letters.pop(0))
        else:
            end = longer[-1][2]
            longer.append((char, end - 1, end))
    return longer + letters


def spelt(word: str) -> list[tuple[str, int, int]] | None:
    """The kana of a word with the letters each stands for; None where it is no Japanese."""
    kana: list[tuple[str, int, int]] = []
    at = 0
    while at < len(word):
        letter, after = word[at], word[at + 1 : at + 2]
        if letter == "'":
            at += 1
            continue
        if letter == "n" and (not after or after not in _OPEN):
            kana.append(("ん", at, at + 1))
            # 'onna', 'konnichiwa': the second n begins the next syllable; 'hon'nin' has a mark.
            at += 1
            continue
        if (letter == after and letter in "kstpgzdbcj") or word.startswith("tch", at):
            kana.append(("っ", at, at + 1))
            at += 1
            continue
        for length in range(min(_LONGEST, len(word) - at), 0, -1):
            found = _KANA.get(word[at : at + length])
            if found:
                kana.append((found, at, at + length))
                at += length
                break
        else:
            return None
    return kana


def in_kana(text: str) -> list[tuple[str, int, int]] | None:
    """A text in small letters with its Latin words in kana, in pieces: (characters, start, end in the text).

    None where nothing is Japanese in Latin letters. Blanks before and after particles go.
    """
    words = list(_WORD.finditer(text))
    if not words:
        return None
    letters = {found.span(): spelt(found.group()) for found in words}
    ours = [
        found
        for found in words
        if letters[found.span()] and found.group() not in _EITHER | _NAMES and len(found.group()) > 1
    ]
    plain = [found for found in words if found.group() not in _NAMES]
    whole = not re.search("[ぁ-ヺ一-鿿]", text)
    # Among Japanese letters a single word may be a name; alone it must be long enough to be no abbreviation.
    enough = any(len(found.group()) > 2 for found in ours) if whole else len(ours) > 1
    foreign = sum(letters[found.span()] is None for found in plain)
    if not enough or foreign > (len(ours) // _ONE_FOREIGN if whole else 0):
        return None
    pieces: list[tuple[str, int, int]] = []
    at, clings = 0, False
    for found in words:
        word, (start, end) = found.group(), found.span()
        between = [(text[place], place, place + 1) for place in range(at, start)]
        joined = clings or word in _CLINGING
        for mark, a, b in between:
            if mark != " " or not pieces or not (joined or pieces[-1][0] == "、"):
                pieces.append(("、" if mark == "," else mark, a, b))
        spelling = letters[found.span()] if word not in _NAMES else None
        if spelling is None:
            pieces += [(text[place], place, place + 1) for place in range(start, end)]
        elif word in _PARTICLES:
            pieces.append((_PARTICLES[word], start, end))
        else:
            pieces += [(kana, start + a, start + b) for kana, a, b in _lengthened(spelling)]
            if _SHORTENED.search(word) and pieces[-1][0] != "う":
                pieces.append(("う", end - 1, end))
        at, clings = end, word in _CLINGING
    return pieces + [(text[place], place, place + 1) for place in range(at, len(text))]
