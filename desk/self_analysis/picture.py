"""Draws the result of the self-analysis as a PNG: where the person stands on each axis, with the spread, no grades."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_jp import sans_path

from desk.self_analysis.colours import ACCENT, INK, LINE, QUIET, SPREAD
from desk.self_analysis.lines import wrap

# Drawn at this width and scaled from it, so that a preview is the same picture, only smaller. LINE shows 1040 px.
_WIDTH: Final = 1040
_MARGIN: Final = 56
_GROUND: Final = (255, 255, 255)


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(sans_path()), size)


def draw_png(payload: dict[str, Any], width: int = _WIDTH) -> bytes:
    """The picture of a `custom.self_analysis` payload.

    Args:
        payload: as `bot.payloads.SELF_ANALYSIS` describes it, with `chart` and `card`.
        width: pixels; the height follows.

    Raises:
        KeyError: the payload has no `chart` or `card`.
    """
    rows: list[dict[str, Any]] = payload["chart"]["rows"]
    # A heading is read as a whole: rather a short first line than a word cut in two.
    headline = wrap(payload["card"]["headline"], _WIDTH - 2 * _MARGIN, _font(38).getlength, comma_from=0.3)
    jobs = "、".join(role["job"] for role in payload["roles"])
    closing = wrap(f"読んでみてほしい仕事：{jobs}" if jobs else "", _WIDTH - 2 * _MARGIN, _font(30).getlength)
    head = 104 + 54 * len(headline) + 16
    top = head + 40
    height = top + 176 + 112 * (len(rows) - 1) + 44 * len(closing) + 92
    image = Image.new("RGB", (_WIDTH, height), _GROUND)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, _WIDTH, head), fill=ACCENT)
    draw.text((_MARGIN, 40), "自己分析の結果", font=_font(26), fill=SPREAD)
    y = 88
    for line in headline:
        draw.text((_MARGIN, y), line, font=_font(38), fill=_GROUND)
        y += 54
    y = top
    for index, row in enumerate(rows):
        _row(draw, row, y, main=index == 0)
        y += 152 if index == 0 else 112
    y += 12
    for line in closing:
        draw.text((_MARGIN, y), line, font=_font(30), fill=INK)
        y += 44
    draw.text((_MARGIN, height - 60), "検査ではなく、会話のきっかけです。", font=_font(24), fill=QUIET)
    if width != _WIDTH:
        image = image.resize((width, round(height * width / _WIDTH)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _row(draw: ImageDraw.ImageDraw, row: dict[str, Any], y: int, *, main: bool) -> None:
    """One axis: its name, its two ends, a line, the spread as a band and the place as a dot."""
    left, right = _MARGIN + 12, _WIDTH - _MARGIN - 12
    small = _font(28 if main else 24)
    if not main:
        draw.text((_WIDTH / 2, y), row["label"], font=_font(24), fill=QUIET, anchor="ma")
    draw.text((_MARGIN, y), row["left"], font=small, fill=INK)
    draw.text((_WIDTH - _MARGIN, y), row["right"], font=small, fill=INK, anchor="ra")
    line = y + (74 if main else 58)

    def at(value: float) -> float:
        return left + (value + 1) / 2 * (right - left)

    if row["low"] is not None and row["high"] is not None:
        draw.rounded_rectangle((at(row["low"]) - 12, line - 18, at(row["high"]) + 12, line + 18), 18, fill=SPREAD)
    draw.line((left, line, right, line), fill=LINE, width=4)
    draw.line((at(0), line - 12, at(0), line + 12), fill=LINE, width=4)
    if row["value"] is None:
        text = "まだ答えがありません"
        half = small.getlength(text) / 2 + 12
        draw.rectangle((at(0) - half, line - 18, at(0) + half, line + 18), fill=_GROUND)
        draw.text((at(0), line), text, font=_font(22), fill=QUIET, anchor="mm")
        return
    radius = 18 if main else 13
    place = at(row["value"])
    draw.ellipse((place - radius, line - radius, place + radius, line + radius), fill=ACCENT, outline=_GROUND, width=3)
    if main:
        draw.text((_WIDTH / 2, line + 28), "●は答えの平均、帯は答えのばらつき", font=_font(22), fill=QUIET, anchor="ma")
