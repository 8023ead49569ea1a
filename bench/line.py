"""Measures LINE's webhook: `python -m bench.line [--seconds 20] [--rate 50] [--json FILE]`.

Events come at a steady rate, one a request, each from another account, whether earlier ones are answered or not, as
LINE sends them. Once with an engine that answers at once, once with one that takes five seconds, once with none.
LINE and the engine are stand-ins; the desk is the real one. Answered means: stored, and 200 read by the client.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from bench.desk import cpu_seconds, percentile
from tests.desk.served import CLIENT, Process, make_desk, make_engine, running
from tests.line.stand_in_line import StandInLine

TARGET_P95_MS = 100.0
#: Who writes: (name, text, whether the engine runs).
CASES = (("engine answers", "hello", True), ("engine slow", "slow 5", True), ("engine stopped", "hello", False))


async def post(port: int, body: bytes, signature: str) -> tuple[int, float]:
    """Status, and seconds from connecting to the end of the answer."""
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST /line/webhook HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Line-Signature: {signature}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        + body
    )
    answer = await reader.read()
    taken = time.perf_counter() - started
    writer.close()
    return int(answer.split(b" ", 2)[1]), taken


async def send(line: StandInLine, desk: Process, text: str, rate: int, seconds: int) -> list[tuple[int, float]]:
    """Post at a steady rate; waits for all answers at the end."""
    bodies = []
    for number in range(rate * seconds):
        event = line.text("U" + uuid.uuid4().hex, f"{text} {number}" if text == "hello" else text)
        bodies.append(json.dumps({"destination": "U" + "0" * 32, "events": [event]}).encode())
    signed = [(body, line.sign(body)) for body in bodies]
    tasks = []
    started = time.perf_counter()
    for number, (body, signature) in enumerate(signed):
        await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(post(desk.port, body, signature)))
    return await asyncio.gather(*tasks)


def measure(name: str, text: str, *, answers: bool, rate: int, seconds: int, more: dict[str, str]) -> dict[str, Any]:
    """One case on a fresh desk."""
    line = StandInLine().start()
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(Path(folder))
        desk = make_desk(Path(folder), engine.url, **line.settings(**more))
        line.desk = desk.url
        with running(*([engine, desk] if answers else [desk])):
            asyncio.run(send(line, desk, "hello", 10, 1))
            before, began = cpu_seconds(desk), time.monotonic()
            done = asyncio.run(send(line, desk, text, rate, seconds))
            busy = (cpu_seconds(desk) - before) / (time.monotonic() - began)
    line.stop()
    times = [seconds for _, seconds in done]
    return {
        "case": name,
        "p50_ms": statistics.median(times) * 1000,
        "p95_ms": percentile(times, 0.95) * 1000,
        "max_ms": max(times) * 1000,
        "not_200": sum(status != 200 for status, _ in done),
        "desk_cores": busy,
    }


def main() -> int:
    """Measure, print, and return 1 when the target is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    more = {"DATABASE_URL": options.database_url} if options.database_url else {}
    found = [
        measure(name, text, answers=answers, rate=options.rate, seconds=options.seconds, more=more)
        for name, text, answers in CASES
    ]
    CLIENT.close()
    sys.stdout.write(f"{options.rate} events a second for {options.seconds} s; target: p95 ≤ {TARGET_P95_MS:g} ms\n")
    for one in found:
        sys.stdout.write(
            f"{one['case']:15} p50 {one['p50_ms']:6.1f}  p95 {one['p95_ms']:6.1f}  max {one['max_ms']:6.1f} ms"
            f"  not 200: {one['not_200']}  desk: {one['desk_cores']:.2f} cores\n"
        )
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    met = all(one["p95_ms"] <= TARGET_P95_MS and not one["not_200"] for one in found)
    sys.stdout.write("target met\n" if met else "target missed\n")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
