"""Admin pages: opening hours, days of exception, limits and sentences, appointments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from desk.handoff import services
from desk.handoff.models import Appointment, ExceptionDay, HandoffSettings, OpeningHours


@admin.register(OpeningHours)
class OpeningHoursAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Spans by weekday."""

    list_display = ("weekday", "opens", "closes")


@admin.register(ExceptionDay)
class ExceptionDayAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Days that differ."""

    list_display = ("day", "opens", "closes", "name")


@admin.register(HandoffSettings)
class HandoffSettingsAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The one row of settings. Every sentence shows the built-in one where nothing is written."""

    fieldsets = (
        ("受付", {"fields": ("always_open", "holidays_off", "wait_minutes", "wrap_up_minutes", "idle_hours")}),
        (
            "案内文",
            {"description": "空欄のあいだは、薄く見えている文をお伝えします。", "fields": tuple(services.TEXTS)},
        ),
        ("同意", {"fields": ("contact_version",)}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """What is said without the operator's own sentence stands in the empty field."""
        if db_field.name in services.TEXTS:
            kwargs["widget"] = forms.Textarea(
                attrs={"rows": 3, "cols": 60, "placeholder": services.TEXTS[db_field.name]}
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is always one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is always one."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Straight to the row."""
        HandoffSettings.objects.get_or_create(pk=1)
        return redirect("admin:handoff_handoffsettings_change", 1)


@admin.register(Appointment)
class AppointmentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Wishes to be contacted."""

    list_display = ("created_at", "way", "name", "wish", "done_at")
    list_filter = ("way", "done_at")
    readonly_fields = ("conversation", "consent_version", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the person themselves leaves a contact."""
        return False
