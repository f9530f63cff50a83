"""The texts of decision letters: what they may name, who changes them, and what they never tell."""

import datetime as dt

import pytest
from django.urls import reverse

from applications.enums import ApplicationState, DecisionKind, PaymentState
from applications.models import CorrectionRequest, Payment
from applications.queries.letters import find_letter_kind, letter_values, placeholders_for
from applications.services import casework
from applications.services.letter_texts import NotYourLetter, TextChangedMeanwhile, TextUnchanged, save_text
from notices.models import Notice, NoticeTypeVersion
from notices.texts import mistakes_in
from tests.applications.casekit import NOW, make_case, make_procedure

S = ApplicationState


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def procedure(department):
    return make_procedure(department, appeal_months=6)


def body_of(procedure, body):
    kind = procedure.approval_notice_type
    NoticeTypeVersion.objects.create(notice_type=kind, number=2, title="通知", body=body)
    return kind


def texts_of(version, **changed):
    names = ("title", "body", "particulars", "appeal_text")
    return {name: getattr(version, name) for name in names} | changed


def test_letter_names_answers_fees_and_dates(procedure, resident, handler):
    body_of(
        procedure,
        "((answer.child_name))は((answer.birth_date))生まれ、銀行は((answer.bank))。手数料((fee_total))、"
        "期限((due_date))、補正((correction_asked_date))、((appeal_months))か月",
    )
    case = make_case(procedure, resident, state=S.IN_REVIEW, handler=handler)
    paid = {"state": PaymentState.PAID, "method": "cash", "settled_at": NOW, "business_day": NOW.date()}
    Payment.objects.create(
        application=case, fee_key="a", label="交付", amount=1300, received_in=procedure.department, **paid
    )
    Payment.objects.create(
        application=case,
        fee_key="b",
        label="免除",
        amount=900,
        state=PaymentState.EXEMPTED,
        exemption_reason="生活保護",
    )
    CorrectionRequest.objects.create(application=case, asked_by=handler, asked_at=NOW, answered_at=NOW)
    casework.decide(application=case, decision=DecisionKind.APPROVE, reason="認定します。", by=handler)
    assert Notice.objects.get().body.replace("\\", "") == (
        "高橋 一葉は令和8年10月1日生まれ、銀行は緑銀行。手数料1,300円、期限令和8年12月25日、補正令和8年11月20日、6か月"
    )


def test_what_was_not_answered_is_blank_and_a_value_is_no_placeholder(procedure, resident, handler):
    body_of(procedure, "[((answer.bank))] ((answer.child_name))")
    case = make_case(
        procedure, resident, state=S.IN_REVIEW, answers={"child_name": "((reason))", "birth_date": "2026-10-01"}
    )
    casework.decide(application=case, decision=DecisionKind.APPROVE, reason="秘密", by=handler)
    assert "秘密" not in Notice.objects.get().body


def test_protected_address_stands_in_no_letter(procedure, resident, handler):
    form = procedure.current_version.definition
    form["pages"][0]["fields"].append({"key": "home", "type": "address", "label": "住所", "required": False})
    version = type(procedure.current_version).objects.create(
        procedure=procedure, number=2, definition=form, sha256="b" * 64
    )
    procedure.current_version = version
    procedure.save(update_fields=["current_version"])
    home = {
        "postal_code": "1980001",
        "prefecture": "東京都",
        "city": "緑野市",
        "town": "中央",
        "street": "1-2-3",
        "building": "",
    }
    answers = {"child_name": "高橋", "birth_date": "2026-10-01", "home": home}
    case = make_case(procedure, resident, state=S.IN_REVIEW, answers=answers)
    assert letter_values(case)["answer.home.town"] == "中央"
    resident.protected_until = dt.date(2099, 1, 1)
    resident.save(update_fields=["protected_until"])
    values = letter_values(case)
    assert not [name for name, value in values.items() if "1-2-3" in value or "中央" in value]
    assert "記載しません" in values["answer.home"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一行目\n((resaon))", [(2, "((resaon))", "reason")]),
        ("((reason)", [(1, "((reason)", "reason")]),
        ("（（reason））", [(1, "（（reason））", "reason")]),
        ("((xyzzy))", [(1, "((xyzzy))", "")]),
        ("((reason)) ((due_date))", []),
    ],
)
def test_wrong_placeholder_is_named_with_its_line(text, found):
    mistakes = mistakes_in(text, {"reason", "due_date"})
    assert [(one.line, one.written, one.nearest) for one in mistakes] == found


