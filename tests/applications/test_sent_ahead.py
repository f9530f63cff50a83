import pytest
from django.urls import reverse

from applications.enums import ApplicationState, DecisionKind, EventKind
from applications.models import Application, ApplicationEvent
from applications.permissions import CaseAction
from applications.queries.scope import allowed_actions
from applications.services import casework
from applications.services.casework.handling import NoVisitAwaited, VisitAwaited
from cityhall.errors import StaleState
from notices.models import OutgoingMail
from tests.applications.casekit import make_case, make_procedure

pytestmark = pytest.mark.django_db

S = ApplicationState
HELD_IN = {S.IN_REVIEW, S.RETURNED, S.APPROVING, S.APPROVED}


@pytest.fixture(autouse=True)
def _city(municipality):
    pass


@pytest.fixture
def procedure(department):
    return make_procedure(department, mode="sent_ahead", required_papers=["本人確認書類"])


def seen(case):
    return Application.objects.select_related("procedure", "department", "resident").get(pk=case.pk)


def url(name, case):
    return reverse(f"applications:{name}", args=[case.public_id])


@pytest.mark.parametrize("state", sorted(set(S) - {S.DRAFT}))
def test_the_visit_is_recorded_while_the_case_is_worked_on(procedure, resident, clerk, state):
    case = make_case(procedure, resident, state=state)
    if state not in HELD_IN:
        with pytest.raises(StaleState):
            casework.hold_visit(application=seen(case), by=clerk)
        assert seen(case).visit_held_at is None
        return
    held = casework.hold_visit(application=seen(case), by=clerk)
    assert (held.state, held.revision, held.visit_held_at is not None) == (state, case.revision + 1, True)
    assert ApplicationEvent.objects.get(application=case).kind == EventKind.HELD


def test_the_visit_is_recorded_once(procedure, resident, clerk):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    page = seen(case)
    casework.hold_visit(application=seen(case), by=clerk)
    for copy in (page, seen(case)):
        with pytest.raises(StaleState):
            casework.hold_visit(application=copy, by=clerk)
    assert ApplicationEvent.objects.filter(application=case).count() == 1


def test_no_visit_without_the_mode_and_none_by_strangers(department, procedure, resident, clerk, auditor):
    online = make_case(make_procedure(department), resident, state=S.IN_REVIEW)
    with pytest.raises(NoVisitAwaited):
        casework.hold_visit(application=seen(online), by=clerk)
    with pytest.raises(casework.NotAllowed):
        casework.hold_visit(application=seen(make_case(procedure, resident, state=S.IN_REVIEW)), by=auditor)


def test_the_case_is_finished_only_when_it_was_held(procedure, resident, handler):
    case = make_case(procedure, resident, state=S.APPROVED)
    assert allowed_actions(handler, seen(case)) == {CaseAction.HOLD, CaseAction.REOPEN, CaseAction.WRITE}
    with pytest.raises(VisitAwaited):
        casework.complete(application=seen(case), by=handler)
    casework.hold_visit(application=seen(case), by=handler)
    assert allowed_actions(handler, seen(case)) == {CaseAction.COMPLETE, CaseAction.REOPEN, CaseAction.WRITE}
    assert casework.complete(application=seen(case), by=handler).state == S.COMPLETED
    assert OutgoingMail.objects.last().subject == "【緑野市】手続が完了しました"


def test_what_was_refused_needs_no_visit(procedure, resident, handler):
    case = make_case(procedure, resident, state=S.REFUSED, decision=DecisionKind.REFUSE)
    assert casework.complete(application=seen(case), by=handler).state == S.COMPLETED


def test_pages_say_what_to_do_next(login, procedure, resident, department):
    department.place, department.phone = "本庁舎1階 3番窓口", "03-1234-5678"
    department.save(update_fields=["place", "phone"])
    case = make_case(procedure, resident)
    for name in ("application_done", "application_detail"):
        page = login(resident).get(url(name, case)).text
        for words in ("来庁・面接について", "本庁舎1階 3番窓口", "03-1234-5678", "本人確認書類", "開庁時間"):
            assert words in page, (name, words)


def test_button_on_the_case_page(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.APPROVED)
    browser = login(handler)
    page = browser.get(url("case_detail", case)).text
    assert "来庁・面接が終わった" in page
    assert "手続を完了する" not in page
    for words in ("来庁・面接が終わったことを記録しました。", str(StaleState.message)):
        after = browser.post(url("case_hold", case), {"revision": case.revision}, follow=True)
        assert words in after.text
    assert "手続を完了する" in browser.get(url("case_detail", case)).text
