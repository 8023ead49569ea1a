"""Looks at the contact that somebody leaves: can it be called or written to, and if not, what to say."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from desk.handoff.models import Appointment

# Japanese keyboards offer several for a hyphen.
_DASHES: Final = re.compile(r"[‐‑‒–—―−ー]")
_BETWEEN: Final = re.compile(r"[\s().-]")
# With its area code a number in Japan has ten or eleven digits; E.164 allows fifteen.
_PHONE: Final = re.compile(r"\+?\d{10,15}")


def tidy_contact(typed: str) -> str:
    """As a phone or a mail program wants it: half-width, with plain hyphens."""
    return _DASHES.sub("-", unicodedata.normalize("NFKC", typed))


def contact_problem(way: str, contact: str) -> str:
    """The sentence for somebody whom this (tidy) contact would not reach; empty if it would, or none is needed."""
    if way not in {Appointment.Way.PHONE, Appointment.Way.MAIL}:
        return ""
    if not contact:
        return "連絡先を入力してください。"
    if way == Appointment.Way.PHONE:
        called = _PHONE.fullmatch(_BETWEEN.sub("", contact))
        return "" if called else "電話番号だけを、市外局番から入力してください（例：090-1234-5678）。"
    try:
        validate_email(contact)
    except ValidationError:
        return "メールアドレスをご確認ください（例：name@example.com）。"
    return ""
