"""Starts the desk and a stand-in engine as processes for a test, and talks to them as a visitor does."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.serving import ENGINE_PYTHON, MODEL, ROOT, free_port

START_SECONDS = 120
#: One pool of connections for all visitors of a test run; closed at its end.
CLIENT = httpx.Client(timeout=10, trust_env=False, limits=httpx.Limits(max_connections=None, keepalive_expiry=5))


def wait_until(condition: Callable[[], Any], seconds: float = 20, what: str = "", *, pause: float = 0.02) -> Any:
    """Wait for a condition; its first true value."""
    until = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds} s: {what or condition}")
        time.sleep(pause)


@dataclass
class Process:
    """A server that can be killed and started again on its port."""

    command: list[str]
    port: int
    env: dict[str, str]
    log: Path
    ready_path: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start without waiting."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def ready(self) -> bool:
        try:
            return CLIENT.get(self.url + self.ready_path, timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def wait(self) -> None:
        wait_until(self.ready, START_SECONDS, f"{self.command[-2:]}: see {self.log}")

    def kill(self, number: int = signal.SIGKILL) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        self.process.wait(30)
        self.process = None


def make_engine(folder: Path) -> Process:
    """The stand-in engine, not yet started."""
    port = free_port()
    command = [sys.executable, "-m", "tests.desk.stand_in_engine", str(port), str(folder / "engine.sqlite3")]
    return Process(command, port, {**os.environ, "PYTHONPATH": str(ROOT)}, folder / "engine.log", "/status")


def make_real_engine(folder: Path) -> Process:
    """The real engine with the trained model, not yet started; its trackers are in `folder`."""
    assert MODEL.exists(), "no trained model; run `make train` first"
    port = free_port()
    env = {
        **os.environ,
        "ENGINE_PORT": str(port),
        "TRACKER_URL": f"sqlite:///{folder / 'tracker.db'}",
        "DATA_DIR": str(folder),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
    }
    return Process([str(ENGINE_PYTHON), "-m", "bot.server"], port, env, folder / "engine.log", "/status")


def desk_env(folder: Path, engine_url: str, **more: str) -> dict[str, str]:
    """The environment of a desk on its own data in `folder`."""
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return {
        **env,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        "DATA_DIR": str(folder / "var"),
        "ENGINE_URL": engine_url,
        "LIMIT_MESSAGES": "100000",
        "LIMIT_MESSAGES_PER_ADDRESS": "1000000",
        "LIMIT_SESSIONS_PER_ADDRESS": "100000",
        "LIMIT_DATA": "100000",
        "LIMIT_TYPING": "100000",
        **more,
    }


def prepare(env: dict[str, str]) -> None:
    """Migrations, static files, demo operator."""
    done = subprocess.run(
        [sys.executable, "-m", "desk.prepare"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr


@functools.cache
def _prepared() -> Path:
    """The data of a desk on SQLite that was prepared and never run: seconds of work, the same for every desk."""
    folder = Path(tempfile.mkdtemp(prefix="michishirube-desk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    prepare(desk_env(folder, "http://127.0.0.1:9"))
    return folder / "var"


def make_desk(folder: Path, engine_url: str, *, number: int = 1, **more: str) -> Process:
    """A desk process, prepared but not yet started."""
    port = free_port()
    env = desk_env(folder, engine_url, **{"PORT": str(port), **more})
    if number == 1 and "DATABASE_URL" in env:
        prepare(env)
    elif number == 1:
        shutil.copytree(_prepared(), env["DATA_DIR"], dirs_exist_ok=True)
    return Process([sys.executable, "-m", "desk.serve"], port, env, folder / f"desk-{number}.log", "/healthz")


@contextlib.contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Start processes, wait until they answer, and end them afterwards."""
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.wait()
        yield
    finally:
        for process in processes:
            process.kill(signal.SIGTERM if process.ready_path == "/healthz" else signal.SIGKILL)


@dataclass
class Visitor:
    """A website visitor: sends with retries and reads the stream by seq, like the widget."""

    url: str
    token: str = ""
    conversation: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    hints: list[dict[str, Any]] = field(default_factory=list)
    comments: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    errors: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)

    def open(self) -> Visitor:
        answer = CLIENT.post(f"{self.url}/api/chat/sessions", json={"consent": True, "consent_version": "test-1"})
        assert answer.status_code == 201, answer.text
        self.token, self.conversation = answer.json()["token"], answer.json()["conversation"]
        return self

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        headers = {**self.headers, **request.pop("headers", {})}
        return CLIENT.request(method, f"{self.url}/api/chat/{path}", headers=headers, **request)

    def send(self, text: str = "", *, choice: str = "", uid: str = "") -> httpx.Response:
        body = {"id": uid or str(uuid.uuid4()), **({"choice": choice} if choice else {"text": text})}
        return self.call("POST", "messages", json=body)

    def send_surely(self, text: str, seconds: float = 90) -> int:
        """Send one message until it is accepted, with the same id, as the widget's retry does."""
        uid, until = str(uuid.uuid4()), time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                answer = self.send(text, uid=uid)
                if answer.status_code == 202:
                    return int(answer.json()["seq"])
                assert answer.status_code in {429, 503}, answer.text
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        raise AssertionError("never accepted")

    def listen(self) -> Visitor:
        """Read the stream in the background, coming back with the last seq after every break."""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def _listen(self) -> None:
        while not self._stop.is_set():
            last = self.events[-1]["seq"] if self.events else 0
            try:
                with CLIENT.stream(
                    "GET",
                    f"{self.url}/api/chat/events",
                    headers={**self.headers, "Last-Event-ID": str(last)},
                    timeout=httpx.Timeout(5, read=40),
                ) as answer:
                    if answer.status_code != 200:
                        self.errors.put(f"{answer.status_code}")
                        self._stop.wait(0.3)
                        continue
                    for line in answer.iter_lines():
                        if self._stop.is_set():
                            return
                        self._line(line)
            except httpx.HTTPError:
                self._stop.wait(0.1)
            except RuntimeError:
                # The tests are over, and whoever still listened finds the client closed.
                if not CLIENT.is_closed:
                    raise
                return

    def _line(self, line: str) -> None:
        if line.startswith(":"):
            self.comments += 1
        elif line.startswith("data: "):
            event = json.loads(line[6:])
            (self.events if "seq" in event else self.hints).append(event)

    def close(self) -> None:
        self._stop.set()

    def texts(self, who: str = "bot") -> list[str]:
        return [event.get("text", "") for event in list(self.events) if event["from"] == who]

    def wait_for(self, text: str, who: str = "bot", seconds: float = 20) -> dict[str, Any]:
        found = wait_until(
            lambda: [event for event in list(self.events) if event["from"] == who and event.get("text") == text],
            seconds,
            f"{text!r} from {who} in {self.texts(who)}",
        )
        return dict(found[0])
