"""What somebody without an account may do how often, and what nobody learns from how long it takes."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import tasks
from applications.models import Application, Attachment
from applications.services import guests, mails, starting, uploads
from applications.services.withdrawal import withdraw
from applications.views import guests as guest_views
from applications.views import messages as message_views
from applications.views import page_files
from applications.views import starting as start_views
from cityhall import links, rate_limits
from cityhall.enums import FileState
from cityhall.models import StoredFile
from notices.models import OutgoingMail
from tests.applications import filing, sample
from tests.applications.sendkit import make_guest_draft
from tests.applications.sendkit import make_procedure as make_upload_procedure

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits():
    cache.clear()


@pytest.fixture
def procedure(municipality, department):
    return filing.guest_procedure(department=department)


@pytest.fixture
def sent(client, procedure):
    draft = filing.begin(client, procedure)
    filing.fill(client, draft)
    return filing.send(client, draft)


# --- the address of the guest ------------------------------------------------------------------------


def test_another_address_is_told_to_the_one_before_without_content(client, sent):
    before = OutgoingMail.objects.count()
    client.post(filing.url("guest_contact", sent), {"email": "thief@example.jp"})
    (old, told), (new, link) = filing.mails()[before:]
    assert (old, new) == ("guest@example.jp", "thief@example.jp")
    assert "別のアドレスに変更されました" in told
    for secret in ("thief@example.jp", sent.procedure.name, "/open/", "来訪"):
        assert secret not in told
    sent.refresh_from_db()
    assert sent.guest_secret_version == 2
    assert filing.link_in(link) == filing.url("guest_open", sent, guests.secret_of(sent))


def test_the_first_address_and_the_same_again_are_told_to_nobody_else(client, procedure):
    draft = filing.begin(client, procedure)
    for _time in range(2):
        guests.set_email(application=draft, email="guest@example.jp")
    assert [to for to, _body in filing.mails()] == ["guest@example.jp"] * 2


def test_mails_of_later_steps_go_to_the_address_of_now(sent):
    stale = Application.objects.select_related("procedure", "department").get(pk=sent.pk)
    guests.set_email(application=sent, email="right@example.jp")
    withdraw(application=stale, by=None)
    address, body = filing.mails()[-1]
    sent.refresh_from_db()
    assert address == "right@example.jp"
    assert Client().get(filing.link_in(body)).url == filing.url("application_detail", sent)


def test_mails_after_the_account_took_it_carry_no_link_that_opens(sent, resident):
    stale = Application.objects.select_related("procedure", "department").get(pk=sent.pk)
    guests.take_over(application=sent, by=resident.user, resident=resident)
    mails.tell_applicant(stale, mails.Occasion.COMPLETED)
    address, body = filing.mails()[-1]
    assert (address, "/open/" in body) == (resident.user.email, False)


def test_an_address_that_has_one_is_told_before_the_form_is_sent(client, sent, procedure):
    type(procedure).objects.update(once_per_applicant=True)
    other = Client()
    second = filing.begin(other, procedure, request_key="second")
    filing.fill(other, second)
    answer = other.post(filing.url("guest_contact", second), {"email": "GUEST@example.jp"})
    assert "すでに受け付けて審査中です" in answer.text
    assert 'value="GUEST@example.jp"' in answer.text
    second.refresh_from_db()
    assert (second.guest_email, second.draft_answers["wish"]) == ("", "午前")


# --- looking up --------------------------------------------------------------------------------------


def look_up(**data):
    """One look-up in a fresh browser: the answer, how many queries, how many secrets were worked out."""
    secrets = []
    original = links.link_secret

    def counted(*parts):
        secrets.append(parts)
        return original(*parts)

    with (
        pytest.MonkeyPatch.context() as patch,
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        patch.setattr(links, "link_secret", counted)
        answer = Client().post(reverse("applications:guest_find"), data)
    return answer, len(queries), len(secrets)


def words(answer, number):
    """The page without what was typed and without the token that differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.text.replace(number, ""))


