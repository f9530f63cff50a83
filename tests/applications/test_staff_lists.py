"""Lists of the staff: how many rows, who signs without a chain, what hinders a decision, an extract on its way."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pdfminer.high_level import extract_text

from applications.enums import ApplicationState, DecisionKind
from applications.services import casework, desk
from applications.tasks import make_extracts
from applications.views.case_list import MOST_ASSIGNED
from applications.views.extracts.prints import MOST_PRINTED
from cityhall.enums import AuditAction
from cityhall.models import AuditEvent
from cityhall.references import format_number
from tests.applications import extractkit
from tests.applications.casekit import fresh, make_case, make_procedure
from tests.applications.filing import url

S = ApplicationState
LIST = "applications:case_list"


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department, notices=False)


def numbers(page):
    return [row["case"].public_id for row in page.context["rows"]]


def test_pages_of_a_hundred_follow_each_other_with_the_filters(login, procedure, resident, handler):
    cases = [make_case(procedure, resident, handler=handler).public_id for _number in range(102)]
    make_case(procedure, resident)
    browser = login(handler)
    first = browser.get(reverse(LIST), {"size": "100", "handler": "me"})
    second = browser.get(f"{reverse(LIST)}{first.context['next_url']}")
    assert (len(numbers(first)), len(numbers(second))) == (100, 2)
    assert {*numbers(first), *numbers(second)} == {*cases}
    links = {link.size: (link.href, link.is_current) for link in first.context["sizes"]}
    assert links[500] == ("?size=500&handler=me", False)
    assert links[100][1] is True


def test_sizes_nobody_offers_are_the_usual_one(login, procedure, resident, handler):
    for _number in range(51):
        make_case(procedure, resident)
    for size in ("51", "0", "-1", "50000", "x"):
        assert len(numbers(login(handler).get(reverse(LIST), {"size": size}))) == 50


def test_a_long_list_costs_as_many_queries_as_a_short_one(login, procedure, resident, handler):
    make_case(procedure, resident)
    browser = login(handler)
    browser.get(reverse(LIST), {"size": "500"})
    counts = []
    for more in (0, 2, 60):
        for _number in range(more):
            make_case(procedure, resident)
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse(LIST), {"size": "500"})
        counts.append(len(queries))
    assert counts == [counts[0]] * 3


def test_more_than_a_hundred_cases_are_not_given_to_a_handler_at_once(login, procedure, resident, handler):
    case = make_case(procedure, resident)
    data = {"case": [case.public_id] * (MOST_ASSIGNED + 1), "to": handler.pk}
    answer = login(handler).post(reverse("applications:case_assign_many"), data, follow=True)
    assert "100件まで" in answer.content.decode()
    assert fresh(case).handler is None


def test_what_hinders_a_decision_has_a_heading_of_its_own(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW, handler=handler)
    for text in ("口座の名義を見る", "続柄を見る"):
        desk.add_point(procedure=procedure, text=text, is_required=True, by=handler)
    sent = {"revision": case.revision, "decision": DecisionKind.APPROVE, "reason": ""}
    page = login(handler).post(url("case_preview", case), sent)
    assert page.context["bound_form"].non_field_errors() == [
        "審査項目「口座の名義を見る」を確認してから決定してください。",
        "審査項目「続柄を見る」を確認してから決定してください。",
    ]
    text = page.content.decode()
    assert ("決定の前に必要なこと" in text, "入力内容をご確認ください" in text) == (True, False)


def test_a_proposal_without_a_chain_says_who_signs(login, department, resident, handler, approver):
    case = make_case(make_procedure(department, needs_approval=True), resident, state=S.IN_REVIEW, handler=handler)
    casework.propose(application=case, decision=DecisionKind.APPROVE, reason="", by=handler)
    page = login(approver).get(reverse("applications:approval_list"))
    (row,) = page.context["rows"]
    assert (row["step"].title, row["count"]) == ("決裁者", 1)
    assert f"{department.name}の決裁者1名" in page.content.decode()


def test_the_page_of_an_extract_loads_itself_until_the_file_is_there(login, department, handler):
    procedure = extractkit.make_procedure(department)
    extract = extractkit.order(extractkit.make_profile(procedure, handler), handler)
    address = reverse("applications:extract_file", args=[extract.public_id])
    assert login(handler).get(address)["Refresh"] == "5"
    make_extracts()
    assert "Refresh" not in login(handler).get(address)


# --- several cases on paper -------------------------------------------------------------------------


def print_all(browser, cases, **more):
    data = {"case": [case.public_id for case in cases], **more}
    return browser.post(reverse("applications:case_print_many"), data)


def test_ticked_cases_are_one_pdf_in_the_order_of_the_list(login, procedure, resident, another_resident, handler):
    cases = [make_case(procedure, resident), make_case(procedure, another_resident)]
    answer = print_all(login(handler), [*cases, cases[0]])
    assert answer["Content-Type"] == "application/pdf"
    pages = [page.replace("\n", "") for page in extract_text(io.BytesIO(answer.content)).split("\f")]
    begins = [place for place, page in enumerate(pages) if "庁内用" in page]
    assert [format_number(case.number) in pages[place] for case, place in zip(cases, begins, strict=True)] == [True] * 2
    # each begins on a fresh sheet and counts its own pages
    assert [place % 2 for place in begins] == [0, 0]
    assert ["1 / " in pages[place] for place in begins] == [True] * 2
    printed = AuditEvent.objects.filter(action=AuditAction.PRINT).order_by("id")
    assert list(printed.values_list("target_id", flat=True)) == [case.public_id for case in cases]


def test_nothing_is_printed_of_what_others_process(login, departments, procedure, resident, handler):
    elsewhere = make_case(make_procedure(departments["kaigo"], notices=False), resident)
    here = f"{reverse(LIST)}?state=submitted"
    assert print_all(login(handler), [elsewhere], here=here)["Location"] == here
    assert print_all(login(handler), [])["Location"] == reverse(LIST)
    many = print_all(login(handler), [make_case(procedure, resident)] * (MOST_PRINTED + 1), here="//evil.example/")
    assert many["Location"] == reverse(LIST)
    assert not AuditEvent.objects.filter(action=AuditAction.PRINT).exists()
