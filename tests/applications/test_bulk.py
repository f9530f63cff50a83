"""One decision for many cases: looked at before, decided one by one, nothing lost and nothing twice."""

import pytest
from django.db import connection
from django.urls import reverse

from applications.enums import ApplicationState, Channel, DecisionKind, Seat
from applications.models import (
    Application,
    ApplicationEvent,
    ApprovalStep,
    BulkDecision,
    BulkDecisionRow,
    ChecklistItem,
    Payment,
    RefusalReason,
)
from applications.queries.bulk import chosen_cases
from applications.services import bulk, casework
from applications.tasks import decide_bulk
from cityhall.enums import AuditAction, Role, WorkState
from cityhall.models import AuditEvent
from cityhall.services.work import claim_due
from notices.models import Notice, NoticeTypeVersion
from tests import factories
from tests.applications.casekit import make_case, make_procedure
from tests.applications.killkit import stopping_in
from tests.killing import run_until_killed

S = ApplicationState
APPROVE, REFUSE = DecisionKind.APPROVE, DecisionKind.REFUSE
PREVIEW, START = reverse("applications:bulk_preview"), reverse("applications:bulk_start")


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


def cases_of(procedure, count, handler, **fields):
    resident = factories.make_resident_user()
    return [make_case(procedure, resident, state=S.IN_REVIEW, handler=handler, **fields) for _number in range(count)]


def seen(cases):
    return {case.public_id: case.revision for case in cases}


def start(cases, by, *, decision=APPROVE, reason="認定します。", key="one"):
    mark = bulk.texts_mark(cases, decision, reason)
    return bulk.start(decision=decision, reason=reason, seen=seen(cases), texts_seen=mark, by=by, request_key=key)


def work_off():
    while decide_bulk():
        pass


def states(cases):
    return [Application.objects.values_list("state", flat=True).get(pk=case.pk) for case in cases]


@pytest.mark.django_db(transaction=True)
def test_every_case_is_decided_by_itself(procedure, handler):
    cases = cases_of(procedure, 3, handler)
    made = start(cases, handler)
    work_off()
    assert states(cases) == [S.APPROVED] * 3
    assert (Notice.objects.count(), made.rows.filter(state=WorkState.DONE).count()) == (3, 3)
    assert ApplicationEvent.objects.filter(kind="approved", actor=handler).count() == 3
    audit = AuditEvent.objects.get(target_id=made.public_id)
    assert (audit.action, sorted(audit.object_ids)) == (AuditAction.CREATE, sorted(seen(cases)))


@pytest.mark.django_db(transaction=True)
def test_what_changed_meanwhile_is_named_and_the_rest_is_done(procedure, handler):
    cases = cases_of(procedure, 12, handler)
    made = start(cases, handler)
    changed = cases[2::4]
    Application.objects.filter(pk__in=[case.pk for case in changed]).update(revision=7)
    work_off()
    failed = made.rows.filter(state=WorkState.GIVEN_UP)
    assert {row.application_id for row in failed} == {case.pk for case in changed}
    assert set(failed.values_list("last_error", flat=True)) == {"stale_state"}
    assert (len(changed), states(cases).count(S.APPROVED)) == (3, 9)
    # nobody tries by itself again what a rule refused
    work_off()
    assert states(changed) == [S.IN_REVIEW] * 3


def test_asking_twice_makes_one(procedure, handler):
    cases = cases_of(procedure, 2, handler)
    assert start(cases, handler).pk == start(cases, handler).pk
    assert (BulkDecision.objects.count(), BulkDecisionRow.objects.count()) == (1, 2)


def test_more_than_the_most_is_refused(procedure, handler):
    with pytest.raises(bulk.TooManyCases):
        bulk.start(
            decision=APPROVE,
            reason="",
            seen={str(number): 1 for number in range(bulk.MOST_CASES + 1)},
            texts_seen="",
            by=handler,
            request_key="many",
        )


def test_strangers_cases_are_not_queued(procedure, handler, departments):
    stranger = factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])
    with pytest.raises(bulk.NothingChosen):
        start(cases_of(procedure, 1, handler), stranger)


@pytest.mark.django_db(transaction=True)
def test_rights_are_asked_again_when_the_case_is_decided(procedure, handler):
    cases = cases_of(procedure, 1, handler)
    made = start(cases, handler)
    handler.roles.update(active_until=handler.roles.get().active_from)
    work_off()
    assert (states(cases), made.rows.get().last_error) == ([S.IN_REVIEW], "not_allowed")


