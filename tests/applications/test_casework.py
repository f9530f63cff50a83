"""The steps of casework: what each writes, and what each refuses."""

import pytest

from applications.approvals import OwnProposal
from applications.enums import ApplicationState, ApprovalState, DecisionKind
from applications.models import ApplicationEvent, Approval, CorrectionRequest
from applications.services import casework
from applications.services.casework.deciding import ContentMissing, NeedsApproval
from applications.services.casework.handling import NotAHandler, NothingToCorrect
from applications.services.casework.proposing import NeedsNoApproval
from cityhall.enums import AuditAction, Role
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from notices.enums import NoticeCategory
from notices.models import DocumentJob, Notice, NoticeType, NoticeTypeVersion, OutgoingMail
from notices.services import NoTextYet
from tests import factories
from tests.applications.casekit import NOW, fresh, make_case, make_procedure

S = ApplicationState
APPROVE, REFUSE = DecisionKind.APPROVE, DecisionKind.REFUSE


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


@pytest.fixture
def approval_procedure(department):
    return make_procedure(department, needs_approval=True)


def last_event(case):
    return ApplicationEvent.objects.filter(application=case).latest("id")


def last_audit(case):
    return AuditEvent.objects.filter(target_id=case.public_id).latest("id")


# --- take and assign ----------------------------------------------------------------------------


def test_take_makes_the_person_handler(procedure, resident, clerk):
    case = make_case(procedure, resident)
    casework.take(application=case, by=clerk, now=NOW)
    case = fresh(case)
    assert (case.state, case.handler, case.revision) == (S.IN_REVIEW, clerk, 2)
    assert (last_event(case).kind, last_event(case).actor) == ("taken", clerk)
    audit = last_audit(case)
    assert (audit.action, audit.changed_fields, audit.department_code) == (
        AuditAction.STATE,
        ["handler", "state"],
        "kosodate",
    )


def test_take_of_a_taken_case_is_stale(procedure, resident, clerk, handler):
    case = make_case(procedure, resident)
    seen_by_handler = fresh(case)
    casework.take(application=case, by=clerk)
    with pytest.raises(StaleState):
        casework.take(application=seen_by_handler, by=handler)
    assert fresh(case).handler == clerk


def test_assign_gives_the_case_to_a_colleague(procedure, resident, handler, approver):
    case = make_case(procedure, resident, state=S.IN_REVIEW, handler=handler)
    casework.assign(application=case, handler=approver, by=handler)
    case = fresh(case)
    assert (case.handler, case.state, case.revision) == (approver, S.IN_REVIEW, 2)
    assert last_audit(case).changed_fields == ["handler"]


def test_assign_refuses_who_may_not_process(procedure, resident, handler, clerk):
    case = make_case(procedure, resident, state=S.IN_REVIEW, handler=handler)
    with pytest.raises(NotAHandler):
        casework.assign(application=case, handler=clerk, by=handler)
    assert fresh(case).handler == handler


# --- correction -----------------------------------------------------------------------------------


