import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications import tasks
from applications.enums import ApplicationState
from applications.guest_links import secret_of
from applications.models import Application, Procedure
from applications.queries.mine import guest_applications, own_applications
from applications.services import applicants, guests, starting
from applications.services.submission import submit
from cityhall import guests as browsers
from cityhall.ids import public_id
from cityhall.models import AuditEvent
from cityhall.references import format_number
from notices.models import OutgoingMail
from tests.applications import filing
from tests.reading import words

pytestmark = pytest.mark.django_db

MINE = ("draft_page", "draft_check", "draft_delete", "application_detail", "application_done", "application_copy")


@pytest.fixture(autouse=True)
def _no_limits():
    cache.clear()


@pytest.fixture
def procedure(municipality, department):
    return filing.guest_procedure(department=department)


@pytest.fixture
def draft(client, procedure):
    return filing.begin(client, procedure)


@pytest.fixture
def sent(client, draft):
    filing.fill(client, draft)
    return filing.send(client, draft)


def pages(application):
    return [filing.url(name, application, *([1] if name == "draft_page" else [])) for name in MINE]


# --- starting -----------------------------------------------------------------------------------


def test_the_page_offers_both_ways(client, procedure):
    page = client.get(reverse("applications:procedure_detail", args=[procedure.key])).text
    assert "ログインして申請する" in page
    assert "登録せずに申請する" in page
    assert reverse("applications:guest_start", args=[procedure.key]) in page


def test_the_page_of_others_offers_no_way_without_an_account(client, municipality):
    procedure = filing.make_procedure()
    assert "登録せずに申請する" not in client.get(reverse("applications:procedure_detail", args=[procedure.key])).text


def test_a_draft_of_a_guest_belongs_to_nobody(draft):
    assert (draft.filed_by, draft.resident, draft.business, draft.guest_email) == (None, None, None, "")
    assert draft.is_guests
    assert draft.draft_answers == {}


def test_starting_twice_with_one_page_gives_one_draft(client, procedure, draft):
    assert filing.begin(client, procedure) == draft
    assert filing.begin(client, procedure, request_key="another") != draft


def test_the_same_page_in_another_browser_opens_nothing_of_the_first(procedure, draft):
    # a page out of a shared cache has one key for all: the browser's own secret makes the difference
    strict = Client(enforce_csrf_checks=True)
    path = reverse("applications:procedure_detail", args=[procedure.key])
    strict.get(path)
    token = strict.cookies["csrftoken"].value
    answer = strict.post(
        reverse("applications:guest_start", args=[procedure.key]),
        {"request_key": "k1", "csrfmiddlewaretoken": token},
    )
    assert answer.status_code == 302
    assert draft.public_id not in answer.url


def test_a_procedure_with_an_account_only_is_not_started_without(client, municipality):
    procedure = filing.make_procedure()
    answer = client.post(reverse("applications:guest_start", args=[procedure.key]), follow=True)
    assert str(starting.GuestsNotAllowed.message) in answer.text
    assert not Application.objects.exists()


def test_a_closed_procedure_is_not_started(client, procedure):
    Procedure.objects.update(closes_at="2020-01-01T00:00:00Z")
    client.post(reverse("applications:guest_start", args=[procedure.key]))
    assert not Application.objects.exists()


def test_who_is_signed_in_starts_with_the_account(login, procedure, resident):
    draft = filing.begin(login(resident), procedure)
    assert draft.filed_by == resident.user


def test_staff_start_nothing(login, procedure, handler):
    for name in ("guest_start", "practice_start"):
        assert login(handler).post(reverse(f"applications:{name}", args=[procedure.key])).status_code == 404
    assert not Application.objects.exists()


def test_a_browser_holds_only_so_many_drafts(client, procedure, monkeypatch):
    monkeypatch.setattr(browsers, "MAX_HELD", 2)
    for number in range(2):
        filing.begin(client, procedure, request_key=str(number))
    client.post(reverse("applications:guest_start", args=[procedure.key]), {"request_key": "third"})
    assert Application.objects.count() == 2


