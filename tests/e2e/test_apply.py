"""From the first page of a form to the number, in a browser on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applications.enums import ApplicationState, EventKind
from applications.models import Application, ApplicationRevision, CorrectionRequest
from applications.services.states import move
from cityhall.enums import FileState
from cityhall.models import StoredFile
from tests.applications import sample
from tests.e2e import filing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def procedure(municipality, department):
    return sample.make_procedure(department=department, name="児童手当 認定請求")


@pytest.fixture
def draft(procedure, resident):
    return sample.start(procedure, resident)


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "証明書.png"
    path.write_bytes(sample.png().read())
    return path


def _page(draft, number=1):
    return reverse("applications:draft_page", args=[draft.public_id, number])


def _fill_second_page(page):
    page.get_by_role("textbox", name="収入").fill("１，２３４円")
    page.get_by_label("新規").check()
    page.get_by_role("group", name="ひとり親ですか").get_by_label("いいえ").check()


@pytest.mark.parametrize("javascript", [True, False])
def test_apply_from_the_procedure_to_the_number(open_browser, procedure, resident, picture, javascript):
    page = open_browser(resident.user, javascript=javascript)
    page.goto(reverse("applications:procedure_detail", args=[procedure.key]))
    page.locator("form[action$='/start/'] button").click()
    expect(page.get_by_label("氏名")).to_have_value("高橋 さくら")
    page.get_by_role("button", name="次へ", exact=True).last.click()
    _fill_second_page(page)
    page.get_by_role("button", name="次へ", exact=True).last.click()
    page.get_by_role("button", name="次へ", exact=True).last.click()
    expect(page.get_by_text("ファイルを添付してください。").first).to_be_visible()
    page.locator("input[type=file]").first.set_input_files(picture)
    page.get_by_label("上の内容に同意します").check()
    page.get_by_role("button", name="次へ", exact=True).last.click()
    expect(page.get_by_role("heading", name="内容の確認")).to_be_visible()
    expect(page.get_by_text("1,234円").first).to_be_visible()
    page.get_by_role("button", name="この内容で申請する").dblclick()
    expect(page.get_by_role("heading", name="申請を受け付けました")).to_be_visible()
    assert ApplicationRevision.objects.count() == 1
    sent = Application.objects.get()
    expect(page.locator(".number-plate__value")).to_have_text(f"{sent.number[:4]}-{sent.number[4:8]}-{sent.number[8:]}")
    filing.go_back(page)
    # the check page is not shown again from memory: it would offer to send once more
    expect(page.get_by_text("この申請はすでに送信")).to_be_visible()
    expect(page.get_by_role("button", name="この内容で申請する")).to_have_count(0)
    assert ApplicationRevision.objects.count() == 1


def test_what_is_typed_is_saved_by_itself(open_browser, draft, resident):
    page = open_browser(resident.user)
    page.goto(_page(draft, 2))
    page.get_by_label("備考").fill("葛󠄀城さんへ")
    expect(page.locator("[data-autosave-state]")).to_contain_text("保存しました")
    draft.refresh_from_db()
    assert draft.draft_answers["note"] == "葛󠄀城さんへ"


def test_an_older_tab_is_told_and_overwrites_nothing(open_browser, draft, resident):
    first, second = open_browser(resident.user), open_browser(resident.user)
    for page in (first, second):
        page.goto(_page(draft, 2))
    first.get_by_label("備考").fill("一つ目")
    expect(first.locator("[data-autosave-state]")).to_contain_text("保存しました")
    second.get_by_label("備考").fill("二つ目")
    expect(second.locator("[data-autosave-state]")).to_have_attribute("data-state", "problem")
    draft.refresh_from_db()
    assert draft.draft_answers["note"] == "一つ目"


def test_the_enter_key_goes_on_and_looks_nothing_up(open_browser, draft, resident):
    page = open_browser(resident.user)
    page.goto(_page(draft))
    page.get_by_label("氏名").press("Enter")
    expect(page.get_by_role("heading", name="申請の内容")).to_be_visible()


def test_pages_break_no_accessibility_rule(open_browser, axe, draft, resident, handler):
    page = open_browser(resident.user)
    page.goto(_page(draft))
    axe(page)
    page.goto(f"{_page(draft, 2)}?check=1")
    axe(page)
    page.goto(f"{_page(draft, 3)}?check=1")
    axe(page)
    page.goto(reverse("applications:draft_check", args=[draft.public_id]))
    axe(page)
    page.goto(reverse("applications:draft_delete", args=[draft.public_id]))
    axe(page)
    sample.fill(draft, resident.user)
    StoredFile.objects.update(state=FileState.CLEAN)
    for number in (1, 2, 3):
        page.goto(_page(draft, number))
        axe(page)
    page.goto(reverse("applications:draft_check", args=[draft.public_id]))
    axe(page)
    page.get_by_role("button", name="この内容で申請する").click()
    expect(page.get_by_role("heading", name="申請を受け付けました")).to_be_visible()
    axe(page)
    page.goto(reverse("applications:application_withdraw", args=[draft.public_id]))
    axe(page)
    draft.refresh_from_db()
    _return(draft, handler)
    for name in ("application_detail", "my_applications"):
        page.goto(reverse(f"applications:{name}", args=[draft.public_id] if name == "application_detail" else []))
        axe(page)
    page.goto(_page(draft, 2))
    axe(page)


def _return(application, handler):
    taken = move(application, to=ApplicationState.IN_REVIEW, event=EventKind.TAKEN, by=handler)
    returned = move(taken, to=ApplicationState.RETURNED, event=EventKind.RETURNED, by=handler)
    CorrectionRequest.objects.create(
        application=returned, message="ご確認ください。", comments={"income": "額が違います。"}, asked_by=handler
    )
