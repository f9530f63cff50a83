"""The check page: anybody, with a number or a file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import WorkState
from cityhall.references import format_number
from cityhall.services.files import read_bytes
from cityhall.services.work import claim_due
from notices.links import verify_url
from notices.models import DocumentJob, NoticeCheck
from notices.services import post_without_document, withdraw
from notices.services.checking import examine
from notices.services.proof import proof_sheet
from notices.views import public

pytestmark = pytest.mark.django_db


def upload(client, content, name="notice.pdf"):
    return client.post(
        reverse("notices:verify"), {"file": SimpleUploadedFile(name, content, content_type="application/pdf")}
    )


def main_of(page):
    return page.partition("<main")[2].partition("</main>")[0]


def test_number_with_hyphens_and_full_width_is_understood(client, available, consenting):
    notice = available(consenting)
    typed = (
        format_number(notice.number).replace("-", "－").translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    )
    response = client.post(reverse("notices:verify"), {"number": typed}, follow=True)
    page = response.content.decode()
    assert "市が発行した通知の番号です" in page
    assert "緑野市 子育て支援課" in page
    assert consenting.full_name not in page
    # the name of a kind often is the text
    assert "児童手当" not in page


def test_proof_sheet_says_what_it_is(client, available, consenting, handler):
    response = upload(client, proof_sheet(available(consenting), by=handler), "proof.pdf")
    page = client.get(response.url).content.decode()
    assert "本物の証明書です" in page
    assert consenting.full_name not in page


def test_number_of_a_letter_that_a_person_made_is_the_city_s(client, issue, consenting, handler):
    draft = issue(consenting)
    DocumentJob.objects.filter(notice=draft).update(state=WorkState.GIVEN_UP, finished_at=timezone.now())
    post_without_document(draft, by=handler, reason="外字のため")
    page = client.get(reverse("notices:verify_number", args=[draft.number])).content.decode()
    assert "市が紙で発送した通知の番号です" in page
    assert 'href="tel:' in main_of(page)


def test_unknown_number_says_so(client, municipality):
    page = client.get(reverse("notices:verify_number", args=["00000000000"])).content.decode()
    assert "市の記録に見つかりません" in page
    # whoever is in doubt can call at once
    assert 'href="tel:' in main_of(page)


def test_number_that_is_none_is_explained_at_the_field(client, municipality):
    response = client.post(reverse("notices:verify"), {"number": "123"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "この番号は通知番号ではありません" in page
    assert 'value="123"' in page


def test_genuine_file_is_answered_at_once(client, available, consenting):
    notice = available(consenting)
    response = upload(client, read_bytes(notice.document))
    page = client.get(response.url).content.decode()
    assert "本物の通知書です" in page
    assert 'href="tel:' not in main_of(page)


def test_altered_file_is_found_by_the_worker(client, available, consenting):
    notice = available(consenting)
    content = bytearray(read_bytes(notice.document))
    content[len(content) // 3] ^= 1
    response = upload(client, bytes(content))
    waiting = client.get(response.url)
    assert waiting["Refresh"] == "3"
    for check in claim_due(NoticeCheck, limit=1):
        examine(check)
    page = client.get(response.url).content.decode()
    assert "書き換えられた疑いがあります" in page
    assert 'href="tel:' in main_of(page)


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


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("123", "入力された番号は3桁です"),
        ("12345678901234", "入力された番号は14桁です"),
        ("緑子第12号", "数字だけを入力してください"),
        ("https://evil.example/verify/12345678901/", "この市の通知書のものではありません"),
    ],
)
def test_mistake_in_a_number_is_named(client, municipality, typed, said):
    assert said in client.post(reverse("notices:verify"), {"number": typed}).content.decode()


def test_swapped_and_wrong_digits_are_named_without_giving_the_number_away(client, available, consenting):
    number = available(consenting).number
    place = next(at for at in range(10) if number[at] != number[at + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    page = client.post(reverse("notices:verify"), {"number": swapped}).content.decode()
    assert "隣どうしの数字の入れ替わり" in page
    assert number not in page


def test_letters_that_look_like_digits_are_read_as_digits(client, available, consenting):
    notice = available(consenting)
    typed = notice.number.replace("0", "O").replace("1", "l")
    response = client.post(reverse("notices:verify"), {"number": typed})
    assert response.url == reverse("notices:verify_number", args=[notice.number])


def test_camera_sends_the_address_of_the_code(client, available, consenting):
    notice = available(consenting)
    response = client.post(reverse("notices:verify"), {"code": verify_url(notice.number)})
    assert response.url == reverse("notices:verify_number", args=[notice.number])
