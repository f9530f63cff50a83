import pytest
from django.urls import reverse

from applications.enums import ApplicationState
from applications.models import Application, ApplicationEvent
from applications.services import casework
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from notices.models import Notice
from tests.applications.casekit import make_case, make_procedure

pytestmark = pytest.mark.django_db

S = ApplicationState
REASON = "月額15,000円を支給します。"


@pytest.fixture
def procedure(municipality, department):
    return make_procedure(department)


@pytest.fixture
def case(procedure, resident):
    return make_case(procedure, resident, state=S.IN_REVIEW)


def url(name, case):
    return reverse(f"applications:{name}", args=[case.public_id])


def preview(browser, case, **data):
    return browser.post(url("case_preview", case), {"revision": case.revision, "decision": "approve"} | data)


def test_the_letter_is_shown_and_nothing_is_written(login, case, handler):
    page = preview(login(handler), case, reason=REASON)
    for words in ("児童手当 認定請求について", "高橋 さくら様", "決定：承認", REASON, "まだ決定していません。"):
        assert words in page.text
    assert Application.objects.get(pk=case.pk).state == S.IN_REVIEW
    assert not Notice.objects.exists()
    assert not ApplicationEvent.objects.exists()
    assert AuditEvent.objects.get(action="read").detail == "preview"


def test_the_button_under_the_letter_decides_what_it_says(login, case, handler):
    browser = login(handler)
    form = preview(browser, case, decision="refuse", reason="所得が限度を超えるためです。").context["form"]
    values = {field.name: field.value() for field in form}
    page = browser.post(url("case_decide", case), values, follow=True)
    assert "決定しました。" in page.text
    decided = Application.objects.get(pk=case.pk)
    assert (decided.state, decided.decision_reason) == (S.REFUSED, "所得が限度を超えるためです。")
    assert "所得が限度を超えるためです。" in Notice.objects.get().body


def test_a_decision_without_a_notice_says_so(login, department, municipality, resident, handler):
    case = make_case(make_procedure(department, notices=False), resident, state=S.IN_REVIEW)
    assert "この決定の通知書は作成されません。" in preview(login(handler), case).text


@pytest.mark.parametrize("data", [{"decision": ""}, {"decision": "refuse", "reason": " "}])
def test_what_is_missing_comes_back_at_its_field(login, case, handler, data):
    page = preview(login(handler), case, **data)
    assert 'class="error-summary"' in page.text
    assert "決定の確認" not in page.text


def test_a_page_left_open_shows_no_letter_and_keeps_the_words(login, case, handler, approver):
    casework.assign(application=case, handler=approver, by=approver)
    page = preview(login(handler), case, revision=case.revision - 1, reason=REASON)
    assert str(StaleState.message) in page.text
    assert REASON in page.text
    assert "まだ決定していません。" not in page.text


def test_a_proposal_has_its_own_way(login, municipality, department, resident, handler):
    case = make_case(make_procedure(department, needs_approval=True), resident, state=S.IN_REVIEW)
    assert preview(login(handler), case).status_code == 404


@pytest.mark.parametrize("person", ["clerk", "auditor", "administrator", "resident"])
def test_the_letter_is_for_those_who_decide(request, login, case, person):
    assert preview(login(request.getfixturevalue(person)), case).status_code == 404
