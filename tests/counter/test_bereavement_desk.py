"""The departments' pages, the one desk on the day, and what the family takes home."""

import datetime as dt
import shutil
import subprocess

import pytest
from django.test import Client
from django.utils import timezone

from cityhall.enums import Role
from cityhall.models import AuditEvent, Department
from counter.bereavement.deadlines import due_on
from counter.bereavement.enums import BereavementState, Finding, StepState
from counter.bereavement.papers import family_pdf, sheets_pdf
from counter.models import (
    Bereavement,
    BereavementRequest,
    BereavementStep,
    ElsewhereItem,
    Visit,
)
from counter.queries.bereavements import coming, family_list, form_of_family, sent_values, sheets_of
from counter.services import bereavements, visits
from counter.services.bereavements import Reply
from reservations.services import bookings
from tests import factories
from tests.applications.casekit import text_of
from tests.counter.bereavementkit import (
    DIED_ON,
    book,
    make_corner,
    make_item,
    prepared,
    sheet_of,
    staff_of,
    told,
)
from tests.counter.deskkit import identified, stranger

pytestmark = pytest.mark.django_db
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils are not installed")
CORNER, SHEETS = "/staff/bereavement/", "/staff/bereavement/sheets/"


@pytest.fixture
def made(municipality, department):
    return make_corner(department)


@pytest.fixture
def corner(made):
    return made[0]


@pytest.fixture
def procedure(made):
    return made[1]


def _page(row, key):
    return next(page for page in form_of_family(row).pages if page.key == key)


def text_of_pdf(content):
    found = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return found.stdout.decode().replace("\n", "")


def case_url(row, rest=""):
    return f"{CORNER}{row.public_id}/{rest}"


def step_of(row, key):
    return BereavementStep.objects.get(bereavement=row, key=key)


def replies_for(sheet, finding, note=""):
    [request] = sheet.requests.all()
    return {f"r{request.pk}-finding": finding, f"r{request.pk}-note": note, "revision": sheet.revision}


def settle(row, key, to, by, reason="", seen=None):
    step = step_of(row, key)
    seen = step.revision if seen is None else seen
    return bereavements.settle(step, to=to, reason=reason, seen_revision=seen, by=by)


# --- before the day --------------------------------------------------------------------------------------------


def test_the_corner_sees_who_comes_and_how_far_it_is_prepared(corner, clerk, login):
    waiting, ready, silent = told(corner), told(corner, book(corner, 8)), book(corner, 9)
    browser = login(clerk)
    page = text_of(browser.get(CORNER))
    assert all(word in page for word in ("未作成", "回答なし", "お電話で聞き取る", silent.name))
    assert browser.post(f"{CORNER}prepare/").url == CORNER
    for sheet in ready.sheets.all():
        replies = {one.pk: Reply(Finding.NO) for one in sheet.requests.all()}
        by = staff_of(sheet.department.code)
        bereavements.reply(sheet, replies=replies, seen_revision=sheet.revision, by=by)
    page = text_of(browser.get(CORNER))
    assert all(word in page for word in ("準備完了", "0 / 3課", "hoken課、介護保険課、zei課"))
    assert Bereavement.objects.get(pk=waiting.pk).state == BereavementState.PREPARING


def test_a_family_of_which_nothing_is_asked_any_more_is_ready(corner, clerk, login):
    """Its answers changed and the one department that had not answered is asked nothing; or no department at all is."""
    row = prepared(corner)
    for code in ("hoken", "zei"):
        sheet, by = sheet_of(row, code), staff_of(code)
        replies = {one.pk: Reply(Finding.NO) for one in sheet.requests.all()}
        bereavements.reply(sheet, replies=replies, seen_revision=sheet.revision, by=by)
    (one,) = coming(clerk, timezone.now())
    assert (one.is_ready, one.answered, len(one.sheets)) == (False, 2, 3)
    assert [sheet.department.code for sheet in one.waiting] == ["kaigo"]
    care = {"died_on": row.values["died_on"], "insurance": "kokuho", "care": "no"}
    again = bereavements.save_page(row, page=_page(row, "person"), typed=care, by=None)
    bereavements.send(again, has_agreed=True, by=None)
    bereavements.prepare(again, by=None)
    (one,) = coming(clerk, timezone.now())
    assert (one.is_ready, one.answered, len(one.sheets)) == (True, 2, 2)
    browser = login(clerk)
    assert "準備完了" in text_of(browser.get(CORNER))
    assert "準備中" not in text_of(browser.get(CORNER))
    BereavementRequest.objects.update(withdrawn_at=timezone.now(), finding="")
    (one,) = coming(clerk, timezone.now())
    assert (one.is_ready, one.sheets) == (True, [])
    assert "各課で調べることはありません。" in text_of(browser.get(CORNER))


