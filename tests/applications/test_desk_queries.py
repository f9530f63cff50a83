"""How many queries the desk takes: the same for one case and for three."""

import pytest
from django.urls import reverse

from applications.enums import ApplicationState, Channel, DecisionKind
from applications.services import casework
from cityhall.enums import Role
from tests import factories
from tests.applications.casekit import make_case, make_procedure

S = ApplicationState
LIST_QUERIES, PREVIEW_QUERIES, TURNS_QUERIES = 13, 25, 13


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_cases_whose_handler_is_gone(
    municipality, department, departments, login, approver, count, django_assert_num_queries
):
    for _number in range(count):
        moved = factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])
        make_case(make_procedure(department), state=S.IN_REVIEW, handler=moved)
    browser, url = login(approver), f"{reverse('applications:case_list')}?handler=gone"
    # what is read once for a process is read before
    browser.get(url)
    with django_assert_num_queries(LIST_QUERIES):
        page = browser.get(url)
    assert len(page.context["rows"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_of_a_bulk_decision(municipality, department, login, handler, count, django_assert_num_queries):
    procedure, resident = make_procedure(department), factories.make_resident_user()
    cases = [make_case(procedure, resident, state=S.IN_REVIEW, handler=handler) for _number in range(count)]
    data = {"case": [case.public_id for case in cases], "looked": "1", "decision": "approve", "reason": "認定します。"}
    browser, url = login(handler), reverse("applications:bulk_preview")
    browser.post(url, data)
    with django_assert_num_queries(PREVIEW_QUERIES):
        page = browser.post(url, data)
    assert [row.is_possible for row in page.context["possible"]] == [True] * count


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_what_waits_for_a_signature(
    municipality, department, login, handler, approver, count, django_assert_num_queries
):
    procedure, resident = make_procedure(department, needs_approval=True), factories.make_resident_user()
    for _number in range(count):
        case = make_case(procedure, resident, state=S.IN_REVIEW, channel=Channel.PAPER, filed_by=resident.user)
        casework.propose(application=case, decision=DecisionKind.APPROVE, reason="認定します。", by=handler)
    browser, url = login(approver), reverse("applications:approval_list")
    browser.get(url)
    with django_assert_num_queries(TURNS_QUERIES):
        page = browser.get(url)
    assert len(page.context["rows"]) == count
