"""The people who sign in: advisers, supervisors, admins; and the tokens of their programs."""

from __future__ import annotations

import hashlib
import secrets
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


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

    @property
    def desk_name(self) -> str:
        """The name colleagues see."""
        return self.display_name or self.username

    @property
    def supervises(self) -> bool:
        """May take over, read figures, export many conversations, erase."""
        return self.role in {self.Role.SUPERVISOR, self.Role.ADMIN}

    @property
    def administers(self) -> bool:
        """May manage accounts, hours, texts and read the audit log."""
        return self.role == self.Role.ADMIN


class ApiToken(models.Model):
    """A program's right to use the adviser API as its owner. Only the hash is kept; the token is shown once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField("用途", max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("作成日時", default=timezone.now, editable=False)
    used_at = models.DateTimeField("最終使用", null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField("無効化日時", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "APIトークン"

    def __str__(self) -> str:
        return f"{self.name} ({self.user_id})"

    @staticmethod
    def hash(token: str) -> str:
        """A token has 256 random bits: a plain hash is enough, nothing can be guessed."""
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(cls, user: User, name: str) -> str:
        """Make a token and return it; it cannot be read again."""
        token = f"desk_{secrets.token_urlsafe(32)}"
        cls.objects.create(user=user, name=name, digest=cls.hash(token))
        return token

    @classmethod
    def owner(cls, token: str) -> User | None:
        """Whose token this is; None when unknown, revoked, or its owner may not sign in."""
        found = (
            cls.objects.select_related("user")
            .filter(digest=cls.hash(token), revoked_at__isnull=True, user__is_active=True)
            .first()
        )
        if found is None:
            return None
        now = timezone.now()
        if found.used_at is None or (now - found.used_at).total_seconds() > 60:
            cls.objects.filter(pk=found.pk).update(used_at=now)
        return found.user