def test_a_family_that_took_everything_back_needs_no_preparation(corner, clerk, login):
    row = prepared(corner)
    bereavements.withdraw(row, by=None)
    (one,) = coming(clerk, timezone.now())
    assert not one.is_ready
    assert "準備は要りません" in text_of(login(clerk).get(CORNER))


def test_the_list_of_the_corner_costs_the_same_for_more(corner, clerk, login, django_assert_max_num_queries):
    browser = login(clerk)
    counts = []
    for days in (7, 8, 9):
        prepared(corner, reservation=book(corner, days))
        if days != 8:
            with django_assert_max_num_queries(40) as found:
                browser.get(CORNER)
            counts.append(len(found))
    assert counts[0] == counts[1]


def test_what_a_family_still_writes_at_home_is_not_the_desks_business(corner, clerk, login):
    row = bereavements.begin(book(corner), corner, values={"wishes": "まだ秘密"}, by=None)
    browser = login(clerk)
    assert "まだ秘密" not in text_of(browser.get(case_url(row)))
    assert browser.get(case_url(row, "check/")).status_code == 404
    # on the telephone the family agrees
    address = f"{CORNER}telephone/{row.reservation.public_id}/"
    assert browser.post(address).url == CORNER
    assert browser.get(case_url(row, "check/")).status_code == 404
    assert browser.post(address, {"agree": "on"}).url == case_url(row, "questions/1/")
    assert "まだ秘密" in text_of(browser.get(case_url(row, "check/")))


def page_of(row, key):
    return next(page for page in form_of_family(row).pages if page.key == key)


def test_a_new_start_at_home_is_not_the_desks_business(corner, clerk, login):
    row = bereavements.begin(book(corner), corner, by=clerk)
    browser = login(clerk)
    assert browser.get(case_url(row, "check/")).status_code == 200
    bereavements.withdraw(row, by=None)
    bereavements.begin(row.reservation, corner, values={"wishes": "まだ秘密"}, by=None)
    assert browser.get(case_url(row, "check/")).status_code == 404
    assert browser.get(case_url(row, "questions/1/")).status_code == 404


def test_what_is_typed_at_home_after_the_telephone_is_the_familys_again(corner, clerk, login):
    row = bereavements.begin(book(corner), corner, by=clerk)
    bereavements.save_page(row, page=page_of(row, "visitor"), typed={"wishes": "まだ秘密"}, by=None)
    assert login(clerk).get(case_url(row, "check/")).status_code == 404


def test_changes_that_were_not_sent_reach_neither_staff_nor_the_visit(corner, clerk, login):
    row = told(corner)
    address = {"postcode": "1000001", "prefecture": "", "city": "", "street": "まだ秘密"}
    bereavements.save_page(row, page=page_of(row, "visitor"), typed={"wishes": "まだ秘密"}, by=None)
    bereavements.save_page(row, page=page_of(row, "deceased"), typed={"deceased_address": address}, by=None)
    row = Bereavement.objects.get(pk=row.pk)
    assert "まだ秘密" not in str(sent_values(row))
    # kept: what was not touched
    assert sent_values(row)["insurance"] == "kokuho"
    browser = login(clerk)
    for rest in ("check/", "questions/1/"):
        assert browser.get(case_url(row, rest)).url == case_url(row)
        assert browser.post(case_url(row, rest)).url == case_url(row)
    # the family agrees on the telephone
    assert browser.post(f"{CORNER}telephone/{row.reservation.public_id}/").url == case_url(row)
    assert browser.post(f"{CORNER}telephone/{row.reservation.public_id}/", {"agree": "on"}).status_code == 302
    assert "まだ秘密" in text_of(browser.get(case_url(row, "check/")))


def test_a_department_answers_its_sheet_and_no_other(corner, login):
    row = prepared(corner)
    browser = login(staff_of("hoken"))
    mine, other = sheet_of(row, "hoken"), sheet_of(row, "kaigo")
    page = text_of(browser.get(SHEETS))
    assert f"{SHEETS}{mine.public_id}/" in page
    assert other.public_id not in page
    assert browser.get(f"{SHEETS}{other.public_id}/").status_code == 404
    assert browser.get(case_url(row)).status_code == 404
    page = text_of(browser.get(f"{SHEETS}{mine.public_id}/"))
    assert all(word in page for word in ("田中", "国民健康保険"))
    assert not any(word in page for word in ("車いす", "配偶者", row.reservation.name))
    answer = browser.post(f"{SHEETS}{mine.public_id}/", replies_for(mine, "yes", "葬祭費5万円"))
    assert answer.status_code == 302
    mine.refresh_from_db()
    assert (mine.answered_at is not None, mine.requests.get().note) == (True, "葬祭費5万円")
    assert AuditEvent.objects.filter(target_id=mine.public_id, action="read").count() == 1


