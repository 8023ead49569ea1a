"""What the tests of the serving parts share: a small trained project with rules, stories and a form; databases."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests import postgres

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for the whole run; skips where there can be none."""
    reason = postgres.why_not()
    if reason:
        pytest.skip(reason)
    with postgres.postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def tracker_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tracker.db'}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.database()


CONFIG = """
recipe: default.v1
assistant_id: serving-tests
language: en
pipeline:
  - name: KeywordIntentClassifier
policies:
  - name: MemoizationPolicy
    max_history: 4
  - name: RulePolicy
    core_fallback_threshold: 0.3
    core_fallback_action_name: action_lost
    enable_fallback_prediction: true
"""
DOMAIN = """
version: "3.1"
session_config: {session_expiration_time: 0, carry_over_slots_to_new_session: true}
intents: [ask, greet, bye, inform, more, stop, fill, lost]
entities: [job]
slots:
  job: {type: categorical, values: [a, b], mappings: [{type: from_entity, entity: job}]}
  mood: {type: text, influence_conversation: true, mappings: [{type: custom}]}
  notes: {type: any, influence_conversation: false, mappings: [{type: custom}]}
  name:
    type: text
    influence_conversation: false
    mappings: [{type: from_text, conditions: [{active_loop: sheet, requested_slot: name}]}]
  size:
    type: text
    influence_conversation: false
    mappings:
    - {type: from_intent, intent: inform, value: big, conditions: [{active_loop: sheet, requested_slot: size}]}
forms:
  sheet: {required_slots: [name, size], ignored_intents: [ask, stop]}
responses:
  utter_greet: [{text: hello}]
  utter_bye: [{text: bye}]
  utter_more: [{text: more}]
  utter_after: [{text: after}]
  utter_ask_name: [{text: "name?"}]
  utter_ask_size: [{text: "size?"}]
  utter_done: [{text: done}]
actions: [action_answer, action_lost]
"""
RULES = """
version: "3.1"
rules:
- rule: answer
  condition: [{active_loop: null}]
  steps: [{intent: ask}, {action: action_answer}]
- rule: lost
  steps: [{intent: lost}, {action: action_lost}]
- rule: bye
  steps: [{intent: bye}, {action: utter_bye}]
- rule: open the sheet
  condition: [{active_loop: null}]
  steps: [{intent: fill}, {action: sheet}, {active_loop: sheet}]
- rule: sheet is full
  condition: [{active_loop: sheet}]
  steps: [{action: sheet}, {active_loop: null}, {slot_was_set: [{requested_slot: null}]}, {action: utter_done}]
- rule: question in the sheet
  condition: [{active_loop: sheet}]
  steps: [{intent: ask}, {action: action_answer}, {action: sheet}, {active_loop: sheet}]
- rule: stop the sheet
  condition: [{active_loop: sheet}]
  steps: [{intent: stop}, {action: action_deactivate_loop}, {active_loop: null}, {action: utter_bye}]
"""
STORIES = """
version: "3.1"
stories:
- story: greet, then more
  steps: [{intent: greet}, {action: utter_greet}, {intent: more}, {action: utter_more}]
- story: more after more
  steps:
  - intent: greet
  - action: utter_greet
  - intent: more
  - action: utter_more
  - intent: inform
  - action: utter_after
"""
NLU = """
version: "3.1"
nlu:
""" + "".join(
    f"- intent: {intent}\n  examples: |\n    - {intent}\n    - {intent} please\n"
    for intent in ("ask", "greet", "bye", "inform", "more", "stop", "fill", "lost")
)
ACTIONS = '''
"""Actions of the serving tests."""
from rasa_sdk import Action
from rasa_sdk.events import SlotSet

class Answer(Action):
    def name(self):
        return "action_answer"
    def run(self, dispatcher, tracker, domain):
        count = (tracker.get_slot("notes") or {}).get("count", 0) + 1
        dispatcher.utter_message(text=f"answer {count}", buttons=[{"title": "more", "payload": "/more"}])
        text = tracker.latest_message.get("text") or ""
        if "boom" in text:
            raise RuntimeError("boom")
        if "silence" in text:
            dispatcher.messages.clear()
        mood = "good" if count % 2 else None
        return [SlotSet("notes", {"count": count}), SlotSet("mood", mood)]

class Lost(Action):
    def name(self):
        return "action_lost"
    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(json_message={"lost": True}, text="lost")
        return []
'''


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained project of its own: rules, stories, a form; `model.tar.gz` and the package `serving_actions`."""
    from rasa.model_training import train

    folder = tmp_path_factory.mktemp("project")
    for name, text in {"config": CONFIG, "domain": DOMAIN, "rules": RULES, "stories": STORIES, "nlu": NLU}.items():
        (folder / f"{name}.yml").write_text(text)
    (folder / "serving_actions").mkdir()
    (folder / "serving_actions" / "__init__.py").write_text(ACTIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = train(
            str(folder / "domain.yml"),
            str(folder / "config.yml"),
            [str(folder / name) for name in ("rules.yml", "stories.yml", "nlu.yml")],
            output=str(folder),
            fixed_model_name="model",
        )
    assert result.code == 0
    return folder


@pytest.fixture
def load(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Loads an agent on a database: `load(url)`."""
    from bot import rasa_costs
    from bot.action_endpoint import InProcessActions
    from bot.agent import EngineAgent
    from bot.tracker_store import SqlTrackerStore

    monkeypatch.syspath_prepend(str(project))
    rasa_costs.quicken_rasa()
    stores: list[SqlTrackerStore] = []

    def make(url: str, **options: Any) -> EngineAgent:
        stores.append(SqlTrackerStore(url=url, **options))
        agent = EngineAgent(stores[-1], InProcessActions("serving_actions"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            agent.load_model(project / "model.tar.gz")
        return agent

    yield make
    for store in stores:
        store.close()


def run(awaitable: Any) -> Any:
    """Runs a coroutine to its end."""
    return asyncio.run(awaitable)
