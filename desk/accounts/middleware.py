"""Asks for the second factor where the operator demands one (DESK_REQUIRE_MFA=1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

_OPEN = ("/desk/2fa/", "/desk/logout/", "/desk/login/", "/desk/reauthenticate/", "/static/", "/api/chat/")


def lacks_second_factor(user: Any) -> bool:
    """Whether this account still owes the second factor that the operator demands."""
    return bool(settings.DESK_REQUIRE_MFA and user.is_authenticated and not is_mfa_enabled(user))


class RequireSecondFactor:
    """Until an account has a second factor it sees only the page where it adds one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let pass, or send to the page for second factors."""
        if not request.path.startswith(_OPEN) and lacks_second_factor(request.user):
            if request.path.startswith("/api/"):
                return JsonResponse(
                    {"code": "second_factor", "message": "二要素認証を設定してからお使いください。"}, status=403
                )
            return redirect("mfa_index")
        return self.get_response(request)
