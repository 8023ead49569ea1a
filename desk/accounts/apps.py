"""Django's registration of the accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in to the desk."""

    name = "desk.accounts"
    label = "accounts"
    verbose_name = "アカウント"

    def ready(self) -> None:
        """Record every change of an account."""
        from auditlog.registry import auditlog

        from desk.accounts.models import ApiToken, User

        auditlog.register(User, exclude_fields=["last_login", "password"])
        auditlog.register(ApiToken, exclude_fields=["used_at", "digest"])
