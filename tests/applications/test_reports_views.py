import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applications.enums import ReportState
from applications.models import Report, ReportEvent
from applications.queries.reports import ReportFilter, report_list
from applications.report_links import code_of, secret_of
from applications.reports.positions import position
from applications.services import reports as services
from cityhall import rate_limits
from cityhall.enums import FileState, Role
from cityhall.models import AuditEvent, StoredFile
from cityhall.references import format_number
from cityhall.services.files import check_pending_files
from tests import factories
from tests.applications.reportkit import kept, make_kind, make_report, photo, seen

pytestmark = pytest.mark.django_db

TOKYO = ((35, 47, 16.8), (139, 16, 33.6))
WORDS = {"body": "穴があります。", "place.note": "交差点の南", "place.latitude": "", "place.longitude": ""}
STEPS = (
    *("take", "assign", "start", "answer", "done", "not_ours", "reopen", "merge", "unmerge", "move", "note"),
    "publish",
)


@pytest.fixture
def kind(municipality, department):
    return make_kind(department, urgent_text="急ぐときは電話でお知らせください。")


@pytest.fixture
def report(kind):
    return make_report(kind, email="reporter@example.jp", name="通報 太郎")


def url(name, *parts):
    return reverse(f"applications:{name}", args=parts)


def write(browser, kind, action="next", **fields):
    return browser.post(url("report_new", kind.key), WORDS | {"action": action} | fields)


def key_in(page):
    return re.search(r'name="request_key" value="([^"]+)"', page.text)[1]


def send(browser, kind, **fields):
    """From the page to the number; the address of the report's page."""
    assert write(browser, kind, **fields).url == url("report_check", kind.key)
    page = browser.get(url("report_check", kind.key))
    return browser.post(url("report_check", kind.key), {"request_key": key_in(page)})


def test_the_kinds_say_when_to_telephone(client, kind):
    page = client.get(url("report_kinds")).text
    assert (url("report_new", "road") in page, kind.urgent_text in page) == (True, True)


def test_a_report_without_an_account_gives_number_and_code(client, kind):
    answer = send(client, kind, email="me@example.jp")
    report = Report.objects.get()
    assert answer.url == url("report_status", report.public_id)
    page = client.get(answer.url).text
    assert (format_number(report.number) in page, code_of(report) in page, "これから担当の課が" in page) == (True,) * 3
    assert (report.body, report.place_note, report.latitude) == ("穴があります。", "交差点の南", None)


def test_two_taps_are_one_report(client, kind):
    write(client, kind)
    key = key_in(client.get(url("report_check", kind.key)))
    answers = [client.post(url("report_check", kind.key), {"request_key": key}) for _tap in range(2)]
    assert (len({answer.url for answer in answers}), Report.objects.count()) == (1, 1)


def test_a_photo_is_kept_whatever_else_is_wrong_and_asked_for_its_place(client, kind):
    page = write(client, kind, photos=[photo()], body="", **{"place.note": ""})
    assert page.status_code == 200
    assert ("写真1" in page.text, "場所の説明を入力してください" in page.text) == (True, True)
    # words are not needed beside a photo, the place is; nothing has to be chosen again
    answer = send(client, kind, body="")
    assert seen(Report.objects.get()).photos.count() == 1
    assert answer.url == url("report_status", Report.objects.get().public_id)


def test_the_place_of_a_photo_is_used_only_when_the_person_says_so(client, kind):
    page = write(client, kind, "upload", photos=[photo(gps=TOKYO)])
    assert "撮影した場所の情報がありました" in page.text
    left = write(client, kind, "leave")
    assert "撮影した場所の情報がありました" not in left.text
    assert not client.session["report_draft"]["offered"]
    used = Client()
    write(used, kind, "upload", photos=[photo(gps=TOKYO)])
    page = write(used, kind, "use")
    assert ('value="35.788000"' in page.text, 'value="139.276000"' in page.text) == (True, True)
    send(used, kind, **{"place.latitude": "35.788000", "place.longitude": "139.276000"})
    assert Report.objects.get().latitude == position("35.788", "139.276").latitude


