"""The approval chain: steps in order, signatures that stay, and who may not sign."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.approvals import NotYourTurn, OwnFiling, OwnProposal, SignedAlready
from applications.enums import ApplicationState, ApprovalState, Channel, DecisionKind
from applications.models import (
    Application,
    ApplicationRevision,
    Approval,
    ApprovalDelegate,
    ApprovalSignature,
    ApprovalStep,
)
from applications.queries.approvals import count_turns, possible_signers, waiting_turns
from applications.queries.scope import allowed_actions, visible_cases, waiting_approval
from applications.services import bulk, casework, standing_in
from applications.services.casework import LetterChanged, NotAllowed
from applications.services.chains import (
    ApproverTwice,
    NoApprovalAsked,
    NoApprover,
    NotYourChain,
    WantedStep,
    chain_seen,
    set_chain,
)
from cityhall.db import violated
from cityhall.enums import Role
from cityhall.errors import StaleState
from notices.models import Notice, NoticeTypeVersion
from tests import factories
from tests.applications.casekit import NOW, make_case, make_procedure

S = ApplicationState
APPROVE, REFUSE = DecisionKind.APPROVE, DecisionKind.REFUSE


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def chief(department):
    return factories.make_staff("kacho@example.jp", role=Role.APPROVER, department=department, name="課長")


@pytest.fixture
def director(departments):
    return factories.make_staff("bucho@example.jp", role=Role.APPROVER, department=departments["kaigo"], name="部長")


@pytest.fixture
def procedure(department, chief, director):
    """A chain of three: anybody who approves, the chief by name, the director of another department."""
    procedure = make_procedure(department, needs_approval=True)
    ApprovalStep.objects.create(procedure=procedure, position=1, title="係長")
    ApprovalStep.objects.create(procedure=procedure, position=2, title="課長", approver=chief)
    ApprovalStep.objects.create(
        procedure=procedure, position=3, title="部長", approver=director, department=director.roles.get().department
    )
    return procedure


@pytest.fixture
def case(procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW, handler=handler)
    casework.propose(application=case, decision=APPROVE, reason="認定します。", by=handler, now=NOW)
    return fresh(case)


def fresh(case):
    return Application.objects.select_related("procedure", "department").get(pk=case.pk)


def forget(person):
    """What a new request would read: roles are kept on the user for one request."""
    return type(person).objects.get(pk=person.pk)


def proposal_of(case):
    return Approval.objects.filter(application=case).latest("id")


def sign(case, person, **options):
    return casework.approve_proposal(application=fresh(case), by=person, **options)


def test_three_signatures_in_order_decide_once(case, approver, chief, director):
    sign(case, approver, comment="確認しました。")
    assert (fresh(case).state, proposal_of(case).position, Notice.objects.count()) == (S.APPROVING, 2, 0)
    sign(case, chief)
    assert (fresh(case).state, proposal_of(case).position) == (S.APPROVING, 3)
    sign(case, director)
    case = fresh(case)
    assert (case.state, case.decided_by, case.decision_reason) == (S.APPROVED, director, "認定します。")
    assert proposal_of(case).state == ApprovalState.APPROVED
    signed = list(ApprovalSignature.objects.values_list("position", "title", "signed_by__name", "comment"))
    assert signed == [
        (1, "係長", approver.name, "確認しました。"),
        (2, "課長", "課長", ""),
        (3, "部長", "部長", ""),
    ]
    assert Notice.objects.count() == 1


def test_only_whose_turn_it_is_may_sign(case, approver, chief, director):
    with pytest.raises(NotYourTurn):
        sign(case, director)
    sign(case, approver)
    with pytest.raises(SignedAlready):
        sign(case, approver)
    assert waiting_turns(chief).count() == 1
    assert waiting_turns(approver).count() == 0
    assert waiting_turns(director).count() == 0


def test_the_chain_is_frozen_at_the_proposal(case, procedure, approver):
    procedure.approval_steps.all().delete()
    sign(case, approver)
    assert (fresh(case).state, [step["title"] for step in proposal_of(case).steps]) == (
        S.APPROVING,
        ["係長", "課長", "部長"],
    )


def test_without_a_chain_one_signature_decides(department, resident, handler, approver):
    case = make_case(make_procedure(department, needs_approval=True), resident, state=S.IN_REVIEW, handler=handler)
    casework.propose(application=case, decision=REFUSE, reason="要件を満たしません。", by=handler)
    sign(case, approver)
    assert fresh(case).state == S.REFUSED
    assert list(ApprovalSignature.objects.values_list("position", "title")) == [(1, "決裁者")]


def test_proposer_never_signs(procedure, resident, chief):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    casework.propose(application=case, decision=APPROVE, reason="認定します。", by=chief)
    with pytest.raises(OwnProposal):
        sign(case, chief)


def test_who_typed_it_in_never_signs(procedure, resident, handler, approver):
    case = make_case(procedure, resident, state=S.IN_REVIEW, filed_by=approver)
    casework.propose(application=case, decision=APPROVE, reason="認定します。", by=handler)
    with pytest.raises((OwnFiling, NotAllowed)):
        sign(case, approver)
    assert fresh(case).state == S.APPROVING


@pytest.mark.parametrize("signed", [0, 1, 2])
def test_sent_back_at_any_step_begins_the_whole_chain_anew(case, approver, chief, director, handler, signed):
    people = [approver, chief, director]
    for person in people[:signed]:
        sign(case, person)
    casework.send_back(application=fresh(case), comment="金額を確認してください。", by=people[signed])
    assert (fresh(case).state, proposal_of(case).state) == (S.IN_REVIEW, ApprovalState.SENT_BACK)
    again = fresh(case)
    casework.propose(application=again, decision=APPROVE, reason="金額を直しました。", by=handler)
    assert (proposal_of(case).position, proposal_of(case).signatures.count()) == (1, 0)
    assert ApprovalSignature.objects.count() == signed


def test_each_signer_signs_what_they_read(case, procedure, approver):
    letter = casework.preview_proposal(application=fresh(case), by=approver)
    NoticeTypeVersion.objects.create(
        notice_type=procedure.approval_notice_type, number=2, title="別の題", body="別の文"
    )
    with pytest.raises(LetterChanged):
        sign(case, approver, seen=letter.mark)
    assert (proposal_of(case).position, ApprovalSignature.objects.count()) == (1, 0)


def test_page_from_before_a_signature_signs_nothing(case, approver, chief):
    old_page = fresh(case)
    sign(case, approver)
    with pytest.raises(StaleState):
        casework.approve_proposal(application=old_page, by=chief)
    assert ApprovalSignature.objects.count() == 1


def test_another_department_sees_the_case_from_its_turn_on(case, approver, chief, director):
    assert not visible_cases(director).filter(pk=case.pk).exists()
    sign(case, approver)
    sign(case, chief)
    assert visible_cases(director).filter(pk=case.pk).exists()
    sign(case, director)
    assert visible_cases(director).filter(pk=case.pk).exists()


def test_reopening_leaves_signatures_and_old_proposals(case, approver, chief, director, handler):
    for person in (approver, chief, director):
        sign(case, person)
    casework.reopen(application=fresh(case), reason="計算の誤りが見つかりました。", by=handler)
    assert (proposal_of(case).state, ApprovalSignature.objects.count()) == (ApprovalState.APPROVED, 3)
    casework.propose(application=fresh(case), decision=REFUSE, reason="要件を満たしません。", by=handler)
    assert (Approval.objects.count(), proposal_of(case).position) == (2, 1)
    sign(case, approver)
    assert ApprovalSignature.objects.count() == 4


# --- standing in ----------------------------------------------------------------------------------


def away(principal, delegate, *, first=dt.timedelta(), last=dt.timedelta(days=3)):
    today = standing_in.local_date(standing_in.timezone.now())
    return ApprovalDelegate.objects.create(
        principal=principal,
        delegate=delegate,
        from_on=today + first,
        until_on=today + last,
        reason="出張",
        created_by=principal,
    )


@pytest.fixture
def colleague(department):
    return factories.make_staff("shunin@example.jp", role=Role.HANDLER, department=department, name="主任")


def test_delegate_signs_with_both_names(case, approver, chief, colleague):
    sign(case, approver)
    assert "approve" not in allowed_actions(colleague, fresh(case))
    away(chief, colleague)
    assert "approve" in allowed_actions(forget(colleague), fresh(case))
    sign(case, forget(colleague))
    signature = ApprovalSignature.objects.get(position=2)
    assert (signature.signed_by, signature.on_behalf_of) == (colleague, chief)


@pytest.mark.parametrize(
    ("first", "last"), [(dt.timedelta(days=1), dt.timedelta(days=2)), (dt.timedelta(days=-3), dt.timedelta(days=-1))]
)
def test_delegate_signs_only_while_it_is_in_force(case, approver, chief, colleague, first, last):
    sign(case, approver)
    away(chief, colleague, first=first, last=last)
    with pytest.raises(NotAllowed):
        sign(case, forget(colleague))


def test_delegate_never_signs_their_own_proposal(procedure, resident, colleague, approver, chief):
    case = make_case(procedure, resident, state=S.IN_REVIEW, handler=colleague)
    casework.propose(application=case, decision=APPROVE, reason="認定します。", by=colleague)
    sign(case, approver)
    away(chief, colleague)
    with pytest.raises(OwnProposal):
        sign(case, forget(colleague))


def test_nobody_signs_twice_also_not_for_somebody_else(case, approver, chief):
    sign(case, approver)
    away(chief, approver)
    with pytest.raises(SignedAlready):
        sign(case, forget(approver))


def test_principal_whose_right_was_used_gives_it_no_second_time(department, resident, handler, approver, colleague):
    procedure = make_procedure(department, needs_approval=True)
    for position in (1, 2):
        ApprovalStep.objects.create(procedure=procedure, position=position, title=f"{position}番")
    case = make_case(procedure, resident, state=S.IN_REVIEW, handler=handler)
    casework.propose(application=case, decision=APPROVE, reason="認定します。", by=handler)
    sign(case, approver)
    away(approver, colleague)
    with pytest.raises(NotYourTurn):
        sign(case, forget(colleague))


def test_page_says_who_else_may_sign(case, approver, chief, colleague):
    sign(case, approver)
    proposal = waiting_approval(fresh(case))
    assert [(one.user, one.on_behalf_of) for one in possible_signers(proposal)] == [(chief, None)]
    away(chief, colleague)
    assert [(one.user, one.on_behalf_of) for one in possible_signers(proposal)] == [(chief, None), (colleague, chief)]


def days(first, last):
    today = standing_in.local_date(standing_in.timezone.now())
    return {"from_on": today + dt.timedelta(days=first), "until_on": today + dt.timedelta(days=last), "reason": "休暇"}


def test_delegate_is_entered_by_the_approver_or_an_administrator(approver, colleague, handler, administrator):
    with pytest.raises(standing_in.MayNotAppoint):
        standing_in.appoint(principal=approver, delegate=colleague, by=handler, **days(0, 1))
    standing_in.appoint(principal=approver, delegate=colleague, by=approver, **days(0, 1))
    standing_in.appoint(principal=approver, delegate=colleague, by=administrator, **days(2, 3))
    assert ApprovalDelegate.objects.count() == 2


def test_delegate_must_work_there(approver, departments, resident):
    stranger = factories.make_staff("soto@example.jp", role=Role.HANDLER, department=departments["kaigo"])
    for person in (stranger, approver):
        with pytest.raises(standing_in.NotADelegate):
            standing_in.appoint(principal=approver, delegate=person, by=approver, **days(0, 1))


@pytest.mark.parametrize(("first", "last"), [(0, 2), (3, 5), (1, 1), (-2, 9)])
def test_overlapping_periods_of_one_person_are_refused(approver, colleague, first, last):
    standing_in.appoint(principal=approver, delegate=colleague, by=approver, **days(1, 3))
    with pytest.raises(standing_in.DelegateOverlaps):
        standing_in.appoint(principal=approver, delegate=colleague, by=approver, **days(first, last))


def test_ended_early_it_signs_no_more_and_leaves_room(case, approver, chief, colleague):
    sign(case, approver)
    row = standing_in.appoint(principal=chief, delegate=colleague, by=chief, **days(0, 3))
    standing_in.end(delegation=row, by=chief)
    with pytest.raises(NotAllowed):
        sign(case, forget(colleague))
    with pytest.raises(StaleState):
        standing_in.end(delegation=row, by=chief)
    standing_in.appoint(principal=chief, delegate=colleague, by=chief, **days(0, 3))


# --- the chain of a procedure -----------------------------------------------------------------------


def test_chain_is_set_by_who_guards_the_procedure(procedure, approver, handler):
    wanted = [WantedStep("係長", None, None), WantedStep("課長", None, approver)]
    with pytest.raises(NotYourChain):
        set_chain(procedure=procedure, steps=wanted, seen=chain_seen(procedure), by=handler)
    seen = chain_seen(procedure)
    assert set_chain(procedure=procedure, steps=wanted, seen=seen, by=approver)
    assert list(procedure.approval_steps.values_list("position", "title", "approver")) == [
        (1, "係長", None),
        (2, "課長", approver.pk),
    ]
    with pytest.raises(StaleState):
        set_chain(procedure=procedure, steps=[], seen=seen, by=approver)


def test_chain_that_nobody_could_finish_is_refused(procedure, approver, director, handler):
    def attempt(*steps):
        set_chain(procedure=procedure, steps=steps, seen=chain_seen(procedure), by=approver)

    with pytest.raises(ApproverTwice):
        attempt(WantedStep("係長", None, approver), WantedStep("課長", None, approver))
    for nobody in (handler, director):
        with pytest.raises(NoApprover):
            attempt(WantedStep("係長", None, nobody))
    procedure.needs_approval = False
    with pytest.raises(NoApprovalAsked):
        attempt(WantedStep("係長", None, None))


# --- past every form --------------------------------------------------------------------------------


def refused(write):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write()
    return violated(error.value)


def test_the_database_itself_guards_signatures(case, approver, chief):
    sign(case, approver)
    proposal = proposal_of(case)

    def another(**values):
        ApprovalSignature.objects.create(
            **{"approval": proposal, "position": 2, "title": "課長", "signed_by": chief} | values
        )

    assert refused(lambda: another(position=1)) == "approval_signature_step_once"
    assert refused(lambda: another(signed_by=approver)) == "approval_signature_person_once"
    assert refused(lambda: another(on_behalf_of=chief)) == "approval_signature_for_another"
    table = ApprovalSignature._meta.db_table
    assert refused(lambda: ApprovalSignature.objects.update(comment="後から")) == f"{table}_frozen"


def test_the_database_itself_guards_periods(approver, colleague):
    today = dt.date(2026, 11, 22)

    def row(**values):
        fields = {"principal": approver, "delegate": colleague, "from_on": today, "until_on": today}
        ApprovalDelegate.objects.create(**fields | {"created_by": approver} | values)

    assert refused(lambda: row(until_on=today - dt.timedelta(days=1))) == "approval_delegate_ends_after_start"
    assert refused(lambda: row(delegate=approver)) == "approval_delegate_is_another"


# --- pages ------------------------------------------------------------------------------------------


def test_chain_is_on_the_case_screen_with_who_signed(case, approver, chief, login, handler):
    sign(case, approver)
    page = login(handler).get(reverse("applications:case_detail", args=[case.public_id])).content.decode()
    for word in ("係長", "課長", "部長", approver.name, "次に決裁できる職員"):
        assert word in page


def test_list_shows_only_whose_turn_it_is_and_a_delegate_signs_from_it(case, approver, chief, colleague, login):
    url = reverse("applications:approval_list")
    shown = lambda person: case.public_id in login(person).get(url).content.decode()  # noqa: E731
    assert (shown(approver), shown(chief), shown(colleague)) == (True, True, False)
    sign(case, approver)
    away(chief, colleague)
    assert (shown(approver), shown(chief), shown(colleague)) == (False, True, True)
    browser = login(colleague)
    preview = reverse("applications:case_approve_preview", args=[case.public_id])
    page = browser.post(preview, {"revision": fresh(case).revision, "comment": ""})
    data = {"revision": fresh(case).revision, "seen": page.context["letter"].mark, "comment": ""}
    browser.post(reverse("applications:case_approve", args=[case.public_id]), data)
    assert ApprovalSignature.objects.get(position=2).on_behalf_of == chief


def test_who_typed_a_correction_in_has_no_turn_and_a_bulk_decision_says_so(procedure, resident, handler, approver):
    case = make_case(procedure, resident, state=S.IN_REVIEW, channel=Channel.PAPER, filed_by=handler)
    clerk = factories.make_staff(role=Role.HANDLER, department=procedure.department)
    casework.propose(application=case, decision=APPROVE, reason="認定します。", by=clerk)
    assert count_turns(approver, 10) == 1
    ApplicationRevision.objects.create(application=case, number=2, answers={}, submitted_by=approver)
    assert count_turns(approver, 10) == 0
    planned = bulk.plan(cases=[fresh(case)], decision=APPROVE, reason="", by=approver)
    assert [row.problem for row in planned] == [str(OwnFiling.message)]


def test_who_stands_in_for_the_proposer_has_no_turn(procedure, resident, chief, colleague):
    ApprovalStep.objects.filter(procedure=procedure).delete()
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    casework.propose(application=case, decision=APPROVE, reason="認定します。", by=chief)
    away(chief, colleague)
    assert count_turns(colleague, 10) == 0


def test_approver_enters_and_ends_an_absence(approver, colleague, login):
    browser, url = login(approver), reverse("applications:delegate_list")
    period = days(0, 2)
    answer = browser.post(url, {"delegate": colleague.pk, **{name: str(value) for name, value in period.items()}})
    assert answer.status_code == 302
    row = ApprovalDelegate.objects.get()
    assert (row.principal, row.delegate, row.created_by) == (approver, colleague, approver)
    browser.post(reverse("applications:delegate_end", args=[row.pk]))
    row.refresh_from_db()
    assert row.ended_at is not None
