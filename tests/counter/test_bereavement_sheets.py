"""Before the day: what a family sends becomes a sheet for each department, which follows answers and bookings."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cityhall.errors import StaleState
from counter import tasks
from counter.bereavement.enums import BereavementState, Finding, StepOrigin, StepState
from counter.bereavement.errors import AnswersMissing, BookingGivenUp, NotAgreed, NotSentYet
from counter.models import Bereavement, BereavementRequest, BereavementSheet
from counter.queries.bereavements import told_to, visible_sheets
from counter.services import bereavements
from counter.services.bereavements import Reply, preparing
from reservations.services import bookings
from tests.counter.bereavementkit import DIED_ON, book, make_corner, prepared, sheet_of, staff_of, told
from tests.reservations import kit

pytestmark = pytest.mark.django_db
YES, NO = Reply(Finding.YES, "8月分まで納付済み", papers_ready=True), Reply(Finding.NO)


@pytest.fixture
def corner(municipality, department):
    return make_corner(department)[0]


def answer(sheet, found, by, seen=None):
    replies = {one.pk: found for one in sheet.requests.all()}
    return bereavements.reply(sheet, replies=replies, seen_revision=seen or sheet.revision, by=by)


def steps_of(row):
    return {step.key: (StepState(step.state), step.reason) for step in row.steps.all()}


def test_what_a_family_sends_is_kept_with_the_day_it_counts_from(corner):
    row = told(corner)
    assert (row.state, row.died_on, row.answers["visitor_relation"]) == (BereavementState.SENT, DIED_ON, "spouse")
    assert [event.kind for event in row.events.all()] == ["begun", "sent"]
    assert bereavements.send(row, has_agreed=True, by=None).revision == row.revision


def test_nothing_is_sent_without_consent_or_without_a_name(corner):
    row = bereavements.begin(book(corner), corner, by=None)
    with pytest.raises(NotAgreed):
        bereavements.send(row, has_agreed=False, by=None)
    with pytest.raises(AnswersMissing):
        bereavements.send(row, has_agreed=True, by=None)
    with pytest.raises(NotSentYet):
        bereavements.prepare(row, by=None)
    assert not BereavementSheet.objects.exists()


def test_a_day_that_has_not_come_is_no_day_of_death(corner):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    day = {"era": "western", "year": str(tomorrow.year), "month": str(tomorrow.month), "day": str(tomorrow.day)}
    with pytest.raises(AnswersMissing):
        told(corner, died_on=day)


def test_each_department_is_asked_what_the_answers_call_for(corner):
    row = prepared(corner, care="no")
    assert {
        sheet.department.code: [one.check_row.key for one in sheet.requests.all()] for sheet in row.sheets.all()
    } == {
        "hoken": ["kokuho"],
        "zei": ["refund"],
    }
    assert steps_of(row) == {"kokuho_end": (StepState.OPEN, "")}
    assert row.state == BereavementState.PREPARING


def test_preparing_twice_changes_nothing(corner):
    row = prepared(corner)
    before = (row.revision, row.events.count(), BereavementRequest.objects.count())
    for _time in range(2):
        assert not bereavements.prepare(row, by=None)
        tasks.prepare_bereavements()
    row.refresh_from_db()
    assert (row.revision, row.events.count(), BereavementRequest.objects.count()) == before


def test_the_daily_task_prepares_what_comes_within_its_days(corner):
    near, far = told(corner), told(corner, book(corner, days=40))
    assert bereavements.prepare_due() == 1
    states = {row.pk: row.state for row in Bereavement.objects.all()}
    assert states == {near.pk: BereavementState.PREPARING, far.pk: BereavementState.SENT}


def test_the_daily_task_gets_to_the_last_family_however_many_there_are(corner):
    for days in (7, 8, 9, 10):
        told(corner, book(corner, days=days))
    assert bereavements.prepare_due(batch=2) == 4
    assert set(Bereavement.objects.values_list("state", flat=True)) == {BereavementState.PREPARING}
    assert bereavements.prepare_due(batch=2) == 0


def test_changed_answers_renew_the_sheets_and_withdraw_what_nobody_has_answered(corner):
    row = prepared(corner)
    hoken = staff_of("hoken")
    sheet = answer(sheet_of(row, "hoken"), YES, hoken)
    again = bereavements.save_page(
        row, page=_page(row, "person"), typed={"died_on": row.values["died_on"], "insurance": "other"}, by=None
    )
    bereavements.send(again, has_agreed=True, by=None)
    assert bereavements.prepare(again, by=None)
    asked = BereavementRequest.objects.filter(sheet__bereavement=row, withdrawn_at=None)
    # what was answered stays: somebody looked it up
    assert {one.check_row.key for one in asked} == {"kokuho", "refund"}
    assert BereavementSheet.objects.get(pk=sheet.pk).answered_by == hoken


def test_what_one_press_leaves_the_worker_prepares(corner, clerk, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(preparing, "AT_ONCE", 1)
    prepared(corner)
    told(corner, book(corner, 8))
    waiting = told(corner, book(corner, 9))
    # what was just sent comes first, though an earlier family is prepared
    assert bereavements.prepare_all(by=clerk) == (1, True)
    states = Bereavement.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [BereavementState.PREPARING, BereavementState.PREPARING, BereavementState.SENT]
    monkeypatch.setattr(preparing, "BATCH", 1)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.prepare_corner(user_id=clerk.pk)
    for after in Bereavement.objects.order_by("id").values_list("pk", flat=True):
        tasks.prepare_corner(user_id=clerk.pk, after_id=after)
    waiting.refresh_from_db()
    assert waiting.state == BereavementState.PREPARING
    monkeypatch.setattr(preparing, "AT_ONCE", 3)
    assert bereavements.prepare_all(by=clerk) == (0, False)
    tasks.prepare_corner(user_id=0)


def test_the_list_is_renewed_by_what_is_different(corner):
    row = prepared(corner)
    with CaptureQueriesContext(connection) as asked:
        bereavements.prepare(row, by=None)
    assert not [one for one in asked if one["sql"].startswith('UPDATE "counter_bereavementstep"')]
    with CaptureQueriesContext(connection) as asked:
        _send_changed(row, "deceased", deceased_name=OTHER)
    assert not [one for one in asked if one["sql"].startswith('UPDATE "counter_bereavementstep"')]
    row.steps.update(title="?", position=9)
    with CaptureQueriesContext(connection) as asked:
        bereavements.prepare(row, by=None)
    assert len([one for one in asked if one["sql"].startswith('UPDATE "counter_bereavementstep"')]) == 1
    assert "?" not in row.steps.values_list("title", flat=True)


def _send_changed(row, page, **values):
    kept = {field.key: row.values[field.key] for field in _page(row, page).fields if field.key in row.values}
    row = bereavements.save_page(row, page=_page(row, page), typed=kept | values, by=None)
    return bereavements.send(row, has_agreed=True, by=None)


def _found(row):
    """By department: finding, note, whether the sheet is answered, its revision."""
    rows = BereavementRequest.objects.filter(sheet__bereavement=row).select_related("sheet__department")
    return {
        one.sheet.department.code: (one.finding, one.note, one.sheet.answered_at is not None, one.sheet.revision)
        for one in rows
    }


OTHER = {"family": "田中", "given": "滋", "family_kana": "タナカ", "given_kana": "シゲル"}


def test_what_was_found_for_another_name_is_asked_again(corner):
    row = prepared(corner)
    answer(sheet_of(row, "hoken"), NO, staff_of("hoken"))
    before = _found(row)
    assert steps_of(row)["kokuho_end"][0] == StepState.NOT_NEEDED
    _send_changed(row, "deceased", deceased_name=OTHER)
    after = _found(row)
    assert {code: found[:3] for code, found in after.items()} == dict.fromkeys(before, ("", "", False))
    # who is answering meanwhile is told
    assert {code: found[3] - before[code][3] for code, found in after.items()} == dict.fromkeys(before, 1)
    assert steps_of(row)["kokuho_end"] == (StepState.OPEN, "")


def test_a_corrected_fact_is_asked_again_where_the_department_reads_it(corner):
    from counter.models import BereavementCheck

    BereavementCheck.objects.filter(key="refund").update(facts=["care"])
    row = prepared(corner)
    for code in ("hoken", "zei"):
        answer(sheet_of(row, code), YES, staff_of(code))
    before = _found(row)
    _send_changed(row, "person", care="no")
    after = _found(row)
    assert after["hoken"] == before["hoken"]
    assert after["zei"] == ("", "", False, before["zei"][3] + 1)


def test_wishes_reopen_no_sheet(corner):
    row = prepared(corner)
    answer(sheet_of(row, "hoken"), YES, staff_of("hoken"))
    before = _found(row)
    _send_changed(row, "visitor", wishes="手話")
    assert _found(row) == before


def test_a_new_start_for_another_person_keeps_no_finding(corner):
    row = prepared(corner)
    answer(sheet_of(row, "hoken"), NO, staff_of("hoken"))
    reservation = bereavements.withdraw(row, by=None).reservation
    told(corner, reservation, deceased_name=OTHER)
    assert _found(row)["hoken"][:3] == ("", "", False)


def _page(row, key):
    from counter.queries.bereavements import form_of_family

    return next(page for page in form_of_family(row).pages if page.key == key)


def test_two_windows_of_a_family_lose_no_page(corner):
    row = bereavements.begin(book(corner), corner, by=None)
    other = Bereavement.objects.get(pk=row.pk)
    bereavements.save_page(row, page=_page(row, "deceased"), typed={"deceased_household": "alone"}, by=None)
    kept = bereavements.save_page(other, page=_page(row, "visitor"), typed={"wishes": "手話"}, by=None)
    assert (kept.values["deceased_household"], kept.values["wishes"]) == ("alone", "手話")


def test_a_department_reads_its_own_sheet_and_only_the_answers_it_needs(corner):
    prepared(corner)
    hoken = staff_of("hoken")
    sheet = visible_sheets(hoken).get()
    assert sheet.department.code == "hoken"
    seen = told_to(sheet)
    assert [one.key for one in seen.identity] == ["deceased_name", "deceased_household", "died_on"]
    assert [[fact.key for fact in facts] for _one, facts in seen.requests] == [["insurance"]]
    assert "車いす" not in str(seen)


def test_findings_decide_the_list_of_the_day(corner):
    row = prepared(corner)
    answer(sheet_of(row, "hoken"), NO, staff_of("hoken"))
    answer(sheet_of(row, "zei"), YES, staff_of("zei"))
    steps = steps_of(row)
    assert steps["kokuho_end"] == (StepState.NOT_NEEDED, "hoken課：該当なし")
    assert steps["care_end"] == (StepState.OPEN, "")
    # the guide knows nothing of it: the department found it
    assert steps["check-refund"] == (StepState.OPEN, "")
    assert row.steps.get(key="check-refund").origin == StepOrigin.DEPARTMENT
    assert not row.steps.filter(key__in=["corner", "pension"]).exists()


def test_of_two_who_answer_at_once_the_slower_is_told_and_writes_nothing(corner):
    row = prepared(corner)
    sheet = sheet_of(row, "hoken")
    first, second = staff_of("hoken"), staff_of("hoken")
    answer(sheet, YES, first, seen=sheet.revision)
    with pytest.raises(StaleState):
        answer(sheet, NO, second, seen=sheet.revision)
    # the same button pressed twice
    assert answer(sheet, YES, first, seen=sheet.revision).answered_by == first
    assert [one.finding for one in sheet.requests.all()] == [Finding.YES]
    assert row.events.filter(kind="answered").count() == 1


def test_a_sheet_is_answered_when_nothing_on_it_is_open(corner):
    sheet = sheet_of(prepared(corner), "hoken")
    assert answer(sheet, Reply(Finding.NONE, "確認中"), staff_of("hoken")).answered_at is None
    assert answer(sheet, NO, staff_of("hoken"), seen=sheet.revision + 1).answered_at is not None


def test_sheets_follow_a_booking_that_is_moved(corner):
    row = prepared(corner)
    was = row.reservation.starts_at
    slot = kit.make_slot(corner.service.group, row.reservation.place, was + dt.timedelta(days=1), minutes=60)
    revision = sheet_of(row, "hoken").revision
    bookings.move(reservation=row.reservation, slots=[slot])
    for _time in range(2):
        tasks.follow_bereavements()
    row = Bereavement.objects.get(pk=row.pk)
    assert (row.visit_on, row.told_at) == (slot.business_day, slot.starts_at)
    assert row.events.filter(kind="moved").count() == 1
    assert sheet_of(row, "hoken").revision == revision + 1


def test_sheets_of_a_cancelled_booking_are_withdrawn_at_once(corner):
    row = prepared(corner)
    sheet = sheet_of(row, "hoken")
    bookings.cancel(reservation=row.reservation)
    hoken = staff_of("hoken")
    assert told_to(visible_sheets(hoken).get()).identity == ()
    with pytest.raises(BookingGivenUp):
        answer(sheet, YES, hoken)
    for _time in range(2):
        tasks.follow_bereavements()
    row.refresh_from_db()
    assert row.state == BereavementState.WITHDRAWN
    assert row.events.filter(kind="withdrawn").count() == 1


def test_a_family_takes_everything_back_and_keeps_its_booking(corner):
    row = prepared(corner)
    bereavements.withdraw(row, by=None)
    gone = bereavements.withdraw(row, by=None)
    assert (gone.values, gone.answers, gone.died_on) == ({}, {}, None)
    assert gone.reservation.state == "booked"


def test_what_is_over_is_wiped_and_only_that(corner, settings):
    row, stays = prepared(corner), prepared(corner, reservation=book(corner, days=9))
    answer(sheet_of(row, "hoken"), YES, staff_of("hoken"))
    day = dt.timedelta(days=1)
    later = timezone.now() + day * (settings.VISITOR_KEPT_DAYS + 8)
    assert [bereavements.wipe(now=later) for _time in range(2)] == [1, 0]
    row.refresh_from_db()
    assert (row.values, row.answers, row.died_on, row.reservation) == ({}, {}, None, None)
    assert (row.state, row.wiped_at) == (BereavementState.CLOSED, later)
    assert {one.note for one in BereavementRequest.objects.filter(sheet__bereavement=row)} == {""}
    stays.refresh_from_db()
    assert stays.values["deceased_name"]["family"] == "田中"


def test_what_was_given_up_is_wiped_after_a_week(corner):
    bereavements.withdraw(prepared(corner), by=None)
    assert bereavements.wipe(now=timezone.now() + dt.timedelta(days=6)) == 0
    assert bereavements.wipe(now=timezone.now() + dt.timedelta(days=8)) == 1
