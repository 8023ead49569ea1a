"""What is said in dialect is read as the common language says it; what only looks like it is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.dialect import READINGS, in_common_language
from bot.nlu.normalise import normalise


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("免停なってもうて", "免停なってしまって"),
        ("飲んでもうた", "飲んでしまった"),
        ("忘れてもた", "忘れてしまった"),
        ("辞めてしもた", "辞めてしまった"),
        ("わからへん", "わからない"),
        ("行かへんかった", "行かなかった"),
        ("できひんの？", "できないの?"),
        ("意味がわからん", "意味がわからない"),
        ("使えんくて", "使えなくて"),
        ("そんなんあらへんわ", "そんなんないわ"),
        ("資格とらなあかん？", "資格とらないとだめ?"),
        ("向いとらん", "向いてない"),
        ("何しとると？", "何してると?"),
        ("思っとった", "思ってた"),
        ("四十八なんやけど", "四十八なんだけど"),
        ("口下手やけん裏方", "口下手だから裏方"),
        ("向いとるやろか", "向いてるだろうか"),
        ("どげんしたらよか？", "どうしたらいい?"),
        ("なんぼもらえるん", "いくらもらえるん"),
        ("それちゃうで", "それ違うで"),
    ],
)
def test_read_as_the_common_language(typed: str, read: str) -> None:
    assert normalise(typed).text == read


@pytest.mark.parametrize(
    "typed",
    [
        "辞めてもう半年",
        "それでもたぶん受かる",
        "何をしてもたのしくない",
        "休んでもたいしたことない",
        "ここらへんの会社",
        "たいへんな仕事",
        "ほとんどない",
        "やけどした",
        "そういうのやってる?",
        "簿記とるべき",
        "仕事やろうか",
        "辞めちゃう",
    ],
)
def test_what_only_looks_like_it_is_left_alone(typed: str) -> None:
    assert normalise(typed).text == typed


_SOUNDS = sorted({word for _, words, _, _ in READINGS for word in words.split("|")})


@given(st.lists(st.one_of(st.sampled_from([*_SOUNDS, "て", "行か", "し", "たら", "けど", "。"]), st.text(max_size=3))))
def test_every_character_knows_where_it_stood(parts: list[str]) -> None:
    typed = "".join(parts)
    level = normalise(typed)
    assert len(level.text) == len(level.starts) == len(level.ends)
    assert all(0 <= start < end <= len(typed) for start, end in zip(level.starts, level.ends, strict=True))
    assert list(level.starts) == sorted(level.starts)


@given(st.lists(st.one_of(st.sampled_from([*_SOUNDS, "て", "行か", "し", "けど"]), st.text(max_size=3))))
def test_pieces_cover_the_text_in_order(parts: list[str]) -> None:
    text = "".join(parts)
    pieces = in_common_language(text)
    if pieces is None:
        return
    assert [start for _, start, _ in pieces] == [0, *(end for _, _, end in pieces[:-1])]
    assert pieces[-1][2] == len(text)
