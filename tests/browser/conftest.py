"""Fixtures of the browser tests: the real engine, a desk, and Chromium; screenshots go to `artifacts/`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.desk.served import Process, make_desk, running
from tests.serving import ROOT, served_engine

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SHOTS = ROOT / "artifacts" / "screenshots"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# Quiet: a browser that calls home only slows the tests down.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

# Milliseconds; on a machine with other work to do, five seconds are sometimes too few.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The desk over the real engine, on SQLite, always open."""
    folder = tmp_path_factory.mktemp("browser")
    with served_engine(folder) as engine:
        process = make_desk(folder, f"http://127.0.0.1:{engine.port}", DESK_ALWAYS_OPEN="1")
        with running(process):
            yield process


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        running_browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running_browser
        running_browser.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts (a person's browser each) and closes them."""
    made: list[BrowserContext] = []

    def make(phone: bool = False) -> BrowserContext:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            reduced_motion="reduce",
        )
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Keeps a screenshot under a name."""

    def keep(page: Page, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))

    return keep


def accessibility_findings(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA: rule and place of each."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{item['id']}: {node['target']}" for item in found for node in item["nodes"]]
