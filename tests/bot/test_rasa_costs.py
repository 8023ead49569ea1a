"""Each cost of Rasa that we take away is still there in Rasa; when a newer one mended it, ours can go."""

from __future__ import annotations

import ast
import inspect
import json
from pathlib import Path
from typing import Any

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.lock_store import LockStore
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.graph import GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot import rasa_costs
from bot.lean_imports import UNUSED
from bot.runner import PlainGraphRunner, order

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")


def source(thing: Any) -> str:
    return inspect.getsource(thing)


def test_event_types_are_still_searched_for() -> None:
    assert "all_subclasses" in source(rasa_costs._rasas_resolve_by_type)
    rasa_costs.quicken_rasa()
    for name in ("user", "slot", "action", "bot", "active_loop", "session_started"):
        assert Event.resolve_by_type(name) is rasa_costs._rasas_resolve_by_type(name)
    with pytest.raises(ValueError, match="Unknown event"):
        Event.resolve_by_type("no such event")
    assert Event.resolve_by_type("no such event", SlotSet) is SlotSet


_late = {"events": [{"event": "slot", "name": "x", "value": 1, "timestamp": "late"}], "responses": []}


def test_the_result_schema_is_still_compiled_every_time() -> None:
    assert "validate(result, self.action_response_format_spec())" in source(rasa_costs._rasas_validate_action_result)
    rasa_costs.quicken_rasa()
    action = RemoteAction("a", None)
    assert action._validate_action_result({"events": [{"event": "slot", "name": "x", "value": 1}], "responses": []})
    for wrong in ({"events": "none"}, {"events": [], "responses": ["text"]}, {"events": [{"event": "slot"}]}, _late):
        errors = []
        for validate in (action._validate_action_result, rasa_costs._rasas_validate_action_result.__get__(action)):
            with pytest.raises(Exception) as error:
                validate(wrong)
            errors.append(type(error.value))
        assert errors[0] is errors[1]


@pytest.mark.parametrize("module", rasa_costs.COPYING_FOR_LOGS, ids=lambda module: module.__name__)
def test_copies_are_still_made_and_only_for_log_lines(module: Any) -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    in_logs, everywhere = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "copy":
            everywhere.add(id(node))
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "structlogger"
            and node.func.attr == "debug"
        ):
            in_logs |= {id(inner) for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}
    assert everywhere
    assert everywhere <= in_logs


def test_the_graph_is_still_planned_for_every_message() -> None:
    body = source(DaskGraphRunner.run)
    assert "minimal_graph_schema" in body
    assert "_build_dask_graph" in body


def test_the_lock_still_polls() -> None:
    assert inspect.signature(LockStore.lock).parameters["wait_time_in_seconds"].default == 1


def test_the_tracker_is_still_copied_by_replaying_it() -> None:
    assert "travel_back_in_time" in source(DialogueStateTracker.copy)
    assert "for tr, hide_rule_turn in tracker.generate_all_prior_trackers()" in source(
        rasa_costs.Domain.states_for_tracker_history
    )


def test_rules_are_still_all_compared() -> None:
    assert "possible_keys = set(lookup.keys())" in source(RulePolicy._get_possible_keys)


def test_the_rule_index_finds_what_rasa_finds(load: Any, tmp_path: Path) -> None:
    agent = load(f"sqlite:///{tmp_path / 'r.db'}")
    (policy,) = [one for one in agent.processor.policies() if isinstance(one, RulePolicy)]
    checked = 0
    for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH):
        lookup = policy.lookup[name]
        for key in lookup:
            states = json.loads(key)
            for candidate in (states, states[-1:], [{}, *states], [*states, states[0]]):
                mine = policy._get_possible_keys(lookup, candidate)
                assert mine == RulePolicy._get_possible_keys(policy, lookup, candidate)
                checked += len(mine)
    assert checked > 20


def test_the_plain_runner_orders_needs_first_and_refuses_circles() -> None:
    def node(**needs: str) -> SchemaNode:
        return SchemaNode(needs=needs, uses=Echo, constructor_name="create", fn="run", config={})

    schema = GraphSchema({"c": node(x="a", y="b"), "b": node(x="a"), "a": node(x="input"), "alone": node(x="input")})
    assert order(schema, ["c"]) == ["a", "b", "c"]
    circle = GraphSchema({"a": node(x="b"), "b": node(x="a")})
    with pytest.raises(Exception, match="needs itself"):
        order(circle, ["a"])


class Echo:
    """Not a real component: only its schema is used."""


def test_both_runners_give_the_same(load: Any, project: Path, tmp_path: Path) -> None:
    from rasa.core.channels.channel import UserMessage
    from rasa.core.processor import MessageProcessor

    agent = load(f"sqlite:///{tmp_path / 'g.db'}")
    _, metadata, dask_runner = MessageProcessor._load_model(project / "model.tar.gz")
    runner = agent.processor.graph_runner
    assert isinstance(runner, PlainGraphRunner)
    for text in ("ask please", "nothing known", '/ask{"job": "a"}'):
        inputs = {"__message__": [UserMessage(text)], "__tracker__": DialogueStateTracker("x", [])}
        results = [one.run(dict(inputs), [metadata.nlu_target])[metadata.nlu_target] for one in (runner, dask_runner)]
        assert results[0][0].as_dict(True) == results[1][0].as_dict(True)


def test_what_is_kept_out_is_still_imported_by_rasa() -> None:
    """A name that no module of Rasa or its dependencies imports any more can leave the list."""
    assert {"boto3", "pymongo", "aiogram", "dask", "twilio", "sklearn"} <= UNUSED
    rasa_folder = Path(inspect.getfile(RulePolicy)).parents[2]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in rasa_folder.rglob("*.py"))
    for name in ("boto3", "pymongo", "aiogram", "dask", "twilio", "sklearn", "questionary", "apscheduler"):
        assert f"import {name}" in texts or f"from {name}" in texts, name
