"""Who may call what: every URL of the URL conf and every operation of the API, with every method, as everybody.

The walk is made of the URL conf, so a new URL that no rule names fails here. Whoever may not, learns no word of a
transcript and changes no row; each call is undone afterwards.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

import tests.desk.django_env  # noqa: F401

PASSWORD = "correct horse battery"
SECRET = "ひみつの合言葉"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: Who walks, and what each is. "colleague" is an adviser who does not hold the conversation.
ROLES = ("nobody", "visitor", "colleague", "adviser", "supervisor", "admin")
STAFF = frozenset({"colleague", "adviser", "supervisor", "admin"})
#: The first rule that fits an URL says who may read there. "open": everybody, and nothing of a transcript is there.
RULES: tuple[tuple[str, str], ...] = (
    (r"|widget\.js|healthz|readyz|metrics|api/openapi\.json|appointment/.*", "open"),
    (r"line/files/.*", "staff"),
    (r"line/.*|self-analysis/.*", "signed"),  # by LINE's signature or a token in the address
    (r"api/chat/(config|sessions)", "open"),
    (r"api/chat/.*", "visitor"),
    (r"desk/(transcripts|figures|records)/(.*)", "supervisor"),
    (r"desk/c/[^/]+/erase/", "supervisor"),
    (r"desk/settings/(.*)", "admin"),
    (r"desk/(list/|c/.*|presence/|account/|)", "staff"),
    (r"api/desk/.*", "staff"),
    # allauth's pages show what belongs to whoever is signed in, and nothing else.
    (
        r"desk/(login|logout|signup|inactive|reauthenticate|password|email|confirm-email|2fa|3rdparty|social|oidc)/?.*",
        "account",
    ),
    (r"admin/(login|logout|jsi18n)/", "account"),
    (r"admin/.*", "admin"),
)
MAY: dict[str, frozenset[str]] = {
    "open": frozenset(),
    "signed": frozenset(),
    "account": frozenset(),
    "visitor": frozenset({"visitor"}),
    "staff": STAFF,
    "supervisor": frozenset({"supervisor", "admin"}),
    "admin": frozenset({"admin"}),
}


def _patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Every route of the URL conf, as it is written there."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route


def _path(route: str, conversation: Any) -> str:
    """An address of a route that means something: the conversation's own where there is one."""

    def value(match: re.Match[str]) -> str:
        kind = match[1] or "str"
        return {"uuid": str(conversation.pk), "int": "1", "path": "1"}.get(kind, "1")

    path = re.sub(r"<(?:(\w+):)?\w+>", value, route)
    # Regular expressions of Django's admin and allauth: their groups get a plain word.
    path = re.sub(r"\(\?P<\w+>[^()]*(?:\([^()]*\))?[^()]*\)", "x", path)
    return "/" + path.replace("\\Z", "").replace("\\.", ".").replace("\\", "").rstrip("$")


def _rule(route: str) -> str:
    for expression, rule in RULES:
        if re.fullmatch(expression, route):
            return rule
    raise AssertionError(f"no rule says who may call {route!r}: add one to RULES")


def test_every_url_has_a_rule() -> None:
    routes = list(_patterns())
    assert len(routes) > 80
    for route in routes:
        _rule(route)
    with pytest.raises(AssertionError):
        _rule("desk/new-page/")


def test_every_operation_of_the_api_is_described_and_every_description_exists() -> None:
    from desk import openapi, sse

    described = set(json.loads(openapi.document(_get("/api/openapi.json")).content)["paths"])
    there = {
        "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: "{id}" if found[1] == "pk" else f"{{{found[1]}}}", route)
        for route in _patterns()
        if route.startswith("api/") and route != "api/openapi.json"
    } | sse.PATHS
    assert described == there


def _get(path: str) -> Any:
    from django.test import RequestFactory

    return RequestFactory().get(path)


