"""`make run`: engine and desk under one supervisor, which restarts what dies and takes everything along when it stops.

honcho ends everything when one process ends; here the one is started again. TERM and INT stop everything, also when
started in the background, where a shell has told its children to ignore INT. Should the supervisor itself be killed,
its children get TERM from the kernel (Linux).
"""

from __future__ import annotations

import ctypes
import datetime
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from desk import environment

ROOT = environment.ROOT
#: A process that dies gets up at once; one that keeps dying waits longer each time.
FIRST_PAUSE = 0.3
LONGEST_PAUSE = 15.0
#: Alive so long, it counts as healthy again.
HEALTHY_AFTER = 30.0
STOP_SECONDS = 12.0
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One supervised process."""

    name: str
    command: list[str]
    env: dict[str, str]
    #: Run once to its end before the first start, then forgotten; what it refuses ends the run.
    first: list[str] | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = field(default_factory=time.monotonic)


class Supervisor:
    """Starts, watches, restarts and stops."""

    def __init__(self, children: list[Child]) -> None:
        """Watch `children`; nothing runs before `run`."""
        self._children = children
        self._code = 0
        self.stopping = threading.Event()

    def run(self) -> int:
        """Run until TERM, INT or HUP, or until a child cannot be prepared; returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            while not self.stopping.is_set():
                for child in self._children:
                    self._look_after(child)
                self.stopping.wait(0.1)
        finally:
            self._end_all()
        return self._code

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del frame
        say("run", f"{signal.Signals(number).name}: stopping")
        self.stopping.set()

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                child.process = start(child, child.first or child.command)
                child.started = now
            return
        code = child.process.poll()
        if code is None:
            return
        if child.first is not None:
            child.first = child.process = None
            if code:
                self._code = code
                self.stopping.set()
            return
        _signal_group(child.process, signal.SIGKILL)
        child.pause = FIRST_PAUSE if now - child.started > HEALTHY_AFTER else min(child.pause * 2, LONGEST_PAUSE)
        child.due = now + child.pause
        child.process = None
        say("run", f"{child.name} ended ({code}); again in {child.pause:.1f} s")

    def _end_all(self) -> None:
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            _signal_group(process, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                say("run", f"process {process.pid} does not stop: killed")
            _signal_group(process, signal.SIGKILL)
            process.wait()


def start(child: Child, command: list[str]) -> subprocess.Popen[bytes]:
    """Start a child's command in a process group of its own."""
    return subprocess.Popen(  # noqa: S603 - our own command lines
        command, cwd=ROOT, env=child.env, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_leash()
    )


def _leash() -> Callable[[], None] | None:
    """Before exec: signals as by default, and TERM when the supervisor dies."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    parent = os.getpid()

    def before_exec() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return before_exec


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def say(name: str, text: str) -> None:
    """One line to whoever watches."""
    now = datetime.datetime.now().astimezone()
    sys.stderr.write(f"{now:%H:%M:%S} {name:<7}| {text}\n")
    sys.stderr.flush()


def engine_python() -> str:
    """The interpreter of the engine's environment (`ENGINE_PYTHON`)."""
    return environment.text("ENGINE_PYTHON", str(ROOT / ".venv" / "engine" / "bin" / "python"))


def children() -> list[Child]:
    """Engine and desk, with everything that they must agree on."""
    port = environment.number("PORT", 8000)
    engine_port = environment.number("ENGINE_PORT", 5005)
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "DATA_DIR": str(environment.data_dir()),
        "PORT": str(port),
        "ENGINE_PORT": str(engine_port),
        "RASA_TELEMETRY_ENABLED": "false",
    }
    # The public process has no use for the engine's database, nor the engine for the desk's.
    engine_env = {key: value for key, value in env.items() if key not in {"DATABASE_URL", "DESK_SECRET_KEY"}}
    desk_env = {key: value for key, value in env.items() if key != "TRACKER_URL"}
    return [
        Child("engine", [engine_python(), "-m", "bot.server"], engine_env),
        # The desk prepares itself while the engine reads its model.
        Child("desk", [sys.executable, "-m", "desk.serve"], desk_env, first=[sys.executable, "-m", "desk.prepare"]),
    ]


def announce(port: int, alive: Callable[[], bool]) -> None:
    """Print the addresses as soon as desk and engine answer."""
    shown = environment.text("PUBLIC_URL") or f"http://localhost:{port}"
    while alive():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=3) as answer:
                ready = answer.status == 200
        except (OSError, urllib.error.URLError):
            ready = False
        if ready:
            say("run", f"ready. Chat and demo page: {shown}/   Adviser console: {shown}/desk/   (Ctrl-C stops)")
            return
        time.sleep(0.5)


def main() -> int:
    """Run engine and desk."""
    supervisor = Supervisor(children())
    announcer = threading.Thread(
        target=announce,
        args=(environment.number("PORT", 8000), lambda: not supervisor.stopping.is_set()),
        daemon=True,
    )
    announcer.start()
    return supervisor.run()


if __name__ == "__main__":
    raise SystemExit(main())