def test_the_slower_of_two_sees_what_the_other_found_beside_what_was_typed(corner, login):
    sheet = sheet_of(prepared(corner), "hoken")
    late = replies_for(sheet, "no", "資格なし")
    login(staff_of("hoken"), first := Client()).post(
        f"{SHEETS}{sheet.public_id}/", replies_for(sheet, "yes", "資格あり")
    )
    answer = login(staff_of("hoken"), Client()).post(f"{SHEETS}{sheet.public_id}/", late)
    assert answer.status_code == 409
    page = text_of(answer)
    assert all(word in page for word in ("他の人が先に操作しました", "資格なし", "資格あり"))
    assert sheet.requests.get().note == "資格あり"
    assert first is not None


def test_a_wrong_reply_is_said_at_its_field_and_stays(corner, login):
    sheet = sheet_of(prepared(corner), "hoken")
    answer = login(staff_of("hoken")).post(f"{SHEETS}{sheet.public_id}/", replies_for(sheet, "perhaps", "あ" * 301))
    assert answer.status_code == 422
    assert "あ" * 301 in text_of(answer)
    assert sheet.requests.get().finding == ""


@pytest.mark.parametrize("rest", ["", "check/", "questions/1/", "family/"])
def test_strangers_find_no_family(corner, login, rest, resident):
    row = prepared(corner)
    for person in (stranger(), resident):
        assert login(person, Client()).get(case_url(row, rest)).status_code == 404


def test_roles_that_do_not_answer_find_no_sheets(corner, login, contract_clerk, auditor):
    sheet = sheet_of(prepared(corner), "hoken")
    hired = factories.make_staff(role=Role.CONTRACT_CLERK, department=Department.objects.get(code="hoken"))
    for person in (contract_clerk, auditor, hired):
        browser = login(person, Client())
        assert browser.get(SHEETS).status_code == 404
        assert browser.post(f"{SHEETS}{sheet.public_id}/", replies_for(sheet, "yes")).status_code == 404


def test_a_cancelled_booking_shows_departments_nothing(corner, login):
    row = prepared(corner)
    bookings.cancel(reservation=row.reservation)
    sheet = sheet_of(row, "hoken")
    page = text_of(login(staff_of("hoken")).get(f"{SHEETS}{sheet.public_id}/"))
    assert "調べる必要はありません" in page
    assert "田中" not in page


@needs_poppler
def test_sheets_are_printed_each_for_its_department(corner, clerk, login):
    row = prepared(corner)
    answer = login(clerk).post(case_url(row, "print/"))
    assert answer["Content-Type"] == "application/pdf"
    text = text_of_pdf(answer.content)
    assert all(word in text for word in ("hoken課", "国保の資格", "田中"))
    assert "車いす" not in text
    assert {sheet.prints for sheet in row.sheets.all()} == {1}
    again = sheets_pdf(row, sheets_of(row), by=clerk, now=timezone.now())
    assert "再発行" in text_of_pdf(again)


# --- on the day ------------------------------------------------------------------------------------------------


def test_the_visit_begins_with_the_list(corner, procedure, clerk, login):
    row = prepared(corner)
    browser = login(clerk)
    begun = [browser.post(case_url(row, "begin/"), {"request_key": "k"}).url for _press in range(2)]
    visit = Visit.objects.get()
    assert begun == [f"/staff/visits/{visit.public_id}/"] * 2
    assert visit.reservation == row.reservation
    # nobody is identified yet
    assert browser.post(case_url(row, "take/")).url == case_url(row)
    assert not visit.procedures.exists()
    identified(visit, clerk)
    for _press in range(2):
        assert browser.post(case_url(row, "take/")).url == f"/staff/visits/{visit.public_id}/procedures/"
    [one] = visit.procedures.all()
    assert (one.procedure, one.origin, one.dropped_at) == (procedure, "guide", None)


def test_the_pages_of_its_visit_lead_back_to_the_list(corner, clerk, login):
    row = prepared(corner)
    visit = visits.start(place=row.reservation.place, by=clerk, request_key="k", reservation=row.reservation)
    other = visits.start(place=row.reservation.place, by=clerk, request_key="l")
    browser = login(clerk)
    link = f'href="{case_url(row)}"'
    assert link in browser.get(f"/staff/visits/{visit.public_id}/identify/").text
    assert link not in browser.get(f"/staff/visits/{other.public_id}/identify/").text