def test_a_photo_is_seen_by_its_browser_once_it_is_clean_and_taken_out_again(client, kind):
    write(client, kind, "upload", photos=[photo()])
    public_id = client.session["report_draft"]["photos"][0]
    small = url("report_draft_photo", public_id)
    assert client.get(small).status_code == 404
    check_pending_files()
    assert client.get(small)["Content-Type"] == "image/jpeg"
    assert Client().get(small).status_code == 404
    page = write(client, kind, f"remove:{public_id}")
    assert "写真1" not in page.text
    assert StoredFile.objects.get().delete_after is not None


@pytest.mark.parametrize("data", [b"", b"not a picture", b"<svg onload=alert(1)>"])
def test_what_is_no_picture_is_refused_and_the_words_stay(client, kind, data):
    page = write(client, kind, photos=[SimpleUploadedFile("a.jpg", data, "image/jpeg")])
    assert page.status_code == 200
    assert ("a.jpg" in page.text, "穴があります。" in page.text) == (True, True)
    assert StoredFile.objects.count() == 0


def test_photos_without_an_account_do_not_fill_the_disk(client, kind, monkeypatch):
    monkeypatch.setattr(rate_limits, "ANONYMOUS_BYTES_PER_HOUR", 1)
    cache.clear()
    page = write(client, kind, "upload", photos=photo())
    assert "短い時間に何枚も写真が届きました" in page.text
    assert WORDS["body"] in page.text
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("name", ["body", "place.note", "name"])
def test_a_my_number_is_refused_and_kept_nowhere(client, kind, name):
    page = write(client, kind, **{name: "番号は123456789018です"})
    assert (page.status_code, "マイナンバー" in page.text) == (200, True)
    assert not client.session["report_draft"]["values"]


def test_outside_the_city_is_a_sentence(client, kind, settings):
    settings.REPORT_AREA = (35.7, 139.1, 35.9, 139.4)
    page = write(client, kind, **{"place.latitude": "43.06", "place.longitude": "141.35"})
    assert "市の外のようです" in page.text
    assert write(client, kind, **{"place.latitude": "35.8", "place.longitude": "139.2"}).status_code == 302


def test_programs_that_fill_in_everything_are_held_up(client, kind):
    assert write(client, kind, website="https://spam.example").status_code == 200
    assert not client.session["report_draft"]["values"]


def test_others_reports_at_the_place_are_shown_with_the_citys_words_only(client, kind, handler):
    other = make_report(kind, body="通報者のことば")
    there = {"place.latitude": "35.788", "place.longitude": "139.276"}
    write(client, kind, **there)
    assert "すでに通報があります" not in client.get(url("report_check", kind.key)).text
    services.publish(report=other, is_public=True, text="市のことば", photos=[], by=handler)
    page = client.get(url("report_check", kind.key)).text
    assert ("すでに通報があります" in page, "市のことば" in page, "通報者のことば" in page) == (True, True, False)


def test_number_and_code_open_the_report_and_guessing_is_held_up(client, report):
    wrong = [client.post(url("report_find"), {"number": report.number, "secret": "x"}) for _try in range(21)]
    assert [answer.status_code for answer in wrong] == [200] * 20 + [429]
    # whoever has the right one is not kept out
    answer = client.post(
        url("report_find"), {"number": format_number(report.number), "secret": code_of(report).upper()}
    )
    assert answer.url == url("report_status", report.public_id)


def test_the_link_opens_and_a_strangers_browser_does_not(client, report):
    assert client.get(url("report_status", report.public_id)).url == url("report_find")
    assert client.get(url("report_open", report.public_id, "x" * 27)).status_code == 404
    assert client.get(url("report_open", report.public_id, secret_of(report))).url == url(
        "report_status", report.public_id
    )
    client.post(url("report_leave", report.public_id))
    assert client.get(url("report_status", report.public_id)).url == url("report_find")


