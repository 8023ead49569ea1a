"""Tokens of website visitors: signed ids of sessions that expire by idleness."""

from __future__ import annotations

import base64
import binascii
import uuid
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils import timezone

from desk.channels.web.models import WebSession
from desk.conversations.models import Conversation

_signer = signing.Signer(salt="desk.chat.session")
#: Use is written down at most this often.
RENEW = timedelta(hours=1)
#: After the visitor has ended the conversation, the transcript can still be fetched for so long.
READABLE_AFTER_END = timedelta(hours=24)
_MAX_TOKEN = 200


class SessionExpiredError(Exception):
    """The token is not one of ours, or its session is over."""


def token_for(session: WebSession) -> str:
    """The token that stands for a session."""
    return _signer.sign(base64.urlsafe_b64encode(session.pk.bytes).rstrip(b"=").decode())


def open_session(conversation: Conversation) -> WebSession:
    """A new session that holds `conversation`."""
    return WebSession.objects.create(conversation=conversation)


def authenticate(authorization: str) -> WebSession:
    """The session of an `Authorization` header; renews it. Raises `SessionExpiredError`."""
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > _MAX_TOKEN or not token.isascii():
        raise SessionExpiredError
    try:
        packed = _signer.unsign(token)
        session_id = uuid.UUID(bytes=base64.urlsafe_b64decode(packed + "=="))
    except (signing.BadSignature, binascii.Error, ValueError) as error:
        raise SessionExpiredError from error
    session = WebSession.objects.filter(pk=session_id).order_by().first()
    now = timezone.now()
    if session is None or session.seen_at < now - timedelta(days=settings.SESSION_DAYS):
        raise SessionExpiredError
    if session.ended_at is not None and session.ended_at < now - READABLE_AFTER_END:
        raise SessionExpiredError
    if session.seen_at < now - RENEW:
        WebSession.objects.filter(pk=session.pk).update(seen_at=now)
    return session


def end(session: WebSession) -> None:
    """The visitor has ended the conversation."""
    WebSession.objects.filter(pk=session.pk, ended_at__isnull=True).update(ended_at=timezone.now())
