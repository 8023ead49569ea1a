"""A website visitor goes on in LINE, and parts from it: over HTTP, with LINE and the engine as stand-ins."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.desk.served import Process, Visitor, wait_until
from tests.line.stand_in_line import StandInLine

Query = Callable[..., list[Any]]


@pytest.fixture
def visitor(line_desk: Process) -> Iterator[Visitor]:
    guest = Visitor(line_desk.url).open().listen()
    yield guest
    guest.close()


@pytest.fixture
def browser(line_desk: Process) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=line_desk.url, trust_env=False) as client:
        yield client


def wait_text(line: StandInLine, user: str, part: str, seconds: float = 30) -> None:
    wait_until(lambda: any(part in text for text in said(line, user)), seconds, f"{part!r} in {said(line, user)}")


def said(line: StandInLine, user: str) -> list[str]:
    """Texts, and the alternative texts of cards."""
    return [message.get("text") or message.get("altText", "") for message in line.screens.get(user, [])]


def code_of(visitor: Visitor) -> str:
    answer = visitor.call("POST", "line")
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["code"] in parse_qs("t=" + urlsplit(body["url"]).query)["t"][0]
    assert body["qr"]["size"] > 20
    assert body["qr"]["path"].startswith("M")
    return str(body["code"])


def page_of(line: StandInLine, user: str, code: str) -> str:
    """Path of the page that the button leads to."""
    before = len(line.screens.get(user, []))
    line.post(line.text(user, f"連携 {code}"))
    cards = wait_until(lambda: [m for m in line.screens.get(user, [])[before:] if m["type"] == "flex"], 30)
    parts = urlsplit(cards[0]["contents"]["footer"]["contents"][0]["action"]["uri"])
    return f"{parts.path}?{parts.query}"


def agree(browser: httpx.Client, path: str) -> httpx.Response:
    """Look at the page, press the button; LINE's dialog is answered by the stand-in."""
    seen = browser.get(path)
    assert seen.status_code == 200
    given = {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}
    assert f'value="{given["code"][:4]}-{given["code"][4:]}"' in seen.text
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', seen.text)[0]
    answer = browser.post("/line/link", data={**given, "csrfmiddlewaretoken": token})
    if answer.status_code == 302:
        httpx.get(answer.headers["location"], trust_env=False)
    return answer


def link(line: StandInLine, browser: httpx.Client, visitor: Visitor, user: str) -> None:
    assert agree(browser, page_of(line, user, code_of(visitor))).status_code == 302
    wait_text(line, user, "ウェブの相談とつながりました")


def senders(query: Query, user: str) -> list[Any]:
    return query(
        "SELECT c.channel, c.sender_id, c.person_id FROM conversations_conversation c"
        " WHERE c.person_id = (SELECT person_id FROM conversations_identity WHERE external_id = ?) ORDER BY c.channel",
        user,
    )


def test_a_visitor_goes_on_in_line_and_parts_again(
    line: StandInLine, browser: httpx.Client, visitor: Visitor, user: str, query: Query
) -> None:
    line.post(line.event(user, "follow", follow={"isUnblocked": False}))
    wait_text(line, user, "greeting")
    former = senders(query, user)
    assert visitor.call("GET", "line").json() == {"available": True, "linked": False}
    link(line, browser, visitor, user)
    visitor.wait_for(
        "LINE とつながりました。続きは LINE でもお話しいただけます。連携はいつでも解除できます。", "system"
    )
    assert visitor.call("GET", "line").json()["linked"] is True
    # One person, one tracker: the website's. The former LINE sender is to be forgotten by the engine.
    now = senders(query, user)
    assert [row[0] for row in now] == ["line", "web"]
    assert now[0][1:] == now[1][1:] != former[0][1:]
    assert query("SELECT count(*) FROM conversations_tombstone WHERE sender = ?", former[0][1]) == [(1,)]
    line.post(line.text(user, "on LINE"))
    wait_text(line, user, "p2: on LINE")
    # Both transcripts are the person's now.
    assert {one["channel"] for one in visitor.call("GET", "data").json()["conversations"]} == {"web", "line"}

    # From the website's side, at any time.
    assert visitor.call("DELETE", "line").status_code == 204
    wait_text(line, user, "連携を解除しました")
    visitor.wait_for("LINE との連携を解除しました。", "system")
    assert visitor.call("GET", "line").json()["linked"] is False
    apart = senders(query, user)
    assert [row[0] for row in apart] == ["line"]
    assert apart[0][1] not in {now[0][1], former[0][1]}
    line.post(line.text(user, "alone"))
    wait_text(line, user, "p2: alone")
    assert {one["channel"] for one in visitor.call("GET", "data").json()["conversations"]} == {"web"}
    agreed = query("SELECT count(*) FROM conversations_consent WHERE person_id = ? AND kind = 'chat'", apart[0][2])
    assert agreed[0][0] >= 1

    # Again, and from LINE's side.
    link(line, browser, visitor, user)
    line.post(line.event(user, "postback", postback={"data": "m=settings"}))
    wait_until(lambda: "quickReply" in line.last(user) and "設定です" in line.last(user).get("text", ""))
    line.post(line.tap(user, "ウェブとの連携を解除する"))
    wait_until(lambda: visitor.call("GET", "line").json()["linked"] is False)