def test_a_duplicate_shows_state_and_answer_of_the_other_and_none_of_its_words(client, report, kind, handler):
    twin = make_report(kind)
    services.merge(report=twin, number=report.number, by=handler)
    services.finish(report=seen(report), text="直しました。", by=handler)
    client.get(url("report_open", twin.public_id, secret_of(twin)))
    page = client.get(url("report_status", twin.public_id)).text
    assert ("直しました。" in page, "対応済み" in page, report.number in page) == (True, True, False)


# staff


@pytest.fixture
def people(clerk, handler, administrator, auditor):
    return {"clerk": clerk, "handler": handler, "administrator": administrator, "auditor": auditor}


@pytest.mark.parametrize("role", ["clerk", "handler", "administrator", "auditor"])
def test_four_roles_read_and_one_works(login, people, report, role):
    browser = login(people[role])
    assert format_number(report.number) in browser.get(url("staff_report_list")).text
    page = browser.get(url("staff_report", report.public_id))
    assert (page.status_code, "次の操作" in page.text) == (200, role == "handler")
    answer = browser.post(url("staff_report_start", report.public_id), {"revision": 0})
    assert answer.status_code == (302 if role == "handler" else 404)
    assert seen(report).state == (ReportState.IN_PROGRESS if role == "handler" else ReportState.RECEIVED)
    assert AuditEvent.objects.filter(target_type="report", actor=people[role], action="read").exists()


@pytest.mark.parametrize("step", STEPS)
def test_another_department_finds_nothing(login, departments, report, step):
    stranger = login(factories.make_staff(role=Role.HANDLER, department=departments["kaigo"]))
    events = ReportEvent.objects.count()
    answer = stranger.post(url(f"staff_report_{step}", report.public_id), {"revision": 0, "text": "文", "number": "1"})
    assert answer.status_code == 404
    assert stranger.get(url("staff_report", report.public_id)).status_code == 404
    assert format_number(report.number) not in stranger.get(url("staff_report_list")).text
    assert (seen(report).revision, ReportEvent.objects.count()) == (0, events)


def test_an_old_page_does_nothing_and_keeps_the_words(login, report, handler, approver):
    services.start(report=report, by=approver)
    page = login(handler).post(
        url("staff_report_done", report.public_id), {"revision": 0, "text": "直しました。"}, follow=True
    )
    assert ("他の人が先に操作しました" in page.text, "直しました。" in page.text) == (True, True)
    assert seen(report).state == ReportState.IN_PROGRESS


def test_moving_to_another_department_leads_back_to_the_list(login, report, departments, handler):
    other = make_kind(departments["kaigo"], "other", name="そのほか")
    answer = login(handler).post(url("staff_report_move", report.public_id), {"revision": 0, "kind": other.pk})
    assert answer.url == url("staff_report_list")
    assert seen(report).department == departments["kaigo"]


def test_photos_are_public_only_when_staff_looked_at_them(login, kind, handler):
    report = make_report(kind, photos=kept(photo()))
    shown = report.photos.get()
    values = {"revision": 0, "is_public": "on", "public_text": "道路の穴", "photos": [shown.public_id]}
    browser = login(handler)
    refused = browser.post(url("staff_report_publish", report.public_id), values)
    assert (refused.status_code, seen(report).is_public) == (200, False)
    assert Client().get(url("report_photo", shown.public_id)).status_code == 404
    browser.post(url("staff_report_publish", report.public_id), values | {"has_looked": "on"})
    for name in ("report_photo", "report_thumbnail"):
        assert Client().get(url(name, shown.public_id)).getvalue().startswith(b"\xff\xd8\xff")
    page = Client().get(url("report_list")).text
    assert ("道路の穴" in page, report.body in page) == (True, False)
    StoredFile.objects.update(state=FileState.INFECTED)
    assert Client().get(url("report_photo", shown.public_id)).status_code == 404


