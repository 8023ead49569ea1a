"""Admin pages: the record of looks and exports (read only), and the periods."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from desk.privacy.models import Access, Retention


@admin.register(Access)
class AccessAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Read only."""

    list_display = ("at", "user", "action", "conversation_id")
    list_filter = ("action", "user")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only the retention job removes it."""
        return False


@admin.register(Retention)
class RetentionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """One row."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is always one."""
        return False
