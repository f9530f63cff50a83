import datetime as dt

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from applications.enums import ApplicationState, DecisionKind, EventKind, ProcedureMode, Seat
from applications.models import Application, ApplicationEvent, CorrectionRequest, Procedure
from applications.my_page import LATEST, LOOKED_AT, latest_applications
from applications.outlook import outlook
from applications.queries.mine import own_applications, own_list
from applications.services import drafts
from applications.services.applicants import Applicant
from applications.services.submission import submit
from applications.steps import case_steps, chip
from cityhall.models import Department
from cityhall.references import format_number
from residents.enums import ResidentSource
from residents.models import Resident
from residents.services import merge_residents
from tests import factories
from tests.applications import casekit, sample

pytestmark = pytest.mark.django_db

S = ApplicationState


@pytest.fixture
def procedure(municipality, department):
    return sample.make_procedure(department=department, name="児童手当 認定請求")


@pytest.fixture
def send(procedure, resident):
    """Send one more application of the resident."""
    count = iter(range(100))

    def make():
        draft = sample.fill(sample.start(procedure, resident, f"k{next(count)}"), resident.user)
        return submit(application=draft, by=resident.user)

    return make


def test_own_applications_are_ones_own(procedure, send, resident, another_resident, handler):
    sent = send()
    assert list(own_applications(resident.user)) == [sent]
    assert not own_applications(another_resident.user).exists()
    assert not own_applications(handler).exists()


def test_what_staff_filed_for_a_resident_is_the_residents(procedure, send, resident, clerk):
    sent = send()
    Application.objects.update(filed_by=clerk)
    assert list(own_applications(resident.user)) == [sent]
    assert not own_applications(clerk).exists()


def test_list_shows_drafts_and_sent_applications(login, procedure, send, resident):
    browser = login(resident)
    assert "まだ申請はありません。" in browser.get(reverse("applications:my_applications")).text
    sent = send()
    draft = sample.start(procedure, resident, "draft")
    text = browser.get(reverse("applications:my_applications")).text
    assert format_number(sent.number) in text
    assert reverse("applications:application_detail", args=[sent.public_id]) in text
    assert reverse("applications:draft_page", args=[draft.public_id, 1]) in text
    assert "受付済み" in text


def test_list_comes_in_pages(login, send, resident, monkeypatch):
    monkeypatch.setattr("applications.views.mine.PAGE_SIZE", 2)
    numbers = [format_number(send().number) for _time in range(3)]
    browser = login(resident)
    first = browser.get(reverse("applications:my_applications"))
    assert [number in first.text for number in numbers] == [False, True, True]
    second = browser.get(reverse("applications:my_applications"), {"after": first.context["next_cursor"]})
    assert [number in second.text for number in numbers] == [True, False, False]


def _queries(browser, url, counter):
    browser.get(url)
    with counter() as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


@pytest.fixture
def counter():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)


LIST_QUERIES = 8
"""Session, user, resident, applications, drafts; for the frame: city, unread notices."""


def test_list_costs_the_same_for_one_and_three(login, procedure, send, resident, counter):
    browser = login(resident)
    url = reverse("applications:my_applications")
    send()
    sample.start(procedure, resident, "d1")
    one = _queries(browser, url, counter)
    for number in range(2):
        send()
        sample.start(procedure, resident, f"d{number + 2}")
    assert (one, _queries(browser, url, counter)) == (LIST_QUERIES, LIST_QUERIES)


DETAIL_QUERIES = 16
"""Session, user, resident, application, last revision, file names, events, notices; city, unread notices."""


def test_detail_costs_the_same_with_one_and_three_revisions(login, send, resident, handler, counter):
    browser = login(resident)
    sent = send()
    url = reverse("applications:application_detail", args=[sent.public_id])
    one = _queries(browser, url, counter)
    for number in (2, 3):
        sent.revisions.create(number=number, answers=sent.revisions.first().answers, submitted_by=resident.user)
        ApplicationEvent.objects.create(application=sent, kind=EventKind.RESUBMITTED, actor=resident.user)
    assert (one, _queries(browser, url, counter)) == (DETAIL_QUERIES, DETAIL_QUERIES)


def test_detail_shows_status_history_and_answers(login, send, resident):
    sent = send()
    text = login(resident).get(reverse("applications:application_detail", args=[sent.public_id])).text
    for words in (
        format_number(sent.number),
        "受付済み",
        "申請を受け付けました",
        "平成2年4月12日（1990年）",
        "証明書.png",
        "申請を取り下げる",
    ):
        assert words in text
    assert "内容を補正する" not in text


