"""The store keeps turns whole, tells of failures, forgets for good, and is right with several engines."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest

from bot.agent import Message, TurnError
from bot.live_tracker import Window
from bot.tracker_store import ConflictError, SenderForgottenError, SqlTrackerStore, StoreError
from tests import postgres

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")


def rows(store: SqlTrackerStore, sql: str) -> list[tuple[Any, ...]]:
    connection = store._open(None)
    try:
        return connection.run(sql)
    finally:
        store._return(connection, healthy=True)


def test_a_repeated_message_gets_the_same_replies(load: Any, tracker_url: str) -> None:
    agent = load(tracker_url)

    async def talk() -> None:
        first = await agent.answer(Message("p", "/ask", "m1"))
        await agent.answer(Message("p", "/ask", "m2"))
        assert await agent.answer(Message("p", "/ask", "m1")) == first
        assert await load(tracker_url).answer(Message("p", "/ask", "m1")) == first  # another engine, too

    asyncio.run(talk())
    tracker = asyncio.run(agent.tracker_store.retrieve("p"))
    assert tracker.get_slot("notes") == {"count": 2}


def test_twenty_turns_at_once_over_two_engines_lose_nothing(load: Any, tracker_url: str) -> None:
    engines = [load(tracker_url), load(tracker_url)]

    async def talk() -> list[Any]:
        turns = [engines[n % 2].answer(Message("p", "/ask", f"m{n}")) for n in range(20)]
        return await asyncio.gather(*turns)

    replies = asyncio.run(talk())
    said = sorted(int(reply[0]["text"].split()[1]) for reply in replies)
    assert said == list(range(1, 21))
    tracker = asyncio.run(engines[0].tracker_store.retrieve("p"))
    assert tracker.get_slot("notes") == {"count": 20}
    numbers = [seq for (seq,) in rows(engines[0].tracker_store, "SELECT seq FROM tracker_event ORDER BY seq")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_two_messages_with_one_id_at_once_are_one_turn(load: Any, tracker_url: str) -> None:
    engines = [load(tracker_url), load(tracker_url)]

    async def talk() -> list[Any]:
        return await asyncio.gather(*(engine.answer(Message("p", "/ask", "same")) for engine in engines * 3))

    replies = asyncio.run(talk())
    assert all(reply == replies[0] for reply in replies)
    assert asyncio.run(engines[0].tracker_store.retrieve("p")).get_slot("notes") == {"count": 1}


def test_a_failed_turn_leaves_no_trace_and_can_be_tried_again(load: Any, tracker_url: str) -> None:
    agent = load(tracker_url)

    async def talk() -> None:
        await agent.answer(Message("p", "/ask", "m1"))
        before = rows(agent.tracker_store, "SELECT COUNT(*) FROM tracker_event")
        for text in ('/ask{"job": "a"} boom', "ask boom", "ask silence"):
            agent.processor.parse_message = _as_intent(agent.processor, text)
            with pytest.raises(TurnError):
                await agent.answer(Message("p", text, "m2"))
        del agent.processor.parse_message
        assert rows(agent.tracker_store, "SELECT COUNT(*) FROM tracker_event") == before
        assert (await agent.answer(Message("p", "/ask", "m2")))[0]["text"] == "answer 2"

    asyncio.run(talk())


def _as_intent(processor: Any, text: str) -> Any:
    async def parse_message(*_: Any, **__: Any) -> dict[str, Any]:
        return {"text": text, "intent": {"name": "ask", "confidence": 1.0}, "entities": []}

    return parse_message


def test_a_failed_save_is_an_error_and_the_turn_is_run_anew(load: Any, tracker_url: str) -> None:
    agent = load(tracker_url)
    store = agent.tracker_store
    real = store._insert

    def broken(*_: Any) -> None:
        raise StoreError("the disk is full")

    async def talk() -> None:
        await agent.answer(Message("p", "/ask", "m1"))
        store._insert = broken
        with pytest.raises(StoreError):
            await agent.answer(Message("p", "/ask", "m2"))
        store._insert = real
        assert (await agent.answer(Message("p", "/ask", "m2")))[0]["text"] == "answer 2"

    asyncio.run(talk())


def test_erased_is_erased_for_all_engines(load: Any, tracker_url: str) -> None:
    engines = [load(tracker_url), load(tracker_url)]

    async def talk() -> None:
        await engines[0].answer(Message("p", "/ask", "m1"))
        await engines[1].answer(Message("p", "/ask", "m2"))
        await engines[0].tracker_store.forget("p")
        for engine in engines:
            with pytest.raises(SenderForgottenError):
                await engine.answer(Message("p", "/ask", "m3"))
        await engines[0].tracker_store.forget("p")  # again, and one never seen
        await engines[0].tracker_store.forget("nobody")

    asyncio.run(talk())
    for table in ("tracker_event", "tracker_reply", "tracker_window"):
        assert rows(engines[0].tracker_store, f"SELECT COUNT(*) FROM {table}") == [(0,)]  # noqa: S608


def test_long_conversations_are_read_from_their_window(load: Any, tracker_url: str) -> None:
    window = Window(40, 2, 6)
    agent = load(tracker_url, window=window)

    async def talk() -> None:
        for n in range(30):
            await agent.answer(Message("p", "/ask", f"m{n}"))

    asyncio.run(talk())
    ((seq,),) = rows(agent.tracker_store, "SELECT seq FROM tracker_window")
    fresh = load(tracker_url, window=window)
    assert asyncio.run(fresh.answer(Message("p", "/ask", "last")))[0]["text"] == "answer 31"
    assert seq > 100
    assert len(fresh.tracker_store.live.get("p").events) < 80
    # Everything is still there for whoever asks for the whole conversation.
    whole = asyncio.run(fresh.tracker_store.retrieve("p"))
    assert sum(event.type_name == "user" for event in whole.events) == 31


def test_a_window_of_another_model_is_not_used(load: Any, tracker_url: str) -> None:
    agent = load(tracker_url, window=Window(40, 2, 6))

    async def talk() -> None:
        for n in range(20):
            await agent.answer(Message("p", "/ask", f"m{n}"))
        agent.tracker_store.model_id = "another"
        agent.tracker_store.drop_live()
        async with agent.tracker_store.turn("p", None) as turn:
            assert turn.tracker._head_length == 0

    asyncio.run(talk())


def test_the_same_number_twice_is_refused(load: Any, tracker_url: str) -> None:
    first, second = load(tracker_url).tracker_store, load(tracker_url).tracker_store
    for store, expected in ((first, None), (second, ConflictError)):
        connection = store._open(None)
        connection.begin(None)
        insert = "INSERT INTO tracker_event (sender, seq, at, data) VALUES (?, ?, ?, ?)"
        if expected is None:
            connection.run_many(insert, [("x", 1, 0.0, "{}")])
            connection.commit()
        else:
            with pytest.raises(expected):
                connection.run_many(insert, [("x", 1, 0.0, "{}")])
        store._return(connection, healthy=True)


def test_live_trackers_are_bounded_by_their_events_and_the_newest_stay(load: Any, tmp_path: Path) -> None:
    agent = load(f"sqlite:///{tmp_path / 'live.db'}", cached_events=60)
    live = agent.tracker_store.live

    async def talk() -> None:
        for n in range(40):
            await agent.answer(Message(f"p{n % 10}", "/ask", f"m{n}"))
            assert live.get(f"p{n % 10}") is not None
            assert sum(len(tracker.events) for tracker, _ in live._trackers.values()) == live._events <= 60
        assert 1 <= len(live) < 10
        assert live.get("p0") is None
        # One that had to go is read again.
        assert (await agent.answer(Message("p0", "/ask", "last")))[0]["text"] == "answer 5"
        await agent.tracker_store.forget("p0")
        assert live.get("p0") is None
        agent.tracker_store.drop_live()
        assert (len(live), live._events) == (0, 0)

    asyncio.run(talk())


def test_another_engines_transaction_is_waited_for(tmp_path: Path) -> None:
    first, second = (SqlTrackerStore(url=f"sqlite:///{tmp_path / 'busy.db'}") for _ in range(2))
    holder = first._open(None)
    holder.begin(None)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(asyncio.run, second.forget("p"))
        assert not wait([waiting], timeout=0.3).done
        holder.commit()
        waiting.result(timeout=5)
    assert rows(first, "SELECT sender FROM tracker_forgotten") == [("p",)]
    first.close()
    second.close()


def test_locks_keep_the_order_and_take_no_memory(tmp_path: Path) -> None:
    store = SqlTrackerStore(url=f"sqlite:///{tmp_path / 'l.db'}")
    order: list[int] = []

    async def hold(number: int) -> None:
        async with store.locks.of("p"):
            await asyncio.sleep(0)
            order.append(number)

    async def all_of_them() -> None:
        await asyncio.gather(*(hold(n) for n in range(50)))

    asyncio.run(all_of_them())
    assert order == list(range(50))
    assert len(store.locks) == 0
    store.close()


def test_the_database_must_be_usable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises((StoreError, OSError)):
        SqlTrackerStore(url=f"sqlite:///{tmp_path / 'file' / 'tracker.db'}")
    with pytest.raises(StoreError):
        SqlTrackerStore(url="postgresql://nobody@127.0.0.1:1/none")


@pytest.mark.postgres
def test_a_restarted_database_costs_no_turn_that_was_answered(load: Any) -> None:
    reason = postgres.why_not() or ("TEST_POSTGRES_URL is not ours to stop" if _given() else None)
    if reason:
        pytest.skip(reason)
    with postgres.postgres_server() as server:
        agent = load(server.database())

        async def talk() -> None:
            await agent.answer(Message("p", "/ask", "m1"))
            server.stop()
            with pytest.raises(StoreError):
                await agent.answer(Message("p", "/ask", "m2"))
            server.start()
            assert (await agent.answer(Message("p", "/ask", "m2")))[0]["text"] == "answer 2"

        asyncio.run(talk())


def _given() -> bool:
    import os

    return bool(os.environ.get("TEST_POSTGRES_URL"))
