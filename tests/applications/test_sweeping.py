"""What people leave behind does not stay for ever: drafts, files taken out, and how many of both there may be."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import tasks, typed
from applications.enums import Channel
from applications.models import Application, Attachment
from applications.services import drafts, editing, starting, sweeping, uploads
from applications.views import page_files
from cityhall.models import AuditEvent, StoredFile
from cityhall.queue import periodic_tasks
from cityhall.services.files import sweep_files
from notices.models import OutgoingMail
from tests.applications import sample

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 8, 1, 3, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def procedure(municipality, department):
    return sample.make_procedure(department=department)


@pytest.fixture
def draft(procedure, resident):
    draft = sample.start(procedure, resident)
    Application.objects.update(created_at=START)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def field():
    return sample.form().by_key["proof"]


def attach(draft, field, color="red", at=START):
    return uploads.attach(application=draft, field=field, upload=sample.png(color), by=draft.filed_by, now=at)


def detach(attachment, at):
    uploads.detach(application=attachment.application, public_id=attachment.public_id, now=at)


def save(draft, at):
    page = sample.form().pages[1]
    values = typed.from_answers(page.fields, {"income": "100"})
    drafts.save_page(application=draft, page=page, values=values, expected_revision=None, now=at)


def warn(days):
    """The mail that goes out just after so many days; how many went."""
    return sweeping.warn_of_expiry(now=START + days * DAY + dt.timedelta(milliseconds=1))


# --- abandoned drafts -----------------------------------------------------------------------------


def test_draft_goes_90_days_after_it_was_begun(draft):
    assert sweeping.warn_of_expiry(now=START + 76 * DAY) == 0
    assert sweeping.sweep_drafts(now=START + 100 * DAY) == 0
    assert warn(76) == 1
    assert sweeping.sweep_drafts(now=START + 90 * DAY) == 0
    assert sweeping.sweep_drafts(now=START + 90 * DAY + dt.timedelta(seconds=1)) == 1
    assert not Application.objects.exists()
    event = AuditEvent.objects.get(action="delete")
    assert (event.actor, event.target_id, event.detail) == (None, draft.public_id, "draft abandoned")
    assert sweeping.sweep_drafts(now=START + 91 * DAY) == 0


def test_warning_goes_once_and_says_nothing_of_the_answers(draft):
    assert warn(77) == 1
    assert warn(78) == 0
    assert OutgoingMail.objects.count() == 1
    draft.refresh_from_db()
    assert draft.draft_ends_at == START + 91 * DAY + dt.timedelta(milliseconds=1)


def test_nobody_is_mailed_of_a_draft_that_the_desk_types_in_for_them(draft, handler):
    Application.objects.update(channel=Channel.COUNTER, filed_by=handler)
    assert warn(77) == 1
    assert OutgoingMail.objects.count() == 0
    assert sweeping.sweep_drafts(now=START + 92 * DAY) == 1


def test_draft_touched_after_the_warning_is_not_deleted(draft):
    warn(77)
    save(draft, START + 80 * DAY)
    assert sweeping.sweep_drafts(now=START + 169 * DAY) == 0
    # past its days again, and warned of before it was touched only
    assert sweeping.sweep_drafts(now=START + 171 * DAY) == 0
    assert warn(171) == 1
    assert sweeping.sweep_drafts(now=START + 186 * DAY) == 1


def test_draft_goes_with_its_files(draft, field):
    kept = attach(draft, field)
    detach(attach(draft, field, "blue"), START)
    end = START + 91 * DAY
    warn(76)
    assert sweeping.sweep_drafts(now=end) == 1
    assert not Attachment.objects.exists()
    assert set(StoredFile.objects.values_list("delete_after", flat=True)) == {end}
    assert sweep_files(now=end) == (2, 0)
    assert not StoredFile.objects.filter(pk=kept.file_id).exists()


def test_saving_a_page_prolongs_a_draft(draft):
    save(draft, START + 50 * DAY)
    warn(126)
    assert sweeping.sweep_drafts(now=START + 139 * DAY) == 0
    assert sweeping.sweep_drafts(now=START + 141 * DAY) == 1


@pytest.mark.parametrize("taken_out", [False, True])
def test_a_file_prolongs_a_draft(draft, field, taken_out):
    attachment = attach(draft, field, at=START if taken_out else START + 50 * DAY)
    if taken_out:
        detach(attachment, START + 50 * DAY)
    warn(126)
    assert sweeping.sweep_drafts(now=START + 139 * DAY) == 0
    assert sweeping.sweep_drafts(now=START + 141 * DAY) == 1


@pytest.mark.parametrize("state", ["submitted", "returned", "withdrawn"])
def test_what_was_sent_is_not_swept(draft, state):
    Application.objects.update(state=state, number="1", submitted_at=START, applicant_name="高橋 さくら")
    assert sweeping.sweep_drafts(now=START + 400 * DAY) == 0
    assert Application.objects.exists()


def test_drafts_are_swept_in_batches(procedure, resident):
    for number in range(3):
        sample.start(procedure, resident, key=str(number))
    Application.objects.update(created_at=START)
    warn(76)
    assert [sweeping.sweep_drafts(limit=2, now=START + 91 * DAY) for _time in range(3)] == [2, 1, 0]


def test_person_reads_how_long_a_draft_is_kept(login, draft, resident):
    page = login(resident).get(reverse("applications:my_applications")).text
    assert "に開始（保存しないときは" in page
    save(draft, timezone.now())
    page = login(resident).get(reverse("applications:my_applications")).text
    assert "に保存（このままのときは" in page


# --- files taken out ------------------------------------------------------------------------------


def test_file_taken_out_of_a_draft_goes_after_seven_days(draft, field):
    attachment = attach(draft, field)
    detach(attachment, START)
    assert StoredFile.objects.get().delete_after == START + 7 * DAY
    end = START + 7 * DAY + dt.timedelta(seconds=1)
    # the row of the file is held by the attachment until that is swept
    assert (sweep_files(now=end), sweeping.sweep_removed_files(now=START + 7 * DAY)) == ((0, 0), 0)
    assert sweeping.sweep_removed_files(now=end) == 1
    assert sweep_files(now=end) == (1, 0)
    assert not Attachment.objects.exists()
    assert sweeping.sweep_removed_files(now=end) == 0


def test_file_taken_out_before_that_was_noted_goes_too(draft, field):
    detach(attach(draft, field), START)
    StoredFile.objects.update(delete_after=None)
    assert sweeping.sweep_removed_files(now=START + 8 * DAY) == 1
    assert sweep_files(now=START + 8 * DAY) == (1, 0)


def test_file_that_came_back_stays(draft, field):
    detach(attach(draft, field), START)
    again = attach(draft, field, at=START + DAY)
    assert sweeping.sweep_removed_files(now=START + 30 * DAY) == 0
    again.file.refresh_from_db()
    assert again.file.delete_after is None
    assert sweep_files(now=START + 30 * DAY) == (1, 0)
    assert StoredFile.objects.get() == again.file


def test_file_taken_out_before_sending_goes_after_it(draft, field):
    detach(attach(draft, field), START)
    Application.objects.update(state="submitted", number="1", submitted_at=START + DAY, applicant_name="高橋 さくら")
    assert sweeping.sweep_removed_files(now=START + 8 * DAY) == 1


def test_file_that_was_sent_stays_when_it_is_taken_out_of_the_correction(draft, field):
    attachment = attach(draft, field)
    Application.objects.update(state="returned", number="1", submitted_at=START + DAY, applicant_name="高橋 さくら")
    attachment.application.refresh_from_db()
    draft.revisions.create(number=1, answers={"proof": [attachment.public_id]})
    detach(attachment, START + 2 * DAY)
    assert StoredFile.objects.get().delete_after is None
    assert sweeping.sweep_removed_files(now=START + 400 * DAY) == 0
    assert Attachment.objects.exists()


def test_file_given_in_an_edit_and_taken_out_again_goes(draft, field):
    sent = attach(draft, field)
    Application.objects.update(
        state="submitted", number="1", submitted_at=START + DAY, editing_since=START + DAY, applicant_name="高橋 さくら"
    )
    draft.refresh_from_db()
    draft.revisions.create(number=1, answers={"proof": [sent.public_id]})
    never_sent = attach(draft, field, "blue", START + 2 * DAY)
    for taken in (sent, never_sent):
        detach(taken, START + 2 * DAY)
    assert sweeping.sweep_removed_files(now=START + 8 * DAY) == 0
    assert sweeping.sweep_removed_files(now=START + 10 * DAY) == 1
    assert Attachment.objects.get() == sent
    assert sweep_files(now=START + 10 * DAY) == (1, 0)
    # in a row of a group a revision names it just as well
    assert sweeping.sweep_removed_files(now=START + 400 * DAY) == 0


def test_file_of_an_edit_that_was_given_up_goes_and_the_sent_one_stays(draft, field):
    sent = attach(draft, field)
    Application.objects.update(
        state="submitted", number="1", submitted_at=START + DAY, editing_since=START + DAY, applicant_name="高橋 さくら"
    )
    draft.refresh_from_db()
    draft.revisions.create(number=1, answers={"rows": [{"id": "r1", "proof": [sent.public_id]}]})
    detach(sent, START + 2 * DAY)
    attach(draft, field, "blue", START + 2 * DAY)
    editing.stop_editing(application=draft, now=START + 3 * DAY)
    assert sweeping.sweep_removed_files(now=START + 11 * DAY) == 1
    assert Attachment.objects.get() == sent
    assert StoredFile.objects.get(pk=sent.file_id).delete_after is None


# --- the clock ------------------------------------------------------------------------------------


def test_tasks_run_by_the_clock_and_twice(draft, field):
    names = {f"applications.tasks.sweep_{what}" for what in ("drafts", "practice", "removed_files")}
    assert names | {"applications.tasks.warn_of_expiry"} <= set(periodic_tasks())
    detach(attach(draft, field), START)
    for _time in range(2):
        tasks.sweep_removed_files()
    assert not Attachment.objects.exists()
    Application.objects.update(created_at=timezone.now() - 91 * DAY)
    for _time in range(2):
        tasks.warn_of_expiry()
    Application.objects.update(expiry_warned_at=timezone.now() - 14 * DAY)
    for _time in range(2):
        tasks.sweep_drafts()
    assert not Application.objects.exists()


# --- how many -------------------------------------------------------------------------------------


def test_a_person_has_so_many_drafts(login, procedure, resident, another_resident, monkeypatch):
    monkeypatch.setattr(starting, "MAX_DRAFTS", 2)
    first = sample.start(procedure, resident, key="1")
    sample.start(procedure, resident, key="2")
    with pytest.raises(starting.TooManyDrafts):
        sample.start(procedure, resident, key="3")
    # a double click on one that exists, and other people, are not held up
    assert sample.start(procedure, resident, key="1") == first
    assert sample.start(procedure, another_resident, key="1")
    url = reverse("applications:application_start", args=[procedure.key])
    response = login(resident).post(url, {"new": "1", "request_key": "3"}, follow=True)
    assert "下書きが2件あるため、新しい申請を始められません。" in response.text
    drafts.delete_draft(application=first, by=resident.user)
    assert sample.start(procedure, resident, key="3")


def test_sent_applications_are_not_counted_as_drafts(procedure, resident, monkeypatch):
    monkeypatch.setattr(starting, "MAX_DRAFTS", 1)
    sample.start(procedure, resident, key="1")
    Application.objects.update(state="submitted", number="1", submitted_at=START, applicant_name="高橋 さくら")
    assert sample.start(procedure, resident, key="2")


def test_files_cannot_be_exchanged_without_end(draft, field, settings):
    settings.UPLOAD_MAX_FILES = 1
    for color in ("red", "blue", "green"):
        detach(attach(draft, field, color), START)
    with pytest.raises(uploads.TooManyExchanges):
        attach(draft, field, "white")
    assert StoredFile.objects.count() == 3
    # the swept ones make room
    sweeping.sweep_removed_files(now=START + 8 * DAY)
    assert attach(draft, field, "white")


def test_an_address_uploads_only_so_fast(login, draft, resident, monkeypatch):
    monkeypatch.setattr(page_files, "UPLOADS_PER_MINUTE", 1)
    url = reverse("applications:draft_page", args=[draft.public_id, 3])
    data = {"action": "upload", "q-proof": [sample.png("red"), sample.png("blue")], "q-consent": "given"}
    response = login(resident).post(url, data)
    assert "短い時間に多くのファイルが送信されました。" in response.text
    assert Attachment.objects.count() == 1
    draft.refresh_from_db()
    assert draft.draft_answers["consent"] == "given"
