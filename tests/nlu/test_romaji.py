"""Japanese in Latin letters is read as hiragana, and English is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.normalise import normalise
from bot.nlu.romaji import in_kana
from bot.safety.rules import detect


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Keiri no shigoto wa?", "けいりのしごとは?"),
        ("jimu zangyo", "じむ ざんぎょう"),
        ("zangyō ooi?", "ざんぎょう おおい?"),
        ("konnichiwa", "こんにちわ"),
        ("hon'nin", "ほんにん"),
        ("matte kudasai", "まってください"),
        ("chigau, jinji no hanashi", "ちがう、じんじのはなし"),
        ("IT gyoukai demo jimu aru?", "it ぎょうかいでもじむ ある?"),
        ("shikaku nashi でも平気?", "しかく なし でも平気?"),
        ("nenshu wa dorekurai?", "ねんしゅうはどれくらい?"),
        ("somu to romu no kyuryo", "そうむとろうむのきゅうりょう"),
        ("daijobu kana", "だいじょうぶかな"),
        ("koko de soko", "ここでそこ"),
        ("kaisha no rule tsukuru no mo?", "かいしゃのrule つくるのも?"),
    ],
)
def test_read_as_hiragana(typed: str, read: str) -> None:
    assert normalise(typed).text == read


@pytest.mark.parametrize(
    "typed",
    [
        "what kind of work is this?",
        "one more time",
        "do I need a license?",
        "remote",
        "please tell me about the office",
        "OK",
        "Excel",
        "TOEIC 600",
        "home",
        "AI",
        "y",
        "kintoneって使う?",
        "人事のKPI",
        "Notionは使いますか",
    ],
)
def test_left_as_it_is(typed: str) -> None:
    assert in_kana(normalise(typed).text) is None


@given(st.text(st.sampled_from("aiueoknshtmyrwgzdbpjfcv' ,.?!人の経理"), max_size=40))
def test_pieces_come_in_order_and_point_into_the_text(typed: str) -> None:
    at = 0
    for chars, start, end in in_kana(typed) or ():
        assert chars
        assert at <= end <= len(typed)
        assert start < end
        at = max(at, start)


@given(st.text(st.sampled_from("aiueoknshtmy 人の"), max_size=40))
def test_read_once_is_read(typed: str) -> None:
    once = normalise(typed).text
    assert normalise(once).text == once


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("mou shinitai desu", "crisis"), ("kietai", "crisis"), ("tomodachi ga shinitai to itteru", "crisis_other")],
)
def test_danger_is_found_in_latin_letters(typed: str, kind: str) -> None:
    found = detect(typed)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("typed", ["shinitakunai", "shindan yaritai", "jimu wa shinpai desu", "sinitial offer"])
def test_what_only_looks_alike_is_no_danger(typed: str) -> None:
    assert detect(typed) is None
