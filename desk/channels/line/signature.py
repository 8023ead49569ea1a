"""Checks that a webhook comes from LINE."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence


def sign(secret: str, body: bytes) -> str:
    """What LINE puts into X-Line-Signature."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def verify(secrets: Sequence[str], body: bytes, signature: str) -> bool:
    """True when one of the secrets (two during a rotation) made the signature; in constant time."""
    given = signature.encode("utf-8", "replace")
    good = False
    for secret in secrets:
        good |= hmac.compare_digest(sign(secret, body).encode(), given)
    return good
