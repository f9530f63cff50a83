import datetime as dt
import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cityhall.enums import WorkState
from cityhall.models import StoredFile
from cityhall.services.files import UploadRefused, check_pending_files, read_bytes, sweep_files
from notices import tasks
from notices.demo_ca import make_demo_ca
from notices.models import DocumentJob, NoticeCheck
from notices.services import answer_of, checking, post_without_document, start_check, verify_by_number, withdraw
from notices.services.proof import proof_sheet
from notices.services.sweeping import release_files


@pytest.fixture
def notice(available, consenting):
    return available(consenting)


def check(content, name="notice.pdf"):
    made = start_check(SimpleUploadedFile(name, content, content_type="application/pdf"))
    # a round ends after two seconds, however much is left: on a busy machine that can be before this one
    for _round in range(3):
        tasks.check_uploads()
    made.refresh_from_db()
    return made


def plain_pdf():
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        target = io.BytesIO()
        pdf.save(target)
    return target.getvalue()


def test_number_is_found_as_typed_and_names_no_person(notice):
    typed = "".join(chr(ord(digit) + 0xFEE0) for digit in notice.number[:4]) + "ー" + notice.number[4:]
    answer = verify_by_number(typed)
    assert answer.result == "genuine"
    assert (answer.department, answer.issued_on) == ("子育て支援課", notice.issued_on)
    assert "高橋" not in repr(answer)
    assert "児童手当" not in repr(answer)


def test_unknown_numbers_and_drafts_are_unknown(issue, consenting):
    draft = issue(consenting)
    for number in (draft.number, "12345678901", "", "x" * 500):
        assert verify_by_number(number).result == "unknown"


@pytest.fixture
def by_hand(issue, consenting, handler):
    """A notice whose document cannot be made: a person made and posted the letter."""
    draft = issue(consenting)
    DocumentJob.objects.filter(notice=draft).update(state=WorkState.GIVEN_UP, finished_at=timezone.now())
    post_without_document(draft, by=handler, reason="外字のため")
    return draft


def test_letter_that_a_person_made_is_known_by_its_number(by_hand, approver):
    answer = verify_by_number(by_hand.number)
    assert (answer.result, answer.department, answer.issued_on) == ("on_paper", "子育て支援課", by_hand.issued_on)
    by_hand.refresh_from_db()
    withdraw(by_hand, by=approver, reason="金額の誤り")
    assert verify_by_number(by_hand.number).result == "withdrawn"


def test_file_with_the_number_of_a_letter_made_by_a_person_is_neither_genuine_nor_altered(by_hand):
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        pdf.docinfo["/Keywords"] = f"notice-number:{by_hand.number}"
        target = io.BytesIO()
        pdf.save(target)
    made = check(target.getvalue())
    assert made.result == "on_paper"
    assert answer_of(made).result == "on_paper"


def test_proof_sheet_is_genuine_and_says_what_it_is(notice, handler, approver):
    sheet = proof_sheet(notice, by=handler)
    made = start_check(SimpleUploadedFile("proof.pdf", sheet))
    answer = answer_of(made)
    assert (made.state, answer.result, answer.proof_on) == ("done", "genuine", timezone.localdate())
    assert check(sheet + b"\n% added").result == "altered"
    withdraw(notice, by=approver, reason="金額の誤り")
    assert (answer_of(made).result, answer_of(made).is_proof) == ("withdrawn", True)
    assert answer_of(start_check(SimpleUploadedFile("x.pdf", read_bytes(notice.document)))).is_proof is False


def test_proof_sheet_of_a_letter_made_by_a_person_is_genuine(by_hand, handler):
    answer = answer_of(start_check(SimpleUploadedFile("proof.pdf", proof_sheet(by_hand, by=handler))))
    assert (answer.result, answer.is_proof) == ("on_paper", True)


def test_file_we_signed_is_genuine_at_once_and_not_kept(notice):
    made = start_check(SimpleUploadedFile("x.pdf", read_bytes(notice.document)))
    assert (made.state, made.result, made.file) == ("done", "genuine", None)
    assert answer_of(made).department == "子育て支援課"
    assert StoredFile.objects.count() == 1


def test_withdrawn_notice_says_so_by_number_and_file(notice, approver):
    made = start_check(SimpleUploadedFile("x.pdf", read_bytes(notice.document)))
    withdraw(notice, by=approver, reason="金額の誤り")
    assert verify_by_number(notice.number).result == "withdrawn"
    assert answer_of(made).result == "withdrawn"
    assert check(read_bytes(notice.document)).result == "withdrawn"
    assert "金額" not in repr(verify_by_number(notice.number))


def test_bytes_added_after_the_signature_are_altered(notice):
    made = check(read_bytes(notice.document) + b"\n% added")
    assert (made.result, made.notice) == ("altered", notice)
    assert made.file is None


def test_changed_byte_under_the_signature_is_altered(notice):
    content = bytearray(read_bytes(notice.document))
    place = content.index(b"/CreationDate") + 20
    content[place] = ord("7") if content[place] != ord("7") else ord("6")
    assert check(bytes(content)).result == "altered"


