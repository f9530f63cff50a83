import pytest

from applications.approvals import OwnProposal
from applications.enums import ApplicationState, DecisionKind
from applications.models import Application, ApplicationEvent, Approval
from applications.services import casework
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from notices.models import Notice, NoticeTypeVersion
from tests.applications.casekit import make_case, make_procedure
from tests.applications.filing import url

pytestmark = pytest.mark.django_db

S = ApplicationState
REASON = "月額15,000円を支給します。"


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department)


@pytest.fixture
def case(procedure, resident):
    return make_case(procedure, resident, state=S.IN_REVIEW)


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
    letter = preview(browser, case, decision="refuse", reason="所得が限度を超えるためです。")
    page = browser.post(url("case_decide", case), sent_from(letter), follow=True)
    assert "決定しました。" in page.text
    decided = Application.objects.get(pk=case.pk)
    assert (decided.state, decided.decision_reason) == (S.REFUSED, "所得が限度を超えるためです。")
    assert "所得が限度を超えるためです。" in Notice.objects.get().body


def propose(department, resident, handler, *, reason=REASON):
    case = make_case(make_procedure(department, needs_approval=True), resident, state=S.IN_REVIEW)
    casework.propose(application=case, decision=DecisionKind.APPROVE, reason=reason, by=handler)
    return case


def letter_of_proposal(browser, case, **data):
    return browser.post(url("case_approve_preview", case), {"revision": case.revision, "comment": "確認"} | data)


def sent_from(page):
    return {field.name: field.value() for field in page.context["form"]}


def test_the_approver_reads_the_letter_and_signs_its_words(login, department, resident, handler, approver):
    case = propose(department, resident, handler)
    browser = login(approver)
    page = letter_of_proposal(browser, case)
    for words in ("高橋 さくら様", "決定：承認", REASON, "まだ決定していません。"):
        assert words in page.text
    assert not Notice.objects.exists()
    letter = page.context["letter"].text
    after = browser.post(url("case_approve", case), sent_from(page), follow=True)
    assert "決裁しました。" in after.text
    notice = Notice.objects.get()
    assert (notice.title, notice.body, notice.particulars) == (letter.title, letter.body, letter.particulars)
    assert Approval.objects.get().comment == "確認"


@pytest.mark.parametrize("seen", ["", "0" * 64])
def test_nothing_is_signed_unread(login, case, handler, department, resident, approver, seen):
    """A forged or older page: the letter comes up, and nothing is decided."""
    proposed = propose(department, resident, handler)
    tries = [
        (handler, "case_decide", case, {"decision": "approve", "reason": REASON}),
        (approver, "case_approve", proposed, {"comment": "確認"}),
    ]
    for person, name, tried, data in tries:
        page = login(person).post(url(name, tried), {"revision": tried.revision, "seen": seen} | data)
        assert str(casework.LetterChanged.message) in page.text
        assert REASON in page.text
        assert page.context["form"]["seen"].value() == page.context["letter"].mark
    assert list(Application.objects.order_by("id").values_list("state", flat=True)) == [S.IN_REVIEW, S.APPROVING]
    assert not Notice.objects.exists()


def test_a_letter_that_changed_since_is_shown_again(login, department, resident, handler, approver):
    case = propose(department, resident, handler)
    browser = login(approver)
    page = letter_of_proposal(browser, case)
    version = case.procedure.approval_notice_type.versions.get()
    NoticeTypeVersion.objects.create(
        notice_type=version.notice_type, number=2, title=version.title, body="新しい文面です。理由：((reason))"
    )
    again = browser.post(url("case_approve", case), sent_from(page), follow=True)
    assert str(casework.LetterChanged.message) in again.text
    assert "新しい文面です。" in again.text
    assert (Application.objects.get(pk=case.pk).state, Approval.objects.get().state) == (S.APPROVING, "waiting")
    signed = browser.post(url("case_approve", case), sent_from(again), follow=True)
    assert "決裁しました。" in signed.text
    assert Notice.objects.get().body.startswith("新しい文面です。")


def test_a_proposal_taken_back_meanwhile_is_not_shown(login, department, resident, handler, approver):
    case = propose(department, resident, handler)
    page = Application.objects.get(pk=case.pk)
    casework.send_back(application=Application.objects.get(pk=case.pk), comment="見直します。", by=handler)
    answer = letter_of_proposal(login(approver), page)
    assert str(StaleState.message) in answer.text
    assert "まだ決定していません。" not in answer.text
    # what was typed is there to copy
    assert "確認" in answer.text


def test_who_proposed_reads_no_letter_to_sign(login, department, resident, approver):
    case = propose(department, resident, approver)
    assert str(OwnProposal.message) in letter_of_proposal(login(approver), case).text


def test_a_decision_without_a_notice_says_so(login, department, resident, handler):
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


def test_a_proposal_has_its_own_way(login, department, resident, handler):
    case = make_case(make_procedure(department, needs_approval=True), resident, state=S.IN_REVIEW)
    assert preview(login(handler), case).status_code == 404
    assert letter_of_proposal(login(handler), case).status_code == 404


@pytest.mark.parametrize("person", ["clerk", "auditor", "administrator", "resident"])
def test_the_letter_is_for_those_who_decide(request, login, case, person):
    assert preview(login(request.getfixturevalue(person)), case).status_code == 404
