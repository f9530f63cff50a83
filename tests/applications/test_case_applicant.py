"""What staff see of the person behind a case: without an account, as a business, under protection (支援措置)."""

import datetime as dt

import pytest
from django.urls import reverse

from applications.definition import fingerprint
from applications.enums import ApplicationState
from applications.models import Application, FormVersion
from cityhall.days import today
from residents.models import Business, Resident
from tests import factories
from tests.applications.casekit import make_case, make_procedure
from tests.reading import words

S = ApplicationState
DEFINITION = {
    "schema": 1,
    "pages": [
        {
            "key": "applicant",
            "title": "申請者",
            "fields": [
                {"key": "home", "type": "address", "label": "住所", "concept": "applicant.address"},
                {"key": "place", "type": "address", "label": "被害を受けた建物の所在地"},
            ],
        }
    ],
}
HOME = {"postal_code": "1000013", "prefecture": "東京都", "city": "緑野市", "town": "緑町", "street": "9-9-9"}
ANSWERS = {"home": HOME, "place": HOME | {"postal_code": "1010021", "street": "1-2-3"}}
HIDDEN = "支援措置のため表示できません"
MARK = "支援措置の対象者です。"
STAFF = ["clerk", "contract_clerk", "handler", "approver", "auditor"]


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    procedure = make_procedure(department, notices=False)
    version = FormVersion.objects.create(
        procedure=procedure, number=2, definition=DEFINITION, sha256=fingerprint(DEFINITION)
    )
    procedure.current_version = version
    procedure.save(update_fields=["current_version"])
    return procedure


@pytest.fixture
def case(procedure, resident):
    return make_case(procedure, resident, state=S.IN_REVIEW, answers=ANSWERS)


def protect(resident, days=1):
    Resident.objects.filter(pk=resident.pk).update(protected_until=today() + dt.timedelta(days=days))


def page(browser, name, case):
    response = browser.get(reverse(f"applications:{name}", args=[case.public_id]))
    assert response.status_code == 200
    return words(response.content.decode())


# --- who is behind it -----------------------------------------------------------------------------


def test_applicant_without_an_account_is_shown(login, case, resident, handler):
    Resident.objects.update(user=None, contact_email="")
    text = page(login(handler), "case_detail", case)
    assert "緑町3-30-8 郵便ビル403号" in text
    assert "<dt>メール</dt><dd>—</dd>" in text


def test_address_of_the_account_stands_in_for_a_missing_one(login, case, resident, handler):
    Resident.objects.update(contact_email="")
    assert f"<dt>メール</dt><dd>{resident.user.email}</dd>" in page(login(handler), "case_detail", case)


def test_business_without_a_resident_is_shown(login, case, handler):
    business = Business.objects.create(name="緑野運送株式会社")
    Application.objects.update(resident=None, business=business, applicant_kind="business")
    text = page(login(handler), "case_detail", case)
    assert "緑野運送株式会社" in text
    # a business is no person who has failed to register
    assert "住民の登録がない申請者です。" not in text


# --- 支援措置 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", STAFF)
def test_protected_address_is_not_shown(request, login, case, resident, person):
    protect(resident)
    text = page(login(request.getfixturevalue(person)), "case_detail", case)
    assert ("3-30-8" in text, "100-0013" in text, "9-9-9" in text) == (False, False, False)
    # the address of the person and their answer; the place of the damage is what the case is about
    assert text.count(HIDDEN) == 2
    assert "1-2-3" in text
    assert MARK in text


def test_protected_address_is_shown_to_those_with_the_right(login, case, resident, administrator):
    protect(resident)
    text = page(login(administrator), "case_detail", case)
    assert ("3-30-8" in text, "9-9-9" in text, HIDDEN in text, MARK in text) == (True, True, False, True)


@pytest.mark.parametrize("days", [0, 1])
def test_correction_page_hides_the_protected_answer(login, case, resident, handler, days):
    protect(resident, days)
    text = page(login(handler), "case_return", case)
    assert ("9-9-9" in text, HIDDEN in text, "1-2-3" in text) == (False, True, True)


def test_protection_ends_after_its_last_day(login, case, resident, handler):
    protect(resident, days=-1)
    browser = login(handler)
    text = page(browser, "case_detail", case)
    assert ("3-30-8" in text, "9-9-9" in text, HIDDEN in text, MARK in text) == (True, True, False, False)
    assert "9-9-9" in page(browser, "case_return", case)


def test_protection_of_the_row_a_resident_was_merged_into_counts(login, case, resident, handler):
    register = factories.make_resident(protected_until=today())
    Resident.objects.filter(pk=resident.pk).update(user=None, merged_into=register)
    text = page(login(handler), "case_detail", case)
    assert ("3-30-8" in text, "9-9-9" in text, MARK in text) == (False, False, True)


def test_unanswered_address_stays_unanswered(login, procedure, resident, handler):
    protect(resident)
    case = make_case(procedure, resident, state=S.IN_REVIEW, answers={})
    assert page(login(handler), "case_detail", case).count(HIDDEN) == 1


# --- admin ----------------------------------------------------------------------------------------


def revision_page(browser, case):
    revision = case.revisions.get()
    return browser.get(reverse("admin:applications_applicationrevision_change", args=[revision.pk])).content.decode()


def test_admin_hides_the_answers_of_a_protected_person(login, case, resident, auditor):
    protect(resident)
    text = revision_page(login(auditor), case)
    assert ("9-9-9" in text, HIDDEN in text) == (False, True)


def test_admin_shows_the_answers_with_the_right_or_without_protection(login, case, resident, administrator, auditor):
    assert "9-9-9" in revision_page(login(auditor), case)
    protect(resident)
    text = revision_page(login(administrator), case)
    assert ("9-9-9" in text, HIDDEN in text) == (True, False)


def test_admin_shows_the_answers_of_a_business(login, case, auditor):
    business = Business.objects.create(name="緑野運送株式会社")
    Application.objects.update(resident=None, business=business, applicant_kind="business")
    assert "9-9-9" in revision_page(login(auditor), case)


@pytest.mark.parametrize("person", ["auditor", "administrator"])
def test_admin_page_of_a_case_has_no_address(request, login, case, resident, person):
    protect(resident)
    url = reverse("admin:applications_application_change", args=[case.pk])
    text = login(request.getfixturevalue(person)).get(url).content.decode()
    assert case.number in text
    assert ("3-30-8" in text, "9-9-9" in text) == (False, False)
