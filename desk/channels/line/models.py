"""What the LINE channel stores: webhook events until they are dealt with, files that people sent, wishes to link."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from desk.conversations.models import Conversation, Event


class LineEvent(models.Model):
    """One webhook event, once per `webhookEventId`. Its body is removed as soon as it is dealt with."""

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    event_id = models.CharField(max_length=100, unique=True)
    #: userId, or "group:…"/"room:…"; events of one lane are dealt with one after the other.
    lane = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=40)
    #: LINE's timestamp in milliseconds: when it happened, also when redelivered.
    happened_ms = models.BigIntegerField()
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=100, blank=True)
    body = models.JSONField(default=dict, blank=True)
    reply_token = models.CharField(max_length=200, blank=True)
    reply_until = models.DateTimeField(null=True, blank=True)
    #: Set before the token is used: a token is never tried for two different things.
    reply_used_at = models.DateTimeField(null=True, blank=True)
    read_token = models.CharField(max_length=1000, blank=True)
    #: What it became in the transcript.
    stored = models.ForeignKey(Event, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["lane", "happened_ms"], condition=Q(state="pending"), name="line_event_pending"),
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="line_event_by_message"),
            models.Index(fields=["lane", "reply_until"], condition=~Q(reply_token=""), name="line_event_tokens"),
            models.Index(fields=["received_at"], name="line_event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class LineMedia(models.Model):
    """A picture, sound, film or file that somebody sent, fetched from LINE before LINE deletes it."""

    class State(models.TextChoices):
        PENDING = "pending"
        STORED = "stored"
        GONE = "gone"
        TOO_LARGE = "too_large"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    #: In the database, so that erasing a person or an unsent message takes the file along.
    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="line_media")
    message_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    content_type = models.CharField(max_length=100, blank=True)
    content = models.BinaryField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "line media"
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=Q(state="pending"), name="line_media_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class LinkRequest(models.Model):
    """A website visitor's wish to go on in LINE, from the code on the website to LINE's accountLink event.

    `open`: the code waits to be sent in LINE. `confirmed`: the visitor has agreed on our page; the nonce has gone
    to LINE and comes back, signed, with the account that it belongs to. Both last ten minutes and work once.
    """

    class State(models.TextChoices):
        OPEN = "open"
        CONFIRMED = "confirmed"
        DONE = "done"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="line_links")
    code = models.CharField(max_length=12, unique=True)
    nonce = models.CharField(max_length=64, unique=True, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", nonce__isnull=True) | (~Q(state="open") & Q(nonce__isnull=False)),
                name="line_link_nonce_iff_confirmed",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["until"], name="line_link_by_time")]

    def __str__(self) -> str:
        return f"link of {self.conversation_id} {self.state}"
