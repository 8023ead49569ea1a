"""The console in Chromium: question → handover → claim → 409 for the other → reply → give back → rating."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import accessibility_findings
from tests.browser.test_widget import begin, open_page
from tests.desk.served import CLIENT, Process, make_desk, make_engine, running, wait_until
from tests.serving import ROOT

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
PICTURES = os.environ.get("SCREENSHOTS", "")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("console")
    engine = make_engine(folder)
    with running(engine):
        process = make_desk(folder, engine.url)
        for name, role in (("佐藤", "adviser"), ("鈴木", "adviser"), ("部長", "admin")):
            command = [sys.executable, "-m", "desk.manage", "adviser", "--name", name, "--password", PASSWORD]
            done = subprocess.run(
                [*command, "--role", role], cwd=ROOT, env=process.env, capture_output=True, text=True, timeout=120
            )
            assert done.returncode == 0, done.stderr
        with running(process):
            yield process


def _signed_in(browser: Any, desk: Process, name: str, **options: Any) -> Any:
    page = browser.new_context(base_url=desk.url, locale="ja-JP", **options).new_page()
    page.goto("/desk/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("button:has-text('ログイン')")
    page.wait_for_selector("main.columns")
    return page


def _picture(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


def _axe(page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # The page's policy forbids foreign scripts; axe is put in from outside it.
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


class _Visitor:
    """Somebody on the website, through the chat API."""

    def __init__(self, url: str) -> None:
        opened = CLIENT.post(f"{url}/api/chat/sessions", json={"consent": True, "consent_version": "1"}).json()
        self.url = url
        self.conversation = opened["conversation"]
        self.headers = {"Authorization": f"Bearer {opened['token']}"}

    def post(self, path: str, **body: Any) -> int:
        return CLIENT.post(f"{self.url}/api/chat/{path}", json=body, headers=self.headers).status_code

    def said(self) -> list[tuple[str, str]]:
        answer = CLIENT.get(f"{self.url}/api/chat/transcript?format=json", headers=self.headers)
        return [(event["from"], event.get("text", "")) for event in answer.json()]


def test_whole_story(browser: Any, desk: Process) -> None:
    visitor = _Visitor(desk.url)
    assert visitor.post("messages", id=str(uuid.uuid4()), text="経理と財務の違いは何ですか") == 202
    _hand_over(desk, visitor)
    one = _signed_in(browser, desk, "佐藤", viewport={"width": 1280, "height": 800})
    other = _signed_in(browser, desk, "鈴木", viewport={"width": 390, "height": 844}, color_scheme="dark")
    _picture(one, "list")
    for page in (one, other):
        page.goto("/desk/?box=waiting")
        page.click(".one.queued")
        page.wait_for_selector(".acts [data-act=claim]")
    _axe(one)
    one.keyboard.press("c")
    one.wait_for_selector(".thread-head[data-state=active][data-mine='1']")
    # The other one's page follows by itself; who is quick enough to call gets 409 with the holder's name.
    other.wait_for_selector(".thread-head[data-state=active][data-mine='0']")
    lost = other.evaluate(
        """async (id) => { const r = await fetch(`/api/desk/conversations/${id}/claim`, {method: 'POST', headers:
        {'X-CSRFToken': document.cookie.match(/csrftoken=([^;]+)/)[1]}}); return [r.status, await r.json()]; }""",
        visitor.conversation,
    )
    assert lost[0] == 409
    assert lost[1]["holder"] == "佐藤"
    one.fill("#text", "はじめまして、佐藤です。")
    one.keyboard.press("Control+Enter")
    one.wait_for_selector(".event.adviser .said:has-text('はじめまして')")
    assert ("adviser", "はじめまして、佐藤です。") in visitor.said()
    assert visitor.post("messages", id=str(uuid.uuid4()), text="よろしくお願いします") == 202
    one.wait_for_selector(".event.user .said:has-text('よろしく')")
    one.click("[data-kind=note]")
    one.fill("#text", "経理に関心あり")
    one.keyboard.press("Control+Enter")
    one.wait_for_selector(".event.note .said:has-text('経理に関心')")
    assert not any("関心あり" in text for _, text in visitor.said())
    for name, page in (("thread", one), ("thread-phone-dark", other)):
        _picture(page, name)
        _axe(page)
    one.locator("#log").focus()
    one.keyboard.press("?")
    one.wait_for_selector("#help[open]")
    _picture(one, "help")
    one.keyboard.press("Escape")
    one.locator("#log").focus()
    one.keyboard.press("b")
    one.wait_for_selector(".thread-head[data-state=bot]")
    assert visitor.post("end") == 202
    assert visitor.post("rating", score=5, comment="助かりました") == 202
    one.wait_for_selector(".event.rating")


def _hand_over(desk: Process, visitor: _Visitor) -> None:
    """Into the queue by the service layer: what the engine says is not this test's matter."""
    code = (
        "import django; django.setup(); from desk.conversations import services; from desk.conversations.models import"
        f" Conversation; services.request_human(Conversation.objects.get(pk='{visitor.conversation}'), reason='asked',"
        " summary='経理への転職を考えています', urgency='soon')"
    )
    env = {**desk.env, "DJANGO_SETTINGS_MODULE": "desk.settings"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("phone_and_dark", [False, True], ids=["desktop-light", "phone-dark"])
def test_pages_have_no_accessibility_faults(browser: Any, desk: Process, phone_and_dark: bool) -> None:
    look: dict[str, Any] = {"viewport": PHONE, "color_scheme": "dark"} if phone_and_dark else {}
    page = browser.new_context(base_url=desk.url, locale="ja-JP", **look).new_page()
    page.goto("/desk/login/")
    _picture(page, "login")
    _axe(page)
    visitor = _Visitor(desk.url)
    boss = _signed_in(browser, desk, "部長", **look)
    missing: list[str] = []
    boss.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    for name, path in (
        ("empty", "/desk/?box=mine"),
        ("found-nothing", "/desk/?q=ない言葉"),
        ("person", f"/desk/c/{visitor.conversation}/"),
        ("print", f"/desk/c/{visitor.conversation}/print/?notes=1"),
        ("erase", f"/desk/c/{visitor.conversation}/erase/"),
        ("figures", "/desk/figures/"),
        ("transcripts", "/desk/transcripts/"),
        ("records", "/desk/records/"),
        ("settings", "/desk/settings/"),
        ("account", "/desk/account/"),
        ("factors", "/desk/2fa/"),
    ):
        boss.goto(path)
        if name == "person" and phone_and_dark:
            boss.locator(".thread-head [data-person]").click()
            boss.wait_for_selector(".person .about")
        _picture(boss, name)
        _axe(boss)
        wide = boss.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} does not fit"
    assert missing == []


