"""URLs of the adviser API."""

from django.urls import path

from desk.console import api

_ONE = "conversations/<uuid:pk>"
urlpatterns = [
    path("conversations", api.conversations),
    path(_ONE, api.conversation),
    path(f"{_ONE}/claim", api.claim),
    path(f"{_ONE}/reply", api.reply),
    path(f"{_ONE}/note", api.note),
    path(f"{_ONE}/return", api.give_back),
    path(f"{_ONE}/close", api.close),
    path(f"{_ONE}/wrap_up", api.wrap_up),
    path(f"{_ONE}/resume", api.resume),
    path(f"{_ONE}/take_over", api.take_over),
    path(f"{_ONE}/transfer", api.transfer),
    path(f"{_ONE}/labels", api.labels),
    path(f"{_ONE}/read", api.read),
    path(f"{_ONE}/typing", api.typing),
    path(f"{_ONE}/export", api.export),
]
