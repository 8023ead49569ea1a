"""Admin pages: labels and canned replies."""

from django.contrib import admin

from desk.console.models import CannedReply, Label


@admin.register(Label)
class LabelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Labels."""

    list_display = ("name", "colour")


@admin.register(CannedReply)
class CannedReplyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Canned replies."""

    list_display = ("title", "shortcut", "position")
    search_fields = ("title", "shortcut", "text")