def test_look_up_by_mail_does_the_same_work_for_known_and_unknown(sent, monkeypatch):
    queued = []
    monkeypatch.setattr(guest_views, "enqueue", lambda _path, **ids: queued.append(ids["application_id"]))
    cases = [(sent.number, "guest@example.jp"), (sent.number, "other@example.jp"), ("10000000003", "guest@example.jp")]
    # the first one opens the window of the limit, which costs a query more
    look_up(action="mail", **{"mail-number": sent.number, "mail-email": "x@example.jp"})
    found = [look_up(action="mail", **{"mail-number": number, "mail-email": email}) for number, email in cases]
    assert [answer.text for answer, _queries, _secrets in found[1:]] == [found[0][0].text] * 2
    assert len({queries for _answer, queries, _secrets in found}) == 1
    assert queued == [0, sent.pk, 0, 0]


def test_look_up_by_code_works_out_a_secret_even_for_nothing(sent):
    look_up(action="open", **{"open-number": sent.number, "open-secret": "y" * 27})
    known = look_up(action="open", **{"open-number": sent.number, "open-secret": "x" * 27})
    unknown = look_up(action="open", **{"open-number": "10000000003", "open-secret": "x" * 27})
    assert words(known[0], sent.number) == words(unknown[0], "10000000003")
    assert known[2] == unknown[2] == 1


def test_the_worker_counts_what_may_be_mailed(sent, monkeypatch):
    monkeypatch.setattr(guests, "MAILS_PER_HOUR", 2)
    cache.clear()
    before = OutgoingMail.objects.count()
    for _time in range(4):
        tasks.mail_guest_link(application_id=sent.pk)
    assert OutgoingMail.objects.count() == before + 2


def test_wrong_codes_of_one_application_are_few_and_the_right_one_still_opens(sent, monkeypatch):
    monkeypatch.setattr(guest_views, "TRIES_AT_ONE", 2)
    wrong = {"action": "open", "open-number": sent.number, "open-secret": "x" * 27}
    path = reverse("applications:guest_find")
    assert [Client().post(path, wrong).status_code for _time in range(3)] == [200, 200, 429]
    right = wrong | {"open-secret": guests.secret_of(sent)}
    assert Client().post(path, right).url == filing.url("application_detail", sent)


# --- how often, how much -----------------------------------------------------------------------------


def test_one_browser_starts_less_often_than_an_address(procedure, monkeypatch):
    monkeypatch.setattr(start_views, "STARTS_OF_BROWSER", 2)
    path = reverse("applications:guest_start", args=[procedure.key])

    def start(browser, times):
        token = browser.cookies["csrftoken"].value
        return [
            browser.post(path, {"request_key": str(number), "csrfmiddlewaretoken": token}).url.startswith(
                "/applications/"
            )
            for number in range(times)
        ]

    browsers = [Client(enforce_csrf_checks=True) for _number in range(3)]
    for browser in browsers:
        browser.get(reverse("applications:procedure_detail", args=[procedure.key]))
    assert start(browsers[0], 3) == [True, True, False]
    # others behind the same address of a carrier are not held up
    assert [start(browser, 2) for browser in browsers[1:]] == [[True, True]] * 2


def test_limits_by_address_are_generous_and_those_by_person_strict():
    pairs = [
        (start_views.STARTS_PER_TEN_MINUTES, start_views.STARTS_OF_BROWSER),
        (message_views.OF_ADDRESS_PER_HOUR, message_views.PER_HOUR),
        (page_files.UPLOADS_OF_ADDRESS, page_files.UPLOADS_PER_MINUTE),
        (guest_views.TRIES_PER_TEN_MINUTES, guest_views.TRIES_AT_ONE),
    ]
    assert all(address >= 10 * person for address, person in pairs)


@pytest.fixture
def anonymous(municipality, department):
    return make_guest_draft(make_upload_procedure(department), "guest@example.jp")


def attach(draft, color):
    field = sample_field(draft)
    return uploads.attach(application=draft, field=field, upload=sample.png(color), by=draft.filed_by)


def sample_field(draft):
    from applications import definition

    return definition.form_of(draft.form_version).by_key["paper"]


