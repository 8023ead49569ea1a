"""Takes known costs of Rasa 3.6.21 away, each by itself and each with a test that fails when Rasa mended it.

Nothing here changes a result: tests/bot/test_rasa_costs.py compares with Rasa's own code.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any, Final

import rasa
import rasa.core.actions.action
import rasa.core.actions.forms
import rasa.core.policies.memoization
import rasa.core.policies.rule_policy
import rasa.core.processor
import rasa.shared.core.events
import rasa.shared.utils.common
from jsonschema import Draft7Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import Action, RemoteAction
from rasa.core.actions.forms import FormAction
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RULES_NOT_IN_STORIES, RulePolicy
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_UNLIKELY_INTENT_NAME,
    ACTIVE_LOOP,
    PREVIOUS_ACTION,
    REQUESTED_SLOT,
    SHOULD_NOT_BE_SET,
    USER,
)
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

from bot.action_endpoint import EventDicts, InProcessActions
from bot.live_tracker import LiveTracker


def quicken_rasa() -> None:
    """Applies everything that is not about one model. May be called again."""
    resolve_event_types_by_dict()
    compile_the_result_schema_once()
    do_not_copy_for_log_lines()
    make_default_actions_once()
    list_events_when_looked_at()
    let_forms_copy_live_trackers()


# --- event types --------------------------------------------------------------------------------------------------


def resolve_event_types_by_dict() -> None:
    """`Event.resolve_by_type` walks all subclasses for every event of every conversation that is loaded."""
    known: dict[str, type[Event]] = {}

    def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
        found = known.get(type_name)
        if found is None:
            found = _rasas_resolve_by_type(type_name, default)
            if found is not None and found is not default:
                known[type_name] = found
        return found

    Event.resolve_by_type = staticmethod(resolve_by_type)


_rasas_resolve_by_type: Final = Event.resolve_by_type


# --- the schema of an action's result -------------------------------------------------------------------------------


def compile_the_result_schema_once() -> None:
    """`jsonschema.validate` checks the (large) schema itself, again for every action that runs."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema, default=Draft7Validator)
    kind.check_schema(schema)
    by_type = _validators_by_event_type(schema["properties"]["events"], kind)

    def _is_valid(result: dict[str, Any]) -> bool:
        events, responses = result.get("events"), result.get("responses")
        if not isinstance(events, list) or not isinstance(responses, list):
            return False
        for event in events:
            if _is_plain_slot_event(event):
                continue
            validator = by_type.get(str(event.get("event"))) if isinstance(event, dict) else None
            if validator is None or not validator.is_valid(event):
                return False
        return all(isinstance(response, dict) for response in responses)

    def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
        if isinstance(result, dict) and _is_valid(result):
            return True
        return bool(_rasas_validate_action_result(self, result))  # the last word; raises what Rasa raises

    RemoteAction._validate_action_result = _validate_action_result


def _is_plain_slot_event(event: Any) -> bool:
    """What nearly every event of an action is, in the words of the schema; anything else is for the schema to judge."""
    return (
        isinstance(event, dict)
        and event.get("event") == "slot"
        and isinstance(event.get("name"), str)
        and "value" in event
        and event.get("timestamp") is None
        and event.get("metadata") is None
    )


def _validators_by_event_type(events: dict[str, Any], kind: Any) -> dict[str, Any]:
    """One validator an event type: the schema tries every type's on every event, and says which types there are."""
    found: dict[str, Any] = {}
    for_all = {key: value for key, value in events["items"].items() if key != "oneOf"}
    for part in events["items"]["oneOf"]:
        words = json.dumps(part)
        names = set(re.findall(r'"event": \{[^{}]*"const": "(\w+)"', words))
        if len(names) == 1:
            name = names.pop()
            # Two schemas for one type: which one holds is for the whole schema to say.
            found[name] = None if name in found else kind({**for_all, "allOf": [part]})
    return {name: validator for name, validator in found.items() if validator is not None}


_rasas_validate_action_result: Final = RemoteAction._validate_action_result


# --- deep copies for debug lines ------------------------------------------------------------------------------------

# Modules of which every `copy.deepcopy` stands in the arguments of a `structlogger.debug` (the test checks it).
COPYING_FOR_LOGS: Final = (
    rasa.core.processor,
    rasa.core.actions.forms,
    rasa.core.policies.memoization,
    rasa.core.policies.rule_policy,
)


class _NoCopies:
    """Stands in for the `copy` module where copies are made for log lines that nobody reads."""

    @staticmethod
    def deepcopy(value: Any) -> Any:
        return value


def do_not_copy_for_log_lines() -> None:
    """Rasa deep-copies states, events and messages for debug lines also when debug lines are off."""
    for module in COPYING_FOR_LOGS:
        module.copy = _NoCopies


