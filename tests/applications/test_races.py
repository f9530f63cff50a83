"""Several people at the same moment, in threads on PostgreSQL; each guard next to a control without it."""

import threading

import pytest
from django.db import connection, connections, transaction

from applications.enums import ApplicationState, DecisionKind
from applications.models import (
    Application,
    ApplicationEvent,
    Approval,
    ApprovalDelegate,
    ApprovalStep,
    BulkDecisionRow,
    CorrectionRequest,
)
from applications.services import bulk, casework, standing_in
from cityhall.days import today
from cityhall.enums import Role
from cityhall.errors import StaleState
from notices.models import Notice
from tests import factories
from tests.applications.casekit import make_case, make_procedure

S = ApplicationState
PEOPLE = 6

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def at_once(*steps):
    """Run each step in a thread of its own, all starting together; what each returned or raised."""
    start = threading.Barrier(len(steps))
    results = [None] * len(steps)

    def run(number, step):
        try:
            start.wait(timeout=60)
            results[number] = step()
        except Exception as error:  # noqa: BLE001 - the test looks at what was raised
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.fixture
def city(municipality, department):
    staff = [factories.make_staff(role=Role.APPROVER, department=department) for _number in range(PEOPLE)]
    return department, staff


def seen(case):
    """The case as each person has it on their screen."""
    return Application.objects.select_related("procedure", "department", "resident").get(pk=case.pk)


def outcome(results):
    """(winners, people told that somebody was faster); anything else fails the test."""
    stale = [result for result in results if isinstance(result, StaleState)]
    errors = [result for result in results if isinstance(result, Exception) and not isinstance(result, StaleState)]
    assert errors == []
    return len(results) - len(stale), len(stale)


def test_one_of_many_deciders_wins(city):
    department, staff = city
    case = make_case(make_procedure(department), state=S.IN_REVIEW)
    decisions = [DecisionKind.APPROVE, DecisionKind.REFUSE] * 3
    copies = [seen(case) for _person in staff]
    results = at_once(
        *[
            lambda copy=copy, person=person, decision=decision: casework.decide(
                application=copy, decision=decision, reason="理由", by=person
            )
            for copy, person, decision in zip(copies, staff, decisions, strict=True)
        ]
    )
    assert outcome(results) == (1, PEOPLE - 1)
    winner = next(result for result in results if isinstance(result, Application))
    stored = seen(case)
    assert (stored.decision, stored.decided_by_id, stored.revision) == (winner.decision, winner.decided_by_id, 2)
    assert ApplicationEvent.objects.filter(application=case).count() == 1
    assert Notice.objects.filter(source_id=case.public_id).count() == 1


def test_control_without_the_condition_everybody_wins(city):
    """The same two people, writing the state without asking for the one they saw: both believe to have decided."""
    department, staff = city
    case = make_case(make_procedure(department), state=S.IN_REVIEW)
    read = threading.Barrier(2)

    def decide(decision, state, person):
        with transaction.atomic():
            row = seen(case)
            read.wait(timeout=60)
            assert row.state == S.IN_REVIEW
            Application.objects.filter(pk=row.pk).update(
                state=state, decision=decision, decided_by=person, decided_at=row.submitted_at
            )
            ApplicationEvent.objects.create(application=row, kind=state, actor=person)
        return state

    results = at_once(
        lambda: decide(DecisionKind.APPROVE, S.APPROVED, staff[0]),
        lambda: decide(DecisionKind.REFUSE, S.REFUSED, staff[1]),
    )
    assert sorted(results) == [S.APPROVED, S.REFUSED]
    assert ApplicationEvent.objects.filter(application=case).count() == 2


def test_one_of_many_takers_wins(city):
    department, staff = city
    case = make_case(make_procedure(department))
    copies = [seen(case) for _person in staff]
    results = at_once(
        *[
            lambda copy=copy, person=person: casework.take(application=copy, by=person)
            for copy, person in zip(copies, staff, strict=True)
        ]
    )
    assert outcome(results) == (1, PEOPLE - 1)
    assert seen(case).handler_id in {person.pk for person in staff}


def test_correction_and_decision_exclude_each_other(city):
    department, staff = city
    for _round in range(5):
        case = make_case(make_procedure(department), state=S.IN_REVIEW)
        first, second = seen(case), seen(case)
        results = at_once(
            lambda first=first: casework.return_for_correction(
                application=first, message="確認", comments={}, by=staff[0]
            ),
            lambda second=second: casework.decide(
                application=second, decision=DecisionKind.APPROVE, reason="", by=staff[1]
            ),
        )
        assert outcome(results) == (1, 1)
        asked = CorrectionRequest.objects.filter(application=case).count()
        noticed = Notice.objects.filter(source_id=case.public_id).count()
        assert (seen(case).state, asked, noticed) in [(S.RETURNED, 1, 0), (S.APPROVED, 0, 1)]