def test_whoever_ends_with_the_family_is_told_of_a_visit_that_is_not_received(corner, clerk, login):
    row, browser = prepared(corner), login(clerk)
    words = "来庁の受付が、まだ終わっていません"
    assert words not in text_of(browser.get(case_url(row, "family/")))
    browser.post(case_url(row, "begin/"), {"request_key": "k"})
    assert words in text_of(browser.get(case_url(row, "family/")))
    visits.leave(Visit.objects.get(), keep=False, by=clerk)
    assert words not in text_of(browser.get(case_url(row, "family/")))


def test_what_a_department_did_not_find_is_dropped_with_its_reason(corner, procedure, clerk):
    row = prepared(corner)
    visit = visits.start(place=row.reservation.place, by=clerk, request_key="k", reservation=row.reservation)
    identified(visit, clerk)
    bereavements.take_into_visit(row, visit, by=clerk)
    sheet = sheet_of(row, "hoken")
    replies = {one.pk: Reply(Finding.NO) for one in sheet.requests.all()}
    bereavements.reply(sheet, replies=replies, seen_revision=sheet.revision, by=staff_of("hoken"))
    bereavements.take_into_visit(row, visit, by=clerk)
    one = visit.procedures.get()
    assert (one.procedure, one.drop_reason) == (procedure, "hoken課：該当なし")
    # put back by the desk it stays, whatever the list says
    visits.put_back(visit, procedure, by=clerk)
    assert visit.procedures.get().dropped_at is None


def test_each_procedure_is_settled_with_a_reason_where_it_needs_one(corner, clerk, login):
    row = prepared(corner)
    browser = login(clerk)
    address = case_url(row, "steps/care_end/")
    refused = browser.post(address, {"to": "not_needed", "reason": "", "revision": "0"})
    assert refused.status_code == 422
    assert "理由を入力してください" in text_of(refused)
    assert browser.post(address, {"to": "not_needed", "reason": "証は返却済み", "revision": "0"}).status_code == 302
    step = step_of(row, "care_end")
    assert (step.state, step.reason, step.revision) == (StepState.NOT_NEEDED, "証は返却済み", 1)
    # the same once more is once; an old page of somebody else is told
    assert browser.post(address, {"to": "not_needed", "reason": "証は返却済み", "revision": "0"}).status_code == 302
    late = browser.post(address, {"to": "done", "reason": "", "revision": "0"})
    assert late.status_code == 422
    assert "他の人が先に操作しました" in text_of(late)
    assert step_of(row, "care_end").revision == 1


def test_what_the_desk_decided_no_department_changes(corner, clerk):
    row = prepared(corner)
    settle(row, "kokuho_end", StepState.DONE, clerk)
    sheet = sheet_of(row, "hoken")
    replies = {one.pk: Reply(Finding.NO) for one in sheet.requests.all()}
    bereavements.reply(sheet, replies=replies, seen_revision=sheet.revision, by=staff_of("hoken"))
    assert step_of(row, "kokuho_end").state == StepState.DONE


def test_something_nobody_thought_of_is_added_once(corner, clerk, login):
    row = prepared(corner)
    browser = login(clerk)
    data = {"title": "図書館のカードの返却", "reason": "お持ちになった", "department": "", "request_key": "abc"}
    for _press in range(2):
        assert browser.post(case_url(row, "steps/add/"), data).status_code == 302
    assert BereavementStep.objects.filter(bereavement=row, key="own-abc").count() == 1
    refused = browser.post(case_url(row, "steps/add/"), data | {"reason": "", "request_key": "def"})
    assert refused.status_code == 422
    assert "図書館のカードの返却" in text_of(refused)
    # a renewed list keeps it
    bereavements.prepare(row, by=None)
    assert step_of(row, "own-abc").title == "図書館のカードの返却"


@pytest.mark.parametrize("key", ["a/b", "あ", "x y", "k" * 300])
def test_whatever_key_a_browser_sends_the_page_of_the_family_stands(corner, clerk, login, key):
    row = prepared(corner)
    browser = login(clerk)
    data = {"title": "図書館のカードの返却", "reason": "お持ちになった", "department": "", "request_key": key}
    for _press in range(2):
        assert browser.post(case_url(row, "steps/add/"), data).status_code == 302
    assert row.steps.filter(origin="staff").count() == 1
    assert "図書館のカードの返却" in text_of(browser.get(case_url(row)))


