"""Measures the engine over HTTP, beside stock Rasa with its recommended pipeline, and writes docs/performance.md.

    make bench                 ours alone, or with stock where `make bench-stock` made its environment and model
    python bench/engine.py --soak 50000

Both sides get the same messages from the same clients in the same run; stock runs `rasa run` (SQL tracker store) and
`rasa run actions` over the same actions. Nothing but the standard library is used, so that the client costs little.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import http.client
import json
import os
import platform
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STOCK = ROOT / ".venv" / "stock"
STOCK_MODEL = ROOT / "models" / "stock.tar.gz"
OUT = ROOT / "var" / "bench" / "engine.json"
TURNS = [
    "経理ってどんな仕事？", "じゃあ人事は？", "一般事務と営業事務の違いを教えて", "未経験でもできますか",
    "資格は必要？", "もっと詳しく", "残業は多いですか", "人と話すのが好きなんだけど何が向いてる？", "ありがとう",
    "総務のデメリットは？",
    "転職って何から始めればいいの", "履歴書の書き方が分からない", "はい", "情シスに向いてる人", "相談って無料ですか",
]  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in tree(int(child)))]


@dataclass
class Served:
    """An engine under measurement."""

    name: str
    port: int
    processes: list[subprocess.Popen[bytes]]
    started: float = 0.0
    start_seconds: float = 0.0
    start_cpu: float = 0.0
    token: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})

    def pids(self) -> list[int]:
        """All its processes, the action server's too."""
        return [pid for process in self.processes for pid in tree(process.pid)]

    def cpu(self) -> float:
        """CPU seconds so far."""
        ticks = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident memory in MB: proportional shares, so that pages of a shared dictionary count once."""
        kilobytes = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                kilobytes += int(re.search(r"Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())[1])  # type: ignore[index]
        return kilobytes / 1024

    def resident(self) -> float:
        """Resident memory in MB as `ps` shows it."""
        kilobytes = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                kilobytes += int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])  # type: ignore[index]
        return kilobytes / 1024


class Client:
    """One person at one connection."""

    def __init__(self, served: Served) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=120)
        self.headers = served.token
        self.errors = 0

    def post(self, path: str, body: dict[str, Any]) -> tuple[float, Any]:
        """Milliseconds and answer; anything but 200 with a list or object counts as an error."""
        payload = json.dumps(body)
        began = time.perf_counter()
        self.connection.request("POST", path, payload, self.headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != 200 or raw in {b"[]", b""}:
            self.errors += 1
        return took, json.loads(raw) if raw else None

    def say(self, sender: str, text: str, number: int) -> float:
        """Milliseconds of one turn."""
        metadata = {"message_id": f"{sender}-{number}", "channel": "web"}
        return self.post("/webhooks/rest/webhook", {"sender": sender, "message": text, "metadata": metadata})[0]


def wait_for(served: Served, seconds: float = 240) -> None:
    """Waits for the first answer to a message."""
    deadline = served.started + seconds
    while time.perf_counter() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException, json.JSONDecodeError):
            client = Client(served)
            client.say("first", TURNS[0], 0)
            if not client.errors:
                served.start_seconds = time.perf_counter() - served.started
                served.start_cpu = served.cpu()
                return
        if any(process.poll() is not None for process in served.processes):
            break
        time.sleep(0.05)
    raise SystemExit(f"bench: {served.name} did not start")


@contextlib.contextmanager
def serve(name: str, commands: list[list[str]], port: int, settings: dict[str, str], folder: Path) -> Iterator[Served]:
    """Starts an engine's processes and stops them."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "SANIC_WORKERS": "1", **settings,
    }  # fmt: skip
    with (folder / f"{name.replace(' ', '-')}.log").open("wb") as log:
        started = time.perf_counter()
        processes = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
            for command in commands
        ]
        served = Served(name, port, processes, started)
        try:
            wait_for(served)
            yield served
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                process.kill()


