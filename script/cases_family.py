"""What the family of `check_cases` does: the guide, everyday words, three applications on a phone."""

import datetime as dt
from dataclasses import dataclass

from playwright.sync_api import Page, expect
from walk import PHONE, Walk, today

from tests.e2e import filing, guides
from tests.e2e.filing import press

FAMILY = "resident01@example.jp"
NAME = "高橋 さくら"
BANK, ACCOUNT = "緑野銀行", "1234567"
COPIES, YEN_A_COPY = 2, 300
MOST_LEADING = 3
EVERYDAY_WORDS = {
    "こども手当": "児童手当 認定請求",
    "じゅうみんひょう": "住民票の写しの請求",
    "粗大ゴミ": "粗大ごみ",
}


@dataclass(frozen=True)
class Sent:
    """The numbers of what the family filed."""

    allowance: str
    medical: str
    certificate: str


def find(walk: Walk) -> None:
    """What a new baby calls for, and where everyday words lead: without an account, on a phone."""
    page = walk.browser.new_context(base_url=walk.origin, viewport=PHONE, locale="ja-JP").new_page()
    _walk_through_guide(walk, page)
    for words, name in EVERYDAY_WORDS.items():
        page.goto("/procedures/")
        page.get_by_role("searchbox").last.fill(words)
        with page.expect_navigation():
            page.get_by_role("searchbox").last.press("Enter")
        titles = [title.strip() for title in page.locator("main section li a").all_inner_texts()]
        if not any(name in title for title in titles[:MOST_LEADING]):
            raise AssertionError(f"{words}: {titles[:10]}")
        walk.say(f"「{words}」で検索: {titles[0]}")
    walk.picture(page, "family-found")


def _walk_through_guide(walk: Walk, page: Page) -> None:
    passed = guides.walk_to_summary(page, "/guide/birth/", today() - dt.timedelta(days=5))
    page.get_by_role("link", name="結果を見る").click()
    tasks = page.locator("[id^=task-]")
    expect(tasks.filter(has_text="児童手当").first).to_be_visible()
    expect(tasks.filter(has_text="医療").first).to_be_visible()
    walk.picture(page, "family-guide")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").first.click()
    path = walk.folder / "guide.pdf"
    download.value.save_as(path)
    if not path.read_bytes().startswith(b"%PDF-"):
        raise AssertionError("the result of the guide is no PDF")
    walk.say(
        f"手続ガイド（出生・登録なし）: {len(passed)}ページの質問で、必要な手続 {tasks.count()}件。"
        f"PDF {path.stat().st_size // 1024} kB"
    )


def file_all(walk: Walk) -> Sent:
    """Three procedures of two departments, signed in, on a phone."""
    page = walk.page(FAMILY, size=PHONE)
    sent = Sent(_file_allowance(walk, page), _file_medical(walk, page), _file_certificate(walk, page))
    walk.say(
        f"家族（スマートフォン）: 児童手当 {sent.allowance}、子ども医療費 {sent.medical}、住民票 {sent.certificate}"
    )
    return sent


def _start(page: Page, key: str) -> None:
    page.goto(f"/procedures/{key}/")
    press(page, "申請する")
    expect(page.locator("[data-autosave-state]")).to_be_attached()


def _send(walk: Walk, page: Page, picture: str) -> str:
    """From the check page to the number."""
    expect(page.get_by_role("heading", level=1, name="内容の確認")).to_be_visible()
    walk.picture(page, picture)
    press(page, "この内容で申請する")
    expect(page.get_by_role("heading", name="申請を受け付けました")).to_be_visible()
    found = filing.NUMBER.search(page.locator(".number-plate").inner_text())
    if found is None:
        raise AssertionError("no number on the receipt")
    return found[0]


def _add_photo(walk: Walk, page: Page) -> None:
    page.locator("input[type=file]").first.set_input_files(walk.photo())
    # the server has it: on its way it stands in the list too
    expect(page.locator("[data-file] .file-list__name").first).to_be_visible()


def _file_allowance(walk: Walk, page: Page) -> str:
    """児童手当: proposed by a handler, decided by an approver."""
    _start(page, "jido-teate-nintei")
    filing.go_on(page, "請求する方と配偶者")
    filing.answer_household(page)
    filing.go_on(page, "育てている子ども")
    for row in page.locator("[data-row]:visible").all():
        # names and birthdays of the children stand in the register
        row.get_by_role("group", name="続柄").get_by_label("子", exact=True).check()
        row.get_by_role("group", name="同居・別居").get_by_label("一緒に住んでいる").check()
        row.get_by_role("group", name="生計の関係").get_by_label("生計を同じくしている").check()
    filing.choose(page, "大学生年代の子の生活費を負担していますか", "いいえ")
    filing.go_on(page, "振込先")
    filing.answer_account(page, ACCOUNT)
    _add_photo(walk, page)
    press(page, "次へ")
    return _send(walk, page, "family-check-allowance")


def _file_medical(walk: Walk, page: Page) -> str:
    """子ども医療費: rows filled from the register, decided by the handler alone; 国民健康保険 is known to the city."""
    _start(page, "kodomo-iryohi")
    filing.go_on(page, "子ども")
    for row in page.locator("[data-row]:visible").all():
        row.get_by_role("group", name="続柄").get_by_label("子", exact=True).check()
        row.get_by_role("group", name="健康保険").get_by_label("国民健康保険").check()
    filing.choose(page, "申請の理由", "出生")
    filing.write_date(page, "理由が生じた日", "令和", 8, 11, 1)
    filing.go_on(page, "健康保険の書類と同意")
    _add_photo(walk, page)
    page.get_by_label("上の内容に同意します").check()
    press(page, "次へ")
    return _send(walk, page, "family-check-medical")


def _file_certificate(walk: Walk, page: Page) -> str:
    """住民票: a fee for each copy, shown before it is sent."""
    _start(page, "juminhyo-seikyu")
    filing.go_on(page, "必要な証明")
    filing.choose(page, "必要な人の範囲", "世帯全員")
    page.get_by_label("通数").fill(str(COPIES))
    filing.go_on(page, "受取り")
    filing.choose(page, "受け取る場所", "北支所")
    press(page, "次へ")
    expect(page.get_by_text(f"{COPIES * YEN_A_COPY}円").first).to_be_visible()
    return _send(walk, page, "family-check-certificate")
