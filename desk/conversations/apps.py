"""Django's registration of the conversations."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Conversations, events, inbound, outbox."""

    name = "desk.conversations"
    label = "conversations"
    verbose_name = "会話"
