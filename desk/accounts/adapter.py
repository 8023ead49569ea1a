"""How allauth behaves here: nobody signs up by themselves, and an identity provider only opens known accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from axes.handlers.proxy import AxesProxyHandler
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import redirect

from desk.accounts.models import User

LOCKED = "続けて失敗したため、しばらくログインできません。時間をおくか、管理者にお知らせください。"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by `make adviser` or in the admin pages."""

    # In the words of the form above it.
    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "ログイン名かパスワードが正しくありません。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a stranger must not become an adviser."""
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Say so when axes has locked this name out."""
        names = {"username": credentials.get("username") or credentials.get("email")}
        if not AxesProxyHandler.is_allowed(request, names):
            raise ValidationError(LOCKED, code="locked")


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Signing in through the organisation's identity provider (OIDC)."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: the account must exist; it is found by its verified address."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connect a verified address of the provider with the account that has it."""
        if sociallogin.is_existing:
            return
        addresses = [address.email for address in sociallogin.email_addresses if address.verified]
        found = list(User.objects.filter(email__in=addresses, is_active=True)[:2]) if addresses else []
        if len(found) == 1:
            sociallogin.connect(request, found[0])
            return
        messages.error(request, "このアカウントは登録されていません。管理者にお知らせください。")
        raise ImmediateHttpResponse(redirect("account_login"))
