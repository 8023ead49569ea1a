"""One spelling for danger words: people hide them behind half-width kana, blanks, look-alike letters and symbols."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.nlu.romaji import in_kana

_TO_HIRAGANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
# Look-alikes that NFKC leaves alone, and pictures that stand for a word.
_LOOK_ALIKE: Final = str.maketrans(
    {"ﾀ": "た", "ﾋ": "ひ", "〇": "○", "◯": "○", "●": "○", "◎": "○", "💊": "薬", "🔪": "包丁", "🔫": "銃"}
)
# 死 in disguise, where the word goes on as 死ぬ does: タヒぬ, 氏ぬ, 4んだ; 自4; and タヒる, bent like a verb in る.
_DISGUISED: Final = re.compile(
    r"タヒ(?=[ぬねのんに])|(?<![0-9一-龠])[4氏](?=ぬ|ねる|ねた|んだ(?:方|ほう|ら)|んで)|(?<=自)4(?=[をがもしす])"
)
_DISGUISED_RU: Final = re.compile(r"タヒ(る|り|った|って)")
_AS_NU: Final = {"る": "死ぬ", "り": "死に", "った": "死んだ", "って": "死んで"}
# Ends of clauses stay, as one mark each: what stands in another sentence is not about this word.
_STOP: Final = re.compile(r"[。！!？?\n\r;；]+")
_PAUSE: Final = re.compile(r"[、,，]+")
_BRACKETS: Final = str.maketrans(dict.fromkeys("『』“”\"'（）()【】[]〈〉<>《》", "") | {"「": "「", "」": "」"})
# Everything that is put between the letters of a word to get past a filter, or stretches it.
_FILLER: Final = re.compile(
    r"[\s・･…‥.．_＿*＊~〜～ー\-‐‑–—―─|｜/\\／＼^=+:：#♯☆★♡♥\u200b-\u200f\u2028\u2029\u2060\ufeff]+"
)
_REPEATED: Final = re.compile(r"(.)\1{2,}")


def fold(text: str) -> str:
    """The text in hiragana and small Latin letters, without fillers; '。' ends a sentence and '、' a clause.

    Never raises: lone surrogates and control characters are dropped.
    """
    plain = unicodedata.normalize("NFKC", text).lower().translate(_LOOK_ALIKE)
    kana = in_kana(plain)
    if kana is not None:
        plain = "".join(chars for chars, _, _ in kana)
    plain = _DISGUISED_RU.sub(lambda found: _AS_NU[found[1]], _DISGUISED.sub("死", plain))
    plain = plain.translate(_TO_HIRAGANA)
    plain = _STOP.sub("。", plain)
    plain = _PAUSE.sub("、", plain)
    plain = plain.translate(_BRACKETS)
    plain = _FILLER.sub("", plain)
    plain = "".join(char for char in plain if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Mn", "Me"))
    return _REPEATED.sub(r"\1\1", plain)
