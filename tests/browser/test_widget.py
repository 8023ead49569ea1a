"""The chat widget on the demo page: what a visitor sees, on a desktop and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.advisers import NAME, Adviser, adviser_at
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


def test_offline_is_said_and_the_message_goes_out_afterwards(desk: Process, new_context: NewContext) -> None:
    context = new_context()
    page, _ = open_page(context, desk)
    begin(page)
    context.set_offline(True)
    say(page, QUESTION)
    expect(page.locator("career-chat .status")).to_contain_text("オフライン")
    again = page.get_by_role("button", name="もう一度送る")
    expect(again).to_be_visible(timeout=30_000)
    context.set_offline(False)
    answer(page, FACT)
    expect(again).to_have_count(0)
    expect(page.locator("career-chat .row.user .bubble", has_text=QUESTION)).to_have_count(1)


def test_a_message_that_did_not_get_through_can_be_sent_again(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    page.route("**/api/chat/messages", lambda route: route.abort())
    say(page, QUESTION)
    again = page.get_by_role("button", name="もう一度送る")
    expect(again).to_be_visible(timeout=30_000)
    page.unroute("**/api/chat/messages")
    again.click()
    answer(page, FACT)
    expect(page.locator("career-chat .row.user .bubble", has_text=QUESTION)).to_have_count(1)


def test_too_long_a_message_is_not_sent_and_said(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    say(page, "あ" * 2001)
    expect(page.locator("career-chat .status")).to_contain_text("2000文字以内")
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


def test_what_is_being_written_outlives_the_pane_and_its_questions(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    field = page.locator("career-chat form textarea")
    words = "長く考えて書いている途中の文です"
    field.fill(words)
    field.press("Escape")
    page.locator("career-chat .launcher").press("Enter")
    expect(field).to_have_value(words)
    expect(field).to_be_focused()
    page.locator("career-chat .more").click()
    page.get_by_role("button", name="自分のデータを削除する").click()
    page.get_by_role("button", name="戻る").click()
    expect(field).to_have_value(words)
    field.press("Enter")
    expect(page.locator("career-chat .row.user .bubble", has_text=words)).to_have_count(1)
    expect(field).to_have_value("")
    # Who deletes everything leaves nothing for the next one at the same screen.
    field.fill(words)
    page.locator("career-chat .more").click()
    page.get_by_role("button", name="自分のデータを削除する").click()
    page.get_by_role("button", name="削除する", exact=True).click()
    page.get_by_role("button", name="同意してはじめる").click()
    expect(field).to_have_value("")


def test_the_keyboard_is_never_left_outside(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    page.locator("career-chat .launcher").press("Enter")
    # What one agrees to is read first: the pane has the focus, not the button.
    expect(page.locator("career-chat .pane")).to_be_focused()
    page.get_by_role("button", name="同意してはじめる").press("Enter")
    field = page.locator("career-chat form textarea")
    expect(field).to_be_focused()
    page.locator("career-chat .more").press("Enter")
    page.get_by_role("button", name="相談を終える").press("Enter")
    expect(page.get_by_role("button", name="終える", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    page.locator("career-chat .more").press("Enter")
    page.get_by_role("button", name="相談を終える").press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("相談はいかがでしたか")).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") == "CAREER-CHAT"


def test_a_page_enlarged_to_twice_its_size_leaves_room_to_read(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    page.set_viewport_size({"width": 640, "height": 400})
    begin(page)
    box = page.locator("career-chat .pane").bounding_box()
    assert box is not None
    assert (box["y"], box["height"]) == (0, 400)
    page.locator("career-chat .more").click()
    expect(page.get_by_role("button", name="自分のデータを削除する")).to_be_in_viewport()


def test_escape_closes_and_focus_returns(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    page.locator("career-chat form textarea").press("Escape")
    expect(page.locator("career-chat .launcher")).to_be_focused()


# --- People ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def adviser(desk: Process) -> Adviser:
    return adviser_at(desk)


def ask_for_a_human(page: Page) -> None:
    """The button in the header, and yes to what the bot asks."""
    expect(page.locator("career-chat .row.bot").first).to_be_visible(timeout=15_000)
    page.locator("career-chat .human").click()
    page.locator("career-chat .choices button", has_text="つないでください").click(timeout=15_000)
    expect(page.locator("career-chat .status.waiting")).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_waiting_for_an_adviser_and_talking_to_one(
    desk: Process, new_context: NewContext, shot: Shot, adviser: Adviser, phone: bool
) -> None:
    name = "phone" if phone else "desktop"
    page, wrong = open_page(new_context(phone=phone), desk)
    begin(page)
    ask_for_a_human(page)
    mine = adviser.waiting()
    expect(page.locator("career-chat .status")).to_contain_text("次にご案内します")
    assert accessibility_findings(page) == []
    shot(page, f"widget-{name}-4-waiting")
    second, _ = open_page(new_context(), desk)
    begin(second)
    ask_for_a_human(second)
    expect(second.locator("career-chat .status")).to_contain_text("前に1人お待ちです")
    shot(second, f"widget-{name}-5-waiting-behind")
    other = adviser.waiting()
    adviser.claim(mine)
    expect(page.locator("career-chat header h2")).to_have_text(NAME)
    expect(page.locator("career-chat [role=status]")).to_contain_text(f"{NAME}が対応しています")
    expect(second.locator("career-chat .status")).to_contain_text("次にご案内します")
    adviser.type(mine)
    expect(page.locator("career-chat .dots")).to_have_attribute("aria-label", f"{NAME}さんが入力中です")
    adviser.reply(mine, "はじめまして。\n[job tag](https://shigoto.mhlw.go.jp/) も **ご覧** ください。")
    said = page.locator("career-chat .row.adviser .bubble").last
    expect(said.locator("strong")).to_have_text("ご覧")
    expect(said.locator("a")).to_have_attribute("rel", re.compile("noopener"))
    assert accessibility_findings(page) == []
    shot(page, f"widget-{name}-6-adviser")
    adviser.claim(other)
    adviser.call("POST", f"conversations/{other}/close")
    adviser.call("POST", f"conversations/{mine}/close")
    expect(page.get_by_text("相談はいかがでしたか")).to_be_visible()
    page.locator("career-chat .stars button").nth(3).click()
    assert accessibility_findings(page) == []
    shot(page, f"widget-{name}-7-rating")
    page.get_by_role("button", name="送る", exact=True).click()
    expect(page.locator("career-chat .sheet")).to_contain_text("ありがとうございました")
    assert wrong == []


# --- Failures that are said --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "message", "shown"),
    [
        (429, "too_fast", "送信が続いています。少し待ってからもう一度お試しください。", "送信が続いています"),
        (500, "internal", "", "うまく送れませんでした"),
        (422, "too_long", "メッセージが長すぎます。", "メッセージが長すぎます"),
    ],
)
def test_a_refusal_is_said_beside_the_message(
    desk: Process, new_context: NewContext, status: int, code: str, message: str, shown: str
) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    body = {"code": code, "message": message}
    page.route("**/api/chat/messages", lambda route: route.fulfill(status=status, json=body))
    say(page, QUESTION)
    failed = page.locator("career-chat .meta .failed")
    expect(failed).to_contain_text(shown, timeout=30_000)
    page.unroute("**/api/chat/messages")
    page.get_by_role("button", name="もう一度送る").click()
    answer(page, FACT)
    expect(failed).to_have_count(0)


def test_a_lost_stream_is_said_and_comes_back_by_itself(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    page.route("**/api/chat/events*", lambda route: route.abort())
    begin(page)
    expect(page.locator("career-chat .status")).to_contain_text("つなぎ直しています")
    page.unroute("**/api/chat/events*")
    expect(page.locator("career-chat .status")).not_to_contain_text("つなぎ直しています", timeout=20_000)
    say(page, QUESTION)
    answer(page, FACT)


def test_a_desk_that_is_down_is_said_before_consent(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    page.route("**/api/chat/config", lambda route: route.abort())
    page.locator("career-chat .launcher").click()
    expect(page.locator("career-chat [role=alert]")).to_contain_text("うまく送れませんでした")
    page.unroute("**/api/chat/config")
    page.get_by_role("button", name="もう一度試す").click()
    expect(page.get_by_role("button", name="同意してはじめる")).to_be_visible()


# --- Reading -----------------------------------------------------------------------------------------------------


def test_who_has_scrolled_up_stays_there_and_is_told_of_news(
    desk: Process, new_context: NewContext, shot: Shot
) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    for question, known_by in ((QUESTION, "経理事務"), ("人事ってどんな仕事？", "人事")):
        say(page, question)
        # An answer may be several bubbles: its own words, then the choices below the last of them.
        expect(page.locator("career-chat .row.bot", has_text=known_by).last).to_be_visible(timeout=15_000)
        expect(page.locator("career-chat .choices button").first).to_be_visible(timeout=15_000)
    body = page.locator("career-chat .body")
    body.evaluate("(body) => { body.scrollTop = 0; }")
    down = page.locator("career-chat .down")
    expect(down).to_have_attribute("aria-label", "いちばん下へ")
    # Another tab of the same person: the answer comes while this one is read from the top.
    page.evaluate(
        """async () => { const token = Object.values(localStorage)[0];
        await fetch('/api/chat/messages', {method: 'POST', headers: {Authorization: 'Bearer ' + token,
        'Content-Type': 'application/json'}, body: JSON.stringify({id: crypto.randomUUID(), text: '総務は？'})}); }"""
    )
    expect(down).to_contain_text("新しいメッセージ", timeout=15_000)
    assert body.evaluate("(body) => body.scrollTop") == 0
    shot(page, "widget-desktop-8-news")
    down.click()
    expect(down).to_have_count(0)


def test_a_guided_question_shows_answers_first_and_controls_last(
    desk: Process, new_context: NewContext, shot: Shot
) -> None:
    page, _ = open_page(new_context(phone=True), desk)
    begin(page)
    say(page, "自己分析をしたい")
    page.locator("career-chat .choices button", has_text="はじめる").click(timeout=15_000)
    expect(page.locator("career-chat progress")).to_be_visible(timeout=15_000)
    quiet = page.locator("career-chat .choices.quiet button")
    expect(quiet.last).to_have_text("中断する")
    expect(page.locator("career-chat .choices.stack button").first).to_have_text("A")
    assert accessibility_findings(page) == []
    shot(page, "widget-phone-9-question")


# --- Phones, keyboards, colours ------------------------------------------------------------------------------------


def test_on_a_phone_focus_stays_inside_and_everything_is_large_enough(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(phone=True), desk)
    begin(page)
    say(page, QUESTION)
    answer(page, FACT)
    for key in ("Tab", "Shift+Tab"):
        for _ in range(25):
            page.keyboard.press(key)
            assert page.evaluate("document.activeElement.localName") == "career-chat"
    page.locator("career-chat .more").click()
    small = page.evaluate(
        """() => [...document.querySelector('career-chat').shadowRoot.querySelectorAll('button')]
        .map((button) => [button.className || button.textContent, button.getBoundingClientRect()])
        .filter(([, box]) => box.width < 44 || box.height < 44).map(([name]) => name)"""
    )
    assert small == []
    pane = page.locator("career-chat .pane")
    assert pane.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert pane.get_attribute("aria-modal") == "true"


def test_enter_on_a_phone_is_a_new_line(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(phone=True), desk)
    begin(page)
    field = page.locator("career-chat form textarea")
    field.fill("一行目")
    field.press("End")
    field.press("Enter")
    expect(field).to_have_value("一行目\n")


def test_live_regions_are_on_the_log_and_the_status_line_only(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    live = page.evaluate(
        """() => [...document.querySelector('career-chat').shadowRoot.querySelectorAll('[aria-live], [role=alert]')]
        .map((element) => element.getAttribute('role'))"""
    )
    assert live == ["log", "status"]


def test_nothing_moves_for_who_wants_less_motion(desk: Process, new_context: NewContext) -> None:
    page, _ = open_page(new_context(), desk)
    begin(page)
    assert page.locator("career-chat .pane").evaluate("(pane) => getComputedStyle(pane).animationName") == "none"


POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"


def embed(page: Page, desk: Process, body: str) -> None:
    """A page of somebody's site under the strictest policy that the widget has to bear."""
    page.route(
        "**/embedding",
        lambda route: route.fulfill(
            body=f"<!doctype html><html lang=ja><meta charset=utf-8><title>site</title><body>{body}",
            content_type="text/html",
            headers={"Content-Security-Policy": POLICY},
        ),
    )
    page.goto(f"{desk.url}/embedding")


