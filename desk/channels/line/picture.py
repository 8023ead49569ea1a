"""Draws the rich menu's picture: four fields, each with a sign, a title and a few words."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_jp import sans_path

#: LINE's size of a large menu.
WIDTH: Final = 2500
HEIGHT: Final = 1686
#: Drawn twice as large and brought down, so that edges are smooth.
_TWICE: Final = 2
_GROUND: Final = "#F5F6F3"
_CARD: Final = "#FFFFFF"
_LINE: Final = "#DFE4E0"
_INK: Final = "#22302D"
_QUIET: Final = "#5A6B67"
_ACCENT: Final = "#23655B"
_TINT: Final = "#DCEBE6"
_GAP: Final = 44
_STROKE: Final = 16

Pen = ImageDraw.ImageDraw


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(sans_path()), size * _TWICE)


def _s(*values: float) -> tuple[float, ...]:
    return tuple(value * _TWICE for value in values)


def _briefcase(pen: Pen, x: float, y: float, colour: str, ground: str) -> None:
    pen.rounded_rectangle(_s(x - 34, y - 74, x + 34, y - 20), 16 * _TWICE, outline=colour, width=_STROKE * _TWICE)
    pen.rounded_rectangle(_s(x - 88, y - 48, x + 88, y + 70), 22 * _TWICE, fill=colour)
    pen.line(_s(x - 88, y + 6, x + 88, y + 6), fill=ground, width=10 * _TWICE)
    pen.rounded_rectangle(_s(x - 16, y - 12, x + 16, y + 24), 8 * _TWICE, fill=colour, outline=ground, width=8 * _TWICE)


def _compass(pen: Pen, x: float, y: float, colour: str, ground: str) -> None:
    pen.ellipse(_s(x - 86, y - 86, x + 86, y + 86), outline=colour, width=_STROKE * _TWICE)
    pen.polygon([_s(x + 44, y - 44), _s(x + 16, y + 16), _s(x - 16, y - 16)], fill=colour)
    pen.polygon(
        [_s(x - 44, y + 44), _s(x + 16, y + 16), _s(x - 16, y - 16)], fill=ground, outline=colour, width=8 * _TWICE
    )


def _bubbles(pen: Pen, x: float, y: float, colour: str, ground: str) -> None:
    pen.rounded_rectangle(_s(x - 30, y - 22, x + 98, y + 66), 32 * _TWICE, fill=colour)
    pen.polygon([_s(x + 40, y + 60), _s(x + 78, y + 60), _s(x + 78, y + 96)], fill=colour)
    pen.rounded_rectangle(
        _s(x - 100, y - 84, x + 46, y + 18), 36 * _TWICE, fill=colour, outline=ground, width=10 * _TWICE
    )
    pen.polygon([_s(x - 70, y + 6), _s(x - 30, y + 6), _s(x - 70, y + 48)], fill=colour)
    for step in (-66, -27, 12):
        pen.ellipse(_s(x + step - 11, y - 44, x + step + 11, y - 22), fill=ground)


def _sliders(pen: Pen, x: float, y: float, colour: str, ground: str) -> None:
    for height, knob in ((-54, 36), (0, -36), (54, 14)):
        pen.line(_s(x - 84, y + height, x + 84, y + height), fill=colour, width=_STROKE * _TWICE)
        pen.ellipse(
            _s(x + knob - 25, y + height - 25, x + knob + 25, y + height + 25),
            fill=ground,
            outline=colour,
            width=_STROKE * _TWICE,
        )


_SIGNS: Final[dict[str, Callable[[Pen, float, float, str, str], None]]] = {
    "jobs": _briefcase,
    "analysis": _compass,
    "human": _bubbles,
    "settings": _sliders,
}


def fields(commands: list[str]) -> dict[str, tuple[int, int, int, int]]:
    """Command → x, y, width, height of its field: two by two, without gaps between them to tap into."""
    half, middle = WIDTH // 2, HEIGHT // 2
    return {
        command: (index % 2 * half, index // 2 * middle, half, middle) for index, command in enumerate(commands[:4])
    }


def draw(menu: dict[str, tuple[str, str]], strong: str = "human") -> bytes:
    """The picture as PNG, far below LINE's 1 MB. `menu`: command → title, words below it; `strong` is filled."""
    image = Image.new("RGB", (WIDTH * _TWICE, HEIGHT * _TWICE), _GROUND)
    pen = ImageDraw.Draw(image)
    for command, (x, y, width, height) in fields(list(menu)).items():
        title, words = menu[command]
        filled = command == strong
        card, ink, quiet = (_ACCENT, "#FFFFFF", "#E4F0EC") if filled else (_CARD, _INK, _QUIET)
        left = x + (_GAP if x == 0 else _GAP // 2)
        top = y + (_GAP if y == 0 else _GAP // 2)
        right = x + width - (_GAP // 2 if x == 0 else _GAP)
        bottom = y + height - (_GAP // 2 if y == 0 else _GAP)
        pen.rounded_rectangle(
            _s(left, top, right, bottom), 56 * _TWICE, fill=card, outline=card if filled else _LINE, width=4 * _TWICE
        )
        centre, eye = (left + right) / 2, top + 262
        disc = "#FFFFFF" if filled else _TINT
        pen.ellipse(_s(centre - 164, eye - 164, centre + 164, eye + 164), fill=disc)
        _SIGNS[command](pen, centre, eye, _ACCENT, disc)
        pen.text(
            (centre * _TWICE, (eye + 274) * _TWICE),
            title,
            font=_font(118),
            fill=ink,
            anchor="mm",
            stroke_width=2 * _TWICE,
            stroke_fill=ink,
        )
        pen.text((centre * _TWICE, (eye + 400) * _TWICE), words, font=_font(62), fill=quiet, anchor="mm")
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()
