"""The scripts of the pages, each on the style guide or a page of its own, in a real browser."""

import json
import subprocess

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESK, PHONE, ROOT, TABLET, stop_clock

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.e2e.style_urls"),
]


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


@pytest.fixture
def style_page(open_browser, municipality):
    page = open_browser()
    page.goto("/style/")
    return page


@pytest.mark.parametrize("size", [PHONE, TABLET, DESK], ids=["phone", "tablet", "desk"])
def test_every_component_is_accessible_and_fits_the_screen(open_browser, municipality, axe, size):
    page = open_browser(size=size)
    page.goto("/style/")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_style_guide_is_valid_html(style_page):
    html = style_page.request.get("/style/").text()
    checker = [ROOT / "node_modules/.bin/html-validate", "--stdin", "-f", "json", "-c", ROOT / ".htmlvalidate.json"]
    result = subprocess.run(checker, input=html, capture_output=True, text=True, check=False)
    problems = [(m["ruleId"], m["message"]) for file in json.loads(result.stdout) for m in file["messages"]]
    assert problems == []


def test_error_summary_takes_the_focus_and_leads_to_the_first_control_of_a_group(style_page):
    summary = style_page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="お知らせの受け取り方").click()
    expect(style_page.locator("#id_wrong-way_0")).to_be_focused()


def test_characters_are_counted_as_people_see_them(style_page):
    field = style_page.get_by_label("申請の理由").first
    count = style_page.locator("#id_fine-reason + .char-count")
    field.fill("葛󠄀👨‍👩‍👧𠮷")
    expect(count).to_have_text("あと197文字")
    field.fill("あ" * 203)
    expect(count).to_have_text("3文字多すぎます。短くしてください")
    field.fill("あ" * 200)
    expect(count).to_have_text("ちょうど上限の文字数です")


def test_the_count_is_read_out_when_typing_pauses_near_the_end(style_page):
    stop_clock(style_page)
    style_page.reload()
    field = style_page.get_by_label("申請の理由").first
    spoken = style_page.locator("#id_fine-reason ~ [role=status]").first
    field.press_sequentially("あいう")
    style_page.clock.run_for(2000)
    expect(spoken).to_have_text("")
    field.fill("あ" * 198)
    style_page.clock.run_for(1400)
    expect(spoken).to_have_text("")
    style_page.clock.run_for(200)
    expect(spoken).to_have_text("あと2文字")


def test_chosen_file_is_listed_with_its_size_and_can_be_taken_out(style_page):
    field = style_page.locator("#id_fine-papers")
    field.set_input_files({"name": "免許証.png", "mimeType": "image/png", "buffer": b"x" * 2500})
    line = style_page.locator(".file-list__item")
    expect(line).to_contain_text("免許証.png")
    expect(line).to_contain_text("2 kB")
    line.get_by_role("button", name="免許証.pngを外す").click()
    expect(line).to_have_count(0)
    assert field.evaluate("input => input.files.length") == 0


def test_empty_file_is_pointed_out_at_once(style_page):
    style_page.locator("#id_fine-papers").set_input_files({"name": "a.pdf", "mimeType": "", "buffer": b""})
    expect(style_page.locator(".file-list__warning").first).to_have_text("中身が空のファイルです。")


def test_dialog_opens_on_its_title_and_closes_without_doing_anything(style_page):
    style_page.get_by_role("link", name="申請を取り下げる").click()
    dialog = style_page.locator("#sample-dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("h2")).to_be_focused()
    dialog.get_by_role("link", name="戻る").click()
    expect(dialog).to_be_hidden()
    assert style_page.url.endswith("/style/")


def test_dialog_opens_and_closes_without_a_script(open_browser, municipality):
    page = open_browser(javascript=False)
    page.goto("/style/")
    expect(page.locator("#sample-dialog")).to_be_hidden()
    page.get_by_role("link", name="申請を取り下げる").click()
    expect(page.locator("#sample-dialog")).to_be_visible()
    page.locator("#sample-dialog").get_by_role("link", name="戻る").click()
    expect(page.locator("#sample-dialog")).to_be_hidden()


def test_number_is_copied_and_said_so(style_page):
    style_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    style_page.get_by_role("button", name="番号をコピー").click()
    expect(style_page.get_by_text("コピーしました", exact=True)).to_be_visible()
    assert style_page.evaluate("navigator.clipboard.readText()") == "12345678903"


def test_buttons_that_need_a_script_are_hidden_without_one(open_browser, municipality):
    page = open_browser(javascript=False)
    page.goto("/style/")
    expect(page.locator("[data-print]")).to_be_hidden()
    expect(page.locator("[data-copy]")).to_be_hidden()


def test_menu_of_the_person_closes_on_escape_and_gives_the_focus_back(open_browser, resident, municipality):
    page = open_browser(resident.user)
    page.goto("/style/")
    page.locator("details[data-menu] > summary").click()
    signing_out = page.get_by_role("button", name="ログアウト")
    expect(signing_out).to_be_visible()
    signing_out.focus()
    page.keyboard.press("Escape")
    expect(signing_out).to_be_hidden()
    expect(page.locator("details[data-menu] > summary")).to_be_focused()


def test_second_click_on_a_form_sends_nothing_more(open_browser, municipality):
    page = open_browser()
    page.goto("/accounts/login/")
    stopped, disabled = page.locator("main form.stack [type=submit]").evaluate(
        """button => {
            const stopped = [];
            document.addEventListener("submit", (event) => {
                stopped.push(event.defaultPrevented);
                event.preventDefault();
            });
            button.click();
            button.click();
            return [stopped, button.getAttribute("aria-disabled")];
        }"""
    )
    assert stopped == [False, True]
    assert disabled == "true"


def test_session_warning_comes_ahead_and_the_end_says_what_is_kept(open_browser, resident, municipality):
    page = open_browser(resident.user)
    stop_clock(page)
    page.goto("/style/")
    warning = page.locator("#session-warning")
    page.clock.run_for(27 * 60 * 1000)
    expect(warning).to_be_hidden()
    page.clock.run_for(70 * 1000)
    expect(warning.get_by_text("まもなくログアウトします")).to_be_visible()
    expect(warning.locator("[data-session-clock]")).to_contain_text("あと1分")
    page.clock.run_for(120 * 1000)
    expect(warning.get_by_text("保存済みの下書きは残っています")).to_be_visible()


def test_going_on_closes_the_session_warning(open_browser, resident, municipality):
    page = open_browser(resident.user)
    stop_clock(page)
    page.goto("/style/")
    page.clock.run_for(29 * 60 * 1000)
    warning = page.locator("#session-warning")
    warning.get_by_role("button", name="このまま続ける").click()
    expect(warning).to_be_hidden()
    page.clock.run_for(5 * 60 * 1000)
    expect(warning).to_be_hidden()
