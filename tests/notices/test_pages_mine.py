"""What residents see of notices, and what strangers do not."""

import datetime as dt

import pytest
from django.urls import reverse

from cityhall.crypto import encrypt
from cityhall.services.files import store_bytes
from notices.enums import NoticeState, ReceiptKind
from notices.models import Notice, NoticeFile, ReceiptEvent
from notices.rules import CONSENT_TEXT_VERSION
from notices.services import withdraw
from residents.enums import ConsentKind
from residents.models import Mandate
from residents.services.consents import agreed_text, give, has_consent

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


def test_an_answer_that_is_none_changes_nothing(login, consenting, municipality):
    client = login(consenting)
    page = client.post(reverse("notices:consent"), {"answer": "x"}, follow=True).content.decode()
    assert "回答が読み取れませんでした" in page
    assert agreed_text(consenting, ConsentKind.DIGITAL_NOTICE) == "2026-04"


def test_who_agreed_to_older_words_is_asked_again(login, resident, municipality):
    give(resident=resident, kind=ConsentKind.DIGITAL_NOTICE, text_version="2026-1", by=resident.user)
    client = login(resident)
    page = client.get(reverse("notices:consent")).content.decode()
    assert "同意して電子で受け取る" in page
    assert "郵送に戻す" in page
    client.post(reverse("notices:consent"), {"answer": "give"})
    assert agreed_text(resident, ConsentKind.DIGITAL_NOTICE) == CONSENT_TEXT_VERSION
    assert "同意して電子で受け取る" not in client.get(reverse("notices:consent")).content.decode()


def test_api_lists_own_notices_without_the_text(login, available, consenting, another_resident):
    notice = available(consenting)
    rows = login(consenting).get("/api/v1/notices/").json()["results"]
    assert [row["id"] for row in rows] == [notice.public_id]
    assert "body" not in rows[0]
    assert login(another_resident).get(f"/api/v1/notices/{notice.public_id}/").status_code == 404


def titled(notice, title, **columns):
    Notice.objects.filter(pk=notice.pk).update(title=title, **columns)
    return notice


def titles(client, query="", name="my_notices"):
    return [card["title"] for card in client.get(reverse(f"notices:{name}") + query).context["cards"]]


def test_unread_come_first_then_the_newest(login, available, consenting):
    notices = [titled(available(consenting, key=str(number)), f"第{number}号") for number in range(4)]
    client = login(consenting)
    for read in (notices[1], notices[3]):
        client.post(url("notice_open", read))
    assert titles(client) == ["第2号", "第0号", "第3号", "第1号"]


def test_pages_of_the_inbox_keep_their_order(login, available, consenting, monkeypatch):
    monkeypatch.setattr("notices.views.mine.PAGE_SIZE", 2)
    notices = [titled(available(consenting, key=str(number)), f"第{number}号") for number in range(5)]
    client = login(consenting)
    client.post(url("notice_open", notices[4]))
    seen, query = [], ""
    while True:
        response = client.get(reverse("notices:my_notices") + query)
        seen += [card["title"] for card in response.context["cards"]]
        query = response.context["next_url"]
        if not query:
            break
    assert seen == ["第3号", "第2号", "第1号", "第0号", "第4号"]


def test_search_by_words_drawer_and_number(login, available, consenting):
    tax = titled(available(consenting, key="1"), "納税通知書", inbox_category="tax", body="固定資産の税額")
    titled(available(consenting, key="2"), "就学通知書", inbox_category="children")
    client = login(consenting)
    assert titles(client, "?text=就学") == ["就学通知書"]
    assert titles(client, "?category=tax") == ["納税通知書"]
    assert titles(client, f"?text={tax.number}") == ["納税通知書"]
    assert titles(client, "?text=子育て 納税") == ["納税通知書"]
    # what is still in the envelope is not searched
    assert titles(client, "?text=固定資産") == []
    client.post(url("notice_open", tax))
    assert titles(client, "?text=固定資産") == ["納税通知書"]
    assert titles(client, "?category=nonsense") == ["就学通知書", "納税通知書"]


