"""When people can be reached: weekly hours, Japanese holidays, days of exception. Pure; times in Asia/Tokyo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

TOKYO = ZoneInfo("Asia/Tokyo")
WEEKDAYS = "月火水木金土日"


@lru_cache(maxsize=8)
def _holidays_of(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("JP", years=year, language="ja"))


def is_holiday(day: date) -> bool:
    """A national holiday of Japan, substitute holidays included."""
    return day in _holidays_of(day.year)


def holiday_name(day: date) -> str:
    """What the holiday is called; '' where it is none."""
    return _holidays_of(day.year).get(day, "")


@dataclass(frozen=True)
class Schedule:
    """Weekly spans by weekday (0 is Monday), whether holidays are off, and days that differ (None: closed)."""

    weekly: Mapping[int, tuple[tuple[time, time], ...]]
    holidays_off: bool = True
    exceptions: Mapping[date, tuple[time, time] | None] = field(default_factory=dict)
    always: bool = False

    def spans(self, day: date) -> tuple[tuple[time, time], ...]:
        """The spans of one day, in order."""
        if self.always:
            return ((time.min, time.max),)
        if day in self.exceptions:
            span = self.exceptions[day]
            return (span,) if span else ()
        if self.holidays_off and is_holiday(day):
            return ()
        return tuple(sorted(self.weekly.get(day.weekday(), ())))

    def is_open(self, at: datetime) -> bool:
        """Whether somebody should be there at an aware time."""
        local = at.astimezone(TOKYO)
        return any(opens <= local.time() < closes for opens, closes in self.spans(local.date())) or self.always

    def next_opening(self, at: datetime, days: int = 30) -> datetime | None:
        """When it opens next, at the latest in `days`; the given time itself when open."""
        if self.is_open(at):
            return at
        local = at.astimezone(TOKYO)
        for ahead in range(days):
            day = local.date() + timedelta(days=ahead)
            for opens, _ in self.spans(day):
                start = datetime.combine(day, opens, TOKYO)
                if start > local:
                    return start
        return None


def schedule(
    rows: Iterable[tuple[int, time, time]],
    *,
    holidays_off: bool,
    exceptions: Mapping[date, tuple[time, time] | None],
    always: bool,
) -> Schedule:
    """A schedule from rows (weekday, opens, closes)."""
    weekly: dict[int, tuple[tuple[time, time], ...]] = {}
    for weekday, opens, closes in rows:
        weekly[weekday] = (*weekly.get(weekday, ()), (opens, closes))
    return Schedule(weekly, holidays_off, exceptions, always)


def spoken(at: datetime) -> str:
    """A time as people say it: 11月24日（火）10時, minutes only where there are some."""
    local = at.astimezone(TOKYO)
    minutes = f"{local.minute:02d}分" if local.minute else ""
    return f"{local.month}月{local.day}日（{WEEKDAYS[local.weekday()]}）{local.hour}時{minutes}"
