"""Django's registration of the website channel."""

from django.apps import AppConfig


class WebChannelConfig(AppConfig):
    """Sessions of website visitors."""

    name = "desk.channels.web"
    label = "web_channel"
    verbose_name = "ウェブチャット"
