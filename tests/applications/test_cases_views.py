"""The screens of the staff: who gets in, and what list, case and first page show."""

import pytest
from django.urls import reverse

from applications.enums import ApplicationState, DecisionKind
from applications.models import Application, ApplicationRevision, CorrectionRequest, Message
from applications.services import casework
from cityhall.enums import AuditAction, GrantedRightKind, Role
from cityhall.models import AuditEvent, GrantedRight
from tests import factories
from tests.applications.casekit import ANSWERS, fresh, make_case, make_procedure, step, text_of
from tests.applications.filing import url

S = ApplicationState


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department, key="jido-teate")


@pytest.fixture
def approval_procedure(department):
    return make_procedure(department, needs_approval=True)


# --- who gets in --------------------------------------------------------------------------------

PEOPLE = {
    "clerk": 200,
    "contract_clerk": 200,
    "handler": 200,
    "approver": 200,
    "administrator": 200,
    "auditor": 200,
    "resident": 404,
    "stranger": 404,
    "granted": 200,
}


@pytest.fixture
def stranger(departments):
    return factories.make_staff(role=Role.APPROVER, department=departments["kaigo"])


@pytest.fixture
def granted(departments, procedure):
    GrantedRight.objects.create(
        from_department=departments["kosodate"],
        to_department=departments["shimin"],
        kind=GrantedRightKind.RECEPTION,
        procedure_key=procedure.key,
        active_from="2020-01-01",
    )
    return factories.make_staff(role=Role.CLERK, department=departments["shimin"])


@pytest.mark.parametrize("person", PEOPLE)
def test_case_opens_for_its_people_only(request, login, procedure, another_resident, person):
    case = make_case(procedure, another_resident)
    response = login(request.getfixturevalue(person)).get(url("case_detail", case))
    assert response.status_code == PEOPLE[person]
    assert (case.applicant_name in text_of(response)) == (PEOPLE[person] == 200)
    assert AuditEvent.objects.filter(action=AuditAction.READ, target_id=case.public_id).count() == (
        1 if PEOPLE[person] == 200 else 0
    )


def test_visitor_is_asked_to_sign_in(client, procedure, resident):
    case = make_case(procedure, resident)
    response = client.get(url("case_detail", case))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_draft_is_not_found_by_staff(login, procedure, resident, handler):
    draft = make_case(procedure, resident, state=S.DRAFT)
    assert login(handler).get(url("case_detail", draft)).status_code == 404


POSTS = {
    "case_take": ("clerk", S.SUBMITTED, {}),
    "case_decide": ("handler", S.IN_REVIEW, {"decision": "approve"}),
    "case_return": ("handler", S.IN_REVIEW, {"message": "確認してください。"}),
    "case_complete": ("handler", S.APPROVED, {}),
    "case_reopen": ("handler", S.APPROVED, {"reason": "誤り"}),
}


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("person", ["stranger", "auditor", "administrator", "resident", "contract_clerk", "granted"])
def test_steps_of_others_are_not_found(request, login, procedure, another_resident, name, person):
    _who, state, data = POSTS[name]
    if name == "case_take" and person in ("contract_clerk", "granted"):
        pytest.skip("reception may take a case")
    case = make_case(procedure, another_resident, state=state)
    response = step(login(request.getfixturevalue(person)), name, case, **data)
    assert response.status_code == 404
    assert fresh(case).state == state


@pytest.mark.parametrize("name", [*POSTS, "case_approve", "case_send_back", "case_assign"])
def test_steps_take_a_token_and_a_post(login, procedure, resident, handler, approver, name):
    case = make_case(procedure, resident)
    response = login(approver).get(url(name, case))
    # asking for a correction has a page of its own; of a case that is not in review it leads back
    assert response.status_code == (302 if name == "case_return" else 405)


# --- the work list --------------------------------------------------------------------------------


def test_list_shows_cases_and_is_audited_once(login, procedure, resident, clerk):
    cases = [make_case(procedure, resident) for _number in range(2)]
    response = login(clerk).get(reverse("applications:case_list"))
    page = text_of(response)
    assert [f"/staff/cases/{case.public_id}/" in page for case in cases] == [True, True]
    assert procedure.name in page
    event = AuditEvent.objects.get(action=AuditAction.LIST)
    assert (event.actor, sorted(event.object_ids)) == (clerk, sorted(case.public_id for case in cases))


def test_list_filters_by_what_the_page_sends(login, procedure, resident, handler):
    mine = make_case(procedure, resident, state=S.IN_REVIEW, handler=handler)
    make_case(procedure, resident)
    query = {"handler": "me", "state": "in_review", "procedure": procedure.pk, "text": "高橋", "due": ""}
    response = login(handler).get(reverse("applications:case_list"), query)
    assert [row["case"] for row in response.context["rows"]] == [mine]
    assert AuditEvent.objects.filter(action=AuditAction.SEARCH).count() == 1


def test_list_ignores_filters_it_does_not_understand(login, procedure, resident, clerk):
    case = make_case(procedure, resident)
    query = {"handler": "x", "state": "draft", "procedure": "999999", "after": ""}
    response = login(clerk).get(reverse("applications:case_list"), query)
    assert [row["case"] for row in response.context["rows"]] == [case]