def test_an_address_starts_only_so_often(procedure, monkeypatch):
    monkeypatch.setattr("applications.views.starting.STARTS_PER_TEN_MINUTES", 1)
    filing.begin(Client(), procedure)
    answer = Client().post(reverse("applications:guest_start", args=[procedure.key]), follow=True)
    assert "短い時間に多くの申請が始められました。" in answer.text
    assert Application.objects.count() == 1


def test_guests_are_only_let_in_where_no_identity_is_asked(procedure):
    with pytest.raises(IntegrityError), transaction.atomic():
        Procedure.objects.update(identity_level="email")


# --- who may open what ---------------------------------------------------------------------------


def test_a_guest_opens_what_the_browser_started(client, draft):
    assert client.get(filing.url("draft_page", draft, 1)).status_code == 200
    assert "利用者登録なしの申請です。" in client.get(filing.url("draft_check", draft)).text


def test_nobody_else_opens_it(draft, login, resident, handler, administrator):
    for path in pages(draft):
        assert Client().get(path).url.startswith("/accounts/login/")
        for person in (resident, handler, administrator):
            assert login(person, Client()).get(path).status_code == 404, (path, person)


def test_another_guest_is_asked_to_sign_in(procedure, draft):
    other = Client()
    filing.begin(other, procedure, request_key="of another")
    for path in pages(draft):
        assert other.get(path).url.startswith("/accounts/login/")
    for step in ("draft_delete", "application_submit", "application_withdraw", "guest_contact", "guest_take_over"):
        assert other.post(filing.url(step, draft)).url.startswith("/accounts/login/"), step


def test_the_number_alone_opens_nothing(sent):
    path = filing.url("application_detail", sent)
    assert Client().get(path).url.startswith("/accounts/login/")


def test_autosave_is_for_the_browser_that_started_it(procedure, draft):
    path = reverse("api_draft_save", args=[draft.public_id]) + "?page=1"
    owner = Client(enforce_csrf_checks=True)
    owner.get(reverse("applications:procedure_detail", args=[procedure.key]))
    data = {"request_key": "mine", "csrfmiddlewaretoken": owner.cookies["csrftoken"].value}
    own = Application.objects.get(
        public_id=owner.post(reverse("applications:guest_start", args=[procedure.key]), data).url.split("/")[2]
    )
    path = reverse("api_draft_save", args=[own.public_id]) + "?page=1"
    headers = {"X-Draft-Revision": "0", "X-CSRFToken": owner.cookies["csrftoken"].value}
    body = {"q-name": "来訪 太郎"}
    forged = owner.post(path, body, content_type="application/json", headers={"X-Draft-Revision": "0"})
    assert forged.status_code == 403
    assert owner.post(path, body, content_type="application/json", headers=headers).status_code == 200
    own.refresh_from_db()
    assert own.draft_answers["name"] == "来訪 太郎"
    assert Client().post(path, body, content_type="application/json", headers=headers).status_code == 401


def test_a_raised_version_closes_browsers(draft):
    assert list(guest_applications({draft.public_id: 1})) == [draft]
    assert not guest_applications({draft.public_id: 2}).exists()
    assert not guest_applications({}).exists()


def test_leaving_closes_the_browser(client, draft):
    answer = client.post(filing.url("guest_leave", draft))
    assert answer.url == reverse("applications:guest_find")
    assert client.get(filing.url("draft_page", draft, 1)).url.startswith("/accounts/login/")
    # the button pressed twice
    again = client.post(filing.url("guest_leave", draft), follow=True)
    assert again.redirect_chain == [(reverse("applications:guest_find"), 302)]
    assert "この端末での表示を終わりました。" in again.text
    assert Client().post(filing.url("guest_leave", draft)).url.startswith("/accounts/login/")


