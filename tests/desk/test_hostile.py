"""Hostile requests: the chat API by schemathesis on its own description, and a fuzz of tokens and streams.

No 5xx, no traceback, nobody reads another's conversation. CI runs few; HOSTILE_FULL=1 runs 10,000.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.desk.served import CLIENT, Process, Visitor
from tests.serving import ROOT

FULL = os.environ.get("HOSTILE_FULL") == "1"
SECRET = "合言葉は山川"


def _no_trace(desk: Process) -> None:
    log = desk.log.read_text(encoding="utf-8", errors="replace")
    assert '"status": 500' not in log
    assert '"trace"' not in log, log[-3000:]


def test_the_described_api_withstands_what_schemathesis_makes_of_it(desk: Process, tmp_path: Path) -> None:
    guest = Visitor(desk.url).open()
    schema = CLIENT.get(f"{desk.url}/api/openapi.json").json()
    schema["paths"] = {path: found for path, found in schema["paths"].items() if path.startswith("/api/chat/")}
    # Streams do not end, and an erased session would be of no use to the rest.
    schema["paths"].pop("/api/chat/events")
    schema["paths"]["/api/chat/data"].pop("delete")
    description = tmp_path / "openapi.json"
    description.write_text(json.dumps(schema))
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            "run",
            str(description),
            f"--url={desk.url}",
            f"--header=Authorization: Bearer {guest.token}",
            "--checks=not_a_server_error",
            "--phases=fuzzing",
            f"--max-examples={400 if FULL else 8}",
            "--generation-deterministic",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=1500,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    _no_trace(desk)


def _raw(desk: Process, content: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", desk.port), timeout=5) as connection:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        try:
            return connection.recv(4096)
        except (TimeoutError, ConnectionResetError):
            return b""


def test_tokens_paths_and_streams_of_a_fuzzer_open_nothing(desk: Process) -> None:
    victim = Visitor(desk.url).open().listen()
    victim.send(SECRET)
    victim.wait_for(SECRET, "user")
    rng = random.Random(11)
    alphabet = [*"abcXYZ019-_.:%=/ ", "\x00", "\x7f", "\xff", "é"]
    paths = ("events", "transcript", "data", "messages", "self-analysis/1/chart.png", "self-analysis/2/sheet.pdf")
    for number in range(10_000 if FULL else 300):
        token = list(victim.token)
        for _ in range(rng.randint(1, 4)):
            token[rng.randrange(len(token))] = rng.choice(alphabet)
        forged = "".join(token)
        if forged == victim.token:
            continue
        after = rng.choice(["0", "-1", "1e9", "9" * 40, "%00", "あ", "1;DROP", str(uuid.uuid4()), ""])
        method = rng.choice(["GET", "POST", "DELETE", "OPTIONS", "PUT", "HEAD"])
        head = (
            f"{method} /api/chat/{rng.choice(paths)}?after={after} HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\n"
            f"Authorization: {rng.choice(['Bearer', 'bearer', 'Basic', ''])} {forged}\r\n"
            f"Last-Event-ID: {rng.choice(['0', 'x', '-5', '9' * 30])}\r\nConnection: close\r\n\r\n"
        )
        answer = _raw(desk, head.encode("utf-8"))
        status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0
        assert status < 500, (number, head, answer)
        assert SECRET.encode() not in answer
        assert status != 200, (number, head, answer)
    assert victim.call("GET", "transcript").status_code == 200
    victim.close()
    _no_trace(desk)


@pytest.mark.parametrize("after", ["-1", "x", "9" * 40, "1e3", "٣"])
def test_a_seq_that_is_none_is_refused(desk: Process, after: str) -> None:
    guest = Visitor(desk.url).open()
    answer = guest.call("GET", "events", params={"after": after})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_results_of_others_are_not_found(desk: Process) -> None:
    guest = Visitor(desk.url).open()
    for seq in ("1", "2", "99999999999999999999", "0"):
        answer = guest.call("GET", f"self-analysis/{seq}/sheet.pdf")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
