"""The end of the consent to digital delivery: by oneself and through staff, and what then goes out on paper."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, connections
from django.urls import reverse
from django.utils import timezone

from cityhall.days import today
from cityhall.db import violated
from cityhall.models import AuditEvent
from notices.enums import NoticeState, PaperState, ReceiptKind
from notices.models import Notice, NoticeType, ProofSheet, ReceiptEvent
from notices.services import create_letter_run, open_notice
from notices.services.consenting import NoConsent, withdraw_consent
from notices.services.letters import NothingDue
from residents.enums import ConsentKind, ConsentWay
from residents.models import Consent, Resident
from residents.services import consents
from residents.services.consents import Said, has_consent
from tests.factories import make_resident_user

pytestmark = pytest.mark.django_db

DIGITAL = ConsentKind.DIGITAL_NOTICE
SEARCH = "/staff/consents/"
REASON = "スマートフォンを手放したため。生年月日と住所で本人を確認。"


def said(way=ConsentWay.TELEPHONE):
    return Said(way=way, said_on=today(), reason=REASON)


def url(person):
    return reverse("notices:consent_person", args=[person.public_id])


def filled(**other):
    return {"way": "telephone", "said_on": today().isoformat(), "reason": REASON} | other


def paper_of(notice):
    return Notice.objects.get(pk=notice.pk).paper_state


@pytest.fixture
def without_account(consenting):
    """Somebody who agreed once and has no account any more."""
    Resident.objects.filter(pk=consenting.pk).update(user=None)
    return Resident.objects.get(pk=consenting.pk)


# -- the service


def test_what_is_not_opened_goes_out_on_paper_and_says_why(available, consenting, clerk):
    opened = open_notice(available(consenting), by=consenting.user)
    unread = available(consenting, key="decision-2")
    assert withdraw_consent(resident=consenting, by=clerk, said=said()) == 1
    unread.refresh_from_db()
    assert (unread.state, unread.paper_state, unread.paper_required) == (NoticeState.AVAILABLE, PaperState.DUE, False)
    assert unread.reminder_due_at is None
    event = ReceiptEvent.objects.get(notice=unread, kind=ReceiptKind.PAPER_DUE)
    assert (event.actor, event.detail) == (clerk, "電子での受け取りの同意が撤回されたため")
    assert paper_of(opened) == PaperState.NONE
    assert not has_consent(consenting, DIGITAL)


def test_word_is_kept_with_way_day_and_reason_and_audited_without_them(consenting, clerk):
    withdraw_consent(resident=consenting, by=clerk, said=said(ConsentWay.WRITING))
    word = Consent.objects.filter(resident=consenting).order_by("-id")[0]
    assert (word.is_given, word.way, word.said_on, word.reason, word.by) == (False, "writing", today(), REASON, clerk)
    event = AuditEvent.objects.get(detail="consent withdrawn writing")
    assert (event.actor, event.target_id) == (clerk, consenting.public_id)
    assert REASON not in str(vars(event))


def test_twice_is_once(available, consenting, clerk):
    notice = available(consenting)
    withdraw_consent(resident=consenting, by=clerk, said=said())
    with pytest.raises(NoConsent):
        withdraw_consent(resident=consenting, by=clerk, said=said())
    assert Consent.objects.filter(resident=consenting, is_given=False).count() == 1
    assert ReceiptEvent.objects.filter(notice=notice, kind=ReceiptKind.PAPER_DUE).count() == 1


def test_who_never_agreed_has_nothing_to_withdraw(resident, clerk):
    with pytest.raises(NoConsent):
        withdraw_consent(resident=resident, by=clerk, said=said())
    assert not Consent.objects.filter(resident=resident).exists()


def test_kinds_that_need_no_consent_stay_digital(available, consenting, clerk):
    NoticeType.objects.update(consent_required=False)
    notice = available(consenting)
    assert withdraw_consent(resident=consenting, by=clerk, said=said()) == 0
    assert paper_of(notice) == PaperState.NONE


def test_who_opens_before_the_letter_is_printed_gets_none(available, consenting, clerk, handler):
    notice = available(consenting)
    withdraw_consent(resident=consenting, by=clerk, said=said())
    open_notice(Notice.objects.get(pk=notice.pk), by=consenting.user)
    with pytest.raises(NothingDue):
        create_letter_run(department=None, request_key="run", by=handler)


def test_notices_of_a_row_that_was_merged_are_the_persons_too(available, consenting, clerk):
    notice = available(consenting)
    living = make_resident_user("living@example.jp")
    Resident.objects.filter(pk=consenting.pk).update(merged_into=living, user=None)
    consents.give(resident=living, kind=DIGITAL, text_version="2026-04", by=living.user)
    assert withdraw_consent(resident=living, by=clerk, said=said()) == 1
    assert paper_of(notice) == PaperState.DUE


def test_notice_whose_document_is_made_afterwards_is_on_paper(available, consenting, clerk):
    withdraw_consent(resident=consenting, by=clerk, said=said())
    notice = available(consenting)
    assert (notice.paper_state, notice.paper_required) == (PaperState.DUE, True)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_write_it_down_once(available, consenting, clerk, handler):
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time")
    available(consenting)

    def withdraw(user):
        try:
            return withdraw_consent(resident=consenting, by=user, said=said())
        except NoConsent:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(withdraw, [clerk, handler]), key=str) == [1, None]
    assert Consent.objects.filter(resident=consenting, is_given=False).count() == 1
    assert ReceiptEvent.objects.filter(kind=ReceiptKind.PAPER_DUE).count() == 1


@pytest.mark.django_db(transaction=True)
def test_consents_and_proof_sheets_are_frozen_by_the_database(available, consenting, handler):
    sheet = ProofSheet.objects.create(notice=available(consenting), sha256="a" * 64, made_by=handler)
    for rows, change in (
        (Consent.objects.all(), {"reason": "ほかの理由"}),
        (ProofSheet.objects.filter(pk=sheet.pk), {"sha256": "b" * 64}),
    ):
        for act in (lambda rows=rows, change=change: rows.update(**change), rows.delete):
            with pytest.raises(IntegrityError) as refused:
                act()
            assert violated(refused.value).endswith("_frozen")


# -- the person's own page


def test_own_page_says_how_many_letters_and_sends_them(login, available, consenting):
    notice = available(consenting)
    client = login(consenting)
    page = reverse("notices:consent")
    assert "まだ開封していない通知1通も郵送します" in client.get(page).text
    for _time in range(2):
        assert "今後の通知は、郵送でお届けします。" in client.post(page, {"answer": "withdraw"}, follow=True).text
    assert paper_of(notice) == PaperState.DUE
    assert Consent.objects.filter(resident=consenting, is_given=False).get().way == ConsentWay.ONLINE


def test_own_page_names_what_staff_wrote_down(login, consenting, clerk):
    withdraw_consent(resident=consenting, by=clerk, said=said())
    text = login(consenting).get(reverse("notices:consent")).text
    assert "電話で申出を受け、市の職員が郵送に戻しました" in text
    assert REASON not in text


# -- staff


def test_clerk_finds_the_person_sees_the_letters_and_writes_it_down(login, available, without_account, clerk):
    NoticeType.objects.update(hours_until_paper=None)
    notice = available(without_account)
    client = login(clerk)
    found = client.get(SEARCH, {"q": "タカハシ"}).text
    assert url(without_account) in found
    shown = client.get(url(without_account)).text
    assert "まだ開封されていない通知1通も、郵送待ちになります" in shown
    assert notice.title in shown
    answer = client.post(url(without_account), filled(), follow=True).text
    assert "まだ開封されていない通知1通を郵送待ちにしました。" in answer
    assert REASON in answer
    assert paper_of(notice) == PaperState.DUE


def test_pressed_twice_says_so_and_changes_nothing(login, available, consenting, clerk):
    available(consenting)
    client = login(clerk)
    client.post(url(consenting), filled())
    again = client.post(url(consenting), filled(way="counter"), follow=True).text
    assert "電子での受け取りに同意していません" in again
    assert [word.way for word in Consent.objects.filter(is_given=False)] == ["telephone"]
    assert ReceiptEvent.objects.filter(kind=ReceiptKind.PAPER_DUE).count() == 1


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        ({"way": ""}, "申出の方法を選んでください。"),
        ({"way": "online"}, "正しく選択してください"),
        ({"said_on": ""}, "申出の日を入力してください。"),
        ({"said_on": "2026-02-30"}, "申出の日を正しい日付で入力してください。"),
        ({"said_on": (today() + dt.timedelta(days=1)).isoformat()}, "今日より後の日は入力できません"),
        ({"reason": " "}, "理由を入力してください。"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_lost(login, consenting, clerk, other, problem):
    page = login(clerk).post(url(consenting), filled(**other))
    assert problem in page.text
    if "reason" not in other:
        assert REASON in page.text
    assert has_consent(consenting, DIGITAL)


def test_notices_of_other_departments_are_counted_and_not_named(login, available, consenting, clerk, departments):
    notice = available(consenting)
    Notice.objects.update(department=departments["kaigo"])
    text = login(clerk).get(url(consenting)).text
    assert "うち1通は、ほかの課の通知です。" in text
    assert notice.title not in text


def test_protected_address_is_hidden(login, consenting, clerk, administrator):
    Resident.objects.filter(pk=consenting.pk).update(protected_until=dt.date(2999, 3, 31))
    for path in (f"{SEARCH}?q=タカハシ", url(consenting)):
        assert "支援措置のため表示できません" in login(clerk).get(path).text
        assert consenting.address in login(administrator).get(path).text


def test_search_and_look_are_audited(login, consenting, clerk):
    client = login(clerk)
    client.get(SEARCH, {"q": "タカハシ"})
    client.get(url(consenting))
    seen = AuditEvent.objects.filter(actor=clerk, target_type="resident").order_by("id")
    assert [(event.action, event.target_id, event.object_ids) for event in seen] == [
        ("search", "", [consenting.public_id]),
        ("read", consenting.public_id, []),
    ]


def test_nobody_found_is_said_and_an_empty_search_asks_nobody(login, clerk):
    client = login(clerk)
    assert "住民は見つかりませんでした" in client.get(SEARCH, {"q": "ありえない"}).text
    assert "住民は見つかりませんでした" not in client.get(SEARCH).text


def test_page_of_a_merged_row_is_not_there(login, consenting, another_resident, clerk):
    Resident.objects.filter(pk=consenting.pk).update(merged_into=another_resident, user=None)
    assert login(clerk).get(url(consenting)).status_code == 404


@pytest.mark.parametrize("role", ["clerk", "handler", "administrator"])
def test_who_meets_residents_may_write_it_down(request, login, consenting, role):
    assert login(request.getfixturevalue(role)).post(url(consenting), filled()).status_code == 302
    assert not has_consent(consenting, DIGITAL)


@pytest.mark.parametrize("role", ["contract_clerk", "approver", "auditor", "district_head"])
def test_others_of_the_staff_may_not(request, login, consenting, role):
    client = login(request.getfixturevalue(role))
    assert [client.get(SEARCH).status_code, client.post(url(consenting), filled()).status_code] == [404, 404]
    assert has_consent(consenting, DIGITAL)


def test_residents_and_strangers_do_not_come_in(login, client, consenting):
    assert client.get(url(consenting)).status_code == 302
    assert login(consenting).post(url(consenting), filled()).status_code in (302, 404)
    assert has_consent(consenting, DIGITAL)


def test_queries_do_not_grow_with_the_notices(login, available, consenting, clerk, django_assert_max_num_queries):
    client = login(clerk)
    client.get(url(consenting))
    counts = []
    for key in ("one", "two", "three"):
        available(consenting, key=key, now=timezone.now())
        with django_assert_max_num_queries(60) as captured:
            client.get(url(consenting))
        counts.append(len(captured))
    assert counts[0] == counts[-1]
