import io
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from applications.models import Application, Attachment
from applications.services import drafts, uploads
from cityhall.enums import FileState
from cityhall.models import AuditEvent, StoredFile
from cityhall.services.files import check_pending_files
from tests.applications import sample

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def draft(department, resident):
    return sample.start(sample.make_procedure(department=department), resident)


@pytest.fixture
def field():
    return sample.form().by_key["proof"]


def _attach(draft, field, resident, upload=None):
    return uploads.attach(application=draft, field=field, upload=upload or sample.png(), by=resident.user)


def _post(browser, draft, *files, action="next", **data):
    url = reverse("applications:draft_page", args=[draft.public_id, 3])
    return browser.post(url, {"action": action, "q-proof": list(files)} | data)


# --- services ---------------------------------------------------------------------------------


def test_attach_stores_the_file_in_quarantine(draft, field, resident):
    attachment = _attach(draft, field, resident)
    assert (attachment.application, attachment.field_key) == (draft, "proof")
    assert (attachment.file.state, attachment.file.name) == (FileState.PENDING, "証明書.png")
    assert attachment.file.uploaded_by == resident.user


def test_the_same_file_again_is_the_same_attachment(draft, field, resident):
    first = _attach(draft, field, resident)
    assert _attach(draft, field, resident) == first
    assert StoredFile.objects.count() == 1
    other = _attach(draft, field, resident, sample.png("blue"))
    assert other != first


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_once_is_one_attachment(draft, field, resident):
    barrier = threading.Barrier(3)
    found = []

    def send():
        barrier.wait(10)
        try:
            found.append(_attach(Application.objects.get(pk=draft.pk), field, resident).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _thread in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [Attachment.objects.get().pk] * 3
    # the copies that lost are swept
    assert StoredFile.objects.filter(delete_after=None).count() == 1


def test_a_file_taken_out_may_come_back(draft, field, resident):
    first = _attach(draft, field, resident)
    uploads.detach(application=draft, public_id=first.public_id)
    uploads.detach(application=draft, public_id=first.public_id)
    first.refresh_from_db()
    assert first.removed_at is not None
    again = _attach(draft, field, resident)
    assert (again.pk, again.removed_at) == (first.pk, None)
    # the second copy is swept
    assert StoredFile.objects.exclude(delete_after=None).count() == 1


def test_a_question_takes_only_so_many_files(draft, field, resident):
    _attach(draft, field, resident, sample.png("red"))
    second = _attach(draft, field, resident, sample.png("blue"))
    with pytest.raises(uploads.TooManyFiles):
        _attach(draft, field, resident, sample.png("green"))
    uploads.detach(application=draft, public_id=second.public_id)
    assert _attach(draft, field, resident, sample.png("green"))


def test_an_application_takes_only_so_many_files(draft, field, resident, settings):
    settings.UPLOAD_MAX_FILES = 1
    _attach(draft, field, resident, sample.png("red"))
    with pytest.raises(uploads.TooManyFiles):
        _attach(draft, field, resident, sample.png("blue"))


def test_attach_after_submission_is_refused(draft, field, resident):
    Application.objects.update(state="submitted", number="1", submitted_at=timezone.now())
    with pytest.raises(drafts.NotEditable):
        _attach(draft, field, resident)
    assert not Attachment.objects.exists()


def test_detach_touches_only_its_own_application(draft, field, resident, another_resident):
    attachment = _attach(draft, field, resident)
    other = sample.start(draft.procedure, another_resident)
    uploads.detach(application=other, public_id=attachment.public_id)
    attachment.refresh_from_db()
    assert attachment.removed_at is None


# --- pages ------------------------------------------------------------------------------------


def test_files_survive_the_mistakes_of_other_fields(login, draft, resident):
    response = _post(login(resident), draft, sample.png())
    assert "お手続きには同意が必要です。" in response.text
    assert "証明書.png" in response.text
    assert "ファイルを添付してください。" not in response.text
    assert Attachment.objects.get().field_key == "proof"


def test_a_page_sent_twice_adds_nothing(login, draft, resident):
    browser = login(resident)
    for _time in range(2):
        response = _post(browser, draft, sample.png(), **{"q-consent": "given"})
        assert response.url == reverse("applications:draft_check", args=[draft.public_id])
    assert Attachment.objects.count() == 1


def test_upload_and_remove_without_javascript(login, draft, resident):
    browser = login(resident)
    response = _post(browser, draft, sample.png(), action="upload")
    attachment = Attachment.objects.get()
    assert f'value="remove:{attachment.public_id}"' in response.text
    assert "お手続きには同意が必要です。" not in response.text
    response = _post(browser, draft, action=f"remove:{attachment.public_id}")
    assert "証明書.png" not in response.text
    attachment.refresh_from_db()
    assert attachment.removed_at is not None


def _refused(browser, draft, upload):
    response = _post(browser, draft, upload, **{"q-consent": "given"})
    assert response.status_code == 200
    assert not Attachment.objects.exists()
    draft.refresh_from_db()
    assert draft.draft_answers["consent"] == "given"
    return response.text


def test_an_empty_file_is_a_sentence_at_the_field(login, draft, resident):
    text = _refused(login(resident), draft, SimpleUploadedFile("空.pdf", b""))
    assert "「空.pdf」を添付できませんでした。ファイルが空です。" in text


def test_a_program_named_pdf_is_a_sentence_at_the_field(login, draft, resident):
    text = _refused(login(resident), draft, SimpleUploadedFile("請求書.pdf", b"MZ\x90\x00" + b"\0" * 100))
    assert "「請求書.pdf」を添付できませんでした。このファイルは使えません。" in text


def test_a_file_that_is_too_large_is_a_sentence_at_the_field(login, draft, resident, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    text = _refused(login(resident), draft, SimpleUploadedFile("大.pdf", PDF + b" " * 2000))
    assert "「大.pdf」を添付できませんでした。ファイルが大きすぎます。" in text


def test_one_file_too_many_keeps_the_others(login, draft, resident):
    colors = ["red", "blue", "green"]
    response = _post(login(resident), draft, *map(sample.png, colors), **{"q-consent": "given"})
    assert "添付できるファイルの数を超えています。" in response.text
    assert Attachment.objects.count() == 2


def test_photos_lose_the_place_they_were_taken_at(draft, field, resident):
    picture = Image.new("RGB", (40, 30))
    exif = picture.getexif()
    exif[0x010F] = "camera of the resident"
    data = io.BytesIO()
    picture.save(data, "JPEG", exif=exif)
    attachment = _attach(draft, field, resident, SimpleUploadedFile("写真.jpg", data.getvalue()))
    from cityhall.services.files import read_bytes

    assert b"camera of the resident" in data.getvalue()
    assert b"camera of the resident" not in read_bytes(attachment.file)


def test_a_file_found_infected_must_be_taken_out_before_sending(login, draft, resident):
    sample.fill(draft, resident.user)
    StoredFile.objects.update(state=FileState.INFECTED)
    response = login(resident).get(reverse("applications:draft_check", args=[draft.public_id]))
    assert "「証明書.png」は安全を確認できませんでした。" in response.text
    assert "この内容で申請する" not in response.text


# --- download ---------------------------------------------------------------------------------


@pytest.fixture
def attachment(draft, field, resident):
    return _attach(draft, field, resident)


@pytest.fixture
def file_url(attachment):
    return reverse("applications:attachment", args=[attachment.public_id])


def test_a_file_waits_until_it_was_checked(login, file_url, resident):
    browser = login(resident)
    assert "安全を確認しています" in browser.get(file_url).text
    check_pending_files()
    response = browser.get(file_url)
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_refused_file_is_not_handed_out(login, file_url, resident):
    StoredFile.objects.update(state=FileState.INFECTED)
    response = login(resident).get(file_url)
    assert "このファイルは開けません" in response.text
    assert not response.streaming


def test_a_file_is_for_the_applicant_and_the_staff_of_the_case(
    login, client, draft, file_url, another_resident, handler, administrator, auditor
):
    StoredFile.objects.update(state=FileState.CLEAN)
    assert client.get(file_url).url.startswith("/accounts/login/")
    assert login(another_resident).get(file_url).status_code == 404
    # a draft is nobody's business in the city hall
    for person in (handler, administrator, auditor):
        assert login(person).get(file_url).status_code == 404
    Application.objects.update(state="submitted", number="1", submitted_at=timezone.now())
    response = login(handler).get(file_url)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")
    event = AuditEvent.objects.get(action="download")
    assert (event.actor, event.target_id) == (handler, draft.public_id)


def test_staff_of_another_department_do_not_get_the_file(login, file_url, departments):
    from cityhall.enums import Role
    from tests import factories

    Application.objects.update(state="submitted", number="1", submitted_at=timezone.now())
    stranger = factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])
    assert login(stranger).get(file_url).status_code == 404
    assert not AuditEvent.objects.filter(action="download").exists()
