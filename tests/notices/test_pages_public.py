"""The check page: anybody, with a number or a file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cityhall.references import format_number
from cityhall.services.files import read_bytes
from cityhall.services.work import claim_due
from notices.models import NoticeCheck
from notices.services import withdraw
from notices.services.checking import examine
from notices.views import public

pytestmark = pytest.mark.django_db


def upload(client, content, name="notice.pdf"):
    return client.post(
        reverse("notices:verify"), {"file": SimpleUploadedFile(name, content, content_type="application/pdf")}
    )


def test_number_with_hyphens_and_full_width_is_understood(client, available, consenting):
    notice = available(consenting)
    typed = (
        format_number(notice.number).replace("-", "－").translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    )
    response = client.post(reverse("notices:verify"), {"number": typed}, follow=True)
    page = response.content.decode()
    assert "市が発行した通知の番号です" in page
    assert "子育て支援課" in page
    assert consenting.full_name not in page


def test_unknown_number_says_so(client, municipality):
    response = client.get(reverse("notices:verify_number", args=["00000000000"]))
    assert "市の記録に見つかりません" in response.content.decode()


def test_number_that_is_none_is_explained_at_the_field(client, municipality):
    response = client.post(reverse("notices:verify"), {"number": "123"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "この番号は通知番号ではありません" in page
    assert 'value="123"' in page


def test_genuine_file_is_answered_at_once(client, available, consenting):
    notice = available(consenting)
    response = upload(client, read_bytes(notice.document))
    assert "本物の通知書です" in client.get(response.url).content.decode()


def test_altered_file_is_found_by_the_worker(client, available, consenting):
    notice = available(consenting)
    content = bytearray(read_bytes(notice.document))
    content[len(content) // 3] ^= 1
    response = upload(client, bytes(content))
    waiting = client.get(response.url)
    assert waiting["Refresh"] == "3"
    for check in claim_due(NoticeCheck, limit=1):
        examine(check)
    assert "書き換えられた疑いがあります" in client.get(response.url).content.decode()


def test_withdrawn_file_says_so(client, available, consenting, handler):
    notice = available(consenting)
    withdraw(notice, by=handler, reason="誤りがあったため")
    response = upload(client, read_bytes(notice.document))
    assert "取り消された通知です" in client.get(response.url).content.decode()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.pdf", "空"),
        (b"MZ\x90\x00" + b"\x00" * 100, "virus.pdf", "PDF"),
    ],
)
def test_bad_file_is_explained_at_the_field(client, municipality, content, name, words):
    response = upload(client, content, name)
    assert response.status_code == 200
    assert words in "".join(response.context["file_form"].errors["file"])


def test_no_file_is_explained(client, municipality):
    response = client.post(reverse("notices:verify"), {})
    assert response.context["file_form"].errors["file"] == ["PDFファイルを選んでください。"]


def test_too_many_uploads_are_refused_with_a_sentence(client, municipality, monkeypatch):
    monkeypatch.setattr(public, "UPLOADS_PER_MINUTE", 1)
    upload(client, b"%PDF-1.7\n%%EOF")
    response = upload(client, b"%PDF-1.7\n%%EOF")
    assert "1分ほど待ってから" in "".join(response.context["file_form"].errors["file"])
