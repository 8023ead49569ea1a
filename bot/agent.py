"""Rasa's Agent and message processor, composed of our parts: one message in, its replies out.

What differs from Rasa: an action that fails, a prediction that goes in circles and a turn that says nothing are errors
of the turn (Rasa answers 200 with an empty list and keeps half of the turn).
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection, ActionListen
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator, TemplatedNaturalLanguageGenerator
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import ActionLimitReached, MessageProcessor
from rasa.engine import loader
from rasa.engine.constants import PLACEHOLDER_TRACKER
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    ACTION_VALIDATE_SLOT_MAPPINGS,
    SlotMappingType,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from bot import rasa_costs
from bot.live_tracker import LiveTracker, Window
from bot.nlu import sentences
from bot.nlu.subject import KEY, SLOT, SubjectAdder, subject_of
from bot.runner import PlainGraphRunner
from bot.tracker_store import ConflictError, SqlTrackerStore

logger = logging.getLogger(__name__)

# Two engines that write to one conversation: the slower one runs its turn again. Each round one of them wins.
MAX_TRIES = 40
# Texts; what buttons and many people say is heard once. 1 KB each.
HEARD_KEPT = 512
# Intents of the desk (conversation opened, given back, …) may be heard in silence.
SILENT_PREFIX = "/EXTERNAL_"

Reply = dict[str, Any]


class TurnError(Exception):
    """The turn could not be finished; nothing of it was kept."""


class NothingSaidError(TurnError):
    """The bot had no answer at all."""


@dataclass(frozen=True)
class Message:
    """One message of a person, checked at the door."""

    sender: str
    text: str
    message_id: str | None = None
    channel: str = "rest"
    metadata: dict[str, Any] | None = None


class Processor(MessageProcessor):
    """Rasa's message processor over a live tracker."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._known_intents = frozenset(self.domain.intents)
        self._known_entities = frozenset(self.domain.entities)
        self._extracts_slots = extracts_slots(self.domain)
        self._hears_subject_only = self._looks_for_the_subject_only()
        self._heard = lru_cache(maxsize=HEARD_KEPT)(self._hear)

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, Any, PlainGraphRunner]:
        """Unpacks a model and loads its components into the plain runner."""
        path = Path(model_path)
        logger.info("Loading model %s...", path.name)
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            metadata, runner = loader.load_predict_graph_runner(Path(folder), path, LocalModelStorage, PlainGraphRunner)
        return path.name, metadata, runner

    def policies(self) -> list[Policy]:
        """The loaded policies."""
        components = (self.graph_runner.component(name) for name in self.graph_runner.nodes)
        return [component for component in components if isinstance(component, Policy)]

    def _looks_for_the_subject_only(self) -> bool:
        """Whether nothing of the conversation counts for what is heard but what the last answer was about."""
        runner, target = self.graph_runner, self.model_metadata.nlu_target
        looking = [name for name in runner.needed_by(target) if PLACEHOLDER_TRACKER in runner.inputs_of(name)]
        return all(isinstance(runner.component(name), SubjectAdder) for name in looking)

    async def turn(self, tracker: LiveTracker, message: Message) -> list[Reply]:
        """Lets the bot answer one message; the tracker gains the turn's events, nothing is stored.

        Raises:
            TurnError: an action failed or predictions went in circles.
        """
        channel = CollectingOutputChannel()
        tracker.model_id = self.model_metadata.model_id
        tracker.assistant_id = tracker.assistant_id or self.model_metadata.assistant_id
        user_message = UserMessage(
            message.text,
            channel,
            message.sender,
            input_channel=message.channel,
            message_id=message.message_id,
            metadata=message.metadata,
        )
        await self._update_tracker_session(tracker, channel, message.metadata)
        await self._handle_message_with_tracker(user_message, tracker)
        await self.run_action_extract_slots(channel, tracker)
        await self._run_prediction_loop(channel, tracker)
        replies: list[Reply] = channel.messages
        return replies

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """As Rasa's, but an action that would follow itself ends the turn.

        Where no rule says what comes after the fallback action, Rasa predicts it again until its circuit breaker trips,
        and the person reads the same sentence ten times.
        """
        if self.is_action_limit_reached(tracker, self.should_predict_another_action(tracker.latest_action_name)):
            raise ActionLimitReached("The limit of actions to predict has been reached.")
        prediction = self._predict_next_with_tracker(tracker)
        action = self._get_action(self.domain.action_names_or_texts[prediction.max_confidence_index])
        if action.name() == tracker.latest_action_name and action.name() != ACTION_LISTEN_NAME:
            logger.warning("action '%s' would follow itself; the turn ends", action.name())
            action = self._get_action(ACTION_LISTEN_NAME)
            prediction = PolicyPrediction.for_action_name(self.domain, ACTION_LISTEN_NAME)
        return action, prediction

    def is_action_limit_reached(self, tracker: DialogueStateTracker, should_predict_another_action: bool) -> bool:
        """As Rasa's, without a copy of all events."""
        predicted = 0
        for event in reversed(tracker.events):
            if isinstance(event, ActionExecuted):
                if event.action_name in {ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME}:
                    break
                predicted += 1
        return should_predict_another_action and predicted >= self.max_number_of_predictions

    def _parse_message_with_graph(
        self, message: UserMessage, tracker: DialogueStateTracker, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """As Rasa's, but what the last texts were heard as is kept where no more of the conversation counts.

        Kept pickled: every turn gets values of its own, a sixth of the time of a deep copy.
        """
        if self._hears_subject_only and only_output_properties:
            heard = self._heard(message.text, subject_of(message.text, tracker))
            parsed: dict[str, Any] = pickle.loads(heard)  # noqa: S301 - written by `_hear`
        else:
            parsed = super()._parse_message_with_graph(message, tracker, only_output_properties)
        return parsed

    def _hear(self, text: str, subject: str) -> bytes:
        nobody = DialogueStateTracker.from_events("", [SlotSet(SLOT, {KEY: subject})], self.domain.slots)
        return pickle.dumps(super()._parse_message_with_graph(UserMessage(text), nobody), pickle.HIGHEST_PROTOCOL)

    def forget_texts(self) -> None:
        """Forgets what the last texts were heard as."""
        self._heard.cache_clear()

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """As Rasa's, which compares the whole domain with an empty one for every message."""
        intent = parse_data["intent"]["name"]
        entities = parse_data["entities"] or []
        if intent not in self._known_intents or any(one["entity"] not in self._known_entities for one in entities):
            super()._check_for_unseen_features(parse_data)

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """As Rasa's; where the domain lets no message fill a slot, there is nothing to run."""
        if not self._extracts_slots:
            return tracker
        return await super().run_action_extract_slots(output_channel, tracker)

    @staticmethod
    def _log_slots(tracker: DialogueStateTracker) -> None:
        """Not done: values of slots belong to a person, and Rasa's line is for debugging only."""

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        """As Rasa's, but a failing action fails the turn."""
        try:
            events: list[Event] = []
            if type(action) is not ActionListen:  # which does nothing
                temporary = tracker.copy()
                temporary.update_with_events(prediction.events, self.domain)
                events = await action.run(output_channel, nlg, temporary, self.domain)
        except ActionExecutionRejection:
            tracker.update(ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence))
            return bool(self.should_predict_another_action(action.name()))
        except Exception as error:
            raise TurnError(f"action '{action.name()}' failed: {type(error).__name__}") from error
        self._log_action_on_tracker(tracker, action, events, prediction)
        if any(isinstance(event, UserUttered) for event in events):
            await self.run_action_extract_slots(output_channel, tracker)
        if action.name() != ACTION_LISTEN_NAME and not action.name().startswith(UTTER_PREFIX):
            self._log_slots(tracker)
        await self.execute_side_effects(events, tracker, output_channel)
        return bool(self.should_predict_another_action(action.name()))


