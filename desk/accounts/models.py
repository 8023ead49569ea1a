"""The people who sign in: advisers, supervisors, admins."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """An account of the desk. `display_name` is what visitors see; `role` is what the account may do."""

    class Role(models.TextChoices):
        ADVISER = "adviser", "アドバイザー"
        SUPERVISOR = "supervisor", "スーパーバイザー"
        ADMIN = "admin", "管理者"

    display_name = models.CharField("表示名", max_length=50, blank=True)
    role = models.CharField("役割", max_length=20, choices=Role.choices, default=Role.ADVISER)

    class Meta(AbstractUser.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(role__in=["adviser", "supervisor", "admin"]), name="accounts_user_role_known"
            )
        ]

    @property
    def shown_name(self) -> str:
        """The name a visitor sees; the login name is never shown to visitors."""
        return self.display_name or "担当アドバイザー"
