"""Makes the 自己分析シート: one A4 page (PDF) for the person to keep, with an editable draft of 自己PR."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from typing import Any, Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from pylopdf_fonts_jp import sans_path

from desk.self_analysis.colours import ACCENT, INK, LINE, QUIET, SPREAD
from desk.self_analysis.lines import wrap

# Making a subset of the font logs every glyph of the page at INFO.
logging.getLogger("fontTools").setLevel(logging.WARNING)

_MARGIN: Final = 16.0
_WIDTH: Final = 210.0 - 2 * _MARGIN
_BOTTOM: Final = 297.0 - 14.0
# What does not fit on the page at one size is set at the next.
_SIZES: Final = (9.5, 8.5, 7.5, 6.5)
# A person's own wording is held to 900 characters (drafts.py); a draft adds its marks of what is missing.
_DRAFT_LIMIT: Final = 1_100
_QUOTE_LIMIT: Final = 120


class SheetError(ValueError):
    """The payload cannot be set on one page."""


def make_sheet(
    payload: dict[str, Any], *, made_on: date, draft: str | None = None, service_name: str = "道しるべ"
) -> bytes:
    """The sheet of a `custom.self_analysis` payload.

    Args:
        payload: as `bot.payloads.SELF_ANALYSIS` describes it, with `chart` and `card`.
        made_on: the date on the sheet (Asia/Tokyo).
        draft: the person's own edited 自己PR; the draft of the payload when None.
        service_name: shown at the foot.

    Returns:
        A one-page PDF. The same arguments give the same bytes.

    Raises:
        KeyError: the payload has no `chart` or `card`.
        SheetError: it does not fit even at the smallest size.
    """
    own = draft if draft is not None else (payload.get("draft") or {}).get("text", "")
    for size in _SIZES:
        pdf = _set(payload, made_on, own, service_name, size)
        if pdf is not None:
            return bytes(pdf.output())
    raise SheetError("自己分析シートが1ページに入りません。自己PRの下書きを短くしてください。")


def _set(payload: dict[str, Any], made_on: date, own: str, service_name: str, size: float) -> FPDF | None:
    """The page at one text size; None if it runs over."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(_midnight(made_on))
    pdf.set_title("自己分析シート")
    pdf.set_lang("ja")
    pdf.set_author(service_name)
    pdf.set_margins(_MARGIN, 14, _MARGIN)
    pdf.set_auto_page_break(False)
    pdf.add_page()
    pdf.add_font("jp", "", str(sans_path()))
    card = payload["card"]

    _say(pdf, "自己分析シート", 17, ACCENT)
    _say(pdf, f"{made_on.year}年{made_on.month}月{made_on.day}日　検査ではなく、会話のきっかけです", 8, QUIET)
    pdf.ln(1.5)
    _say(pdf, card["headline"], size + 3.5, INK)
    pdf.ln(1)
    _chart(pdf, payload["chart"]["rows"], size)
    _part(pdf, "手がかり（あなたの言葉）", card["clues"] or ["まだありません"], size)
    _part(
        pdf,
        "合わないかもしれないこと・確かめたいこと",
        card["cautions"] or ["今の答えからは見つかりませんでした"],
        size,
    )
    _part(pdf, "どのくらい確かか", [card["sureness"], *card.get("more", [])], size)
    jobs = "、".join(role["job"] for role in payload["roles"])
    _part(pdf, "読んでみてほしい仕事と、次の一歩", [part for part in (_with(jobs, card), card["next"]) if part], size)
    if payload["conditions"]:
        _part(pdf, "ゆずれない条件", ["、".join(payload["conditions"])], size)
    if payload.get("wish"):
        _part(pdf, "1年後に「よかった」と思えること", [payload["wish"][:_QUOTE_LIMIT]], size)
    _part(pdf, "自己PRの下書き（自分の言い方に直して使ってください）", None, size)
    _box(pdf, own[:_DRAFT_LIMIT], size)
    if pdf.get_y() > _BOTTOM - 4:
        return None
    pdf.set_y(_BOTTOM)
    _say(pdf, f"{service_name}　自己分析 {payload['version']}", 7, QUIET)
    return pdf


def _with(jobs: str, card: dict[str, Any]) -> str:
    """The jobs and the sentence about them, in one line."""
    about = card.get("jobs", "")
    return f"{jobs}（{about.rstrip('。')}）" if jobs and about else jobs or about


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _say(pdf: FPDF, text: str, size: float, colour: tuple[int, int, int], indent: float = 0) -> None:
    pdf.set_font("jp", size=size)
    pdf.set_text_color(*colour)
    for line in wrap(text, _WIDTH - indent - 1, pdf.get_string_width):
        pdf.set_x(_MARGIN + indent)
        pdf.cell(_WIDTH - indent, size * 0.56, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _part(pdf: FPDF, title: str, lines: list[str] | None, size: float) -> None:
    pdf.ln(size * 0.18)
    _say(pdf, title, size + 1, ACCENT)
    for line in lines or []:
        pdf.set_font("jp", size=size)
        pdf.set_text_color(*INK)
        pdf.set_x(_MARGIN)
        pdf.cell(4, size * 0.56, "・")
        _say(pdf, line, size, INK, indent=4)


def _box(pdf: FPDF, text: str, size: float) -> None:
    """The draft in a frame with room to write."""
    top = pdf.get_y() + 1
    pdf.set_y(top + 2)
    _say(pdf, text or "（ここに自分の言葉で書いてください）", size, INK if text else QUIET, indent=3)
    bottom = max(pdf.get_y() + 2, min(top + 30, _BOTTOM - 6))
    pdf.set_draw_color(*LINE)
    pdf.rect(_MARGIN, top, _WIDTH, bottom - top)
    pdf.set_y(bottom)


def _left_end(row: dict[str, Any]) -> str:
    """The left end's words; where both ends only say how much, with what they are about."""
    return f"{row['label']}：{row['left']}" if row["left"] == "当てはまらない" else str(row["left"])


def _chart(pdf: FPDF, rows: list[dict[str, Any]], size: float) -> None:
    """Each axis as a line with the person's place; the whole with its spread."""
    left, right = _MARGIN + 52, 210 - _MARGIN - 52
    step = size * 0.72

    def at(value: float) -> float:
        return left + (value + 1) / 2 * (right - left)

    for index, row in enumerate(rows):
        y = pdf.get_y() + step / 2
        pdf.set_font("jp", size=size)
        pdf.set_text_color(*INK)
        pdf.set_xy(_MARGIN, y - step / 2)
        pdf.cell(50, step, _left_end(row), align="R")
        pdf.set_xy(right + 2, y - step / 2)
        pdf.cell(50, step, row["right"], align="L")
        if row["low"] is not None and row["high"] is not None:
            pdf.set_fill_color(*SPREAD)
            pdf.rect(at(row["low"]), y - 1.6, max(at(row["high"]) - at(row["low"]), 0.5), 3.2, style="F")
        pdf.set_draw_color(*LINE)
        pdf.set_line_width(0.4)
        pdf.line(left, y, right, y)
        pdf.line(at(0), y - 1.2, at(0), y + 1.2)
        if row["value"] is not None:
            radius = 1.9 if index == 0 else 1.3
            pdf.set_fill_color(*ACCENT)
            pdf.ellipse(at(row["value"]) - radius, y - radius, 2 * radius, 2 * radius, style="F")
        pdf.set_xy(_MARGIN, y + step / 2)
    pdf.set_line_width(0.2)
