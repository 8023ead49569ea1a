"""URLs of the desk. The event streams are answered before Django, in desk/asgi.py."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from desk import health, openapi, site
from desk.handoff.views import appointment

urlpatterns = [
    path("", site.demo, name="demo"),
    path("widget.js", site.widget, name="widget"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/openapi.json", openapi.document),
    path("api/chat/", include("desk.channels.web.urls")),
    path("line/", include("desk.channels.line.urls")),
    path("api/desk/", include("desk.console.api_urls")),
    path("appointment/<str:token>/", appointment, name="appointment"),
    path("self-analysis/", include("desk.self_analysis.urls")),
    path("desk/", include("desk.console.urls")),
    path("desk/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "desk.site.bad_request"
handler403 = "desk.site.forbidden"
handler404 = "desk.site.not_found"
handler500 = "desk.site.failed"