def test_return_asks_at_the_fields_and_mails_without_content(procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    casework.return_for_correction(
        application=case, message=" ", comments={"bank": " 支店名も書いてください。 ", "child_name": ""}, by=handler
    )
    assert fresh(case).state == S.RETURNED
    request = CorrectionRequest.objects.get(application=case)
    assert (request.comments, request.message, request.asked_by) == ({"bank": "支店名も書いてください。"}, "", handler)
    mail = OutgoingMail.objects.get()
    assert mail.to == "resident@example.jp"
    assert f"/applications/{case.public_id}/" in mail.body
    assert procedure.name in mail.body
    assert procedure.name not in mail.subject
    for secret in ("支店名", "銀行", resident.full_name):
        assert secret not in mail.body + mail.subject


@pytest.mark.parametrize(("is_verified", "address"), [(True, "resident@example.jp"), (False, "contact@example.jp")])
def test_return_mails_the_verified_address_first(procedure, resident, handler, is_verified, address):
    resident.contact_email = "contact@example.jp"
    resident.save(update_fields=["contact_email"])
    if not is_verified:
        resident.user.email_verified_at = None
        resident.user.save(update_fields=["email_verified_at"])
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    casework.return_for_correction(application=case, message="ご確認ください。", comments={}, by=handler)
    assert OutgoingMail.objects.get().to == address


def test_return_never_mails_the_staff_who_typed_it_in(procedure, handler, clerk):
    resident = factories.make_resident()
    case = make_case(procedure, resident, state=S.IN_REVIEW, filed_by=clerk)
    casework.return_for_correction(application=case, message="ご確認ください。", comments={}, by=handler)
    assert fresh(case).state == S.RETURNED
    assert not OutgoingMail.objects.exists()


def test_return_needs_something_to_correct(procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    with pytest.raises(NothingToCorrect):
        casework.return_for_correction(application=case, message="", comments={"bank": "  "}, by=handler)
    assert fresh(case).state == S.IN_REVIEW


def test_second_open_correction_is_stale_and_leaves_nothing(procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    CorrectionRequest.objects.create(application=case, message="先の依頼", asked_by=handler)
    with pytest.raises(StaleState):
        casework.return_for_correction(application=case, message="もう一つ", comments={}, by=handler)
    assert fresh(case).state == S.IN_REVIEW
    assert not OutgoingMail.objects.exists()


# --- decision -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "state", "kind"), [(APPROVE, "approved", "approved"), (REFUSE, "refused", "refused")]
)
def test_decide_writes_state_event_notice_and_audit(procedure, resident, handler, decision, state, kind):
    case = make_case(procedure, resident, state=S.IN_REVIEW, number="12345678903")
    casework.decide(application=case, decision=decision, reason=" 所得の要件によります。 ", by=handler, now=NOW)
    case = fresh(case)
    assert (case.state, case.decision, case.decision_reason) == (state, decision, "所得の要件によります。")
    assert (case.decided_by, case.decided_at) == (handler, NOW)
    assert (last_event(case).kind, last_event(case).note) == (kind, "所得の要件によります。")
    notice = Notice.objects.get()
    expected_type = procedure.approval_notice_type if decision == APPROVE else procedure.refusal_notice_type
    assert notice.version.notice_type == expected_type
    assert (notice.recipient, notice.subject, notice.source_type, notice.source_id) == (
        resident,
        resident,
        "application",
        case.public_id,
    )
    assert notice.request_key == f"application:{case.pk}:decision:2"
    assert notice.title == "児童手当 認定請求について"
    assert "令和8年11月20日の申請（受付番号 1234\\-5678\\-903）" in notice.body
    assert "所得の要件によります。" in notice.body
    assert DocumentJob.objects.filter(notice=notice).count() == 1
    assert last_audit(case).changed_fields == ["decided_at", "decided_by", "decision", "decision_reason", "state"]


def test_decide_twice_is_stale_and_makes_one_notice(procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    second_click = fresh(case)
    casework.decide(application=case, decision=APPROVE, reason="", by=handler)
    with pytest.raises(StaleState):
        casework.decide(application=second_click, decision=REFUSE, reason="理由", by=handler)
    assert (fresh(case).decision, Notice.objects.count()) == ("approve", 1)


def test_approval_needs_words_where_its_notice_has_a_section_for_them(procedure, resident, handler):
    NoticeTypeVersion.objects.create(
        notice_type=procedure.approval_notice_type,
        number=2,
        title="認定通知書",
        body="認定しました。\n\n### 認定の内容\n\n((reason))\n\n### ご注意\n\n- 届出",
    )
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    with pytest.raises(ContentMissing):
        casework.decide(application=case, decision=APPROVE, reason=" ", by=handler)
    casework.decide(application=case, decision=APPROVE, reason="月15,000円", by=handler)
    assert Notice.objects.get().body.count("月15,000円") == 1


def test_refusal_needs_a_reason(procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    with pytest.raises(casework.ReasonMissing):
        casework.decide(application=case, decision=REFUSE, reason="  ", by=handler)
    assert fresh(case).state == S.IN_REVIEW


def test_decision_without_a_kind_of_notice_makes_none(department, resident, handler):
    case = make_case(make_procedure(department, notices=False), resident, state=S.IN_REVIEW)
    casework.decide(application=case, decision=APPROVE, reason="", by=handler)
    assert fresh(case).state == S.APPROVED
    assert not Notice.objects.exists()


def test_notice_that_cannot_be_made_keeps_the_case_undecided(procedure, resident, handler):
    procedure.approval_notice_type = NoticeType.objects.create(
        key="without-text", name="文面なし", category=NoticeCategory.ANSWERS, consent_required=False
    )
    procedure.save(update_fields=["approval_notice_type"])
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    with pytest.raises(NoTextYet):
        casework.decide(application=case, decision=APPROVE, reason="", by=handler)
    assert fresh(case).state == S.IN_REVIEW
    assert not ApplicationEvent.objects.filter(application=case).exists()


# --- approval ---------------------------------------------------------------------------------------


def test_procedure_with_approver_is_not_decided_at_once(approval_procedure, resident, approver):
    case = make_case(approval_procedure, resident, state=S.IN_REVIEW)
    with pytest.raises(NeedsApproval):
        casework.decide(application=case, decision=APPROVE, reason="", by=approver)


def test_procedure_without_approver_takes_no_proposal(procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    with pytest.raises(NeedsNoApproval):
        casework.propose(application=case, decision=APPROVE, reason="", by=handler)


def test_proposal_is_executed_by_another_person(approval_procedure, resident, handler, approver):
    case = make_case(approval_procedure, resident, state=S.IN_REVIEW)
    casework.propose(application=case, decision=REFUSE, reason="要件を満たしません。", by=handler)
    case = fresh(case)
    assert (case.state, Notice.objects.count()) == (S.APPROVING, 0)
    casework.approve_proposal(application=case, by=approver, comment="確認しました。", now=NOW)
    case = fresh(case)
    assert (case.state, case.decision_reason, case.decided_by) == (S.REFUSED, "要件を満たしません。", approver)
    proposal = Approval.objects.get()
    assert (proposal.state, proposal.decided_by, proposal.comment) == (
        ApprovalState.APPROVED,
        approver,
        "確認しました。",
    )
    assert Notice.objects.get().version.notice_type == approval_procedure.refusal_notice_type


def test_nobody_approves_their_own_proposal(approval_procedure, resident, approver):
    case = make_case(approval_procedure, resident, state=S.IN_REVIEW)
    casework.propose(application=case, decision=APPROVE, reason="", by=approver)
    with pytest.raises(OwnProposal):
        casework.approve_proposal(application=fresh(case), by=approver)
    assert fresh(case).state == S.APPROVING


def test_approver_sends_back_with_a_comment(approval_procedure, resident, handler, approver):
    case = make_case(approval_procedure, resident, state=S.IN_REVIEW)
    casework.propose(application=case, decision=APPROVE, reason="", by=handler)
    with pytest.raises(casework.ReasonMissing):
        casework.send_back(application=fresh(case), comment=" ", by=approver)
    casework.send_back(application=fresh(case), comment="所得を再確認してください。", by=approver)
    assert fresh(case).state == S.IN_REVIEW
    assert (last_event(case).kind, last_event(case).note) == ("sent_back", "所得を再確認してください。")
    # and the way is free for the next proposal
    casework.propose(application=fresh(case), decision=REFUSE, reason="所得超過", by=handler)
    assert Approval.objects.filter(application=case).count() == 2


def test_proposer_takes_the_proposal_back(approval_procedure, resident, handler):
    case = make_case(approval_procedure, resident, state=S.IN_REVIEW)
    casework.propose(application=case, decision=APPROVE, reason="", by=handler)
    casework.send_back(application=fresh(case), comment="書き間違い", by=handler)
    assert fresh(case).state == S.IN_REVIEW


def test_another_handler_may_not_take_it_back(approval_procedure, resident, handler, department):
    case = make_case(approval_procedure, resident, state=S.IN_REVIEW)
    casework.propose(application=case, decision=APPROVE, reason="", by=handler)
    colleague = factories.make_staff(role=Role.HANDLER, department=department)
    with pytest.raises(casework.NotAllowed):
        casework.send_back(application=fresh(case), comment="理由", by=colleague)


# --- complete and reopen ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.APPROVED, S.REFUSED])
def test_complete_closes_a_decided_case(procedure, resident, handler, state):
    case = make_case(procedure, resident, state=state)
    casework.complete(application=case, by=handler)
    assert fresh(case).state == S.COMPLETED
    assert last_event(case).kind == "completed"


@pytest.mark.parametrize("state", [S.APPROVED, S.REFUSED, S.COMPLETED])
def test_reopen_needs_a_reason_and_clears_the_decision(procedure, resident, handler, state):
    case = make_case(procedure, resident, state=state)
    with pytest.raises(casework.ReasonMissing):
        casework.reopen(application=case, reason="", by=handler)
    casework.reopen(application=case, reason="計算の誤りが分かったため", by=handler)
    case = fresh(case)
    assert (case.state, case.decision, case.decided_at, case.handler) == (S.IN_REVIEW, "", None, handler)
    assert (last_event(case).kind, last_event(case).note) == ("reopened", "計算の誤りが分かったため")


def test_decision_after_reopening_is_another_notice(procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    casework.decide(application=case, decision=APPROVE, reason="", by=handler)
    casework.reopen(application=fresh(case), reason="計算の誤り", by=handler)
    casework.decide(application=fresh(case), decision=REFUSE, reason="所得超過", by=handler)
    first, second = Notice.objects.filter(source_id=case.public_id).order_by("id")
    assert (first.state, second.state) == ("withdrawn", "draft")
    assert "計算の誤り" not in first.withdrawn_reason
