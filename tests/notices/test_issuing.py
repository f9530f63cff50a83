import pytest
from django.db import transaction

from notices.models import DocumentJob, Notice, NoticeType, ReceiptEvent
from notices.services import NoTextYet
from notices.texts import MissingValues
from tests import factories


def test_issue_fixes_text_address_and_makes_one_job(issue, resident):
    notice = issue(resident)
    assert notice.title == "児童手当 認定通知書"
    assert notice.body.startswith("高橋 さくら 様の申請を認定しました。")
    assert notice.appeal_text == "緑野市長に審査請求をすることができます。"
    assert notice.particulars == [{"label": "受付番号", "text": "1234-5678-901"}]
    assert notice.recipient_address == "東京都緑野市緑町3-30-8"
    assert notice.recipient_street == "3-30-8"
    assert notice.document_number == f"緑第{notice.number[:4]}-{notice.number[4:8]}-{notice.number[8:]}号"
    assert notice.state == "draft"
    assert DocumentJob.objects.get().notice == notice
    assert not ReceiptEvent.objects.exists()


def test_issue_twice_with_one_key_is_one_notice(issue, resident):
    first = issue(resident, key="decision-7")
    assert issue(resident, key="decision-7") == first
    assert issue(resident, key="decision-8") != first
    assert Notice.objects.count() == DocumentJob.objects.count() == 2


def test_issue_rolled_back_with_the_decision_leaves_nothing(issue, resident):
    with transaction.atomic():
        issue(resident)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not DocumentJob.objects.exists()


def test_issue_keeps_names_as_given(issue):
    person = factories.make_resident(family="葛󠄀城", given="𠮷男")
    notice = issue(person)
    assert notice.recipient_name == "葛󠄀城 𠮷男"
    assert "葛󠄀城 𠮷男" in notice.body


def test_issue_escapes_values_in_the_body(issue, resident):
    notice = issue(resident, values={"reason": "**大事** [x](http://evil)"})
    assert r"\*\*大事\*\* \[x\]\(http\://evil\)" in notice.body


def test_issue_refuses_missing_values_and_types_without_text(issue, resident, notice_type):
    kind = NoticeType.objects.create(key="empty", name="空", category="new", consent_required=False)
    with pytest.raises(NoTextYet):
        issue(resident, kind=kind)
    notice_type.versions.create(number=2, title="x", body="((unknown_value))")
    with pytest.raises(MissingValues):
        issue(resident)
    assert not Notice.objects.exists()