# --- actions made anew ----------------------------------------------------------------------------------------------


def make_default_actions_once() -> None:
    """Rasa makes its twelve default actions for every action that it looks up. They hold nothing but the endpoint."""
    made: dict[int, tuple[Any, list[Action]]] = {}

    def default_actions(action_endpoint: Any = None) -> list[Action]:
        known = made.get(id(action_endpoint))
        if known is None:
            # The endpoint is kept with them, so that no other can come to have its identity.
            known = made[id(action_endpoint)] = (action_endpoint, _rasas_default_actions(action_endpoint))
        return list(known[1])

    rasa.core.actions.action.default_actions = default_actions


_rasas_default_actions: Final = rasa.core.actions.action.default_actions


# --- calls of actions -----------------------------------------------------------------------------------------------


def list_events_when_looked_at() -> None:
    """Rasa makes a dict of every event for every action that it calls; in this process, where few look at any, each
    is made when it is looked at.
    """

    def _action_call_format(self: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        if not isinstance(self.action_endpoint, InProcessActions):
            return dict(_rasas_action_call_format(self, tracker, domain))
        state = _state_of(tracker)
        state["events"] = EventDicts(list(tracker.events))
        return {
            "next_action": self.name(),
            "sender_id": tracker.sender_id,
            "tracker": state,
            "version": rasa.__version__,
            "domain": domain.as_dict(),
        }

    RemoteAction._action_call_format = _action_call_format


def _state_of(tracker: DialogueStateTracker) -> dict[str, Any]:
    """As Rasa's, which copies the message that began a form, with all that was read from it, for every action."""
    loop, tracker.active_loop = tracker.active_loop, None
    try:
        state: dict[str, Any] = tracker.current_state(EventVerbosity.NONE)
    finally:
        tracker.active_loop = loop
    return {**state, ACTIVE_LOOP: dict(vars(loop)) if loop else {}}


_rasas_action_call_format: Final = RemoteAction._action_call_format


# --- forms ----------------------------------------------------------------------------------------------------------


def let_forms_copy_live_trackers() -> None:
    """A form replays all events, twice a turn, to look at the tracker with some events more; a live one is copied."""

    def _temporary_tracker(
        self: FormAction, current_tracker: DialogueStateTracker, additional_events: list[Event], domain: Domain
    ) -> DialogueStateTracker:
        if not isinstance(current_tracker, LiveTracker):
            return _rasas_temporary_tracker(self, current_tracker, additional_events, domain)
        temporary = current_tracker.copy()
        asked = SlotSet(REQUESTED_SLOT, self.get_slot_to_fill(current_tracker))
        for event in (asked, ActionExecuted(self.name()), *additional_events):
            temporary.update(event)
        return temporary

    FormAction._temporary_tracker = _temporary_tracker


_rasas_temporary_tracker: Final = FormAction._temporary_tracker


# --- memorized turns ------------------------------------------------------------------------------------------------


def _look_up_without_packing(policy: MemoizationPolicy) -> None:
    """Rasa packs the states of every prediction with zlib, only to look them up; here the memory is unpacked once."""
    if not policy.config["enable_feature_string_compression"]:
        return
    unpacked = {zlib.decompress(base64.b64decode(key)).decode(): action for key, action in policy.lookup.items()}
    last = policy.config["max_history"]

    def _recall_states(states: list[State]) -> str | None:
        if not states:
            return None
        return unpacked.get(json.dumps(states, sort_keys=True).replace('"', ""))

    def _prediction_states(
        tracker: Any,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        if isinstance(tracker, LiveTracker) and last:
            states = tracker.past_states(domain, ignore_rule_only_turns=True, rule_only_data=rule_only_data, last=last)
            # Rasa leaves states of this action out before it counts.
            if not any(
                state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME) == ACTION_UNLIKELY_INTENT_NAME for state in states
            ):
                policy.featurizer._choose_last_user_input([states], use_text_for_last_user_input)
                return states
        return list(rasas_states(tracker, domain, use_text_for_last_user_input, rule_only_data))

    rasas_states = policy._prediction_states
    policy._recall_states = _recall_states
    policy._prediction_states = _prediction_states


# --- rules ----------------------------------------------------------------------------------------------------------

_Key = tuple[Any, Any]


class _RuleIndex:
    """Rules by what they want of the last state, so that only those which may apply are looked at."""

    def __init__(self, lookup: dict[str, Any]) -> None:
        self.longest = 0
        self._buckets: dict[_Key, list[tuple[str, list[State]]]] = {}
        for key in lookup:
            states = json.loads(key)[::-1]
            self.longest = max(self.longest, len(states))
            self._buckets.setdefault(self._wanted(states[0]), []).append((key, states))

    @staticmethod
    def _wanted(state: State) -> _Key:
        """Previous action and intent that a rule's last state demands; None where it does not."""
        action = state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME)
        intent = state.get(USER, {}).get(INTENT)
        return (
            action if action and action != SHOULD_NOT_BE_SET else None,
            intent if intent and intent != SHOULD_NOT_BE_SET else None,
        )

    def may_match_text(self) -> bool:
        """Whether a rule's last state can hold after a message of which only the text is known, not the intent."""
        return (ACTION_LISTEN_NAME, None) in self._buckets or (None, None) in self._buckets

    def matching(self, policy: RulePolicy, states: list[State]) -> set[str]:
        if not states:
            return {key for bucket in self._buckets.values() for key, _ in bucket}
        last = states[-1]
        action = last.get(PREVIOUS_ACTION, {}).get(ACTION_NAME)
        intent = last.get(USER, {}).get(INTENT)
        found: set[str] = set()
        for wanted in {(action, intent), (action, None), (None, intent), (None, None)}:
            for key, rule in self._buckets.get(wanted, ()):
                for position in range(min(len(rule), len(states))):
                    if not _applies(policy, rule[position], states[-1 - position]):
                        break
                else:
                    found.add(key)
        return found


