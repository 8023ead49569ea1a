"""Django's registration of the accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in to the desk."""

    name = "desk.accounts"
    label = "accounts"
    verbose_name = "アカウント"

    def ready(self) -> None:
        """Record every change of an account; keep the admin pages to what is ours."""
        from auditlog.registry import auditlog
        from django.apps import apps
        from django.contrib import admin

        from desk.accounts.models import ApiToken, User

        auditlog.register(User, exclude_fields=["last_login", "password"])
        auditlog.register(ApiToken, exclude_fields=["used_at", "digest"])
        # What libraries register: nobody sets anything there, and the keys of others are nobody's business.
        for library in ("axes", "account", "socialaccount", "mfa"):
            for model in apps.get_app_config(library).get_models():
                if admin.site.is_registered(model):
                    admin.site.unregister(model)