# --- sending --------------------------------------------------------------------------------------


def test_the_address_is_asked_before_sending(client, draft):
    filing.fill(client, draft)
    page = client.get(filing.url("draft_check", draft)).text
    assert filing.url("guest_contact", draft) in page
    assert filing.url("application_submit", draft) in page
    answer = client.post(filing.url("application_submit", draft), {"draft_revision": "2"})
    assert answer.url == filing.url("guest_contact", draft)
    assert Application.objects.get().state == ApplicationState.DRAFT


def test_a_wrong_address_is_asked_for_again(client, draft):
    answer = client.post(filing.url("guest_contact", draft), {"email": "guest"})
    assert "メールアドレスの形が正しくありません。" in answer.text
    assert Application.objects.get().guest_email == ""


def test_the_check_page_shows_the_address_once_more(client, draft):
    filing.fill(client, draft)
    client.post(filing.url("guest_contact", draft), {"email": "guest@example.jp"})
    page = words(client.get(filing.url("draft_check", draft)).text)
    assert "guest@example.jp" in page
    assert "この内容で申請する" in page


def test_sending_keeps_who_it_is(sent):
    assert (sent.state, sent.filed_by, sent.resident) == (ApplicationState.SUBMITTED, None, None)
    assert (sent.applicant_name, sent.applicant_kana) == ("来訪 太郎", "ライホウ　タロウ")
    assert sent.guest_email == "guest@example.jp"
    assert sent.revisions.get().submitted_by is None
    assert sent.events.get().actor is None
    event = AuditEvent.objects.filter(detail="submit").get()
    assert (event.actor_id, event.target_id) == (None, sent.public_id)


def test_done_page_shows_the_number_the_code_and_the_link(client, sent):
    page = words(client.get(filing.url("application_done", sent)).text)
    assert format_number(sent.number) in page
    assert secret_of(sent) in page
    assert "guest@example.jp" in page


def test_the_copy_is_a_pdf(client, sent):
    answer = client.get(filing.url("application_copy", sent))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_the_mail_carries_number_and_link_and_nothing_of_the_content(sent):
    address, body = filing.mails()[-1]
    assert address == "guest@example.jp"
    assert format_number(sent.number) in body
    assert f"/applications/{sent.public_id}/open/{secret_of(sent)}/" in body
    assert "午前" not in body
    assert "来訪" not in body
    assert OutgoingMail.objects.order_by("id").last().is_encrypted


def test_sending_twice_makes_one(client, sent):
    again = client.post(filing.url("application_submit", sent), {"draft_revision": "2"})
    assert again.url == filing.url("application_done", sent)
    assert sent.revisions.count() == 1


def test_the_service_sends_nothing_without_an_address(draft):
    Application.objects.update(draft_answers={"name": "来訪 太郎", "wish": "午前"})
    draft.refresh_from_db()
    with pytest.raises(applicants.NoAddress):
        submit(application=draft, by=None)


def test_the_database_keeps_no_sent_application_without_an_address(sent):
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(guest_email="")


def test_one_application_a_mailbox_where_the_procedure_says_so(client, sent, procedure):
    other = Client()
    second = filing.begin(other, procedure, request_key="second")
    filing.fill(other, second)
    other.post(filing.url("guest_contact", second), {"email": "GUEST@example.jp"})
    second.refresh_from_db()
    # the address was given before there was another one; sending looks once more
    Procedure.objects.update(once_per_applicant=True)
    answer = other.post(
        filing.url("application_submit", second), {"draft_revision": second.draft_revision}, follow=True
    )
    assert "すでに受け付けて審査中です" in answer.text
    assert Application.objects.get(number=None).draft_answers["wish"] == "午前"


def test_withdrawing_is_possible_without_an_account(client, sent):
    client.post(filing.url("application_withdraw", sent))
    sent.refresh_from_db()
    assert sent.state == ApplicationState.WITHDRAWN


