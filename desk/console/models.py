"""What advisers add to conversations: labels, canned replies, and how far each has read."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from desk.conversations.models import Conversation


class Label(models.Model):
    """A word to sort conversations by."""

    class Colour(models.TextChoices):
        GREEN = "green", "緑"
        BLUE = "blue", "青"
        AMBER = "amber", "黄"
        ROSE = "rose", "赤"
        GREY = "grey", "灰"

    name = models.CharField("名前", max_length=30, unique=True)
    colour = models.CharField("色", max_length=10, choices=Colour.choices, default=Colour.GREEN)
    conversations = models.ManyToManyField(Conversation, through="Labelled", related_name="labels")

    class Meta:
        verbose_name = verbose_name_plural = "ラベル"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Labelled(models.Model):
    """A label on a conversation, and who put it there."""

    label = models.ForeignKey(Label, on_delete=models.CASCADE)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["conversation", "label"], name="labelled_once")]

    def __str__(self) -> str:
        return f"{self.label_id} on {self.conversation_id}"


class CannedReply(models.Model):
    """A reply that is often needed; {name} is the adviser's name."""

    title = models.CharField("題名", max_length=50)
    text = models.TextField("本文", max_length=2000, help_text="{name} は担当者の名前になります")
    shortcut = models.CharField(
        "呼び出し",
        max_length=20,
        blank=True,
        help_text="入力欄の先頭で「;」に続けて打つ語（例: hi）。空欄でも題名で探せます",
    )
    position = models.PositiveSmallIntegerField("並び順", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "定型文"
        ordering: ClassVar = ["position", "title"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shortcut"],
                condition=~models.Q(shortcut=""),
                name="canned_reply_shortcut_once",
                violation_error_message="この呼び出しは、ほかの定型文で使われています。",
            )
        ]

    def __str__(self) -> str:
        return self.title


class ReadMark(models.Model):
    """How far somebody has read a conversation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "conversation"], name="read_mark_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.conversation_id} {self.seq}"