def test_saved_anew_without_the_signature_is_altered(notice):
    with pikepdf.open(io.BytesIO(read_bytes(notice.document))) as pdf:
        del pdf.Root["/AcroForm"]
        for page in pdf.pages:
            page["/Annots"] = pikepdf.Array([item for item in page.Annots if item.Subtype != "/Widget"])
        target = io.BytesIO()
        pdf.save(target)
    made = check(target.getvalue())
    assert (made.result, made.notice) == ("altered", notice)


def test_update_that_hides_text_behind_a_valid_signature_is_altered(notice):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(read_bytes(notice.document)))
    from pyhanko.pdf_utils import generic

    writer.root["/Evil"] = generic.pdf_string("x")
    writer.update_root()
    target = io.BytesIO()
    writer.write(target)
    assert check(target.getvalue()).result == "altered"


def test_signature_of_another_authority_is_unknown(notice, tmp_path, settings):
    from notices.signing import sign

    settings.SIGNING_CA_PATH, ours = tmp_path / "ca.pem", settings.SIGNING_CA_PATH
    settings.SIGNING_KEY_PATH = tmp_path / "city.p12"
    make_demo_ca(
        key_path=settings.SIGNING_KEY_PATH,
        ca_path=settings.SIGNING_CA_PATH,
        password="",
        city_name="偽市",
        now=timezone.now(),
    )
    forged = sign(plain_pdf(), signer_name="緑野市")
    settings.SIGNING_CA_PATH = ours
    made = check(forged)
    assert (made.result, made.detail, made.notice) == ("unknown", "foreign", None)


def test_our_signature_on_something_unregistered_is_not_genuine(notice):
    from notices.signing import sign

    made = check(sign(plain_pdf(), signer_name="緑野市"))
    assert (made.result, made.detail) == ("unknown", "ours_intact")


def test_other_pdfs_and_broken_ones_are_unknown(notice):
    assert check(plain_pdf()).result == "unknown"
    assert check(b"%PDF-1.7\n" + b"\x00garbage" * 100).result == "unknown"
    assert check(read_bytes(notice.document)[:5000] * 2).result in ("unknown", "altered")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"MZ\x90\x00 program", "wrong_type"), (b"%PDF-" + b"0" * 21_000_000, "too_large")],
)
def test_what_is_not_a_pdf_of_a_sane_size_is_refused(notice, content, code):
    with pytest.raises(UploadRefused) as refused:
        start_check(SimpleUploadedFile("notice.pdf", content))
    assert refused.value.code == code
    assert not NoticeCheck.objects.exists()


def test_check_run_twice_answers_the_same(notice):
    made = check(plain_pdf())
    assert tasks.check_uploads() == 0
    assert answer_of(made).result == "unknown"


def test_check_waits_for_the_worker(notice):
    made = start_check(SimpleUploadedFile("x.pdf", plain_pdf()))
    assert answer_of(made) is None


def test_examined_file_is_deleted_by_the_next_sweep(notice):
    made = start_check(SimpleUploadedFile("x.pdf", plain_pdf()))
    stored = made.file
    assert sweep_files() == (0, 0)
    tasks.check_uploads()
    assert sweep_files()[0] == 1
    assert not StoredFile.objects.filter(pk=stored.pk).exists()


def test_strangers_files_are_not_checked_before_attachments(notice):
    made = start_check(SimpleUploadedFile("x.pdf", plain_pdf()))
    assert check_pending_files() == 0
    assert made.file.state == "pending"
    assert check(plain_pdf() + b"\n").result == "unknown"


@pytest.mark.parametrize("ended", [False, True])
def test_file_is_gone_within_a_day_even_when_nobody_examined_it(notice, ended):
    """Both sweeps run hourly: what the first hands over, the second deletes."""
    made = start_check(SimpleUploadedFile("x.pdf", plain_pdf()))
    now = timezone.now()
    if ended:
        NoticeCheck.objects.update(state=WorkState.GIVEN_UP, finished_at=now)
    assert release_files(now=now) == ended
    assert release_files(now=now + dt.timedelta(hours=22)) == (not ended)
    assert sweep_files(now + dt.timedelta(hours=23))[0] == 1
    assert not StoredFile.objects.filter(pk=made.file_id).exists()
    tasks.check_uploads()
    made.refresh_from_db()
    assert answer_of(made).result == "unknown"


def test_too_many_open_checks_are_refused_politely(notice, client):
    NoticeCheck.objects.bulk_create(NoticeCheck(sha256=str(number)) for number in range(checking.MOST_OPEN))
    response = client.post("/verify/", {"file": SimpleUploadedFile("x.pdf", plain_pdf())})
    assert response.status_code == 200
    assert response.context["file_form"].errors["file"] == [
        "ただいま確認が混み合っています。しばらく待ってから、もう一度お試しください。"
    ]
    assert NoticeCheck.objects.count() == checking.MOST_OPEN
    # a file we know is answered at once, however many wait
    assert start_check(SimpleUploadedFile("x.pdf", read_bytes(notice.document))).result == "genuine"
    NoticeCheck.objects.filter(sha256="0").update(state=WorkState.DONE, finished_at=timezone.now())
    assert start_check(SimpleUploadedFile("x.pdf", plain_pdf())).file is not None
