"""A tracker that stays alive between messages: its cost depends on the last turns, not on the whole conversation.

Rasa's tracker is rebuilt from all its events for every message, replays them for every action and walks them again for
every policy. This one
* keeps its list of applied events and the policies' states, and only adds what is new;
* copies its state instead of replaying it;
* cuts its past: what the policies still need of it stands at the start of the window, as ordinary events (slots, the
  active loop, the last message and action) and, for policies that skip turns made by rules, as their last states.
"""

from __future__ import annotations

import copy
import dataclasses
from collections import deque
from collections.abc import Iterable
from typing import Any, Final

from rasa.shared.constants import ASSISTANT_ID_KEY
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import METADATA_MODEL_ID

# Events after which the list of applied events is worked out anew: they take others back.
_REWRITING: Final = (Restarted, SessionStarted, ActionReverted, UserUtteranceReverted)


@dataclasses.dataclass(frozen=True)
class Window:
    """How much of a conversation is kept live.

    events: cut when there are more events than this. A turn has 6 to 10.
    turns, states: what a cut leaves at least. `states` must exceed the longest rule and every policy's max_history.
    """

    events: int = 240
    turns: int = 12
    states: int = 16


@dataclasses.dataclass
class _Seen:
    """The machine of `Domain.states_for_tracker_history` between two events."""

    last_ml_action: Any = None
    turn_was_hidden: bool = False


@dataclasses.dataclass
class _View:
    """States for one kind of policy, as far as they have been worked out."""

    ignore_rule_only_turns: bool
    omit_unset_slots: bool
    rule_only_data: dict[str, Any] | None
    shadow: DialogueStateTracker
    before: list[State]  # last states from before the window
    seen: _Seen
    applied: list[Event] = dataclasses.field(default_factory=list)
    generation: int = -1
    # (position in `applied`, state or None for a hidden turn, the machine before it)
    states: list[tuple[int, State | None, _Seen]] = dataclasses.field(default_factory=list)
    # the state after all of `applied`, and for how much of it this was worked out
    current: State | None = None
    current_for: tuple[int, int] = (-1, -1)

    def last_state(self) -> State | None:
        """The newest state that is not hidden."""
        for _, state, _ in reversed(self.states):
            if state is not None:
                return state
        return self.before[-1] if self.before else None

    def follow(self, event: Event) -> None:
        """Lets the shadow see an event, unless it is about a slot that no state can show."""
        if not isinstance(event, SlotSet) or event.key in self.shadow.slots:
            self.shadow.update(event)


