"""The chat widget on the demo page: what a visitor sees, on a desktop and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import accessibility_findings
from tests.desk.served import Process

pytestmark = pytest.mark.browser

QUESTION = "経理と経理事務の違いは？"
FACT = "補佐"
NewContext = Callable[..., BrowserContext]
Shot = Callable[[Page, str], None]


def open_page(context: BrowserContext, desk: Process) -> tuple[Page, list[str]]:
    """The demo page, and what goes wrong on it: console errors (CSP violations too) and exceptions."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{desk.url}/")
    expect(page.locator("career-chat .launcher")).to_be_visible()
    return page, wrong


def begin(page: Page) -> None:
    """Opens the pane and agrees."""
    page.locator("career-chat .launcher").click()
    page.get_by_role("button", name="同意してはじめる").click()
    expect(page.locator("career-chat form textarea")).to_be_visible()


def say(page: Page, text: str) -> None:
    page.locator("career-chat form textarea").fill(text)
    page.locator("career-chat .send").click()


def answer(page: Page, text: str) -> None:
    """Waits until an answer of the bot contains the text."""
    expect(page.locator("career-chat .row.bot .bubble", has_text=text).first).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_visitor_asks_and_taps(desk: Process, new_context: NewContext, shot: Shot, phone: bool) -> None:
    name = "phone" if phone else "desktop"
    page, wrong = open_page(new_context(phone=phone), desk)
    assert accessibility_findings(page) == []
    shot(page, f"widget-{name}-1-closed")
    page.locator("career-chat .launcher").click()
    expect(page.get_by_role("button", name="同意してはじめる")).to_be_visible()
    assert accessibility_findings(page) == []
    shot(page, f"widget-{name}-2-consent")
    page.get_by_role("button", name="同意してはじめる").click()
    say(page, QUESTION)
    answer(page, FACT)
    expect(page.locator("career-chat .choices button").first).to_be_visible()
    assert accessibility_findings(page) == []
    shot(page, f"widget-{name}-3-answer")
    page.locator("career-chat .choices button", has_text="もっと詳しく").click()
    expect(page.locator("career-chat .row.user .bubble", has_text="もっと詳しく")).to_have_count(1)
    expect(page.locator("career-chat .row.bot")).not_to_have_count(1)
    assert wrong == []


def test_nothing_is_asked_or_kept_before_opening(desk: Process, new_context: NewContext) -> None:
    context = new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{desk.url}/")
    expect(page.locator("career-chat .launcher")).to_be_visible()
    assert [url for url in asked if "/api/" in url] == []
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0
    page.locator("career-chat .launcher").click()
    expect(page.get_by_role("button", name="同意してはじめる")).to_be_visible()
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


ENTER = "new KeyboardEvent('keydown', {key: 'Enter', keyCode: %d, isComposing: %s, bubbles: true, composed: true})"
CHROME_ORDER = [
    "new CompositionEvent('compositionstart')",
    ENTER % (229, "true"),
    "new CompositionEvent('compositionend')",
]
SAFARI_ORDER = [
    "new CompositionEvent('compositionstart')",
    "new CompositionEvent('compositionend')",
    ENTER % (13, "false"),
]


@pytest.mark.parametrize("order", [CHROME_ORDER, SAFARI_ORDER], ids=["chrome", "safari"])
def test_enter_that_confirms_japanese_does_not_send(desk: Process, new_context: NewContext, order: list[str]) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    field = page.locator("career-chat form textarea")
    field.fill("けいり")
    field.evaluate(f"(field) => {{ for (const event of [{', '.join(order)}]) field.dispatchEvent(event); }}")
    expect(field).to_have_value("けいり")
    # Later than any confirmation, the same key sends: the guard is not simply deaf.
    page.wait_for_timeout(100)
    field.press("Enter")
    expect(field).to_have_value("")
    expect(page.locator("career-chat .row.user .bubble", has_text="けいり")).to_have_count(1)


def test_two_tabs_show_the_same_conversation_once(desk: Process, new_context: NewContext) -> None:
    context = new_context()
    first, _ = open_page(context, desk)
    begin(first)
    second, _ = open_page(context, desk)
    second.locator("career-chat .launcher").click()
    say(first, QUESTION)
    for page in (first, second):
        answer(page, FACT)
        expect(page.locator("career-chat .row.user .bubble", has_text=QUESTION)).to_have_count(1)
    say(second, "じゃあ人事は？")
    for page in (first, second):
        expect(page.locator("career-chat .row.user .bubble", has_text="じゃあ人事は？")).to_have_count(1)


def test_reload_in_mid_answer_loses_and_doubles_nothing(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    with page.expect_response("**/api/chat/messages"):
        say(page, QUESTION)
    page.reload()
    answer(page, FACT)
    expect(page.locator("career-chat .row.user .bubble", has_text=QUESTION)).to_have_count(1)
    expect(page.locator("career-chat .row.bot .bubble", has_text=FACT)).to_have_count(1)


def test_what_a_visitor_types_stays_text(desk: Process, new_context: NewContext) -> None:
    page, wrong = open_page(new_context(), desk)
    begin(page)
    hostile = "<img src=x onerror=alert(1)>[ok](javascript:alert(1))"
    say(page, hostile)
    expect(page.locator("career-chat .row.user .bubble", has_text=hostile)).to_have_count(1)
    assert page.locator("career-chat .bubble img").count() == 0
    assert page.locator("career-chat .bubble a[href^='javascript']").count() == 0
    assert wrong == []


def test_offline_is_said_and_the_message_can_be_sent_again(desk: Process, new_context: NewContext) -> None:
    context = new_context()
    page, _ = open_page(context, desk)
    begin(page)
    context.set_offline(True)
    say(page, QUESTION)
    expect(page.locator("career-chat .status")).to_contain_text("オフライン")
    again = page.get_by_role("button", name="もう一度送る")
    expect(again).to_be_visible(timeout=30_000)
    context.set_offline(False)
    again.click()
    answer(page, FACT)
    expect(page.locator("career-chat .row.user .bubble", has_text=QUESTION)).to_have_count(1)


def test_too_long_a_message_is_not_sent_and_said(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    say(page, "あ" * 2001)
    expect(page.locator("career-chat .status")).to_contain_text("2000文字まで")
    expect(page.locator("career-chat form textarea")).to_have_value("あ" * 2001)


def test_deleting_my_data_ends_the_session(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    say(page, QUESTION)
    answer(page, FACT)
    token = page.evaluate("Object.values(localStorage)[0]")
    page.locator("career-chat .more").click()
    page.get_by_role("button", name="自分のデータを削除する").click()
    page.get_by_role("button", name="削除する", exact=True).click()
    expect(page.get_by_role("button", name="同意してはじめる")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    status = page.evaluate(
        "async (token) => (await fetch('/api/chat/transcript', {headers: {Authorization: 'Bearer ' + token}})).status",
        token,
    )
    assert status == 401


def test_escape_closes_and_focus_returns(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    page.locator("career-chat form textarea").press("Escape")
    expect(page.locator("career-chat .launcher")).to_be_focused()