def test_staff_see_the_case_of_a_guest(login, sent, handler):
    page = words(login(handler).get(reverse("applications:case_detail", args=[sent.public_id])).text)
    assert "来訪 太郎" in page
    assert "guest@example.jp" in page
    assert "来訪 太郎" in login(handler).get(reverse("applications:case_list")).text


# --- the link ---------------------------------------------------------------------------------------


def test_the_link_opens_the_application_elsewhere(sent):
    elsewhere = Client()
    answer = elsewhere.get(filing.link_in(filing.mails()[-1][1]))
    assert answer.url == filing.url("application_detail", sent)
    assert format_number(sent.number) in elsewhere.get(answer.url).text


def test_saving_asks_for_the_address_and_mails_the_way_back(client, draft):
    answer = client.post(filing.url("draft_page", draft, 1), {"q-name": "来訪 太郎", "action": "save"})
    assert answer.url == filing.url("guest_contact", draft) + "?then=save"
    answer = client.post(answer.url, {"email": "guest@example.jp"})
    assert answer.url == filing.url("guest_saved", draft)
    assert "guest@example.jp" in words(client.get(answer.url).text)
    elsewhere = Client()
    opened = elsewhere.get(filing.link_in(filing.mails()[-1][1]))
    assert opened.url == filing.url("draft_page", draft, 1)
    assert "来訪 太郎" in elsewhere.get(opened.url).text


@pytest.mark.parametrize("secret", ["", "x" * 27, "あ" * 27])
def test_a_wrong_secret_opens_nothing(sent, secret):
    answer = Client().get(filing.url("guest_open", sent, secret or "0"))
    assert answer.status_code == 404
    assert "このリンクは使えません" in answer.text


def test_a_link_to_nothing_looks_the_same(sent):
    there = Client().get(filing.url("guest_open", sent, "x" * 27))
    nowhere = Client().get(reverse("applications:guest_open", args=[public_id(), "x" * 27]))
    assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text)


def test_staff_do_not_use_the_link(login, sent, handler):
    assert login(handler).get(filing.link_in(filing.mails()[-1][1])).status_code == 404


def test_links_are_opened_only_so_often(sent, monkeypatch):
    monkeypatch.setattr("applications.views.guests.TRIES_AT_ONE", 1)
    path = filing.link_in(filing.mails()[-1][1])
    wrong = filing.url("guest_open", sent, "x" * 27)
    assert [Client().get(path).status_code for _time in range(3)] == [302, 302, 302]
    assert [Client().get(wrong).status_code for _time in range(2)] == [404, 429]
    # others at the same address keep nobody out
    assert Client().get(path).status_code == 302


def test_a_mailbox_gets_only_so_many_links(procedure, monkeypatch):
    monkeypatch.setattr("applications.services.guests.MAILS_PER_MAILBOX", 2)
    answers = []
    for number, email in enumerate(("a@example.jp", "A@Example.jp ", "a@example.JP", "other@example.jp")):
        browser = Client()
        one = filing.begin(browser, procedure, request_key=str(number))
        answers.append(browser.post(filing.url("guest_contact", one), {"email": email}))
    assert [answer.status_code for answer in answers] == [302, 302, 200, 302]
    assert "短い時間に何度も操作がありました。" in answers[2].text
    assert [to for to, _body in filing.mails()] == ["a@example.jp", "a@example.jp", "other@example.jp"]


def test_a_new_link_counts_for_the_mailbox(client, sent, monkeypatch):
    monkeypatch.setattr("applications.services.guests.MAILS_PER_MAILBOX", 2)
    for _time in range(2):
        client.post(filing.url("guest_renew", sent))
    before = len(filing.mails())
    look_up(Client(), sent.number, "guest@example.jp")
    assert len(filing.mails()) == before
    sent.refresh_from_db()
    assert sent.guest_secret_version == 2