@pytest.mark.django_db(transaction=True)
def test_proposals_are_signed_by_whose_turn_it_is(department, handler, approver):
    procedure = make_procedure(department, needs_approval=True)
    for position in (1, 2):
        ApprovalStep.objects.create(procedure=procedure, position=position, title=f"{position}番")
    cases = cases_of(procedure, 2, handler)
    for case in cases:
        casework.propose(application=case, decision=APPROVE, reason="認定します。", by=handler)
    start(cases, approver, reason="")
    work_off()
    assert [case.approvals.get().position for case in cases] == [2, 2]
    chief = factories.make_staff(role=Role.APPROVER, department=department)
    cases = list(Application.objects.filter(pk__in=[case.pk for case in cases]))
    start(cases, chief, reason="", key="two")
    work_off()
    assert states(cases) == [S.APPROVED] * 2
    assert set(Application.objects.values_list("decision_reason", flat=True)) == {"認定します。"}


def test_preview_says_why_each_case_cannot(procedure, department, handler, another_resident):
    needs = make_procedure(department, needs_approval=True)
    possible, waiting, submitted = cases_of(procedure, 3, handler)
    waiting.seat = Seat.WAITING
    waiting.save(update_fields=["seat"])
    submitted.state = S.SUBMITTED
    submitted.save(update_fields=["state"])
    (unsigned,) = cases_of(needs, 1, handler)
    (own,) = cases_of(needs, 1, handler)
    casework.propose(application=own, decision=APPROVE, reason="認定します。", by=handler)
    own.refresh_from_db()
    rows = bulk.plan(
        cases=[possible, waiting, submitted, unsigned, own], decision=APPROVE, reason="認定します。", by=handler
    )
    assert [row.is_possible for row in rows] == [True, False, False, False, False]
    problems = [row.problem for row in rows[1:]]
    assert "受付済み" in problems[1]
    assert "決裁が必要" in problems[2]
    assert "起案した本人" in problems[3]
    assert len(set(problems)) == 4
    assert not BulkDecision.objects.exists()


# --- killed half-way ---------------------------------------------------------------------------------

SCRIPT = stopping_in("decide_bulk")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("module", "name", "when"),
    [
        ("applications.services.bulk.working", "_decide", "before"),
        ("applications.services.bulk.working", "_decide", "after"),
        ("cityhall.services.work", "finish", "before"),
        ("cityhall.services.work", "finish", "after"),
    ],
)
def test_killed_anywhere_every_case_is_decided_exactly_once(procedure, handler, module, name, when):
    cases = cases_of(procedure, 3, handler)
    made = start(cases, handler)
    connection.close()
    run_until_killed(SCRIPT, module, name, when)
    assert made.rows.filter(state=WorkState.DONE).count() == 1
    assert states(cases).count(S.APPROVED) == 1
    # its lease is over
    made.rows.filter(state=WorkState.RUNNING).update(due_at=made.created_at)
    work_off()
    assert states(cases) == [S.APPROVED] * 3
    assert ApplicationEvent.objects.filter(kind="approved").count() == 3
    assert Notice.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_worker_that_lost_its_lease_decides_nothing(procedure, handler):
    (case,) = cases_of(procedure, 1, handler)
    made = start([case], handler)
    (row,) = claim_due(BulkDecisionRow)
    made.rows.update(claim_id=None, state=WorkState.QUEUED, lease_until=None)
    with pytest.raises(bulk.working.LeaseLost):
        bulk.decide_row(row)
    assert states([case]) == [S.IN_REVIEW]
    assert not Notice.objects.exists()


# --- pages -------------------------------------------------------------------------------------------


def test_pages_lead_from_ticks_over_a_preview_to_the_result(procedure, handler, login, client):
    cases = cases_of(procedure, 2, handler)
    ticked = {"case": [case.public_id for case in cases]}
    browser = login(handler)
    page = browser.post(PREVIEW, ticked)
    assert page.templates[0].name == "applications/bulk/choose.html"
    wrong = browser.post(PREVIEW, ticked | {"looked": "1", "reason": ""})
    assert wrong.context["form"].errors.keys() == {"decision"}
    decision = {"decision": "refuse", "reason": "要件を満たしません。"}
    page = browser.post(PREVIEW, ticked | {"looked": "1"} | decision)
    assert (len(page.context["possible"]), page.context["letter_count"]) == (2, 2)
    assert "要件を満たしません。" in page.content.decode()
    confirmed = {
        "case": [row.key for row in page.context["possible"]],
        "seen": page.context["mark"],
        "request_key": page.context["request_key"],
    }
    answers = [browser.post(START, confirmed | decision) for _click in range(2)]
    assert answers[0].url == answers[1].url
    assert BulkDecisionRow.objects.count() == 2
    running = browser.get(answers[0].url)
    assert running["Refresh"] == "3"
    work_off()
    over = browser.get(answers[0].url)
    assert "Refresh" not in over
    assert (over.context["progress"].done, over.context["progress"].failed) == (2, 0)


def test_text_that_changed_after_it_was_read_starts_nothing(procedure, handler, login):
    cases = cases_of(procedure, 1, handler)
    browser = login(handler)
    decision = {"decision": "approve", "reason": "認定します。"}
    page = browser.post(PREVIEW, {"case": [cases[0].public_id], "looked": "1"} | decision)
    NoticeTypeVersion.objects.create(notice_type=procedure.approval_notice_type, number=2, title="別", body="別の文")
    confirmed = {
        "case": [row.key for row in page.context["possible"]],
        "seen": page.context["mark"],
        "request_key": page.context["request_key"],
    }
    again = browser.post(START, confirmed | decision)
    assert again.templates[0].name == "applications/bulk/preview.html"
    assert "別の文" in again.content.decode()
    assert not BulkDecision.objects.exists()


