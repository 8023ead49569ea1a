"""The page of figures, and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk.console import tables
from desk.console.access import supervisors
from desk.handoff.package import CHANNELS
from desk.insights.figures import Figures, compute

DAYS = 366


@supervisors
@require_safe
def figures(request: HttpRequest) -> HttpResponseBase:
    """By day and channel, in business hours or always."""
    try:
        first, last = tables.period(request.GET, days=30)
    except ValueError:
        return HttpResponseBadRequest("日付が正しくありません。")
    if not 0 <= (last - first).days < DAYS:
        return HttpResponseBadRequest("期間は1年以内にしてください。")
    channel = request.GET.get("channel", "")
    business = request.GET.get("hours") == "1"
    result = compute(first, last, channel=channel, business_hours=business)
    if request.GET.get("format") == "csv":
        return tables.csv_response(_table(result), f"figures-{first}-{last}")
    top = max([day[0] for day in result.by_day.values()] + [1])
    width = 700 / max(len(result.by_day), 1)
    bars = [
        {
            "day": day,
            "all": count,
            "handed": handed,
            "x": round(40 + number * width + width * 0.15, 2),
            "width": round(width * 0.7, 2),
            "y": round(170 - 150 * count / top, 2),
            "height": round(150 * count / top, 2),
            "handed_y": round(170 - 150 * handed / top, 2),
            "handed_height": round(150 * handed / top, 2),
            "tick": number % max(1, len(result.by_day) // 8) == 0,
        }
        for number, (day, (count, handed)) in enumerate(sorted(result.by_day.items()))
    ]
    context = {
        "hours": _columns(result.by_hour, [f"{hour}時" if hour % 3 == 0 else "" for hour in range(24)]),
        "stars": _columns(result.stars(), [f"{score}点" for score in range(1, 6)]),
        "rated": len(result.scores),
        "rows": result.rows(),
        "bars": bars,
        "top": top,
        "by_channel": [(CHANNELS.get(way, way), *counts) for way, counts in sorted(result.by_channel.items())],
        "from": first.isoformat(),
        "to": last.isoformat(),
        "channel": channel,
        "channels": CHANNELS.items(),
        "business": business,
    }
    return render(request, "console/figures.html", context)


def _columns(counts: list[int], names: list[str]) -> list[dict[str, Any]]:
    """Columns of a small chart, 360 wide and 120 high."""
    top, width = max([*counts, 1]), 340 / len(counts)
    return [
        {
            "name": name,
            "count": count,
            "x": round(10 + number * width + width * 0.12, 2),
            "middle": round(10 + (number + 0.5) * width, 2),
            "width": round(width * 0.76, 2),
            "y": round(95 - 75 * count / top, 2),
            "height": round(75 * count / top, 2),
        }
        for number, (count, name) in enumerate(zip(counts, names, strict=True))
    ]


def _table(result: Figures) -> Iterator[Sequence[object]]:
    yield ["項目", "値"]
    yield from result.rows()
    yield []
    yield ["日付", "会話", "有人対応の希望"]
    yield from ([day.isoformat(), *counts] for day, counts in sorted(result.by_day.items()))
    yield []
    yield ["窓口", "会話", "有人対応の希望"]
    yield from ([CHANNELS.get(way, way), *counts] for way, counts in sorted(result.by_channel.items()))
    yield []
    yield ["時刻", "有人対応の希望"]
    yield from ([f"{hour}時", count] for hour, count in enumerate(result.by_hour))
