"""Sessions of website visitors: what a token stands for."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from desk.conversations.models import Conversation


class WebSession(models.Model):
    """One visitor's hold of one conversation. The token is this id, signed; idle for 30 days or ended, it is void."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="web_sessions")
    created_at = models.DateTimeField(default=timezone.now)
    #: Renewed by use, at most once an hour.
    seen_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["seen_at"], name="web_session_by_use")]

    def __str__(self) -> str:
        return f"web session of {self.conversation_id}"
