"""Times the console on a big base: `make bench-console`, `python -m bench.console [--conversations N] [--events N]`.

Fills the database of DATABASE_URL (or of DATA_DIR, SQLite) in bulk when it has fewer conversations, starts a desk over
it and asks it over HTTP, signed in, as a browser does: list in its boxes, thread, person, search. Use a database made
for this. `--fill` only fills.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import queue
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import httpx

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up before
from django.db import connection  # noqa: E402

from desk.accounts.models import User  # noqa: E402
from desk.accounts.services import make_account  # noqa: E402
from desk.console import search  # noqa: E402
from desk.conversations.models import Conversation, EngineSender, Event, Person  # noqa: E402
from desk.conversations.services import searchable  # noqa: E402
from desk.handoff.models import HandoffSettings  # noqa: E402
from desk.privacy.models import Retention  # noqa: E402
from tests.desk.served import Visitor, make_desk, make_engine, running  # noqa: E402

TARGETS = {"postgresql": {"page": 200.0, "search": 500.0}, "sqlite": {"page": 2000.0, "search": 2000.0}}
PASSWORD = "only for the bench"  # noqa: S105 - of an account on a base made for this
CHUNK = 2_000
#: Sentences are put together of these; frequent words fill tens of thousands of events, each 珍 word only one.
WORDS = [
    "経理",
    "事務",
    "転職",
    "残業",
    "資格",
    "簿記",
    "面接",
    "志望動機",
    "未経験",
    "在宅",
    "営業事務",
    "総務",
    "人事",
    "労務",
    "派遣",
    "正社員",
    "です",
    "ます",
    "について",
    "知りたい",
    "教えてください",
    "向いていますか",
    "パソコン",
    "エクセル",
    "数字",
    "コツコツ",
    "人と話す",
    "不安",
    "休日",
    "給料",
]
STATES = ["closed"] * 690 + ["bot"] * 280 + ["scheduled"] * 10 + ["abandoned"] * 15 + ["failed"] * 5
EVENT_COLUMNS = [
    "conversation_id",
    "uid",
    "type",
    "author",
    "user_id",
    "visibility",
    "at",
    "text",
    "search",
    "data",
    "cause_id",
    "part",
    "epoch",
    "seq",
]
TALK_COLUMNS = [
    "id",
    "person_id",
    "sender_id",
    "channel",
    "state",
    "adviser_id",
    "version",
    "epoch",
    "last_seq",
    "urgent",
    "created_at",
    "last_event_at",
    "state_since",
    "notice_at",
]


def _talks(begin: int, end: int, events: int, advisers: list[int], rng: random.Random, now: datetime) -> Any:
    """Rows of people, senders, conversations and events; the newest conversations wait or are being answered."""
    people, senders, talks, said = [], [], [], []
    for number in range(begin, end):
        person, sender, talk = (uuid.UUID(int=rng.getrandbits(128), version=4) for _ in range(3))
        age = timedelta(minutes=4 * (end_of_all - number))
        started = now - age
        left = end_of_all - number
        state = "queued" if left <= 30 else "active" if left <= 90 else rng.choice(STATES)
        adviser = rng.choice(advisers) if state == "active" else None
        channel = "line" if number % 4 == 0 else "web"
        people.append((person, started, ""))
        senders.append((sender, started, person))
        last = started + timedelta(seconds=40 * events)
        talks.append((talk, person, sender, channel, state, adviser, 2, 2, events, False, started, last, last, started))
        for seq in range(1, events + 1):
            at = started + timedelta(seconds=40 * seq)
            kind, author, visibility, text, data, user = "message", "user" if seq % 2 else "bot", "all", "", {}, None
            if seq == events - 4 and number % 5 == 0:
                kind, author, data = "status", "system", {"state": "queued", "before": "bot", "reason": "asked"}
            elif seq == events - 3 and number % 5 == 0:
                kind, visibility, author, text = "note", "staff", "system", "理由: ご本人の希望"
                data = {"package": {"reason": "asked"}}
            elif seq == events - 2 and number % 5 == 0:
                user = rng.choice(advisers)
                kind, author, data = "status", "adviser", {"state": "active", "before": "queued", "reason": "claimed"}
            else:
                text = "".join(rng.choices(WORDS, k=6)) + (f"珍{chr(0x4E00 + number % 20000)}" if seq == 1 else "")
            uid = uuid.UUID(int=rng.getrandbits(128), version=4)
            said.append(
                (talk, uid, kind, author, user, visibility, at, text, searchable(text), data, None, None, 1, seq)
            )
    return people, senders, talks, said


end_of_all = 0


def _write(table: str, columns: Iterator[str] | list[str], rows: list[Any]) -> None:
    names = ", ".join(columns)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([json.dumps(cell) if isinstance(cell, dict) else cell for cell in row])
        return
    places = ", ".join(["?"] * len(rows[0]))
    plain = [
        [
            cell.hex
            if isinstance(cell, uuid.UUID)
            else json.dumps(cell)
            if isinstance(cell, dict)
            else cell.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
            if isinstance(cell, datetime)
            else cell
            for cell in row
        ]
        for row in rows
    ]
    connection.ensure_connection()
    connection.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", plain)  # noqa: S608


def fill(conversations: int, events: int) -> None:
    """Bring the base to its size; the index of the search is made afterwards, as after a bulk import."""
    global end_of_all
    end_of_all = conversations
    there = Conversation.objects.count()
    if there >= conversations:
        return
    advisers = [make_account(f"bench-{number}", PASSWORD, "adviser")[0].pk for number in range(10)]
    rng, now = random.Random(7 + there), datetime.now(UTC)
    start = time.monotonic()
    postgresql = connection.vendor == "postgresql"
    if postgresql:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX IF EXISTS event_search_pairs")
    else:
        connection.ensure_connection()
        connection.connection.execute("PRAGMA synchronous=OFF")
    for begin in range(there, conversations, CHUNK):
        made = _talks(begin, min(begin + CHUNK, conversations), events, advisers, rng, now)
        tables = (
            (Person._meta.db_table, ["id", "created_at", "display_name"]),
            (EngineSender._meta.db_table, ["id", "created_at", "person_id"]),
            (Conversation._meta.db_table, TALK_COLUMNS),
            (Event._meta.db_table, EVENT_COLUMNS),
        )
        if not postgresql:
            connection.connection.execute("BEGIN IMMEDIATE")
        for (table, columns), rows in zip(tables, made, strict=True):
            _write(table, columns, rows)
        if not postgresql:
            connection.connection.execute("COMMIT")
        sys.stderr.write(f"\r{begin + CHUNK} conversations, {time.monotonic() - start:.0f} s ")
    if postgresql:
        with connection.cursor() as cursor:
            for statement in search.POSTGRESQL:
                cursor.execute(statement)
            sys.stderr.write(f"\nindex after {time.monotonic() - start:.0f} s ")
            cursor.execute("VACUUM ANALYZE")
    else:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    sys.stderr.write(f"\nfilled in {time.monotonic() - start:.0f} s\n")


def _cpu(desk: int) -> float:
    """Milliseconds of processor time that the desk and its connections in PostgreSQL have used so far."""
    name = os.environ.get("DATABASE_URL", "").rpartition("/")[2]
    used = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            line = (entry / "cmdline").read_text("utf-8", "replace")
            if int(entry.name) == desk or (name and line.startswith("postgres:") and f" {name} " in line):
                used += sum(map(int, (entry / "stat").read_text().rpartition(")")[2].split()[11:13]))
    return used * 1000 / os.sysconf("SC_CLK_TCK")


def _time(name: str, run: Callable[[], object], times: int, target: float) -> dict[str, Any]:
    run()
    taken = []
    before = _cpu(_desk)
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append((time.perf_counter() - start) * 1000)
    cpu = (_cpu(_desk) - before) / times
    taken.sort()
    p95 = taken[max(0, int(len(taken) * 0.95) - 1)]
    met = "" if p95 <= target else "  MISSED"
    print(
        f"{name:42} median {statistics.median(taken):7.1f} ms  p95 {p95:7.1f} ms  processor {cpu:6.1f} ms"
        f"  (≤ {target:.0f}){met}",
        flush=True,
    )
    return {"name": name, "p50": statistics.median(taken), "p95": p95, "cpu": cpu, "target": target}


#: The desk that is measured.
_desk = 0


def measure(times: int) -> list[dict[str, Any]]:
    """The figures, over HTTP, signed in as an adviser and as a supervisor."""
    targets = TARGETS[connection.vendor]
    # The base is kept as it is: no purge, nobody is sent back to the bot.
    Retention.objects.update_or_create(pk=1, defaults={"messages_days": 0, "summary_days": 0, "contact_days": 0})
    HandoffSettings.objects.update_or_create(pk=1, defaults={"wait_minutes": 30_000, "idle_hours": 0})
    made, _ = make_account("bench-supervisor", PASSWORD, "supervisor")
    some = list(Conversation.objects.order_by("-last_event_at").values_list("pk", flat=True)[:2000])
    some += list(Conversation.objects.order_by("created_at").values_list("pk", flat=True)[:1000])
    rng = random.Random(1)
    figures = []
    more = {name: os.environ[name] for name in ("DATABASE_URL",) if os.environ.get(name)}
    if not more:
        more = {"DATA_DIR": os.environ["DATA_DIR"]}
    with tempfile.TemporaryDirectory() as folder:
        process = make_desk(Path(folder), "http://127.0.0.1:9", **more)
        with running(process), httpx.Client(base_url=process.url, timeout=60, trust_env=False) as client:
            global _desk
            _desk = process.process.pid if process.process else 0
            _sign_in(client, made)
            seen = [row.pk for row in Conversation.objects.filter(state="active")[:20]]
            figures += [
                _time("list, all", lambda: _get(client, "/desk/list/?box=all"), times, targets["page"]),
                _time("list, waiting", lambda: _get(client, "/desk/list/?box=waiting"), times, targets["page"]),
                _time("list, mine", lambda: _get(client, "/desk/list/?box=mine"), times, targets["page"]),
                _time(
                    "whole page with a thread",
                    lambda: _get(client, f"/desk/c/{rng.choice(some)}/"),
                    times,
                    targets["page"],
                ),
                _time(
                    "thread being answered",
                    lambda: _get(client, f"/desk/c/{rng.choice(seen)}/"),
                    times,
                    targets["page"],
                ),
                _time(
                    "head of a thread",
                    lambda: _get(client, f"/desk/c/{rng.choice(some)}/head/"),
                    times,
                    targets["page"],
                ),
                _time("person", lambda: _get(client, f"/desk/c/{rng.choice(some)}/person/"), times, targets["page"]),
                _time("API list", lambda: _get(client, "/api/desk/conversations?box=all"), times, targets["page"]),
            ]
            before = (datetime.now(UTC) - timedelta(days=90)).isoformat().replace("+", "%2B")
            figures.append(
                _time(
                    "list, 90 days back",
                    lambda: _get(client, f"/desk/list/?box=all&before={before}"),
                    times,
                    targets["page"],
                )
            )
            pairs = [a + b for a, b in itertools.product("経事転残資", "理務職業格")]
            rare = itertools.count(1)
            for name, word in (
                ("two characters, frequent (経理)", lambda: "経理"),
                ("two characters, any", lambda: rng.choice(pairs)),
                ("two characters, once in 20,000 (珍…)", lambda: f"珍{chr(0x4E00 + next(rare) * 37 % 20000)}"),
                ("two characters, nowhere (龘靐)", lambda: "龘靐"),
                ("two characters across words (理で)", lambda: "理で"),
                ("one character (簿)", lambda: "簿"),
                ("one character, nowhere (龘)", lambda: "龘"),
                ("two words (経理 珍丁)", lambda: f"経理 珍{chr(0x4E00 + rng.randrange(20000))}"),
            ):
                figures.append(
                    _time(
                        f"search: {name}",
                        lambda word=word: _get(client, f"/desk/list/?box=all&q={word()}"),
                        max(20, times // 2),
                        targets["search"],
                    )
                )
            figures.append(_time("figures of 30 days", lambda: _get(client, "/desk/figures/"), 5, 5000))
            figures.append(_time("transcripts of 30 days", lambda: _get(client, "/desk/transcripts/"), 5, 5000))
    return figures


def reach(times: int) -> list[dict[str, Any]]:
    """How long a message takes to the other side: from the sender's request to the other's event stream."""
    figures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = make_engine(folder)
        more = {key: os.environ[key] for key in ("DATABASE_URL",) if os.environ.get(key)}
        process = make_desk(folder, engine.url, **more)
        code = (
            "import django; django.setup(); from desk.accounts.models import ApiToken;"
            " from desk.accounts.services import make_account;"
            f" print(ApiToken.issue(make_account('reach', {PASSWORD!r}, 'adviser')[0], 'bench'))"
        )
        env = {**process.env, "DJANGO_SETTINGS_MODULE": "desk.settings"}
        token = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
        with running(engine, process), httpx.Client(base_url=process.url, timeout=30, trust_env=False) as client:
            client.headers["Authorization"] = f"Bearer {token.strip()}"
            visitor = Visitor(process.url).open().listen()
            base = f"/api/desk/conversations/{visitor.conversation}"
            client.post(f"{base}/claim").raise_for_status()
            with httpx.Client(base_url=process.url, timeout=30, trust_env=False) as browser:
                user = User(username="reach")
                _sign_in(browser, user)
                heard: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
                threading.Thread(target=_hear, args=(browser, visitor.conversation, heard), daemon=True).start()
                figures.append(_reach("adviser to visitor", times, lambda text: _reply(client, base, text), visitor))
                figures.append(_reach("visitor to adviser", times, visitor.send, heard))
            visitor.close()
    return figures


def _hear(browser: httpx.Client, conversation: str, heard: queue.SimpleQueue[tuple[str, float]]) -> None:
    # Ends with the client.
    with (
        contextlib.suppress(httpx.HTTPError),
        browser.stream("GET", f"/api/desk/events?conversation={conversation}", timeout=None) as answer,
    ):
        for line in answer.iter_lines():
            if line.startswith("data: "):
                heard.put((json.loads(line[6:]).get("text", ""), time.perf_counter()))


def _reply(client: httpx.Client, base: str, text: str) -> None:
    client.post(f"{base}/reply", json={"text": text}).raise_for_status()


def _reach(name: str, times: int, send: Callable[[str], object], other: Any) -> dict[str, Any]:
    taken = []
    for number in range(times):
        text = f"{name} {number}"
        start = time.perf_counter()
        if isinstance(other, Visitor):
            send(text)
            while not any(event.get("text") == text for event in other.events[-3:]):
                time.sleep(0.001)
            taken.append((time.perf_counter() - start) * 1000)
        else:
            send(text)
            while True:
                said, at = other.get(timeout=30)
                if said == text:
                    taken.append((at - start) * 1000)
                    break
    taken.sort()
    p95 = taken[max(0, int(len(taken) * 0.95) - 1)]
    print(f"{name:42} median {statistics.median(taken):7.1f} ms  p95 {p95:7.1f} ms  (≤ 300)", flush=True)
    return {"name": name, "p50": statistics.median(taken), "p95": p95, "target": 300.0}


def _get(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")


def _sign_in(client: httpx.Client, user: User) -> None:
    client.get("/desk/login/")
    answer = client.post(
        "/desk/login/",
        data={"login": user.username, "password": PASSWORD, "csrfmiddlewaretoken": client.cookies["csrftoken"]},
        headers={"Referer": str(client.base_url)},
    )
    if answer.status_code != 302:
        raise RuntimeError(answer.text[:300])


def main() -> None:
    """Fill, then time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=20)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--fill", action="store_true")
    parser.add_argument("--reach", action="store_true", help="only how long a message takes to the other side")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    if asked.reach:
        print(f"{connection.vendor}, load {os.getloadavg()[0]:.1f}")
        raise SystemExit(any(one["p95"] > one["target"] for one in reach(asked.times)))
    call_command("migrate", verbosity=0, interactive=False)
    fill(asked.conversations, asked.events)
    if asked.fill:
        return
    print(
        f"{connection.vendor}: {Conversation.objects.count()} conversations, {Event.objects.count()} events,"
        f" load {os.getloadavg()[0]:.1f}"
    )
    figures = measure(asked.times)
    if asked.json:
        asked.json.write_text(json.dumps({"database": connection.vendor, "figures": figures}, indent=1), "utf-8")
    raise SystemExit(any(one["p95"] > one["target"] for one in figures))


if __name__ == "__main__":
    main()
