"""Masks what points at a person or an organisation, for logs and reports: names, addresses, numbers.

By rules over Sudachi's dictionary, which marks names of persons; spaCy's recogniser costs 300 MB and 10 ms a text, too
much beside a live server. What the dictionary does not know and no honorific gives away stays: masking makes a log
safer, it does not make it safe to publish.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from sudachipy import Dictionary, SplitMode

from bot.nlu.normalise import normalise
from bot.nlu.tokenizer import CHUNK

PERSON: Final = "〈人名〉"
ORGANISATION: Final = "〈組織名〉"
CONTACT: Final = "〈連絡先〉"
_ORGANISATION_PARTS: Final = (
    "株式会社|有限会社|合同会社|一般社団法人|財団法人|学校法人|医療法人|社会福祉法人|[(]株[)]|[(]有[)]"
)
_NAME: Final = r"[^\s、。,.!?「」『』()のでにをはがと]{1,20}"
_PATTERNS: Final = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[!-~]+", re.ASCII), CONTACT),
    (re.compile(r"(?<!\d)(?:\+?\d[\d -]{7,}\d)(?!\d)"), CONTACT),
    (re.compile(f"(?:{_ORGANISATION_PARTS}){_NAME}|{_NAME}(?:{_ORGANISATION_PARTS})"), ORGANISATION),
)
# Sudachi calls these names too; here they are words of the trade or of daily life.
_NO_NAMES: Final = frozenset(
    [
        "経理",
        "財務",
        "人事",
        "労務",
        "法務",
        "総務",
        "事務",
        "お母",
        "お父",
        "お姉",
        "お兄",
        "奥",
        "旦那",
        "店員",
        "担当",
        "皆",
        "みな",
        "お客",
    ]
)
_HONORIFICS: Final = frozenset(
    ["さん", "様", "さま", "氏", "くん", "君", "ちゃん", "先生", "先輩", "部長", "課長", "社長"]
)


@lru_cache(maxsize=1)
def _sudachi() -> Dictionary:
    return Dictionary(dict="core")


def _persons(text: str) -> list[tuple[int, int]]:
    """Where persons' names stand: what the dictionary marks, and unknown nouns before an honorific."""
    tokenizer = _sudachi().create(mode=SplitMode.A)
    found: list[tuple[int, int]] = []
    for base in range(0, len(text), CHUNK):
        parts = list(tokenizer.tokenize(text[base : base + CHUNK]))
        for number, part in enumerate(parts):
            follows = parts[number + 1].surface() if number + 1 < len(parts) else ""
            kind = part.part_of_speech()
            named = kind[1] == "固有名詞" and (kind[2] == "人名" or follows in _HONORIFICS)
            unknown = part.is_oov() and kind[0] == "名詞" and follows in _HONORIFICS
            if (named or unknown) and part.surface() not in _NO_NAMES and len(part.surface()) > 1:
                found.append((base + part.begin(), base + part.end()))
    return found


def mask_names(text: str) -> str:
    """The text in one spelling with contacts, organisations and persons masked. Never raises."""
    plain = normalise(text).text
    for pattern, mask in _PATTERNS:
        plain = pattern.sub(mask, plain)
    for start, end in reversed(_persons(plain)):
        plain = plain[:start] + PERSON + plain[end:]
    return re.sub(f"(?:{PERSON})+", PERSON, plain)
