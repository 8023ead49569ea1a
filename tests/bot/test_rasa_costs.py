"""Each cost of Rasa that we take away is still there in Rasa; when a newer one mended it, ours can go."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import textwrap
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rasa.core.actions.action
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.actions.action import RemoteAction
from rasa.core.lock_store import LockStore
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.graph import GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import rasa_costs
from bot.agent import HEARD_KEPT, Message, extracts_slots
from bot.lean_imports import UNUSED
from bot.live_tracker import LiveTracker
from bot.runner import PlainGraphRunner, order
from tests.serving import ROOT

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


@pytest.fixture
def watched(load: Any, tmp_path: Path) -> Any:
    """An agent, and `talk(texts)` to let it answer."""
    agent = load(f"sqlite:///{tmp_path / 'w.db'}")

    def talk(*texts: str) -> None:
        async def turns() -> None:
            for text in texts:
                await agent.answer(Message("p", text))

        asyncio.run(turns())

    agent.talk = talk
    return agent


def policy_of(agent: Any, kind: type) -> Any:
    (policy,) = [one for one in agent.processor.policies() if type(one) is kind]
    return policy


TALK = ("/greet", "/more", "/inform", "/ask", "/greet", "/ask", "/more", "/fill", "a name", "/ask", "/stop", "/bye")


def test_memorized_turns_are_still_packed_and_found_without(watched: Any) -> None:
    assert "zlib.compress" in source(MemoizationPolicy._create_feature_key)
    policy = policy_of(watched, MemoizationPolicy)
    recall, compared = policy._recall_states, []

    def both(states: list[Any]) -> Any:
        compared.append((recall(states), MemoizationPolicy._recall_states(policy, states)))
        return compared[-1][0]

    states_of, states = policy._prediction_states, []

    def both_states(tracker: Any, domain: Any, **named: Any) -> Any:
        states.append(
            (
                states_of(tracker, domain, **named),
                MemoizationPolicy._prediction_states(policy, tracker, domain, **named),
            )
        )
        return states[-1][0]

    policy._recall_states, policy._prediction_states = both, both_states
    watched.talk(*TALK)
    assert len(compared) == len(states) >= len(TALK)
    assert all(mine == theirs for mine, theirs in [*compared, *states])
    assert sum(mine is not None for mine, _ in compared) >= 5


def test_rules_are_still_looked_up_by_text_first_and_none_holds(watched: Any) -> None:
    assert "use_text_for_last_user_input=True" in source(RulePolicy._predict)
    policy = policy_of(watched, RulePolicy)
    find, compared = policy._find_action_from_rules, []

    def both(tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
        mine = find(tracker, domain, use_text_for_last_user_input)
        theirs = RulePolicy._find_action_from_rules(policy, tracker, domain, use_text_for_last_user_input)
        compared.append((use_text_for_last_user_input, mine[0], mine[2], theirs[0], theirs[2]))
        return mine

    policy._find_action_from_rules = both
    watched.talk(*TALK)
    assert sum(by_text for by_text, *_ in compared) >= len(TALK)
    assert all((action, back) == (theirs, their_back) for _, action, back, theirs, their_back in compared)


def test_default_actions_are_still_made_for_every_look_up_and_hold_nothing() -> None:
    assert "default_actions(action_endpoint)" in source(rasa.core.actions.action.action_for_name_or_text)
    rasa_costs.quicken_rasa()
    endpoint = object()
    mine = rasa.core.actions.action.default_actions(endpoint)
    theirs = rasa_costs._rasas_default_actions(endpoint)
    assert [(type(one), vars(one)) for one in mine] == [(type(one), vars(one)) for one in theirs]
    assert rasa.core.actions.action.default_actions(None)[-1]._action_endpoint is None
    for action in mine:
        for kind in type(action).__mro__[:-1]:
            for function in ast.walk(ast.parse(textwrap.dedent(source(kind)))):
                if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and function.name != "__init__":
                    kept = [
                        one
                        for one in ast.walk(function)
                        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)
                    ]
                    assert not kept, (kind, function.name)


def test_the_domain_is_still_compared_with_an_empty_one_for_every_message(watched: Any) -> None:
    assert "Domain.empty()" in source(Domain.is_empty)
    with pytest.warns(UserWarning, match="not defined in the domain"):
        watched.processor._check_for_unseen_features({"intent": {"name": "never heard"}, "entities": []})
    with pytest.warns(UserWarning, match="not defined in the domain"):
        watched.processor._check_for_unseen_features({"intent": {"name": "ask"}, "entities": [{"entity": "nothing"}]})


def test_events_are_still_listed_for_every_action_and_ours_only_when_looked_at(watched: Any) -> None:
    assert "EventVerbosity.ALL" in source(rasa_costs._rasas_action_call_format)
    watched.talk(*TALK)
    tracker = watched.tracker_store.live.get("p")
    action = watched.processor._get_action("action_answer")
    call = action._action_call_format(tracker, watched.domain)
    events = call["tracker"]["events"]
    assert events._made == {}
    assert events[-1] == list(tracker.events)[-1].as_dict()
    assert len(events._made) == 1
    call["tracker"]["events"] = list(events)
    assert call == rasa_costs._rasas_action_call_format(action, tracker, watched.domain)


def test_the_message_that_began_a_form_is_still_copied_for_every_action(watched: Any) -> None:
    assert "dataclasses.asdict(self.active_loop)" in source(DialogueStateTracker.current_state)
    watched.talk("/greet", "/fill", "a name")
    tracker = watched.tracker_store.live.get("p")
    state = rasa_costs._state_of(tracker)
    assert state == tracker.current_state()
    assert state["active_loop"]["trigger_message"] is tracker.active_loop.trigger_message


def test_forms_still_replay_all_events_and_a_copy_shows_the_same(watched: Any) -> None:
    assert "DialogueStateTracker.from_events" in source(rasa_costs._rasas_temporary_tracker)
    watched.talk("/greet", "/fill", "a name")
    tracker = watched.tracker_store.live.get("p")
    assert tracker.active_loop_name == "sheet"
    form = watched.processor._get_action("sheet")
    before = len(tracker.events), len(tracker.new_events)
    added = [SlotSet("size", "big")]
    mine = form._temporary_tracker(tracker, added, watched.domain)
    theirs = rasa_costs._rasas_temporary_tracker(form, tracker, added, watched.domain)
    assert isinstance(mine, LiveTracker)
    assert mine.current_state() == theirs.current_state()
    assert mine.applied_events() == theirs.applied_events()
    assert (len(tracker.events), len(tracker.new_events)) == before


def test_our_domain_lets_no_message_fill_a_slot_and_rasa_would_find_none() -> None:
    domain = Domain.load(str(ROOT / "domain.yml"))
    assert not extracts_slots(domain)
    tracker = DialogueStateTracker.from_events(
        "p", [UserUttered("経理", {"name": "ask_job"}, [{"entity": "job", "value": "accounting"}])], domain.slots
    )
    extract = rasa.core.actions.action.ActionExtractSlots(None)
    assert asyncio.run(extract.run(None, None, tracker, domain)) == []
    filled = "version: '3.1'\nslots: {a: {type: text, mappings: [{type: from_text}]}}"
    assert extracts_slots(Domain.from_yaml(filled))
    by_action = "version: '3.1'\nslots: {a: {type: text, mappings: [{type: custom, action: action_a}]}}"
    assert extracts_slots(Domain.from_yaml(by_action))
    assert extracts_slots(Domain.from_yaml("version: '3.1'\nactions: [action_validate_slot_mappings]"))


_values = st.one_of(st.none(), st.text(max_size=5), st.integers(), st.floats(), st.lists(st.integers(), max_size=2))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "event": st.sampled_from(["slot", "user", None, 1]),
            "name": _values,
            "value": _values,
            "timestamp": _values,
            "metadata": _values,
            "more": _values,
        },
    )
)
def test_a_plain_slot_event_is_valid_by_the_schema(event: dict[str, Any]) -> None:
    schema = RemoteAction.action_response_format_spec()
    if rasa_costs._is_plain_slot_event(event):
        jsonschema.validate({"events": [event], "responses": []}, schema)


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
    assert {"__message__", metadata.nlu_target} < runner.needed_by(metadata.nlu_target)
    assert "__tracker__" in runner.needed_by(metadata.core_target)


def test_a_text_heard_again_is_the_same_to_everybody_and_nobodys_to_change(load: Any, tmp_path: Path) -> None:
    agent = load(f"sqlite:///{tmp_path / 'h.db'}")
    run_nlu = agent.processor.graph_runner.run
    runs: list[int] = []
    agent.processor.graph_runner.run = lambda *arguments, **named: runs.append(1) or run_nlu(*arguments, **named)

    async def hear() -> None:
        first = await agent.parse("ask please")
        first["intent"]["name"] = "another"
        second, other = await agent.parse("ask please"), await agent.parse("nothing known")
        assert (second["intent"]["name"], second["text"], other["text"]) == ("ask", "ask please", "nothing known")
        assert second == await agent.parse("ask please")
        assert len(runs) == 2
        for number in range(HEARD_KEPT - 1):  # the last of them takes the place of the text asked for longest ago
            await agent.parse(f"/ask{number}")
        ran = len(runs)
        await agent.parse("ask please")
        await agent.parse("nothing known")
        assert len(runs) == ran + 1
        await agent.forget("whoever")
        await agent.parse("ask please")
        assert len(runs) == ran + 2

    asyncio.run(hear())


def test_what_is_kept_out_is_still_imported_by_rasa() -> None:
    """A name that no module of Rasa or its dependencies imports any more can leave the list."""
    assert {"boto3", "pymongo", "aiogram", "dask", "twilio", "sklearn"} <= UNUSED
    rasa_folder = Path(inspect.getfile(RulePolicy)).parents[2]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in rasa_folder.rglob("*.py"))
    for name in ("boto3", "pymongo", "aiogram", "dask", "twilio", "sklearn", "questionary", "apscheduler"):
        assert f"import {name}" in texts or f"from {name}" in texts, name
