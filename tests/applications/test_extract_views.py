"""Pages of the extracts: who opens them, from a new profile to the file, and the print of a case."""

import html
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pdfminer.high_level import extract_text

from applications.enums import ApplicationState, ExtractFormat
from applications.models import Extract, ExtractProfile
from applications.tasks import make_extracts
from cityhall.enums import Role
from cityhall.models import AuditEvent
from tests import factories
from tests.applications.extractkit import csv_rows, make_case, make_procedure, make_profile, order, run

pytestmark = pytest.mark.django_db
LIST = "/staff/extracts/"


@pytest.fixture
def procedure(department, municipality):
    return make_procedure(department)


def url(name, row):
    return reverse(f"applications:{name}", args=[row.public_id])


def text_of(answer):
    return html.unescape(answer.content.decode())


def body_of(answer):
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("limit", [{"start": "0001-01-01"}, {"end": "9999-12-31"}])
@pytest.mark.parametrize("action", ["preview", "order"])
def test_days_at_the_ends_of_the_calendar_are_refused(procedure, handler, login, limit, action):
    profile = make_profile(procedure, handler)
    data = {"scope": "all", "request_key": "far", "action": action, **limit}
    page = login(handler).post(url("extract_profile", profile), data)
    assert list(page.context["form"].errors) == list(limit)
    assert not Extract.objects.exists()


def test_an_order_without_a_key_is_an_order(procedure, department, handler, login):
    browser = login(handler)
    for profile in (make_profile(procedure, handler), make_profile(make_procedure(department), handler)):
        answer = browser.post(url("extract_profile", profile), {"scope": "all", "action": "order"})
        assert answer.status_code == 302
    assert Extract.objects.count() == 2


