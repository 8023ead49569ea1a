"""What is remembered of one self-analysis; kept in one slot as plain JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from actions.self_analysis.data import Analysis
from actions.self_analysis.scoring import Evidence

# Steps that are no item: consent; what to do with an unfinished or finished one; start over?; which
# answer to change; two more items?; the result stands.
CONSENT, AGAIN, OVER, CHANGE, MORE, DONE = "consent", "again", "over", "change", "more", "done"


@dataclass
class State:
    """One person's self-analysis. `step` is where the talk is: an item's id, `q9_tags`, or a step named above.

    answers: item id → {"v": …} | {"text": …} | {"skipped": true}.
    notes: item id → the tags read from what was written there.
    back_to: the step to go to when a change is done ("" = the next item not yet answered).
    """

    version: str
    step: str = CONSENT
    consent: bool = False
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    picks: list[str] = field(default_factory=list)
    unread: int = 0
    eased: list[str] = field(default_factory=list)
    more_asked: bool = False
    more_left: list[str] = field(default_factory=list)
    back_to: str = ""
    seen_at: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The slot's value."""
        return vars(self.copy())

    @staticmethod
    def from_json(value: object, analysis: Analysis) -> State:
        """The state in a slot; a fresh one when there is none or it is of an older shape."""
        if not isinstance(value, dict) or "step" not in value:
            return State(version=analysis.version)
        known = State.__dataclass_fields__
        return State(**{name: content for name, content in value.items() if name in known})

    def copy(self) -> State:
        """An independent copy, so that a turn never changes what it was given."""
        return State(
            **{
                **vars(self),
                "answers": {qid: dict(answer) for qid, answer in self.answers.items()},
                "notes": {qid: [dict(note) for note in notes] for qid, notes in self.notes.items()},
                "picks": list(self.picks),
                "eased": list(self.eased),
                "more_left": list(self.more_left),
            }
        )

    @property
    def started(self) -> bool:
        """Consent was given and there is something to go on with."""
        return self.consent and self.step != CONSENT

    @property
    def plain_step(self) -> str:
        """The step below a question about the talk itself (start over?, change which?)."""
        return self.back_to if self.step in (AGAIN, OVER, CHANGE) and self.back_to else self.step

    def evidence(self) -> list[Evidence]:
        """All tags, in the order of the items they came from."""
        return [
            Evidence(note["tag"], note["words"], note["confirmed"], note["counter"])
            for qid in sorted(self.notes, key=lambda name: int(name[1:]))
            for note in self.notes[qid]
        ]

    def note(self, qid: str, found: list[Evidence]) -> None:
        """Replaces the tags read from an item."""
        self.notes.pop(qid, None)
        if found:
            self.notes[qid] = [asdict(item) for item in found]

    def forget(self, qid: str) -> None:
        """Removes an item's answer and what was read from it."""
        self.answers.pop(qid, None)
        self.notes.pop(qid, None)

    def next_item(self, analysis: Analysis) -> str | None:
        """The first item that is neither answered nor skipped."""
        return next((question.id for question in analysis.questions if question.id not in self.answers), None)

    def item_of(self, analysis: Analysis) -> int:
        """The number to show as progress (1–12)."""
        qid = self.step.removesuffix("_tags")
        if qid.startswith("q"):
            return analysis.number(qid)
        coming = self.next_item(analysis)
        return analysis.number(coming) if coming else len(analysis.questions)
