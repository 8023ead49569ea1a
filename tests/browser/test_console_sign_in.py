"""Signing in to the console in Chromium: one-time codes, passkeys (a virtual authenticator), an OIDC provider."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import accessibility_findings
from tests.desk.served import Process, make_desk, running, wait_until
from tests.desk.stand_in_oidc import CLIENT, SECRET, Provider, provider
from tests.serving import ROOT, free_port

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def oidc() -> Iterator[tuple[int, Provider]]:
    """The port that the desk will have, and a provider that sends people back there."""
    port = free_port()
    with provider(f"http://localhost:{port}/desk/oidc/oidc/login/callback/") as there:
        yield port, there


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory, oidc: tuple[int, Provider]) -> Iterator[Process]:
    """A desk that knows the provider, without an engine; accounts 佐藤 (with an address) and 鈴木."""
    port, there = oidc
    folder = tmp_path_factory.mktemp("sign-in")
    settings = {
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "OIDC_SERVER_URL": there.url,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
        "OIDC_NAME": "見本ID",
    }
    process = make_desk(folder, "http://127.0.0.1:9", **settings)
    process.port = port
    code = (
        "import django; django.setup(); from desk.accounts.services import make_account\n"
        f"for name in ('佐藤', '鈴木', '田中'): make_account(name, {PASSWORD!r}, 'adviser')\n"
        "from desk.accounts.models import User; User.objects.filter(username='佐藤').update(email='sato@example.jp')"
    )
    env = {**process.env, "DJANGO_SETTINGS_MODULE": "desk.settings"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True, timeout=120)
    with running(process):
        yield process


def _page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


def _home(desk: Process) -> str:
    # Passkeys are bound to a name; browsers know no passkeys of addresses.
    return f"http://localhost:{desk.port}"


def _sign_in(page: Page, desk: Process, name: str) -> None:
    page.goto(f"{_home(desk)}/desk/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="ログイン", exact=True).click()


def _guarded(page: Page, desk: Process, path: str) -> None:
    """A page where a factor is added asks for the password once more."""
    page.wait_for_selector("main.columns")
    page.goto(f"{_home(desk)}{path}")
    assert "/desk/reauthenticate/" in page.url
    assert accessibility_findings(page) == []
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="確認する").click()
    page.wait_for_url(f"**{path}")


def _sign_out(page: Page, desk: Process) -> None:
    page.goto(f"{_home(desk)}/desk/")
    page.click("details.menu summary")
    page.get_by_role("button", name="ログアウト").click()
    page.wait_for_url("**/desk/login/")


def _code(secret: str, at: float) -> str:
    """RFC 6238 with the usual parameters."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_one_time_codes_and_recovery_codes(new_context: Callable[..., BrowserContext], signing: Process) -> None:
    page = _page(new_context)
    _sign_in(page, signing, "鈴木")
    _guarded(page, signing, "/desk/2fa/totp/activate/")
    secret = page.locator("#authenticator_secret").input_value()
    assert accessibility_findings(page) == []
    first = _code(secret, time.time())
    page.fill("input[name=code]", "000000" if first != "000000" else "111111")
    page.locator("form:has(input[name=code]) button").click()
    page.wait_for_selector("input[name=code]")
    assert "/activate/" in page.url, "a wrong code does not switch it on"
    page.fill("input[name=code]", first := _code(page.locator("#authenticator_secret").input_value(), time.time()))
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("form:has(input[name=code]) button").click()
    page.wait_for_url("**/recovery-codes/**")
    assert accessibility_findings(page) == []
    recovery = page.locator("#recovery_codes").input_value().split()
    assert len(recovery) >= 8
    _sign_out(page, signing)
    _sign_in(page, signing, "鈴木")
    page.wait_for_url("**/desk/2fa/authenticate/**")
    assert accessibility_findings(page) == []
    page.goto(f"{_home(signing)}/desk/")
    assert "/desk/2fa/authenticate/" in page.url, "the password alone opens nothing"
    # A code works once: the next one is waited for.
    wait_until(lambda: _code(secret, time.time()) != first, 40, "the next code")
    page.fill("input[name=code]", _code(secret, time.time()))
    page.locator("form:has(input[name=code]) button.primary, form:has(input[name=code]) button").first.click()
    page.wait_for_selector("main.columns")
    _sign_out(page, signing)
    _sign_in(page, signing, "鈴木")
    page.fill("input[name=code]", recovery[0])
    page.locator("form:has(input[name=code]) button").first.click()
    page.wait_for_selector("main.columns")
    _sign_out(page, signing)
    _sign_in(page, signing, "鈴木")
    page.fill("input[name=code]", recovery[0])
    page.locator("form:has(input[name=code]) button").first.click()
    page.wait_for_selector("input[name=code]")
    assert "/authenticate/" in page.url, "a recovery code works once"


def test_passkey_signs_in_without_a_password(new_context: Callable[..., BrowserContext], signing: Process) -> None:
    context = new_context()
    page = context.new_page()
    chrome: Any = context.new_cdp_session(page)
    chrome.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    key = chrome.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    _sign_in(page, signing, "田中")
    _guarded(page, signing, "/desk/2fa/webauthn/add/")
    assert accessibility_findings(page) == []
    page.fill("input[name=name]", "試験の鍵")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(re.compile("/2fa/(recovery-codes|webauthn)/(?!add)"))
    assert len(chrome.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    _sign_out(page, signing)
    page.click("#passkey_login")
    page.wait_for_selector("main.columns")
    assert "田中" in page.inner_text("header.bar")
    _sign_out(page, signing)
    # The key is gone: nobody comes in, and the page says so or simply stays.
    chrome.send("WebAuthn.clearCredentials", {"authenticatorId": key})
    page.click("#passkey_login")
    page.goto(f"{_home(signing)}/desk/")
    assert "/desk/login/" in page.url


def test_the_organisations_account(
    new_context: Callable[..., BrowserContext], signing: Process, oidc: tuple[int, Provider]
) -> None:
    _, there = oidc

    def enter(**person: Any) -> Page:
        there.person = person
        page = _page(new_context)
        page.goto(f"{_home(signing)}/desk/login/")
        page.get_by_role("button", name="見本IDでログイン").click()
        page.wait_for_selector("main.columns, p.error")
        return page

    stranger = enter(sub="1", email="evil@example.jp", email_verified=True, name="だれか")
    assert "/desk/login/" in stranger.url
    assert "登録されていません" in stranger.inner_text("main")
    unproven = enter(sub="2", email="sato@example.jp", email_verified=False, name="佐藤")
    assert "登録されていません" in unproven.inner_text("main"), "an address that nobody has verified opens nothing"
    known = enter(sub="3", email="sato@example.jp", email_verified=True, name="佐藤")
    known.wait_for_selector("main.columns")
    again = enter(sub="3", email="sato@example.jp", email_verified=True, name="佐藤")
    again.wait_for_selector("main.columns")
    assert there.refused == [], "the desk asked for nothing that a strict provider refuses"
