"""Django's registration of the accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in to the desk."""

    name = "desk.accounts"
    label = "accounts"
    verbose_name = "アカウント"