def test_the_table_has_no_formulas_and_no_names(login, kind, handler):
    make_report(kind, body="=HYPERLINK(1)", name="通報 太郎", email="reporter@example.jp")
    answer = login(handler).get(url("staff_report_export"))
    text = b"".join(answer.streaming_content).decode()
    assert ("'=HYPERLINK(1)" in text, "太郎" in text, "reporter@" in text) == (True, False, False)
    assert AuditEvent.objects.get(action="export").actor == handler


@pytest.mark.parametrize("name", ["staff_report_list", "staff_report_map", "report_list"])
def test_lists_cost_the_same_for_one_and_three(
    login, kind, handler, django_assert_num_queries, django_assert_max_num_queries, name
):
    def add():
        row = make_report(kind)
        services.publish(report=row, is_public=True, text="穴", photos=[], by=handler)

    add()
    browser = login(handler)
    browser.get(url(name))
    with django_assert_max_num_queries(16) as one:
        browser.get(url(name))
    add()
    add()
    with django_assert_num_queries(len(one)):
        browser.get(url(name))


def test_the_list_goes_on_behind_the_last_row_and_filters(kind, handler):
    rows = [make_report(kind) for _number in range(3)]
    first = report_list(user=handler, wanted=ReportFilter(), size=2)
    rest = report_list(user=handler, wanted=ReportFilter(), size=2, after=first.next_after)
    assert ([*first.rows, *rest.rows], rest.next_after) == (rows[::-1], "")
    services.start(report=rows[0], by=handler)
    assert list(report_list(user=handler, wanted=ReportFilter(state="in_progress")).rows) == [rows[0]]
    assert list(report_list(user=handler, wanted=ReportFilter(handler="me")).rows) == [rows[0]]
    assert report_list(user=handler, wanted=ReportFilter(age=7)).rows == ()


def test_the_map_is_a_drawing_without_tiles_and_lists_by_distance(login, kind, handler, settings):
    settings.MAP_TILE_URL = ""
    far = make_report(kind, position=position("35.80", "139.30"))
    near = make_report(kind, position=position("35.70", "139.20"))
    page = login(handler).get(url("staff_report_map"), {"from.latitude": "35.70", "from.longitude": "139.20"}).text
    assert page.index(format_number(near.number)) < page.index(format_number(far.number))
    assert ("<svg" in page, "data-report-map" in page) == (True, False)


def test_staff_home_counts_what_waits(login, report, handler, clerk):
    assert "新しい通報" in login(handler).get(reverse("portal:staff_home")).text
    assert "新しい通報" not in login(clerk, Client()).get(reverse("portal:staff_home")).text


def test_merging_offers_the_open_ones_nearby_and_takes_a_number_too(login, kind, report, handler):
    near, other = make_report(kind, body="大きな穴"), make_report(kind, body="三つ目")
    client = login(handler)
    page = client.get(url("staff_report", near.public_id))
    form = page.context["forms"]["merge"]
    assert [number for number, _words in form.fields["original"].choices] == [other.number, report.number, ""]
    assert f"{format_number(report.number)}、約0m、" in page.text
    data = {"revision": str(near.revision)}
    refused = client.post(url("staff_report_merge", near.public_id), data)
    assert list(refused.context["forms"]["merge"].errors) == ["number"]
    client.post(url("staff_report_merge", near.public_id), data | {"original": report.number})
    assert seen(near).merged_into == report
    client.post(url("staff_report_merge", other.public_id), {"revision": "0", "number": format_number(report.number)})
    assert seen(other).merged_into == report


def test_who_reported_can_copy_number_and_code(client, kind):
    page = client.get(send(client, kind).url).text
    report = Report.objects.get()
    assert f'data-copy="受付番号 {format_number(report.number)} 照会コード {code_of(report)}"' in page
