"""Whether LINE is on, and what is missing when it is off."""

from __future__ import annotations

from django.conf import settings


def missing() -> list[str]:
    """The settings that LINE needs and that are not there; empty when LINE is on."""
    names = []
    if not settings.LINE_CHANNEL_SECRETS:
        names.append("LINE_CHANNEL_SECRET")
    if not settings.LINE_CHANNEL_ACCESS_TOKEN and not settings.LINE_CHANNEL_ID:
        names.append("LINE_CHANNEL_ACCESS_TOKEN or LINE_CHANNEL_ID")
    return names
