"""URLs of the console at /desk/."""

from django.urls import path

from desk.console import views
from desk.insights import views as insights
from desk.privacy import views as privacy

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("list/", views.rows, name="rows"),
    path("c/<uuid:pk>/", views.thread, name="thread"),
    path("c/<uuid:pk>/new/", views.new_events, name="new"),
    path("c/<uuid:pk>/head/", views.head, name="head"),
    path("c/<uuid:pk>/person/", views.person, name="person"),
    path("c/<uuid:pk>/print/", views.printed, name="print"),
    path("c/<uuid:pk>/erase/", views.erase, name="erase"),
    path("presence/", views.presence, name="presence"),
    path("transcripts/", views.transcripts_page, name="transcripts"),
    path("figures/", insights.figures, name="figures"),
    path("records/", privacy.records, name="records"),
    path("settings/", views.settings_page, name="settings"),
    path("account/", views.account, name="account"),
]
