"""Mistakes go as soon as they are mended, and groups say how many rows they have and take."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.applications import sample

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DOCUMENT = {
    "schema": 1,
    "pages": [
        {
            "key": "page",
            "title": "ページ",
            "fields": [
                {"key": "wish", "type": "text", "label": "希望", "required": True},
                {"key": "visit", "type": "date_time", "label": "来庁", "required": True},
                {
                    "key": "children",
                    "type": "rows",
                    "label": "お子さま",
                    "max_rows": 2,
                    "fields": [
                        {"key": "name", "type": "text", "label": "名前", "required": True},
                        {"key": "birth", "type": "date", "label": "生年月日"},
                    ],
                },
            ],
        }
    ],
}


@pytest.fixture
def page(open_browser, department, municipality, resident):
    draft = sample.start(sample.make_procedure(department=department, document=DOCUMENT), resident)
    page = open_browser(resident.user)
    page.goto(reverse("applications:draft_page", args=[draft.public_id, 1]))
    return page


def _box(page, part):
    return page.locator(f'[name="q-visit.{part}"]')


def test_a_mistake_goes_when_it_is_mended_and_another_comes_to_its_place(page, axe):
    for part, text in (("year", "8"), ("month", "13"), ("day", "31"), ("time", "25:00")):
        _box(page, part).fill(text)
    page.get_by_role("button", name="次へ").click()
    summary = page.locator("[data-error-summary]")
    expect(summary.get_by_role("listitem")).to_have_count(3)
    expect(_box(page, "month")).to_have_attribute("aria-invalid", "true")
    expect(_box(page, "day")).not_to_have_attribute("aria-invalid", "true")

    page.get_by_label("希望").fill("午前")
    expect(summary.get_by_role("link", name="希望：修正済みです")).to_be_visible()
    expect(page.locator("#id_q-wish")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_q-wish_error")).to_have_count(0)
    axe(page)

    # there is no 31st of November: the month is right now, the day is not
    _box(page, "month").fill("11")
    expect(_box(page, "day")).to_have_attribute("aria-invalid", "true")
    expect(_box(page, "month")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_q-visit_error")).to_contain_text("この日付はありません")
    summary.get_by_role("link", name="この日付はありません").click()
    expect(_box(page, "day")).to_be_focused()

    _box(page, "day").fill("30")
    _box(page, "time").fill("9:00")
    expect(summary.get_by_role("heading")).to_have_text("すべて修正されました。「次へ」を押してください")
    expect(page.locator(".field--error")).to_have_count(0)
    assert page.problems == []
    page.get_by_role("button", name="次へ").click()
    expect(page.get_by_role("heading", level=1, name="内容の確認")).to_be_visible()


def test_nobody_is_told_off_for_what_was_in_order(page):
    page.get_by_label("希望").fill("午前")
    page.get_by_role("button", name="次へ").click()
    expect(page.locator("[data-mistake]")).to_have_count(1)
    page.get_by_label("希望").fill("")
    expect(page.locator("[data-autosave-state]")).to_contain_text("下書きを保存しました")
    expect(page.locator("#id_q-wish")).not_to_have_attribute("aria-invalid", "true")


def test_blank_rows_do_not_count_and_the_button_stops_at_the_most(page):
    add = page.get_by_role("button", name="お子さまを追加")
    count = page.locator("span[data-rows-count]")
    add.click()
    expect(count).to_have_text("今は0件です。")
    page.locator("[data-row]").first.get_by_label("名前").fill("みお")
    expect(count).to_have_text("今は1件です。")
    add.click()
    expect(add).to_be_disabled()
    expect(page.get_by_text("これ以上は追加できません")).to_be_visible()
    page.get_by_role("button", name="2. お子さま を削除").click()
    expect(add).to_be_enabled()
    expect(page.get_by_text("これ以上は追加できません")).to_be_hidden()
