"""The scripts of the form pages against the real draft and the real postal codes."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.applications import sample

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(department, municipality, resident):
    return sample.start(sample.make_procedure(department=department), resident)


@pytest.fixture
def draft_page(open_browser, draft, resident):
    """Open page 1 of the draft, in one window or several."""
    page = open_browser(resident.user)

    def open_page(window=page):
        window.goto(reverse("applications:draft_page", args=[draft.public_id, 1]))
        return window

    return open_page


def part(page, name):
    return page.locator(f'[data-postal-code] [name$=".{name}"]').first


def address_of(page):
    return [part(page, name).input_value() for name in ("prefecture", "city", "town")]


def empty_address(page):
    for name in ("postal_code", "prefecture", "city", "town"):
        part(page, name).fill("")


def test_what_is_typed_is_kept_without_sending_the_page(draft_page, draft):
    page = draft_page()
    page.get_by_label("電話番号").fill("090-1111-2222")
    expect(page.locator("[data-autosave-state]")).to_contain_text("下書きを保存しました")
    draft.refresh_from_db()
    assert draft.draft_answers["phone"] == "090-1111-2222"
    assert page.locator("[name=revision]").input_value() == str(draft.draft_revision)


def test_a_change_in_another_window_is_not_overwritten(draft_page, draft, open_browser, resident):
    page = draft_page()
    other = draft_page(open_browser(resident.user))
    other.get_by_label("電話番号").fill("090-3333-4444")
    expect(other.locator("[data-autosave-state]")).to_contain_text("下書きを保存しました")
    page.get_by_label("電話番号").fill("090-5555-6666")
    expect(page.locator("[data-autosave-state]")).to_contain_text("別の画面でこの申請が書き換えられました")
    draft.refresh_from_db()
    assert draft.draft_answers["phone"] == "090-3333-4444"


def test_without_a_connection_the_draft_waits_and_is_saved_later(draft_page, draft):
    page = draft_page()
    page.context.set_offline(True)
    page.get_by_label("電話番号").fill("090-7777-8888")
    state = page.locator("[data-autosave-state]")
    expect(state).to_contain_text("まだ保存されていません")
    page.context.set_offline(False)
    expect(state).to_contain_text("下書きを保存しました")
    draft.refresh_from_db()
    assert draft.draft_answers["phone"] == "090-7777-8888"


def test_postal_code_of_one_town_fills_the_empty_boxes(draft_page):
    page = draft_page()
    empty_address(page)
    part(page, "postal_code").fill("１００−０００１")
    expect(part(page, "town")).to_have_value("千代田")
    assert address_of(page) == ["東京都", "千代田区", "千代田"]


def test_typed_text_is_never_overwritten_by_the_postal_code(draft_page):
    page = draft_page()
    empty_address(page)
    part(page, "town").fill("自分で入力")
    part(page, "postal_code").fill("1000001")
    expect(part(page, "city")).to_have_value("千代田区")
    assert address_of(page) == ["東京都", "千代田区", "自分で入力"]


def test_postal_code_of_several_towns_offers_the_choice(draft_page):
    page = draft_page()
    empty_address(page)
    part(page, "postal_code").fill("498-0000")
    expect(page.get_by_text("複数の町があります")).to_be_visible()
    assert address_of(page) == ["", "", ""]
    page.get_by_role("button", name="三重県桑名郡木曽岬町").click()
    expect(part(page, "city")).to_have_value("桑名郡木曽岬町")
    expect(part(page, "prefecture")).to_have_value("三重県")


def test_unknown_postal_code_asks_for_the_address_itself(draft_page):
    page = draft_page()
    empty_address(page)
    part(page, "postal_code").fill("0000000")
    expect(page.get_by_text("この郵便番号は見つかりませんでした")).to_be_visible()
