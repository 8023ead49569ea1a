"""Health, readiness and figures: /healthz, /readyz, /metrics."""

from __future__ import annotations

import hmac
import threading
import time

import httpx
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from desk.errors import error

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
#: Seconds that one look at the engine counts, so that nobody can burden it by asking here.
_FRESH = 1.0
_lock = threading.Lock()
_seen: tuple[float, bool] = (0.0, False)


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """The database and the engine answer; 503 while one does not."""
    state = {"database": _database_ready(), "engine": _engine_ready()}
    ready = all(state.values())
    return JsonResponse({"status": "ok" if ready else "unavailable", **state}, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for loopback, and for whoever brings METRICS_TOKEN."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    known = bool(settings.METRICS_TOKEN) and hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    near = not settings.METRICS_TOKEN and request.META.get("REMOTE_ADDR") in _LOOPBACK
    if not known and not near:
        return error(404, "not_found")
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _database_ready() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _engine_ready() -> bool:
    global _seen
    with _lock:
        if time.monotonic() - _seen[0] > _FRESH:
            headers = {"Authorization": f"Bearer {settings.ENGINE_TOKEN}"} if settings.ENGINE_TOKEN else {}
            try:
                ready = all(
                    httpx.get(f"{url}/status", headers=headers, timeout=2, trust_env=False).status_code == 200
                    for url in settings.ENGINE_URLS
                )
            except httpx.HTTPError:
                ready = False
            _seen = (time.monotonic(), ready)
        return _seen[1]
