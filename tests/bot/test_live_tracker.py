"""A live, cut tracker predicts what Rasa's own predicts on the whole conversation."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import ActionExecuted, DefinePrevUserUtteredFeaturization, UserUttered

from bot.action_endpoint import InProcessActions
from bot.agent import Message, NothingSaidError
from bot.live_tracker import LiveTracker, Window

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")  # Rasa's, about itself

INTENTS = ["ask", "greet", "bye", "inform", "more", "stop", "fill", "lost"]
TEXTS = st.one_of(
    st.sampled_from([f"/{intent}" for intent in INTENTS]),
    st.sampled_from(['/ask{"job": "a"}', '/inform{"job": "b"}', "/restart", "/back", "anything"]),
)


class Stock:
    """Rasa's own agent, store and processor over the same model and actions."""

    def __init__(self, model: Path) -> None:
        self.agent = Agent(
            tracker_store=InMemoryTrackerStore(None), action_endpoint=InProcessActions("serving_actions")
        )
        self.agent.load_model(model)

    async def say(self, sender: str, text: str) -> list[dict[str, Any]]:
        message = UserMessage(text, None, sender)
        return await self.agent.handle_message(message) or []

    async def decisions(self, sender: str) -> list[tuple[Any, ...]]:
        tracker = await self.agent.tracker_store.retrieve(sender)
        return decisions(tracker)


def decisions(tracker: Any) -> list[tuple[Any, ...]]:
    """What policies decided, in order: action, policy, confidence, whether it is hidden from other policies."""
    return [
        (event.action_name, event.policy, event.confidence, event.hide_rule_turn)
        for event in tracker.events
        if isinstance(event, ActionExecuted)
    ]


@pytest.fixture
def stock(project: Path, load: Any) -> Stock:
    return Stock(project / "model.tar.gz")


def compare(stock: Stock, agent: Any, texts: list[str]) -> None:
    sender = uuid.uuid4().hex

    async def talk() -> None:
        for number, text in enumerate(texts):
            expected = await stock.say(sender, text)
            try:
                replies = await agent.answer(Message(sender, text))
            except NothingSaidError:
                # Ours refuses to keep a turn in which nothing was said; the two conversations part here.
                assert expected == []
                return
            if len(expected) >= 10:  # Rasa's circuit breaker; ours ends such a turn earlier
                return
            assert replies == expected, (number, text)
        ours = await agent.tracker_store.retrieve(sender)
        assert decisions(ours) == await stock.decisions(sender)

    asyncio.run(talk())


@pytest.mark.parametrize("window", [Window(8, 1, 6), Window(20, 2, 6), Window()])
@given(texts=st.lists(TEXTS, min_size=1, max_size=40))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_same_as_stock_on_random_conversations(
    stock: Stock, load: Any, tmp_path: Path, window: Window, texts: list[str]
) -> None:
    agent = load(f"sqlite:///{tmp_path / 'a.db'}", window=window)
    compare(stock, agent, texts)


@given(texts=st.lists(TEXTS, min_size=5, max_size=30))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_same_when_every_turn_is_read_from_the_database(
    stock: Stock, load: Any, tmp_path: Path, texts: list[str]
) -> None:
    agent = load(f"sqlite:///{tmp_path / 'b.db'}", window=Window(8, 1, 6), cached_events=0)
    compare(stock, agent, texts)


def test_a_long_conversation_stays_bounded_and_right(stock: Stock, load: Any, tmp_path: Path) -> None:
    """Story turns long ago, hidden rule turns in between: the policies still see the former."""
    agent = load(f"sqlite:///{tmp_path / 'c.db'}", window=Window(30, 2, 6))
    texts = [
        "/greet",
        *["/ask"] * 60,
        "/more",
        *["/bye"] * 30,
        "/fill",
        "a name",
        *["/ask"] * 40,
        "/inform",
        "/greet",
        "/more",
    ]
    compare(stock, agent, texts)
    assert len(agent.tracker_store.live) == 1
    assert agent.tracker_store.live._events < 110


def test_a_form_that_never_ends_stays_bounded(load: Any, tmp_path: Path) -> None:
    agent = load(f"sqlite:///{tmp_path / 'd.db'}", window=Window(60, 2, 6))

    async def talk() -> None:
        await agent.answer(Message("f", "/fill"))
        await agent.answer(Message("f", "a name"))
        for _ in range(150):
            await agent.answer(Message("f", "/ask"))

    asyncio.run(talk())
    assert len(agent.tracker_store.live.get("f").events) < 200


def test_copy_is_independent(load: Any, tmp_path: Path) -> None:
    agent = load(f"sqlite:///{tmp_path / 'e.db'}")
    tracker = LiveTracker("x", agent.domain.slots)
    tracker.update(UserUttered("hi", {"name": "greet"}))
    other = tracker.copy()
    other.update(DefinePrevUserUtteredFeaturization(False))
    other.slots["mood"].value = "good"
    assert len(tracker.events) == 1
    assert tracker.get_slot("mood") is None
