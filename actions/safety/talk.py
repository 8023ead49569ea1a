"""What is answered to each topic of safety: plain functions over the intent, the text and what was said before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from actions.knowledge.model import knowledge
from bot.nlu.normalise import normalise
from bot.safety import detect
from bot.safety.replies import crisis_reply, filled, reply
from bot.safety.settings import texts

# So many unclear messages after a crisis are met with 「ここにいます」 instead of asking back.
PATIENCE: Final = 4

_INTERVIEW: Final = re.compile(r"聞かれ|きかれ|質問され|書か(?:さ|せ)|書く欄|言われ|出せ|提出|答えな|断られ|落と")
# '女性ばかりですか' asks how many, and is no complaint.
_RATIO: Final = re.compile(
    r"(?:女性?|男性?|女の人|男の人|女子|男子)(?:は|が|って)?(?:ばかり|ばっか|だらけ|しかいな|のほうが多|の方が多|が多い|多い|少ない|の割合|比率)"
)
# '自動で消える？' asks how long it is kept.
_DELETE: Final = re.compile(r"消(?!え)|削除|退会|解除|撤回|取り消|忘れ")
# Sentences that answer what was asked of one's data.
_MOST_FIRST: Final = 2


@dataclass(frozen=True)
class SafetyState:
    """`patience`: unclear messages still to be met gently; the others count how often a topic came."""

    patience: int = 0
    distress: int = 0
    turns: int = 0

    @classmethod
    def of(cls, slot: object) -> SafetyState:
        """From the slot `safety_state`; anything of another shape counts as nothing."""
        if not isinstance(slot, Mapping):
            return cls()
        return cls(*(int(slot.get(key) or 0) for key in ("patience", "distress", "turns")))

    def as_slot(self) -> dict[str, int]:
        """For the slot."""
        return {"patience": self.patience, "distress": self.distress, "turns": self.turns}


@dataclass(frozen=True)
class Reply:
    """One answer; `reason` is why a human is offered, `stop` ends whatever was going on."""

    text: str
    state: SafetyState
    reason: str | None = None
    alert: dict[str, str] | None = None
    stop: bool = False


def _alert(kind: Literal["crisis", "crisis_other", "labour"], urgency: str) -> dict[str, str]:
    return {"kind": kind, "urgency": urgency}


def answer(intent: str, text: str, state: SafetyState) -> Reply:
    """The answer to one message of this topic."""
    turn = state.turns
    later = SafetyState(state.patience, state.distress, turn + 1)
    if intent == "crisis":
        worried = SafetyState(PATIENCE, state.distress, turn + 1)
        return Reply(crisis_reply(), worried, "crisis", _alert("crisis", "urgent"), stop=True)
    if intent == "crisis_other":
        worried = SafetyState(PATIENCE, state.distress, turn + 1)
        return Reply(crisis_reply("crisis_other"), worried, "crisis_other", _alert("crisis_other", "urgent"), stop=True)
    if state.patience and intent in ("distress", "labour_trouble", "insult") and detect(text) is None:
        # Shortly after a crisis, words like 「誰もわかってくれない」 are still about that.
        gentle = SafetyState(state.patience - 1, state.distress, turn + 1)
        return Reply(reply("still_here"), gentle, "crisis")
    found = detect(text)
    if intent == "distress" and found is not None and found.kind == "labour":
        # 「パワハラがつらくて」: who names the trouble is told where to turn.
        intent = "labour_trouble"
    if intent == "distress":
        again = state.distress and state.distress % 2 == 1
        felt = SafetyState(0, state.distress + 1, turn + 1)
        return Reply(reply("distress_again" if again else "distress", state.distress // 2), felt, "distress")
    if intent == "labour_trouble":
        return Reply(reply("labour_trouble"), later, "labour", _alert("labour", "soon"))
    if intent == "discrimination" and _RATIO.search(text):
        matter = next(matter for matter in knowledge().matters if matter.name == "男女比")
        return Reply(matter.text + matter.how, later)
    if intent == "discrimination":
        asked = _INTERVIEW.search(text) is not None
        return Reply(reply("discrimination" if asked else "discrimination_person"), later, "discrimination")
    if intent == "privacy":
        return Reply(privacy(text), later)
    if intent == "insult":
        return Reply(reply("insult", turn), later)
    return Reply(reply("attack", turn), later)


def privacy(text: str) -> str:
    """What becomes of one's data; first what was asked of it, where that is known."""
    if _DELETE.search(text):
        return reply("privacy_delete")
    plain = normalise(text).text
    first = [one["text"] for one in texts()["privacy_first"] if any(word in plain for word in one["words"])]
    return "\n".join([*map(filled, first[:_MOST_FIRST]), reply("privacy")])


def human_button(reason: str) -> dict[str, str]:
    """「人と話したい」, which carries why it was offered."""
    return {"title": texts()["buttons"]["human"], "payload": f'/request_human{{"reason":"{reason}"}}'}


def still_worried(tracker: Any) -> str | None:
    """What to say to an unclear message shortly after a crisis; None where the usual answer is right."""
    return reply("still_here") if SafetyState.of(tracker.get_slot("safety_state")).patience else None


def still_worried_buttons() -> list[dict[str, str]]:
    """The way to a human, beside `still_worried`."""
    return [human_button("crisis")]