def test_as_an_element_in_english_and_dark_under_the_strict_policy(
    desk: Process, new_context: NewContext, shot: Shot
) -> None:
    page = new_context(phone=True).new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    embed(
        page,
        desk,
        f'<script src="/widget.js" data-mount="none"></script>'
        f'<career-chat endpoint="{desk.url}" lang="en" theme="dark" position="left"></career-chat>',
    )
    expect(page.locator("career-chat")).to_have_count(1)
    page.locator("career-chat .launcher").click()
    page.get_by_role("button", name="Agree and start").click()
    say(page, QUESTION)
    answer(page, FACT)
    page.locator("career-chat .more").click()
    expect(page.get_by_role("button", name="Delete my data")).to_be_visible()
    assert accessibility_findings(page) == []
    shot(page, "widget-phone-10-english-dark")
    page.evaluate("document.querySelector('career-chat').hide()")
    expect(page.locator("career-chat .launcher")).to_be_visible()
    box = page.locator("career-chat .launcher").bounding_box()
    assert box is not None
    assert box["x"] < 60
    assert accessibility_findings(page) == []
    assert wrong == []


def test_a_page_s_own_button_opens_the_chat_with_its_question(desk: Process, new_context: NewContext) -> None:
    page, wrong = open_page(new_context(), desk)
    page.locator(".asks button").first.click()
    page.get_by_role("button", name="同意してはじめる").click()
    expect(page.locator("career-chat form textarea")).to_have_value("経理と経理事務って何が違うの？")
    assert wrong == []


