"""Django's registration of privacy."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Records of access, retention, erasure."""

    name = "desk.privacy"
    label = "privacy"
    verbose_name = "個人情報"

    def ready(self) -> None:
        """Run the purge once a day; record changes of the periods."""
        from auditlog.registry import auditlog

        from desk import sweeper
        from desk.privacy import models, services

        sweeper.every(86_400, "retention", services.purge)
        auditlog.register(models.Retention)