@pytest.mark.parametrize("revision", ["9" * 5000, "²", "-1", ""])
def test_whatever_revision_a_browser_sends_is_an_old_one(corner, clerk, login, revision):
    row = prepared(corner)
    browser = login(clerk)
    answer = browser.post(case_url(row, "steps/care_end/"), {"to": "done", "revision": revision})
    assert answer.status_code == 422
    assert step_of(row, "care_end").state == StepState.OPEN
    visit = visits.start(place=row.reservation.place, by=clerk, request_key="k", reservation=row.reservation)
    assert browser.post(f"/staff/visits/{visit.public_id}/back/", {"revision": revision}).status_code < 500


# --- what the family takes home --------------------------------------------------------------------------------


@needs_poppler
def test_the_family_gets_done_left_and_elsewhere(corner, clerk, login):
    make_item()
    make_item("car", name="自動車", when={"contains": [{"answer": "owned"}, "car"]})
    row = prepared(corner)
    settle(row, "kokuho_end", StepState.DONE, clerk)
    settle(row, "care_end", StepState.ELSEWHERE, clerk, reason="前の市の介護保険課")
    found = family_list(row, timezone.now())
    assert [one.step.key for one in found.done] == ["kokuho_end"]
    assert found.left == []
    # the guide's pension has no item of the city: it is not lost
    assert {(one.name, one.due_on) for one in found.elsewhere} == {
        ("年金の届出", DIED_ON + dt.timedelta(days=14)),
        ("介護保険被保険者証の返却", DIED_ON + dt.timedelta(days=14)),
        ("相続の放棄", dt.date(2027, 2, 9)),
    }
    text = text_of_pdf(family_pdf(row, again=0, now=timezone.now()))
    assert all(
        word in text for word in ("国民健康保険の資格喪失の届出", "家庭裁判所", "令和9年2月9日まで", "民法915条")
    )
    assert "再発行" not in text
    page = text_of(login(clerk).get(case_url(row, "family/")))
    assert "相続の放棄" in page


def test_an_item_of_the_city_stands_for_the_guides_own_words(corner):
    make_item("pension", name="年金（市の案内）", results=["pension"], months=0, days=10)
    names = [one.name for one in family_list(prepared(corner), timezone.now()).elsewhere]
    assert names == ["年金（市の案内）"]


def test_what_was_received_in_the_visit_is_done_with_its_number(corner, clerk, procedure, resident):
    from counter.models import VisitProcedure
    from tests.applications.casekit import make_case

    row = prepared(corner)
    visit = visits.start(place=row.reservation.place, by=clerk, request_key="k", reservation=row.reservation)
    identified(visit, clerk)
    bereavements.take_into_visit(row, visit, by=clerk)
    case = make_case(procedure, resident)
    VisitProcedure.objects.filter(visit=visit).update(application=case)
    [one] = family_list(row, timezone.now()).done
    assert (one.step.key, one.filed.application) == ("kokuho_end", case)


def test_the_end_comes_once_and_can_be_taken_back(corner, clerk, login):
    row = prepared(corner)
    browser = login(clerk)
    for _press in range(2):
        assert browser.post(case_url(row, "close/"), {"revision": row.revision}).url == CORNER
    row.refresh_from_db()
    assert row.state == BereavementState.CLOSED
    assert row.events.filter(kind="closed").count() == 1
    assert browser.post(case_url(row, "steps/care_end/"), {"to": "done", "revision": "0"}).status_code == 422
    for _press in range(2):
        browser.post(case_url(row, "reopen/"))
    row.refresh_from_db()
    assert (row.state, row.ended_at) == (BereavementState.PREPARING, None)
    assert browser.post(case_url(row, "family/print/"))["Content-Type"] == "application/pdf"
    row.refresh_from_db()
    assert row.family_prints == 1


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        ({"days": 14}, dt.date(2026, 11, 23)),
        # Monday, but 勤労感謝の日
        ({"days": 14, "moves": True}, dt.date(2026, 11, 24)),
        ({"days": 14, "counts_first_day": True}, dt.date(2026, 11, 22)),
        ({"months": 3}, dt.date(2027, 2, 9)),
        ({"years": 5}, dt.date(2031, 11, 9)),
        ({}, None),
    ],
)
def test_days_count_from_the_day_after_the_death(offset, expected):
    item = ElsewhereItem(**offset)
    assert due_on(DIED_ON, item) == expected
    assert due_on(None, item) is None


def test_months_end_on_the_last_day_of_a_shorter_one():
    assert due_on(dt.date(2026, 11, 30), ElsewhereItem(months=3)) == dt.date(2027, 2, 28)