def test_archive_is_for_what_was_opened_and_has_a_way_back(login, available, consenting, another_resident):
    notice = titled(available(consenting), "通知書")
    client = login(consenting)
    refused = client.post(url("notice_archive", notice), follow=True).content.decode()
    assert "先に開封してください" in refused
    client.post(url("notice_open", notice))
    for _twice in range(2):
        client.post(url("notice_archive", notice))
    assert (titles(client), titles(client, name="my_archive")) == ([], ["通知書"])
    client.post(url("notice_archive", notice), {"back": "1"})
    assert (titles(client), titles(client, name="my_archive")) == (["通知書"], [])
    assert login(another_resident).post(url("notice_archive", notice)).status_code == 404


def test_agent_for_a_procedure_reads_without_acting(login, available, consenting, supporter):
    notice = titled(available(consenting), "通知書", action_kind="procedure", action_target="jido", one_time_code="x")
    Mandate.objects.create(
        principal=consenting,
        agent=supporter,
        procedure_keys=["jido"],
        evidence="委任状",
        valid_from=dt.date(2020, 1, 1),
    )
    client = login(supporter)
    assert f"{consenting.full_name}さん宛て" in client.get(reverse("notices:my_notices")).content.decode()
    page = client.post(url("notice_open", notice), follow=True).content.decode()
    assert "要件を満たすため" in page
    assert "番号を表示する" not in page
    assert b"".join(client.get(url("notice_document", notice)).streaming_content).startswith(b"%PDF-")
    for name in ("notice_confirm", "notice_code", "notice_archive"):
        client.post(url(name, notice))
    notice.refresh_from_db()
    assert (notice.state, notice.opened_at, notice.archived_at) == ("available", None, None)
    assert [event.kind for event in notice.receipts.all()] == ["available", "opened_by_agent", "downloaded"]


def test_code_is_in_the_page_after_it_was_asked_for(login, available, consenting):
    notice = titled(available(consenting), "通知書", one_time_code=encrypt("POINT-7788"))
    client = login(consenting)
    client.post(url("notice_open", notice))
    assert "POINT-7788" not in client.get(url("notice_detail", notice)).content.decode()
    assert client.post(url("notice_code", notice)).url.endswith("#code")
    assert "POINT-7788" in client.get(url("notice_detail", notice)).content.decode()


def test_enclosed_file_comes_after_opening_and_is_recorded(login, available, consenting, another_resident):
    notice = available(consenting)
    file = store_bytes(
        content=b"%PDF-1.7 x", name="案内図.pdf", content_type="application/pdf", kind="enclosure", by=None
    )
    enclosed = NoticeFile.objects.create(notice=notice, file=file)
    path = reverse("notices:notice_file", args=[notice.public_id, enclosed.public_id])
    client = login(consenting)
    assert client.get(path).url == url("notice_detail", notice)
    client.post(url("notice_open", notice))
    assert b"".join(client.get(path).streaming_content) == b"%PDF-1.7 x"
    assert notice.receipts.get(kind="downloaded").detail == "案内図.pdf"
    assert login(another_resident).get(path).status_code == 404


def test_translation_is_read_beside_the_original(login, available, consenting):
    notice = titled(available(consenting), "通知書", translations={"en": {"title": "Notice", "body": "**Approved**"}})
    client = login(consenting)
    client.post(url("notice_open", notice))
    english = client.get(url("notice_detail", notice) + "?lang=en").content.decode()
    assert "<strong>Approved</strong>" in english
    assert "日本語の通知が正式なものです" in english
    assert "要件を満たすため" in client.get(url("notice_detail", notice)).content.decode()
    consenting.language = "en"
    consenting.save(update_fields=["language"])
    assert "<strong>Approved</strong>" in client.get(url("notice_detail", notice)).content.decode()


def test_withdrawn_notice_has_no_button_code_or_reply(login, available, consenting, approver):
    button = {"action_kind": "procedure", "action_target": "jido"}
    notice = titled(available(consenting), "通知書", one_time_code=encrypt("X"), **button)
    client = login(consenting)
    client.post(url("notice_open", notice))
    withdraw(notice, by=approver, reason="金額の誤り")
    response = client.get(url("notice_detail", notice))
    reading = response.context["reading"]
    assert (reading.action_url, reading.has_code, reading.reply_form, reading.is_open) == ("", False, None, True)
    assert "金額の誤り" in response.content.decode()
