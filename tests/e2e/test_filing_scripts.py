"""Rows, conditions, uploads, signature and place with script, against the real draft."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from applications.models import Attachment
from cityhall.services.files import check_pending_files
from tests.applications import household, sample
from tests.e2e.conftest import in_worker, wait_until
from tests.e2e.filing import choose, photo, press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(department, municipality, resident):
    return household.start(department, resident)


@pytest.fixture
def page(open_browser, draft, resident):
    page = open_browser(resident.user)
    page.goto(reverse("applications:draft_page", args=[draft.public_id, 1]))
    return page


def saved(page):
    expect(page.locator("[data-autosave-state]")).to_contain_text("下書きを保存しました")


def names_of(draft):
    """The children of the draft as they are saved now."""
    draft.refresh_from_db()
    return [row["values"]["name"] for row in draft.draft_answers.get("children", [])]


def test_questions_come_and_go_without_a_request(page, axe):
    asked = []
    page.on("request", lambda request: asked.append((request.resource_type, request.url)))
    group = page.get_by_role("group", name="お子さま", exact=True)
    expect(group).to_be_hidden()
    choose(page, "お子さまはいますか", "はい")
    expect(group).to_be_visible()
    expect(page.locator("[data-logic-status]")).to_contain_text("お子さま")
    axe(page)
    choose(page, "お子さまはいますか", "いいえ")
    expect(group).to_be_hidden()
    questions = [url for kind, url in asked if kind in {"document", "fetch", "xhr"}]
    assert [url for url in questions if "/api/ui/drafts/" not in url] == []


def test_a_condition_in_a_row_and_a_sum_over_rows(page, draft):
    choose(page, "お子さまはいますか", "はい")
    row = page.locator("[data-row]").first
    row.get_by_label("氏名").fill("高橋　みお")
    row.get_by_label("月額").fill("５，０００円")
    expect(page.locator("[data-calculated=total]")).to_have_text("5,000円")
    expect(row.get_by_label("勤務先")).to_be_hidden()
    row.get_by_role("group", name="働いていますか").get_by_label("はい").check()
    expect(row.get_by_label("勤務先")).to_be_visible()
    expect(row.locator("legend").first).to_have_text("1. お子さま 高橋　みお")


def test_rows_are_added_taken_out_and_put_back_without_leaving_the_page(page, draft, axe):
    choose(page, "お子さまはいますか", "はい")
    page.locator("[data-row]").first.get_by_label("氏名").fill("みお")
    address = page.url
    page.get_by_role("button", name="お子さまを追加").click()
    second = page.locator("[data-row]").nth(1)
    expect(second.get_by_label("氏名")).to_be_focused()
    second.get_by_label("氏名").fill("蓮")
    second.get_by_label("月額").fill("300")
    expect(page.locator("[data-calculated=total]")).to_have_text("300円")
    axe(page)
    page.get_by_role("button", name="1. お子さま みお を削除").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("[data-row] legend").first).to_have_text("1. お子さま 蓮")
    page.get_by_role("button", name="元に戻す").click()
    expect(page.locator("[data-row] legend").first).to_have_text("1. お子さま みお")
    assert page.url == address
    wait_until(page, lambda: names_of(draft) == ["みお", "蓮"])


def test_a_photo_in_a_new_row_goes_up_at_once(page, draft, tmp_path, axe):
    choose(page, "お子さまはいますか", "はい")
    page.get_by_role("button", name="お子さまを追加").click()
    row = page.locator("[data-row]").nth(1)
    row.locator("input[type=file][data-max-files]").set_input_files(photo(tmp_path))
    expect(row.locator("[data-file]")).to_have_count(1)
    expect(row.locator("[data-upload-full]")).to_be_visible()
    axe(page)
    attachment = Attachment.objects.get()
    assert re.fullmatch(r"children\.r[0-9a-f]{8}\.photo", attachment.field_key)
    in_worker(check_pending_files)
    expect(row.locator("img.file-list__picture")).to_be_visible()
    row.get_by_role("button", name="取り外す").click()
    expect(row.locator("[data-file]")).to_have_count(0)
    attachment.refresh_from_db()
    assert attachment.removed_at is not None


def test_a_file_that_cannot_go_is_refused_before_it_is_sent(page, tmp_path):
    choose(page, "お子さまはいますか", "はい")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/files/") else None)
    text = tmp_path / "memo.txt"
    text.write_text("memo")
    row = page.locator("[data-row]").first
    row.locator("input[type=file][data-max-files]").set_input_files(text)
    expect(row.locator(".file-list__warning")).to_contain_text("この種類のファイルは添付できません")
    assert sent == []


def test_a_broken_connection_costs_no_file_and_no_second_copy(page, draft, tmp_path):
    """The server has the file, the answer is lost: what is tried again is the same file."""
    choose(page, "お子さまはいますか", "はい")
    state = {"lost": 0}

    def lose_first(route):
        if route.request.method != "POST" or state["lost"]:
            return route.continue_()
        state["lost"] += 1
        route.fetch()
        return route.abort("connectionreset")

    page.route(re.compile(r"/files/$"), lose_first)
    row = page.locator("[data-row]").first
    row.locator("input[type=file][data-max-files]").set_input_files(photo(tmp_path))
    expect(row.get_by_text("通信を待っています")).to_be_visible()
    # the button waits for the file
    row.get_by_label("氏名").fill("みお")
    press(page, "次へ")
    expect(page.get_by_role("heading", level=1, name="学校")).to_be_visible()
    assert state["lost"] == 1
    assert Attachment.objects.filter(removed_at=None).count() == 1


def test_a_button_waits_for_what_is_being_saved(page, draft):
    """Otherwise the server would take this window's own save for another's."""
    held = []
    # it reaches the server, and the answer takes its time
    page.route("**/api/ui/drafts/**", lambda route: route.continue_() if held else held.append((route, route.fetch())))
    choose(page, "お子さまはいますか", "はい")
    wait_until(page, lambda: held)
    page.locator("[data-row]").first.get_by_label("氏名").fill("みお")
    press(page, "次へ")
    [(route, answer)] = held
    route.fulfill(response=answer)
    expect(page.get_by_role("heading", level=1, name="学校")).to_be_visible()
    assert names_of(draft) == ["みお"]


def test_another_windows_save_is_a_choice(page, draft, open_browser, resident):
    page.goto(reverse("applications:draft_page", args=[draft.public_id, 3]))
    other = open_browser(resident.user)
    other.goto(page.url)
    other.get_by_label("希望の時間帯").fill("午前")
    saved(other)
    page.get_by_label("希望の時間帯").fill("午後")
    expect(page.get_by_text("どちらの内容を使いますか")).to_be_visible()
    expect(page.get_by_label("希望の時間帯")).to_have_value("午後")
    draft.refresh_from_db()
    assert draft.draft_answers["call_time"] == "午前"
    press(page, "この画面の内容を保存する")
    saved(page)
    draft.refresh_from_db()
    assert draft.draft_answers["call_time"] == "午後"


DRAWN = {
    "schema": 1,
    "pages": [
        {
            "key": "sign",
            "title": "署名と場所",
            "fields": [
                {"key": "signature", "type": "signature", "label": "署名", "required": True},
                {"key": "place", "type": "place", "label": "場所", "required": True},
            ],
        }
    ],
}


@pytest.fixture
def drawn(department, municipality, resident):
    return sample.start(sample.make_procedure(department=department, document=DRAWN), resident)


def test_a_drawn_signature_goes_up_with_the_page(open_browser, drawn, resident, axe):
    page = open_browser(resident.user)
    page.goto(reverse("applications:draft_page", args=[drawn.public_id, 1]))
    axe(page)
    box = page.get_by_role("img", name="署名欄").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 70, steps=5)
    page.mouse.up()
    page.get_by_label("場所の説明").fill("市役所の前")
    press(page, "次へ")
    expect(page.get_by_role("heading", level=1, name="内容の確認")).to_be_visible()
    assert Attachment.objects.get().field_key == "signature"
    axe(page)


def test_the_position_is_asked_for_by_the_button_only(open_browser, drawn, resident):
    page = open_browser(resident.user)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 35.6762, "longitude": 139.6503})
    page.goto(reverse("applications:draft_page", args=[drawn.public_id, 1]))
    page.get_by_label("お名前（署名の代わりに入力できます）").fill("高橋　さくら")
    press(page, "現在地を使う")
    expect(page.get_by_text("現在地を入力しました")).to_be_visible()
    press(page, "次へ")
    expect(page.get_by_text("緯度 35.676200 経度 139.650300")).to_be_visible()


def test_rows_and_conditions_without_javascript(open_browser, draft, resident, axe):
    page = open_browser(resident.user, javascript=False)
    page.goto(reverse("applications:draft_page", args=[draft.public_id, 1]))
    page.get_by_role("group", name="お子さまはいますか").get_by_label("はい").check()
    press(page, "次へ")
    expect(page.get_by_text("次の質問が加わりました")).to_be_visible()
    page.locator("[data-row]").first.get_by_label("氏名").fill("みお")
    page.get_by_role("button", name="お子さまを追加").click()
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("[data-row]").first.get_by_label("氏名")).to_have_value("みお")
    page.get_by_role("button", name="2. お子さま を削除").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    press(page, "次へ")
    expect(page.get_by_role("heading", level=1, name="学校")).to_be_visible()