def test_renewing_revokes_links_and_browsers(client, sent):
    elsewhere, old = Client(), filing.link_in(filing.mails()[-1][1])
    elsewhere.get(old)
    client.post(filing.url("guest_renew", sent))
    assert Client().get(old).status_code == 404
    assert elsewhere.get(filing.url("application_detail", sent)).url == "/session/ended/"
    assert client.get(filing.url("application_detail", sent)).status_code == 200
    assert Client().get(filing.link_in(filing.mails()[-1][1])).status_code == 302


def test_a_mended_address_revokes_the_link_that_went_astray(client, sent):
    astray = filing.link_in(filing.mails()[-1][1])
    client.post(filing.url("guest_contact", sent), {"email": "right@example.jp"})
    assert Client().get(astray).status_code == 404
    address, body = filing.mails()[-1]
    assert address == "right@example.jp"
    assert Client().get(filing.link_in(body)).status_code == 302


def test_the_same_address_again_mails_the_same_link(sent):
    before = filing.link_in(filing.mails()[-1][1])
    guests.set_email(application=sent, email="GUEST@example.jp")
    assert filing.link_in(filing.mails()[-1][1]) == before


def test_a_mailbox_is_not_filled(client, sent):
    count = OutgoingMail.objects.count()
    for _time in range(8):
        client.post(filing.url("guest_renew", sent))
    assert OutgoingMail.objects.count() - count <= 5


# --- looking up -------------------------------------------------------------------------------------


def look_up(browser, number, email):
    return browser.post(
        reverse("applications:guest_find"), {"action": "mail", "mail-number": number, "mail-email": email}
    )


def open_by_code(browser, number, secret):
    return browser.post(
        reverse("applications:guest_find"), {"action": "open", "open-number": number, "open-secret": secret}
    )


@pytest.fixture
def queued(monkeypatch):
    calls = []
    monkeypatch.setattr("applications.views.guests.enqueue", lambda path, **ids: calls.append((path, ids)))
    return calls


def test_look_up_mails_a_link_to_the_address_given_then(sent, queued):
    answer = look_up(Client(), format_number(sent.number), "guest@EXAMPLE.jp")
    assert "メールをご確認ください" in answer.text
    assert queued == [("applications.tasks.mail_guest_link", {"application_id": sent.pk})]
    count = OutgoingMail.objects.count()
    tasks.mail_guest_link(**queued[0][1])
    assert OutgoingMail.objects.count() == count + 1
    assert filing.mails()[-1][0] == "guest@example.jp"


def test_look_up_tells_nobody_whether_there_is_one(sent, queued):
    hit = look_up(Client(), sent.number, "guest@example.jp")
    wrong_address = look_up(Client(), sent.number, "other@example.jp")
    wrong_number = look_up(Client(), "10000000003", "guest@example.jp")
    assert hit.text == wrong_address.text
    assert hit.status_code == wrong_address.status_code == 200
    assert len(queued) == (3 if wrong_number.text == hit.text else 2)
    assert queued[1] == ("applications.tasks.mail_guest_link", {"application_id": 0})
    count = OutgoingMail.objects.count()
    tasks.mail_guest_link(application_id=0)
    assert OutgoingMail.objects.count() == count


def test_look_up_is_not_for_applications_of_accounts(queued, municipality, department, resident):
    procedure = filing.guest_procedure(department=department)
    draft = starting.start(procedure=procedure, resident=resident, by=resident.user, request_key="k")
    Application.objects.update(draft_answers={"name": "高橋 さくら", "wish": "午前"})
    draft.refresh_from_db()
    mine = submit(application=draft, by=resident.user)
    look_up(Client(), mine.number, resident.user.email)
    assert queued == [("applications.tasks.mail_guest_link", {"application_id": 0})]
    assert "正しくありません" in open_by_code(Client(), mine.number, secret_of(mine)).text


