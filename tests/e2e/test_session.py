"""Sessions that end in the middle: said in advance, and nothing is lost."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from applications.models import Application
from tests.e2e import filing
from tests.e2e.conftest import stop_clock
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "第三子について。\n" + "髙橋 葛󠄀城 𠮷野 平成二十年生まれ 同居\n" * 10


@pytest.fixture
def children_page(city, resident):
    """The address of the page on children of a new draft."""
    from applications.models import Procedure
    from applications.services import starting

    procedure = Procedure.objects.get(key=filing.PROCEDURE_KEY)
    draft = starting.start(procedure=procedure, resident=resident, by=resident.user, request_key="first")
    return reverse("applications:draft_page", args=[draft.public_id, 3])


def sign_in(page, email):
    page.get_by_label("メールアドレス").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="ログイン", exact=True).click()


def test_warning_is_shown_before_the_end_and_one_press_goes_on(open_browser, settings, resident, city):
    # the warning comes 120 seconds before the end
    settings.RESIDENT_IDLE_SECONDS = 125
    page = open_browser(resident.user)
    page.goto(reverse("portal:my_page"))
    dialog = page.get_by_role("dialog", name="まもなくログアウトします")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("timer")).to_contain_text("1分")
    dialog.get_by_role("button", name="このまま続ける").click()
    expect(dialog).to_be_hidden()


def test_end_of_the_session_is_said_on_the_page(open_browser, settings, resident, city):
    page = open_browser(resident.user)
    stop_clock(page)
    page.goto(reverse("portal:my_page"))
    page.clock.run_for((settings.RESIDENT_IDLE_SECONDS + 1) * 1000)
    expect(page.get_by_text("保存済みの下書きは残っています。")).to_be_visible()
    link = page.get_by_role("dialog").get_by_role("link", name="ログインする")
    expect(link).to_be_focused()
    assert link.get_attribute("href").endswith("?next=/my/")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_page_sent_after_the_session_ended_is_kept_until_the_sign_in(open_browser, resident, children_page, javascript):
    page = open_browser(javascript=javascript)
    page.goto(f"{reverse('account_login')}?next={children_page}")
    sign_in(page, resident.user.email)
    filing.answer_children(page)
    Session.objects.all().delete()
    page.get_by_label("市に伝えたいこと").fill(LONG)
    filing.press(page, "次へ")
    expect(page.get_by_text("入力内容はお預かりしています。")).to_be_visible()
    sign_in(page, resident.user.email)
    expect(page.get_by_role("heading", name="続きから送信できます")).to_be_visible()
    filing.press(page, "続ける")
    expect(page.get_by_role("heading", level=1, name="振込先")).to_be_visible()
    answers = Application.objects.get().draft_answers
    assert answers["remarks"].replace("\r\n", "\n").strip() == LONG.strip()
    assert answers["children"][0]["values"]["child_name"]["family"] == "髙橋"


def test_another_person_at_the_same_browser_sees_nothing_of_it(open_browser, resident, another_resident, children_page):
    page = open_browser()
    page.goto(f"{reverse('account_login')}?next={children_page}")
    sign_in(page, resident.user.email)
    page.get_by_label("姓", exact=True).first.fill("髙橋みなみ")
    Session.objects.all().delete()
    filing.press(page, "次へ")
    sign_in(page, another_resident.user.email)
    expect(page.get_by_role("heading", name="お預かりした内容がありません")).to_be_visible()
    expect(page.get_by_text("髙橋みなみ")).to_have_count(0)
