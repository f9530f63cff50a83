"""Filing without JavaScript: the same path, with buttons where scripts would have helped."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applications.models import Application, ApplicationRevision, Attachment, Report
from tests.applications.reportkit import make_kind
from tests.e2e import filing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_browser, city, resident):
    return open_browser(resident.user, javascript=False)


def start(page):
    page.goto(reverse("applications:procedure_detail", args=[filing.PROCEDURE_KEY]))
    filing.press(page, "申請する")
    expect(page.get_by_role("heading", level=1, name="請求する方")).to_be_visible()


def test_application_is_filed_without_scripts(page, tmp_path):
    filing.find_by_search(page)
    start(page)
    filing.go_on(page, "請求する方と配偶者")
    filing.answer_household(page)
    filing.go_on(page, "育てている子ども")
    filing.answer_children(page)
    filing.go_on(page, "振込先")
    filing.answer_account(page)
    page.locator("input[type=file]").first.set_input_files(filing.photo(tmp_path))
    filing.go_on(page, "内容の確認")
    expect(page.get_by_text("通帳.jpg")).to_be_visible()
    page.get_by_role("button", name="この内容で申請する").dblclick()
    expect(page.get_by_role("heading", name="申請を受け付けました")).to_be_visible()
    assert filing.NUMBER.search(page.locator(".number-plate").inner_text())
    assert (Application.objects.count(), ApplicationRevision.objects.count()) == (1, 1)


def test_button_fills_the_address_of_a_postal_code(page):
    start(page)
    for part in ("都道府県", "市区町村", "町名"):
        page.get_by_label(part).clear()
    page.get_by_label("郵便番号").fill("１００－００１３")
    filing.press(page, "住所を検索")
    expect(page.get_by_label("都道府県")).to_have_value("東京都")
    expect(page.get_by_label("市区町村")).to_have_value("千代田区")
    expect(page.get_by_label("町名")).to_have_value("霞が関")
    expect(page.get_by_label("番地")).to_have_value("3-30-8")


def test_button_offers_the_towns_of_a_code_that_has_several(page):
    start(page)
    for part in ("都道府県", "市区町村", "町名"):
        page.get_by_label(part).clear()
    page.get_by_label("郵便番号").fill("4520961")
    filing.press(page, "住所を検索")
    towns = page.get_by_text("当てはまる住所を選んでください。").locator("..").get_by_role("button")
    expect(towns.nth(1)).to_be_visible()
    wanted = towns.nth(1).inner_text()
    towns.nth(1).click()
    expect(page.get_by_text("当てはまる住所を選んでください。")).to_have_count(0)
    parts = [page.get_by_label(part).input_value() for part in ("都道府県", "市区町村", "町名")]
    assert "".join(parts) == wanted


def test_refused_page_keeps_what_was_typed(page):
    start(page)
    filing.go_on(page, "請求する方と配偶者")
    filing.answer_household(page)
    filing.write_date(page, "理由が生じた日", "令和", 7, 2, 30)
    filing.press(page, "次へ")
    summary = page.locator("[data-error-summary]")
    expect(summary.get_by_role("link")).to_have_count(1)
    group = page.get_by_role("group", name="理由が生じた日")
    assert [group.get_by_label(part, exact=True).input_value() for part in ("年", "月", "日")] == ["7", "2", "30"]
    expect(page.get_by_role("group", name="請求の理由").get_by_label("子どもが生まれた")).to_be_checked()
    summary.get_by_role("link").click()
    # the box that is wrong: February has no 30th day
    expect(page).to_have_url(re.compile("#id_q-event_date_3$"))


def test_refused_file_costs_nothing_else(page, tmp_path):
    program = tmp_path / "通帳.pdf"
    program.write_bytes(b"MZ\x90\x00" + bytes(2000))
    start(page)
    page.goto(page.url.replace("/pages/1/", "/pages/4/"))
    filing.answer_account(page)
    page.locator("input[type=file]").first.set_input_files([program, filing.photo(tmp_path)])
    filing.press(page, "次へ")
    expect(page.locator("[data-error-summary]")).to_contain_text("通帳.pdf")
    expect(page.get_by_label(filing.ACCOUNT_NUMBER)).to_have_value("１２３４５６７")
    assert [attachment.file.name for attachment in Attachment.objects.all()] == ["通帳.jpg"]


def test_report_is_filed_without_scripts_or_an_account(open_browser, municipality, department, tmp_path):
    make_kind(department, name="道路の穴・ひび")
    page = open_browser(javascript=False)
    page.goto(reverse("applications:report_list"))
    page.get_by_role("link", name="通報する", exact=True).click()
    page.get_by_role("link", name="道路の穴・ひび").click()
    page.get_by_label("写真を選ぶ").set_input_files(filing.photo(tmp_path, "穴.jpg"))
    filing.press(page, "次へ（内容の確認）")
    # the place is missing; the photo is kept
    expect(page.locator("[data-error-summary]")).to_contain_text("場所")
    expect(page.get_by_text("写真1", exact=False).first).to_be_visible()
    page.get_by_label("場所の説明").fill("緑野駅の北口")
    filing.press(page, "次へ（内容の確認）")
    expect(page.get_by_role("heading", level=1, name="内容の確認")).to_be_visible()
    page.get_by_role("button", name="この内容で送る").dblclick()
    expect(page.get_by_role("heading", level=1, name="通報の状況")).to_be_visible()
    report = Report.objects.get()
    assert (report.place_note, report.photos.count()) == ("緑野駅の北口", 1)
    # both can be read and marked, and open it again elsewhere
    number, code = (box.inner_text() for box in page.locator(".report-code").all())
    expect(page.get_by_role("button", name="番号とコードをコピー")).to_be_hidden()
    other = open_browser(javascript=False)
    other.goto(reverse("applications:report_find"))
    other.get_by_label("受付番号").fill(number)
    other.get_by_label("照会コード").fill(code.upper())
    filing.press(other, "状況を見る")
    expect(other.get_by_text("緑野駅の北口")).to_be_visible()