def test_number_and_code_open_the_application(sent):
    browser = Client()
    answer = open_by_code(browser, format_number(sent.number), f" {secret_of(sent)} ")
    assert answer.url == filing.url("application_detail", sent)
    assert browser.get(answer.url).status_code == 200


def test_a_wrong_code_opens_nothing(sent):
    answer = open_by_code(Client(), sent.number, "x" * 27)
    assert "受付番号と照会コードの組み合わせが正しくありません。" in answer.text


def test_a_number_that_cannot_be_is_asked_for_again(municipality, client):
    assert "受付番号は11桁の数字です。" in look_up(client, "123", "guest@example.jp").text


def test_look_up_is_limited(municipality, client, monkeypatch):
    monkeypatch.setattr("applications.views.guests.TRIES_PER_TEN_MINUTES", 2)
    codes = [look_up(client, "123", "a@example.jp").status_code for _time in range(3)]
    assert codes == [200, 200, 429]


# --- an account later -----------------------------------------------------------------------------


def test_an_account_takes_the_application_over(client, login, sent, resident):
    old = filing.link_in(filing.mails()[-1][1])
    login(resident)
    page = client.get(filing.url("application_detail", sent)).text
    assert filing.url("guest_take_over", sent) in page
    for _time in range(2):
        client.post(filing.url("guest_take_over", sent))
    sent.refresh_from_db()
    assert (sent.filed_by, sent.resident, sent.guest_email) == (resident.user, None, "")
    assert list(own_applications(resident.user)) == [sent]
    assert Client().get(old).status_code == 404
    assert AuditEvent.objects.filter(detail="taken into the account").count() == 1


def test_an_application_in_the_same_name_becomes_the_residents(client, login, draft, resident):
    filing.fill(client, draft, name="高橋　さくら")
    sent = filing.send(client, draft)
    login(resident)
    client.post(filing.url("guest_take_over", sent))
    sent.refresh_from_db()
    assert sent.resident == resident


def test_nobody_takes_over_what_their_browser_has_not_opened(login, sent, resident):
    assert login(resident, Client()).post(filing.url("guest_take_over", sent)).status_code == 404


def test_the_first_account_keeps_it(sent, resident, another_resident):
    guests.take_over(application=sent, by=resident.user, resident=resident)
    with pytest.raises(guests.NotAGuests):
        guests.take_over(application=sent, by=another_resident.user, resident=another_resident)
    with pytest.raises(guests.NotAGuests):
        guests.set_email(application=sent, email="thief@example.jp")


def test_a_draft_is_deleted_by_its_guest(client, draft, procedure):
    answer = client.post(filing.url("draft_delete", draft))
    assert answer.url == reverse("applications:procedure_detail", args=[procedure.key])
    assert not Application.objects.exists()
    again = client.post(filing.url("draft_delete", draft), follow=True)
    assert again.redirect_chain == [("/procedures/", 302)]
    assert "この下書きはすでに削除されているか" in again.text


# --- references of links ------------------------------------------------------------------------------


def test_a_reference_of_the_link_reaches_the_answers(client, procedure):
    path = reverse("applications:procedure_detail", args=[procedure.key])
    page = client.get(path, {"source": "A-1", "name": "乗っ取り"}).text
    assert "/start-as-guest/?source=A-1&amp;name=" in page
    draft = filing.begin(client, procedure, query="?source=A-1&name=x")
    assert draft.link_values == {"source": "A-1"}
    assert draft.draft_answers == {}
    filing.fill(client, draft)
    client.post(filing.url("draft_page", draft, 1), {"q-name": "来訪 太郎", "q-source": "forged", "action": "save"})
    sent = filing.send(client, draft)
    assert sent.revisions.get().answers["source"] == "A-1"


@pytest.mark.parametrize("value", ["x" * 201, "%ED%A0%80" * 70, ""])
def test_a_reference_that_is_no_short_text_is_left_out(client, procedure, value):
    assert filing.begin(client, procedure, query=f"?source={value}").link_values == {}
