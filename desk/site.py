"""The public pages beside the APIs: the demo page, the widget's file, and errors."""

from __future__ import annotations

import functools
import hashlib
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from desk.errors import error


@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """A sample career site with the widget, which says how to embed it."""
    public = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return render(request, "demo.html", {"public_url": public})


@functools.lru_cache(maxsize=2)
def _file(_changed: float) -> tuple[bytes, str]:
    content = settings.WIDGET_FILE.read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:24]}"'


@require_safe
def widget(request: HttpRequest) -> HttpResponse:
    """The built widget; sites of others load it, so it is asked for again only by its ETag."""
    try:
        content, etag = _file(settings.WIDGET_FILE.stat().st_mtime)
    except FileNotFoundError as missing:
        raise Http404("widget.js is not built") from missing
    fresh = etag in parse_etags(request.headers.get("If-None-Match", ""))
    response = (
        HttpResponseNotModified() if fresh else HttpResponse(content, content_type="text/javascript; charset=utf-8")
    )
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=300, stale-while-revalidate=86400"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _refusal(request: HttpRequest, status: int, code: str, title: str, text: str) -> HttpResponse:
    """In the form of the APIs for programs; for people a page that says what to do next."""
    if request.path.startswith(("/api/", "/line/")):
        return error(status, code, text if status == HTTPStatus.FORBIDDEN else "")
    # Visitors come by links of their own, and have no page of ours to go back to.
    page = render_to_string("error.html", {"title": title, "text": text, "staff": request.path.startswith("/desk/")})
    return HttpResponse(page, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """400."""
    text = "送られた内容を読み取れませんでした。前の画面に戻って読み込み直してから、もう一度お試しください。"
    return _refusal(request, 400, "invalid_request", "読み取れませんでした", text)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403: signed in, but not for this."""
    text = "この操作は、今のアカウントではできません。必要なときは、管理者にお尋ねください。"
    return _refusal(request, 403, "invalid_request", "この画面は開けません", text)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403: a form whose cookie is gone or is not taken."""
    text = (
        "画面を開いてから時間がたったか、ブラウザーのCookieが使えないため、送れませんでした。"
        "前の画面に戻って読み込み直してから、もう一度お試しください。"
    )
    return _refusal(request, 403, "csrf", "送れませんでした", text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """404."""
    text = "お探しのページは見つかりませんでした。アドレスが変わったか、消されたのかもしれません。"
    return _refusal(request, 404, "not_found", "見つかりません", text)


def failed(request: HttpRequest) -> HttpResponse:
    """500: what happened is in the log, never on the page."""
    text = "申し訳ありません。問題が起きました。少し待ってから、もう一度お試しください。"
    return _refusal(request, 500, "internal", "問題が起きました", text)