def test_approving_and_sending_back_exclude_each_other(city):
    department, staff = city
    for _round in range(5):
        case = make_case(make_procedure(department, needs_approval=True), state=S.IN_REVIEW)
        casework.propose(application=seen(case), decision=DecisionKind.APPROVE, reason="", by=staff[0])
        first, second = seen(case), seen(case)
        results = at_once(
            lambda first=first: casework.approve_proposal(application=first, by=staff[1]),
            lambda second=second: casework.send_back(application=second, comment="再確認", by=staff[2]),
        )
        assert outcome(results) == (1, 1)
        proposal = Approval.objects.get(application=case)
        assert (seen(case).state, proposal.state) in [(S.APPROVED, "approved"), (S.IN_REVIEW, "sent_back")]


def test_one_of_many_proposers_wins(city):
    department, staff = city
    case = make_case(make_procedure(department, needs_approval=True), state=S.IN_REVIEW)
    copies = [seen(case) for _person in staff]
    results = at_once(
        *[
            lambda copy=copy, person=person: casework.propose(
                application=copy, decision=DecisionKind.APPROVE, reason="", by=person
            )
            for copy, person in zip(copies, staff, strict=True)
        ]
    )
    assert outcome(results) == (1, PEOPLE - 1)
    assert Approval.objects.filter(application=case).count() == 1


def chained_case(department, staff):
    """A case in the middle of a chain of two steps, proposed by the last of the staff."""
    procedure = make_procedure(department, needs_approval=True)
    for position in (1, 2):
        ApprovalStep.objects.create(procedure=procedure, position=position, title=f"{position}番")
    case = make_case(procedure, state=S.IN_REVIEW)
    casework.propose(application=seen(case), decision=DecisionKind.APPROVE, reason="理由", by=staff[-1])
    return case


def test_one_of_two_signers_of_a_step_wins(city):
    department, staff = city
    for _round in range(5):
        case = chained_case(department, staff)
        copies = [seen(case), seen(case)]
        results = at_once(
            *[
                lambda copy=copy, person=person: casework.approve_proposal(application=copy, by=person)
                for copy, person in zip(copies, staff, strict=False)
            ]
        )
        assert outcome(results) == (1, 1)
        proposal = Approval.objects.get(application=case)
        assert (proposal.position, proposal.signatures.count()) == (2, 1)


def test_control_without_revision_and_constraint_both_believe_to_have_signed(city):
    """The same two, looking at the step and then passing the turn on without asking for what they saw."""
    department, staff = city
    case = chained_case(department, staff)
    read = threading.Barrier(2)

    def sign():
        with transaction.atomic():
            proposal = Approval.objects.get(application=case)
            read.wait(timeout=60)
            assert proposal.position == 1
            return Approval.objects.filter(pk=proposal.pk).update(position=proposal.position + 1)

    assert at_once(sign, sign) == [1, 1]


def test_signing_and_sending_back_exclude_each_other(city):
    department, staff = city
    for _round in range(5):
        case = chained_case(department, staff)
        first, second = seen(case), seen(case)
        results = at_once(
            lambda first=first: casework.approve_proposal(application=first, by=staff[0]),
            lambda second=second: casework.send_back(application=second, comment="確認", by=staff[1]),
        )
        assert outcome(results) == (1, 1)
        proposal = Approval.objects.get(application=case)
        is_signed = proposal.signatures.count() == 1
        assert (proposal.state == "waiting", seen(case).state == S.APPROVING) == (is_signed, is_signed)


def test_one_of_two_entries_of_the_same_delegate_is_kept(city):
    _department, staff = city
    day = today()

    def appoint():
        principal, delegate = type(staff[0]).objects.get(pk=staff[0].pk), staff[1]
        return standing_in.appoint(
            principal=principal, delegate=delegate, from_on=day, until_on=day, reason="休暇", by=principal
        )

    results = at_once(appoint, appoint)
    assert sum(isinstance(result, standing_in.DelegateOverlaps) for result in results) == 1
    assert ApprovalDelegate.objects.count() == 1


def test_double_click_makes_one_bulk_decision(city):
    department, staff = city
    case = make_case(make_procedure(department), state=S.IN_REVIEW)

    def start():
        person = type(staff[0]).objects.get(pk=staff[0].pk)
        return bulk.start(
            decision=DecisionKind.APPROVE,
            reason="",
            seen={case.public_id: 1},
            texts_seen=bulk.texts_mark([case], DecisionKind.APPROVE, ""),
            by=person,
            request_key="same",
        )

    results = at_once(*[start] * PEOPLE)
    assert len({made.pk for made in results}) == 1
    assert BulkDecisionRow.objects.count() == 1
