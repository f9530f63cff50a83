"""The designer in a real browser, by keyboard alone: a form with rows, conditions and uploads, published and opened."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applications.enums import ProcedureState
from applications.models import Application, Procedure
from tests.applications import casekit
from tests.applications.designkit import small_form
from tests.e2e.conftest import TABLET, in_worker
from tests.e2e.keyboard import choose_kind, pick, press, tab_to, tick, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def add_field(page, button, label, kind):
    """A new field; afterwards the page of its settings is open."""
    press(page, button, "A")
    write(page, "質問文", label, "INPUT")
    choose_kind(page, kind)
    press(page, "追加して設定へ", "BUTTON")


def save(page):
    press(page, "保存して一覧へ", "BUTTON")


def build(page):
    """A registration with a choice, rows with a file in them, and a question that depends on the choice."""
    page.goto(reverse("applications:design_list"))
    press(page, "新しい手続を作る", "A")
    write(page, "手続の名称", "防災訓練への参加の申込み", "INPUT")
    write(page, "ふりがな", "ぼうさいくんれんへのさんかのもうしこみ", "INPUT")
    write(page, "概要", "地区の防災訓練への参加を申し込みます。", "INPUT")
    write(page, "キー", "bosai-kunren", "INPUT")
    press(page, "登録して様式を作る", "BUTTON")

    press(page, "セクション1を編集", "A")
    write(page, "セクションの名前", "参加する方", "INPUT")
    press(page, "保存する", "BUTTON")

    add_field(page, "セクション1に項目を追加", "参加のしかた", "選択（一つ）")
    tick(page, "必ず答えてもらう")
    write(page, "選択肢", "会場で参加\n家で参加", "TEXTAREA")
    save(page)
    add_field(page, "セクション1に項目を追加", "車で来ますか", "はい・いいえ")
    save(page)
    add_field(page, "セクション1に項目を追加", "いっしょに参加する方", "くり返し")
    press(page, "くり返す項目を追加", "A")
    write(page, "質問文", "お名前", "INPUT")
    choose_kind(page, "一行の文字")
    press(page, "追加して設定へ", "BUTTON")
    save(page)
    add_field(page, "の中に項目を追加", "顔写真", "ファイル")
    tick(page, "必ず答えてもらう")
    save(page)


def add_condition(page):
    """車で来ますか is asked of those who come to the place."""
    press(page, "車で来ますか", "A")
    press(page, "表示する条件を決める", "A")
    pick(page, "どの質問を見ますか", "「参加のしかた」")
    press(page, "条件を追加", "BUTTON")
    tick(page, "会場で参加")
    press(page, "条件を保存する", "BUTTON")
    expect(page.get_by_text("「参加のしかた」が「会場で参加」", exact=False).first).to_be_visible()


def test_form_with_rows_conditions_and_uploads_is_built_by_keyboard_alone(open_browser, axe, municipality, handler):
    page = open_browser(handler, size=TABLET)
    build(page)
    add_condition(page)
    press(page, "防災訓練への参加の申込み", "A")
    axe(page)
    press(page, "「車で来ますか」を下へ", "BUTTON")
    # the same button has the focus again: Enter alone moves it on
    expect(page.get_by_role("button", name="「車で来ますか」を下へ")).to_be_focused()
    press(page, "「参加のしかた」を複製", "BUTTON")
    press(page, "「参加のしかた（コピー）」を削除", "BUTTON")
    press(page, "元に戻す", "BUTTON")
    press(page, "「参加のしかた（コピー）」を削除", "BUTTON")

    press(page, "下書きを新しい版にする", "A")
    axe(page)
    write(page, "変更の内容", "初めての版", "INPUT")
    press(page, "新しい版にする", "BUTTON")
    press(page, "受付を始める（住民に見せる）", "BUTTON")
    in_worker(check_published)


def check_published():
    procedure = Procedure.objects.get(key="bosai-kunren")
    assert procedure.state == ProcedureState.PUBLISHED
    how, people, car = procedure.current_version.definition["pages"][0]["fields"]
    assert [one["label"] for one in (how, people, car)] == ["参加のしかた", "いっしょに参加する方", "車で来ますか"]
    assert [(one["label"], one["type"]) for one in people["fields"]] == [("お名前", "text"), ("顔写真", "file")]
    assert car["visible_when"] == {"eq": [{"answer": how["key"]}, how["options"][0]["value"]]}


def small_procedure(department):
    from applications.services.designing import checked_form
    from applications.services.publishing import publish

    made = casekit.make_procedure(department, key="moshikomi", name="申込み")
    publish(procedure=made, form=checked_form(small_form()))
    return made


def test_preview_follows_what_is_typed_and_behaves_as_the_form(open_browser, municipality, department, handler):
    in_worker(lambda: small_procedure(department))
    page = open_browser(handler, size=TABLET)
    page.goto(reverse("applications:design_field", args=["moshikomi", "note"]))
    phone = page.frame_locator("iframe[name=preview]")
    expect(phone.get_by_label("備考")).to_be_visible()
    write(page, "質問文", "連絡したいこと", "INPUT")
    expect(phone.get_by_label("連絡したいこと")).to_be_visible()
    # the person goes on typing where they were
    expect(page.locator(":focus")).to_have_attribute("name", "label")
    phone.get_by_role("button", name="お子さまを追加").click()
    expect(phone.get_by_label("費用")).to_be_visible()
    in_worker(nothing_was_stored)


def nothing_was_stored():
    assert not hasattr(Procedure.objects.get(key="moshikomi"), "design")
    assert not Application.objects.exists()


def test_everything_works_without_javascript(open_browser, municipality, department, handler):
    in_worker(lambda: small_procedure(department))
    page = open_browser(handler, size=TABLET, javascript=False)
    page.goto(reverse("applications:design_overview", args=["moshikomi"]))
    page.get_by_role("button", name="「区分」を下へ").click()
    expect(page).to_have_url(re.compile("#field-kind$"))
    page.get_by_role("link", name="備考", exact=True).click()
    page.get_by_label("質問文").fill("そのほか")
    page.get_by_role("button", name="保存せずに表示を確かめる").click()
    expect(page.frame_locator("iframe[name=preview]").get_by_label("そのほか")).to_be_visible()
    page.get_by_role("button", name="保存して一覧へ").last.click()
    expect(page.get_by_role("link", name="そのほか", exact=True)).to_be_visible()


def test_tab_reaches_every_button_of_a_field(open_browser, municipality, department, handler):
    in_worker(lambda: small_procedure(department))
    page = open_browser(handler, size=TABLET)
    page.goto(reverse("applications:design_overview", args=["moshikomi"]))
    for name in ("「区分」を選ぶ", "「区分」を上へ", "「区分」を下へ", "「区分」を複製", "「区分」を削除"):
        tab_to(page, name)
