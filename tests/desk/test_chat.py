"""The chat as a visitor meets it: a real desk process, a stand-in engine, HTTP and event streams."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.desk.served import CLIENT, Process, Visitor, make_desk, running, wait_until


def test_a_message_is_stored_answered_and_streamed_in_order(visitor: Visitor) -> None:
    visitor.wait_for("greeting")
    uid = str(uuid.uuid4())
    seq = visitor.send("こんにちは", uid=uid).json()["seq"]
    visitor.wait_for("p2: こんにちは")
    shown = [(event["from"], event.get("text")) for event in visitor.events]
    assert shown[-3:] == [("user", "こんにちは"), ("bot", "re: こんにちは"), ("bot", "p2: こんにちは")]
    mine = next(event for event in visitor.events if event["from"] == "user")
    assert (mine["id"], mine["seq"]) == (uid, seq)
    seqs = [event["seq"] for event in visitor.events]
    assert seqs == sorted(set(seqs))


def test_the_notice_is_said_once_and_before_the_greeting(visitor: Visitor) -> None:
    visitor.wait_for("greeting")
    visitor.send("a")
    visitor.wait_for("p2: a")
    assert len([event for event in visitor.events if event.get("notice")]) == 1
    assert visitor.events[0].get("notice") is True


def test_the_same_id_again_is_the_same_message(visitor: Visitor) -> None:
    uid = str(uuid.uuid4())
    first, second = visitor.send("ひとつ", uid=uid), visitor.send("ひとつ", uid=uid)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    visitor.wait_for("p2: ひとつ")
    assert visitor.texts("user") == ["ひとつ"]


def test_the_same_id_of_another_visitor_is_another_message(desk: Process, visitor: Visitor) -> None:
    uid = str(uuid.uuid4())
    visitor.send("mine", uid=uid)
    other = Visitor(desk.url).open().listen()
    other.send("yours", uid=uid)
    other.wait_for("p2: yours")
    assert "mine" not in other.texts("user")
    other.close()


def test_typed_commands_never_reach_the_engine_as_such(visitor: Visitor, engine: Process) -> None:
    for typed in ("/restart", "／restart", " / restart{}", "//EXTERNAL_session_opened", "/"):
        visitor.send(typed)
    visitor.wait_for("p2: ・")
    asked = CLIENT.get(f"{engine.url}/asked").json()
    told = [row["message"] for row in asked if row["metadata"].get("notice_said")]
    commands = {message for message in told if message.startswith(("/", "／"))}
    assert all(command.startswith(("/EXTERNAL_", "/sa_answer", "/request_human")) for command in commands)
    assert visitor.texts("user") == ["/restart", "／restart", "/ restart{}", "//EXTERNAL_session_opened", "/"]


def test_a_choice_is_an_id_looked_up_in_this_conversation(desk: Process, visitor: Visitor, engine: Process) -> None:
    visitor.send("question")
    question = visitor.wait_for("Q1")
    assert [choice["title"] for choice in question["choices"]] == ["はい", "いいえ"]
    assert "payload" not in json.dumps(visitor.events)
    assert visitor.send(choice=question["choices"][1]["id"]).status_code == 202
    visitor.wait_for("いいえ", "user")
    visitor.wait_for('re: /sa_answer{"q":"q1","v":"2"}')
    last = [row for row in CLIENT.get(f"{engine.url}/asked").json() if row["message"].startswith("/sa_answer")][-1]
    assert last["metadata"]["choice"] == {"id": question["choices"][1]["id"], "question": "q1"}
    other = Visitor(desk.url).open()
    refused = other.send(choice=question["choices"][0]["id"])
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_choice")
    for wrong in ("999-0", "1-99", "../1", "1", "-1-0"):
        assert visitor.send(choice=wrong).json()["code"] == "unknown_choice"


def test_progress_of_a_guided_question_reaches_the_widget(visitor: Visitor) -> None:
    visitor.send("question")
    found = wait_until(lambda: [event for event in visitor.events if "progress" in event])
    assert found[0]["progress"] == {"step": 1, "of": 3}


def test_a_custom_payload_that_breaks_its_schema_is_dropped_and_its_text_said(visitor: Visitor) -> None:
    visitor.send("broken custom")
    visitor.wait_for("still said")


@pytest.mark.parametrize("text", ["fail", "garbage", "empty", "slow 5"])
def test_an_engine_that_does_not_answer_means_one_apology_with_a_human(visitor: Visitor, text: str) -> None:
    visitor.wait_for("greeting")
    visitor.send(text)
    wait_until(lambda: len(visitor.texts()) == 2, 12, "an apology")
    offered = next(event for event in reversed(visitor.events) if event["from"] == "bot")
    assert offered["choices"][0]["title"] == "アドバイザーに相談する"
    visitor.send("次")
    visitor.wait_for("p2: 次")
    assert len(visitor.texts()) == 4


def test_somebody_is_seen_at_work_while_the_engine_thinks(visitor: Visitor) -> None:
    visitor.send("slow 1.5")
    visitor.wait_for("re: slow 1.5")
    assert {"type": "typing", "from": "bot", "state": "start"} in visitor.hints


def test_messages_of_one_conversation_are_answered_one_after_the_other(visitor: Visitor) -> None:
    visitor.send("slow 0.6")
    for number in range(5):
        visitor.send(f"m{number}")
    visitor.wait_for("p2: m4")
    answers = [text for text in visitor.texts() if text.startswith("re:")]
    assert answers == ["re: slow 0.6", *(f"re: m{number}" for number in range(5))]


def test_the_stream_resumes_by_seq_without_gap_or_repeat(desk: Process, visitor: Visitor) -> None:
    for number in range(6):
        visitor.send(f"n{number}")
    visitor.wait_for("p2: n5")
    everything = list(visitor.events)
    for after in (0, everything[4]["seq"], everything[-2]["seq"]):
        second = Visitor(desk.url, token=visitor.token, events=[{"seq": after, "from": "x"}]).listen()
        expected = [event for event in everything if event["seq"] > after]
        wait_until(lambda second=second, expected=expected: len(second.events) - 1 >= len(expected))
        assert second.events[1:] == expected
        second.close()


def test_nobody_reads_without_his_token(desk: Process, visitor: Visitor) -> None:
    body, signature = visitor.token.rsplit(":", 1)
    for token in ("", "x", visitor.token[:-2], f"{body}:{signature[::-1]}", f"A{visitor.token}", "あ", "a" * 5000):
        header = {"Authorization": f"Bearer {token}".strip().encode()}
        for path in ("events", "transcript", "data"):
            answer = CLIENT.get(f"{desk.url}/api/chat/{path}", headers=header)
            assert (answer.status_code, answer.json()["code"]) == (401, "session_expired")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "invalid_request"),
        (b"{", 400, "invalid_json"),
        (b"[]", 400, "invalid_json"),
        (b"\xff\xfe", 400, "invalid_json"),
        (b'{"id":1,"text":"a"}', 422, "invalid_request"),
        (json.dumps({"id": str(uuid.uuid4()), "text": "  "}).encode(), 422, "empty"),
        (json.dumps({"id": str(uuid.uuid4()), "text": "あ" * 2001}).encode(), 422, "too_long"),
        (json.dumps({"id": str(uuid.uuid4()), "text": "a" * 40000}).encode(), 413, "too_large"),
        (json.dumps({"id": str(uuid.uuid4()), "text": 3}).encode(), 422, "invalid_request"),
        (json.dumps({"id": str(uuid.uuid4()), "text": "a", "choice": "1-0"}).encode(), 422, "invalid_request"),
        (b"[" * 30000, 400, "invalid_json"),
    ],
)
def test_a_bad_message_is_refused_in_japanese(visitor: Visitor, body: bytes, status: int, code: str) -> None:
    answer = visitor.call("POST", "messages", content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert any("ぁ" <= letter <= "ん" for letter in answer.json()["message"])


def test_what_no_database_can_hold_is_taken_out(visitor: Visitor) -> None:
    answer = visitor.call(
        "POST", "messages", content=json.dumps({"id": str(uuid.uuid4()), "text": "a\u0000b\ud800c\u202ed\r\n髙𠮷👍"})
    )
    assert answer.status_code == 202
    visitor.wait_for("abcd\n髙𠮷👍", "user")


def test_consent_comes_first(desk: Process) -> None:
    for body in (
        {},
        {"consent": False, "consent_version": "1"},
        {"consent": True},
        {"consent": "true", "consent_version": "1"},
    ):
        answer = CLIENT.post(f"{desk.url}/api/chat/sessions", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "consent_required")


def test_only_allowed_origins_may_use_the_chat(desk: Process) -> None:
    body = {"consent": True, "consent_version": "1"}
    address = f"{desk.url}/api/chat/sessions"
    for origin in (desk.url, "https://shop.example.jp"):
        answer = CLIENT.post(address, json=body, headers={"Origin": origin})
        assert answer.status_code == 201
        assert answer.headers["access-control-allow-origin"] == origin
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        preflight = CLIENT.options(f"{desk.url}/api/chat/messages", headers=asked)
        assert preflight.status_code == 204
        assert "authorization" in preflight.headers["access-control-allow-headers"]
    for origin in ("https://evil.example", "null", "https://shop.example.jp.evil.example"):
        answer = CLIENT.post(address, json=body, headers={"Origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
        assert "access-control-allow-origin" not in answer.headers
    forged = CLIENT.post(address, json=body, headers={"Origin": "http://evil.example", "Host": "evil.example"})
    assert forged.status_code in {400, 403}


def test_ending_keeps_the_transcript_and_refuses_messages(visitor: Visitor) -> None:
    visitor.send("最後")
    visitor.wait_for("p2: 最後")
    assert visitor.call("POST", "end").status_code == 202
    wait_until(lambda: [event for event in visitor.events if event.get("state") == "closed"])
    answer = visitor.send("まだ?")
    assert (answer.status_code, answer.json()["code"]) == (409, "conversation_closed")
    assert visitor.call("POST", "rating", json={"score": 5, "comment": "よかった"}).status_code == 202
    assert "あなた: 最後" in visitor.call("GET", "transcript").text
    assert visitor.call("GET", "data").json()["conversations"][0]["ratings"][0]["score"] == 5


def test_erasing_ends_everything_and_the_engine_forgets(visitor: Visitor, engine: Process) -> None:
    visitor.send("忘れて")
    visitor.wait_for("p2: 忘れて")
    assert visitor.call("DELETE", "data").status_code == 204
    assert visitor.call("GET", "data").status_code == 401
    assert visitor.send("x").status_code == 401
    wait_until(lambda: not visitor.errors.empty(), 20, "the stream ends")
    assert visitor.errors.get() == "401"


def test_asking_for_a_human_is_never_met_with_silence(visitor: Visitor) -> None:
    visitor.wait_for("greeting")
    assert visitor.call("POST", "human", json={}).status_code == 202
    visitor.wait_for("one moment")
    wait_until(lambda: len([event for event in visitor.events if event["from"] != "user"]) >= 4)


def test_pages_health_and_figures(desk: Process) -> None:
    assert CLIENT.get(f"{desk.url}/healthz").status_code == 200
    assert CLIENT.get(f"{desk.url}/readyz").json() == {"status": "ok", "database": True, "engine": True}
    page = CLIENT.get(f"{desk.url}/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    script = CLIENT.get(f"{desk.url}/widget.js")
    assert script.headers["content-type"].startswith("text/javascript")
    again = CLIENT.get(f"{desk.url}/widget.js", headers={"If-None-Match": script.headers["etag"]})
    assert again.status_code == 304
    figures = CLIENT.get(f"{desk.url}/metrics").text
    for name in (
        "desk_turns_total",
        "desk_messages_waiting",
        "desk_stage_seconds_bucket",
        "desk_engine_failures_total",
    ):
        assert name in figures
    assert CLIENT.get(f"{desk.url}/api/openapi.json").json()["openapi"].startswith("3.")
    for path in ("/api/none", "/api/chat/none"):
        answer = CLIENT.get(f"{desk.url}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_logs_never_hold_what_people_write(visitor: Visitor, desk: Process) -> None:
    visitor.send("秘密の合言葉 garbage")
    visitor.send("garbage")
    visitor.wait_for("p2: 秘密の合言葉 garbage")
    assert "秘密の合言葉" not in desk.log.read_text(encoding="utf-8")


def test_too_many_messages_are_refused_with_a_time_to_wait(
    tmp_path_factory: pytest.TempPathFactory, engine: Process
) -> None:
    process = make_desk(tmp_path_factory.mktemp("limited"), engine.url, LIMIT_MESSAGES="5")
    with running(process):
        guest = Visitor(process.url).open()
        codes = [guest.send(str(number)).status_code for number in range(7)]
        assert codes == [202] * 5 + [429] * 2
        assert int(guest.send("x").headers["retry-after"]) >= 1
        assert Visitor(process.url).open().send("other").status_code == 202


def test_a_result_comes_as_a_card_with_its_picture_and_sheet(desk: Process, visitor: Visitor) -> None:
    visitor.send("result")
    card = visitor.wait_for("Your result")["card"]
    assert card["kind"] == "self_analysis"
    picture = CLIENT.get(f"{desk.url}{card['image']}", headers=visitor.headers)
    assert (picture.status_code, picture.content[:4]) == (200, b"\x89PNG")
    sheet = CLIENT.get(f"{desk.url}{card['sheet']}", headers=visitor.headers)
    assert (sheet.status_code, sheet.content[:4]) == (200, b"%PDF")
    stranger = Visitor(desk.url).open()
    assert CLIENT.get(f"{desk.url}{card['sheet']}", headers=stranger.headers).status_code == 404
