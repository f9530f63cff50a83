"""A guide in the browser, without JavaScript: from the home page to the result, kept, opened elsewhere, deleted."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from applications.models import SharedGuide
from cityhall.days import today
from tests.e2e import filing, guides
from tests.e2e.conftest import in_worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def guided_city(city):
    in_worker(lambda: call_command("load_catalogue", verbosity=0))


def test_family_is_guided_without_an_account_and_without_scripts(open_browser, guided_city):
    page = open_browser(javascript=False)
    page.goto("/")
    for name in ("質問に答えて調べる", "おくやみ"):
        with page.expect_navigation():
            page.get_by_role("link", name=name).click()
    guides.walk_to_summary(page, page.url, today() - dt.timedelta(days=20))
    assert "?" not in page.url
    # back and forward keep what was answered
    filing.go_back(page)
    expect(page.locator("input[type=radio]:checked").first).to_be_checked()
    filing.go_forward(page)
    page.get_by_role("link", name="「亡くなった方について」の回答を変える").click()
    page.get_by_role("group", name="死亡届は提出しましたか").get_by_label("いいえ").check()
    filing.press(page, "回答の確認へ")
    page.get_by_role("link", name="結果を見る").click()
    overdue = page.get_by_role("region", name="期限を過ぎています")
    expect(overdue.get_by_role("heading", name="死亡届・火葬の許可")).to_be_visible()
    task = page.locator("#task-death_notice")
    task.get_by_role("button", name="済みにする").click()
    expect(page.locator("#task-death_notice").get_by_text("済み", exact=True)).to_be_visible()
    filing.press(page, "コードを作る")
    code = page.locator(".guide-code").inner_text()

    other = open_browser(javascript=False)
    other.goto(reverse("applications:guide_list"))
    other.get_by_role("link", name="コードを入力する").click()
    other.get_by_label("コード").fill(code.upper())
    filing.press(other, "開く")
    expect(other.locator("#task-death_notice").get_by_text("済み", exact=True)).to_be_visible()
    filing.press_through(other, "保存した結果を削除する")
    assert in_worker(SharedGuide.objects.count) == [0]
    filing.press_through(other, "この端末の回答を消す")
    other.goto(guides.guide_url("result", "bereavement"))
    expect(other.get_by_role("link", name="質問を始める")).to_be_visible()
