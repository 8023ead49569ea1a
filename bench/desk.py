"""Measures the desk: `python -m bench.desk [--seconds 30] [--json FILE]`.

1. The desk's own share of a turn: one visitor, turn after turn, from sending a message to reading the answer on the
   event stream, less the time that the engine (a stand-in, shown apart) took.
2. Under load: 1,000 idle event streams and 30 messages a second at once; time to the answer, and the desk's memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from tests.desk.served import CLIENT, Process, make_desk, make_engine, running

TARGETS = {"own_share_p50_ms": 10.0, "load_p95_ms": 300.0, "memory_mb": 250.0}


class Wire:
    """HTTP/1.1 on plain sockets: a client that costs less than what it measures."""

    def __init__(self, desk: Process) -> None:
        self._port = desk.port

    async def request(self, method: str, path: str, token: str = "", body: Any = None) -> Any:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        answer = await self.on(reader, writer, method, path, token, body)
        writer.close()
        return answer

    async def on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        method: str,
        path: str,
        token: str,
        body: Any,
    ) -> Any:
        content = json.dumps(body).encode() if body is not None else b""
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{bearer}"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        status = int(head.split(" ", 2)[1])
        lengths = [line.split(":")[1] for line in head.lower().split("\r\n") if line.startswith("content-length")]
        data = await reader.readexactly(int(lengths[0])) if lengths else b""
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {data[:200]!r}")
        return json.loads(data) if data else None


class Guest:
    """A visitor who notes when each answer arrives."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.token = ""
        self.arrived: dict[str, asyncio.Future[float]] = {}
        self._reader: asyncio.Task[None] | None = None
        self._posting: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> Guest:
        session = await self._wire.request(
            "POST", "/api/chat/sessions", body={"consent": True, "consent_version": "bench"}
        )
        self.token = session["token"]
        return self

    async def listen(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"GET /api/chat/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {self.token}\r\n\r\n"
        writer.write(head.encode())
        await reader.readuntil(b"\r\n\r\n")
        self._reader = asyncio.create_task(self._read(reader, writer))

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                if line.startswith(b"data: ") and b'"re: ' in line:
                    text = json.loads(line[6:])["text"]
                    waiting = self.arrived.get(text[4:])
                    if waiting is not None and not waiting.done():
                        waiting.set_result(time.perf_counter())
        finally:
            writer.close()

    async def say(self, port: int) -> float:
        """Seconds from sending to reading the answer on the stream."""
        text = uuid.uuid4().hex
        arrival = self.arrived[text] = asyncio.get_running_loop().create_future()
        async with self._turn:
            if self._posting is None:
                self._posting = await asyncio.open_connection("127.0.0.1", port)
            started = time.perf_counter()
            body = {"id": str(uuid.uuid4()), "text": text}
            await self._wire.on(*self._posting, "POST", "/api/chat/messages", self.token, body)
        seconds = await asyncio.wait_for(arrival, 40) - started
        del self.arrived[text]
        return seconds

    def close(self) -> None:
        if self._reader:
            self._reader.cancel()
        if self._posting:
            self._posting[1].close()


def stage(desk: Process, name: str) -> tuple[float, float]:
    """Sum in seconds and count of a stage, from /metrics."""
    text = CLIENT.get(f"{desk.url}/metrics").text
    found = {}
    for line in text.splitlines():
        for part in ("sum", "count"):
            if line.startswith(f'desk_stage_seconds_{part}{{stage="{name}"}}'):
                found[part] = float(line.rsplit(" ", 1)[1])
    return found.get("sum", 0.0), found.get("count", 0.0)


def pid_of(desk: Process) -> int:
    """The desk's process id."""
    if desk.process is None:
        raise RuntimeError("the desk does not run")
    return desk.process.pid


def memory_mb(desk: Process) -> float:
    """Resident memory of the desk."""
    status = Path(f"/proc/{pid_of(desk)}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def one_by_one(desk: Process, turns: int) -> dict[str, float]:
    guest = await Guest(Wire(desk)).open()
    await guest.listen(desk.port)
    for _ in range(20):
        await guest.say(desk.port)
    times, engine = [], []
    for _ in range(turns):
        before = stage(desk, "engine")[0]
        times.append(await guest.say(desk.port))
        # Read between the turns: what the engine took of this very one, as the desk waited for it.
        engine.append(stage(desk, "engine")[0] - before)
    own = [whole - part for whole, part in zip(times, engine, strict=True)]
    guest.close()
    return {
        "turn_p50_ms": statistics.median(times) * 1000,
        "turn_p95_ms": percentile(times, 0.95) * 1000,
        "engine_share_p50_ms": statistics.median(engine) * 1000,
        "own_share_p50_ms": statistics.median(own) * 1000,
        "own_share_p10_ms": percentile(own, 0.1) * 1000,
    }


async def under_load(desk: Process, streams: int, rate: int, seconds: int) -> dict[str, float]:
    wire = Wire(desk)
    idle = []
    for _ in range(streams):
        guest = await Guest(wire).open()
        await guest.listen(desk.port)
        idle.append(guest)
    talking = idle[:60]
    await asyncio.sleep(2)
    cpu = cpu_seconds(desk)
    started = time.perf_counter()
    tasks = []
    for number in range(rate * seconds):
        await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(talking[number % len(talking)].say(desk.port)))
    times = await asyncio.gather(*tasks)
    used = cpu_seconds(desk) - cpu
    result = {
        "streams": float(streams),
        "messages_per_second": float(rate),
        "load_p50_ms": statistics.median(times) * 1000,
        "load_p95_ms": percentile(list(times), 0.95) * 1000,
        "load_max_ms": max(times) * 1000,
        "cpu_ms_per_turn": used * 1000 / len(times),
        "memory_mb": memory_mb(desk),
    }
    for guest in idle:
        guest.close()
    return result


def cpu_seconds(desk: Process) -> float:
    """Processor time that the desk has used."""
    fields = Path(f"/proc/{pid_of(desk)}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure, print, and return 1 when a target is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = make_engine(folder)
        desk = make_desk(folder, engine.url)
        with running(engine, desk):
            figures = asyncio.run(one_by_one(desk, options.turns))
            figures |= asyncio.run(under_load(desk, options.streams, 30, options.seconds))
    CLIENT.close()
    missed = [key for key, most in TARGETS.items() if figures[key] > most]
    for key, value in figures.items():
        target = f"  (target ≤ {TARGETS[key]:g})" if key in TARGETS else ""
        sys.stdout.write(f"{key:22} {value:9.1f}{target}\n")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))
    sys.stdout.write(f"missed: {', '.join(missed)}\n" if missed else "all targets met\n")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
