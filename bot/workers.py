"""Starts the workers of one engine, and again the one that ends; standard library only, so that it stays small."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bot.settings import Settings

logger = logging.getLogger(__name__)

# A worker that ends sooner than this after its start has nothing to gain from another try right now.
SOON_SECONDS: Final = 5.0
STOP_SECONDS: Final = 15.0


def _start(number: int, folder: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "ENGINE_WORKER": str(number), "ENGINE_WORKER_FOLDER": str(folder)}
    return subprocess.Popen([sys.executable, "-m", "bot.server"], env=environment)


def supervise(settings: Settings) -> int:
    """Runs the workers until TERM or INT; returns the exit code."""
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with tempfile.TemporaryDirectory(prefix="engine-") as name:
        folder = Path(name)
        started = {number: time.monotonic() for number in range(settings.workers)}
        running = {number: _start(number, folder) for number in started}
        failures = 0
        while not stopping and failures <= settings.workers:
            for number, process in running.items():
                if process.poll() is None:
                    continue
                soon = time.monotonic() - started[number] < SOON_SECONDS
                failures = failures + 1 if soon else 0
                logger.error("worker %d ended with %s; it is started again", number, process.returncode)
                started[number] = time.monotonic()
                running[number] = _start(number, folder)
            time.sleep(0.1)
        for process in running.values():
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    return 0 if stopping else 1
