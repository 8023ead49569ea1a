"""Links a website visitor with a LINE account, and parts them again.

1. The widget ('LINEで続ける') gets a code, good for ten minutes, and an address that opens LINE with it typed in.
2. Sent in LINE, the code is answered with a button: the address of our page, with LINE's link token for this account.
3. On the page the visitor agrees; we make a nonce and send the browser on to LINE with both.
4. LINE asks the account's holder and tells us: an accountLink event with the account and our nonce.

The code names the website visitor, the link token the LINE account; only LINE can bring the two together.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils import timezone

from desk.channels.line import texts
from desk.channels.line.models import LinkRequest
from desk.conversations import services
from desk.conversations.models import Conversation, Event

MINUTES = 10
EXPORT_MINUTES = 30
_EXPORT_SALT = "desk.line.data"
#: Without what is mistaken for another character.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_TYPED = re.compile(r"(?P<word>連携)?\s*(?P<first>[2-9A-Z]{4})[\s\-‐−–ー]?(?P<second>[2-9A-Z]{4})")
_LINK_TOKEN = re.compile(r"[\w.~+/=-]{1,400}", re.ASCII)


class GoneError(Exception):
    """The code is unknown, used or too old."""


def ask(conversation: Conversation) -> LinkRequest:
    """A new code for a website conversation; an earlier one that waits is void."""
    now = timezone.now()
    LinkRequest.objects.filter(until__lt=now - timedelta(days=1)).delete()
    LinkRequest.objects.filter(conversation=conversation, state=LinkRequest.State.OPEN).delete()
    code = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return LinkRequest.objects.create(conversation=conversation, code=code, until=now + timedelta(minutes=MINUTES))


def shown(code: str) -> str:
    """A code as people read it."""
    return f"{code[:4]}-{code[4:]}"


def typed_code(text: str) -> tuple[str, bool]:
    """The code in a typed message ('' when none), and whether it was announced as one."""
    match = _TYPED.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    return (match["first"] + match["second"], bool(match["word"])) if match else ("", False)


def waiting(code: str) -> LinkRequest:
    """The open request of a code. Raises `GoneError`."""
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", code).upper())
    found = LinkRequest.objects.filter(code=plain, state=LinkRequest.State.OPEN, until__gt=timezone.now())
    request = found.select_related("conversation").first()
    if request is None or request.conversation.state == Conversation.State.CLOSED:
        raise GoneError
    return request


def confirm(request: LinkRequest) -> str:
    """The visitor agrees: the nonce for LINE. Raises `GoneError` when somebody was first."""
    nonce = secrets.token_urlsafe(32)
    until = timezone.now() + timedelta(minutes=MINUTES)
    confirmed = LinkRequest.objects.filter(pk=request.pk, state=LinkRequest.State.OPEN).update(
        state=LinkRequest.State.CONFIRMED, nonce=nonce, until=until
    )
    if not confirmed:
        raise GoneError
    return nonce


def good_token(link_token: str) -> bool:
    """Whether this may be one of LINE's link tokens; LINE checks the rest."""
    return bool(_LINK_TOKEN.fullmatch(link_token))


def page(link_token: str, code: str = "") -> str:
    """The address of our page."""
    given = {"linkToken": link_token, **({"code": code} if code else {})}
    return f"{public_url()}/line/link?{urlencode(given)}"


def at_line(link_token: str, nonce: str) -> str:
    """Where LINE asks the account's holder."""
    return f"{settings.LINE_LINK_BASE}/dialog/bot/accountLink?{urlencode({'linkToken': link_token, 'nonce': nonce})}"


def export_page(user: str) -> str:
    """The address of the page where the holder of an account fetches what is stored."""
    return f"{public_url()}/line/data/{signing.dumps(user, salt=_EXPORT_SALT)}"


def account_of_export(token: str) -> str:
    """The account of such an address. Raises `signing.BadSignature` when it is none of ours or too old."""
    return str(signing.loads(token, salt=_EXPORT_SALT, max_age=EXPORT_MINUTES * 60))


def public_url() -> str:
    """Where people reach us; on a first try this machine."""
    return settings.PUBLIC_URL or f"http://localhost:{settings.PORT}"


def finish(user: str, nonce: str, *, good: bool) -> Event | None:
    """LINE's answer: link, or say on the website that it did not work. Unknown, old or used nonces change nothing.

    Call it in a transaction. Returns what was said in LINE.
    """
    request = (
        LinkRequest.objects.select_for_update()
        .filter(nonce=nonce, state=LinkRequest.State.CONFIRMED, until__gt=timezone.now())
        .first()
    )
    if request is None or not nonce:
        return None
    if not good or not user:
        LinkRequest.objects.filter(pk=request.pk).update(state=LinkRequest.State.FAILED)
        _tell(request.conversation_id, texts.LINK_FAILED_WEB)
        return None
    try:
        conversation, changed = services.link_identity("line", user, request.conversation_id)
    except services.OtherAccountError:
        LinkRequest.objects.filter(pk=request.pk).update(state=LinkRequest.State.FAILED)
        conversation, _ = services.conversation_of_identity("line", user)
        return _tell(conversation.pk, texts.LINK_OTHER)
    LinkRequest.objects.filter(pk=request.pk).update(state=LinkRequest.State.DONE)
    if changed:
        _tell(request.conversation_id, texts.LINKED_WEB)
    return _tell(conversation.pk, texts.LINKED, choices=[("自己分析", "/start_self_analysis"), *_END_CHOICE])


_END_CHOICE = [(texts.UNLINK, "line:unlink")]


def part(person_id: UUID) -> bool:
    """Unlink the person's LINE account and say so on both sides. False when nothing is linked."""
    conversation = Conversation.objects.filter(person_id=person_id).exclude(channel="line")
    newest = conversation.order_by("-last_event_at").first()
    found = services.unlink_identity("line", person_id)
    if found is None:
        return False
    if newest is not None and newest.state != Conversation.State.CLOSED:
        _tell(newest.pk, texts.UNLINKED_WEB)
    _tell(found.pk, texts.UNLINKED)
    return True


def _tell(conversation_id: UUID, text: str, choices: list[tuple[str, str]] | None = None) -> Event:
    data = {
        "choices": [{"title": title, "payload": payload, "question": ""} for title, payload in choices or []],
    }
    return services.append_event(
        conversation_id,
        type="message",
        author=Event.Author.SYSTEM,
        text=text,
        data=data if choices else {},
    )