def test_the_settings_show_what_is_said_without_them(browser: Any, desk: Process) -> None:
    boss = _signed_in(browser, desk, "部長")
    boss.goto("/desk/settings/")
    boss.get_by_role("link", name="上限と案内文").click()
    assert "順番待ちをやめました" in boss.get_attribute("#id_cancelled_text", "placeholder")


def test_a_cut_connection_leaves_no_gap_and_no_repeat(browser: Any, desk: Process) -> None:
    visitor = _Visitor(desk.url)
    one = _signed_in(browser, desk, "佐藤")
    one.goto(f"/desk/c/{visitor.conversation}/")
    assert visitor.post("messages", id=str(uuid.uuid4()), text="切れる前") == 202
    one.wait_for_selector(".event.user .said:has-text('切れる前')")
    one.context.set_offline(True)
    words = [f"切れている間の{number}番目" for number in range(5)]
    for text in words:
        assert visitor.post("messages", id=str(uuid.uuid4()), text=text) == 202
    one.context.set_offline(False)
    assert visitor.post("messages", id=str(uuid.uuid4()), text="つながった後") == 202
    one.wait_for_selector(".event.user .said:has-text('つながった後')", timeout=30_000)
    said = one.locator(".event.user .said").all_inner_texts()
    assert said == ["切れる前", *words, "つながった後"]


#: A browser whose window is in the background and whose owner allowed notifications, which are kept to be looked at.
ELSEWHERE = """
window.announced = [];
window.Notification = class {
  static permission = "granted";
  constructor(title, options) { window.announced.push(JSON.stringify([title, options ?? {}])); }
};
Object.defineProperty(document, "hidden", { get: () => true });
"""


def test_an_adviser_elsewhere_is_notified_without_the_visitors_words(browser: Any, desk: Process) -> None:
    page = _signed_in(browser, desk, "佐藤")
    page.add_init_script(ELSEWHERE)
    page.reload()
    page.wait_for_selector("main.columns")
    visitor = _Visitor(desk.url)
    assert visitor.post("messages", id=str(uuid.uuid4()), text="ないしょの相談です") == 202
    _hand_over(desk, visitor)

    def announced() -> str:
        page.wait_for_timeout(20)  # lets the page's own events in
        return "".join(page.evaluate("window.announced"))

    wait_until(lambda: "相談の順番待ちがあります" in announced(), 20, "a notification")
    assert "ないしょ" not in announced()


def test_a_visitor_stops_waiting(browser: Any, desk: Process) -> None:
    page, wrong = open_page(browser.new_context(locale="ja-JP", viewport=PHONE), desk)
    begin(page)
    page.locator("career-chat .human").click()
    stop = page.locator("career-chat .queue button")
    stop.wait_for(timeout=20_000)
    assert page.locator("career-chat .choices button").count() == 0, "one way out is enough"
    assert accessibility_findings(page) == []
    _picture(page, "visitor-waiting")
    stop.click()
    page.locator("career-chat .row.system", has_text="順番待ちをやめました").wait_for(timeout=15_000)
    stop.wait_for(state="detached")
    page.locator("career-chat .human").wait_for()
    assert wrong == []