def test_who_processes_no_cases_finds_no_page(
    procedure, handler, clerk, contract_clerk, administrator, auditor, login, departments
):
    case = make_case(procedure)
    profile = make_profile(procedure, handler)
    extract = run(profile, handler)
    pages = [url(name, profile) for name in ("extract_profile", "extract_settings", "extract_columns")]
    pages += [url(name, extract) for name in ("extract_file", "extract_download")]
    pages += [LIST, f"{LIST}new/", url("case_print", case)]
    for person in (clerk, contract_clerk, administrator, auditor):
        browser = login(person)
        assert [browser.get(page).status_code for page in pages] == [404] * len(pages)
        assert browser.post(url("extract_column_move", profile)).status_code == 404
        assert browser.post(url("extract_cancel", extract)).status_code == 404
    browser = login(handler)
    answers = [browser.get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [200] * len(pages)
    for answer in answers:
        answer.close()


def test_handlers_of_another_department_see_nothing_of_it(procedure, handler, departments, login):
    profile = make_profile(procedure, handler)
    extract = run(profile, handler)
    case = make_case(procedure)
    browser = login(factories.make_staff(role=Role.HANDLER, department=departments["kaigo"]))
    assert profile.name not in text_of(browser.get(LIST))
    pages = [url("extract_profile", profile), url("extract_download", extract), url("case_print", case)]
    assert [browser.get(page).status_code for page in pages] == [404] * 3
    answer = browser.post(f"{LIST}new/", {"procedure": procedure.pk, "name": "よその課"})
    assert answer.status_code == 200
    assert not ExtractProfile.objects.filter(name="よその課").exists()


def test_from_a_new_profile_to_the_file(procedure, handler, login):
    case = make_case(procedure)
    browser = login(handler)
    answer = browser.post(f"{LIST}new/", {"procedure": procedure.pk, "name": "会計"})
    profile = ExtractProfile.objects.get(name="会計")
    assert answer.url == url("extract_columns", profile)
    browser.post(url("extract_columns", profile), {"column": ["number", "answer:income"]})
    browser.post(url("extract_column_move", profile), {"move": "up answer:income"})
    values = {"name": "会計", "format": "csv", "encoding": "cp932", "dates": "iso", "headings": "labels"}
    values |= {"choices": "labels", "groups": "lines", "rows_beside": "5", "version": ""}
    assert browser.post(url("extract_settings", profile), values).url == url("extract_profile", profile)
    page = text_of(browser.post(url("extract_profile", profile), {"scope": "new", "action": "preview"}))
    assert "対象は1件" in page
    assert case.number in page
    answer = browser.post(url("extract_profile", profile), {"scope": "new", "action": "make", "request_key": "k"})
    extract = Extract.objects.get()
    assert answer.url == url("extract_file", extract)
    assert "順番を待っています" in text_of(browser.get(answer.url))
    Extract.objects.update(rows_total=100_000, rows_done=42_500)
    page = text_of(browser.get(answer.url))
    assert "100,000件のうち42,500件" in page
    assert 'value="42"' in page
    make_extracts()
    page = text_of(browser.get(answer.url))
    assert url("extract_download", extract) in page
    assert "期限切れ" not in page
    answer = browser.get(url("extract_download", extract))
    assert csv_rows(body_of(answer), "cp932") == [["収入", "受付番号"], ["-1200000", case.number]]
    assert "no-store" in answer["Cache-Control"]
    event = AuditEvent.objects.filter(action="download").get()
    assert (event.target_id, event.detail) == (extract.public_id, "cases 1")


def test_limits_that_cannot_be_are_told(procedure, handler, login):
    profile = make_profile(procedure, handler)
    values = {"scope": "all", "start": "2026-02-02", "end": "2026-02-01", "action": "make"}
    page = text_of(login(handler).post(url("extract_profile", profile), values))
    assert "終わりの日は、始まりの日と同じか、後の日にしてください。" in page
    assert not Extract.objects.exists()


def test_a_file_past_its_time_says_so(procedure, handler, login):
    extract = run(make_profile(procedure, handler), handler)
    Extract.objects.update(expires_at=timezone.now())
    browser = login(handler)
    assert browser.get(url("extract_download", extract)).status_code == 410
    assert url("extract_download", extract) not in text_of(browser.get(url("extract_file", extract)))
    assert not AuditEvent.objects.filter(action="download").exists()


def test_cancelling_twice_is_told_once(procedure, handler, login):
    extract = order(make_profile(procedure, handler), handler)
    browser = login(handler)
    assert "中止しました" in text_of(browser.post(url("extract_cancel", extract), follow=True))
    assert "他の人が先に操作しました" in text_of(browser.post(url("extract_cancel", extract), follow=True))


def test_characters_that_were_replaced_are_listed_and_fetched(procedure, handler, login):
    case = make_case(procedure, answers={"note": "𠮷"})
    extract = run(make_profile(procedure, handler, ["answer:note"], encoding="cp932"), handler)
    browser = login(handler)
    assert "U+20BB7" in text_of(browser.get(url("extract_file", extract)))
    rows = csv_rows(body_of(browser.get(url("extract_characters", extract))))
    assert rows[1] == [case.number, "answer:note", "U+20BB7"]
    other = run(make_profile(procedure, handler), handler)
    assert browser.get(url("extract_characters", other)).status_code == 404


def test_the_list_costs_the_same_for_one_profile_and_three(procedure, handler, login):
    browser = login(handler)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            run(make_profile(procedure, handler), handler)
        with CaptureQueriesContext(connection) as queries:
            browser.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_profile_of_files_asks_for_no_columns(procedure, handler, login):
    profile = make_profile(procedure, handler, [], kind=ExtractFormat.FILES)
    page = text_of(login(handler).get(url("extract_profile", profile)))
    assert url("extract_columns", profile) not in page
    assert "はじめの10件を見る" not in page


def test_a_case_on_paper_has_answers_history_and_decision(procedure, handler, login):
    case = make_case(
        procedure,
        state=ApplicationState.APPROVED,
        decision_reason="要件を満たす",
        decided_by=handler,
        answers={"note": "<b>太字</b>"},
    )
    answer = login(handler).get(url("case_print", case))
    assert answer["Content-Type"] == "application/pdf"
    text = extract_text(io.BytesIO(answer.content)).replace("\n", "")
    for words in ("要件を満たす", "みなみ", "<b>太字</b>", "庁内用", "審査 三郎"):
        assert words in text
    assert AuditEvent.objects.filter(action="print", target_id=case.public_id).count() == 1
