"""Django's registration of the figures."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Figures."""

    name = "desk.insights"
    label = "insights"
    verbose_name = "数値"
