"""What makes and changes accounts; the command and the admin pages call this."""

from __future__ import annotations

from axes.utils import reset as forget_failures
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from desk.accounts.models import User


def apply_role(user: User) -> None:
    """Only admins reach Django's own pages; there they may do everything."""
    user.is_staff = user.is_superuser = user.role == User.Role.ADMIN


def weaknesses(password: str, name: str) -> list[str]:
    """What speaks against a password, as sentences."""
    try:
        validate_password(password, User(username=name))
    except ValidationError as error:
        return list(error.messages)
    return []


@transaction.atomic
def make_account(name: str, password: str, role: str = "", display_name: str = "") -> tuple[User, bool]:
    """Make an account, or give the one of that name a new password; returns it and whether it is new.

    Whether the password is good enough is for the caller to ask (`weaknesses`).
    Raises `ValueError` for an unknown role.
    """
    if role and role not in User.Role.values:
        raise ValueError(f"role must be one of {', '.join(User.Role.values)}")
    user = User.objects.select_for_update().filter(username=name).first()
    made = user is None
    if user is None:
        user = User(username=name, role=role or User.Role.ADVISER)
    elif role:
        user.role = role
    if display_name or made:
        user.display_name = display_name or name
    user.is_active = True
    apply_role(user)
    user.set_password(password)
    user.save()
    forget_failures(username=name)
    return user, made
