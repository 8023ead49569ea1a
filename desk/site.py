"""The public pages beside the APIs: the demo page, the widget's file, and errors."""

from __future__ import annotations

import functools
import hashlib

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
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


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """400 in the form of the API or as plain words."""
    return error(400, "invalid_request")


def forbidden(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403."""
    return error(403, "invalid_request", "この操作は許可されていません。ログインし直してからお試しください。")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """404."""
    if _wants_json(request):
        return error(404, "not_found")
    return HttpResponse(
        "<!doctype html><html lang=ja><meta charset=utf-8><title>見つかりません</title>"
        '<p>お探しのページは見つかりませんでした。<p><a href="/">トップページへ</a>',
        status=404,
    )


def failed(request: HttpRequest) -> HttpResponse:
    """500: what happened is in the log, never on the page."""
    if _wants_json(request):
        return error(500, "internal")
    return HttpResponse(
        "<!doctype html><html lang=ja><meta charset=utf-8><title>エラー</title>"
        "<p>申し訳ありません。問題が起きました。少し待ってからもう一度お試しください。",
        status=500,
    )
