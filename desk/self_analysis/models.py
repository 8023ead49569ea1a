"""The person's own wording of the 自己PR that a self-analysis drafted; it goes when the conversation goes."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from desk.conversations.models import Event


class OwnDraft(models.Model):
    """One edited draft a result. Only the person writes and reads it; no adviser sees it."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="own_draft")
    opening = models.TextField(blank=True)
    situation = models.TextField(blank=True)
    task = models.TextField(blank=True)
    action = models.TextField(blank=True)
    result = models.TextField(blank=True)
    edited_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"own draft of event {self.event_id}"
