"""URLs of the LINE channel."""

from __future__ import annotations

from django.urls import path

from desk.channels.line import views

urlpatterns = [
    path("webhook", views.webhook),
    path("chart/<str:token>.png", views.chart),
    path("files/<uuid:conversation>/<int:seq>", views.attachment, name="line-file"),
]
