"""The picture and the sheet made from a self-analysis payload."""

from __future__ import annotations

import copy
import io
from datetime import date
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from bot import payloads
from desk.self_analysis.colours import ACCENT
from desk.self_analysis.lines import wrap
from desk.self_analysis.picture import draw_png
from desk.self_analysis.sheet import SheetError, make_sheet

DAY = date(2026, 11, 23)
ROW: dict[str, Any] = {
    "label": "深さと広さ",
    "left": "幅広く手助け",
    "right": "1つの分野を深く",
    "value": 1.0,
    "low": None,
    "high": None,
}
PAYLOAD: dict[str, Any] = {
    "version": "1.0.0",
    "axis": {"value": 0.4, "coverage": 0.8, "band": "slight"},
    "roles": [
        {"job": "経理", "score": 0.6, "sources": ["interest"]},
        {"job": "財務", "score": 0.5, "sources": ["interest"]},
    ],
    "evidence": [{"tag": "正確さ・ていねいさ", "words": "髙橋さんと伝票を確認した", "confirmed": True}],
    "counter": [{"tag": "電話・書類", "words": "電話が続くと疲れた"}],
    "conditions": ["働く時間や休み"],
    "confidence": "weak",
    "next_step": "簿記の入門書の第1章だけを読んでみる。",
    "chart": {
        "rows": [
            {"label": "全体", "left": "事務職", "right": "バックオフィス", "value": 0.4, "low": -0.2, "high": 1.0},
            ROW,
            {**ROW, "label": "入社後の勉強", "left": "当てはまらない", "right": "当てはまる", "value": None},
        ]
    },
    "card": {
        "headline": "どちらかといえば、バックオフィスの専門の仕事に近い答えです。",
        "clues": ["正確さ：「髙橋さんと﨑山さん、𠮷野さんの伝票を確認した」"],
        "cautions": ["「電話が続くと疲れた」とのことなので、先に確かめると安心です。"],
        "sureness": "弱めです。向きは見えていますが、差は大きくありません。",
        "next": "簿記の入門書の第1章だけを読んでみる。",
    },
    "draft": {
        "situation": "",
        "task": "",
        "action": "確認した",
        "result": "",
        "text": "私の強みは、確かめながら進めることです。\n確認した",
    },
    "wish": "平日に料理をする余裕がある",
}


def text_of(sheet: bytes) -> str:
    pages = PdfReader(io.BytesIO(sheet)).pages
    assert len(pages) == 1
    # pypdf gives the high byte of every two-byte code as a NUL; other readers do not
    return "".join(pages[0].extract_text().replace("\x00", "").split())


def test_the_payload_is_of_the_published_schema() -> None:
    payloads.validate({"self_analysis": PAYLOAD})


@pytest.mark.parametrize("width", [1040, 240])
def test_the_picture_fits_line(width: int) -> None:
    picture = draw_png(PAYLOAD, width)
    assert len(picture) < 300_000
    image = Image.open(io.BytesIO(picture))
    assert (image.format, image.width) == ("PNG", width)
    colours = image.convert("RGB").getcolors(1 << 20)
    assert colours is not None
    assert len(colours) > 3, "something is drawn"


def test_the_place_of_the_dot_follows_the_value() -> None:
    def accent_columns(value: float) -> float:
        payload = copy.deepcopy(PAYLOAD)
        payload["chart"]["rows"] = [{**payload["chart"]["rows"][0], "value": value, "low": None, "high": None}]
        image = Image.open(io.BytesIO(draw_png(payload))).convert("RGB")
        pixels = image.load()
        assert pixels is not None
        columns = [x for x in range(image.width) for y in range(image.height) if pixels[x, y] == ACCENT]
        return sum(columns) / len(columns)

    assert accent_columns(-1.0) < accent_columns(0.0) < accent_columns(1.0)


def test_the_sheet_is_one_page_with_the_persons_words_and_rare_characters() -> None:
    sheet = make_sheet(PAYLOAD, made_on=DAY)
    text = text_of(sheet)
    for words in (
        "自己分析シート",
        "2026年11月23日",
        "髙橋さんと﨑山さん、𠮷野さん",
        "平日に料理をする余裕がある",
        "確認した",
        "経理、財務",
    ):
        assert words in text
    assert b"NotoSansJP" in sheet
    assert len(sheet) < 300_000


def test_the_same_payload_gives_the_same_sheet() -> None:
    assert make_sheet(PAYLOAD, made_on=DAY) == make_sheet(PAYLOAD, made_on=DAY)


def test_the_persons_own_draft_takes_the_place_of_ours() -> None:
    text = text_of(make_sheet(PAYLOAD, made_on=DAY, draft="わたしの言葉で書き直しました。"))
    assert "わたしの言葉で書き直しました。" in text
    assert "私の強みは" not in text


def test_a_long_result_still_fits_on_one_page() -> None:
    payload = copy.deepcopy(PAYLOAD)
    payload["card"]["clues"] = [f"手がかり{number}：「{'あ' * 42}」" for number in range(8)]
    payload["card"]["cautions"] = ["い" * 90 for _ in range(5)]
    assert "私の強みは" in text_of(make_sheet(payload, made_on=DAY))


def test_what_cannot_fit_is_said() -> None:
    payload = copy.deepcopy(PAYLOAD)
    payload["card"]["clues"] = ["あ" * 1900 for _ in range(8)]
    with pytest.raises(SheetError, match="短くしてください"):
        make_sheet(payload, made_on=DAY)


def test_lines_never_begin_with_a_closing_mark() -> None:
    for width in range(2, 12):
        lines = wrap("電話が続くと、「疲れた」ことがあります。そうです！", width, len)
        assert "".join(lines) == "電話が続くと、「疲れた」ことがあります。そうです！"
        assert all(len(line) <= width for line in lines)
        assert not any(line[0] in "、。」！" for line in lines[1:])
