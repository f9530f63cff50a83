"""What residents see of notices, and what strangers do not."""

import pytest
from django.urls import reverse

from notices.enums import NoticeState, ReceiptKind
from notices.models import Notice, ReceiptEvent
from residents.enums import ConsentKind
from residents.services.consents import has_consent

pytestmark = pytest.mark.django_db


def url(name, notice):
    return reverse(f"notices:{name}", args=[notice.public_id])


def test_list_shows_own_notices_only(login, available, consenting, another_resident):
    available(consenting)
    assert "児童手当 認定通知書" in login(consenting).get(reverse("notices:my_notices")).content.decode()
    other = login(another_resident).get(reverse("notices:my_notices")).content.decode()
    assert "児童手当" not in other
    assert "届いている通知はありません" in other


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_however_long(count, login, available, consenting, django_assert_num_queries):
    for number in range(count):
        available(consenting, key=f"decision-{number}")
    client = login(consenting)
    client.get(reverse("notices:my_notices"))
    with django_assert_num_queries(8):
        client.get(reverse("notices:my_notices"))


def test_looking_at_a_notice_opens_nothing(login, available, consenting):
    notice = available(consenting)
    page = login(consenting).get(url("notice_detail", notice)).content.decode()
    assert "開封する" in page
    assert "要件を満たすため" not in page
    notice.refresh_from_db()
    assert notice.state == NoticeState.AVAILABLE
    assert not ReceiptEvent.objects.filter(notice=notice, kind=ReceiptKind.OPENED).exists()


def test_opening_shows_the_text_and_leaves_one_event(login, available, consenting):
    notice = available(consenting)
    client = login(consenting)
    for _twice in range(2):
        page = client.post(url("notice_open", notice), follow=True).content.decode()
    assert "要件を満たすため" in page
    event = ReceiptEvent.objects.get(notice=notice, kind=ReceiptKind.OPENED)
    assert event.actor == consenting.user


def test_opening_by_get_is_refused(login, available, consenting):
    notice = available(consenting)
    assert login(consenting).get(url("notice_open", notice)).status_code == 405
    notice.refresh_from_db()
    assert notice.opened_at is None


@pytest.mark.parametrize("name", ["notice_detail", "notice_document"])
def test_stranger_gets_404(name, login, available, consenting, another_resident):
    notice = available(consenting)
    assert login(another_resident).get(url(name, notice)).status_code == 404


def test_stranger_cannot_open(login, available, consenting, another_resident):
    notice = available(consenting)
    assert login(another_resident).post(url("notice_open", notice)).status_code == 404
    notice.refresh_from_db()
    assert notice.state == NoticeState.AVAILABLE


def test_document_comes_after_opening_only(login, available, consenting):
    notice = available(consenting)
    client = login(consenting)
    assert client.get(url("notice_document", notice)).url == url("notice_detail", notice)
    client.post(url("notice_open", notice))
    response = client.get(url("notice_document", notice))
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert ReceiptEvent.objects.filter(notice=notice, kind=ReceiptKind.DOWNLOADED).count() == 1


def test_confirming_is_recorded(login, available, consenting, notice_type):
    notice_type.needs_confirmation = True
    notice_type.save(update_fields=["needs_confirmation"])
    notice = available(consenting)
    client = login(consenting)
    assert "内容を確認しました" in client.post(url("notice_open", notice), follow=True).content.decode()
    client.post(url("notice_confirm", notice))
    assert Notice.objects.get(pk=notice.pk).state == NoticeState.CONFIRMED


def test_draft_is_not_there_yet(login, issue, consenting):
    notice = issue(consenting)
    assert login(consenting).get(url("notice_detail", notice)).status_code == 404


def test_consent_is_given_and_withdrawn(login, resident, municipality):
    client = login(resident)
    client.post(reverse("notices:consent"), {"answer": "give"})
    assert has_consent(resident, ConsentKind.DIGITAL_NOTICE)
    assert "郵送に戻す" in client.get(reverse("notices:consent")).content.decode()
    client.post(reverse("notices:consent"), {"answer": "withdraw"})
    assert not has_consent(resident, ConsentKind.DIGITAL_NOTICE)


def test_api_lists_own_notices_without_the_text(login, available, consenting, another_resident):
    notice = available(consenting)
    rows = login(consenting).get("/api/v1/notices/").json()["results"]
    assert [row["id"] for row in rows] == [notice.public_id]
    assert "body" not in rows[0]
    assert login(another_resident).get(f"/api/v1/notices/{notice.public_id}/").status_code == 404
