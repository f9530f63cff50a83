"""What a step on the screen of a case does, twice, too late and wrongly filled in."""

import pytest

from applications.enums import ApplicationState, DecisionKind
from applications.models import Application, CorrectionRequest
from applications.services import casework
from cityhall.enums import Role
from notices.models import Notice
from tests import factories
from tests.applications.casekit import fresh, make_case, make_procedure, step, text_of
from tests.applications.filing import url

S = ApplicationState
FASTER = "他の人が先に操作しました。"


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department, key="jido-teate")


@pytest.fixture
def approval_procedure(department):
    return make_procedure(department, needs_approval=True)


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def sign(client, name, case, **data):
    """Read the letter of a decision and press the button under it."""
    letter = step(client, {"case_decide": "case_preview", "case_approve": "case_approve_preview"}[name], case, **data)
    return step(client, name, case, **{field.name: field.value() or "" for field in letter.context["form"]})


def test_take_and_double_click(login, procedure, resident, clerk):
    case = make_case(procedure, resident)
    client = login(clerk)
    first = step(client, "case_take", case)
    assert messages_of(first) == ["この申請の担当になりました。"]
    second = step(client, "case_take", case)
    assert second.status_code == 200
    assert FASTER in messages_of(second)[0]
    assert (fresh(case).state, fresh(case).revision) == (S.IN_REVIEW, case.revision + 1)


