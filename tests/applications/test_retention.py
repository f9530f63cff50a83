"""Keeping and disposing: what may go, four eyes, the worker, what is left, what the database refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from applications.enums import ApplicationState, DecisionKind, DisposalState, EventKind
from applications.models import (
    Application,
    ApplicationEvent,
    ApplicationRevision,
    Approval,
    CaseNote,
    CorrectionRequest,
    Disposal,
    DisposalMark,
    Message,
    PaymentEvent,
)
from applications.queries import retention as reads
from applications.queries.retention import appeal_ends, candidates
from applications.queries.scope import allowed_actions
from applications.services import casework, fees, retention
from applications.services.casework import NotAllowed
from applications.services.retention import planning, working
from applications.services.withdrawal import withdraw
from cityhall.days import keep_until
from cityhall.enums import AuditAction, FileKind, Role, WorkState
from cityhall.models import AuditEvent, StoredFile
from cityhall.my_numbers import REFUSED_TO_STAFF, TICK
from cityhall.services.files import store_bytes
from tests import factories
from tests.applications.casekit import NOW, make_case, make_procedure
from tests.applications.feekit import fee_of, make_fee_case, make_old_case, pay

pytestmark = pytest.mark.django_db
S = ApplicationState


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def handler(department):
    return factories.make_staff(role=Role.HANDLER, department=department)


@pytest.fixture
def approver(department):
    return factories.make_staff(role=Role.APPROVER, department=department)


@pytest.fixture
def case(department):
    return make_old_case(department)


def today():
    return timezone.localdate()


def plan(case, by):
    return retention.plan_disposal(department=case.department, as_of=today(), by=by)


def reasons(case):
    fresh = Application.objects.select_related("procedure").get(pk=case.pk)
    return [str(reason) for reason in candidates([fresh], now=timezone.now())[0].reasons]


# --- how long -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed", "years", "until"),
    [
        (dt.date(2026, 3, 31), 5, dt.date(2031, 3, 31)),
        (dt.date(2026, 4, 1), 5, dt.date(2032, 3, 31)),
        (dt.date(2027, 1, 10), 1, dt.date(2028, 3, 31)),
    ],
)
def test_years_begin_with_the_next_fiscal_year(closed, years, until):
    assert keep_until(closed, years) == until


def test_closing_writes_until_when_and_reopening_takes_it_away(department, handler):
    case = make_case(make_procedure(department, retention_years=3), state=S.APPROVED)
    casework.complete(application=case, by=handler, now=NOW)
    assert Application.objects.get(pk=case.pk).keep_until == dt.date(2030, 3, 31)
    casework.reopen(application=case, reason="誤り", by=handler)
    assert Application.objects.get(pk=case.pk).keep_until is None


def test_withdrawn_case_is_kept_as_well(department):
    case = make_case(make_procedure(department), state=S.SUBMITTED)
    withdraw(application=case, by=case.filed_by, now=NOW)
    assert Application.objects.get(pk=case.pk).keep_until == dt.date(2032, 3, 31)


def test_appeal_ends_with_the_day_of_the_third_month():
    decided = dt.datetime(2026, 11, 30, 3, tzinfo=dt.UTC)
    assert appeal_ends(decided, 3) == dt.datetime(2027, 2, 28, 15, tzinfo=dt.UTC)
    assert appeal_ends(dt.datetime(2026, 9, 15, 3, tzinfo=dt.UTC), 3) == dt.datetime(2026, 12, 15, 15, tzinfo=dt.UTC)


# --- what stays ---------------------------------------------------------------------------------------------


def test_reasons_to_keep_are_named(case, handler):
    assert reasons(case) == []
    retention.set_hold(application=case, reason="訴訟のため", by=handler)
    Application.objects.filter(pk=case.pk).update(decided_at=timezone.now())
    CorrectionRequest.objects.create(application=case, asked_by=handler, message="確認")
    Message.objects.create(application=case, is_from_city=True, author=handler, body="こんにちは", request_key="m1")
    wanted = ["訴訟のため", reads.OPEN_APPEAL, reads.OPEN_CORRECTION, reads.WRITTEN_LATELY]
    assert reasons(case) == [str(reason) for reason in wanted]


def test_unpaid_fee_keeps_a_case(department):
    case = make_fee_case(department, state=S.COMPLETED, keep_until=dt.date(2024, 3, 31))
    Application.objects.filter(pk=case.pk).update(decided_at=NOW - dt.timedelta(days=400))
    assert reasons(case) == [str(reads.UNPAID)]


def test_candidates_take_the_same_queries_for_three_cases(department, django_assert_num_queries):
    cases = [make_old_case(department) for _number in range(3)]
    with django_assert_num_queries(5):
        candidates(cases[:1], now=NOW)
    with django_assert_num_queries(5):
        candidates(cases, now=NOW)


def test_hold_is_for_who_may_process(case, handler):
    clerk = factories.make_staff(role=Role.CLERK, department=case.department)
    with pytest.raises(NotAllowed):
        retention.set_hold(application=case, reason="訴訟", by=clerk)
    retention.set_hold(application=case, reason="訴訟", by=handler)
    retention.set_hold(application=case, reason="", by=handler)
    assert Application.objects.get(pk=case.pk).disposal_hold == ""


# --- four eyes ----------------------------------------------------------------------------------------------


def test_list_is_made_by_one_and_agreed_to_by_another(case, handler, approver):
    disposal = plan(case, handler)
    assert retention.dispose_due() == 0
    with pytest.raises(retention.NothingToDispose):
        plan(case, handler)
    with pytest.raises(NotAllowed):
        retention.approve_disposal(disposal=disposal, by=handler)
    retention.approve_disposal(disposal=disposal, by=approver)
    assert retention.dispose_due() == 1
    disposal.refresh_from_db()
    assert disposal.state == DisposalState.DONE


def test_maker_does_not_agree(case, approver):
    disposal = plan(case, approver)
    with pytest.raises(retention.OwnList):
        retention.approve_disposal(disposal=disposal, by=approver)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disposal.objects.update(state="approved", approved_by=approver, approved_at=NOW)


def test_cancelled_list_disposes_of_nothing(case, handler, approver):
    disposal = plan(case, handler)
    retention.cancel_disposal(disposal=disposal, by=handler)
    assert retention.dispose_due() == 0
    assert plan(case, handler).rows.count() == 1


def test_day_to_come_and_other_departments_are_refused(case, handler):
    with pytest.raises(retention.NothingToDispose):
        retention.plan_disposal(department=case.department, as_of=today() + dt.timedelta(days=1), by=handler)
    with pytest.raises(NotAllowed):
        retention.plan_disposal(department=factories.make_department(), as_of=today(), by=handler)


# --- what goes ----------------------------------------------------------------------------------------------


@pytest.fixture
def full(department, handler):
    """A case with all that a case may have."""
    case = make_fee_case(department, state=S.COMPLETED, keep_until=dt.date(2024, 3, 31))
    old = NOW - dt.timedelta(days=900)
    pay(case, handler)
    Application.objects.filter(pk=case.pk).update(decided_at=old, decision_reason="病気のため", guest_email="a@b.jp")
    ApplicationEvent.objects.create(application=case, kind=EventKind.APPROVED, actor=handler, note="病気のため")
    CaseNote.objects.create(application=case, body="メモ", author=handler, request_key="n1")
    Message.objects.create(
        application=case, is_from_city=True, author=handler, body="本文", request_key="m1", sent_at=old
    )
    CorrectionRequest.objects.create(application=case, asked_by=handler, message="確認", answered_at=old)
    Approval.objects.create(application=case, decision=DecisionKind.APPROVE, reason="病気", proposed_by=handler)
    Approval.objects.filter(application=case).update(
        state="approved", decided_by=factories.make_staff(role=Role.APPROVER, department=department), decided_at=old
    )
    stored = store_bytes(content=b"%PDF-1", name="a.pdf", content_type="application/pdf", kind=FileKind.ATTACHMENT)
    case.attachments.create(field_key="paper", file=stored, request_key="f1")
    return case


def test_what_names_the_person_goes_and_what_happened_stays(full, handler, approver):
    retention.approve_disposal(disposal=plan(full, handler), by=approver)
    assert retention.dispose_due() == 1
    case = Application.objects.get(pk=full.pk)
    assert (case.number, case.decision, case.state) == (full.number, DecisionKind.APPROVE, S.COMPLETED)
    assert case.disposed_at is not None
    assert {name: getattr(case, name) for name in working.EMPTIED} == working.EMPTIED
    for model in (ApplicationRevision, Message, CaseNote, CorrectionRequest):
        assert not model.objects.filter(application=case).exists()
    assert set(case.events.values_list("note", flat=True)) == {""}
    assert case.events.last().kind == EventKind.DISPOSED
    assert Approval.objects.get(application=case).reason == ""
    assert fee_of(case).receipt_number
    assert StoredFile.objects.get().delete_after is not None
    assert AuditEvent.objects.filter(action=AuditAction.DELETE, target_id=case.public_id).count() == 1


def test_no_step_is_left_of_a_disposed_case(full, handler, approver, login):
    retention.approve_disposal(disposal=plan(full, handler), by=approver)
    retention.dispose_due()
    case = Application.objects.get(pk=full.pk)
    assert allowed_actions(approver, case) == frozenset()
    with pytest.raises(NotAllowed):
        casework.reopen(application=case, reason="誤り", by=approver)
    with pytest.raises(NotAllowed):
        fees.reverse(payment=fee_of(case), reason="誤り", by=approver)
    browser = login(approver)
    page = browser.get(reverse("applications:case_detail", args=[case.public_id])).content.decode()
    assert reverse("applications:case_reopen", args=[case.public_id]) not in page
    data = {"revision": case.revision, "reason": "誤り"}
    assert browser.post(reverse("applications:case_reopen", args=[case.public_id]), data).status_code == 404


def test_cases_that_are_kept_do_not_hold_up_the_others(department, handler, monkeypatch):
    held, free = make_old_case(department), make_old_case(department)
    retention.set_hold(application=held, reason="訴訟のため", by=handler)
    monkeypatch.setattr(planning, "MOST_ROWS", 1)
    assert list(plan(held, handler).rows.values_list("application", flat=True)) == [free.pk]


def test_lists_are_counted_at_once(department, handler, approver, django_assert_num_queries):
    lists = []
    for _number in range(3):
        case = make_old_case(department)
        lists.append(retention.approve_disposal(disposal=plan(case, handler), by=approver))
    retention.dispose_due()
    with django_assert_num_queries(1):
        counts = reads.counts_by_list(lists)
    assert [counts[one.pk] for one in lists] == [{"all": 1, "done": 1, "skipped": 0, "stuck": 0}] * 3


def test_plan_for_a_department_that_is_not_ones_own_makes_no_list_of_another(login, case, handler):
    data = {"department": "nowhere", "day": today().isoformat()}
    assert login(handler).post(reverse("applications:disposal_plan"), data).status_code == 404
    assert not Disposal.objects.exists()


def test_disposing_twice_is_once(full, handler, approver):
    disposal = retention.approve_disposal(disposal=plan(full, handler), by=approver)
    retention.dispose_due()
    row = disposal.rows.get()
    working.dispose_row(row)
    assert full.events.filter(kind=EventKind.DISPOSED).count() == 1


def test_worker_killed_half_way_goes_on(department, handler, approver, monkeypatch):
    first, second = make_old_case(department), make_old_case(department)
    disposal = retention.approve_disposal(disposal=plan(first, handler), by=approver)
    real, calls = working._dispose, []

    def die_at_the_second(row, case, now):
        real(row, case, now)
        calls.append(case)
        if len(calls) == 2:
            # what a kill is to the database: the transaction is never committed
            raise SystemExit

    monkeypatch.setattr(working, "_dispose", die_at_the_second)
    with pytest.raises(SystemExit), transaction.atomic():
        retention.dispose_due()
    monkeypatch.setattr(working, "_dispose", real)
    disposal.rows.filter(state=WorkState.RUNNING).update(due_at=NOW - dt.timedelta(days=900))
    retention.dispose_due()
    assert Application.objects.filter(disposed_at__isnull=False).count() == 2
    for case in (first, second):
        assert case.events.filter(kind=EventKind.DISPOSED).count() == 1
    disposal.refresh_from_db()
    assert disposal.state == DisposalState.DONE


def test_what_changed_meanwhile_is_left_out_with_its_reason(department, handler, approver):
    held, reopened = make_old_case(department), make_old_case(department)
    disposal = plan(held, handler)
    retention.set_hold(application=held, reason="訴訟のため", by=handler)
    casework.reopen(application=reopened, reason="誤り", by=handler)
    retention.approve_disposal(disposal=disposal, by=approver)
    retention.dispose_due()
    assert set(disposal.rows.values_list("skipped_reason", flat=True)) == {
        "訴訟のため",
        "一覧を作った後に、審査が再開されました。",
    }
    assert not Application.objects.filter(disposed_at__isnull=False).exists()
    assert reads.counts_of(disposal) == {"all": 2, "done": 0, "skipped": 2, "stuck": 0}


# --- what the database refuses ------------------------------------------------------------------------------


def test_frozen_rows_of_other_cases_stay_frozen(full, case, handler, approver):
    other = make_old_case(case.department, disposal_hold="残す")
    ApplicationEvent.objects.create(application=other, kind=EventKind.APPROVED, actor=handler, note="理由")
    Message.objects.create(application=other, is_from_city=True, author=handler, body="本文", request_key="m9")
    retention.approve_disposal(disposal=plan(full, handler), by=approver)
    retention.dispose_due()
    for change in (
        lambda: other.revisions.all().delete(),
        lambda: other.events.update(note=""),
        lambda: other.messages.all().delete(),
        # and of the disposed one nothing but what was freed
        lambda: full.events.update(note="新しい理由"),
        lambda: full.events.update(kind=EventKind.REFUSED),
        lambda: full.events.all().delete(),
        lambda: PaymentEvent.objects.filter(payment__application=full).update(amount=0),
        lambda: DisposalMark.objects.all().delete(),
        lambda: DisposalMark.objects.update(object_id=other.pk),
        lambda: Application.objects.filter(pk=full.pk).update(draft_answers={"a": 1}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# --- pages --------------------------------------------------------------------------------------------------


def test_pages_from_the_dry_run_to_the_end(login, full, handler, approver):
    client = login(handler)
    page = client.get(reverse("applications:disposal_list"))
    assert (page.context["free"], page.context["kept"]) == (1, 0)
    table = b"".join(client.get(reverse("applications:disposal_export")).streaming_content).decode()
    assert full.procedure.name in table
    data = {"department": full.department.code, "day": today().isoformat()}
    made = client.post(reverse("applications:disposal_plan"), data, follow=True)
    assert made.context["may_approve"] is False
    disposal = Disposal.objects.get()
    client = login(approver)
    client.post(reverse("applications:disposal_approve", args=[disposal.public_id]))
    retention.dispose_due()
    seen = client.get(reverse("applications:disposal_detail", args=[disposal.public_id]))
    assert seen.context["counts"]["done"] == 1
    tombstone = client.get(reverse("applications:case_detail", args=[full.public_id])).content.decode()
    assert "申請の内容を廃棄しました" in tombstone
    assert "高橋" not in tombstone.split("</header>")[-1]


def test_resident_reads_that_the_content_is_gone(login, case, handler, approver):
    retention.approve_disposal(disposal=plan(case, handler), by=approver)
    retention.dispose_due()
    client = login(case.filed_by)
    page = client.get(reverse("applications:application_detail", args=[case.public_id]))
    assert "保存期間が終わりました" in page.content.decode()
    assert page.context["sections"] == []


def test_case_page_keeps_a_case(login, case, handler):
    client = login(handler)
    url = reverse("applications:case_keep", args=[case.public_id])
    client.post(url, {"reason": "訴訟のため"})
    assert Application.objects.get(pk=case.pk).disposal_hold == "訴訟のため"
    assert "訴訟のため" in client.get(reverse("applications:case_detail", args=[case.public_id])).content.decode()
    client = login(factories.make_staff(role=Role.HANDLER, department=factories.make_department()))
    assert client.post(url, {"reason": ""}).status_code == 404


def test_reason_with_twelve_digits_stands_on_the_case_with_the_box_to_tick(login, case, handler):
    client = login(handler)
    url = reverse("applications:case_keep", args=[case.public_id])
    data = {"reason": "事件番号 123456789018"}
    page = client.post(url, data)
    form = page.context["keep_form"]
    assert (form.errors, form["reason"].value()) == ({"reason": [REFUSED_TO_STAFF]}, data["reason"])
    assert f'name="{TICK}" id="{form[TICK].id_for_label}"' in page.content.decode()
    assert client.post(url, data | {TICK: "on"}).status_code == 302
    assert Application.objects.get(pk=case.pk).disposal_hold == data["reason"]
