"""URLs of the LINE channel. The webhook is answered before Django, in desk/asgi.py."""

from __future__ import annotations

from django.urls import path

from desk.channels.line import views

urlpatterns = [
    path("link", views.link),
    path("data/<str:token>", views.data),
    path("chart/<str:token>.png", views.chart),
    path("files/<uuid:conversation>/<int:seq>", views.attachment, name="line-file"),
]
