"""The pure parts: signatures, counting, composing; and the stand-in against LINE's own description."""

from __future__ import annotations

import json
from typing import Any

import pytest

import tests.desk.django_env  # noqa: F401 - before anything imports settings
from desk.channels.line import compose, limits, parse, signature
from desk.channels.line.management.commands.line_menu import drawn, menu
from desk.conversations.models import Event
from tests.line import description
from tests.line.stand_in_line import faults_of


@pytest.mark.parametrize(
    ("secret", "body", "expected"),
    [
        (
            "8c570fa6dd201bb328f1c1eac23a96d8",
            b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}',
            "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=",
        ),
        ("channel_secret", b"bodybodybodybody", "/gg9a+LvFevTH1sd7XCQycD7tsWclCsInj7MhBHxN7k="),
    ],
)
def test_official_signatures(secret: str, body: bytes, expected: str) -> None:
    assert signature.sign(secret, body) == expected
    assert signature.verify(["new", secret], body, expected)
    assert not signature.verify([secret], body + b" ", expected)
    assert not signature.verify([], body, expected)


def test_counting() -> None:
    assert limits.graphemes("葛\U000e0100") == 1
    assert limits.utf16("葛\U000e0100") == 3
    assert limits.graphemes("👨‍👩‍👧が") == 2
    assert limits.cut_graphemes("👨‍👩‍👧" * 21, 20) == "👨‍👩‍👧" * 19 + "…"
    assert limits.cut_utf16("😀" * 11, 20) == "😀" * 9 + "…"
    text = "あ😀" * 4000
    pieces = limits.split_utf16(text)
    assert "".join(pieces) == text
    assert max(map(limits.utf16, pieces)) <= 5000


def event(text: str = "", author: str = "bot", seq: int = 7, **data: Any) -> Event:
    return Event(conversation_id="5b3c0a52-0000-4000-8000-000000000000", seq=seq, author=author, text=text, data=data)


def choices(count: int, title: str = "えらぶ") -> list[dict[str, str]]:
    return [{"title": f"{title}{number}", "payload": "/x", "question": ""} for number in range(count)]


@pytest.mark.parametrize(
    "events",
    [
        [event("こんにちは")],
        [event("😀" * 20_000)],
        [event(str(number), seq=number) for number in range(12)],
        [event("Q", choices=choices(13, "長い題名" * 8))],
        [event("Q", choices=choices(40))],
        [event("", choices=choices(2))],
        [event("adv", author="adviser", name="とても長い名前の担当者" * 4)],
        [event("adv", author="adviser", name="ＬＩＮＥ担当")],
        [
            event(
                "",
                card={
                    "kind": "self_analysis",
                    "card": {
                        "headline": "見出し" * 700,
                        "clues": ["手がかり" * 400] * 60,
                        "cautions": ["注意" * 400] * 60,
                        "sureness": "確か" * 900,
                        "next": "次" * 900,
                    },
                },
            )
        ],
        [event("{brace} @x", image="https://example.jp/a.png")],
    ],
)
def test_nothing_is_composed_that_line_refuses(events: list[Event]) -> None:
    messages = compose.bundle(events)
    assert faults_of(messages) == []
    assert json.dumps(messages)


def test_nothing_visible_gives_no_message() -> None:
    assert compose.bundle([event(progress={"step": 1, "of": 3}), event("  ")]) == []


def test_a_result_is_its_card_and_not_its_text_too() -> None:
    words = {
        "headline": "見出し",
        "clues": ["手がかり1"],
        "cautions": [],
        "sureness": "弱めです。",
        "more": ["両方の間にある仕事もあります：総務。"],
        "jobs": "この順に手がかりが多めです。",
        "next": "次の一歩1",
        "closing": ["検査ではありません。"],
    }
    card = {"kind": "self_analysis", "roles": [{"job": "総務"}, {"job": "人事"}], "card": words}
    [message] = compose.bundle([event("見出し\n手がかり1", card=card)])
    assert message["type"] == "flex"
    assert message["altText"] == "自己分析の結果です。見出し"
    shown = json.dumps(message["contents"], ensure_ascii=False)
    for said in ("見出し", "手がかり1", "両方の間", "総務、人事", "この順に", "次の一歩1", "検査では"):
        assert said in shown
    [plain] = compose.bundle([event("結果の文", card={"kind": "self_analysis", "roles": []})])
    assert plain == {"type": "text", "text": "結果の文"}, "what a card cannot hold is said in words"


def test_the_newest_choices_are_on_the_last_message() -> None:
    messages = compose.bundle([event("Q", choices=choices(2)), event("after", seq=8)])
    assert "quickReply" not in messages[0]
    assert len(messages[1]["quickReply"]["items"]) == 2


def test_the_stand_in_refuses_what_line_refuses() -> None:
    text = {"type": "text", "text": "a"}
    label = {"items": [{"type": "action", "action": {"type": "postback", "label": "あ" * 21, "data": "x"}}]}
    for wrong in (
        [],
        [text] * 6,
        [{"type": "text"}],
        [{"type": "bogus"}],
        [{"type": "text", "text": "😀" * 2501}],
        [{**text, "quickReply": label}],
        [{**text, "quickReply": {"items": label["items"] * 14}}],
        [{**text, "sender": {"name": "Cafe LINE"}}],
        [{"type": "image", "originalContentUrl": "http://a/b", "previewImageUrl": "https://a/b"}],
        [{"type": "flex", "altText": "x", "contents": {"x": "y" * 31_000}}],
    ):
        assert faults_of(wrong), wrong


def test_the_menu_is_within_limits() -> None:
    made = menu()
    assert limits.graphemes(made["chatBarText"]) <= limits.CHAT_BAR
    assert [area["action"]["data"] for area in made["areas"]] == ["m=jobs", "m=analysis", "m=human", "m=settings"]
    assert len(drawn()) < 1_000_000


@pytest.mark.skipif(bool(description.WHY_NOT), reason=description.WHY_NOT)
def test_lines_own_sample_events_are_understood() -> None:
    raw = (description.FOLDER / "sample-webhook-events.json").read_bytes()
    parsed = parse.parse(raw, now_ms=1)
    assert len(parsed) == len(json.loads(raw)["events"])
    assert {"message", "follow", "unfollow", "unsend", "postback"} & {item.kind for item in parsed}


@pytest.mark.skipif(bool(description.WHY_NOT), reason=description.WHY_NOT)
def test_what_we_send_follows_lines_description() -> None:
    card = {"headline": "h", "clues": ["c"], "cautions": [], "sureness": "s", "next": "n"}
    for events in (
        [event("a", choices=choices(13))],
        [event("b", author="adviser", name="森")],
        [event("", card={"kind": "self_analysis", "card": card}), event("x", image="https://a.jp/b.png")],
        [event("Go", link={"url": "https://a.jp/line/link?linkToken=x", "code": "ABCD2345"})],
        [event("Go", link={"url": "", "code": "ABCD2345"})],
    ):
        body = {"to": "U1", "messages": compose.bundle(events)}
        assert description.wrong_of("PushMessageRequest", body) == []
        assert faults_of(body["messages"]) == []
    assert description.wrong_of("RichMenuRequest", menu()) == []
    assert description.wrong_of("PushMessageRequest", {"to": "U1", "messages": [{"type": "text"}]})
    assert description.wrong_of("PushMessageRequest", {"to": "U1", "messages": [{"type": "bogus"}]})
