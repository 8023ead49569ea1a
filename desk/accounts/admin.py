"""Admin pages for accounts, tokens and Django's own login, which goes through the desk's."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.forms import ModelForm
from django.http import HttpRequest

from desk.accounts.models import ApiToken, User
from desk.accounts.services import apply_role

admin.site.site_header = "道しるべ 管理"
admin.site.site_title = "道しるべ 管理"
admin.site.index_title = "設定"
admin.site.enable_nav_sidebar = False
# One login with one lockout and one second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.unregister(Group)


@admin.register(User)
class DeskUserAdmin(UserAdmin):  # type: ignore[type-arg]
    """Name, role, whether they may sign in. What a role may do is fixed in code, not ticked here."""

    list_display = ("username", "display_name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("表示", {"fields": ("display_name", "email")}),
        ("役割", {"fields": ("role", "is_active")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "display_name", "role", "usable_password", "password1", "password2")}),
    )
    filter_horizontal = ()

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """The role decides about these pages."""
        apply_role(obj)
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: transcripts name their adviser. An account is switched off instead."""
        return False


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Tokens are issued by `adviser_token`; here they are seen and revoked."""

    list_display = ("name", "user", "created_at", "used_at", "revoked_at")
    readonly_fields = ("name", "user", "created_at", "used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The token itself could not be shown here."""
        return False
