"""The whole self-analysis in the widget, with the real engine and desk: twelve items, the result, its page, a human."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import accessibility_findings
from tests.browser.test_widget import begin, open_page, say
from tests.desk.served import Process

pytestmark = pytest.mark.browser
NewContext = Callable[..., BrowserContext]
Shot = Callable[[Page, str], None]

EPISODE = (
    "パン屋のアルバイトで、閉店のときにレジのお金が合わないことが多かったので、"
    "1時間ごとに数える表を作ったら、ずれがほとんどなくなって店長に褒められました。"
)
TIRED = "電話が一日中続くと気疲れしました。"
OWN = "閉店前の確認表を自分で作り、違算をほぼなくしました。"


def _bubble(page: Page, text: str) -> Locator:
    return page.locator("career-chat .row.bot .bubble", has_text=text)


def _asked(page: Page, number: int) -> None:
    """Item `number` is the last thing asked, and the bar says so."""
    expect(page.locator("career-chat .row.bot .bubble").last).to_contain_text(f"（{number}/12）", timeout=15_000)
    expect(page.locator("career-chat .progress")).to_contain_text(f"{number}")


def _tap(page: Page, title: str) -> None:
    page.locator("career-chat .choices button").filter(has_text=title).first.click()


def _tap_exactly(page: Page, title: str) -> None:
    page.locator("career-chat .choices button").get_by_text(title, exact=True).click()


def _through_the_items(page: Page, keep: Callable[[str], None]) -> None:
    """From the first word to the last item, with everything that a person may do on the way."""
    say(page, "自己分析をしたい")
    expect(_bubble(page, "検査や合否の判定ではありません")).to_be_visible(timeout=15_000)
    expect(page.locator("career-chat .progress")).to_have_count(0)  # nothing is asked yet
    keep("1-consent")
    _tap(page, "はじめる")
    _asked(page, 1)
    keep("2-first-item")
    _tap_exactly(page, "B")
    _asked(page, 2)
    _tap(page, "1つ戻る")
    _asked(page, 1)
    expect(page.locator("career-chat .row.bot .bubble").last).to_contain_text("いまの答え")
    say(page, "どちらかというとB")
    _asked(page, 2)
    say(page, "なんでそんなこと聞くの？")
    expect(_bubble(page, "専門の深さ")).to_be_visible(timeout=15_000)
    _asked(page, 2)
    # What was asked is read first, though the question of the self-analysis stands again below it.
    expect(_bubble(page, "専門の深さ")).to_be_in_viewport(ratio=0.9)
    _tap_exactly(page, "A")
    _asked(page, 3)
    say(page, "例を出して")
    expect(_bubble(page, "文化祭")).to_be_visible(timeout=15_000)
    say(page, "経理ってどんな仕事？")
    expect(_bubble(page, "決算").first).to_be_visible(timeout=15_000)
    _asked(page, 3)
    keep("3-question-in-between")
    say(page, "どちらかといえばB")
    _asked(page, 4)
    _tap(page, "スキップ")
    _asked(page, 5)
    _tap(page, "中断する")
    _tap_exactly(page, "続きから")
    _asked(page, 5)
    _tap_exactly(page, "当てはまる")
    _asked(page, 6)
    say(page, "あんまり気にしないで続けられます")
    _asked(page, 7)
    keep("4-cards")
    _tap(page, "数字・お金の記録や集計")
    expect(_bubble(page, "選択中")).to_be_visible(timeout=15_000)
    # What is picked is gone, and the others keep the numbers that can be typed; they stand on the buttons only.
    expect(page.locator("career-chat .choices button").first).to_have_text("2. 採用や研修")
    expect(page.locator("career-chat .row.bot .bubble").last.locator("li")).to_have_count(0)
    # What ends the picking does not look like one more thing to pick.
    look = "(button) => getComputedStyle(button).backgroundColor"
    ends = page.locator("career-chat .choices button", has_text="これで決定").evaluate(look)
    assert ends == page.locator("career-chat .send").evaluate(look)
    assert ends != page.locator("career-chat .choices button").first.evaluate(look)
    keep("5-one-picked")
    say(page, "5")
    _tap(page, "これで決定")
    _asked(page, 8)
    say(page, "経営の人としくみ")
    _asked(page, 9)
    say(page, EPISODE)
    expect(_bubble(page, "こんな手がかりを受け取りました")).to_be_visible(timeout=15_000)
    keep("6-tags")
    _tap(page, "合っている")
    _asked(page, 10)
    say(page, TIRED)
    expect(_bubble(page, "疲れやすいこととして")).to_be_visible(timeout=15_000)
    _tap(page, "合っている")
    _asked(page, 11)
    say(page, "残業が少なくて、専門が身につくところ")
    _asked(page, 12)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_the_first_item_to_a_human(desk: Process, new_context: NewContext, shot: Shot, phone: bool) -> None:
    kind = "phone" if phone else "desktop"
    context = new_context(phone=phone)
    page, wrong = open_page(context, desk)

    def keep(name: str) -> None:
        shot(page, f"self-analysis-{kind}-{name}")

    begin(page)
    _through_the_items(page, keep)
    say(page, "一人で任される仕事があること")
    card = page.locator("career-chat .card")
    expect(card).to_have_count(1, timeout=15_000)
    expect(card).to_contain_text("表を作ったら")
    expect(card).to_contain_text("一人で任される仕事があること")
    expect(card).not_to_contain_text("向いていな")
    expect(_bubble(page, "【手がかり】")).to_have_count(0)  # the card says it; not twice
    expect(_bubble(page, "このあと、どうしますか")).to_be_visible()
    # It is read from its beginning, though more follows.
    expect(card.locator("h3")).to_be_in_viewport()
    keep("7-result")
    page.locator("career-chat button.down").click()
    expect(page.locator("career-chat .choices button").last).to_be_in_viewport()
    keep("8-after-the-result")
    card.locator(".files").scroll_into_view_if_needed()
    keep("9-result-end")
    assert accessibility_findings(page) == []
    # The skipped item is answered from the result; the result is made anew.
    _tap(page, "答えを変える")
    expect(_bubble(page, "どの答えを変えますか")).to_be_visible(timeout=15_000)
    keep("10-change")
    _tap(page, "4 変わったときの動き方")
    _asked(page, 4)
    _tap_exactly(page, "A")
    expect(card).to_have_count(2, timeout=15_000)
    # The page of the result: the sheet to read, 自己PR in one's own words, the PDF.
    with context.expect_page() as opened:
        card.last.locator("a.file").click()
    sheet = opened.value
    expect(sheet.get_by_role("heading", name="自己分析シート")).to_be_visible()
    shot(sheet, f"self-analysis-{kind}-11-sheet")
    sheet.get_by_label("行動").fill(OWN)
    sheet.get_by_role("button", name="保存する").click()
    expect(sheet.get_by_role("status")).to_contain_text("保存しました")
    expect(sheet.get_by_label("行動")).to_have_value(OWN)
    assert accessibility_findings(sheet) == []
    with sheet.expect_download() as kept:
        sheet.get_by_role("button", name="保存してPDFで受け取る").click()
    assert kept.value.path().read_bytes()[:4] == b"%PDF"
    sheet.get_by_role("heading", name="結果", exact=True).scroll_into_view_if_needed()
    shot(sheet, f"self-analysis-{kind}-12-sheet-result")
    sheet.close()
    # A human, who gets the result only after the person has seen what is passed on and agreed.
    _tap(page, "人に相談する")
    expect(_bubble(page, "自己分析：")).to_be_visible(timeout=15_000)
    keep("13-consent-to-hand-over")
    _tap(page, "この内容でつなぐ")
    expect(page.locator("career-chat .status")).to_contain_text("お呼びしています", timeout=15_000)
    expect(page.locator("career-chat header")).not_to_contain_text("自動応答")
    keep("14-waiting")
    # All of it can be taken back: nobody waits for a person who has left, and the page of the result is gone.
    address = card.last.locator("a.file").get_attribute("href")
    page.locator("career-chat .more").click()
    page.get_by_role("button", name="自分のデータを削除する").click()
    page.get_by_role("button", name="削除する", exact=True).click()
    expect(page.get_by_role("button", name="同意してはじめる")).to_be_visible()
    page.goto(str(address))
    expect(page.get_by_text("このページは開けませんでした")).to_be_visible()
    assert [problem for problem in wrong if "404" not in problem] == []
