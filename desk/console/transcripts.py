"""Transcripts as files: JSON, CSV, PDF, plain text. With notes or without."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pylopdf_fonts_jp
from django.http import HttpResponse
from fpdf import FPDF

from desk.console import tables
from desk.conversations import wire
from desk.conversations.models import Conversation, Event

TOKYO = ZoneInfo("Asia/Tokyo")
FORMATS = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
}
AUTHORS = {"user": "ご本人", "bot": "自動応答", "adviser": "アドバイザー", "system": "システム"}
_CHANGED = {
    "bot": "自動応答に戻りました",
    "queued": "順番待ちになりました",
    "scheduled": "連絡の予約が入りました",
    "active": "担当がつきました",
    "wrap_up": "終了処理に入りました",
    "closed": "相談を終えました",
    "abandoned": "相談者が離れました",
    "failed": "届けられなくなりました",
}
#: The page where the visitor leaves a contact is opened by whoever has its address: it stays theirs.
_VISITORS_LINK = re.compile(r"https?://[^\s/]+/appointment/\S+")
SHOWN = ("message", "note", "status", "rating")


def events_of(conversation: Conversation, *, notes: bool) -> list[Event]:
    """What was said, in order; without notes only what the visitor could see."""
    events = Event.objects.filter(conversation=conversation, type__in=SHOWN).select_related("user").order_by("seq")
    if not notes:
        events = events.filter(visibility=Event.Visibility.ALL)
    # Steps of a guided question that only move a bar say nothing.
    return [event for event in events if words(event)]


def speaker(event: Event) -> str:
    """Who said it, as a word."""
    if event.type == "note":
        return f"メモ（{event.user.desk_name}）" if event.user else "メモ"
    return str(event.data.get("name") or "") or AUTHORS[event.author]


def words(event: Event) -> str:
    """What is read of an event."""
    if event.type == "rating":
        return f"評価 {event.data.get('score', '')} / 5 {event.text}".strip()
    if event.type == "status":
        state = event.data.get("state")
        return event.text or _CHANGED.get(str(state), "")
    if event.text:
        return _VISITORS_LINK.sub("（連絡先を残すページ）", event.text)
    if event.data.get("card"):
        return "（自己分析の結果）"
    return "（画像）" if event.data.get("image") else ""


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    risky = cell[:1] in "\t\r" or cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    return f"'{cell}" if cell and risky else cell


def as_json(conversations: Iterable[Conversation], *, notes: bool) -> bytes:
    """All of it, as data."""
    result = [
        {
            "id": str(conversation.pk),
            "channel": conversation.channel,
            "state": conversation.state,
            "started_at": conversation.created_at.isoformat(),
            "labels": [label.name for label in conversation.labels.all()],
            "events": [wire.staff(event) for event in events_of(conversation, notes=notes)],
        }
        for conversation in conversations
    ]
    return json.dumps(result[0] if len(result) == 1 else result, ensure_ascii=False, indent=1).encode()


def as_csv(conversations: Iterable[Conversation], *, notes: bool) -> bytes:
    """A row an event."""
    return tables.csv_bytes(_rows(conversations, notes))


def _rows(conversations: Iterable[Conversation], notes: bool) -> Iterator[list[str]]:
    yield ["会話", "番号", "日時", "窓口", "種類", "発言者", "本文"]
    for conversation in conversations:
        for event in events_of(conversation, notes=notes):
            at = f"{event.at.astimezone(TOKYO):%Y-%m-%d %H:%M:%S}"
            cells = [str(conversation.pk), str(event.seq), at, conversation.channel, event.type]
            yield [*cells, safe(speaker(event)), safe(words(event))]


def as_txt(conversations: Iterable[Conversation], *, notes: bool) -> bytes:
    """Lines to read."""
    lines = []
    for conversation in conversations:
        lines.append(f"# {conversation.pk} {conversation.channel}")
        lines += [
            f"{event.at.astimezone(TOKYO):%Y-%m-%d %H:%M} {speaker(event)}: {words(event)}"
            for event in events_of(conversation, notes=notes)
        ]
    return ("\n".join(lines) + "\n").encode()


@lru_cache(maxsize=1)
def _font() -> str:
    return str(Path(pylopdf_fonts_jp.__file__).parent / "NotoSansJP-Regular.otf")


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(_font()) as font:
        return frozenset(font.getBestCmap())


def printable(text: str) -> str:
    """A text with only what the font can draw: emoji become 〓, joiners and selectors go."""
    return "".join(
        character if character == "\n" or ord(character) in _known() else "" if ord(character) in _UNSEEN else "〓"
        for character in text
    )


_UNSEEN = frozenset({0x200D, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x1F3FB, 0x1F400), 0x0D})


class _Pages(FPDF):
    def footer(self) -> None:
        self.set_y(-12)
        self.set_font("jp", size=8)
        self.set_text_color(110, 120, 117)
        self.cell(0, 6, f"{self.page_no()} / {{nb}}", align="C")


def as_pdf(conversations: Iterable[Conversation], *, notes: bool) -> bytes:
    """Pages to print, the font embedded as a subset."""
    pdf = _Pages(format="A4")
    pdf.set_margins(18, 16)
    pdf.set_auto_page_break(True, 18)
    pdf.add_font("jp", fname=_font())
    for conversation in conversations:
        pdf.add_page()
        pdf.set_text_color(35, 101, 91)
        pdf.set_font("jp", size=15)
        pdf.multi_cell(0, 8, "相談の記録", new_x="LMARGIN", new_y="NEXT")
        pdf.set_text_color(110, 120, 117)
        pdf.set_font("jp", size=8)
        started = conversation.created_at.astimezone(TOKYO)
        pdf.multi_cell(0, 5, f"{conversation.pk}  {started:%Y-%m-%d %H:%M}〜", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(3)
        for event in events_of(conversation, notes=notes):
            pdf.set_font("jp", size=8)
            pdf.set_text_color(110, 120, 117)
            head = f"{event.at.astimezone(TOKYO):%m/%d %H:%M}  {speaker(event)}"
            pdf.multi_cell(0, 5, printable(head), new_x="LMARGIN", new_y="NEXT")
            pdf.set_font("jp", size=10)
            pdf.set_text_color(34, 48, 45)
            pdf.multi_cell(0, 5.6, printable(words(event)), new_x="LMARGIN", new_y="NEXT")
            pdf.ln(2)
    return bytes(pdf.output())


_WRITERS: dict[str, Any] = {"json": as_json, "csv": as_csv, "pdf": as_pdf, "txt": as_txt}


def response(conversations: Iterable[Conversation], form: str, *, notes: bool, name: str) -> HttpResponse:
    """The file as a download."""
    answer = HttpResponse(_WRITERS[form](conversations, notes=notes), content_type=FORMATS[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer
