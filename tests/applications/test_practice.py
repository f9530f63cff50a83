import datetime as dt

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications import tasks
from applications.models import Application, Attachment, Procedure
from applications.queries.worklist import WorkListFilter, work_list
from applications.services import applicants, practice, sweeping, uploads
from applications.services.submission import submit
from cityhall import guests
from cityhall.days import today
from cityhall.models import AuditEvent, StoredFile
from notices.models import OutgoingMail
from portal import kept_posts
from residents.models import Business, Resident
from tests.applications import filing, sample

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits():
    cache.clear()


@pytest.fixture
def procedure(municipality, department):
    return filing.make_procedure(department=department, identity_level="card")


@pytest.fixture
def trial(client, procedure):
    return filing.begin(client, procedure, "practice_start")


def test_everybody_but_staff_is_offered_a_trial(client, login, procedure, resident, handler):
    page = reverse("applications:procedure_detail", args=[procedure.key])
    assert "体験する" in client.get(page).text
    assert "体験する" in login(resident).get(page).text
    assert "体験する" not in login(handler).get(page).text


def test_a_procedure_that_is_not_open_can_be_tried(client, procedure):
    Procedure.objects.update(opens_at=timezone.now() + dt.timedelta(days=9))
    assert filing.begin(client, procedure, "practice_start").is_practice


@pytest.mark.parametrize("change", [{"state": "draft"}, {"state": "closed"}, {"mode": "guide_only"}])
def test_what_has_no_form_for_the_public_cannot(client, procedure, change):
    Procedure.objects.update(**change)
    client.post(reverse("applications:practice_start", args=[procedure.key]))
    assert not Application.objects.exists()


def test_a_trial_is_filled_with_somebody_made_up(trial):
    assert trial.is_practice
    assert (trial.filed_by, trial.resident) == (None, None)
    assert trial.draft_answers["name"] == "体験 花子"
    assert trial.draft_answers["home"]["town"] == "体験町"
    assert trial.draft_answers["firm"] == "体験商事株式会社"


def test_nobody_made_up_is_kept(trial):
    assert not Resident.objects.exists()
    assert not Business.objects.exists()


def test_a_trial_of_somebody_signed_in_is_not_among_their_own(login, procedure, resident):
    browser = login(resident)
    trial = filing.begin(browser, procedure, "practice_start")
    assert (trial.filed_by, trial.draft_answers["name"]) == (None, "体験 花子")
    page = browser.get(reverse("applications:my_applications")).text
    assert trial.public_id not in page
    assert "体験中です。" in browser.get(filing.url("draft_page", trial, 1)).text


def test_every_page_says_that_it_is_a_trial(client, trial):
    fill(client, trial)
    for name, more in (("draft_page", [1]), ("draft_page", [2]), ("draft_check", []), ("practice_done", [])):
        assert "体験中です。申請は送信されません" in client.get(filing.url(name, trial, *more)).text, name


def fill(browser, trial):
    filing.fill(browser, trial, name="体験 花子")


def test_sending_leads_to_a_page_that_says_nothing_was_sent(client, trial, department, handler):
    fill(client, trial)
    for _time in range(2):
        answer = client.post(filing.url("application_submit", trial), {"draft_revision": "2"})
        assert answer.url == filing.url("practice_done", trial)
    assert "何も送信されていません。" in client.get(answer.url).text
    trial.refresh_from_db()
    assert (trial.state, trial.number, trial.submitted_at) == ("draft", None, None)
    assert not OutgoingMail.objects.exists()
    assert not trial.revisions.exists()


def test_a_trial_with_something_missing_goes_back(client, trial):
    client.post(filing.url("application_submit", trial))
    assert client.get(filing.url("practice_done", trial)).url == filing.url("draft_check", trial)


def test_staff_have_no_case_of_it(login, trial, handler):
    page = work_list(user=handler, wanted=WorkListFilter(), today=today(), after="")
    assert list(page.rows) == []
    assert login(handler).get(reverse("applications:case_detail", args=[trial.public_id])).status_code == 404


def test_the_service_and_the_database_never_send_it(client, trial):
    fill(client, trial)
    trial.refresh_from_db()
    with pytest.raises(applicants.OnlyPractice):
        submit(application=trial, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(state="submitted", number="1", submitted_at=timezone.now(), guest_email="a@b.jp")


def test_nobody_else_opens_it(trial, login, resident, handler):
    for name in ("draft_check", "practice_done"):
        assert Client().get(filing.url(name, trial)).url.startswith("/accounts/login/")
        for person in (resident, handler):
            assert login(person, Client()).get(filing.url(name, trial)).status_code == 404


def test_pages_of_guests_are_not_for_trials(client, trial):
    for name in ("guest_contact", "guest_saved"):
        answer = client.get(filing.url(name, trial))
        assert answer.url == reverse("applications:procedure_detail", args=[trial.procedure.key])


@pytest.mark.parametrize("way", ["get", "post"])
def test_a_trial_left_alone_leads_to_another_and_promises_no_mail(client, trial, way, monkeypatch):
    monkeypatch.setattr(guests, "IDLE_SECONDS", -guests._TOUCH_SECONDS - 1)
    answer = getattr(client, way)(filing.url("draft_check", trial), {"name": "来訪"}, follow=True)
    assert answer.redirect_chain == [(reverse("applications:procedure_detail", args=[trial.procedure.key]), 302)]
    assert "体験を終わりました" in answer.text
    assert "お預かりしています" not in answer.text
    assert kept_posts.TOKEN_COOKIE not in client.cookies


def test_ending_deletes_it_at_once_and_twice_changes_nothing(client, trial, procedure):
    answer = client.post(filing.url("practice_end", trial))
    assert answer.url == reverse("applications:procedure_detail", args=[procedure.key])
    assert not Application.objects.exists()
    again = client.post(filing.url("practice_end", trial), follow=True)
    assert again.redirect_chain == [("/procedures/", 302)]
    assert "この体験はすでに終わっています。" in again.text
    assert Client().post(filing.url("practice_end", trial)).url.startswith("/accounts/login/")
    practice.end_practice(application=trial)


def test_a_trial_deleted_as_a_draft_leads_to_its_procedure(client, trial, procedure):
    answer = client.post(filing.url("draft_delete", trial))
    assert answer.url == reverse("applications:procedure_detail", args=[procedure.key])
    assert not Application.objects.exists()


def test_a_real_application_is_not_ended_as_a_trial(login, procedure, resident):
    Procedure.objects.update(identity_level="none")
    draft = filing.begin(login(resident), procedure, "application_start")
    practice.end_practice(application=draft)
    assert Application.objects.filter(pk=draft.pk).exists()
    assert login(resident).post(filing.url("practice_end", draft)).status_code == 404


def test_a_trial_is_swept_after_a_day_with_its_files(municipality):
    procedure = sample.make_procedure()
    begun = timezone.now()
    trial = practice.start_practice(procedure=procedure, request_key="k", now=begun)
    uploads.attach(application=trial, field=sample.form().by_key["proof"], upload=sample.png(), by=None)
    assert sweeping.sweep_practice(now=begun + dt.timedelta(hours=23, minutes=59)) == 0
    assert sweeping.sweep_practice(now=begun + dt.timedelta(hours=24)) == 1
    assert not Application.objects.exists()
    assert not Attachment.objects.exists()
    assert StoredFile.objects.get().delete_after is not None
    assert sweeping.sweep_practice(now=begun + dt.timedelta(hours=25)) == 0
    assert AuditEvent.objects.filter(detail="practice").count() == 1


def test_the_sweep_leaves_drafts_of_people(municipality, department, resident):
    sample.start(sample.make_procedure(department=department), resident)
    tasks.sweep_practice()
    assert sweeping.sweep_practice(now=timezone.now() + dt.timedelta(days=30)) == 0


def test_a_guests_draft_without_an_address_goes_after_two_days(municipality, client):
    draft = filing.begin(client, filing.guest_procedure())
    kept = filing.begin(client, filing.guest_procedure(), request_key="kept")
    Application.objects.filter(pk=kept.pk).update(guest_email="guest@example.jp")
    assert sweeping.sweep_drafts(now=timezone.now() + dt.timedelta(days=1)) == 0
    assert sweeping.sweep_drafts(now=timezone.now() + dt.timedelta(days=3)) == 1
    assert list(Application.objects.all()) == [kept]
    assert not Application.objects.filter(pk=draft.pk).exists()
