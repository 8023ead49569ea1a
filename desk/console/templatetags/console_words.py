"""What people wrote, as HTML: addresses become links, also where Japanese words stand right beside them.

Django's urlize looks between spaces, and Japanese has none: it would link the words along with the address.
"""

from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
# ASCII only, and not the marks that end a sentence.
_ADDRESS = re.compile(r"(https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+[A-Za-z0-9\-_~/#=&%+])")
_SHOWN = 40


@register.filter
def linked(text: str) -> SafeString:
    """Escaped text with its addresses as links; long ones are shown short."""
    parts = []
    for number, part in enumerate(_ADDRESS.split(text)):
        if number % 2:
            shown = part if len(part) <= _SHOWN else f"{part[: _SHOWN - 1]}…"
            parts.append(
                format_html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', part, shown)
            )
        else:
            parts.append(conditional_escape(part))
    # Every part was escaped above.
    return mark_safe("".join(parts))  # noqa: S308
