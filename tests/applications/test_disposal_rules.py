"""What a disposal does beside the case itself, when its time begins, and that nothing comes between."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from applications.enums import ApplicationState, DecisionKind, EventKind, PaymentState
from applications.models import (
    Application,
    ApplicationEvent,
    BulkDecision,
    BulkDecisionRow,
    CaseNote,
    DisposalMark,
    Message,
)
from applications.queries import retention as reads
from applications.services import casework, desk, fees, retention
from applications.services.keeping import CaseDisposed
from applications.services.messages import send_from_city
from applications.tasks import dispose
from cityhall.enums import Lane, WorkState
from cityhall.errors import StaleState
from notices.enums import NoticeState, PaperState, ReceiptKind
from notices.models import Notice, ReceiptEvent
from notices.services import issue
from tests.applications.casekit import fresh, make_notice_type, make_procedure
from tests.applications.feekit import fee_of, make_fee_case, make_old_case, pay
from tests.applications.killkit import stopping_in
from tests.killing import run_until_killed

S = ApplicationState
NOON = dt.timedelta(hours=12)


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


def approved_list(department, handler, approver):
    disposal = retention.plan_disposal(department=department, as_of=timezone.localdate(), by=handler)
    return retention.approve_disposal(disposal=disposal, by=approver)


# --- one decision for many cases --------------------------------------------------------------------


def bulk_of(cases, by):
    made = BulkDecision.objects.create(decision=DecisionKind.APPROVE, reason="病気のため", by=by, request_key="b1")
    for case in cases:
        BulkDecisionRow.objects.create(
            bulk=made,
            application=case,
            seen_revision=1,
            lane=Lane.BULK,
            state=WorkState.DONE,
            finished_at=timezone.now(),
        )
    return made


def test_the_words_of_a_bulk_decision_go_with_the_last_of_its_cases(department, handler, approver):
    procedure = make_procedure(department)
    first, last = (make_old_case(department, procedure=procedure) for _number in range(2))
    made = bulk_of([first, last], handler)
    retention.set_hold(application=last, reason="訴訟のため", by=handler)
    approved_list(department, handler, approver)
    retention.dispose_due()
    made.refresh_from_db()
    assert (fresh(first).disposed_at is None, made.reason) == (False, "病気のため")
    retention.set_hold(application=last, reason="", by=handler)
    approved_list(department, handler, approver)
    retention.dispose_due()
    made.refresh_from_db()
    assert (fresh(last).disposed_at is None, made.reason) == (False, "")
    assert made.rows.count() == 2


# --- the notice outlives the case -------------------------------------------------------------------


def told(case, by, *, state=NoticeState.AVAILABLE, available=None, opened=None, posted=None):
    """A notice of the decision as far on its way as the arguments say."""
    notice = issue(
        notice_type=make_notice_type(),
        recipient=case.resident,
        subject=case.resident,
        department=case.department,
        values=dict.fromkeys(
            ("procedure_name", "applicant_name", "application_date", "application_number", "decision"), "x"
        )
        | {"decision_date": "x", "reason": "x"},
        source_type="application",
        source_id=case.public_id,
        source_label="x",
        request_key=f"notice of {case.pk} {Notice.objects.count()}",
        by=by,
        now=available or timezone.now(),
    )
    fields = {"available_at": available, "opened_at": opened}
    if posted is not None:
        fields["paper_state"] = PaperState.POSTED
        ReceiptEvent.objects.create(notice=notice, kind=ReceiptKind.POSTED, occurred_at=posted)
    if state == NoticeState.WITHDRAWN:
        fields |= {"state": state, "withdrawn_at": timezone.now()}
    Notice.objects.filter(pk=notice.pk).update(**fields)
    return Notice.objects.get(pk=notice.pk)


def reasons(case, now):
    row = Application.objects.select_related("procedure").get(pk=case.pk)
    return [str(reason) for reason in reads.candidates([row], now=now)[0].reasons]


DECIDED = dt.datetime(2026, 4, 1, 3, tzinfo=dt.UTC)
LATER = DECIDED + dt.timedelta(days=60)
# three months after the day they knew, the day itself not counted
OPEN_UNTIL = {DECIDED: dt.datetime(2026, 7, 1, 15, tzinfo=dt.UTC), LATER: dt.datetime(2026, 8, 31, 15, tzinfo=dt.UTC)}


@pytest.mark.parametrize(
    ("way", "knew_at"),
    [
        (None, DECIDED),
        ({"available": DECIDED, "opened": LATER}, LATER),
        ({"available": DECIDED, "opened": DECIDED, "posted": LATER}, DECIDED),
        ({"available": DECIDED, "posted": LATER}, LATER),
        ({"available": LATER, "opened": LATER}, LATER),
        ({"available": DECIDED, "opened": LATER, "state": NoticeState.WITHDRAWN}, DECIDED),
    ],
    ids=["no notice", "opened", "opened, also posted", "posted", "available late", "withdrawn"],
)
def test_appeal_counts_from_the_day_they_knew(department, handler, way, knew_at):
    case = make_old_case(department, decided_at=DECIDED)
    if way is not None:
        told(case, handler, **way)
    last = OPEN_UNTIL[knew_at]
    assert reasons(case, last - dt.timedelta(seconds=1)) == [str(reads.OPEN_APPEAL)]
    assert reasons(case, last) == []


def test_what_nobody_opened_and_no_letter_replaced_stays_beyond_its_appeal(department, handler):
    case = make_old_case(department, decided_at=DECIDED)
    told(case, handler, available=LATER)
    assert reasons(case, OPEN_UNTIL[LATER] - NOON) == [str(reads.OPEN_APPEAL), str(reads.UNOPENED)]
    assert reasons(case, OPEN_UNTIL[LATER]) == [str(reads.UNOPENED)]


def test_the_notice_stays_with_its_words_and_its_number(department, handler, approver):
    case = make_old_case(department)
    notice = told(case, handler, available=DECIDED, opened=DECIDED)
    Application.objects.filter(pk=case.pk).update(decided_at=case.decided_at)
    approved_list(department, handler, approver)
    # read long after the appeal against it was over
    retention.dispose_due()
    kept = Notice.objects.get(pk=notice.pk)
    assert fresh(case).disposed_at is not None
    assert (kept.number, kept.body, kept.opened_at) == (notice.number, notice.body, DECIDED)


# --- what comes between -----------------------------------------------------------------------------


@pytest.fixture
def overtaken(department, handler, approver):
    """A case as a page has it that was opened before the disposal."""
    case = fresh(make_old_case(department))
    approved_list(department, handler, approver)
    retention.dispose_due()
    return case


def test_what_is_written_to_a_case_that_was_disposed_of_meanwhile_is_refused(overtaken, handler):
    with pytest.raises(CaseDisposed):
        desk.write_note(application=overtaken, body="電話", by=handler, request_key="n")
    with pytest.raises(CaseDisposed):
        send_from_city(application=overtaken, body="電話", by=handler, request_key="m")
    assert not CaseNote.objects.exists()
    assert not Message.objects.exists()


def test_a_case_that_was_disposed_of_meanwhile_is_not_reopened(overtaken, handler):
    with pytest.raises(StaleState):
        casework.reopen(application=overtaken, reason="誤り", by=handler)
    assert fresh(overtaken).state == S.COMPLETED


def test_money_of_a_case_that_was_disposed_of_meanwhile_is_not_moved(department, handler, approver):
    case = make_fee_case(department, state=S.COMPLETED, keep_until=dt.date(2024, 3, 31))
    pay(case, handler)
    Application.objects.filter(pk=case.pk).update(decided_at=DECIDED - dt.timedelta(days=900))
    seen = fee_of(case)
    approved_list(department, handler, approver)
    retention.dispose_due()
    assert fresh(case).disposed_at is not None
    with pytest.raises(CaseDisposed):
        fees.reverse(payment=seen, reason="誤り", by=approver)
    assert fee_of(case).state == PaymentState.PAID


# --- killed half-way --------------------------------------------------------------------------------

SCRIPT = stopping_in("dispose")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("module", "name", "when"),
    [
        ("applications.services.retention.working", "_dispose", "before"),
        ("applications.services.retention.working", "_delete_files", "after"),
        ("applications.services.retention.working", "_dispose", "after"),
        ("cityhall.services.work", "finish", "before"),
        ("cityhall.services.work", "finish", "after"),
    ],
)
def test_killed_anywhere_every_case_is_disposed_of_wholly_or_not_at_all(
    department, handler, approver, module, name, when
):
    procedure = make_procedure(department)
    cases = [make_old_case(department, procedure=procedure) for _number in range(3)]
    disposal = approved_list(department, handler, approver)
    connection.close()
    run_until_killed(SCRIPT, module, name, when)
    gone = Application.objects.filter(disposed_at__isnull=False)
    assert gone.count() == 1
    assert disposal.rows.filter(state=WorkState.DONE).count() == 1
    # of the one that was being disposed of nothing is missing
    assert sum(case.revisions.count() for case in cases) == 2
    assert DisposalMark.objects.filter(table=Application._meta.db_table).count() == 1
    # its lease is over
    disposal.rows.filter(state=WorkState.RUNNING).update(due_at=disposal.planned_at)
    dispose()
    assert gone.count() == 3
    assert ApplicationEvent.objects.filter(kind=EventKind.DISPOSED).count() == 3
    disposal.refresh_from_db()
    assert disposal.state == "done"


# --- past every form --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM applications_applicationrevision WHERE application_id = %s",
        "UPDATE applications_applicationrevision SET answers = '{}' WHERE application_id = %s",
        "DELETE FROM applications_message WHERE application_id = %s",
        "UPDATE applications_applicationevent SET note = '' WHERE application_id = %s",
        "DELETE FROM applications_applicationevent WHERE application_id = %s",
    ],
)
def test_the_trigger_refuses_whoever_writes_sql(department, handler, statement):
    case = make_old_case(department)
    ApplicationEvent.objects.create(application=case, kind=EventKind.APPROVED, actor=handler, note="理由")
    Message.objects.create(application=case, is_from_city=True, author=handler, body="本文", request_key="m")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [case.pk])
