"""The page of who looked at, exported or erased what, and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk.accounts.models import User
from desk.console import tables
from desk.console.access import supervisors
from desk.console.transcripts import safe
from desk.conversations.models import Conversation
from desk.handoff.hours import TOKYO
from desk.privacy.models import Access

PAGE = 100
WAYS = {"console": "画面", "api": "API", "print": "印刷", "pdf": "PDF", "csv": "CSV", "json": "JSON", "txt": "テキスト"}


def _wanted(values: Any, first: date, last: date) -> QuerySet[Access]:
    """Raises `ValueError` for a person or a conversation that is none."""
    since, until = tables.instants(first, last)
    found = Access.objects.select_related("user").filter(at__gte=since, at__lt=until)
    if values.get("action"):
        found = found.filter(action=values["action"])
    if values.get("user"):
        found = found.filter(user_id=int(values["user"]))
    if values.get("conversation"):
        found = found.filter(conversation_id=UUID(values["conversation"]))
    return found


def what(row: Access) -> str:
    """How it was done, in words."""
    words = [WAYS.get(row.detail.get("way") or row.detail.get("format") or "", "")]
    if row.action == Access.Action.EXPORT:
        words.append("メモあり" if row.detail.get("notes") else "メモなし")
        if row.detail.get("many"):
            words.append("まとめて")
    if row.action == Access.Action.ERASE:
        words.append(f"会話{len(row.detail.get('conversations', []))}件")
    return "・".join(word for word in words if word)


@supervisors
@require_safe
def records(request: HttpRequest) -> HttpResponseBase:
    """By time, person, action and conversation."""
    try:
        first, last = tables.period(request.GET, days=7)
        found = _wanted(request.GET, first, last).order_by("-at", "-id")
        number = int(request.GET.get("page") or 1)
    except (ValueError, OverflowError):
        return HttpResponseBadRequest("条件が正しくありません。")
    if request.GET.get("format") == "csv":
        return tables.csv_response(_table(found), f"records-{first}-{last}")
    page = Paginator(found, PAGE).get_page(number)
    rows: list[Any] = list(page.object_list)
    there = set(
        Conversation.objects.filter(pk__in=[row.conversation_id for row in rows if row.conversation_id]).values_list(
            "pk", flat=True
        )
    )
    for row in rows:
        row.what = what(row)
        row.there = row.conversation_id in there
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "rows": rows,
        "page": page,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "wanted": request.GET,
        "actions": Access.Action.choices,
        "people": User.objects.order_by("display_name", "username"),
        "query": query.urlencode(),
    }
    return render(request, "console/records.html", context)


def _table(found: QuerySet[Access]) -> Iterator[list[str]]:
    yield ["日時", "だれが", "操作", "方法", "会話"]
    for row in found[:50_000]:
        at = f"{row.at.astimezone(TOKYO):%Y-%m-%d %H:%M:%S}"
        yield [at, safe(row.user.desk_name), row.get_action_display(), what(row), str(row.conversation_id or "")]
