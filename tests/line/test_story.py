"""What happens between a phone, LINE and the desk: the desk is a process, LINE and the engine are stand-ins."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.desk.served import Process, wait_until
from tests.line.stand_in_line import StandInLine

Query = Callable[..., list[Any]]
#: `make test-faults-full` tries 10,000 mutated bodies.
FULL = os.environ.get("HOSTILE_FULL") == "1"


@pytest.fixture(autouse=True)
def _clean(line: StandInLine, line_desk: Process) -> Any:
    """Nothing that LINE would refuse may be sent, whatever a test does."""
    line.faults.clear()
    line.quota, line.used, line.ahead = 1_000_000, 0, 0.0
    before = len(line.refused)
    yield
    assert line.refused[before:] == []


def wait_text(line: StandInLine, user: str, text: str, seconds: float = 20) -> None:
    wait_until(lambda: text in line.texts(user), seconds, f"{text!r} in {line.texts(user)}")


def engine_asked(engine: Process) -> list[str]:
    return [row["message"] for row in httpx.get(f"{engine.url}/asked", trust_env=False).json()]


def greet(line: StandInLine, user: str) -> None:
    assert line.post(line.event(user, "follow", follow={"isUnblocked": False})).status_code == 200
    wait_text(line, user, "greeting")


def conversation_of(query: Query, user: str) -> str:
    rows = query(
        "SELECT c.id FROM conversations_conversation c JOIN conversations_identity i ON i.person_id = c.person_id"
        " WHERE i.external_id = ? AND c.state <> 'closed'",
        user,
    )
    return str(rows[0][0])


def test_ping_is_answered(line: StandInLine) -> None:
    assert line.post().status_code == 200


def test_follow_gives_notice_consent_and_greeting_in_one_reply(line: StandInLine, user: str) -> None:
    greet(line, user)
    shown = line.screens[user]
    assert [message["how"] for message in shown] == ["reply"] * 3
    assert "自動応答" in shown[0]["text"]
    assert "同意" in shown[1]["text"]


def test_first_message_without_follow_is_answered_with_the_notice(line: StandInLine, user: str) -> None:
    line.post(line.text(user, "経理って"))
    wait_text(line, user, "p2: 経理って")
    texts = line.texts(user)
    assert "自動応答" in texts[0]
    assert texts[-2:] == ["re: 経理って", "p2: 経理って"]
    assert {message["how"] for message in line.screens[user]} == {"reply"}


def test_a_typed_slash_is_no_command(line: StandInLine, user: str, line_engine: Process) -> None:
    line.post(line.text(user, "／start_self_analysis " + user))
    wait_text(line, user, f"re: start_self_analysis {user}")
    assert f"/start_self_analysis {user}" not in engine_asked(line_engine)


def test_choices_come_as_quick_replies_and_are_sent_by_id(line: StandInLine, user: str, line_engine: Process) -> None:
    line.post(line.text(user, "question"))
    wait_until(lambda: line.screens.get(user) and "quickReply" in line.last(user))
    assert line.last(user)["text"].endswith("・はい\n・いいえ")
    line.post(line.tap(user, "いいえ"))
    wait_text(line, user, 're: /sa_answer{"q":"q1","v":"2"}')
    # Whoever has no buttons types the title.
    line.post(line.text(user, "question"))
    wait_until(lambda: "quickReply" in line.last(user))
    line.post(line.text(user, "はい"))
    wait_text(line, user, 're: /sa_answer{"q":"q1","v":"1"}')


def test_a_foreign_choice_is_answered_kindly_and_not_applied(
    line: StandInLine, user: str, line_engine: Process
) -> None:
    greet(line, user)
    asked = len(engine_asked(line_engine))
    line.post(line.event(user, "postback", postback={"data": f"c={uuid.uuid4()}:3-1"}))
    wait_until(lambda: any("今は選べません" in text for text in line.texts(user)))
    assert len(engine_asked(line_engine)) == asked


@pytest.mark.parametrize("kind", ["sticker", "image", "video", "audio", "file", "location"])
def test_other_kinds_are_kept_and_answered_kindly(line: StandInLine, user: str, kind: str, query: Query) -> None:
    greet(line, user)
    number = str(time.time_ns())
    line.contents[number] = [(202, b""), (200, b"jpeg")]
    message: dict[str, Any] = {"id": number, "type": kind, "contentProvider": {"type": "line"}}
    if kind == "location":
        message |= {"address": "東京", "latitude": 35.6, "longitude": 139.7}
    before = len(line.screens[user])
    line.post(line.event(user, message=message))
    wait_until(lambda: len(line.screens[user]) == before + 1)
    assert "ご" in line.last(user)["text"]
    assert query("SELECT count(*) FROM conversations_event WHERE data LIKE ?", f'%"kind": "{kind}"%')[0][0] >= 1
    if kind in {"image", "video", "audio", "file"}:
        where = "SELECT content FROM line_channel_linemedia WHERE message_id = ? AND state = 'stored'"
        assert wait_until(lambda: query(where, number), 20)[0][0] == b"jpeg"


@pytest.mark.parametrize("overtakes", [False, True])
def test_unsend_removes_text_from_the_database(
    line: StandInLine, user: str, query: Query, desk_folder: Path, overtakes: bool
) -> None:
    secret = f"himitsu-{uuid.uuid4().hex}"
    message = line.text(user, secret)
    unsend = line.event(user, "unsend", unsend={"messageId": message["message"]["id"]})
    if overtakes:
        line.post(unsend)
        wait_until(
            lambda: query(
                "SELECT 1 FROM line_channel_lineevent WHERE event_id = ? AND state = 'done'", unsend["webhookEventId"]
            )
        )
    line.post(message)
    if not overtakes:
        wait_text(line, user, f"p2: {secret}")
        ((sender,),) = query(
            "SELECT sender_id FROM conversations_conversation WHERE id = ?", conversation_of(query, user)
        )
        line.post(unsend)
    for event in (message, unsend):
        wait_until(
            lambda event=event: query(
                "SELECT 1 FROM line_channel_lineevent WHERE event_id = ? AND state = 'done'", event["webhookEventId"]
            )
        )
    if not overtakes:
        # The engine cannot forget one message: it forgets what it knows of this conversation.
        wait_until(lambda: query("SELECT 1 FROM conversations_tombstone WHERE sender = ?", sender), 5)
        line.post(line.text(user, "after"))
        wait_text(line, user, "p2: after")
    for sql in (
        "SELECT count(*) FROM conversations_event WHERE text LIKE ? OR search LIKE ?",
        "SELECT count(*) FROM conversations_event WHERE data LIKE ? OR data LIKE ?",
        "SELECT count(*) FROM conversations_inbound WHERE engine_text LIKE ? OR data LIKE ?",
        "SELECT count(*) FROM line_channel_lineevent WHERE body LIKE ? OR reply_token LIKE ?",
    ):
        assert query(sql, f"%{secret}%", f"%{secret}%") == [(0,)]


def test_blocked_people_are_not_pushed_to(line: StandInLine, user: str, query: Query) -> None:
    greet(line, user)
    line.ahead = 100
    line.post(line.text(user, "slow 2"), line.event(user, "unfollow"))
    wait_until(
        lambda: query(
            "SELECT 1 FROM conversations_outbox o JOIN conversations_event e ON e.id = o.event_id"
            " WHERE e.text = 're: slow 2' AND o.state = 'skipped' AND o.error = 'blocked'"
            " AND e.conversation_id = ?",
            conversation_of(query, user),
        )
    )
    assert "re: slow 2" not in line.texts(user)
    line.post(line.event(user, "follow", follow={"isUnblocked": True}))
    line.post(line.text(user, "again"))
    wait_text(line, user, "p2: again")


def test_standby_is_recorded_and_nothing_is_sent(line: StandInLine, user: str, query: Query) -> None:
    line.post(line.text(user, f"standby {user}", mode="standby"))
    wait_until(lambda: query("SELECT 1 FROM conversations_event WHERE text = ?", f"standby {user}"))
    line.post(line.text(user, "active"))
    wait_text(line, user, "p2: active")
    assert not any("standby" in text for text in line.texts(user))


def test_groups_are_told_and_left(line: StandInLine) -> None:
    group = "C" + uuid.uuid4().hex
    event = line.event("U" + uuid.uuid4().hex, "join", source={"type": "group", "groupId": group})
    line.tokens[event["replyToken"]]["user"] = group
    line.post(event)
    wait_until(lambda: group in line.left)
    assert "一対一" in line.texts(group)[0]


def test_duplicates_redeliveries_and_reordering(line: StandInLine, user: str, query: Query) -> None:
    greet(line, user)
    first, second = line.text(user, "first"), line.text(user, "second")
    second["timestamp"] = first["timestamp"] + 5
    line.post(second)
    line.post(first)
    again = {**first, "deliveryContext": {"isRedelivery": True}}
    line.post(again, again, second)
    wait_text(line, user, "p2: second")
    line.post(again)
    line.post(line.text(user, "third"))
    wait_text(line, user, "p2: third")
    assert line.texts(user)[3:] == [f"{part}: {text}" for text in ("first", "second", "third") for part in ("re", "p2")]


def test_a_dead_token_means_a_push(line: StandInLine, user: str) -> None:
    greet(line, user)
    message = line.text(user, "late")
    line.tokens[message["replyToken"]]["until"] = 0
    line.post(message)
    wait_text(line, user, "p2: late")
    assert line.last(user)["how"] == "push"
    assert line.texts(user).count("p2: late") == 1


@pytest.mark.parametrize("fault", ["lost after accept", "500"])
def test_a_reply_without_an_answer_arrives_once(line: StandInLine, user: str, fault: str) -> None:
    greet(line, user)
    line.faults.append(("reply", fault))
    line.post(line.text(user, "odd"))
    wait_text(line, user, "p2: odd")
    line.post(line.text(user, "next"))
    wait_text(line, user, "p2: next")
    assert line.texts(user)[3:] == ["re: odd", "p2: odd", "re: next", "p2: next"]


@pytest.mark.parametrize("fault", ["lost after accept", "500", "429"])
def test_a_push_is_repeated_with_its_key(line: StandInLine, user: str, fault: str, query: Query) -> None:
    greet(line, user)
    message = line.text(user, "odd")
    line.tokens[message["replyToken"]]["until"] = 0
    line.faults.append(("push", fault))
    line.post(message)
    wait_text(line, user, "p2: odd")
    line.post(line.text(user, "next"))
    wait_text(line, user, "p2: next")
    assert line.texts(user)[3:] == ["re: odd", "p2: odd", "re: next", "p2: next"]
    # Too fast is told apart from the month's end.
    notes = query(
        "SELECT data FROM conversations_event WHERE conversation_id = ? AND type = 'note'", conversation_of(query, user)
    )
    assert [json.loads(data)["delivery"] for (data,) in notes] == (["rate"] if fault == "429" else [])


def test_what_the_month_forbids_goes_with_the_next_reply(line: StandInLine, user: str, query: Query) -> None:
    greet(line, user)
    line.quota = 0
    message = line.text(user, "dear")
    line.tokens[message["replyToken"]]["until"] = 0
    line.post(message)
    conversation = conversation_of(query, user)
    note = "SELECT text FROM conversations_event WHERE conversation_id = ? AND type = 'note'"
    assert "上限" in wait_until(lambda: query(note, conversation))[0][0]
    line.post(line.text(user, "next"))
    wait_text(line, user, "p2: next")
    assert line.texts(user)[3:] == ["re: dear", "p2: dear", "re: next", "p2: next"]
    assert len(query(note, conversation)) == 1


def test_read_mark_and_loading_animation(line: StandInLine, user: str) -> None:
    message = line.text(user, "slow 1.2")
    line.post(message)
    wait_until(lambda: user in line.loading)
    wait_until(lambda: message["message"]["markAsReadToken"] in line.read)


def test_unknown_kinds_are_acknowledged(line: StandInLine, user: str) -> None:
    odd = [
        line.event(user, "somethingNew", future={"a": [1]}),
        line.event(user, message={"type": "hologram", "id": "1"}),
        line.event(user, "postback", postback={"data": "x" * 300}),
        {"type": "message"},
        {"type": 3, "source": 4, "message": [], "timestamp": True},
        {},
    ]
    assert line.post(*odd, line.text(user, "after")).status_code == 200
    wait_text(line, user, "p2: after")


def test_hostile_requests_store_nothing(line: StandInLine, query: Query, desk_folder: Path) -> None:
    count = "SELECT count(*) FROM line_channel_lineevent"
    before = query(count)
    good = json.dumps({"destination": "U", "events": [line.text("U" + "9" * 32, "hostile")]}).encode()
    assert line.post_raw(good, None).status_code == 401
    assert line.post_raw(good, "").status_code == 401
    assert line.post_raw(good, "A" * 44).status_code == 401
    assert line.post_raw(good + b" ", line.sign(good)).status_code == 401
    assert line.post_raw(b"x" * 1_048_576, line.sign(b"x" * 1_048_576)).status_code == 413
    for body in (b"", b"{", b"[]", b"null", b'{"events":{}}', b"[" * 50_000, b'{"events":NaN}', b"\xff\xfe"):
        assert line.post_raw(body, line.sign(body)).status_code == 400, body[:20]
    chance = random.Random(7)
    with httpx.Client(base_url=line.desk, trust_env=False) as client:
        for _ in range(10_000 if FULL else 300):
            mutated = bytearray(good)
            for _ in range(chance.randint(1, 5)):
                mutated[chance.randrange(len(mutated))] = chance.randrange(256)
            if bytes(mutated) != good:
                headers = {"X-Line-Signature": line.sign(good)}
                assert client.post("/line/webhook", content=bytes(mutated), headers=headers).status_code == 401
    assert query(count) == before
    assert "Traceback" not in (desk_folder / "desk-1.log").read_text(encoding="utf-8")


def test_the_menu_starts_what_it_says_and_consent_is_recorded(line: StandInLine, user: str, query: Query) -> None:
    greet(line, user)
    for command, payload in (("jobs", "/ask_types"), ("analysis", "/start_self_analysis")):
        line.post(line.event(user, "postback", postback={"data": f"m={command}"}))
        wait_text(line, user, f"p2: {payload}")
    for text in ("agree", "refuse"):
        # The engine asks, in every channel; the desk keeps what was answered.
        line.post(line.text(user, text))
    wait_until(lambda: line.texts(user).count("begin") == 2)
    given = query(
        "SELECT kind, c.version, given FROM conversations_consent c JOIN conversations_identity i"
        " ON i.person_id = c.person_id WHERE i.external_id = ? ORDER BY c.id",
        user,
    )
    assert given[1:] == [("self_analysis", "7", 1), ("self_analysis", "7", 0)]
    assert given[0][0] == "chat"
    line.post(line.event(user, "postback", postback={"data": "m=human"}))
    wait_until(
        lambda: query(
            "SELECT 1 FROM conversations_conversation WHERE id = ? AND state = 'queued'", conversation_of(query, user)
        )
    )


def test_a_person_can_erase_everything(line: StandInLine, user: str, query: Query) -> None:
    greet(line, user)
    line.post(line.text(user, f"erase {user}"))
    wait_text(line, user, f"p2: erase {user}")
    line.post(line.event(user, "postback", postback={"data": "m=settings"}))
    wait_until(lambda: "quickReply" in line.last(user))
    line.post(line.tap(user, "会話の記録を削除する"))
    wait_until(lambda: "元には" in line.last(user).get("text", ""))
    line.post(line.tap(user, "すべて削除する"))
    wait_until(lambda: "すべて削除しました" in line.last(user).get("text", ""))
    assert query("SELECT count(*) FROM conversations_identity WHERE external_id = ?", user) == [(0,)]
    assert query("SELECT count(*) FROM conversations_event WHERE text LIKE ?", f"%erase {user}%") == [(0,)]
    assert query("SELECT count(*) FROM line_channel_lineevent WHERE lane = ?", user) == [(0,)]


def test_the_menu_is_made_once_and_renewed(line: StandInLine, line_desk: Process) -> None:
    for _ in range(2):
        command = [sys.executable, "-m", "desk.manage", "line_menu"]
        done = subprocess.run(command, env=line_desk.env, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert [menu["richMenuId"] in done.stdout for menu in line.menus] == [True]


def test_the_webhook_does_not_wait_for_the_engine(line: StandInLine) -> None:
    users = ["U" + uuid.uuid4().hex for _ in range(60)]
    taken = []
    for user in users:
        started = time.perf_counter()
        assert line.post(line.text(user, "slow 1")).status_code == 200
        taken.append(time.perf_counter() - started)
        time.sleep(max(0.0, 0.02 - taken[-1]))
    print(f"webhook p50 {sorted(taken)[30] * 1000:.0f} ms, p95 {sorted(taken)[56] * 1000:.0f} ms")  # noqa: T201
    # LINE's own limit is 2 s; the aim of 100 ms is for a machine that does nothing else.
    assert sorted(taken)[56] < 1.0
    for user in users:
        wait_text(line, user, "p2: slow 1", 60)
        assert line.texts(user).count("p2: slow 1") == 1