def test_deleting_on_either_side_takes_both_while_linked(
    line: StandInLine, browser: httpx.Client, visitor: Visitor, user: str, query: Query
) -> None:
    link(line, browser, visitor, user)
    line.post(line.text(user, f"secret {user}"))
    wait_text(line, user, f"p2: secret {user}")
    assert visitor.call("DELETE", "data").status_code == 204
    assert query("SELECT count(*) FROM conversations_identity WHERE external_id = ?", user) == [(0,)]
    assert query("SELECT count(*) FROM conversations_event WHERE text LIKE ?", f"%secret {user}%") == [(0,)]


def test_codes_work_once_and_are_not_guessed(
    line: StandInLine, browser: httpx.Client, visitor: Visitor, user: str
) -> None:
    line.post(line.text(user, "連携 ABCD-2345"))
    wait_text(line, user, "その番号は使えません")
    # What merely looks like a code is a message.
    line.post(line.text(user, "word 2222"))
    wait_text(line, user, "p2: word 2222")
    path = page_of(line, user, code_of(visitor))
    assert agree(browser, path).status_code == 302
    wait_text(line, user, "ウェブの相談とつながりました")
    again = agree(browser, path)
    assert again.status_code == 422
    assert "その番号は使えません" in again.text
    for _ in range(12):
        line.post(line.text(user, "連携 WXYZ-9876"))
    wait_text(line, user, "少しお待ち")


def test_a_refusal_at_line_is_said_on_the_website(
    line: StandInLine, browser: httpx.Client, visitor: Visitor, user: str
) -> None:
    line.agrees = False
    try:
        assert agree(browser, page_of(line, user, code_of(visitor))).status_code == 302
        visitor.wait_for(
            "LINE とつなげませんでした。お手数ですが、もう一度「LINEで続ける」からお試しください。", "system"
        )
    finally:
        line.agrees = True
    assert visitor.call("GET", "line").json()["linked"] is False


def test_a_visitor_has_one_line_account(line: StandInLine, browser: httpx.Client, visitor: Visitor, user: str) -> None:
    link(line, browser, visitor, user)
    other = "U" + uuid.uuid4().hex
    assert agree(browser, page_of(line, other, code_of(visitor))).status_code == 302
    wait_text(line, other, "すでに別の LINE とつながっています")


def test_an_account_linked_anew_leaves_the_earlier_visitor_as_it_was(
    line: StandInLine, browser: httpx.Client, visitor: Visitor, user: str, line_desk: Process, query: Query
) -> None:
    link(line, browser, visitor, user)
    visitor.send_surely("still here")
    later = Visitor(line_desk.url).open().listen()
    try:
        link(line, browser, later, user)
        wait_until(lambda: later.call("GET", "line").json()["linked"])
        assert visitor.call("GET", "line").json()["linked"] is False
        visitor.send_surely("and now")
        visitor.wait_for("p2: and now")
        assert len({row[1] for row in senders(query, user)}) == 1
    finally:
        later.close()


def test_invented_nonces_and_link_tokens_change_nothing(
    line: StandInLine, browser: httpx.Client, visitor: Visitor, user: str
) -> None:
    for nonce in ("", "x" * 43, 5, None):
        event = line.event(user, "accountLink", link={"result": "ok", "nonce": nonce})
        assert line.post(event).status_code == 200
    line.post(line.text(user, "after"))
    wait_text(line, user, "p2: after")
    assert not any("つながりました" in text for text in said(line, user))
    for token in ("", "a b", "<script>", "x" * 500):
        assert browser.get("/line/link", params={"linkToken": token}).status_code == 404
    # Without the page's own form there is nothing to agree to.
    assert browser.post("/line/link", data={"linkToken": "abc", "code": code_of(visitor)}).status_code == 403


def test_a_person_fetches_everything_from_line(
    line: StandInLine, browser: httpx.Client, user: str, line_desk: Process
) -> None:
    line.post(line.text(user, f"mine {user}"))
    wait_text(line, user, f"p2: mine {user}")
    line.post(line.event(user, "postback", postback={"data": "m=settings"}))
    wait_until(lambda: "quickReply" in line.last(user) and "設定です" in line.last(user).get("text", ""))
    line.post(line.tap(user, "記録を受け取る"))
    wait_until(lambda: line.last(user)["type"] == "flex")
    path = urlsplit(line.last(user)["contents"]["footer"]["contents"][0]["action"]["uri"]).path
    assert "会話を読む" in browser.get(path).text
    read = browser.get(path, params={"form": "txt"})
    assert f"あなた: mine {user}" in read.text
    assert "自動応答: re: mine" in read.text
    stored = browser.get(path, params={"form": "json"}).json()
    assert stored["accounts"][0]["external_id"] == user
    assert browser.get(path[:-3] + "abc").status_code == 404
