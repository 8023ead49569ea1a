"""Measures the engine over HTTP beside stock Rasa with its recommended pipeline, and writes docs/performance.md.

    make bench                        ours, and stock where `make bench-stock` made its environment and model
    make bench BENCH="--soak 50000"   the soak alone; its figures join the page

Both engines run at the same time and are asked in turns, message by message or slice by slice, so that whatever else
the machine does falls on both alike: ratios hold on a busy machine, milliseconds only on a quiet one. Stock runs
`rasa run` (SQL tracker store) and `rasa run actions` over the same actions. Every stage ends when its time is over;
the whole takes about ten minutes on a quiet machine and at most twenty.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import datetime as dt
import json
import os
import platform
import random
import re
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bot import doors, train
from bot.documents import read_yaml
from tests.serving import free_port

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


def _texts(file: str) -> list[str]:
    """What people say in a file of conversations or utterances."""
    rows = read_yaml(ROOT / "tests" / file)["rows"]
    return [turn["say"] for row in rows for turn in row["turns"]] if "turns" in rows[0] else [r["text"] for r in rows]


# What blind hands typed, a text a turn, none of it learnt from: no two people say the same fifteen things. What was
# just said costs less (what the last 512 texts were heard as is kept): no text may come again before it is forgotten.
SAID = [
    text
    for name in ("unseen", "unseen_second", "unseen_third", "unseen_fourth", "unseen_fifth")
    for text in _texts(f"stories/{name}.yml")
] + _texts("nlu/blind_intents.yml")
# Turns of one person.
TALK = 15
# The ages at which turns are compared, in turns.
AGES = (10, 100, 300, 1000)
WEBHOOK = "/webhooks/rest/webhook"


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
    #: Where each of several workers is asked directly, as the desk does.
    doors: list[int] = field(default_factory=list)
    start_seconds: float = 0.0
    start_cpu: float = 0.0

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


def http_request(method: str, path: str, body: Any) -> bytes:
    """A request as it goes over the wire."""
    payload = b"" if body is None else json.dumps(body).encode()
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(payload)}\r\n\r\n"
    ).encode() + payload


def content_length(head: bytes) -> int:
    """What the head of an answer says."""
    return int(re.search(rb"(?i)content-length: *(\d+)", head)[1])  # type: ignore[index]


class Client:
    """One person at one connection. A bare socket: the client shares the cores and should cost little of them."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.errors = 0
        self._socket: socket.socket | None = None

    def _exchange(self, request: bytes) -> tuple[int, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.served.port), timeout=120)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._some()
        head, _, body = received.partition(b"\r\n\r\n")
        length = content_length(head)
        while len(body) < length:
            body += self._some()
        if re.search(rb"(?i)connection: *close", head):
            self.close()
        return int(head.split(b" ", 2)[1]), body

    def _some(self) -> bytes:
        some = self._socket.recv(65536) if self._socket else b""
        if not some:
            self.close()
            raise OSError("the engine closed the connection")
        return some

    def close(self) -> None:
        """Hangs up."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def request(self, method: str, path: str, body: Any) -> tuple[float, int, bytes]:
        """Milliseconds, status, body."""
        request = http_request(method, path, body)
        began = time.perf_counter()
        try:
            status, answer = self._exchange(request)
        except OSError:
            # A server may close an idle connection; one new try, within the measured time.
            self.close()
            status, answer = self._exchange(request)
        return (time.perf_counter() - began) * 1000, status, answer

    def post(self, path: str, body: dict[str, Any]) -> tuple[float, bytes]:
        """Milliseconds and answer; anything but 200 with something in it counts as an error."""
        took, status, answer = self.request("POST", path, body)
        if status != 200 or answer in {b"[]", b""}:
            self.errors += 1
        return took, answer

    def say(self, sender: str, text: str, number: int) -> float:
        """Milliseconds of one turn."""
        metadata = {"message_id": f"{sender}-{number}", "channel": "web"}
        return self.post(WEBHOOK, {"sender": sender, "message": text, "metadata": metadata})[0]


def wait_for(served: Served, seconds: float = 240) -> None:
    """Waits for the first answer to a message."""
    deadline = served.started + seconds
    while time.perf_counter() < deadline:
        client = Client(served)
        with contextlib.suppress(OSError):
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
        served = Served(name, port, processes, started, doors=[port])
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
        served.doors = doors.ports(port, workers)
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


# --- what is measured -----------------------------------------------------------------------------------------------


def warm(sides: Sequence[Served]) -> None:
    """Some conversations that are not counted."""
    for side in sides:
        client = Client(side)
        for number in range(3):
            for turn, text in enumerate(TURNS):
                client.say(f"warm{number}", text, turn)


def summary(times: list[float]) -> dict[str, float]:
    """Median and tail."""
    return {"p50": statistics.median(times), "p95": percentile(times, 0.95), "samples": len(times)}


def one_client(
    sides: Sequence[Served], seconds: float, texts: Sequence[str] = SAID, name: str = "q"
) -> list[dict[str, Any]]:
    """Turns of conversations of 15 turns, every message to one engine right after the other."""
    clients = [Client(side) for side in sides]
    times: list[list[float]] = [[] for _ in sides]
    cpu = [side.cpu() for side in sides]
    load = os.getloadavg()[0]
    said = cycle(texts)
    deadline = time.perf_counter() + seconds
    number = 0
    while number < 40 and (time.perf_counter() < deadline or number < 3):
        for turn, text in enumerate(islice(said, TALK)):
            for client, taken in zip(clients, times, strict=True):
                taken.append(client.say(f"{name}{number}", text, turn))
        number += 1
    return [
        {
            **summary(taken), "errors": client.errors, "load": load,
            "cpu_ms": (side.cpu() - before) * 1000 / len(taken),
        }
        for side, client, taken, before in zip(sides, clients, times, cpu, strict=True)
    ]  # fmt: skip


class _Person:
    """One of a crowd, with a connection to each door, who waits for no thread."""

    def __init__(self, served: Served, name: str, said: Iterator[str]) -> None:
        self._name = name
        self._said = said
        self._turn = 0
        self._received = b""
        self.began = 0.0
        self.lines = [socket.create_connection(("127.0.0.1", port), timeout=120) for port in served.doors]
        for line in self.lines:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        """Sends the next turn."""
        sender = f"{self._name}-{self._turn // TALK}"
        metadata = {"message_id": f"{sender}-{self._turn}", "channel": "web"}
        body = {"sender": sender, "message": next(self._said), "metadata": metadata}
        self._turn += 1
        self.began = time.perf_counter()
        self.lines[doors.owner_of(sender, len(self.lines))].sendall(http_request("POST", WEBHOOK, body))

    def answered(self, line: socket.socket) -> bool | None:
        """Reads what has come: None, not the whole answer yet; else whether it was one with something in it."""
        some = line.recv(65536)
        if not some:
            raise SystemExit("bench: an engine closed a connection under load")
        self._received += some
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or len(body) < content_length(head):
            return None
        self._received = b""
        return head.split(b" ", 2)[1] == b"200" and body not in {b"[]", b""}


def crowd(side: Served, clients: int, name: str, seconds: float) -> tuple[list[float], int]:
    """Some people at once, each asking on as soon as it is answered: milliseconds of the turns, and failures.

    One thread serves all of them, so that the crowd takes little of the cores that it shares with the engine.
    """
    times: list[float] = []
    errors = 0
    said = cycle(SAID)
    with contextlib.ExitStack() as open_lines, selectors.DefaultSelector() as selector:
        for client in range(clients):
            person = _Person(side, f"{name}-{client}", said)
            for line in person.lines:
                open_lines.enter_context(line)
                selector.register(line, selectors.EVENT_READ, person)
            person.ask()
        stop = time.perf_counter() + seconds
        waiting = clients
        while waiting:
            for key, _ in selector.select(120):
                person = key.data
                answered = person.answered(key.fileobj)
                if answered is None:
                    continue
                now = time.perf_counter()
                times.append((now - person.began) * 1000)
                errors += not answered
                if now < stop:
                    person.ask()
                else:
                    waiting -= 1
    return times, errors


def many_clients(
    sides: Sequence[Served], clients: int, rounds: int, seconds: float, stage: str = "l"
) -> list[dict[str, float]]:
    """Turns a second with some clients at once: short slices, one engine after the other, several rounds.

    A stage has senders of its own: a message that was answered in another one is not answered anew, only said again.
    """
    times: list[list[float]] = [[] for _ in sides]
    errors = [0 for _ in sides]
    took, cpu = [0.0 for _ in sides], [0.0 for _ in sides]
    for number in range(rounds):
        for at, side in enumerate(sides):
            before, began = side.cpu(), time.perf_counter()
            some, failed = crowd(side, clients, f"{stage}{clients}-{number}", seconds)
            times[at] += some
            errors[at] += failed
            took[at] += time.perf_counter() - began
            cpu[at] += side.cpu() - before
    return [
        {
            **summary(times[at]), "per_second": len(times[at]) / took[at],
            "per_cpu_second": len(times[at]) / max(cpu[at], 0.01), "errors": errors[at],
        }
        for at in range(len(sides))
    ]  # fmt: skip


def grow(side: Served, name: str, turns: int, is_stock: bool) -> None:
    """Makes a conversation of some turns. Stock takes minutes for a thousand: its last ones are given as events."""
    client = Client(side)
    by_hand = min(turns, 2 * len(TURNS)) if is_stock else turns
    for turn in range(by_hand):
        client.say(name, TURNS[turn % len(TURNS)], turn)
    if by_hand == turns:
        return
    _, _, raw = client.request("GET", f"/conversations/{name}/tracker?include_events=ALL", None)
    events = json.loads(raw)["events"]
    asked = [at for at, event in enumerate(events) if event["event"] == "user"]
    round_ = events[asked[len(TURNS)] : asked[-1]]  # all of a round but its last turn, which may be open
    per_round = len(TURNS) - 1
    more = []
    for event in round_ * ((turns - by_hand) // per_round):
        # Stock reads events in the order of their times.
        more.append({**event, "timestamp": events[-1]["timestamp"] + (len(more) + 1) * 1e-6})
    _, status, answer = client.request("POST", f"/conversations/{name}/tracker/events", more)
    if status != 200:
        raise SystemExit(f"bench: stock did not take the events: {answer[:200]!r}")


def ages(sides: Sequence[Served], conversations: int, seconds: float) -> list[dict[str, Any]]:
    """Turns of conversations of different ages, asked in turns with the same messages, so that load falls on all alike.

    Per age the median over 15 turns (one of each kind of message) of some conversations.
    """
    result: list[dict[str, Any]] = []
    for side in sides:
        is_stock = side.name == "stock"
        count = 1 if is_stock else conversations
        names = {age: [f"age{age}-{number}" for number in range(count)] for age in AGES}
        for age in AGES:
            for name in names[age]:
                # A multiple of 15, so that every conversation is asked the same next.
                grow(side, name, max(0, age - 8) // len(TURNS) * len(TURNS), is_stock)
        client = Client(side)
        times: dict[int, list[float]] = {age: [] for age in AGES}
        deadline = time.perf_counter() + seconds
        for turn, text in enumerate(TURNS):
            for number in range(count):
                for age in AGES:
                    times[age].append(client.say(names[age][number], text, 10_000 + turn))
            if time.perf_counter() > deadline:
                break
        medians = {str(age): statistics.median(taken) for age, taken in times.items()}
        # Each turn of an old conversation against the same turn of a young one, asked a moment before.
        ratios = {
            str(age): statistics.median(old / young for old, young in zip(times[age], times[AGES[0]], strict=True))
            for age in AGES
        }
        result.append({**medians, "ratios": ratios, "samples": len(times[AGES[0]]), "errors": client.errors})
    return result


def accuracy(sides: Sequence[Served], seconds: float) -> list[dict[str, float]]:
    """NLU on the held-out utterances over /model/parse, every row to one engine right after the other."""
    rows = re.findall(
        r'- \{text: "(.*?)", intent: (\w+).*?also: \[(.*?)\]', (ROOT / "tests/nlu/heldout.yml").read_text("utf-8")
    )
    random.Random(1).shuffle(rows)
    clients = [Client(side) for side in sides]
    times: list[list[float]] = [[] for _ in sides]
    exact, accepted = [0 for _ in sides], [0 for _ in sides]
    deadline = time.perf_counter() + seconds
    asked = 0
    for text, intent, also in rows:
        for at, client in enumerate(clients):
            took, raw = client.post("/model/parse", {"text": text})
            parsed = json.loads(raw)
            times[at].append(took)
            name = parsed["intent"]["name"]
            if name == "nlu_fallback" and len(parsed.get("intent_ranking", [])) > 1:
                name = parsed["intent_ranking"][1]["name"]
            exact[at] += name == intent
            accepted[at] += name == intent or name in also.replace(" ", "").split(",")
        asked += 1
        if time.perf_counter() > deadline:
            break
    return [
        {**summary(times[at]), "rows": asked, "exact": exact[at] / asked, "accepted": accepted[at] / asked}
        for at in range(len(sides))
    ]


def starts(start: Callable[[], contextlib.AbstractContextManager[Served]], times: int) -> dict[str, float]:
    """Seconds and CPU seconds to the first answer, medians of some starts."""
    measured = []
    for _ in range(times):
        with start() as served:
            measured.append((served.start_seconds, served.start_cpu))
    return {
        "start_seconds": statistics.median(one[0] for one in measured),
        "start_cpu": statistics.median(one[1] for one in measured),
    }


def training_seconds(folder: Path, python: str) -> float:
    """How long our training takes, into a folder of its own."""
    began = time.perf_counter()
    if train.begin(folder / "trained", subprocess.DEVNULL, python).wait():
        raise RuntimeError("the training failed; `make train` says why")
    return time.perf_counter() - began


def compare(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Everything, with all engines running side by side."""

    def say(what: str, figures: Any) -> None:
        print(
            f"bench: {time.perf_counter() - began:4.0f} s, load {os.getloadavg()[0]:.1f}: {what}: {figures}", flush=True
        )

    began = time.perf_counter()
    with_stock = Path(options.stock_python).exists() and Path(options.stock_model).exists()
    if not with_stock:
        print("bench: stock is left out; `make bench-stock` makes it")
    us: dict[str, Any] = starts(lambda: ours(folder, sys.executable), 3)
    say("start", us)
    with contextlib.ExitStack() as stack:
        sides = [stack.enter_context(ours(folder, sys.executable))]
        if with_stock:
            sides.append(stack.enter_context(stock(folder, options.stock_python, options.stock_model)))
        both: list[dict[str, Any]] = [
            us,
            *({"start_seconds": side.start_seconds, "start_cpu": side.start_cpu} for side in sides[1:]),
        ]
        say("start of stock", both[1:])
        warm(sides)

        def keep(name: str, figures: list[dict[str, Any]]) -> None:
            for side, one in zip(both, figures, strict=True):
                side[name] = one
            say(name, figures)

        keep("turn", one_client(sides, options.seconds * 12))
        for clients in ("1", "8", "32"):
            keep(f"clients {clients}", many_clients(sides, int(clients), 3, options.seconds / 2))
        keep("age", ages(sides, 4, options.seconds * 12))
        keep("nlu", accuracy(sides, options.seconds * 12))
        for side, served in zip(both, sides, strict=True):
            side["memory"], side["resident"] = served.memory(), served.resident()
    with ours(folder, sys.executable) as one, ours(folder, sys.executable, workers=2) as two:
        warm([one, two])
        alone = {
            "new": one_client([one], options.seconds, SAID, "new")[0],
            "again": one_client([one], options.seconds, TURNS, "again")[0],
        }
        say("one client, no other engine at work", alone)
        workers = many_clients([one, two], 8, 5, options.seconds / 2, "workers")
        say("one and two workers", workers)
    us["installed"] = size_of(options.installed, ROOT / "requirements" / "engine.txt")
    if options.training:
        us["training"] = training_seconds(folder, sys.executable)
        say("training", us["training"])
    results: dict[str, Any] = {"ours": us, "alone": alone, "workers": workers}
    if with_stock:
        trained = Path(options.stock_model).with_name("stock.json")
        how = json.loads(trained.read_text()) if trained.exists() else {}
        both[1] |= {
            "installed": size_of(Path(options.stock_python).parent.parent, ROOT / "requirements" / "stock.txt"),
            "training": how.get("seconds"),
        }
        results |= {"stock": both[1], "stock_trained": how}
    results["seconds"] = time.perf_counter() - began
    return results


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
                if state["done"] % max(1, turns // 20) == 0:
                    memory.append((state["done"], served.resident()))
                    print(f"bench: {state['done']} turns, {memory[-1][1]:.0f} MB", flush=True)
                number = dice.randrange(conversations)
                counters[number] += 1
                turn = counters[number]
            client.say(f"soak{number}", SAID[dice.randrange(len(SAID))], turn)

    threads = [threading.Thread(target=talk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "turns": turns, "conversations": conversations, "seconds": time.perf_counter() - began,
        "errors": state["errors"], "memory": memory,
    }  # fmt: skip


def size_of(environment: Path, lock: Path) -> float:
    """MB of the packages of a lock file as they are installed: without tools for tests, and without compiled caches."""
    (site,) = environment.glob("lib/python*/site-packages")
    names = {_plain(line.split("==")[0]) for line in lock.read_text().splitlines() if re.match(r"\w", line)}
    size = 0
    for info in site.glob("*.dist-info"):
        if _plain(info.name.removesuffix(".dist-info").rsplit("-", 1)[0]) in names:
            with (info / "RECORD").open(encoding="utf-8", newline="") as record:
                size += sum(int(row[2] or 0) for row in csv.reader(record) if len(row) > 2)
    return size / 1024 / 1024


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.split("[")[0].strip().lower())


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
        shown = [shape.format(value) if value is not None else "–" for value in (ours_, theirs)]
        lines.append((what, *shown, ratio))

    row("turn over HTTP, p50 (ms)", lambda r: r["turn"]["p50"], "{:.2f}")
    row("turn over HTTP, p95 (ms)", lambda r: r["turn"]["p95"], "{:.2f}")
    row("CPU of the engine for a turn (ms)", lambda r: r["turn"]["cpu_ms"], "{:.2f}")
    for clients in ("1", "8", "32"):
        row(
            f"turns a second, {clients} client{'s'[: clients != '1']}",
            lambda r, c=clients: r[f"clients {c}"]["per_second"],  # type: ignore[misc]
            "{:.0f}",
            True,
        )
    row("p95 of a turn with 8 clients (ms)", lambda r: r["clients 8"]["p95"], "{:.1f}")
    row("turns a CPU second of the engine, 8 clients", lambda r: r["clients 8"]["per_cpu_second"], "{:.0f}", True)
    for age in AGES:
        row(f"turn {age} of a conversation (ms)", lambda r, a=str(age): r["age"][a], "{:.2f}")  # type: ignore[misc]
    for age in AGES[1:]:
        row(f"turn {age} / turn {AGES[0]}", lambda r, a=str(age): r["age"]["ratios"][a], "{:.2f}")  # type: ignore[misc]
    row("start to first answer (s)", lambda r: r["start_seconds"], "{:.1f}")
    row("CPU seconds to first answer", lambda r: r["start_cpu"], "{:.1f}")
    row("memory after the run, shared pages once (MB)", lambda r: r["memory"], "{:.0f}")
    row("resident memory after the run (MB)", lambda r: r["resident"], "{:.0f}")
    row("installed packages (MB)", lambda r: r.get("installed"), "{:.0f}")
    row("training (s)", lambda r: r.get("training"), "{:.0f}")
    row("NLU, held-out intents, exact", lambda r: r["nlu"]["exact"], "{:.1%}", True)
    row("NLU, held-out intents, accepted", lambda r: r["nlu"]["accepted"], "{:.1%}", True)
    row("NLU over HTTP, p50 (ms)", lambda r: r["nlu"]["p50"], "{:.2f}")
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    errors = sum(
        side[stage]["errors"]
        for side in (us, them)
        if side
        for stage in ("turn", "clients 1", "clients 8", "clients 32", "age")
    )
    trained = results.get("stock_trained", {})
    epochs = ""
    if trained:
        epochs = f" Stock was trained for {trained['epochs']} epochs on {trained['date']}, at load {trained['load']}"
        epochs += "." if trained["epochs"] == 100 else " in place of the recommended 100."
    new, again = results["alone"]["new"], results["alone"]["again"]
    one, two = results["workers"]
    gain, thrift = two["per_second"] / one["per_second"], two["per_cpu_second"] / one["per_cpu_second"]
    text = f"""# Performance

Measured by `make bench` on {where["date"]} in {results["seconds"] / 60:.0f} minutes: {where["cores"]} cores of
{where["cpu"]}, load {where["load_before"]:.2f} before the run and {us["turn"]["load"]:.2f} when single turns were
measured; clients and database on the same machine. Stock is Rasa 3.6.21 with the pipeline that it recommends (DIET,
TED; `bench/stock/config.yml`), its SQL tracker store (SQLite) and its action server over the same actions. Both ran at
the same time and were asked the same messages in turns ({len(SAID):,} that blind hands typed, one after the other), so
that other work on the machine falls on both: on a busy machine the ratios hold and the milliseconds do not.{epochs}
Requests that failed: {errors}.

| | ours | stock | ours / stock |
|---|---|---|---|
{table}

![Milliseconds a turn as a conversation grows](performance-turns.svg)
![Turns a second by clients](performance-clients.svg)

How it grows: conversations of {", ".join(map(str, AGES))} turns were asked the same 15 messages in turns; the ratios
are medians of one turn over the same turn of the young conversation a moment before ({us["age"]["samples"]} pairs).
Stock's long conversations were given to it as events, since talking it there takes minutes.

With one client and no other engine at work (load {new["load"]:.1f}): a turn with a text that nobody said before p50
{new["p50"]:.1f} ms ({new["cpu_ms"]:.1f} of processor time), with the same fifteen texts again and again
{again["p50"]:.1f} ms ({again["cpu_ms"]:.1f}); buttons and common questions are such, and what they were heard as
is kept.

## Two workers

`WORKERS=2` beside one worker, in turns, 8 clients, SQLite, everything on {where["cores"]} cores:

| | one worker | two workers | two / one |
|---|---|---|---|
| turns a second | {one["per_second"]:.0f} | {two["per_second"]:.0f} | {gain:.2f} × |
| turns a CPU second of the engine | {one["per_cpu_second"]:.0f} | {two["per_cpu_second"]:.0f} | {thrift:.2f} × |
| p50 / p95 of a turn (ms) | {one["p50"]:.1f} / {one["p95"]:.1f} | {two["p50"]:.1f} / {two["p95"]:.1f} | |
"""
    soaked = results.get("soak")
    if soaked:
        points = [f"{mb:.0f}" for _, mb in soaked["memory"]]
        text += f"""
## Soak

{soaked["turns"]:,} turns over {soaked["conversations"]:,} conversations from 8 clients in {soaked["seconds"]:.0f} s
on {soaked["date"]} (load {soaked["load"]:.1f}): {soaked["errors"]} errors.
Resident memory at every twentieth of the way (MB): {", ".join(points)}.
"""
    return text


NOTES = "\n## Notes\n"
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
    path = docs / "performance.md"
    # What people wrote about the figures stays.
    _, mark, notes = path.read_text(encoding="utf-8").partition(NOTES) if path.exists() else ("", "", "")
    path.write_text(page(results) + mark + notes, encoding="utf-8")
    turns = [str(age) for age in AGES]
    (docs / "performance-turns.svg").write_text(
        chart("One turn as a conversation grows", [f"turn {t}" for t in turns],
              {name: [side["age"][t] for t in turns] for name, side in sides.items()}, "ms")
    )  # fmt: skip
    clients = ["1", "8", "32"]
    (docs / "performance-clients.svg").write_text(
        chart("Turns a second", [f"{c} clients" for c in clients],
              {name: [side[f"clients {c}"]["per_second"] for c in clients] for name, side in sides.items()}, "1/s")
    )  # fmt: skip


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8, help="length of a load; other stages follow from it")
    parser.add_argument("--stock-python", default=str(STOCK / "bin" / "python"))
    parser.add_argument("--stock-model", default=str(STOCK_MODEL))
    parser.add_argument("--installed", type=Path, default=ROOT / ".venv" / "engine", help="environment to weigh")
    parser.add_argument("--no-training", dest="training", action="store_false", help="do not measure our training")
    parser.add_argument("--soak", type=int, default=0, help="only so many turns, over a twenty-fifth as many people")
    parser.add_argument("--page", action="store_true", help="only write the page anew from the last figures")
    options = parser.parse_args()
    # Ended from outside, it ends its engines, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    known: dict[str, Any] = json.loads(OUT.read_text()) if OUT.exists() else {}
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    where = machine()
    try:
        if options.page:
            results = known
        elif options.soak:
            with ours(folder, sys.executable) as served:
                soaked = soak(served, options.soak, max(1, options.soak // 25))
            results = {**known, "soak": {**soaked, "date": where["date"], "load": where["load_before"]}}
        else:
            results = {**compare(folder, options), "machine": where}
            if "soak" in known:
                results["soak"] = known["soak"]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(results, indent=1))
    if "ours" not in results:
        print(json.dumps(results, indent=1))
        return
    write(results)
    print((ROOT / "docs" / "performance.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
