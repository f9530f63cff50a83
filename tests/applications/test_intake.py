"""What staff type in for somebody else: at the counter, from paper; both identities stay with it."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from applications.enums import ApplicationState, Channel, IdentityShown
from applications.models import Application, Reception
from applications.permissions import CaseAction
from applications.queries.scope import allowed_actions
from applications.services import casework
from applications.services.applicants import NotReceiver
from applications.services.casework import NotAllowed
from applications.services.drafts import AlreadyFiled
from applications.services.receptions import NobodyNamed, NotThisWay, Person, Received, WrongDay, start_for
from applications.services.submission import submit
from cityhall.days import add_business_days, today
from cityhall.enums import AuditAction, Role
from cityhall.models import AuditEvent
from tests import factories
from tests.applications import filing

S = ApplicationState
PAPER = ["online", "counter", "paper"]


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return filing.make_procedure(department=department, channels=PAPER, standard_days=10)


def received(channel=Channel.COUNTER, **fields):
    return Received(**{"channel": channel, "identity": IdentityShown.LICENCE} | fields)


def start(procedure, by, **fields):
    values = {"person": Person(name="来訪 太郎"), "received": received(), "request_key": "k1"}
    return start_for(procedure=procedure, by=by, **values | fields)


def send(draft, by):
    Application.objects.filter(pk=draft.pk).update(draft_answers={"name": "来訪 太郎", "wish": "午前"})
    return submit(application=Application.objects.get(pk=draft.pk), by=by)


def test_paper_is_counted_from_the_day_it_arrived(procedure, clerk, resident):
    arrived = today() - dt.timedelta(days=7)
    draft = start(
        procedure, clerk, person=Person(resident=resident), received=received(Channel.PAPER, received_on=arrived)
    )
    case = send(draft, clerk)
    assert (case.state, case.channel, case.received_on) == (S.SUBMITTED, Channel.PAPER, arrived)
    assert case.due_on == add_business_days(arrived, 10)
    assert (case.filed_by, case.resident, case.applicant_name) == (clerk, resident, resident.full_name)
    event = AuditEvent.objects.get(detail="submit")
    assert (event.actor, event.on_behalf_of) == (clerk, f"resident {resident.public_id}")


def test_somebody_without_a_record_keeps_the_typed_name(department, clerk):
    procedure = filing.make_procedure(department=department, channels=PAPER)
    draft = start(procedure, clerk)
    assert Reception.objects.get().person_name == "来訪 太郎"
    case = send(draft, clerk)
    assert (case.resident, case.applicant_name) == (None, "来訪 太郎")


@pytest.mark.parametrize("days", [1, -366])
def test_a_day_to_come_or_long_ago_is_refused(procedure, clerk, days):
    with pytest.raises(WrongDay):
        start(procedure, clerk, received=received(Channel.PAPER, received_on=today() + dt.timedelta(days=days)))
    with pytest.raises(WrongDay):
        start(procedure, clerk, received=received(Channel.PAPER))


def test_only_ways_of_the_procedure_and_staff_who_receive(procedure, clerk, departments):
    with pytest.raises(NotThisWay):
        start(procedure, clerk, received=received(Channel.REMOTE))
    with pytest.raises(NobodyNamed):
        start(procedure, clerk, person=Person(name=" "))
    stranger = factories.make_staff(role=Role.CLERK, department=departments["kaigo"])
    with pytest.raises(NotReceiver):
        start(procedure, stranger)
    assert not Application.objects.exists()


def test_a_right_that_ended_meanwhile_sends_nothing(procedure, clerk, departments):
    draft = start(procedure, clerk)
    stranger = factories.make_staff(role=Role.CLERK, department=departments["kaigo"])
    with pytest.raises(NotReceiver):
        send(draft, stranger)


def test_the_opening_period_of_the_portal_does_not_bind_paper(procedure, clerk):
    procedure.closes_at = timezone.now() - dt.timedelta(days=1)
    procedure.save(update_fields=["closes_at"])
    case = send(start(procedure, clerk), clerk)
    assert case.state == S.SUBMITTED


def test_once_per_person_holds_on_paper(procedure, clerk, resident):
    procedure.once_per_applicant = True
    procedure.save(update_fields=["once_per_applicant"])
    send(start(procedure, clerk, person=Person(resident=resident)), clerk)
    with pytest.raises(AlreadyFiled):
        start(procedure, clerk, person=Person(resident=resident), request_key="k2")


def test_online_has_no_day_of_paper(procedure, clerk):
    draft = start(procedure, clerk, received=received(Channel.PAPER, received_on=today()))
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=draft.pk).update(channel=Channel.ONLINE)


def test_who_typed_it_does_not_approve_it(department, approver, handler):
    procedure = filing.make_procedure(department=department, channels=PAPER, needs_approval=True)
    case = send(start(procedure, approver), approver)
    casework.take(application=case, by=handler)
    Application.objects.filter(pk=case.pk).update(state=S.APPROVING)
    case.refresh_from_db()
    assert CaseAction.APPROVE not in allowed_actions(approver, case)
    with pytest.raises(NotAllowed):
        casework.approve_proposal(application=case, by=approver)


def test_a_protected_address_is_not_filled_in_before_the_eyes_of_the_counter(procedure, clerk, resident):
    resident.protected_until = dt.date(2099, 1, 1)
    resident.save(update_fields=["protected_until"])
    draft = start(procedure, clerk, person=Person(resident=resident))
    assert "home" not in draft.draft_answers
    assert resident.street not in str(draft.draft_answers)


# --- the pages --------------------------------------------------------------------------------------


def walk(client, procedure, resident):
    """From the search to the draft."""
    page = reverse("applications:intake_start", args=[procedure.key])
    found = client.get(page, {"q": "タカハシ"}).content.decode()
    assert f"resident:{resident.public_id}" in found
    data = {
        "q": "タカハシ",
        "who": f"resident:{resident.public_id}",
        "channel": "paper",
        "received_on": today().isoformat(),
        "identity": "licence",
        "request_key": "k1",
    }
    answer = client.post(page, data)
    assert answer.status_code == 302, answer.content.decode()
    return Application.objects.get(public_id=re.search(r"/applications/([^/]+)/pages/1/", answer.url)[1])


def test_from_the_search_to_the_receipt(login, procedure, clerk, resident):
    client = login(clerk)
    draft = walk(client, procedure, resident)
    assert AuditEvent.objects.filter(action=AuditAction.SEARCH, object_ids=[resident.public_id]).exists()
    filing.fill(client, draft, name=resident.full_name)
    draft.refresh_from_db()
    for _click in range(2):
        answer = client.post(filing.url("application_submit", draft), {"draft_revision": draft.draft_revision})
        assert answer.url == filing.url("intake_done", draft)
    done = client.get(answer.url).content.decode()
    assert clerk.get_full_name() in done
    assert resident.full_name in done
    copy = client.get(filing.url("case_copy", draft))
    assert copy["Content-Type"] == "application/pdf"
    assert Application.objects.count() == 1
    # the person with an account sees it on their own pages
    mine = login(resident).get(reverse("applications:my_applications")).content.decode()
    assert procedure.name in mine


def test_colleagues_who_receive_go_on_and_nobody_else(login, procedure, clerk, handler, resident, departments):
    draft = walk(login(clerk), procedure, resident)
    page = filing.url("draft_page", draft, 1)
    assert login(handler).get(page).status_code == 200
    assert AuditEvent.objects.filter(actor=handler, detail="intake").count() == 1
    stranger = factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])
    assert login(stranger).get(page).status_code == 404
    assert login(resident).get(page).status_code == 404


def test_staff_write_no_message_in_the_name_of_the_applicant(login, procedure, clerk):
    case = send(start(procedure, clerk), clerk)
    for name in ("application_message", "application_withdraw", "application_edit"):
        assert login(clerk).post(filing.url(name, case)).status_code == 404


def test_the_page_warns_outside_the_opening_period(login, procedure, clerk):
    page = reverse("applications:intake_start", args=[procedure.key])
    client = login(clerk)
    assert client.get(page).context["is_open"] is True
    procedure.closes_at = timezone.now() - dt.timedelta(days=1)
    procedure.save(update_fields=["closes_at"])
    assert "オンラインの受付期間外です" in client.get(page).content.decode()
