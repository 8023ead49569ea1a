"""The engine over real HTTP: its contract, bad input, tokens, several workers, and the same answers as `rasa run`."""

from __future__ import annotations

import dataclasses
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot import doors
from bot.settings import MAX_BODY_BYTES, MAX_TEXT_CHARACTERS, Settings, SettingsError
from tests.serving import ROOT, Engine, free_port, served_by_rasa, served_engine

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")

HOOK = "/webhooks/rest/webhook"


def environment(project: Path) -> dict[str, str]:
    return {
        "ENGINE_MODEL": str(project / "model.tar.gz"),
        "ENGINE_ACTIONS": "serving_actions",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{project}",
    }


@pytest.fixture(scope="module")
def engine(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with served_engine(tmp_path_factory.mktemp("engine"), **environment(project)) as served:
        yield served


def test_the_contract(engine: Engine) -> None:
    assert engine.request("GET", "/") == (200, "Hello from Rasa: 3.6.21")
    status, answer = engine.request("GET", "/status")
    assert status == 200
    assert set(answer) == {"model_file", "model_id", "num_active_training_jobs"}
    assert engine.say("contract", "/ask") == [
        {"recipient_id": "contract", "text": "answer 1", "buttons": [{"title": "more", "payload": "/more"}]}
    ]
    assert engine.say("contract", "/lost") == [
        {"recipient_id": "contract", "text": "lost"},
        {"recipient_id": "contract", "custom": {"lost": True}},
    ]
    parsed = engine.parse("ask please")
    assert parsed["intent"]["name"] == "ask"
    assert parsed["text"] == "ask please"


def test_a_file_that_the_actions_cannot_read_is_said_at_the_start(project: Path, tmp_path: Path) -> None:
    package = tmp_path / "broken_actions"
    package.mkdir()
    sentence = "answers.yml 3行目: 引用符を閉じてください"
    (package / "__init__.py").write_text(f"def preload():\n    raise ValueError({sentence!r})\n")
    settings = {
        **environment(project), "ENGINE_ACTIONS": package.name, "ENGINE_PORT": str(free_port()),
        "TRACKER_URL": f"sqlite:///{tmp_path / 'tracker.db'}", "DATA_DIR": str(tmp_path),
    }  # fmt: skip
    settings["PYTHONPATH"] += f"{os.pathsep}{tmp_path}"
    ended = subprocess.run(
        [sys.executable, "-m", "bot.server"], env=os.environ | settings, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 1
    assert f"engine: {sentence}" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/model"), ("POST", "/model/train"), ("GET", "/domain"), ("GET", "/conversations/x/tracker"),
     ("POST", "/conversations/x/execute"), ("PUT", "/conversations/x/tracker/events"), ("GET", "/webhooks/rest")],
)  # fmt: skip
def test_nothing_else_is_served(engine: Engine, method: str, path: str) -> None:
    assert engine.request(method, path, {})[0] in {404, 405}


BAD: dict[str, Any] = {
    "no body": b"",
    "not json": b"{",
    "a list": b"[]",
    "not utf-8": b'{"sender": "x", "message": "\xff"}',
    "no sender": {"message": "hi"},
    "sender empty": {"sender": " ", "message": "hi"},
    "sender a number": {"sender": 5, "message": "hi"},
    "sender with zero": {"sender": "a\u0000b", "message": "hi"},
    "sender half a character": b'{"sender": "\\ud800", "message": "hi"}',
    "sender too long": {"sender": "x" * 256, "message": "hi"},
    "no message": {"sender": "x"},
    "message null": {"sender": "x", "message": None},
    "message empty": {"sender": "x", "message": ""},
    "message blank": {"sender": "x", "message": " \u3000\n"},
    "only control characters": {"sender": "x", "message": "\u0000\u0007\u001b"},
    "message too long": {"sender": "x", "message": "あ" * 20_000},
    "metadata a list": {"sender": "x", "message": "hi", "metadata": [1]},
    "metadata a text": {"sender": "x", "message": "hi", "metadata": "m"},
    "id a number": {"sender": "x", "message": "hi", "metadata": {"message_id": 7}},
    "id too long": {"sender": "x", "message": "hi", "metadata": {"message_id": "7" * 300}},
    "channel a list": {"sender": "x", "message": "hi", "metadata": {"channel": []}},
    "metadata too long": {"sender": "x", "message": "hi", "metadata": {"a": "b" * 20_000}},
    "broken escape": b'{"sender": "x", "message": "\\x"}',
    "nested too deep": b'{"sender":"x","message":"hi","metadata":' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
}


