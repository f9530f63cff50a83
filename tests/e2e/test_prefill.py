"""Prefill at home without JavaScript: from the home page to the code, changed, printed and deleted."""

import io

import pytest
import zxingcpp
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import expect

from counter import codes, prefill_cookie
from counter.models import Prefill
from counter.token_seal import COOKIE, unsealed
from tests.e2e import filing
from tests.e2e.pages.of_prefill import at, choose, pages_passed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_browser, city):
    call_command("load_catalogue", only=["kodomo-iryohi"], verbosity=0)
    return open_browser(javascript=False)


def _name(page):
    for part, text in (("姓", "高橋"), ("名", "さくら"), ("姓のフリガナ", "タカハシ"), ("名のフリガナ", "サクラ")):
        page.get_by_label(part, exact=True).first.fill(text)


def test_forms_are_filled_in_at_home_and_brought_as_one_code(page, municipality):
    page.goto("/")
    page.get_by_role("link", name="窓口に行く前に入力").click()
    page.get_by_role("link", name="入力を始める").click()
    choose(page, "子ども")
    filing.press_through(page, "選んで入力に進む")
    _name(page)
    filing.press_through(page, "次へ")
    # what is missing is said at its question, what was typed is still there
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("姓", exact=True).first).to_have_value("高橋")
    assert pages_passed(page)
    expect(page.get_by_text("高橋").first).to_be_visible()
    page.get_by_label("来庁する日").select_option(index=1)
    filing.press_through(page, "このまま保存して、残りは窓口で答える")

    expect(page.get_by_role("heading", level=1, name="窓口でお見せください")).to_be_visible()
    [cookie] = [one for one in page.context.cookies() if one["name"] == prefill_cookie.NAME]
    token = unsealed(cookie["value"], COOKIE)
    assert (cookie["path"], cookie["httpOnly"], cookie["sameSite"]) == ("/prefill/", True, "Lax")
    picture = Image.open(io.BytesIO(page.locator(".home-code").screenshot()))
    assert [one.text for one in zxingcpp.read_barcodes(picture)] == [codes.full_code(municipality.code, token)]
    expect(page.get_by_text(codes.written(codes.spoken_code(token)))).to_be_visible()
    for name in ("sheet", "card"):
        assert page.request.get(at(name)).body().startswith(b"%PDF")

    # changed: the code stays as it is
    page.get_by_role("link", name="内容・来庁する日を変更する").click()
    page.get_by_role("link", name="を修正する").first.click()
    page.get_by_label("名", exact=True).first.fill("もみじ")
    filing.press_through(page, "わからないところは窓口で答えて、先へ進む")
    expect(page.get_by_text("もみじ").first).to_be_visible()
    page.goto(at("code"))
    expect(page.get_by_text(codes.written(codes.spoken_code(token)))).to_be_visible()

    page.get_by_role("link", name="内容を削除する").click()
    filing.press_through(page, "削除する")
    expect(page.get_by_text("入力した内容は、ご自身の操作で削除されています。")).to_be_visible()
    assert Prefill.objects.get().answers == ""
