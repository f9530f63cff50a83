"""That nobody decides alone what they typed in for somebody themselves."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.approvals import OwnFiling
from applications.enums import ApplicationState, Channel, DecisionKind
from applications.models import Application, ApplicationRevision
from applications.permissions import CaseAction
from applications.queries.scope import allowed_actions
from applications.services import bulk, casework
from cityhall.enums import Role
from tests import factories
from tests.applications.casekit import fresh, make_case, make_procedure

S = ApplicationState
APPROVE = DecisionKind.APPROVE


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def colleague(department):
    return factories.make_staff(role=Role.HANDLER, department=department)


@pytest.fixture
def case(department, resident, handler):
    """Typed in by the handler, who took it as well."""
    procedure = make_procedure(department)
    return make_case(procedure, resident, state=S.IN_REVIEW, channel=Channel.COUNTER, filed_by=handler, handler=handler)


def test_who_typed_it_in_does_not_decide_it(case, handler, colleague):
    assert CaseAction.DECIDE not in allowed_actions(handler, case)
    with pytest.raises(casework.NotAllowed):
        casework.decide(application=case, decision=APPROVE, reason="", by=handler)
    assert fresh(case).state == S.IN_REVIEW
    casework.decide(application=fresh(case), decision=APPROVE, reason="", by=colleague)
    assert fresh(case).decided_by == colleague


def test_who_typed_a_correction_in_does_not_decide_either(case, colleague):
    ApplicationRevision.objects.create(application=case, number=2, answers={}, submitted_by=colleague)
    with pytest.raises(casework.NotAllowed):
        casework.decide(application=case, decision=APPROVE, reason="", by=colleague)


def test_they_prepare_it_all_the_same(case, handler):
    assert {CaseAction.RETURN, CaseAction.ASSIGN} <= allowed_actions(handler, case)


def test_what_residents_sent_themselves_is_decided_by_one(department, resident, handler):
    case = make_case(make_procedure(department), resident, state=S.IN_REVIEW, handler=handler)
    casework.decide(application=case, decision=APPROVE, reason="", by=handler)
    assert fresh(case).state == S.APPROVED


def test_a_bulk_decision_names_them(case, handler):
    planned = bulk.plan(cases=[fresh(case)], decision=APPROVE, reason="", by=handler)
    assert [row.problem for row in planned] == [str(OwnFiling.message)]


def test_the_page_says_who_decides(login, case, handler):
    page = login(handler).get(reverse("applications:case_detail", args=[case.public_id])).content.decode()
    assert "入力した本人は決定できません" in page
    assert reverse("applications:case_decide", args=[case.public_id]) not in page


@pytest.mark.parametrize("channel", [Channel.COUNTER, Channel.PAPER, Channel.ASSISTED, Channel.REMOTE])
def test_the_database_says_the_same(case, handler, channel):
    Application.objects.filter(pk=case.pk).update(channel=channel)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(decided_by=handler)
