"""Times the console's list, thread and search on a big base: `python -m bench.console [CONVERSATIONS] [EVENTS_EACH]`.

Fills the database of DATABASE_URL or DATA_DIR when it has fewer conversations; use one made for this.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up before
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from desk.accounts.services import make_account  # noqa: E402
from desk.console import search  # noqa: E402
from desk.conversations.models import Conversation, EngineSender, Event, Person  # noqa: E402

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
]
CHUNK = 500


def _fill(conversations: int, events: int) -> None:
    rng = random.Random(7)
    now = timezone.now()
    for begin in range(Conversation.objects.count(), conversations, CHUNK):
        people, senders, talks, said = [], [], [], []
        for number in range(begin, min(begin + CHUNK, conversations)):
            person = Person(id=uuid.UUID(int=rng.getrandbits(128)))
            sender = EngineSender(person=person)
            at = now - timedelta(minutes=conversations - number)
            talk = Conversation(person=person, sender=sender, channel="web", created_at=at, last_event_at=at)
            talk.last_seq = events
            people.append(person)
            senders.append(sender)
            talks.append(talk)
            for seq in range(1, events + 1):
                text = "".join(rng.choices(WORDS, k=8)) + (f" 珍{chr(0x4E00 + number % 20000)}" if seq == 1 else "")
                author = "user" if seq % 2 else "bot"
                said.append(
                    Event(conversation=talk, seq=seq, type="message", author=author, at=at, text=text, search=text)
                )
        Person.objects.bulk_create(people)
        EngineSender.objects.bulk_create(senders)
        Conversation.objects.bulk_create(talks)
        Event.objects.bulk_create(said, batch_size=2000)


def _time(name: str, run: Callable[[], object], times: int = 30) -> None:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    print(f"{name}: median {statistics.median(taken):.1f} ms, p95 {taken[int(len(taken) * 0.95) - 1]:.1f} ms")


def main(conversations: int = 100_000, events: int = 20) -> None:
    """Fill, then time."""
    call_command("migrate", verbosity=0)
    _fill(conversations, events)
    user, _ = make_account("bench", uuid.uuid4().hex, "supervisor")
    client: Any = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    some = list(Conversation.objects.values_list("pk", flat=True)[:30])
    print(f"{Conversation.objects.count()} conversations, {Event.objects.count()} events")
    _time("list", lambda: client.get("/desk/list/?box=all"))
    _time("thread", lambda: client.get(f"/desk/c/{random.choice(some)}/new/"))
    for name, word in (
        ("frequent", "経理"),
        ("rare", f"珍{chr(0x4E00 + 5)}"),
        ("absent", "龘靐"),
        ("one character", "珍"),
    ):
        _time(f"search {name}", lambda word=word: search.conversations_with(word, 50), 10)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
