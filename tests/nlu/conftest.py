"""What the tests of the language understanding share: the model that `make train` made, read as the server reads it."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import structlog

from bot.train import MODEL

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
Parse = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def parse() -> Parse:
    """Rasa's NLU result for a text."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    if not MODEL.exists():
        pytest.fail("There is no model: run `make train` first.")
    with warnings.catch_warnings():
        # Rasa reminds of its changes since 2.x whenever it reads a domain with slots.
        warnings.filterwarnings("ignore", "Slot auto-fill", UserWarning)
        agent = Agent.load(str(MODEL))
    assert agent.processor is not None

    def of(text: str) -> dict[str, Any]:
        result: dict[str, Any] = asyncio.run(agent.processor.parse_message(UserMessage(text)))
        return result

    return of