def test_a_draft_without_an_account_holds_so_many_bytes(anonymous, monkeypatch):
    first = attach(anonymous, "red")
    monkeypatch.setattr(uploads, "ANONYMOUS_BYTES", first.file.size + 1)
    with pytest.raises(uploads.TooMuchData):
        attach(anonymous, "blue")
    # what was refused is swept, nothing lies about
    assert StoredFile.objects.exclude(pk=first.file_id).get().delete_after is not None
    assert Attachment.objects.get() == first


def test_what_was_taken_out_counts_until_it_is_swept(anonymous, monkeypatch):
    first = attach(anonymous, "red")
    monkeypatch.setattr(uploads, "ANONYMOUS_BYTES", first.file.size + 1)
    for color in ("red", "blue"):
        kept = attach(anonymous, color)
        uploads.detach(application=anonymous, public_id=kept.public_id)
    with pytest.raises(uploads.TooManyExchanges):
        attach(anonymous, "green")


def test_drafts_of_accounts_are_not_counted_by_bytes(anonymous, resident, monkeypatch):
    monkeypatch.setattr(uploads, "ANONYMOUS_BYTES", 1)
    Application.objects.update(filed_by=resident.user, resident=resident, guest_email="")
    anonymous.refresh_from_db()
    assert attach(anonymous, "red")


def test_an_address_without_an_account_sends_so_many_bytes_an_hour(client, municipality, department, monkeypatch):
    procedure = make_upload_procedure(department, allows_guests=True, identity_level="none")
    draft = filing.begin(client, procedure)
    size = len(sample.png("red").read())
    monkeypatch.setattr(rate_limits, "ANONYMOUS_BYTES_PER_HOUR", int(1.5 * size))
    page = client.post(
        filing.url("draft_page", draft, 2),
        {"q-note": "残る", "q-paper": [sample.png("red"), sample.png("blue")], "action": "upload"},
    )
    assert "1時間ほど待ってから" in page.text
    assert Attachment.objects.count() == 1
    draft.refresh_from_db()
    assert draft.draft_answers["note"] == "残る"


def test_taking_over_counts_as_a_draft(client, login, procedure, resident, monkeypatch):
    draft = filing.begin(client, procedure)
    monkeypatch.setattr(starting, "MAX_DRAFTS", 0)
    login(resident)
    answer = client.post(filing.url("guest_take_over", draft), follow=True)
    assert "新しい申請を始められません。" in answer.text
    draft.refresh_from_db()
    assert draft.filed_by is None
    # it stays open in this browser
    assert client.get(filing.url("draft_page", draft, 1)).status_code == 200


def test_what_was_sent_is_taken_over_however_many_drafts_there_are(sent, resident, monkeypatch):
    monkeypatch.setattr(starting, "MAX_DRAFTS", 0)
    assert guests.take_over(application=sent, by=resident.user, resident=resident).filed_by == resident.user


# --- small pictures --------------------------------------------------------------------------------------


def test_a_small_picture_is_made_once(client, municipality, department, monkeypatch):
    procedure = make_upload_procedure(department, allows_guests=True, identity_level="none")
    draft = filing.begin(client, procedure)
    kept = uploads.attach(application=draft, field=sample_field(draft), upload=sample.png(size=(2000, 1500)), by=None)
    StoredFile.objects.update(state=FileState.CLEAN)
    path = reverse("applications:attachment_thumbnail", args=[kept.public_id])
    first = client.get(path)
    monkeypatch.setattr("cityhall.uploads.thumbnail", None)
    again = client.get(path)
    assert (first.status_code, again.content) == (200, first.content)
    assert "no-store" in again["Cache-Control"]


def test_a_picture_of_too_many_pixels_is_not_decoded(client, municipality, department, settings):
    procedure = make_upload_procedure(department, allows_guests=True, identity_level="none")
    draft = filing.begin(client, procedure)
    kept = uploads.attach(application=draft, field=sample_field(draft), upload=sample.png(size=(200, 150)), by=None)
    StoredFile.objects.update(state=FileState.CLEAN)
    settings.IMAGE_MAX_PIXELS = 1000
    path = reverse("applications:attachment_thumbnail", args=[kept.public_id])
    assert client.get(path).url.startswith("/accounts/login/")
