"""Every look at a transcript and every export, and every erasure. No text, no names of visitors."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Access(models.Model):
    """Somebody of the staff looked at, exported or erased a conversation. Outlives the conversation."""

    class Action(models.TextChoices):
        LOOK = "look", "閲覧"
        EXPORT = "export", "書き出し"
        ERASE = "erase", "消去"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField("操作", max_length=10, choices=Action.choices)
    #: Not a foreign key: the record stays when the conversation is gone.
    conversation_id = models.UUIDField("会話", null=True, blank=True)
    detail = models.JSONField("内容", default=dict, blank=True)
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "閲覧・書き出しの記録"
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [
            models.Index(fields=["conversation_id", "at"], name="access_by_conversation"),
            models.Index(fields=["at"], name="access_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.conversation_id}"


class Retention(models.Model):
    """How many days each class is kept after the last activity; one row, edited by the operator. 0: for ever."""

    messages_days = models.PositiveIntegerField("発言とメモ（日）", default=180)
    summary_days = models.PositiveIntegerField("自己分析と引き継ぎの要約（日）", default=180)
    contact_days = models.PositiveIntegerField("連絡先（対応後、日）", default=90)
    access_days = models.PositiveIntegerField("閲覧の記録（日）", default=1095)

    class Meta:
        verbose_name = verbose_name_plural = "保存期間"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="retention_one_row")]

    def __str__(self) -> str:
        return "保存期間"
