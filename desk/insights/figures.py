"""Figures computed from events when they are asked for. A conversation handed over is never 'resolved by the bot'."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from desk.conversations.models import Conversation, Event
from desk.handoff import services as handoff
from desk.handoff.hours import TOKYO


@dataclass
class Figures:
    """One period."""

    conversations: int = 0
    handed_over: int = 0
    by_bot: int = 0
    claimed: int = 0
    abandoned: int = 0
    nobody_came: int = 0
    out_of_hours: int = 0
    waits: list[float] = field(default_factory=list)
    first_answers: list[float] = field(default_factory=list)
    durations: list[float] = field(default_factory=list)
    scores: list[int] = field(default_factory=list)
    ended: int = 0
    by_day: dict[date, list[int]] = field(default_factory=dict)
    by_channel: dict[str, list[int]] = field(default_factory=dict)
    #: First wishes for a human by hour of the day (Asia/Tokyo): when people are needed.
    by_hour: list[int] = field(default_factory=lambda: [0] * 24)

    def stars(self) -> list[int]:
        """How often each score from 1 to 5 was given."""
        return [self.scores.count(score) for score in range(1, 6)]

    def rows(self) -> list[tuple[str, str]]:
        """Name and value, as they are read."""
        total = self.conversations
        return [
            ("会話の数", str(total)),
            ("有人対応の希望", f"{self.handed_over}（{_share(self.handed_over, total)}）"),
            ("自動応答だけで終わった", f"{self.by_bot}（{_share(self.by_bot, total)}）"),
            ("担当がついた", f"{self.claimed}（{_share(self.claimed, self.handed_over)}）"),
            ("待ち時間（中央値）", _minutes(self.waits)),
            ("最初の返事まで（中央値）", _minutes(self.first_answers)),
            ("対応の長さ（中央値）", _minutes(self.durations)),
            ("順番待ち中の離脱", f"{self.abandoned}（{_share(self.abandoned, self.handed_over)}）"),
            ("だれも対応できなかった", str(self.nobody_came)),
            ("受付時間外の希望", f"{self.out_of_hours}（{_share(self.out_of_hours, self.handed_over)}）"),
            ("満足度（5点満点の平均）", f"{sum(self.scores) / len(self.scores):.1f}" if self.scores else "－"),
            ("評価の回答率", _share(len(self.scores), self.ended)),
        ]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "－"


def _minutes(seconds: list[float]) -> str:
    if not seconds:
        return "－"
    value = median(seconds)
    return f"{value:.0f}秒" if value < 90 else f"{value / 60:.0f}分"


def compute(first: date, last: date, *, channel: str = "", business_hours: bool = False) -> Figures:
    """The figures of the conversations that began from `first` to `last` (Asia/Tokyo, both included)."""
    start = datetime.combine(first, time.min, TOKYO)
    end = datetime.combine(last + timedelta(days=1), time.min, TOKYO)
    found = Conversation.objects.filter(created_at__gte=start, created_at__lt=end)
    if channel:
        found = found.filter(channel=channel)
    plan = handoff.schedule()
    began = {
        pk: (at, way, state)
        for pk, at, way, state in found.values_list("pk", "created_at", "channel", "state")
        if not business_hours or plan.is_open(at)
    }
    history: dict[UUID, list[tuple[str, str, datetime, dict[str, Any]]]] = defaultdict(list)
    events = Event.objects.filter(conversation__in=found, type__in=["status", "rating", "note"]).order_by("seq")
    for pk, kind, author, at, data in events.values_list("conversation_id", "type", "author", "at", "data"):
        if pk in began and (kind != "note" or "package" in data):
            history[pk].append((kind, author, at, data))
    answers: dict[UUID, list[datetime]] = defaultdict(list)
    spoken = Event.objects.filter(conversation__in=found, type="message", author="adviser").order_by("seq")
    for pk, at in spoken.values_list("conversation_id", "at"):
        answers[pk].append(at)
    result = Figures(by_day={first + timedelta(days=n): [0, 0] for n in range((last - first).days + 1)})
    for pk, (at, way, state) in began.items():
        result.conversations += 1
        result.ended += state == Conversation.State.CLOSED
        handed = _one(result, history[pk], answers[pk], plan)
        result.handed_over += handed
        result.by_bot += not handed
        day = result.by_day.setdefault(at.astimezone(TOKYO).date(), [0, 0])
        day[0] += 1
        day[1] += handed
        lane = result.by_channel.setdefault(way, [0, 0])
        lane[0] += 1
        lane[1] += handed
    return result


def _one(
    result: Figures, history: list[tuple[str, str, datetime, dict[str, Any]]], answers: list[datetime], plan: Any
) -> bool:
    handed = False
    queued: datetime | None = None
    taken: datetime | None = None
    score: int | None = None
    asked: datetime | None = None
    out_of_hours = claimed = abandoned = False
    for kind, _author, at, data in history:
        if kind == "rating":
            score = int(data.get("score", 0)) or score
            continue
        if kind == "note":
            handed, asked = True, asked or at
            out_of_hours = out_of_hours or not plan.is_open(at)
            continue
        state, before = data.get("state"), data.get("before")
        if state == "queued":
            handed, queued, asked = True, at, asked or at
        elif state == "active":
            handed = claimed = True
            if before not in {"active", "wrap_up"}:
                taken = at
                if queued is not None:
                    result.waits.append((at - queued).total_seconds())
                first = next((said for said in answers if said >= at), None)
                if first is not None:
                    result.first_answers.append((first - (queued or at)).total_seconds())
            queued = None
        else:
            if before == "queued":
                abandoned = abandoned or data.get("reason") in {"visitor", "cancelled", "left"}
                result.nobody_came += data.get("reason") == "nobody_came"
            if before in {"active", "wrap_up"} and state != "wrap_up" and taken is not None:
                result.durations.append((at - taken).total_seconds())
                taken = None
            queued = None
    if asked is not None:
        result.by_hour[asked.astimezone(TOKYO).hour] += 1
    result.claimed += claimed
    result.abandoned += abandoned
    result.out_of_hours += out_of_hours
    if score is not None:
        result.scores.append(score)
    return handed
