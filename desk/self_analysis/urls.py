"""URLs of the page of a result."""

from django.urls import path

from desk.self_analysis import views

urlpatterns = [
    path("<str:token>/", views.page, name="self_analysis_page"),
    path("<str:token>/chart.png", views.chart, name="self_analysis_chart"),
]
