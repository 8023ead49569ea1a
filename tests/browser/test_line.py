"""Going on in LINE, as a visitor sees it: the widget's sheet and our page; LINE is a stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import accessibility_findings
from tests.browser.test_widget import begin, open_page
from tests.desk.served import Process, make_desk, make_engine, running, wait_until
from tests.line.stand_in_line import StandInLine

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def line() -> Iterator[StandInLine]:
    server = StandInLine().start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def line_desk(tmp_path_factory: pytest.TempPathFactory, line: StandInLine) -> Iterator[Process]:
    folder: Path = tmp_path_factory.mktemp("browser-line")
    engine = make_engine(folder)
    desk = make_desk(folder, engine.url, **line.settings(LINE_LINK_BASE=line.url, LINE_BASIC_ID="@michishirube"))
    line.desk = desk.url
    with running(engine, desk):
        yield desk


@pytest.mark.parametrize("phone", [False, True])
def test_a_visitor_goes_on_in_line(
    new_context: Callable[..., BrowserContext],
    line_desk: Process,
    line: StandInLine,
    shot: Callable[[Page, str], None],
    phone: bool,
) -> None:
    size = "phone" if phone else "desktop"
    user = f"U{int(phone):032x}"
    page, wrong = open_page(new_context(phone=phone), line_desk)
    begin(page)
    page.get_by_role("button", name="メニュー").click()
    page.get_by_role("button", name="LINEで続ける").click()
    expect(page.get_by_role("link", name="LINE を開く")).to_be_visible()
    assert page.get_by_role("img", name="読み取ってください").count() == (0 if phone else 1)
    shot(page, f"line-sheet-{size}")
    assert accessibility_findings(page) == []
    code = page.locator("career-chat .way b").inner_text()

    line.post(line.text(user, f"連携 {code}"))
    cards = wait_until(lambda: [m for m in line.screens.get(user, []) if m["type"] == "flex"])
    address = urlsplit(cards[0]["contents"]["footer"]["contents"][0]["action"]["uri"])
    asking = new_context(phone=phone).new_page()
    asking.goto(f"{line_desk.url}{address.path}?{address.query}")
    expect(asking.get_by_label("番号")).to_have_value(code)
    shot(asking, f"line-page-{size}")
    assert accessibility_findings(asking) == []
    asking.get_by_role("button", name="同意してつなぐ").click()
    asking.wait_for_url(f"{line.url}/dialog/**")

    # The sheet goes; what has happened stands in the conversation. From here it can be undone.
    expect(page.get_by_text("LINE とつながりました")).to_be_visible()
    page.get_by_role("button", name="メニュー").click()
    page.get_by_role("button", name="LINEで続ける").click()
    expect(page.get_by_text("この相談は LINE とつながっています")).to_be_visible()
    shot(page, f"line-linked-{size}")
    page.get_by_role("button", name="連携を解除する").click()
    expect(page.get_by_text("LINE との連携を解除しました")).to_be_visible()
    assert wrong == []


def test_without_line_the_widget_does_not_speak_of_it(
    new_context: Callable[..., BrowserContext], desk: Process
) -> None:
    assert httpx.get(f"{desk.url}/api/chat/config", trust_env=False).json()["line"] == {"available": False}
    page, _ = open_page(new_context(), desk)
    begin(page)
    page.get_by_role("button", name="メニュー").click()
    expect(page.get_by_role("button", name="会話を保存する")).to_be_visible()
    assert page.get_by_role("button", name="LINEで続ける").count() == 0
