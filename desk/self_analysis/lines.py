"""Breaks Japanese text into lines, for the picture and the sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_NOT_FIRST: Final = "、。，．）」』】！？・ー…：ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_NOT_LAST: Final = "（「『【"
# A comma this far into the line is a better place to break than the middle of a word.
_COMMA_FROM: Final = 0.7


def wrap(text: str, width: float, measure: Callable[[str], float], comma_from: float = _COMMA_FROM) -> list[str]:
    """Lines no wider than `width` (in the unit of `measure`).

    No line begins with a closing mark or ends with an opening one; a late comma is preferred to the middle of a word.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        rest = paragraph
        while measure(rest) > width:
            end = 1
            while end < len(rest) and measure(rest[: end + 1]) <= width:
                end += 1
            comma = rest.rfind("、", 0, end) + 1
            if comma >= comma_from * end:
                end = comma
            while end > 1 and ((rest[end : end + 1] and rest[end] in _NOT_FIRST) or rest[end - 1] in _NOT_LAST):
                end -= 1
            lines.append(rest[:end])
            rest = rest[end:]
        lines.append(rest)
    return lines
