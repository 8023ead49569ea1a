"""Starts the real engine for a test and talks to it over HTTP. Standard library only: both environments use it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENGINE_PYTHON = ROOT / ".venv" / "engine" / "bin" / "python"
MODEL = ROOT / "models" / "michishirube.tar.gz"
START_SECONDS = 90
# Rasa imports everything it knows, twice.
RASA_START_SECONDS = 240


def free_port() -> int:
    """A TCP port on loopback that nobody listens on right now, nor on the next two (workers' own doors).

    It lies below those that the system gives to connections: one of thousands might take it before somebody listens.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with contextlib.ExitStack() as probes, contextlib.suppress(OSError):
            for each in range(port, port + 3):
                probes.enter_context(socket.socket()).bind(("127.0.0.1", each))
            return port


@dataclass
class Engine:
    """An engine process that answers on loopback."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def request(
        self, method: str, path: str, body: object = None, raw: bytes | None = None, timeout: float = 30
    ) -> tuple[int, Any]:
        """Sends one request; returns the status and the JSON body (the text where it is not JSON)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            payload = raw if raw is not None else None if body is None else json.dumps(body).encode()
            connection.request(method, path, payload, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        try:
            return answer.status, json.loads(text)
        except json.JSONDecodeError:
            return answer.status, text

    def say(self, sender: str, message: str, **metadata: Any) -> list[dict[str, Any]]:
        """One turn over the REST contract; fails the test on anything but 200."""
        metadata = {"message_id": str(uuid.uuid4()), "channel": "web", **metadata}
        body = {"sender": sender, "message": message, "metadata": metadata}
        status, replies = self.request("POST", "/webhooks/rest/webhook", body)
        assert status == 200, (status, replies)
        assert isinstance(replies, list)
        return replies

    def text(self, sender: str, message: str) -> str:
        """One turn; all texts of the answer, and the titles of its buttons, as a person would see them."""
        shown: list[str] = []
        for reply in self.say(sender, message):
            shown += [reply.get("text") or "", *(button["title"] for button in reply.get("buttons") or [])]
        return "\n".join(part for part in shown if part)

    def parse(self, text: str) -> dict[str, Any]:
        """NLU alone, without a conversation."""
        status, result = self.request("POST", "/model/parse", {"text": text})
        assert status == 200, (status, result)
        assert isinstance(result, dict)
        return result


def _wait_until_ready(engine: Engine, path: str = "/status", seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if engine.process.poll() is not None:
            break
        with contextlib.suppress(OSError, http.client.HTTPException):
            if engine.request("GET", path, timeout=2)[0] == 200:
                return
        time.sleep(0.05)
    tail = engine.log.read_text(encoding="utf-8", errors="replace")[-3000:]
    raise AssertionError(f"the engine did not start within {seconds} s:\n{tail}")


@contextlib.contextmanager
def served_engine(folder: Path, **environment: str) -> Iterator[Engine]:
    """The real engine with the trained model, its tracker store in `folder`, until the block ends.

    Raises:
        AssertionError: it did not come up; the end of its log is in the message.
    """
    assert MODEL.exists(), "no trained model; run `make train` first"
    port = int(environment.pop("ENGINE_PORT", "0")) or free_port()
    settings = {
        "ENGINE_PORT": str(port),
        "TRACKER_URL": f"sqlite:///{folder / 'tracker.db'}",
        "DATA_DIR": str(folder),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        **environment,
    }
    log = folder / "engine.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(ENGINE_PYTHON), "-m", "bot.server"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    engine = Engine(port, process, log, settings)
    try:
        _wait_until_ready(engine)
        yield engine
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def served_by_rasa(
    folder: Path, model: Path, actions: str, cwd: Path, environment: Mapping[str, str]
) -> Iterator[Engine]:
    """Rasa's own two servers, `rasa run` and `rasa run actions`, over our tracker store, until the block ends.

    Raises:
        AssertionError: they did not come up; the end of their log is in the message.
    """
    port, actions_port = free_port(), free_port()
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(
        f"action_endpoint: {{url: 'http://127.0.0.1:{actions_port}/webhook'}}\n"
        f"tracker_store: {{type: bot.tracker_store.SqlTrackerStore, url: 'sqlite:///{folder / 'rasa.db'}'}}\n"
    )
    settings = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_WORKERS": "1",
        **environment,
    }
    rasa = [str(ENGINE_PYTHON), "-W", "ignore", "-m", "rasa", "run"]
    commands = [
        [*rasa, "actions", "--actions", actions, "-p", str(actions_port)],
        [*rasa, "--enable-api", "-m", str(model), "--endpoints", str(endpoints), "--credentials",
         str(ROOT / "credentials.yml"), "-i", "127.0.0.1", "-p", str(port)],
    ]  # fmt: skip
    log = folder / "rasa.log"
    with log.open("wb") as output:
        processes = [
            subprocess.Popen(command, cwd=cwd, env=settings, stdout=output, stderr=subprocess.STDOUT)
            for command in commands
        ]
    try:
        for process, at, path in zip(processes, (actions_port, port), ("/health", "/status"), strict=True):
            _wait_until_ready(Engine(at, process, log), path, RASA_START_SECONDS)
        yield Engine(port, processes[1], log, settings)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