def test_decision_and_double_click(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    client = login(handler)
    data = {"decision": "approve", "reason": ""}
    assert messages_of(sign(client, "case_decide", case, **data)) == ["決定しました。"]
    second = step(client, "case_decide", case, **data)
    assert FASTER in messages_of(second)[0]
    assert second.context["state"].label == "承認"
    assert Notice.objects.count() == 1


def test_decision_from_a_page_left_open_is_refused(login, procedure, resident, handler):
    """Between opening the page and the click the applicant corrected the answers: the state is the same again."""
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    Application.objects.filter(pk=case.pk).update(revision=case.revision + 2)
    response = step(login(handler), "case_decide", case, decision="approve")
    assert FASTER in messages_of(response)[0]
    assert fresh(case).state == S.IN_REVIEW


def test_refusal_without_a_reason_comes_back_with_the_choice(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    response = step(login(handler), "case_decide", case, decision="refuse", reason=" ")
    assert "不承認の理由を入力してください。" in text_of(response)
    assert response.context["forms"]["decide"]["decision"].value() == "refuse"
    assert fresh(case).state == S.IN_REVIEW


def test_reason_that_cannot_be_taken_is_a_sentence_at_the_field(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    response = step(login(handler), "case_decide", case, decision="refuse", reason="あ" * 2001)
    assert response.status_code == 200
    assert "reason" in response.context["forms"]["decide"].errors
    assert fresh(case).state == S.IN_REVIEW


@pytest.mark.parametrize("data", [{}, {"revision": "x"}, {"revision": ""}])
def test_step_without_the_revision_changes_nothing(login, procedure, resident, clerk, data):
    case = make_case(procedure, resident)
    response = login(clerk).post(url("case_take", case), data)
    assert response.status_code == 200
    assert fresh(case).state == S.SUBMITTED


def test_four_eyes_on_the_screen(login, client, approval_procedure, resident, approver, department):
    case = make_case(approval_procedure, resident, state=S.IN_REVIEW)
    response = step(login(approver), "case_decide", case, decision="approve", reason="要件を満たします。")
    assert messages_of(response) == ["決裁に回しました。"]
    case = fresh(case)
    assert case.state == S.APPROVING
    # the proposer sees no button, and a forged request is told why
    assert "approve" not in response.context["forms"]
    forged = step(client, "case_approve", case)
    assert "起案した本人は決裁できません。" in text_of(forged)
    assert fresh(case).state == S.APPROVING
    colleague = factories.make_staff(role=Role.APPROVER, department=department)
    page = login(colleague).get(url("case_detail", case))
    assert "approve" in page.context["forms"]
    assert messages_of(sign(client, "case_approve", case)) == ["決裁しました。"]
    assert (fresh(case).state, fresh(case).decided_by) == (S.APPROVED, colleague)


def test_send_back_needs_a_comment(login, approval_procedure, resident, handler, approver):
    case = make_case(approval_procedure, resident, state=S.IN_REVIEW)
    casework.propose(application=case, decision=DecisionKind.APPROVE, reason="", by=handler)
    client = login(approver)
    refused = step(client, "case_send_back", case, comment="")
    assert "comment" in refused.context["forms"]["send_back"].errors
    assert messages_of(step(client, "case_send_back", case, comment="再確認")) == ["差し戻しました。"]
    assert fresh(case).state == S.IN_REVIEW


def test_correction_page_lists_every_question(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    client = login(handler)
    page = text_of(client.get(url("case_return", case)))
    for key in ("child_name", "birth_date", "bank", "paper"):
        assert f'name="comment-{key}"' in page
    data = {"revision": case.revision, "comment-bank": "支店名も書いてください。"}
    response = client.post(url("case_return", case), data, follow=True)
    assert messages_of(response) == ["申請者に補正を依頼しました。"]
    assert CorrectionRequest.objects.get().comments == {"bank": "支店名も書いてください。"}
    assert "支店名も書いてください。" in text_of(response)


def test_correction_without_a_comment_comes_back(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    response = login(handler).post(url("case_return", case), {"revision": case.revision, "comment-bank": " "})
    assert "補正してほしい項目か、全体へのコメントを一つ以上入力してください。" in text_of(response)
    assert fresh(case).state == S.IN_REVIEW


def test_correction_of_a_case_that_moved_on_tells_so(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.APPROVED)
    client = login(handler)
    assert FASTER in messages_of(client.get(url("case_return", case), follow=True))[0]
    data = {"revision": case.revision, "message": "確認"}
    assert FASTER in messages_of(client.post(url("case_return", case), data, follow=True))[0]
    assert not CorrectionRequest.objects.exists()


def test_text_stays_in_its_form_when_somebody_was_faster(login, procedure, resident, handler, approver):
    """The case was given to another handler meanwhile: the decision is still open, and nothing is typed twice."""
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    casework.assign(application=fresh(case), handler=approver, by=approver)
    client = login(handler)
    response = step(client, "case_decide", case, decision="refuse", reason="所得が限度を超えるためです。")
    assert (response.status_code, response.redirect_chain) == (200, [])
    assert FASTER in messages_of(response)[0]
    assert response.context["case"].handler == approver
    form = response.context["forms"]["decide"]
    assert (form["decision"].value(), form["reason"].value()) == ("refuse", "所得が限度を超えるためです。")
    assert fresh(case).state == S.IN_REVIEW
    # the person has seen the case as it is now: the same form sent again counts
    data = {name: form[name].value() or "" for name in form.fields}
    assert messages_of(sign(client, "case_decide", case, **data)) == ["決定しました。"]
    assert fresh(case).decision_reason == "所得が限度を超えるためです。"


def test_text_is_shown_to_copy_when_the_step_is_over(login, procedure, resident, handler, approver):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    casework.decide(application=fresh(case), decision=DecisionKind.APPROVE, reason="", by=approver)
    response = step(login(handler), "case_decide", case, decision="refuse", reason="所得が限度を<超える>ためです。")
    assert FASTER in messages_of(response)[0]
    assert response.context["state"].label == "承認"
    assert "decide" not in response.context["forms"]
    page = text_of(response)
    assert "入力した内容（保存されていません）" in page
    assert "<dt>理由・決定の内容</dt><dd>所得が限度を&lt;超える&gt;ためです。</dd>" in page
    assert fresh(case).state == S.APPROVED


def test_folded_form_with_a_kept_text_is_open(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.COMPLETED)
    Application.objects.update(revision=case.revision + 1)
    page = text_of(step(login(handler), "case_reopen", case, reason="計算の誤り"))
    assert "計算の誤り</textarea>" in page
    assert page.count('<details class="disclosure" open>') == 1


@pytest.mark.parametrize("comment", ["", "支店名も書いてください。"])
def test_comments_of_a_correction_stay_when_somebody_was_faster(login, procedure, resident, handler, comment):
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    Application.objects.update(revision=case.revision + 1)
    client = login(handler)
    data = {"revision": case.revision, "message": "確認", "comment-bank": comment}
    response = client.post(url("case_return", case), data, follow=True)
    assert (response.status_code, response.redirect_chain) == (200, [])
    assert FASTER in messages_of(response)[0]
    form = response.context["form"]
    kept = {name: form[name].value() or "" for name in form.fields}
    assert (kept["message"], kept["comment-bank"]) == ("確認", comment)
    assert messages_of(client.post(url("case_return", case), kept, follow=True)) == ["申請者に補正を依頼しました。"]


def test_comments_of_a_correction_are_shown_to_copy_when_it_is_over(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.APPROVED)
    data = {"revision": case.revision, "message": "全体を確認", "comment-bank": "支店名も"}
    response = login(handler).post(url("case_return", case), data, follow=True)
    assert FASTER in messages_of(response)[0]
    assert response.context["state"].label == "承認"
    page = text_of(response)
    assert "<dt>全体へのコメント</dt><dd>全体を確認</dd>" in page
    assert "<dt>銀行名</dt><dd>支店名も</dd>" in page
    assert not CorrectionRequest.objects.exists()


def test_assign_offers_handlers_and_changes(login, procedure, resident, handler, approver, clerk):
    case = make_case(procedure, resident, state=S.IN_REVIEW, handler=handler)
    client = login(handler)
    refused = step(client, "case_assign", case, handler=clerk.pk)
    assert "handler" in refused.context["forms"]["assign"].errors
    assert messages_of(step(client, "case_assign", case, handler=approver.pk)) == ["担当者を変更しました。"]
    assert fresh(case).handler == approver


def test_complete_and_reopen(login, procedure, resident, handler):
    case = make_case(procedure, resident, state=S.APPROVED)
    client = login(handler)
    assert messages_of(step(client, "case_complete", case)) == ["手続を完了しました。"]
    case = fresh(case)
    assert "reason" in step(client, "case_reopen", case, reason="").context["forms"]["reopen"].errors
    assert messages_of(step(client, "case_reopen", case, reason="計算の誤り")) == ["審査を再開しました。"]
    assert fresh(case).state == S.IN_REVIEW


@pytest.mark.parametrize("notices", [True, False])
def test_decided_case_shows_its_notice_or_says_there_is_none(login, department, resident, handler, notices):
    case = make_case(make_procedure(department, notices=notices), resident, state=S.IN_REVIEW)
    page = text_of(sign(login(handler), "case_decide", case, decision="approve"))
    assert ("通知書を作成しています。" in page) == notices
    assert ("この決定の通知書は作成されません。" in page) == (not notices)