def _applies(policy: RulePolicy, rule_state: State, state: State) -> bool:
    """`RulePolicy._is_rule_applicable` for one pair of states."""
    theirs, ours = rule_state.get(PREVIOUS_ACTION), state.get(PREVIOUS_ACTION)
    if not theirs and not ours:
        return True
    if not theirs or not ours:
        return False
    return bool(policy._does_rule_match_state(rule_state, state))


def quicken_policy(policy: Policy) -> None:
    """Takes log-only work and the walk over all rules and all states out of a loaded policy."""
    policy.format_tracker_states = _no_format  # only ever for a debug line
    if isinstance(policy, RulePolicy):
        _index_rules(policy)
    elif type(policy) is MemoizationPolicy and policy.lookup:
        _look_up_without_packing(policy)
    elif type(policy) is MemoizationPolicy:
        # Nothing was memorized: whatever the states are, nothing is recalled.
        policy._prediction_states = _no_states


def _no_states(*_: Any, **__: Any) -> list[State]:
    return []


def _no_format(_states: list[dict[str, Any]]) -> str:
    return ""


def longest_rule(policy: RulePolicy) -> int:
    """How many states the longest rule, or the longest known source of a prediction, looks back."""
    keys = [*policy.lookup.get(RULES, {}), *policy.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH, {})]
    keys += [key for key in policy.lookup.get(RULES_NOT_IN_STORIES, []) if key.startswith("[")]
    return max((len(json.loads(key)) for key in keys), default=0)


def _index_rules(policy: RulePolicy) -> None:
    indexes = {
        name: _RuleIndex(policy.lookup[name]) for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH) if name in policy.lookup
    }
    by_identity = {id(policy.lookup[name]): index for name, index in indexes.items()}
    longest = longest_rule(policy)
    rasas_possible_keys = policy._get_possible_keys
    rasas_feature_key = policy._create_feature_key

    def _get_possible_keys(lookup: dict[str, str], states: list[State]) -> set[str]:
        index = by_identity.get(id(lookup))
        if index is None:
            return set(rasas_possible_keys(lookup, states))
        return index.matching(policy, states)

    def _create_feature_key(states: list[State]) -> str | None:
        # Names a prediction that no rule made, and is compared with names that no more than `longest` states have.
        key: str | None = rasas_feature_key(states[-longest - 1 :])
        return key

    def _prediction_states(
        tracker: Any,
        domain: Domain,
        use_text_for_last_user_input: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        if not isinstance(tracker, LiveTracker):
            return list(rasas_states(tracker, domain, use_text_for_last_user_input, rule_only_data))
        states = tracker.past_states(domain, last=longest + 1)
        policy.featurizer._choose_last_user_input([states], use_text_for_last_user_input)
        return states

    def _find_action_from_rules(
        tracker: Any, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if use_text_for_last_user_input and not by_text:
            return None, None, False  # as Rasa says it where no rule holds and no form was interrupted
        found: tuple[str | None, str | None, bool] = rasas_find(tracker, domain, use_text_for_last_user_input)
        return found

    by_text = any(index.may_match_text() for index in indexes.values())
    rasas_find = policy._find_action_from_rules
    policy._find_action_from_rules = _find_action_from_rules
    rasas_states = policy._prediction_states
    policy._prediction_states = _prediction_states
    policy._get_possible_keys = _get_possible_keys
    policy._create_feature_key = _create_feature_key
    if RULES_NOT_IN_STORIES in policy.lookup:
        policy.lookup[RULES_NOT_IN_STORIES] = frozenset(policy.lookup[RULES_NOT_IN_STORIES])