def test_detail_leaves_out_what_happens_inside_the_city_hall(login, send, resident, approver):
    sent = send()
    ApplicationEvent.objects.create(application=sent, kind=EventKind.PROPOSED, actor=approver, note="秘密のメモ")
    Application.objects.update(state=S.APPROVING)
    text = login(resident).get(reverse("applications:application_detail", args=[sent.public_id])).text
    assert "決裁" not in text
    assert "秘密のメモ" not in text
    assert "審査中" in text


def test_detail_shows_what_to_correct(login, send, resident, handler):
    sent = send()
    Application.objects.update(state=S.RETURNED)
    CorrectionRequest.objects.create(
        application=sent, message="全体に<b>確認</b>", comments={"income": "額が違います。"}, asked_by=handler
    )
    text = login(resident).get(reverse("applications:application_detail", args=[sent.public_id])).text
    assert "額が違います。" in text
    assert "&lt;b&gt;確認" in text
    assert reverse("applications:draft_page", args=[sent.public_id, 2]) in text


def test_detail_is_nobody_elses(login, client, send, another_resident, handler, administrator):
    sent = send()
    for name in ("application_detail", "application_copy"):
        url = reverse(f"applications:{name}", args=[sent.public_id])
        client.logout()
        assert client.get(url).url.startswith("/accounts/login/")
        for person in (another_resident, handler, administrator):
            assert login(person).get(url).status_code == 404


def test_list_is_for_residents(login, client, handler):
    url = reverse("applications:my_applications")
    assert client.get(url).url.startswith("/accounts/login/")
    assert login(handler).get(url).status_code == 404


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (S.DRAFT, []),
        (S.SUBMITTED, ["done", "current", "todo", "todo"]),
        (S.IN_REVIEW, ["done", "current", "todo", "todo"]),
        (S.RETURNED, ["done", "error", "todo", "todo"]),
        (S.APPROVING, ["done", "current", "todo", "todo"]),
        (S.APPROVED, ["done", "done", "current", "todo"]),
        (S.REFUSED, ["done", "done", "current", "todo"]),
        (S.COMPLETED, ["done", "done", "done", "done"]),
        (S.WITHDRAWN, []),
    ],
)
def test_case_steps_follow_the_state(state, steps):
    assert [step.state for step in case_steps(_case(state=state))] == steps


def _case(*, mode=ProcedureMode.ONLINE, **fields):
    return Application(procedure=Procedure(mode=mode), department=Department(name="環境課"), **fields)


@pytest.mark.parametrize(
    ("fields", "chip_label", "label"),
    [
        ({"state": S.SUBMITTED}, "受付済み", "審査待ち"),
        ({"state": S.IN_REVIEW}, "審査中", "審査"),
        ({"state": S.APPROVING}, "審査中", "審査"),
        ({"state": S.RETURNED}, "補正依頼中", "補正のお願い"),
        ({"state": S.SUBMITTED, "seat": Seat.WAITING}, "キャンセル待ち", "キャンセル待ち"),
        ({"state": S.RETURNED, "seat": Seat.WAITING}, "補正依頼中", "補正のお願い"),
        ({"state": S.APPROVED, "decision": DecisionKind.APPROVE}, "承認", "承認の決定"),
        ({"state": S.REFUSED, "decision": DecisionKind.REFUSE}, "不承認", "不承認の決定"),
    ],
)
def test_the_step_a_case_stands_at_says_what_its_chip_says(fields, chip_label, label):
    application = _case(**fields)
    standing = [step.label for step in case_steps(application) if step.state in ("current", "error")]
    assert (chip(application)["label"], standing) == (chip_label, [label])


def test_an_approved_case_that_waits_for_the_visit_is_not_at_its_end():
    fields = {"mode": ProcedureMode.SENT_AHEAD, "state": S.APPROVED, "decision": DecisionKind.APPROVE}
    waiting, held = _case(**fields), _case(**fields, visit_held_on=dt.date(2026, 11, 20))
    assert [(step.label, step.state) for step in case_steps(waiting)][3:] == [
        ("来庁・面接", "current"),
        ("完了", "todo"),
    ]
    assert [step.state for step in case_steps(held)] == ["done", "done", "done", "done", "current"]


def test_a_completed_refusal_is_no_success():
    refused = _case(mode=ProcedureMode.SENT_AHEAD, state=S.COMPLETED, decision=DecisionKind.REFUSE)
    assert chip(refused) == {"label": "完了（不承認）", "tone": "neutral"}
    assert [step.label for step in case_steps(refused)] == ["受付", "審査", "不承認の決定", "完了"]


