import datetime as dt

import pytest

from applications.enums import ApplicationState, DecisionKind, EventKind
from applications.models import Application, ApplicationEvent
from applications.permissions import CaseAction
from applications.queries.scope import allowed_actions
from applications.services import casework
from applications.services.casework.handling import VisitAwaited
from applications.services.casework.visits import NoVisitAwaited, VisitOnWrongDay
from cityhall.days import local_date, today
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from notices.models import OutgoingMail
from tests.applications.casekit import make_case, make_procedure
from tests.applications.filing import url

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


@pytest.mark.parametrize("state", sorted(set(S) - {S.DRAFT}))
def test_the_visit_is_recorded_while_the_case_is_worked_on(procedure, resident, clerk, state):
    case = make_case(procedure, resident, state=state)
    if state not in HELD_IN:
        with pytest.raises(StaleState):
            casework.hold_visit(application=seen(case), by=clerk)
        assert seen(case).visit_held_on is None
        return
    held = casework.hold_visit(application=seen(case), by=clerk)
    assert (held.state, held.revision, held.visit_held_on) == (state, case.revision + 1, today())
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
    assert allowed_actions(handler, seen(case)) == {
        *(CaseAction.COMPLETE, CaseAction.REOPEN, CaseAction.UNHOLD, CaseAction.WRITE)
    }
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


@pytest.mark.parametrize("days", [-1, 1])
def test_the_visit_lies_between_the_submission_and_today(procedure, resident, clerk, days):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    edge = local_date(case.submitted_at) if days < 0 else today()
    with pytest.raises(VisitOnWrongDay):
        casework.hold_visit(application=seen(case), by=clerk, held_on=edge + dt.timedelta(days=days))
    assert not ApplicationEvent.objects.filter(application=case).exists()
    assert casework.hold_visit(application=seen(case), by=clerk, held_on=edge).visit_held_on == edge


def hold(browser, case, **data):
    sent = {"revision": seen(case).revision, "held_on": today().isoformat(), "confirmed": "on"} | data
    return browser.post(url("case_hold", case), sent, follow=True)


def test_recording_asks_for_the_day_and_a_confirmation(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.APPROVED)
    browser = login(handler)
    form = browser.get(url("case_detail", case)).context["forms"]["hold"]
    assert form["held_on"].value() == today()
    assert form.fields["held_on"].widget.attrs["max"] == today().isoformat()
    for data, field in (({"confirmed": ""}, "confirmed"), ({"held_on": "昨日"}, "held_on")):
        assert field in hold(browser, case, **data).context["forms"]["hold"].errors
    tomorrow = (today() + dt.timedelta(days=1)).isoformat()
    assert str(VisitOnWrongDay.message) in hold(browser, case, held_on=tomorrow).text
    assert seen(case).visit_held_on is None


def test_button_on_the_case_page(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.APPROVED)
    browser = login(handler)
    assert "手続を完了する" not in browser.get(url("case_detail", case)).text
    for words in ("来庁・面接が終わったことを記録しました。", str(StaleState.message)):
        assert words in hold(browser, case, revision=case.revision).text
    assert "手続を完了する" in browser.get(url("case_detail", case)).text


def test_who_recorded_the_visit_takes_it_back_with_a_reason(login, procedure, resident, clerk):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    casework.hold_visit(application=seen(case), by=clerk)
    browser = login(clerk)
    sent = {"revision": seen(case).revision, "reason": ""}
    assert "reason" in browser.post(url("case_unhold", case), sent, follow=True).context["forms"]["unhold"].errors
    for words in ("来庁・面接の記録を取り消しました。", str(StaleState.message)):
        page = browser.post(url("case_unhold", case), sent | {"reason": "別の人の来庁でした。"}, follow=True)
        assert words in page.text
    back = seen(case)
    assert (back.visit_held_on, back.awaits_visit, back.revision) == (None, True, case.revision + 2)
    events = ApplicationEvent.objects.filter(application=case).order_by("id")
    assert list(events.values_list("kind", "actor")) == [("held", clerk.pk), ("unheld", clerk.pk)]
    assert events.last().note == "別の人の来庁でした。"
    audited = AuditEvent.objects.filter(action="state").latest("id")
    assert (audited.target_id, audited.changed_fields) == (case.public_id, ["visit_held_on"])


def test_only_who_recorded_it_or_an_administrator_takes_it_back(
    procedure, resident, clerk, handler, approver, auditor, administrator
):
    case = make_case(procedure, resident, state=S.APPROVED)
    casework.hold_visit(application=seen(case), by=clerk)
    for person in (handler, approver, auditor):
        with pytest.raises(casework.NotAllowed):
            casework.unhold_visit(application=seen(case), reason="誤り", by=person)
        assert CaseAction.UNHOLD not in allowed_actions(person, seen(case))
    assert allowed_actions(administrator, seen(case)) == {CaseAction.UNHOLD}
    back = casework.unhold_visit(application=seen(case), reason="誤り", by=administrator)
    assert back.visit_held_on is None
    # recorded anew by another person: that person's to take back
    casework.hold_visit(application=seen(case), by=handler)
    assert CaseAction.UNHOLD in allowed_actions(handler, seen(case))
    assert CaseAction.UNHOLD not in allowed_actions(clerk, seen(case))


def test_nothing_is_taken_back_from_a_completed_case(procedure, resident, handler):
    case = make_case(procedure, resident, state=S.APPROVED)
    casework.hold_visit(application=seen(case), by=handler)
    casework.complete(application=seen(case), by=handler)
    assert CaseAction.UNHOLD not in allowed_actions(handler, seen(case))
    with pytest.raises(StaleState):
        casework.unhold_visit(application=seen(case), reason="誤り", by=handler)