@pytest.mark.parametrize("name", BAD)
def test_bad_requests_are_refused_and_the_server_lives_on(engine: Engine, name: str) -> None:
    body = BAD[name]
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    status, answer = engine.request("POST", HOOK, raw=raw)
    assert status in {400, 413}, answer
    assert answer["status"] == "failure"
    assert answer["message"].endswith(".")
    assert engine.request("GET", "/status")[0] == 200


STRANGE = {
    "emoji only": "😀🎉",
    "half a character in the text": "ask \ud83d please",
    "zero in the text": "ask\u0000 please",
    "control characters": "ask\u0007 \u001b[31mplease",
    "unknown intent": '/nobody_knows{"a": 1}',
    "broken payload": '/ask{"job": ',
    "payload not an object": "/ask[1,2]",
    "escape in payload": '/ask{"job": "\\ud800"}',
    "slash only": "/",
    "four thousand characters": "ask " * (MAX_TEXT_CHARACTERS // 4),
    "right to left": "\u202eask\u202c",
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_text_is_answered_and_the_conversation_keeps_its_state(engine: Engine, name: str) -> None:
    sender = f"strange {name}"
    before = engine.say(sender, "/ask")[0]["text"]
    raw = json.dumps({"sender": sender, "message": STRANGE[name], "metadata": {"message_id": "s"}}).encode()
    status, replies = engine.request("POST", HOOK, raw=raw)
    assert status == 200, replies
    assert any(reply.get("text") for reply in replies)
    after = engine.say(sender, "/ask")[0]["text"]
    assert (before, int(after.split()[1]) >= 2) == ("answer 1", True)


def test_a_body_without_end_is_cut_off(engine: Engine) -> None:
    status, _ = engine.request("POST", HOOK, raw=b"x" * (MAX_BODY_BYTES + 1))
    assert status == 413


def test_a_failing_action_is_an_error_that_can_be_tried_again(engine: Engine) -> None:
    engine.say("boom", "/ask")
    body = {"sender": "boom", "message": "ask boom", "metadata": {"message_id": "b"}}
    status, answer = engine.request("POST", HOOK, body)
    assert (status, answer["reason"]) == (500, "TurnFailed")
    body["message"] = "ask silence"
    assert engine.request("POST", HOOK, body)[1]["reason"] == "NothingSaid"
    body["message"] = "/ask"
    assert engine.request("POST", HOOK, body)[1][0]["text"] == "answer 2"


def test_erasing_is_for_good(engine: Engine) -> None:
    engine.say("日本 / 語", "/ask")
    path = "/conversations/%E6%97%A5%E6%9C%AC%20%2F%20%E8%AA%9E"
    assert engine.request("DELETE", path)[0] == 204
    assert engine.request("DELETE", path)[0] == 204
    assert engine.request("DELETE", "/conversations/unknown")[0] == 204
    assert engine.request("DELETE", "/conversations/%FF")[0] == 400
    assert engine.request("POST", HOOK, {"sender": "日本 / 語", "message": "/ask"})[0] == 410


def test_a_repeated_message_waits_for_the_first_and_gets_its_replies(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        body = {"sender": "repeat", "message": "/ask", "metadata": {"message_id": "one"}}
        answers = list(pool.map(lambda _: engine.request("POST", HOOK, body), range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert engine.say("repeat", "/ask")[0]["text"] == "answer 2"


def test_twenty_messages_at_once_do_not_wait_for_a_clock(engine: Engine) -> None:
    started = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        texts = list(pool.map(lambda n: engine.say("rush", "/ask")[0]["text"], range(20)))
    assert sorted(int(text.split()[1]) for text in texts) == list(range(1, 21))
    assert time.monotonic() - started < 5  # Rasa's lock: 19 seconds


def test_a_token_is_asked_for(project: Path, tmp_path: Path) -> None:
    def ask(port: int, token: str | None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        connection.request("GET", "/status", headers=headers)
        status = connection.getresponse().status
        connection.close()
        return status

    port = free_port()
    settings = {**os.environ, **environment(project), "ENGINE_PORT": str(port), "ENGINE_TOKEN": "secret"}
    settings["TRACKER_URL"] = f"sqlite:///{tmp_path / 't.db'}"
    process = subprocess.Popen([sys.executable, "-m", "bot.server"], cwd=ROOT, env=settings)
    try:
        deadline = time.monotonic() + 60
        status = 0
        while status == 0 and time.monotonic() < deadline:
            try:
                status = ask(port, None)
            except OSError:
                time.sleep(0.05)
        assert status == 401
        assert ask(port, "wrong") == 401
        assert ask(port, "secret") == 200
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in {0, -signal.SIGTERM}


def test_a_page_in_a_browser_cannot_speak_to_the_engine(engine: Engine) -> None:
    """Without a token, loopback is open to programs; a page open on the same machine is none."""
    connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=20)
    headers = {"Origin": "https://example.com", "Content-Type": "text/plain"}
    connection.request("POST", HOOK, json.dumps({"sender": "page", "message": "/ask"}), headers)
    assert connection.getresponse().status == 403
    connection.close()
    assert engine.say("page", "/ask")[0]["text"] == "answer 1"


def test_settings_that_make_no_sense_are_refused() -> None:
    for wrong in (
        {"ENGINE_HOST": "0.0.0.0"},  # noqa: S104
        {"ENGINE_PORT": "http"},
        {"WORKERS": "0"},
        {"TRACKER_URL": "mysql://x"},
    ):
        with pytest.raises(SettingsError):
            Settings.from_environment(wrong)
    assert Settings.from_environment({"ENGINE_HOST": "0.0.0.0", "ENGINE_TOKEN": "t"}).token == "t"  # noqa: S104


def test_workers_share_the_work_and_one_that_dies_comes_back(project: Path, tmp_path: Path) -> None:
    with served_engine(tmp_path, WORKERS="2", **environment(project)) as engine:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: [engine.say(f"w{n % 10}", "/ask") for _ in range(3)], range(20)))
        assert {engine.say(f"w{n}", "/ask")[0]["text"] for n in range(10)} == {"answer 7"}
        # Each worker has a door of its own as well, where the desk asks; a wrong door costs only the way.
        for n in range(10):
            for port in doors.ports(engine.port, 2):
                door = dataclasses.replace(engine, port=port)
                body = {"sender": f"w{n}", "message": "/ask", "metadata": {"message_id": "door"}}
                assert door.request("POST", HOOK, body)[1][0]["text"] == "answer 8"
        victims = _children(engine.process.pid)
        assert len(victims) == 2
        os.kill(victims[0], signal.SIGKILL)
        deadline = time.monotonic() + 60
        texts: set[str] = set()
        for n in range(10):
            while time.monotonic() < deadline:
                try:
                    status, replies = engine.request(
                        "POST", HOOK, {"sender": f"w{n}", "message": "/ask", "metadata": {"message_id": "after"}}
                    )
                except (OSError, http.client.HTTPException):
                    continue
                if status == 200:
                    texts.add(replies[0]["text"])
                    break
        assert texts == {"answer 9"}


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


CONVERSATIONS = [
    ["/greet", "/more", "/inform", "/ask", "/bye"],
    ["/fill", "my name", "/ask", "/inform", "/ask"],
    ["/fill", "/stop", "/ask", '/ask{"job": "a"}', "/lost"],
    ["ask please", "bye please", "/ask"],
]


def test_rasa_run_with_rasa_run_actions_says_the_same(engine: Engine, project: Path, tmp_path: Path) -> None:
    """Rasa's own two servers over the same model and our tracker store; tests/stories does it with the real bot."""
    with served_by_rasa(tmp_path, project / "model.tar.gz", "serving_actions", tmp_path, environment(project)) as stock:
        for number, texts in enumerate(CONVERSATIONS):
            for text in texts:
                assert stock.say(f"c{number}", text) == engine.say(f"c{number}", text), (number, text)
