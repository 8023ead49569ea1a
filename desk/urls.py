"""URLs of the desk. The event streams are answered before Django, in desk/asgi.py."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/chat/", include("desk.channels.web.urls")),
    path("admin/", admin.site.urls),
]
