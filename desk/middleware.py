"""Middleware of the desk: one log line a request, without query strings or bodies."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

log = logging.getLogger("desk.requests")


class RequestLog:
    """Writes method, path, status and milliseconds of each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Time the request; the path carries ids at most."""
        started = time.perf_counter()
        response = self.get_response(request)
        # Not being ready is an answer, not a fault.
        failed = response.status_code >= 500 and request.path != "/readyz"
        level = logging.ERROR if failed else logging.DEBUG
        log.log(
            level,
            "request",
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )
        return response