class LiveTracker(DialogueStateTracker):
    """A `DialogueStateTracker` with a window. Says the same as Rasa's for everything a policy or a form asks."""

    def __init__(
        self,
        sender_id: str,
        slots: Iterable[Slot] | None,
        max_event_history: int | None = None,
        sender_source: str | None = None,
        is_rule_tracker: bool = False,
    ) -> None:
        self._applied: list[Event] | None = []
        self._generation = 0
        self._loop_names: set[str] = set()
        self._views: list[_View] = []
        self._head_length = 0
        self._ml_before: list[State] = []
        self._ml_seen = _Seen()
        self._next_cut = 0
        self._shared_metadata: dict[str, Any] = {}
        # What has not been stored yet, and the number of the newest stored event.
        self.new_events: list[Event] = []
        self.seq = 0
        self.events: deque[Event]
        super().__init__(sender_id, slots, max_event_history, sender_source, is_rule_tracker)

    # --- events -------------------------------------------------------------------------------------------------

    def update(self, event: Event, domain: Domain | None = None) -> None:
        """Appends and applies an event, as Rasa's; remembers that it is to be stored."""
        if not event.metadata and self.model_id and self.assistant_id:
            event.metadata = self._metadata()
        self._append(event, domain)
        self.new_events.append(event)

    def _metadata(self) -> dict[str, Any]:
        """What Rasa writes to an event that has nothing else to say; one for all events, since none is ever changed."""
        if self._shared_metadata.get(METADATA_MODEL_ID) != self.model_id:
            self._shared_metadata = {METADATA_MODEL_ID: self.model_id, ASSISTANT_ID_KEY: self.assistant_id}
        return self._shared_metadata

    def restore(self, events: Iterable[Event]) -> None:
        """Applies events that are stored already."""
        for event in events:
            self._append(event, None)

    def _append(self, event: Event, domain: Domain | None) -> None:
        if isinstance(event, _REWRITING):
            self._applied = None  # before it is applied: taking back replays the applied events
        super().update(event, domain)
        self._note(event)

    def _note(self, event: Event) -> None:
        """Keeps the list of applied events right without walking all events."""
        if self._applied is None:
            if isinstance(event, ActiveLoop) and event.name:
                self._loop_names.add(event.name)
            return
        if isinstance(event, ActiveLoop) and event.name and event.name not in self._loop_names:
            self._loop_names.add(event.name)
            self._applied = None
        elif isinstance(event, _REWRITING):
            self._applied = None
        elif (
            isinstance(event, ActionExecuted)
            and event.action_name in self._loop_names
            and not self._first_loop_execution_or_unhappy_path(event.action_name, self._applied)
        ):
            # A form that runs again takes back what happened since it ran last.
            self._undo_till_previous_loop_execution(event.action_name, self._applied)
            self._generation += 1
        else:
            self._applied.append(event)

    def _current_applied(self) -> list[Event]:
        if self._applied is None:
            self._applied = super().applied_events()
            self._generation += 1
        return self._applied

    def applied_events(self) -> list[Event]:
        """The events that count, without those taken back."""
        return list(self._current_applied())

    def copy(self) -> LiveTracker:
        """A tracker with the same state whose changes do not come back. Slot values are shared."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.events = deque(self.events, self._max_event_history)
        # AnySlotDict, where there is no domain, must stay one.
        other.slots = copy.copy(self.slots)
        for name, slot in self.slots.items():
            twin = slot.__class__.__new__(slot.__class__)
            twin.__dict__.update(slot.__dict__)
            other.slots[name] = twin
        other.active_loop = dataclasses.replace(self.active_loop) if self.active_loop else None
        other.new_events = list(self.new_events)
        other._applied = None if self._applied is None else list(self._applied)
        other._loop_names = set(self._loop_names)
        other._views = []
        return other

    # --- states -------------------------------------------------------------------------------------------------

    def past_states(
        self,
        domain: Domain,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
        last: int | None = None,
    ) -> list[State]:
        """The states of the window as Rasa's `past_states` gives them; copies, since featurizers change them.

        `last`: only so many, the newest.
        """
        view = self._view(omit_unset_slots, ignore_rule_only_turns, rule_only_data)
        self._bring_up_to_date(view, domain)
        worked_out = (view.generation, len(view.applied))
        if view.current_for != worked_out:
            view.current = _next_state(view, domain, view.last_state(), False, copy.copy(view.seen))
            view.current_for = worked_out
        wanted = len(view.applied) + len(view.before) + 1 if last is None else last
        newest_first = [view.current] if view.current is not None else []
        for _, state, _ in reversed(view.states):
            if len(newest_first) >= wanted:
                break
            if state is not None:
                newest_first.append(state)
        newest_first += view.before[::-1][: max(0, wanted - len(newest_first))]
        return [
            {key: dict(value) if isinstance(value, dict) else value for key, value in state.items()}
            for state in reversed(newest_first)
        ]

    def _view(self, omit: bool, ignore: bool, rule_only_data: dict[str, Any] | None) -> _View:
        for view in self._views:
            if view.omit_unset_slots == omit and view.ignore_rule_only_turns == ignore:
                if not ignore or view.rule_only_data == rule_only_data:
                    return view
                self._views.remove(view)
                break
        seen = copy.copy(self._ml_seen) if ignore else _Seen()
        view = _View(ignore, omit, rule_only_data, self._shadow(), self._ml_before if ignore else [], seen)
        self._views.append(view)
        return view

    def _blank(self) -> DialogueStateTracker:
        return DialogueStateTracker(self.sender_id, self.slots.values())

    def _shadow(self) -> DialogueStateTracker:
        """A blank tracker with the slots that states can show."""
        return DialogueStateTracker(
            self.sender_id, [slot for slot in self.slots.values() if slot.influence_conversation]
        )

    def _bring_up_to_date(self, view: _View, domain: Domain) -> None:
        applied = self._current_applied()
        if view.generation != self._generation:
            same = 0
            for mine, theirs in zip(view.applied, applied, strict=False):
                if mine is not theirs:
                    break
                same += 1
            if same < len(view.applied):
                view.seen = _machine_at(view, same)
                view.states = [known for known in view.states if known[0] < same]
                del view.applied[same:]
                view.shadow = self._shadow()
                for event in view.applied:
                    view.follow(event)
            view.generation = self._generation
        for position in range(len(view.applied), len(applied)):
            event = applied[position]
            if isinstance(event, ActionExecuted) and position >= self._head_length:
                before = copy.copy(view.seen)
                state = _next_state(view, domain, view.last_state(), event.hide_rule_turn, view.seen)
                view.states.append((position, state, before))
            view.follow(event)
            view.applied.append(event)

    # --- the window ---------------------------------------------------------------------------------------------

    def cut(self, window: Window, domain: Domain, rule_only_data: dict[str, Any] | None = None) -> bool:
        """Shortens the past if it is longer than the window; True if it did. Only between two turns.

        Afterwards `events` holds everything that is needed to go on, and `checkpoint` says it for the store.
        `rule_only_data` is what the model's policies that skip rule turns are given; None where there is none such.
        """
        if len(self.events) <= max(window.events, self._next_cut):
            return False
        applied = self.applied_events()
        position = self._cut_position(applied, window)
        head = self._head(applied[:position]) if position else None
        if head is not None:
            if rule_only_data is not None:
                view = self._view(False, True, rule_only_data)
                self._bring_up_to_date(view, domain)
                states = [state for at, state, _ in view.states if at < position and state is not None]
                self._ml_seen = _machine_at(view, position)
                self._ml_before = [*view.before, *states][-window.states :]
            self._head_length = len(head)
            applied = [*head, *applied[position:]]
        kept = _without_superseded(applied, self._head_length)
        self.events = deque(kept, self._max_event_history)
        self._loop_names = {event.name for event in kept if isinstance(event, ActiveLoop) and event.name}
        self._applied = None
        self._views = []
        # What could not be cut now is tried again only after some more turns.
        self._next_cut = len(kept) + window.events // 4
        return True

    @staticmethod
    def _cut_position(applied: list[Event], window: Window) -> int:
        """Where the window may begin: at an `action_listen` before a message, with enough behind it. 0: nowhere."""
        turns = states = 0
        for position in range(len(applied) - 1, 0, -1):
            event = applied[position]
            if isinstance(event, ActionExecuted):
                states += 1
                if (
                    turns >= window.turns
                    and states > window.states
                    and event.action_name == ACTION_LISTEN_NAME
                    and isinstance(applied[position + 1], UserUttered)
                ):
                    return position
            elif isinstance(event, UserUttered):
                turns += 1
        return 0

    def _head(self, past: list[Event]) -> list[Event] | None:
        """Events that leave a blank tracker as `past` does; None where no such list can be given."""
        state = self._blank()
        for event in past:
            state.update(event)
        head: list[Event] = [SlotSet(slot.name, slot.value) for slot in state.slots.values() if slot.has_been_set]
        if state.is_paused():
            head.append(ConversationPaused())
        user = next((event for event in reversed(past) if isinstance(event, UserUttered)), None)
        if user is not None:
            # A message is featurized by the event after it only where action_listen stands before it.
            head += [ActionExecuted(ACTION_LISTEN_NAME), user]
            if user.use_text_for_featurization is not None:
                head.append(DefinePrevUserUtteredFeaturization(user.use_text_for_featurization))
        actions = [event for event in past if isinstance(event, ActionExecuted)]
        loop = state.active_loop
        if loop is not None and loop.name:
            head.append(ActiveLoop(loop.name))
            if loop.rejected:
                head.append(ActionExecutionRejected(loop.name))
            runs = [event for event in actions if event.action_name == loop.name]
            if runs and not self._first_loop_execution_or_unhappy_path(loop.name, past):
                head.append(runs[-1])
        if actions and (not head or head[-1] is not actions[-1]):
            head.append(actions[-1])
        if loop is not None and loop.name:
            listened = ActionExecuted(ACTION_LISTEN_NAME)
            if self._first_loop_execution_or_unhappy_path(
                loop.name, [*past, listened]
            ) != self._first_loop_execution_or_unhappy_path(loop.name, [*head, listened]):
                return None
        return head

    def checkpoint(self) -> dict[str, Any]:
        """The window as JSON: everything that `from_checkpoint` needs to go on from here."""
        return {
            "events": [event.as_dict() for event in self.events],
            "head": self._head_length,
            "model": self.model_id,
            "states": self._ml_before,
            "last_action": self._ml_seen.last_ml_action,
            "hidden": self._ml_seen.turn_was_hidden,
        }

    @classmethod
    def from_checkpoint(cls, sender_id: str, slots: Iterable[Slot] | None, data: dict[str, Any]) -> LiveTracker:
        """A tracker as it was when `checkpoint` was taken."""
        tracker = cls(sender_id, slots)
        tracker.restore(deserialise_events(data["events"]))
        tracker._head_length = data["head"]
        tracker._ml_before = [_with_tuples(state) for state in data["states"]]
        tracker._ml_seen = _Seen(data["last_action"], data["hidden"])
        return tracker


def _next_state(view: _View, domain: Domain, previous: State | None, hide_rule_turn: bool, seen: _Seen) -> State | None:
    """One round of `Domain.states_for_tracker_history`: the state before an action; None for a hidden turn."""
    tracker = view.shadow
    if view.ignore_rule_only_turns:
        if not seen.turn_was_hidden:
            seen.last_ml_action = domain._get_prev_action_sub_state(tracker)
        if not tracker.followup_action and tracker.latest_action_name != tracker.active_loop_name:
            seen.turn_was_hidden = hide_rule_turn
        if seen.turn_was_hidden:
            return None
    state = domain.get_active_state(tracker, omit_unset_slots=view.omit_unset_slots)
    if view.ignore_rule_only_turns:
        domain._remove_rule_only_features(state, view.rule_only_data)
        if previous is not None:
            domain._substitute_rule_only_user_input(state, previous)
        if seen.last_ml_action:
            state[PREVIOUS_ACTION] = seen.last_ml_action
    return domain._clean_state(state)


def _machine_at(view: _View, position: int) -> _Seen:
    """The machine as it was before the event at `position`."""
    for at, _, seen in view.states:
        if at >= position:
            return copy.copy(seen)
    return copy.copy(view.seen)


def _without_superseded(events: list[Event], head_length: int) -> list[Event]:
    """Leaves out what no state can show: slots set again before the next action, and what the bot said long ago."""
    recent = len(events)
    turns = 0
    while recent > 0 and turns < 3:
        recent -= 1
        turns += isinstance(events[recent], UserUttered)
    # In a form every answered question is taken back, and there may be no message for long.
    recent = max(recent, len(events) - 80)
    kept: list[Event] = []
    later: set[str] = set()
    for position in range(len(events) - 1, -1, -1):
        event = events[position]
        if position < recent and position >= head_length:
            if isinstance(event, BotUttered):
                continue
            if isinstance(event, SlotSet):
                if event.key in later:
                    continue
                later.add(event.key)
            elif isinstance(event, ActionExecuted):
                later.clear()
        kept.append(event)
    return kept[::-1]


def _with_tuples(state: dict[str, Any]) -> State:
    """JSON makes lists of tuples; states hold tuples."""
    return {
        kind: {key: tuple(value) if isinstance(value, list) else value for key, value in sub_state.items()}
        for kind, sub_state in state.items()
    }
