"""URLs of the chat API."""

from django.urls import path

from desk.channels.line import chat
from desk.channels.web import views

urlpatterns = [
    path("config", views.config),
    path("sessions", views.open_session),
    path("messages", views.messages),
    path("human", views.human),
    path("end", views.end),
    path("rating", views.rating),
    path("typing", views.typing),
    path("consents", views.consents),
    path("transcript", views.transcript),
    path("data", views.data),
    path("line", chat.line),
    path("self-analysis/<int:seq>/chart.png", views.chart),
    path("self-analysis/<int:seq>/sheet.pdf", views.sheet),
    path("self-analysis/<int:seq>/draft", views.draft),
]
