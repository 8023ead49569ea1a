"""What the adviser sees of a LINE conversation: pictures, files, places, what was taken back, what did not arrive."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.desk.served import Process, wait_until
from tests.line.stand_in_line import StandInLine
from tests.line.test_story import conversation_of, greet

Query = Callable[..., list[Any]]


@pytest.fixture(scope="module")
def adviser(line_desk: Process) -> Iterator[httpx.Client]:
    name, password = f"mori-{uuid.uuid4().hex[:6]}", uuid.uuid4().hex
    made = subprocess.run(
        [sys.executable, "-m", "desk.manage", "adviser"],
        env={**line_desk.env, "ADVISER_NAME": name, "ADVISER_PASSWORD": password},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert made.returncode == 0, made.stderr
    with httpx.Client(base_url=line_desk.url, trust_env=False, follow_redirects=True) as client:
        client.get("/desk/login/")
        form = {"login": name, "password": password, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        assert client.post("/desk/login/", data=form, headers={"Referer": line_desk.url}).status_code == 200
        yield client


def test_the_adviser_sees_what_came_by_line(line: StandInLine, user: str, query: Query, adviser: httpx.Client) -> None:
    greet(line, user)
    line.post(line.event(user, "postback", postback={"data": "m=human"}))
    conversation = conversation_of(query, user)
    wait_until(
        lambda: query("SELECT 1 FROM conversations_conversation WHERE id = ? AND state = 'queued'", conversation)
    )
    picture, lost, taken = (str(time.time_ns() + offset) for offset in range(3))
    line.contents[picture] = [(200, b"jpeg")]
    line.contents[lost] = [(410, b'{"message": "gone"}')]
    here = {"title": "待ち合わせ", "address": "東京駅", "latitude": 35.68, "longitude": 139.76}
    said = line.text(user, f"secret {user}")
    said["message"]["id"] = taken
    line.post(line.event(user, message={"id": picture, "type": "image", "contentProvider": {"type": "line"}}))
    line.post(line.event(user, message={"id": lost, "type": "audio", "contentProvider": {"type": "line"}}))
    line.post(line.event(user, message={"id": "1", "type": "location", **here}))
    line.post(said)
    wait_until(lambda: query("SELECT 1 FROM conversations_event WHERE text = ?", f"secret {user}"))
    line.post(line.event(user, "unsend", unsend={"messageId": taken}))
    settled = "SELECT count(*) FROM line_channel_linemedia WHERE message_id IN (?, ?) AND state <> 'pending'"
    wait_until(lambda: query(settled, picture, lost) == [(2,)], 30)
    wait_until(lambda: query("SELECT 1 FROM conversations_event WHERE text LIKE '%取り消されました%'"))

    page = adviser.get(f"/desk/c/{uuid.UUID(conversation)}/").text
    assert "待ち合わせ 東京駅" in page
    assert "地図で見る" in page
    assert "取り出せませんでした" in page
    assert "送信が取り消されました" in page
    assert f"secret {user}" not in page
    source = page.split('class="picture" href="')[1].split('"')[0]
    assert adviser.get(source).content == b"jpeg"
    # Files are for the staff only.
    assert httpx.get(f"{line.desk}{source}", trust_env=False).status_code in {302, 403}


def test_a_whole_story_with_an_adviser(
    line: StandInLine, user: str, query: Query, adviser: httpx.Client, line_engine: Process
) -> None:
    def desk(action: str, **body: Any) -> int:
        path = f"/api/desk/conversations/{uuid.UUID(conversation)}/{action}"
        headers = {"X-CSRFToken": adviser.cookies["csrftoken"], "Referer": line.desk}
        return adviser.post(path, json=body, headers=headers).status_code

    greet(line, user)
    conversation = conversation_of(query, user)
    line.post(line.text(user, "question"))
    wait_until(lambda: "quickReply" in line.last(user))
    line.post(line.tap(user, "はい"))
    wait_until(lambda: any("sa_answer" in text for text in line.texts(user)))
    line.post(line.text(user, "result"))
    wait_until(lambda: any(message["type"] == "flex" for message in line.screens[user]), 20)
    line.post(line.event(user, "postback", postback={"data": "m=human"}))
    wait_until(lambda: any("受け付けました" in text for text in line.texts(user)))
    assert desk("claim") == 200
    wait_until(lambda: any("が対応します" in text for text in line.texts(user)))

    # The adviser writes: LINE shows it while it lasts, and by whose name the answer comes.
    line.loading.clear()
    desk("typing", typing=True)
    wait_until(lambda: user in line.loading)
    line.ahead = 100
    assert desk("reply", text="担当の森です。\n何でもお聞きください。", id=str(uuid.uuid4())) == 200
    wait_until(lambda: any("担当の森です" in text for text in line.texts(user)))
    said = next(message for message in line.screens[user] if "担当の森です" in message.get("text", ""))
    assert said["sender"]["name"].startswith("mori")
    line.post(line.text(user, "年収のことを聞きたいです"))
    wait_until(lambda: query("SELECT 1 FROM conversations_event WHERE text = ?", "年収のことを聞きたいです"))
    # What people say to people does not go to the bot.
    assert not any("年収" in text for text in line.texts(user))

    assert desk("return") == 200
    wait_until(lambda: any("自動応答がお答えします" in text for text in line.texts(user)))
    line.post(line.text(user, "back"))
    wait_until(lambda: "p2: back" in line.texts(user))
    line.post(line.event(user, "unfollow"))
    wait_until(
        lambda: query(
            "SELECT 1 FROM conversations_event WHERE conversation_id = ? AND text LIKE '%ブロック%'", conversation
        )
    )
    assert line.refused == []
