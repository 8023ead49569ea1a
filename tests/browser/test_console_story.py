"""The whole story with the real engine: a visitor in the widget, two advisers in the console, three browsers.

Question → human → both advisers want it → one has it → talk, typing, note → back to the bot, which knows nothing of
what was said → end → rating. In between Rasa's own ways out of a handover (/restart, an expired session) are tried.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as TooSlowError

from tests.browser.conftest import accessibility_findings
from tests.browser.test_widget import answer, begin, open_page, say
from tests.desk.served import Process, Visitor, make_desk, running, wait_until
from tests.serving import ROOT, served_engine

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
SAID = "年収の希望は三百五十万円です"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, Path]]:
    """Engine, desk and their folder; two advisers and a supervisor."""
    folder = tmp_path_factory.mktemp("story")
    with served_engine(folder) as engine:
        desk = make_desk(folder, f"http://127.0.0.1:{engine.port}", DESK_ALWAYS_OPEN="1")
        code = (
            "import django; django.setup(); from desk.accounts.services import make_account\n"
            f"for name, role in (('佐藤', 'adviser'), ('鈴木', 'adviser'), ('主任', 'supervisor')):\n"
            f"    make_account(name, {PASSWORD!r}, role)"
        )
        env = {**desk.env, "DJANGO_SETTINGS_MODULE": "desk.settings"}
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True, timeout=180)
        with running(desk):
            yield desk, folder


def _adviser(context: BrowserContext, desk: Process, name: str) -> Page:
    page = context.new_page()
    page.goto(f"{desk.url}/desk/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="ログイン", exact=True).click()
    page.wait_for_selector("main.columns")
    return page


def _tracker(folder: Path) -> str:
    """All that the engine remembers, as text."""
    with sqlite3.connect(folder / "tracker.db") as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [db.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables]  # noqa: S608
    # Rasa keeps events as JSON with escapes.
    return re.sub(r"\\+u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), str(rows))


def test_from_question_to_rating(world: tuple[Process, Path], new_context: Callable[..., BrowserContext]) -> None:
    desk, folder = world
    one, other = (_adviser(new_context(), desk, name) for name in ("佐藤", "鈴木"))
    visitor, _ = open_page(new_context(), desk)
    begin(visitor)
    say(visitor, "経理と経理事務の違いは？")
    answer(visitor, "補佐")
    say(visitor, "人に相談したいです")
    visitor.locator("career-chat .choices button", has_text="この内容でつなぐ").click()
    # Both see it come, without reloading, and both want it.
    for page in (one, other):
        page.keyboard.press("2")
        page.wait_for_selector(".one.queued", timeout=30_000)
        page.click(".one.queued")
        page.wait_for_selector(".acts [data-act=claim]")
    expect(one.locator("#others")).to_contain_text("鈴木")
    expect(other.locator("#others")).to_contain_text("佐藤")
    hidden = "(log) => log.scrollHeight - log.scrollTop - log.clientHeight"
    assert one.locator("#log").evaluate(hidden) <= 1, "the line about colleagues covers nothing"
    expect(one.locator(".person")).to_contain_text("経理")
    one.click(".acts [data-act=claim]")
    # On a slow machine the other page has heard by now who was faster, and has no such button any more.
    with contextlib.suppress(TooSlowError):
        other.click(".acts [data-act=claim]", timeout=2_000, no_wait_after=True)
    winner, loser = _decided(one, other)
    name = "佐藤" if winner is one else "鈴木"
    expect(visitor.locator("career-chat")).to_contain_text(f"{name}が対応します")
    expect(loser.locator("#text")).to_be_disabled()
    # They talk; the note stays among colleagues, and the bot keeps silent, whatever is typed.
    winner.locator("#text").press_sequentially(";あいさつ")
    winner.keyboard.press("Enter")
    winner.keyboard.press("Control+Enter")
    answer_of(visitor, "adviser", "はじめまして")
    visitor.locator("career-chat form textarea").press_sequentially("え")
    expect(winner.locator("#hint")).to_contain_text("入力中")
    bots = visitor.locator("career-chat .row.bot").count()
    for words in (SAID, "/restart", "/session_start", "事務職って残業多い？"):
        say(visitor, words)
        expect(winner.locator(".event.user .said", has_text=words.lstrip("/")).last).to_be_visible()
    winner.locator("#log").focus()
    winner.keyboard.press("n")
    winner.keyboard.type("条件を確認した")
    winner.keyboard.press("Control+Enter")
    winner.wait_for_selector(".event.note .said:has-text('条件を確認した')")
    loser.wait_for_selector(".event.note .said:has-text('条件を確認した')")
    assert "条件を確認した" not in visitor.locator("career-chat").inner_text()
    assert visitor.locator("career-chat .row.bot").count() == bots, "the bot is silent while a human is there"
    assert SAID not in _tracker(folder)
    for page in (winner, loser):
        assert accessibility_findings(page) == []
    # Back to the bot: nothing of the talk is replayed to it, and it answers again.
    winner.locator("#log").focus()
    winner.keyboard.press("b")
    winner.keyboard.press("z")
    expect(winner.locator("#toast")).to_be_hidden()
    assert winner.locator(".thread-head").get_attribute("data-state") == "active", "taken back in time"
    winner.keyboard.press("b")
    winner.wait_for_selector(".thread-head[data-state=bot]", timeout=30_000)
    # The visitor sees who answers from here on, and not the bot's words from before the talk.
    expect(visitor.locator("career-chat .choices button").last).to_be_in_viewport(timeout=15_000)
    say(visitor, "財務に必要なスキルは？")
    wait_until(lambda: "財務に必要なスキル" in _tracker(folder), 30, "the bot is asked again")
    visitor.locator("career-chat .row.user:has-text('財務に必要なスキルは') ~ .row.bot").first.wait_for()
    memory = _tracker(folder)
    assert SAID not in memory
    assert "残業多い" not in memory
    # The end, and the rating.
    visitor.get_by_role("button", name="メニュー").click()
    visitor.get_by_role("button", name="相談を終える").or_(
        visitor.get_by_role("menuitem", name="相談を終える")
    ).first.click()
    visitor.locator("career-chat .sheet button.primary, career-chat .sheet button.danger").first.click()
    visitor.locator("career-chat .stars button").nth(4).click()
    visitor.locator("career-chat .sheet button.primary").click()
    winner.wait_for_selector(".event.rating:has-text('5')", timeout=30_000)
    winner.wait_for_selector(".thread-head[data-state=closed]")


def answer_of(visitor: Page, who: str, text: str) -> None:
    """Waits until a message of somebody contains the text."""
    expect(visitor.locator(f"career-chat .row.{who} .bubble", has_text=text).first).to_be_visible(timeout=15_000)


def _decided(one: Page, other: Page) -> tuple[Page, Page]:
    """Who has it and who has not, once both pages say so."""

    def state(page: Page) -> tuple[str | None, str | None]:
        head = page.locator(".thread-head")
        return head.get_attribute("data-state"), head.get_attribute("data-mine")

    wait_until(lambda: {state(one), state(other)} == {("active", "1"), ("active", "0")}, 30, "one of the two")
    return (one, other) if state(one)[1] == "1" else (other, one)


def test_erasure_leaves_no_row_in_either_database(world: tuple[Process, Path]) -> None:
    desk, folder = world
    words = "消してほしい珍しい言葉の鵺"
    visitor = Visitor(desk.url).open().listen()
    visitor.send(words)
    wait_until(lambda: words in _tracker(folder), 20, "the engine knows it")
    assert visitor.call("GET", "data").json()["conversations"], "the person's own file"
    conversation = visitor.conversation
    assert visitor.call("DELETE", "data").status_code == 204
    visitor.close()
    wait_until(lambda: words not in _tracker(folder), 30, "the engine has forgotten it")
    with sqlite3.connect(folder / "var" / "desk.sqlite3") as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table.startswith("desk_search"):
                continue
            rows = str(db.execute(f'SELECT * FROM "{table}"').fetchall())  # noqa: S608
            assert words not in rows, table
            assert conversation.replace("-", "") not in rows, table
    gone: Any = visitor.call("GET", "transcript")
    assert gone.status_code == 401