@contextlib.contextmanager
def ours(folder: Path, python: str, workers: int = 1, url: str | None = None) -> Iterator[Served]:
    """Our engine."""
    port = free_port()
    settings = {
        "ENGINE_PORT": str(port), "TRACKER_URL": url or f"sqlite:///{folder / f'ours-{workers}.db'}",
        "WORKERS": str(workers), "DATA_DIR": str(folder),
    }  # fmt: skip
    with serve(f"ours {workers}", [[python, "-m", "bot.server"]], port, settings, folder) as served:
        yield served


@contextlib.contextmanager
def stock(folder: Path, python: str, model: str) -> Iterator[Served]:
    """Stock Rasa: its server, its SQL tracker store, its action server."""
    port, actions = free_port(), free_port()
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(
        f"action_endpoint: {{url: 'http://127.0.0.1:{actions}/webhook'}}\n"
        f"tracker_store: {{type: SQL, dialect: sqlite, db: '{folder / 'stock.db'}'}}\n"
    )
    rasa = [python, "-W", "ignore", "-m", "rasa", "run"]
    commands = [
        [*rasa, "actions", "--actions", "actions", "-p", str(actions)],
        [*rasa, "--enable-api", "-m", model, "--endpoints", str(endpoints), "--credentials",
         str(ROOT / "credentials.yml"), "-i", "127.0.0.1", "-p", str(port)],
    ]  # fmt: skip
    with serve("stock", commands, port, {}, folder) as served:
        yield served


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def quiet_turns(served: Served, conversations: int) -> dict[str, float]:
    """One client, conversations of 15 turns."""
    client = Client(served)
    times = [
        client.say(f"q{served.name}{number}", text, turn)
        for number in range(conversations)
        for turn, text in enumerate(TURNS)
    ]
    return {"p50": statistics.median(times), "p95": percentile(times, 0.95), "errors": client.errors}


def long_conversation(served: Served, seconds: float) -> dict[str, float | None]:
    """One conversation of 1,000 turns, given up after `seconds`: medians around turn 10, 100, 300 and 1,000."""
    client = Client(served)
    times: list[float] = []
    deadline = time.perf_counter() + seconds
    while len(times) < 1010 and time.perf_counter() < deadline:
        times.append(client.say(f"long{served.name}", TURNS[len(times) % len(TURNS)], len(times)))
    result: dict[str, float | None] = {"turns": len(times)}
    for turn in (10, 100, 300, 1000):
        # 15 turns, one of each kind of message
        around = times[max(0, turn - 8) : turn + 7]
        result[str(turn)] = statistics.median(around) if len(times) >= turn + 7 or turn == 10 else None
    return result


