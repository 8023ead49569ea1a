"""The colours of the result, red, green and blue: the picture and the sheet are of one piece with the chat."""

from __future__ import annotations

from typing import Final

INK: Final = (34, 48, 45)
QUIET: Final = (86, 102, 98)
LINE: Final = (199, 208, 204)
ACCENT: Final = (35, 101, 91)
SPREAD: Final = (184, 214, 207)
