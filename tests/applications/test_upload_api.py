import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from applications.models import Application, Attachment
from applications.views import page_files
from cityhall.enums import FileState
from cityhall.models import StoredFile
from tests.applications import household, sample

pytestmark = pytest.mark.django_db
PHOTO = "children.r1.photo"


@pytest.fixture
def draft(department, resident):
    return household.start(department, resident)


@pytest.fixture
def browser(login, resident):
    return login(resident)


def _url(draft, *file_id):
    return reverse("api_draft_file" if file_id else "api_draft_files", args=[draft.public_id, *file_id])


def _send(browser, draft, upload=None, question=PHOTO, **data):
    return browser.post(_url(draft), {"question": question, "file": upload or sample.png()} | data)


def test_a_file_is_kept_at_once_and_told_back(browser, draft):
    answer = _send(browser, draft)
    attachment = Attachment.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": attachment.public_id,
        "question": PHOTO,
        "name": "証明書.png",
        "size": attachment.file.size,
        "state": "pending",
        "url": f"/files/{attachment.public_id}/",
        "thumbnail": "",
    }


def test_sending_the_same_file_again_makes_no_second_copy(browser, draft):
    first, second = (_send(browser, draft).json()["id"] for _try in range(2))
    assert first == second
    assert StoredFile.objects.count() == 1


def test_a_file_takes_the_place_of_another(browser, draft):
    old = _send(browser, draft).json()["id"]
    refused = _send(browser, draft, sample.png("blue"))
    assert (refused.status_code, refused.json()["code"]) == (400, "too_many_files")
    new = _send(browser, draft, sample.png("blue"), replaces=old).json()["id"]
    assert [one["id"] for one in browser.get(_url(draft)).json()["files"]] == [new]


def test_a_file_of_another_draft_is_not_replaced(browser, draft, another_resident):
    other = sample.start(draft.procedure, another_resident)
    theirs = Attachment.objects.create(
        application=other, field_key=PHOTO, file=StoredFile.objects.create(path="x", name="x", size=1), request_key="x"
    )
    assert _send(browser, draft, replaces=theirs.public_id).status_code == 201
    theirs.refresh_from_db()
    assert theirs.removed_at is None


def test_a_file_is_taken_out_twice_without_a_complaint(browser, draft):
    kept = _send(browser, draft).json()["id"]
    for _try in range(2):
        assert browser.delete(_url(draft, kept)).status_code == 204
    assert browser.get(_url(draft)).json() == {"files": []}


@pytest.mark.parametrize("question", ["", "children", "children.r1.name", "children.r1.photo.x", "total", "nothing"])
def test_a_question_that_takes_no_file_is_a_sentence(browser, draft, question):
    answer = _send(browser, draft, question=question)
    assert answer.status_code == 400
    assert answer.json()["fields"]["question"] == ["この項目には、ファイルを添付できません。"]


def test_what_is_wrong_with_a_file_is_a_sentence(browser, draft):
    program = SimpleUploadedFile("写真.png", b"MZ\x90\x00", content_type="image/png")
    answer = _send(browser, draft, program)
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_type")
    assert browser.post(_url(draft), {"question": PHOTO}).status_code == 400


def test_too_many_files_in_a_minute_are_told_to_wait(browser, draft, monkeypatch):
    monkeypatch.setattr(page_files, "UPLOADS_PER_MINUTE", 1)
    assert _send(browser, draft).status_code == 201
    answer = _send(browser, draft, sample.png("blue"))
    assert answer.status_code == 429
    assert "短い時間に多くのファイルが送信されました" in answer.json()["message"]


def test_nothing_is_taken_after_sending(browser, draft):
    Application.objects.update(state="submitted", number="1", submitted_at=timezone.now(), handler=draft.filed_by)
    answer = _send(browser, draft)
    assert (answer.status_code, answer.json()["code"]) == (400, "not_editable")


def test_files_are_nobody_elses(login, draft, another_resident):
    stranger = login(another_resident)
    assert _send(stranger, draft).status_code == 404
    assert stranger.get(_url(draft)).status_code == 404
    assert stranger.delete(_url(draft, "2" * 22)).status_code == 404


def test_a_thumbnail_is_small_and_for_the_applicant_only(browser, draft, login, another_resident):
    kept = _send(browser, draft, sample.png(size=(2000, 1500))).json()["id"]
    url = reverse("applications:attachment_thumbnail", args=[kept])
    assert browser.get(url).status_code == 404
    StoredFile.objects.update(state=FileState.CLEAN)
    answer = browser.get(url)
    assert answer["Content-Type"] == "image/jpeg"
    assert len(answer.content) < 20_000
    assert login(another_resident).get(url).status_code == 404
