"""The page of a result, reached by a signed link: the sheet to read, 自己PR to reword, the PDF to keep."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from desk import texts
from desk.channels.web.requests import clean
from desk.conversations import services
from desk.conversations.models import Event
from desk.self_analysis import drafts
from desk.self_analysis.picture import draw_png
from desk.self_analysis.sheet import make_sheet

TOKYO = ZoneInfo("Asia/Tokyo")
_FIELDS = (
    ("opening", "書き出し", "私の強みは、◯◯です。", 2),
    ("situation", "場面", "いつ、どこで、どんな役割だったか", 2),
    ("task", "課題", "困っていたことや、目標", 2),
    ("action", "行動", "自分が考えて、したこと", 4),
    ("result", "結果", "どうなったか。言われたことや、変わったこと", 3),
)


def _page(request: HttpRequest, event: Event, parts: dict[str, str], status: int = 200, **more: object) -> HttpResponse:
    result = drafts.result_of(event) or {}
    context = {
        "result": result,
        "roles": "、".join(role["job"] for role in result["roles"]),
        "fields": [(name, label, hint, rows, parts[name]) for name, label, hint, rows in _FIELDS],
        "limit": drafts.LIMIT,
        "service": texts.service_name(),
        **more,
    }
    return render(request, "self_analysis/sheet.html", context, status=status)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "self_analysis/sheet.html", {"gone": True, "service": texts.service_name()}, status=404)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Read the sheet, reword 自己PR, save it; as PDF, too, where that was asked."""
    event = drafts.event_of_link(token)
    if event is None:
        return _gone(request)
    if request.method != "POST":
        return _page(request, event, drafts.parts_of(event))
    parts = {name: clean(request.POST.get(name, "")) for name in drafts.PARTS}
    try:
        services.spend("data", str(event.conversation_id))
        drafts.save(event, parts)
    except drafts.TooLongError:
        count = sum(len(part) for part in parts.values())
        problem = f"全体で{drafts.LIMIT}字までです。いまは{count}字です。少し短くしてから、もう一度保存してください。"
        return _page(request, event, parts, 422, problem=problem)
    except services.TooFastError:
        problem = "続けて何度も保存されたため、少し待ってから、もう一度保存してください。書いた文は残っています。"
        return _page(request, event, parts, 429, problem=problem)
    return sheet_response(event) if "pdf" in request.POST else _page(request, event, parts, saved=True)


@require_safe
def chart(request: HttpRequest, token: str) -> HttpResponse:
    """The picture on the page."""
    event = drafts.event_of_link(token)
    if event is None:
        return _gone(request)
    response = HttpResponse(draw_png(drafts.result_of(event) or {}), content_type="image/png")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def sheet_response(event: Event) -> HttpResponse:
    """The sheet of an event's result, with the person's own wording where there is one."""
    made = make_sheet(
        drafts.result_of(event) or {},
        made_on=datetime.now(TOKYO).date(),
        draft=drafts.text_for_sheet(event),
        service_name=texts.service_name(),
    )
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": content_disposition_header(True, "自己分析シート.pdf")},
    )