def test_empty_list_says_so(login, clerk):
    assert "条件に合う申請はありません。" in text_of(login(clerk).get(reverse("applications:case_list")))


def test_list_leads_to_the_next_page_with_the_filters(login, procedure, resident, clerk):
    for _number in range(51):
        make_case(procedure, resident)
    client = login(clerk)
    response = client.get(reverse("applications:case_list"), {"state": "submitted"})
    assert len(response.context["rows"]) == 50
    following = client.get(reverse("applications:case_list") + response.context["next_url"])
    assert len(following.context["rows"]) == 1
    shown = {row["case"].pk for page in (response, following) for row in page.context["rows"]}
    assert len(shown) == 51


def test_list_costs_the_same_for_one_and_three_rows(login, procedure, clerk, django_assert_num_queries):
    client = login(clerk)
    for rows in (1, 3):
        while Application.objects.count() < rows:
            make_case(procedure)
        with django_assert_num_queries(12):
            client.get(reverse("applications:case_list"))


def test_case_costs_the_same_for_one_and_three_of_everything(
    login, procedure, resident, handler, django_assert_num_queries
):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    client = login(handler)
    for rounds in (1, 3):
        while CorrectionRequest.objects.count() < rounds:
            casework.return_for_correction(application=fresh(case), message="確認", comments={}, by=handler)
            CorrectionRequest.objects.update(answered_at="2026-11-20T00:00:00Z")
            Application.objects.update(state=S.IN_REVIEW)
            number = ApplicationRevision.objects.filter(application=case).count() + 1
            ApplicationRevision.objects.create(
                application=case, number=number, answers=ANSWERS, submitted_by=resident.user
            )
            casework.decide(application=fresh(case), decision=DecisionKind.APPROVE, reason="", by=handler)
            casework.reopen(application=fresh(case), reason="誤り", by=handler)
        with django_assert_num_queries(28):
            client.get(url("case_detail", case))


# --- one case ---------------------------------------------------------------------------------------


def test_case_shows_answers_applicant_and_allowed_steps(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    page = text_of(login(handler).get(url("case_detail", case)))
    for words in ("お子さんの氏名", "高橋 一葉", "緑銀行", "090-1234-5678", "補正を依頼する", "決定する"):
        assert words in page
    for words in ("担当して審査を始める", "通知書を確認して決裁する", "手続を完了する"):
        assert words not in page


@pytest.mark.parametrize("number", [2, 2**31, 2**63, 10**30])
def test_a_revision_that_never_was_is_not_found(login, procedure, resident, handler, number):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    client = login(handler)
    for revision, status in ((number, 404), (1, 200)):
        path = reverse("applications:case_revision", args=[case.public_id, revision])
        assert client.get(path).status_code == status


def test_case_marks_what_was_corrected(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    ApplicationRevision.objects.create(
        application=case, number=2, answers=ANSWERS | {"bank": "青銀行"}, submitted_by=resident.user
    )
    response = login(handler).get(url("case_detail", case))
    assert response.context["file"].changed_keys == {"bank"}
    assert text_of(response).count("変更あり") == 1
    assert "青銀行" in text_of(response)


def test_auditor_sees_no_step(login, procedure, resident, auditor):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    page = text_of(login(auditor).get(url("case_detail", case)))
    assert "今できる操作はありません。" in page
    assert 'action="/staff/cases/' not in page


def test_protected_resident_is_marked(login, procedure, resident, handler):
    resident.protected_until = "2099-01-01"
    resident.save(update_fields=["protected_until"])
    page = text_of(login(handler).get(url("case_detail", make_case(procedure, resident))))
    assert "支援措置の対象者です。" in page


# --- where staff begin --------------------------------------------------------------------------------


def figures(client):
    response = client.get(reverse("portal:staff_home"))
    panel = next(panel for panel in response.context["panels"] if panel.template == "applications/_staff_home.html")
    return {figure["label"]: figure["text"] for figure in panel.context["figures"]}


def test_staff_home_counts_what_waits(login, procedure, approval_procedure, resident, handler, approver):
    make_case(procedure, resident)
    make_case(procedure, resident, state=S.IN_REVIEW, handler=approver, due_on="2020-01-01")
    for proposer in (handler, approver):
        case = make_case(approval_procedure, resident, state=S.IN_REVIEW)
        casework.propose(application=case, decision=DecisionKind.APPROVE, reason="", by=proposer)
    client = login(approver)
    message = {"is_from_city": False, "body": "質問です。"}
    for number in range(2):
        Message.objects.create(application=case, request_key=f"m{number}", **message)
    # the proposal of their own waits for somebody else; two messages are one case to read
    assert figures(client) == {
        "新しい申請": "1",
        "自分が担当": "1",
        "期限超過": "1",
        "未読のメッセージ": "1",
        "決裁待ち": "1",
    }


def test_staff_home_stops_counting(login, procedure, resident, clerk):
    for _number in range(101):
        make_case(procedure, resident)
    assert figures(login(clerk))["新しい申請"] == "99+"


def test_staff_home_of_an_auditor_has_no_counts(login, auditor):
    response = login(auditor).get(reverse("portal:staff_home"))
    assert [panel.template for panel in response.context["panels"] if panel.template.startswith("applications/")] == []
