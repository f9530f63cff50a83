"""Internal procedures: filed by staff from their own accounts, decided by somebody else."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.enums import ApplicantKind, ApplicationState, DecisionKind
from applications.models import Application
from applications.permissions import CaseAction
from applications.queries.mine import own_applications
from applications.queries.procedures import search
from applications.queries.scope import allowed_actions, possible_handlers
from applications.services import applicants, casework, starting
from applications.services.casework.handling import NotAHandler
from applications.services.casework.steps import NotAllowed
from applications.services.drafts import AlreadyFiled
from applications.services.messages import send_from_city
from applications.services.submission import submit
from cityhall.enums import Role
from cityhall.models import StaffRole
from tests import factories
from tests.applications import filing
from tests.reading import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure(municipality, department):
    return filing.make_procedure(key="pc", name="パソコンの借用", department=department, applicant_kinds=["staff"])


@pytest.fixture
def colleague(department):
    """Another handler of the department."""
    return factories.make_staff("colleague@city.example.jp", role=Role.HANDLER, department=department, name="審査 七郎")


def begin(procedure, user, department, key="k"):
    return starting.start_as_staff(procedure=procedure, by=user, department=department, request_key=key)


def send(draft):
    Application.objects.filter(pk=draft.pk).update(draft_answers=draft.draft_answers | {"wish": "午前"})
    return submit(application=Application.objects.get(pk=draft.pk), by=draft.filed_by)


@pytest.fixture
def sent(procedure, handler, department):
    return send(begin(procedure, handler, department))


def test_the_account_and_its_department_are_the_applicant(sent, handler, department):
    sent.refresh_from_db()
    assert (sent.applicant_kind, sent.resident, sent.business) == (ApplicantKind.STAFF, None, None)
    assert (sent.filed_by, sent.applicant_department) == (handler, department)
    assert (sent.applicant_name, sent.applicant_email) == ("審査 三郎", "handler@city.example.jp")
    # the question for the applicant's name was filled in from the account
    assert sent.revisions.get().answers["name"] == "審査 三郎"


def test_the_applicant_is_told_by_mail(sent):
    assert [to for to, _body in filing.mails()] == ["handler@city.example.jp"]


def test_the_whole_way_in_the_browser(login, procedure, handler, colleague):
    browser = login(handler)
    page = browser.get(reverse("applications:staff_filing")).content.decode()
    assert reverse("applications:staff_filing_procedure", args=["pc"]) in page
    assert browser.get(reverse("applications:staff_filing_procedure", args=["pc"])).status_code == 200
    draft = filing.begin(browser, procedure, "staff_filing_start")
    first = browser.get(filing.url("draft_page", draft, 1)).content.decode()
    # the frame of the staff, and the account's name in the box
    assert "page--staff" in first
    assert 'value="審査 三郎"' in first
    kept = browser.post(filing.url("draft_page", draft, 1), {"q-name": "審査 三郎", "action": "save"})
    assert kept.url == reverse("applications:staff_filing")
    filing.fill(browser, draft, name="審査 三郎")
    draft.refresh_from_db()
    answer = browser.post(filing.url("application_submit", draft), {"draft_revision": draft.draft_revision})
    assert answer.url == filing.url("application_done", draft)
    assert browser.get(answer.url).status_code == 200
    assert draft.procedure.name in browser.get(filing.url("application_detail", draft)).content.decode()
    assert browser.get(filing.url("application_copy", draft))["Content-Type"] == "application/pdf"
    assert filing.url("application_detail", draft) in browser.get(reverse("applications:staff_filing")).content.decode()


def test_correction_and_messages_reach_the_member_of_staff(login, sent, handler, colleague):
    browser = login(handler)
    casework.take(application=sent, by=colleague)
    casework.return_for_correction(application=sent, message="", comments={"wish": "午後にできますか"}, by=colleague)
    assert "午後にできますか" in browser.get(filing.url("application_detail", sent)).content.decode()
    browser.post(filing.url("draft_page", sent, 2) + "?check=1", {"q-wish": "午後", "action": "next"})
    sent.refresh_from_db()
    browser.post(filing.url("application_submit", sent), {"draft_revision": sent.draft_revision})
    sent.refresh_from_db()
    assert (sent.state, sent.revisions.count()) == (ApplicationState.IN_REVIEW, 2)
    send_from_city(application=sent, body="鍵を取りに来てください", by=colleague, request_key="m")
    assert "鍵を取りに来てください" in browser.get(filing.url("application_detail", sent)).content.decode()
    browser.post(filing.url("application_message", sent), {"body": "承知しました", "request_key": "m2"})
    assert [message.is_from_city for message in sent.messages.order_by("id")] == [True, False]


def test_who_filed_takes_no_step_of_it(sent, handler, approver, colleague):
    assert allowed_actions(handler, sent) == frozenset()
    assert CaseAction.TAKE in allowed_actions(colleague, sent)
    assert set(possible_handlers(sent)) == {approver, colleague}
    with pytest.raises(NotAllowed):
        casework.take(application=sent, by=handler)
    casework.take(application=sent, by=colleague)
    with pytest.raises(NotAHandler):
        casework.assign(application=sent, handler=handler, by=colleague)
    with pytest.raises(NotAllowed):
        casework.decide(application=sent, decision=DecisionKind.APPROVE, reason="可", by=handler)
    assert (
        casework.decide(application=sent, decision=DecisionKind.APPROVE, reason="可", by=colleague).state == "approved"
    )


def test_an_approver_does_not_approve_their_own_request(municipality, department, approver, colleague):
    procedure = filing.make_procedure(department=department, applicant_kinds=["staff"], needs_approval=True)
    case = send(begin(procedure, approver, department))
    casework.take(application=case, by=colleague)
    casework.propose(application=case, decision=DecisionKind.APPROVE, reason="可", by=colleague)
    assert allowed_actions(approver, case) == frozenset()
    with pytest.raises(NotAllowed):
        casework.approve_proposal(application=case, by=approver)
    another = factories.make_staff(role=Role.APPROVER, department=department)
    assert casework.approve_proposal(application=case, by=another).state == "approved"


@pytest.mark.parametrize("column", ["handler", "decided_by"])
def test_the_database_keeps_the_four_eyes_too(sent, handler, column):
    with (
        pytest.raises(IntegrityError, match="application_of_staff_decided_by_another"),
        transaction.atomic(),
    ):
        Application.objects.filter(pk=sent.pk).update(**{column: handler})


@pytest.mark.parametrize(
    "columns", [{"applicant_kind": "person"}, {"applicant_kind": "business"}, {"applicant_kind": "staff"}]
)
def test_the_kind_fits_the_applicant(sent, resident, columns):
    fields = columns | ({"business": None, "resident": resident} if columns["applicant_kind"] == "staff" else {})
    if columns["applicant_kind"] == "person":
        Application.objects.filter(pk=sent.pk).update(**fields)
        return
    with (
        pytest.raises(IntegrityError, match="application_applicant_is_of_its_kind"),
        transaction.atomic(),
    ):
        Application.objects.filter(pk=sent.pk).update(**fields)


def test_the_case_page_names_the_member_of_staff(login, sent, colleague, handler):
    page = words(login(colleague).get(reverse("applications:case_detail", args=[sent.public_id])).content.decode())
    for said in ["審査 三郎", "handler@city.example.jp", "子育て支援課"]:
        assert said in page
    own = login(handler).get(reverse("applications:case_detail", args=[sent.public_id])).content.decode()
    assert reverse("applications:case_take", args=[sent.public_id]) not in own


def test_residents_find_no_internal_procedure(login, client, procedure, sent, resident):
    browser = login(resident)
    for path in [
        reverse("applications:procedure_detail", args=["pc"]),
        reverse("applications:staff_filing"),
        reverse("applications:staff_filing_procedure", args=["pc"]),
        filing.url("application_detail", sent),
        f"/api/v1/procedures/{procedure.key}/",
    ]:
        assert browser.get(path).status_code == 404, path
    for name in ["application_start", "practice_start", "guest_start", "staff_filing_start"]:
        assert browser.post(reverse(f"applications:{name}", args=["pc"])).status_code == 404, name
    assert "パソコンの借用" not in browser.get(reverse("applications:procedure_list")).content.decode()
    assert procedure not in search(starting_filters())
    assert list(own_applications(resident.user)) == []


def starting_filters():
    from applications.queries.procedures import Filters

    return Filters()


def test_other_staff_do_not_open_it_as_their_own(login, sent, colleague, clerk):
    for other in (colleague, clerk):
        assert login(other).get(filing.url("application_detail", sent)).status_code == 404


def test_staff_file_no_procedure_of_residents(login, municipality, department, handler):
    procedure = filing.make_procedure(key="child", department=department, applicant_kinds=["person"])
    browser = login(handler)
    for name in ["staff_filing_procedure", "staff_filing_start", "application_start", "guest_start"]:
        assert browser.post(reverse(f"applications:{name}", args=["child"])).status_code in {404, 405}, name
    assert browser.get(reverse("applications:staff_filing_procedure", args=["child"])).status_code == 404
    with pytest.raises(applicants.NotForThem):
        begin(procedure, handler, department)


def test_a_procedure_for_both_is_filed_both_ways(municipality, department, handler, resident, login):
    procedure = filing.make_procedure(key="both", department=department, applicant_kinds=["person", "staff"])
    assert login(resident).get(reverse("applications:procedure_detail", args=["both"])).status_code == 200
    assert begin(procedure, handler, department).is_staffs


def test_only_for_departments_of_ones_own(procedure, handler, departments, administrator):
    with pytest.raises(applicants.NotOfDepartment):
        begin(procedure, handler, departments["kaigo"])
    with pytest.raises(applicants.NotOfDepartment):
        begin(procedure, handler, None)
    # who works for the whole city hall has none
    assert begin(procedure, administrator, None).applicant_department is None


def test_who_works_for_two_departments_says_for_which(login, procedure, handler, departments):
    StaffRole.objects.create(user=handler, role=Role.CLERK, department=departments["kaigo"], active_from="2020-01-01")
    browser = login(handler)
    start = reverse("applications:staff_filing_start", args=["pc"])
    asked = browser.post(start, {"request_key": "k1"})
    assert (asked.status_code, Application.objects.count()) == (200, 0)
    draft = filing.begin(browser, procedure, "staff_filing_start", department=departments["kaigo"].pk)
    assert draft.applicant_department == departments["kaigo"]


def test_a_department_one_left_meanwhile_refuses_the_sending(procedure, handler, department, departments):
    draft = begin(procedure, handler, department)
    StaffRole.objects.filter(user=handler).update(department=departments["kaigo"])
    again = type(handler).objects.get(pk=handler.pk)
    Application.objects.filter(pk=draft.pk).update(draft_answers=draft.draft_answers | {"wish": "午前"})
    with pytest.raises(applicants.NotOfDepartment):
        submit(application=Application.objects.get(pk=draft.pk), by=again)


def test_one_open_request_a_person(municipality, department, handler, colleague):
    procedure = filing.make_procedure(department=department, applicant_kinds=["staff"], once_per_applicant=True)
    send(begin(procedure, handler, department))
    with pytest.raises(AlreadyFiled):
        begin(procedure, handler, department, key="k2")
    assert begin(procedure, colleague, department).is_staffs


def test_a_double_click_begins_one(procedure, handler, department):
    assert begin(procedure, handler, department) == begin(procedure, handler, department)


def test_what_staff_take_down_at_the_counter_is_not_theirs(municipality, department, clerk, resident):
    procedure = filing.make_procedure(department=department)
    Application.objects.create(
        procedure=procedure,
        form_version=procedure.current_version,
        department=department,
        resident=resident,
        filed_by=clerk,
        channel="counter",
        request_key="x",
    )
    assert list(own_applications(clerk)) == []