def test_a_change_is_a_new_version_that_says_what_changed(procedure, approver):
    kind = find_letter_kind(approver, procedure.approval_notice_type.key)
    texts = texts_of(kind.newest, body="新しい本文 ((answer.bank))")
    version = save_text(kind=kind, texts=texts, change_note="本文", seen_version=1, by=approver)
    assert (version.number, version.change_note, version.created_by) == (2, "本文", approver)
    with pytest.raises(TextChangedMeanwhile):
        save_text(kind=kind, texts=texts, change_note="本文", seen_version=0, by=approver)
    again = find_letter_kind(approver, kind.notice_type.key)
    with pytest.raises(TextUnchanged):
        save_text(kind=again, texts=texts, change_note="なし", seen_version=2, by=approver)


def test_text_of_two_departments_is_changed_by_an_administrator(procedure, departments, approver, administrator):
    other = make_procedure(departments["kaigo"])
    other.approval_notice_type = procedure.approval_notice_type
    other.save(update_fields=["approval_notice_type"])
    key = procedure.approval_notice_type.key
    kind = find_letter_kind(approver, key)
    texts = texts_of(kind.newest, body="新しい本文")
    with pytest.raises(NotYourLetter):
        save_text(kind=kind, texts=texts, change_note="本文", seen_version=1, by=approver)
    kind = find_letter_kind(administrator, key)
    assert save_text(kind=kind, texts=texts, change_note="本文", seen_version=1, by=administrator).number == 2


def test_answers_may_be_named_that_every_procedure_asks(procedure, department, approver):
    other = make_procedure(department)
    form = {"schema": 1, "pages": [{"key": "a", "title": "a", "intro": "", "fields": [
        {"key": "bank", "type": "text", "label": "銀行名", "required": False}]}]}  # fmt: skip
    other.current_version = type(procedure.current_version).objects.create(
        procedure=other, number=2, definition=form, sha256="c" * 64
    )
    other.approval_notice_type = procedure.approval_notice_type
    other.save(update_fields=["current_version", "approval_notice_type"])
    kind = find_letter_kind(approver, procedure.approval_notice_type.key)
    names = {one.name for one in placeholders_for(kind) if one.name.startswith("answer.")}
    assert names == {"answer.bank"}


def test_page_names_mistakes_keeps_what_was_typed_and_previews_a_real_case(procedure, resident, approver, login):
    kind = procedure.approval_notice_type
    url = reverse("applications:letter_text", args=[kind.key])
    browser = login(approver)
    data = {"title": "題", "body": "一行目\n((anser.bank))", "particulars": "受付番号：((application_number))"}
    data |= {"appeal_text": "", "change_note": "変更", "seen_version": "1"}
    page = browser.post(url, data)
    assert "2行目" in str(page.context["form"].errors["body"])
    assert "((anser.bank))" in page.content.decode()
    assert NoticeTypeVersion.objects.filter(notice_type=kind).count() == 1
    case = make_case(procedure, resident, state=S.IN_REVIEW)
    data |= {"body": "銀行は((answer.bank))です。", "case_number": case.number}
    page = browser.post(url, data | {"preview": "1"})
    assert page.context["trial"].text.body == "銀行は緑銀行です。"
    assert NoticeTypeVersion.objects.filter(notice_type=kind).count() == 1
    pdf = browser.post(reverse("applications:letter_preview_pdf", args=[kind.key]), data | {"preview": "1"})
    assert pdf.content[:5] == b"%PDF-"
    assert browser.post(url, data).status_code == 302
    assert NoticeTypeVersion.objects.get(notice_type=kind, number=2).particulars == [
        {"label": "受付番号", "text": "((application_number))"}
    ]
    page = browser.get(reverse("applications:letter_versions", args=[kind.key]))
    assert [len(change.lines) > 0 for change in page.context["versions"]] == [True, False]


def test_handler_reads_and_does_not_change(procedure, handler, login):
    url = reverse("applications:letter_text", args=[procedure.approval_notice_type.key])
    browser = login(handler)
    assert browser.get(url).context["may_edit"] is False
    assert (
        browser.post(url, {"title": "題", "body": "本文", "change_note": "x", "seen_version": "1"}).status_code == 404
    )