class _World:
    """A conversation with a secret in it, held by the adviser, and somebody in each role."""

    def __init__(self) -> None:
        from desk.accounts.services import make_account
        from desk.channels.web import sessions
        from desk.conversations import services
        from desk.handoff import services as handoff

        self.users = {
            role: make_account(role, PASSWORD, role if role != "colleague" else "adviser")[0] for role in sorted(STAFF)
        }
        self.conversation = services.open_conversation(channel="web")
        services.accept(self.conversation.pk, channel="web", external_id="1", text=SECRET)
        services.request_human(self.conversation, reason="asked", summary=SECRET)
        handoff.claim(self.conversation.pk, self.users["adviser"])
        stranger = services.open_conversation(channel="web")
        self.token = sessions.token_for(sessions.open_session(stranger))

    def client(self, role: str) -> tuple[Client, dict[str, str]]:
        """Signed in as the role; a visitor brings the token of another conversation."""
        client = Client(raise_request_exception=True)
        headers: dict[str, str] = {}
        if role in self.users:
            client.force_login(self.users[role], backend="django.contrib.auth.backends.ModelBackend")
        elif role == "visitor":
            headers["Authorization"] = f"Bearer {self.token}"
        return client, headers

    def state(self) -> tuple[Any, ...]:
        """What nobody without the right may change: owner, transcript, labels, people, accounts, settings."""
        from desk.accounts.models import ApiToken, User
        from desk.console.models import CannedReply, Label, Labelled
        from desk.conversations.models import Conversation, Event, Person
        from desk.handoff.models import ExceptionDay, HandoffSettings, OpeningHours
        from desk.privacy.models import Access, Retention

        mine = Conversation.objects.filter(pk=self.conversation.pk)
        return (
            list(mine.values_list("state", "adviser_id", "version", "last_seq", "urgent")),
            list(Person.objects.filter(conversations=self.conversation.pk).values_list("display_name", flat=True)),
            Event.objects.filter(conversation_id=self.conversation.pk).count(),
            Labelled.objects.count(),
            list(User.objects.order_by("pk").values_list("username", "role", "is_active", "password")),
            *(
                model.objects.count()
                for model in (ApiToken, CannedReply, Label, ExceptionDay, HandoffSettings, OpeningHours, Retention)
            ),
            Access.objects.exclude(action="look").count(),
        )


BODY = {
    "id": str(uuid.uuid4()),
    "text": "書きこみ",
    "to": "colleague",
    "labels": ["苦情"],
    "seq": 1,
    "typing": True,
    "reason": "solved",
    "confirmation": "消去",
    "name": "改名",
}


def _call(client: Client, method: str, path: str, headers: dict[str, str]) -> Any:
    if path.startswith("/api/"):
        return client.generic(method, path, json.dumps(BODY), content_type="application/json", headers=headers)
    if method == "POST":
        return client.post(path, BODY, headers=headers)
    return client.generic(method, path, headers=headers)


def _refused(answer: Any) -> bool:
    if answer.status_code in {400, 401, 403, 404, 405, 409, 422}:
        return True
    return answer.status_code == 302 and "/login/" in answer.headers["Location"]


def _content(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode("utf-8", "replace")) + str(answer.headers)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_reads_or_changes_what_is_not_theirs(role: str, db: None) -> None:
    from django.db import connection, transaction

    world = _World()
    before = world.state()
    client, headers = world.client(role)
    cookies = dict(client.cookies)
    for route in _patterns():
        rule = _rule(route)
        path = _path(route, world.conversation)
        may = role in MAY[rule]
        answered = []
        for method in METHODS:
            client.cookies.load({name: morsel.value for name, morsel in cookies.items()})
            with transaction.atomic():
                rows_written = connection.connection.total_changes
                answer = _call(client, method, path, headers)
                answered.append(answer)
                # Most calls write no row at all; then there is nothing to compare, which takes longer than the call.
                state = before if connection.connection.total_changes == rows_written else world.state()
                where = f"{role} {method} {path}: {answer.status_code}"
                assert answer.status_code in range(200, 500) or answer.status_code == 503, where
                if not may:
                    assert SECRET not in _content(answer), where
                    assert state == before, where
                    if rule not in {"open", "account", "signed"}:
                        assert _refused(answer) or method == "OPTIONS", where
                elif method in {"GET", "HEAD", "OPTIONS"}:
                    assert state[0] == before[0], f"reading changes nothing: {where}"
                transaction.set_rollback(True)
        if may and rule != "visitor":
            # Accounts and records are never deleted or made by hand, not even by an admin.
            never = re.search(r"/(add|delete)/$", path) and {answer.status_code for answer in answered} <= {403, 405}
            served = any(not _refused(answer) or answer.status_code in {404, 409, 422} for answer in answered)
            assert served or never, path


def test_a_colleague_changes_nothing_of_a_held_conversation_but_notes_and_labels(db: None) -> None:
    from django.db import transaction

    world = _World()
    before = world.state()
    client, headers = world.client("colleague")
    base = f"/api/desk/conversations/{world.conversation.pk}"
    for act in ("claim", "reply", "return", "close", "wrap_up", "resume", "take_over", "transfer"):
        with transaction.atomic():
            answer = _call(client, "POST", f"{base}/{act}", headers)
            assert answer.status_code in {403, 409}, (act, answer.status_code)
            assert answer.json().get("holder", "adviser") == "adviser"
            assert world.state() == before, act
            transaction.set_rollback(True)
    boss, headers = world.client("supervisor")
    assert _call(boss, "POST", f"{base}/take_over", headers).json()["adviser"]["name"] == "supervisor"


def test_a_switched_off_account_and_a_lost_role_end_at_once(db: None) -> None:
    world = _World()
    for role, path in (("adviser", "/desk/"), ("supervisor", "/desk/figures/"), ("admin", "/admin/")):
        client, _ = world.client(role)
        assert client.get(path).status_code == 200
        user = world.users[role]
        user.role, user.is_active = "adviser", False
        user.save()
        assert _refused(client.get(path)), role
