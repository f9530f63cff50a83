"""Who may take which step of casework."""

import pytest

from applications.enums import ApplicationState, DecisionKind
from applications.services import casework
from cityhall.enums import GrantedRightKind, Role
from cityhall.models import GrantedRight
from tests import factories
from tests.applications.casekit import fresh, make_case, make_procedure

S = ApplicationState
APPROVE = DecisionKind.APPROVE


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


STEPS = {
    "take": (S.SUBMITTED, lambda case, by: casework.take(application=case, by=by)),
    "return": (
        S.IN_REVIEW,
        lambda case, by: casework.return_for_correction(application=case, message="確認", comments={}, by=by),
    ),
    "decide": (S.IN_REVIEW, lambda case, by: casework.decide(application=case, decision=APPROVE, reason="", by=by)),
    "complete": (S.APPROVED, lambda case, by: casework.complete(application=case, by=by)),
    "reopen": (S.APPROVED, lambda case, by: casework.reopen(application=case, reason="理由", by=by)),
}
MAY = {
    "clerk": {"take"},
    "contract_clerk": {"take"},
    "handler": {"take", "return", "decide", "complete", "reopen"},
    "approver": {"take", "return", "decide", "complete", "reopen"},
    "administrator": set(),
    "auditor": set(),
    "resident": set(),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("person", MAY)
def test_steps_follow_the_role(request, procedure, another_resident, person, step):
    actor = request.getfixturevalue(person)
    actor = getattr(actor, "user", actor)
    state, run = STEPS[step]
    case = make_case(procedure, another_resident, state=state)
    if step in MAY[person]:
        run(case, actor)
        assert fresh(case).state != state
    else:
        with pytest.raises(casework.NotAllowed):
            run(case, actor)
        assert fresh(case).state == state


GRANTED = {
    GrantedRightKind.RECEPTION: {"take"},
    GrantedRightKind.PROCESSING: {"take", "return", "complete"},
    GrantedRightKind.DECISION: {"decide", "reopen"},
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", GRANTED)
def test_steps_follow_the_granted_right(departments, procedure, resident, kind, step):
    helper = factories.make_staff(role=Role.APPROVER, department=departments["shimin"])
    GrantedRight.objects.create(
        from_department=departments["kosodate"],
        to_department=departments["shimin"],
        kind=kind,
        procedure_key=procedure.key,
        active_from="2020-01-01",
    )
    state, run = STEPS[step]
    case = make_case(procedure, resident, state=state)
    if step in GRANTED[kind]:
        run(case, helper)
        assert fresh(case).state != state
    else:
        with pytest.raises(casework.NotAllowed):
            run(case, helper)


def test_other_department_is_a_stranger(departments, procedure, resident):
    stranger = factories.make_staff(role=Role.APPROVER, department=departments["kaigo"])
    case = make_case(procedure, resident)
    with pytest.raises(casework.NotAllowed):
        casework.take(application=case, by=stranger)


def test_granted_decision_does_not_make_a_contract_clerk_decide(departments, procedure, resident):
    helper = factories.make_staff(role=Role.CONTRACT_CLERK, department=departments["shimin"])
    GrantedRight.objects.create(
        from_department=departments["kosodate"],
        to_department=departments["shimin"],
        kind=GrantedRightKind.DECISION,
        procedure_key=procedure.key,
        active_from="2020-01-01",
    )
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    with pytest.raises(casework.NotAllowed):
        casework.decide(application=case, decision=APPROVE, reason="", by=helper)


def test_role_counts_only_in_its_department(departments, procedure, resident):
    """An approver of one department who stands at the desk of another does not decide there."""
    person = factories.make_staff(role=Role.APPROVER, department=departments["shimin"])
    person.roles.create(role=Role.CONTRACT_CLERK, department=departments["kosodate"], active_from="2020-01-01")
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    with pytest.raises(casework.NotAllowed):
        casework.decide(application=case, decision=APPROVE, reason="", by=person)


def test_draft_is_nobodys_case(procedure, resident, handler):
    draft = make_case(procedure, resident, state=S.DRAFT)
    with pytest.raises(casework.NotAllowed):
        casework.take(application=draft, by=handler)
