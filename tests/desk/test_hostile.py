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
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
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


#: What every answer has to keep to: no 5xx, and status, type, headers and body as they are described.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


def _schemathesis(desk: Process, folder: Path, token: str, examples: int) -> None:
    schema = CLIENT.get(f"{desk.url}/api/openapi.json").json()
    schema["paths"] = {path: found for path, found in schema["paths"].items() if path.startswith("/api/chat/")}
    # Streams do not end, and an ended or erased session would be of no use to the rest.
    for path in ("/api/chat/events", "/api/chat/end"):
        schema["paths"].pop(path)
    description = folder / "openapi.json"
    description.write_text(json.dumps(schema))
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            "run",
            str(description),
            f"--url={desk.url}",
            f"--header=Authorization: Bearer {token}",
            f"--checks={','.join(CHECKS)}",
            # It stays in the description: a method that is not described there is tried for just that reason.
            "--exclude-name=DELETE /api/chat/data",
            "--phases=examples,coverage,fuzzing",
            "--mode=all",
            f"--max-examples={examples}",
            "--workers=4",
            "--suppress-health-check=all",
            # The token is given; tokens of a fuzzer's making come in the next test.
            "--generation-with-security-parameters=false",
            "--generation-deterministic",
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=1500,
    )
    print(done.stdout[-2500:])  # noqa: T201 - how many requests it were
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_described_api_withstands_what_schemathesis_makes_of_it(desk: Process, tmp_path: Path) -> None:
    guest = Visitor(desk.url).open()
    _schemathesis(desk, tmp_path, guest.token, 900 if FULL else 6)
    # It was this session that was tried, to the end.
    assert guest.call("GET", "transcript").status_code == 200
    _no_trace(desk)


def _raw(desk: Process, content: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", desk.port), timeout=5) as connection:
        connection.sendall(content)
        try:
            return connection.recv(4096)
        except (TimeoutError, ConnectionResetError):
            return b""


ALPHABET = [*"abcXYZ019-_.:%=/+~ ", *"abcXYZ019-_.:%=/+~", "\x00", "\xff", "é"]
FUZZED = ("events", "transcript", "data", "messages", "self-analysis/1/chart.png", "self-analysis/2/sheet.pdf")


def _forged_request(desk: Process, token: str, number: int) -> bytes:
    """A request with a token that is nearly the right one, and a seq that is hardly ever one."""
    rng = random.Random(number)
    forged = list(token)
    while "".join(forged) == token:
        for _ in range(rng.randint(1, 4)):
            forged[rng.randrange(len(forged))] = rng.choice(ALPHABET)
    after = rng.choice(["0", "-1", "1e9", "9" * 40, "%00", "あ", "1;DROP", str(uuid.uuid4()), ""])
    method = rng.choice(["GET", "GET", "GET", "GET", "POST", "DELETE", "OPTIONS", "PUT"])
    head = (
        f"{method} /api/chat/{rng.choice(FUZZED)}?after={after} HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\n"
        f"Authorization: {rng.choice(['Bearer', 'bearer', 'Basic', ''])} {''.join(forged)}\r\n"
        f"Last-Event-ID: {rng.choice(['0', '0', '3', 'x', '9' * 30])}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("utf-8")


def test_tokens_paths_and_streams_of_a_fuzzer_open_nothing(desk: Process) -> None:
    victim = Visitor(desk.url).open().listen()
    victim.send(SECRET)
    victim.wait_for(SECRET, "user")
    answers: Counter[int] = Counter()

    def one(number: int) -> None:
        head = _forged_request(desk, victim.token, number)
        answer = _raw(desk, head)
        status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0
        answers[status] += 1
        assert SECRET.encode() not in answer, head
        assert status < 500, (head, answer)
        assert status != 200, (head, answer)

    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(one, range(10_000 if FULL else 300)):
            pass
    # Most are refused for their token, so it is the tokens that were tried, not only the parser.
    assert answers[401] > answers.total() / 4, answers
    print(f"answers to forged requests: {dict(answers)}")  # noqa: T201 - a figure
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