def load(served: Served, clients: int, seconds: float) -> dict[str, float]:
    """Turns a second with some clients at once, and what they cost."""
    stop = time.perf_counter() + seconds
    times: list[list[float]] = [[] for _ in range(clients)]
    errors = [0] * clients

    def talk(number: int) -> None:
        client = Client(served)
        turn = 0
        while time.perf_counter() < stop:
            sender = f"l{clients}-{number}-{turn // len(TURNS)}"
            times[number].append(client.say(f"{served.name}{sender}", TURNS[turn % len(TURNS)], turn))
            turn += 1
        errors[number] = client.errors

    cpu = served.cpu()
    began = time.perf_counter()
    threads = [threading.Thread(target=talk, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    cpu = served.cpu() - cpu
    every = [one for some in times for one in some]
    return {
        "per_second": len(every) / took, "p50": statistics.median(every), "p95": percentile(every, 0.95),
        "per_cpu_second": len(every) / max(cpu, 0.01), "errors": sum(errors),
    }  # fmt: skip


def accuracy(served: Served) -> dict[str, float]:
    """NLU on the held-out utterances, over /model/parse."""
    rows = re.findall(
        r'- \{text: "(.*?)", intent: (\w+).*?also: \[(.*?)\]', (ROOT / "tests/nlu/heldout.yml").read_text("utf-8")
    )
    client = Client(served)
    exact = accepted = 0
    times = []
    for text, intent, also in rows:
        took, parsed = client.post("/model/parse", {"text": text})
        times.append(took)
        name = parsed["intent"]["name"]
        if name == "nlu_fallback" and len(parsed.get("intent_ranking", [])) > 1:
            name = parsed["intent_ranking"][1]["name"]
        exact += name == intent
        accepted += name == intent or name in also.replace(" ", "").split(",")
    return {
        "rows": len(rows), "exact": exact / len(rows), "accepted": accepted / len(rows),
        "p50": statistics.median(times), "p95": percentile(times, 0.95),
    }  # fmt: skip


def measure(served: Served, seconds: float, long_seconds: float) -> dict[str, Any]:
    """Everything about one engine."""
    print(f"bench: {served.name}: first answer after {served.start_seconds:.1f} s", flush=True)
    result: dict[str, Any] = {
        "start_seconds": served.start_seconds, "start_cpu": served.start_cpu, "memory_start": served.memory(),
    }  # fmt: skip
    quiet_turns(served, 3)  # warm
    result["turn"] = quiet_turns(served, 20)
    print(f"bench: {served.name}: turn {result['turn']}", flush=True)
    result["clients"] = {str(clients): load(served, clients, seconds) for clients in (1, 8, 32)}
    print(f"bench: {served.name}: {result['clients']}", flush=True)
    result["long"] = long_conversation(served, long_seconds)
    print(f"bench: {served.name}: long {result['long']}", flush=True)
    result["nlu"] = accuracy(served)
    result["memory"], result["resident"] = served.memory(), served.resident()
    result["cpu"] = served.cpu()
    print(f"bench: {served.name}: nlu {result['nlu']}, {result['resident']:.0f} MB", flush=True)
    return result


def soak(served: Served, turns: int, conversations: int) -> dict[str, Any]:
    """Many turns over many conversations from 8 clients: memory along the way, errors, time a turn."""
    lock = threading.Lock()
    counters = [0] * conversations
    memory: list[tuple[int, float]] = []
    state = {"done": 0, "errors": 0}
    dice = random.Random(1)
    began = time.perf_counter()

    def talk() -> None:
        client = Client(served)
        while True:
            with lock:
                if state["done"] >= turns:
                    state["errors"] += client.errors
                    return
                state["done"] += 1
                if state["done"] % (turns // 20) == 0:
                    memory.append((state["done"], served.resident()))
                number = dice.randrange(conversations)
                counters[number] += 1
                turn = counters[number]
            client.say(f"soak{number}", TURNS[dice.randrange(len(TURNS))], turn)

    threads = [threading.Thread(target=talk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "turns": turns, "conversations": conversations, "seconds": time.perf_counter() - began,
        "errors": state["errors"], "memory": memory,
    }  # fmt: skip


def size_of(environment: Path) -> int:
    """MB of an environment on disk."""
    return int(subprocess.run(["du", "-sm", environment], capture_output=True, text=True, check=True).stdout.split()[0])


def machine() -> dict[str, Any]:
    """Where the figures come from."""
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    return {
        "date": dt.datetime.now(tz=dt.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "cores": os.cpu_count(),
        "cpu": model[1] if model else platform.processor(), "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }  # fmt: skip


# --- the page -------------------------------------------------------------------------------------------------------


def page(results: dict[str, Any]) -> str:
    """docs/performance.md."""
    us, them, where = results["ours"], results.get("stock"), results["machine"]
    lines: list[tuple[str, str, str, str]] = []

    def row(what: str, get: Callable[[dict[str, Any]], Any], shape: str, more_is_better: bool = False) -> None:
        ours_, theirs = get(us), get(them) if them else None
        ratio = ""
        if ours_ and theirs:
            ratio = f"{ours_ / theirs:.2f}" if not more_is_better else f"{ours_ / theirs:.1f} ×"
        shown = [shape.format(value) if value is not None else "not reached" for value in (ours_, theirs)]
        lines.append((what, shown[0], shown[1] if them else "–", ratio))

    row("turn over HTTP, p50 (ms)", lambda r: r["turn"]["p50"], "{:.2f}")
    row("turn over HTTP, p95 (ms)", lambda r: r["turn"]["p95"], "{:.2f}")
    for clients in ("1", "8", "32"):
        row(
            f"turns a second, {clients} client{'s'[: clients != '1']}",
            lambda r, c=clients: r["clients"][c]["per_second"],
            "{:.0f}",
            True,
        )  # type: ignore[misc]
    row("turns a CPU second of the engine, 8 clients", lambda r: r["clients"]["8"]["per_cpu_second"], "{:.0f}", True)
    for turn in ("10", "100", "300", "1000"):
        row(f"turn {turn} of one conversation (ms)", lambda r, t=turn: r["long"][t], "{:.2f}")  # type: ignore[misc]
    row("start to first answer (s)", lambda r: r["start_seconds"], "{:.1f}")
    row("CPU seconds to first answer", lambda r: r["start_cpu"], "{:.1f}")
    row("memory after the run, shared pages once (MB)", lambda r: r["memory"], "{:.0f}")
    row("resident memory after the run (MB)", lambda r: r["resident"], "{:.0f}")
    row("installed environment (MB)", lambda r: r.get("installed"), "{:.0f}")
    row("training (s)", lambda r: r.get("training"), "{:.0f}")
    row("NLU, held-out intents, exact", lambda r: r["nlu"]["exact"], "{:.1%}", True)
    row("NLU, held-out intents, accepted", lambda r: r["nlu"]["accepted"], "{:.1%}", True)
    row("NLU over HTTP, p50 (ms)", lambda r: r["nlu"]["p50"], "{:.2f}")
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    text = f"""# Performance

Measured by `make bench` on {where["date"]}: {where["cores"]} cores of {where["cpu"]}, load {where["load_before"]:.2f}
before the run; clients and database on the same machine. Stock is Rasa 3.6.21 with the pipeline that it recommends
(DIET, TED; `bench/stock/config.yml`), its SQL tracker store (SQLite) and its action server over the same actions; both
sides got the same messages in the same run. {results.get("note", "")}

| | ours | stock | ours / stock |
|---|---|---|---|
{table}

![Milliseconds a turn as a conversation grows](performance-turns.svg)
![Turns a second by clients](performance-clients.svg)
"""
    two = results.get("two_workers")
    if two:
        one = us["clients"]["8"]
        text += f"""
## Two workers

`WORKERS=2`, 8 clients, SQLite, everything on {where["cores"]} cores: {two["per_second"]:.0f} turns a second,
{two["per_second"] / one["per_second"]:.2f} × one worker; {two["per_cpu_second"]:.0f} turns a CPU second of the engine
({two["per_cpu_second"] / one["per_cpu_second"]:.2f} × one worker).
"""
    soaked = results.get("soak")
    if soaked:
        points = [f"{mb:.0f}" for _, mb in soaked["memory"]]
        text += f"""
## Soak

{soaked["turns"]:,} turns over {soaked["conversations"]:,} conversations from 8 clients in {soaked["seconds"]:.0f} s:
{soaked["errors"]} errors. Resident memory at every twentieth of the way (MB): {", ".join(points)}.
"""
    return text


COLOURS = ("#1b6f5c", "#b5532a")


def chart(title: str, xs: list[str], series: dict[str, list[float | None]], unit: str) -> str:
    """A bar chart as SVG."""
    width, height, left, bottom = 640, 300, 60, 40
    top = max((value for values in series.values() for value in values if value), default=1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-size="12">',
        f'<title>{title}</title><text x="{left}" y="18" font-size="14">{title} ({unit})</text>',
    ]
    group = (width - left - 20) / len(xs)
    for at, x in enumerate(xs):
        parts.append(f'<text x="{left + group * (at + 0.5):.0f}" y="{height - 15}" text-anchor="middle">{x}</text>')
        for number, (_, values) in enumerate(series.items()):
            value = values[at]
            if value is None:
                continue
            bar = (height - bottom - 50) * value / top
            x0 = left + group * at + group * (0.15 + 0.36 * number)
            y0 = height - bottom - bar
            parts.append(
                f'<rect x="{x0:.0f}" y="{y0:.0f}" width="{group * 0.32:.0f}" height="{bar:.0f}" '
                f'fill="{COLOURS[number]}"/><text x="{x0 + group * 0.16:.0f}" y="{y0 - 4:.0f}" '
                f'text-anchor="middle">{value:.3g}</text>'
            )
    for number, name in enumerate(series):
        parts.append(
            f'<rect x="{width - 150}" y="{8 + number * 16}" width="10" height="10" fill="{COLOURS[number]}"/>'
            f'<text x="{width - 135}" y="{17 + number * 16}">{name}</text>'
        )
    return "".join(parts) + "</svg>\n"


def write(results: dict[str, Any]) -> None:
    """The page and its charts."""
    sides = {name: results[name] for name in ("ours", "stock") if results.get(name)}
    docs = ROOT / "docs"
    (docs / "performance.md").write_text(page(results), encoding="utf-8")
    turns = ["10", "100", "300", "1000"]
    (docs / "performance-turns.svg").write_text(
        chart("One turn as a conversation grows", [f"turn {t}" for t in turns],
              {name: [side["long"][t] for t in turns] for name, side in sides.items()}, "ms")
    )  # fmt: skip
    clients = ["1", "8", "32"]
    (docs / "performance-clients.svg").write_text(
        chart("Turns a second", [f"{c} clients" for c in clients],
              {name: [side["clients"][c]["per_second"] for c in clients] for name, side in sides.items()}, "1/s")
    )  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10, help="length of each load")
    parser.add_argument("--long-seconds", type=float, default=180, help="patience with the long conversation")
    parser.add_argument("--stock-python", default=str(STOCK / "bin" / "python"))
    parser.add_argument("--stock-model", default=str(STOCK_MODEL))
    parser.add_argument("--training", type=float, help="seconds that our training took")
    parser.add_argument("--stock-training", type=float, help="seconds that stock's training took")
    parser.add_argument("--installed", type=Path, default=ROOT / ".venv" / "engine", help="environment to weigh")
    parser.add_argument("--note", default="")
    parser.add_argument("--soak", type=int, default=0, help="turns of the soak, over a twenty-fifth as many people")
    parser.add_argument("--only-soak", action="store_true")
    options = parser.parse_args()
    results: dict[str, Any] = json.loads(OUT.read_text()) if options.only_soak else {"machine": machine()}
    results["note"] = options.note or results.get("note", "")
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        if not options.only_soak:
            with ours(folder, sys.executable) as served:
                results["ours"] = measure(served, options.seconds, options.long_seconds)
            results["ours"] |= {"installed": size_of(options.installed), "training": options.training}
            with ours(folder, sys.executable, workers=2) as served:
                quiet_turns(served, 5)
                results["two_workers"] = load(served, 8, options.seconds)
                print(f"bench: two workers: {results['two_workers']}", flush=True)
            if Path(options.stock_python).exists() and Path(options.stock_model).exists():
                with stock(folder, options.stock_python, options.stock_model) as served:
                    results["stock"] = measure(served, options.seconds, options.long_seconds)
                environment = Path(options.stock_python).parent.parent
                results["stock"] |= {"installed": size_of(environment), "training": options.stock_training}
            else:
                print("bench: stock is left out; `make bench-stock` makes it")
        if options.soak:
            with ours(folder, sys.executable) as served:
                results["soak"] = soak(served, options.soak, max(1, options.soak // 25))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(results, indent=1))
    write(results)
    print((ROOT / "docs" / "performance.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