class EngineAgent(Agent):
    """Rasa's Agent with our processor, store and locks; knows message ids."""

    def __init__(self, store: SqlTrackerStore, action_endpoint: Any) -> None:
        super().__init__(tracker_store=store, action_endpoint=action_endpoint)
        # Agent wraps every store into one that answers from memory when the database fails.
        self.tracker_store: SqlTrackerStore = store
        self.processor: Processor | None = None

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Loads a model, also in place of another; store, actions and conversations stay.

        Raises:
            rasa.shared.exceptions.RasaException: the model cannot be used; the old one stays.
        """
        processor = Processor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
            on_circuit_break=_refuse_circles,
        )
        policies = processor.policies()
        for policy in policies:
            rasa_costs.quicken_policy(policy)
        store = self.tracker_store
        store.drop_live()
        store.window = window_for(policies, store.window)
        store.rule_only_data = rule_only_data_of(policies)
        store.model_id = processor.model_metadata.model_id
        self.processor = processor
        self.domain = processor.domain
        store.domain = processor.domain
        self._set_fingerprint(fingerprint)
        if isinstance(self.nlg, TemplatedNaturalLanguageGenerator):
            self.nlg.responses = self.domain.responses

    async def answer(self, message: Message) -> list[Reply]:
        """The bot's replies to a message; the same ones again for a message id that was answered before.

        Raises:
            TurnError: the bot could not answer.
            SenderForgottenError: the conversation was erased.
            StoreError: the database failed. In all three cases nothing was kept.
        """
        if self.processor is None:
            raise TurnError("no model is loaded")
        for left in range(MAX_TRIES, 0, -1):
            try:
                async with self.tracker_store.turn(message.sender, message.message_id) as turn:
                    if turn.answered is not None:
                        return turn.answered
                    replies = await self.processor.turn(turn.tracker, message)
                    if not replies and not message.text.startswith(SILENT_PREFIX):
                        raise NothingSaidError("the bot said nothing")
                    await turn.save(replies)
                    return replies
            except ConflictError:
                if left == 1:
                    raise
        raise AssertionError("unreachable")

    async def forget(self, sender: str) -> None:
        """Erases a conversation for good, and what the last texts of anybody were heard and encoded as.

        Raises:
            StoreError: it could not be erased.
        """
        await self.tracker_store.forget(sender)
        if self.processor is not None:
            self.processor.forget_texts()
        sentences.forget_texts()

    async def parse(self, text: str) -> dict[str, Any]:
        """What the NLU makes of a text, without a conversation."""
        if self.processor is None:
            raise TurnError("no model is loaded")
        result: dict[str, Any] = await self.processor.parse_message(UserMessage(text))
        return result


def extracts_slots(domain: Domain) -> bool:
    """Whether Rasa's `action_extract_slots` can do anything: a slot filled by messages, or an action that validates."""
    return ACTION_VALIDATE_SLOT_MAPPINGS in domain.user_actions or any(
        mapping.get("type") != SlotMappingType.CUSTOM.value or mapping.get("action")
        for slot in domain.slots
        for mapping in slot.mappings
    )


def _refuse_circles(*_: Any) -> None:
    raise TurnError("the policies went in circles")


def rule_only_data_of(policies: Iterable[Policy]) -> dict[str, Any] | None:
    """What policies that skip turns made by rules are told about rules; None where there is no such policy."""
    policies = list(policies)
    if not any(policy.supported_data() == SupportedData.ML_DATA for policy in policies):
        return None
    for policy in policies:
        if isinstance(policy, RulePolicy):
            data: dict[str, Any] = policy._get_rule_only_data()
            return data
    return {}


def window_for(policies: Iterable[Policy], window: Window) -> Window:
    """A window that holds at least as many states as any policy looks back.

    Raises:
        TurnError: a policy looks back without a limit, or is of a kind whose need is not known.
    """
    states = window.states
    for policy in policies:
        if isinstance(policy, RulePolicy):
            states = max(states, rasa_costs.longest_rule(policy) + 2)
        elif type(policy) is MemoizationPolicy and policy.config.get("max_history"):
            states = max(states, policy.config["max_history"] + 2)
        else:
            raise TurnError(
                f"{type(policy).__name__} needs a known max_history: only RulePolicy and MemoizationPolicy are served"
            )
    return Window(window.events, window.turns, states)