#: Milliseconds from the script's arrival to the frame that shows the button. It waits in the page itself: a text for
#: `wait_for_function` would be evaluated there, which the page's Content-Security-Policy forbids.
FIRST_PAINT = """() => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('the button was never seen')), 30_000);
  new PerformanceObserver((list) => {
    const seen = list.getEntriesByName('launcher-seen')[0];
    if (!seen) return;
    const script = performance.getEntriesByType('resource').find((entry) => entry.name.endsWith('/widget.js'));
    resolve(seen.startTime - script.responseEnd);
  }).observe({type: 'mark', buffered: true});
})"""
WATCH = """requestAnimationFrame(function look() {
  const button = document.querySelector('career-chat')?.shadowRoot?.querySelector('.launcher');
  if (button && button.getBoundingClientRect().width) requestAnimationFrame(() => performance.mark('launcher-seen'));
  else requestAnimationFrame(look);
});"""


def test_the_button_is_seen_soon_after_the_script_has_come(desk: Process, new_context: NewContext) -> None:
    page = new_context(phone=True).new_page()
    page.add_init_script(WATCH)
    times = []
    for _ in range(5):
        embed(page, desk, '<script src="/widget.js"></script>')
        times.append(page.evaluate(FIRST_PAINT))
    print(f"first paint after the script: {sorted(round(time) for time in times)} ms")  # noqa: T201 - a figure
    # The best of five: the others measure what else the machine does.
    assert min(times) <= 100, times