def test_who_waits_for_a_place_is_told_no_date():
    today = dt.date(2026, 11, 20)
    fields = {"state": S.SUBMITTED, "due_on": dt.date(2026, 12, 1)}
    seated, waiting = _case(**fields, seat=Seat.SEATED), _case(**fields, seat=Seat.WAITING)
    assert any("12月1日" in sentence for sentence in outlook(seated, today=today))
    assert not any("12月1日" in sentence for sentence in outlook(waiting, today=today, place_in_line=2))


def test_chip_does_not_tell_who_signs():
    assert chip(Application(state=S.APPROVING)) == chip(Application(state=S.IN_REVIEW))


def test_my_page_panel_shows_the_latest(procedure, send, resident, handler, django_assert_num_queries):
    sent = send()
    draft = sample.start(procedure, resident, "draft")
    request = RequestFactory().get("/my/")
    request.user = type(resident.user).objects.get(pk=resident.user.pk)
    with django_assert_num_queries(3):
        panel = latest_applications(request)
    assert [application for application, _chip in panel["applications"]] == [sent]
    assert panel["drafts"] == [draft]
    request.user = handler
    assert latest_applications(request) is None


def test_my_page_panel_finds_a_draft_older_than_many_applications(procedure, send, resident):
    draft = sample.start(procedure, resident, "draft")
    sent = send()
    Application.objects.bulk_create(
        Application(
            procedure=procedure,
            form_version=sent.form_version,
            department=sent.department,
            resident=resident,
            filed_by=resident.user,
            state=S.WITHDRAWN,
            request_key=f"many-{number}",
        )
        for number in range(LOOKED_AT)
    )
    request = RequestFactory().get("/my/")
    request.user = resident.user
    panel = latest_applications(request)
    assert panel["drafts"] == [draft]
    newest = Application.objects.exclude(state=S.DRAFT).order_by("-id")[:LATEST]
    assert [application for application, _chip in panel["applications"]] == list(newest)


# --- JSON -------------------------------------------------------------------------------------


def test_api_list_shows_ones_own(login, send, resident, another_resident):
    sent = send()
    browser = login(resident)
    (row,) = browser.get(reverse("api_application_list")).json()["results"]
    sent.refresh_from_db()
    assert row == {
        "id": sent.public_id,
        "number": sent.number,
        "procedure": {"key": sent.procedure.key, "name": "児童手当 認定請求"},
        "state": "submitted",
        "channel": "online",
        "submitted_at": timezone.localtime(sent.submitted_at).isoformat(),
        "due_on": sent.due_on.isoformat(),
        "decision": "",
        "decided_at": None,
    }
    assert login(another_resident).get(reverse("api_application_list")).json()["results"] == []


def test_api_list_costs_the_same_for_one_and_three(login, send, resident, counter):
    browser = login(resident)
    url = reverse("api_application_list")
    send()
    one = _queries(browser, url, counter)
    send()
    send()
    assert (one, _queries(browser, url, counter)) == (5, 5)


def test_api_detail_has_history_and_answers(login, send, resident):
    sent = send()
    body = login(resident).get(reverse("api_application_detail", args=[sent.public_id])).json()
    assert [event["kind"] for event in body["events"]] == ["submitted"]
    assert body["answers"]["income"] == "1234567"
    assert body["form_version"] == 1


def test_api_is_nobody_elses(login, client, procedure, send, resident, another_resident, handler):
    sent = send()
    draft = sample.start(procedure, resident, "draft")
    url = reverse("api_application_detail", args=[sent.public_id])
    assert client.get(url).status_code == 403
    for person in (another_resident, handler):
        assert login(person).get(url).status_code == 404
    assert login(resident).get(reverse("api_application_detail", args=[draft.public_id])).status_code == 404


def test_application_of_a_merged_row_stays_the_persons(municipality, department, resident, administrator):
    case = casekit.make_case(casekit.make_procedure(department), resident, filed_by=administrator)
    registered = factories.make_resident(source=ResidentSource.REGISTER)
    merge_residents(source=resident, target=registered, by=administrator)
    user = Resident.objects.get(pk=registered.pk).user
    assert list(own_applications(user)) == [case]
    assert list(own_list(user)) == [case]


def test_second_application_is_refused_after_a_merge(municipality, department, resident, administrator):
    procedure = casekit.make_procedure(department, once_per_applicant=True)
    casekit.make_case(procedure, resident)
    registered = factories.make_resident(source=ResidentSource.REGISTER)
    merge_residents(source=resident, target=registered, by=administrator)
    with pytest.raises(drafts.AlreadyFiled):
        drafts.refuse_second(procedure, Applicant(resident=Resident.objects.get(pk=registered.pk)))
