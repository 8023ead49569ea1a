"""Hours, limits and texts of the handover, which the operator edits; and appointments."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from desk.conversations.models import Conversation

WEEKDAY_CHOICES = list(enumerate(["月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"]))


class OpeningHours(models.Model):
    """One span of one weekday; several a day are allowed (a break at noon)."""

    weekday = models.PositiveSmallIntegerField("曜日", choices=WEEKDAY_CHOICES)
    opens = models.TimeField("開始")
    closes = models.TimeField("終了")

    class Meta:
        verbose_name = verbose_name_plural = "受付時間"
        ordering: ClassVar = ["weekday", "opens"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="opening_hours_in_order",
                violation_error_message="終了は開始より後にしてください。",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_hours_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}〜{self.closes:%H:%M}"


class ExceptionDay(models.Model):
    """A day that differs: closed, or open at other hours (also on a holiday)."""

    day = models.DateField("日付", unique=True)
    opens = models.TimeField("開始", null=True, blank=True, help_text="空欄なら終日休み")
    closes = models.TimeField("終了", null=True, blank=True)
    name = models.CharField("メモ", max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "臨時の休み・受付"
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(closes__gt=F("opens")),
                name="exception_day_in_order",
                violation_error_message="開始と終了を両方入れるか、両方空欄にしてください。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()


class HandoffSettings(models.Model):
    """Limits and sentences; one row. Sentences left empty are the built-in ones."""

    always_open = models.BooleanField(
        "いつでも受け付ける",
        default=True,
        help_text="はじめは試用のためオンです。公開前に受付時間を入れてオフにします。",
    )
    holidays_off = models.BooleanField("祝日は休む", default=True)
    wait_minutes = models.PositiveSmallIntegerField(
        "順番待ちの上限（分）", default=10, help_text="だれも対応できないときに、おわびして自動応答に戻すまで"
    )
    wrap_up_minutes = models.PositiveSmallIntegerField("終了処理の上限（分）", default=15)
    idle_hours = models.PositiveSmallIntegerField(
        "対応中のまま動きのない相談を終える（時間）", default=48, help_text="0なら終えない"
    )
    queued_text = models.TextField("受け付けたとき", blank=True)
    away_text = models.TextField("担当者が席を外しているとき", blank=True)
    closed_text = models.TextField("受付時間外", blank=True)
    nobody_text = models.TextField("だれも対応できなかったとき", blank=True)
    cancelled_text = models.TextField("ご本人が順番待ちをやめたとき", blank=True)
    declined_text = models.TextField("引き継ぎをお断りになったとき", blank=True)
    joined_text = models.TextField("担当者が入ったとき", blank=True, help_text="{name} は担当者の名前になります")
    returned_text = models.TextField("自動応答に戻したとき", blank=True)
    closed_by_adviser_text = models.TextField("相談を終えたとき", blank=True)
    contact_version = models.CharField("連絡先の同意文の版", max_length=50, default="1")

    class Meta:
        verbose_name = verbose_name_plural = "有人対応の設定"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="handoff_settings_one_row")]

    def __str__(self) -> str:
        return "有人対応の設定"

    def clean(self) -> None:
        """A limit of nothing would never let anybody wait."""
        if self.wait_minutes < 1:
            raise ValidationError({"wait_minutes": "1分以上にしてください。"})


class Appointment(models.Model):
    """A wish to be contacted: where, when, what about, and the consent to that. Class `contact` of the retention."""

    class Way(models.TextChoices):
        PHONE = "phone", "電話"
        MAIL = "mail", "メール"
        LINE = "line", "LINE"
        CHAT = "chat", "このチャット"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="appointments")
    way = models.CharField("連絡方法", max_length=10, choices=Way.choices)
    name = models.CharField("お名前", max_length=50, blank=True)
    contact = models.CharField("連絡先", max_length=200, blank=True)
    wish = models.TextField("希望の日時", max_length=500, blank=True)
    consent_version = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField("対応日時", null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "連絡の予約"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(consent_version=""), name="appointment_with_consent"),
            models.CheckConstraint(
                condition=Q(way__in=["line", "chat"]) | ~Q(contact=""), name="appointment_can_be_kept"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=Q(done_at__isnull=True), name="appointment_open")
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.created_at:%Y-%m-%d}"


class Presence(models.Model):
    """When an adviser's console was last open; `away` is what they chose."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presence")
    seen_at = models.DateTimeField(default=timezone.now)
    away = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.user_id} {'away' if self.away else 'here'}"
