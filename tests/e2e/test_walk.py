"""The whole path: a resident at home files, the city hall examines and decides, the decision provably arrives."""

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

import cityhall.tasks
import notices.tasks
from applications.models import Application, ApplicationRevision
from notices.models import Notice
from tests.e2e import filing
from tests.e2e.conftest import TABLET, in_worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def work():
    """What the worker would do now."""
    in_worker(
        cityhall.tasks.check_files,
        notices.tasks.make_documents,
        notices.tasks.send_mails,
        notices.tasks.check_uploads,
    )


def file_application(page, picture):
    """The resident's part, up to the number; two presses on the last button make one application."""
    filing.find_by_search(page)
    filing.press(page, "申請する")
    expect(page.get_by_label("姓", exact=True)).to_have_value("高橋")
    expect(page.get_by_label("名のフリガナ", exact=True)).to_have_value("サクラ")
    expect(page.get_by_label("町名")).to_have_value("緑町")
    filing.go_on(page, "請求する方と配偶者")
    filing.answer_household(page)
    filing.go_on(page, "育てている子ども")
    filing.answer_children(page)
    expect(page.locator("[data-autosave-state]")).to_contain_text("保存しました")
    filing.go_on(page, "振込先")
    filing.answer_account(page)
    page.locator("input[type=file]").first.set_input_files(picture)
    # sent as soon as it is chosen; on its way it has no number yet
    expect(page.locator("[data-file] .file-list__name")).to_contain_text(picture.name)
    work()
    filing.go_on(page, "内容の確認")
    expect(page.get_by_text("（タカハシ　ミナミ）").first).to_be_visible()
    page.get_by_role("button", name="この内容で申請する").dblclick()
    expect(page.get_by_role("heading", name="申請を受け付けました")).to_be_visible()
    return filing.NUMBER.search(page.locator(".number-plate").inner_text())[0]


def open_case(page, number):
    page.goto(reverse("applications:case_list"))
    page.get_by_role("link", name=number).tap()
    expect(page.get_by_role("heading", level=1, name=filing.PROCEDURE)).to_be_visible()


def ask_for_correction(page, number):
    """The handler's first part."""
    page.goto(reverse("portal:staff_home"))
    page.get_by_role("navigation").get_by_role("link", name="申請の審査").first.click()
    open_case(page, number)
    filing.press(page, "担当して審査を始める")
    expect(page.get_by_text("この申請の担当になりました。")).to_be_visible()
    page.get_by_role("link", name="補正を依頼する").tap()
    filing.write(page, "「振込先の口座」へのコメント", "通帳の写真の番号と違います。")
    filing.press(page, "申請者に補正を依頼する")
    expect(page.get_by_text("申請者に補正を依頼しました。")).to_be_visible()


def correct(page):
    """The resident reads the comment, at the case and at the field, and answers it."""
    page.goto(reverse("applications:my_applications"))
    page.get_by_role("link", name=filing.PROCEDURE).tap()
    expect(page.get_by_text("通帳の写真の番号と違います。")).to_be_visible()
    page.get_by_role("link", name="内容を補正する").tap()
    expect(page.get_by_role("heading", level=1, name="振込先")).to_be_visible()
    expect(page.get_by_text("通帳の写真の番号と違います。")).to_be_visible()
    filing.write(page, filing.ACCOUNT_NUMBER, "7654321")
    filing.press(page, "保存して確認画面へ")
    expect(page.get_by_role("heading", level=1, name="内容の確認")).to_be_visible()
    filing.press(page, "補正した内容を送信する")
    expect(page.get_by_role("heading", name="補正した内容を受け付けました")).to_be_visible()


def decide(handler, approver, number):
    """One proposes, another approves."""
    open_case(handler, number)
    expect(handler.get_by_text("変更あり")).to_have_count(1)
    expect(handler.get_by_role("region", name="変更の一覧").get_by_text("7654321")).to_be_visible()
    handler.get_by_label("承認", exact=True).check()
    handler.get_by_label("理由").fill("認定の要件を満たしているため。")
    filing.press(handler, "決裁に回す")
    expect(handler.get_by_text("決裁に回しました。")).to_be_visible()
    open_case(approver, number)
    filing.press(approver, "通知書を確認して決裁する")
    filing.press(approver, "この内容で決裁する")
    expect(approver.get_by_role("status").get_by_text("決裁しました。")).to_be_visible()


def receive(page):
    """The resident opens the notice; its number and the signed PDF."""
    page.goto(reverse("portal:my_page"))
    page.get_by_role("link", name="児童手当").first.tap()
    expect(page.get_by_role("heading", name="通知が届いています")).to_be_visible()
    expect(page.get_by_text("認定の要件を満たしているため。")).to_have_count(0)
    filing.press(page, "開封する")
    expect(page.get_by_text("認定の要件を満たしているため。")).to_be_visible()
    link = page.get_by_role("link", name="電子署名付きの通知書（PDF）を開く")
    answer = page.request.get(link.get_attribute("href"))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    return answer.body()


def verify(page, folder, pdf, answer):
    """Anybody brings the file to the public page."""
    path = folder / "tsuchi.pdf"
    path.write_bytes(pdf)
    page.goto(reverse("notices:verify"))
    page.locator("input[type=file]").set_input_files(path)
    filing.press(page, "ファイルを確かめる")
    expect(page.get_by_role("heading", name=answer)).to_be_visible()


@pytest.mark.smoke
def test_request_becomes_a_decision_that_provably_arrived(open_browser, city, resident, handler, approver, tmp_path):
    phone = open_browser(resident.user, touch=True)
    phone.goto(reverse("notices:consent"))
    phone.get_by_role("main").get_by_role("button").first.tap()
    expect(phone.get_by_text("今後の通知は、このサイトでお届けします。")).to_be_visible()
    number = file_application(phone, filing.photo(tmp_path))
    assert ApplicationRevision.objects.count() == 1

    tablet = open_browser(handler, size=TABLET, touch=True)
    ask_for_correction(tablet, number)
    correct(phone)
    decide(tablet, open_browser(approver, size=TABLET, touch=True), number)
    assert Application.objects.get().state == "approved"

    work()
    assert [message.to for message in mail.outbox][-1] == [resident.contact_email]
    assert not any("認定の要件" in message.body for message in mail.outbox)
    pdf = receive(phone)
    anybody = open_browser()
    verify(anybody, tmp_path, pdf, "本物の通知書です")
    middle = len(pdf) // 2
    verify(anybody, tmp_path, pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :], "ファイルを確認しています")
    work()
    # the page looks again by itself
    expect(anybody.get_by_role("heading", name="書き換えられた疑いがあります")).to_be_visible()

    tablet.goto(reverse("notices:staff_detail", args=[Notice.objects.get().public_id]))
    step = tablet.locator(".way__step", has_text="開封")
    expect(step).to_have_class("way__step way__step--done")