@pytest.mark.parametrize("left_out", ["seen", "request_key"])
def test_a_confirmation_without_the_mark_of_what_was_read_starts_nothing(procedure, handler, login, left_out):
    cases = cases_of(procedure, 1, handler)
    confirmed = {
        "case": f"{cases[0].public_id}:{cases[0].revision}",
        "seen": bulk.texts_mark(cases, APPROVE, "認定します。"),
        "request_key": "one",
    }
    browser, decision = login(handler), {"decision": "approve", "reason": "認定します。"}
    again = browser.post(START, confirmed | decision | {left_out: ""})
    assert again.templates[0].name == "applications/bulk/preview.html"
    assert not BulkDecision.objects.exists()
    assert browser.post(START, confirmed | decision).status_code == 302


def test_a_service_call_with_the_mark_of_other_words_starts_nothing(procedure, handler):
    cases = cases_of(procedure, 1, handler)
    with pytest.raises(casework.LetterChanged):
        bulk.start(
            decision=APPROVE,
            reason="認定します。",
            seen=seen(cases),
            texts_seen=bulk.texts_mark(cases, APPROVE, "別の理由"),
            by=handler,
            request_key="one",
        )
    assert not BulkDecision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_text_that_changed_before_the_worker_came_goes_out_in_no_letter(procedure, handler):
    cases = cases_of(procedure, 1, handler)
    made = start(cases, handler)
    assert made.texts == {procedure.approval_notice_type.key: 1}
    NoticeTypeVersion.objects.create(notice_type=procedure.approval_notice_type, number=2, title="別", body="別の文")
    work_off()
    assert (states(cases), Notice.objects.count()) == ([S.IN_REVIEW], 0)
    assert made.rows.get().last_error == casework.LetterChanged.code


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_takes_the_same_queries_for_one_case_and_three(
    department, handler, count, django_assert_num_queries
):
    point = ChecklistItem.objects.create(procedure=make_procedure(department, fee_due="decision"), text="口座")
    resident = factories.make_resident_user()
    cases = [
        make_case(point.procedure, resident, state=S.IN_REVIEW, channel=Channel.PAPER, filed_by=resident.user)
        for _number in range(count)
    ]
    for case in cases:
        Payment.objects.create(application=case, fee_key="issue", label="手数料", amount=300)
    chosen = chosen_cases(handler, [case.public_id for case in cases])
    # proposals, delegations, who typed, points, marks, fees, texts
    with django_assert_num_queries(7):
        planned = bulk.plan(cases=chosen, decision=APPROVE, reason="", by=handler)
    assert [row.problem.count("\n") for row in planned] == [1] * count


def test_failures_are_named_and_looked_at_again(procedure, handler, login):
    cases = cases_of(procedure, 2, handler)
    made = start(cases, handler)
    Application.objects.filter(pk=cases[0].pk).update(revision=9)
    work_off()
    browser = login(handler)
    page = browser.get(reverse("applications:bulk_detail", args=[made.public_id]))
    assert [row["case"].pk for row in page.context["problems"]] == [cases[0].pk]
    assert "内容が変わったため" in page.content.decode()
    again = browser.post(
        PREVIEW, {"case": [cases[0].public_id], "looked": "1", "decision": made.decision, "reason": made.reason}
    )
    assert [row.case.revision for row in again.context["possible"]] == [9]


def test_bulk_of_another_person_does_not_exist(procedure, handler, approver, login):
    made = start(cases_of(procedure, 1, handler), handler)
    assert login(approver).get(reverse("applications:bulk_detail", args=[made.public_id])).status_code == 404


def test_reason_of_the_library_keeps_what_was_typed(procedure, department, handler, login):
    reason = RefusalReason.objects.create(
        department=department,
        procedure=procedure,
        title="所得",
        text="所得が限度額を超えています。",
        legal_basis="法第5条",
    )
    RefusalReason.objects.create(department=department, title="書類", text="書類が不足しています。", position=1)
    case = cases_of(procedure, 1, handler)[0]
    page = login(handler).post(
        reverse("applications:case_reason", args=[case.public_id]),
        {
            "revision": case.revision,
            "decision": "refuse",
            "reason": "ご確認ください。",
            "reason_example": reason.public_id,
        },
    )
    form = page.context["forms"]["decide"]
    assert form["reason"].value() == "ご確認ください。\n\n所得が限度額を超えています。\n（根拠：法第5条）"
    assert form["decision"].value() == "refuse"
    # those of the procedure stand first
    assert [label for _value, label in form.fields["reason_example"].choices][1:] == ["所得", "書類"]
