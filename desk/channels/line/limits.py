"""LINE's limits in one table, and its two ways of counting characters."""

from __future__ import annotations

from typing import Final

import regex

#: Counted in UTF-16 code units, LINE's default.
TEXT: Final = 5000
SENDER_NAME: Final = 20
POSTBACK_DATA: Final = 300
ALT_TEXT: Final = 1500
URI: Final = 1000
CHAT_BAR: Final = 14
#: Counted in grapheme clusters.
LABEL: Final = 20
DISPLAY_TEXT: Final = 300
#: Counted in pieces.
MESSAGES: Final = 5
QUICK_REPLIES: Final = 13
#: Bytes of JSON.
FLEX_BUBBLE: Final = 30_000
#: Seconds. A reply token lives about a minute from the delivery of its event; we stop earlier.
REPLY_SECONDS: Final = 50
#: A redelivered token is void this long after the event itself.
REPLY_OLDEST_SECONDS: Final = 20 * 60
#: A retry key is forgotten after a day: later the same push would be a new one.
RETRY_KEY_SECONDS: Final = 23 * 3600

_CLUSTER: Final = regex.compile(r"\X")


def graphemes(text: str) -> int:
    """What a person sees as characters."""
    return len(_CLUSTER.findall(text))


def utf16(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_graphemes(text: str, limit: int) -> str:
    """At most `limit` graphemes; a cut is shown by '…'."""
    clusters = _CLUSTER.findall(text)
    return text if len(clusters) <= limit else "".join(clusters[: limit - 1]) + "…"


def cut_utf16(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, cut between graphemes and shown by '…'."""
    if utf16(text) <= limit:
        return text
    return _head(text, limit - 1) + "…"


def _head(text: str, limit: int) -> str:
    used, kept = 0, []
    for cluster in _CLUSTER.findall(text):
        used += utf16(cluster)
        if used > limit:
            break
        kept.append(cluster)
    return "".join(kept)


def split_utf16(text: str, limit: int = TEXT) -> list[str]:
    """Pieces of at most `limit` UTF-16 units, split after a line where one ends, else between graphemes."""
    pieces = []
    while utf16(text) > limit:
        # One cluster longer than the limit (a thousand combining marks) is cut between code points.
        head = _head(text, limit) or text[: limit // 2]
        line = head.rfind("\n") + 1
        if line > len(head) // 2:
            head = head[:line]
        pieces.append(head)
        text = text[len(head) :]
    return [piece for piece in [*pieces, text] if piece.strip()]
