import hashlib
import io
import shutil
import subprocess

import pikepdf
import pytest
import zxingcpp
from django.core.cache import cache
from PIL import Image

from cityhall.enums import Lane, WorkState
from cityhall.models import StoredFile
from cityhall.services.files import read_bytes
from cityhall.services.work import claim_due
from cityhall.services.work_batches import claim_batch
from notices import tasks
from notices.models import Delivery, DocumentJob, Notice, NoticeType, OutgoingMail, ReceiptEvent
from notices.services import documents, withdraw
from notices.services.documents import make_document, make_documents
from tests import factories
from tests.notices.kit import drain

pdftotext = shutil.which("pdftotext")
pdfsig = shutil.which("pdfsig")
pdftoppm = shutil.which("pdftoppm")


def claimed_job():
    return claim_due(DocumentJob)[0]


def text_of(content):
    return subprocess.run([pdftotext, "-", "-"], input=content, capture_output=True, check=True).stdout.decode()


def test_document_is_signed_stored_and_available(available, consenting):
    notice = available(consenting)
    content = read_bytes(notice.document)
    assert notice.state == "available"
    assert notice.sha256 == hashlib.sha256(content).hexdigest() == notice.document.sha256
    assert notice.document.kind == "notice"
    assert DocumentJob.objects.get().state == WorkState.DONE
    assert [event.kind for event in notice.receipts.all()] == ["available"]


@pytest.mark.skipif(not pdfsig, reason="poppler-utils are not installed")
def test_document_signature_is_whole_and_pades(available, consenting, tmp_path):
    file = tmp_path / "notice.pdf"
    file.write_bytes(read_bytes(available(consenting).document))
    said = subprocess.run([pdfsig, "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "Signer Certificate Common Name: 緑野市" in said


@pytest.mark.skipif(not pdftotext, reason="poppler-utils are not installed")
def test_document_says_what_the_notice_says(available, consenting):
    notice = available(consenting)
    text = text_of(read_bytes(notice.document)).replace(" ", "")
    for part in (
        "〒100-0013",
        "東京都緑野市緑町3-30-8",
        "郵便ビル403号",
        "高橋さくら",
        "様",
        "緑野市長",
        "青木陽一郎",
        "教示",
    ):
        assert part in text
    assert notice.title.replace(" ", "") in text
    assert "令和" in text


@pytest.mark.skipif(not pdftoppm, reason="poppler-utils are not installed")
def test_document_qr_leads_to_the_check_page(available, consenting, settings):
    notice = available(consenting)
    drawn = subprocess.run(
        [pdftoppm, "-r", "200", "-png", "-singlefile", "-"],
        input=read_bytes(notice.document),
        capture_output=True,
        check=True,
    )
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn.stdout)), formats=zxingcpp.BarcodeFormat.QRCode)
    assert code.text == f"{settings.SITE_URL}/verify/{notice.number}/"


def test_document_is_archivable_and_tagged(available, consenting):
    with pikepdf.open(io.BytesIO(read_bytes(available(consenting).document))) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert pdf.Root.Lang == "ja-JP"
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.Root.MarkInfo.Marked


def test_names_outside_the_main_font_are_printed_by_another(available):
    person = factories.make_resident(family="葛󠄀城", given="𠮷男")
    with pikepdf.open(io.BytesIO(read_bytes(available(person).document))) as pdf:
        fonts = {str(item.get("/BaseFont")) for item in pdf.objects if isinstance(item, pikepdf.Dictionary)}
    assert any("IPAmj" in name for name in fonts)


def test_missing_glyph_goes_to_a_person_and_stops_nothing_else(available, issue, resident, consenting):
    bad = issue(factories.make_resident(family="高橋", given="\U000e0fff"), key="bad")
    good = issue(consenting, key="good")
    drain(tasks.make_documents)
    job = bad.document_job
    job.refresh_from_db()
    assert job.state == WorkState.GIVEN_UP
    assert "U+E0FFF" in job.last_error
    assert Notice.objects.get(pk=bad.pk).state == "draft"
    assert Notice.objects.get(pk=good.pk).state == "available"


def test_missing_key_keeps_the_decision_and_is_tried_again(issue, consenting, settings, tmp_path):
    key = settings.SIGNING_KEY_PATH
    notice = issue(consenting)
    settings.SIGNING_KEY_PATH = tmp_path / "nothing.p12"
    drain(tasks.make_documents)
    job = DocumentJob.objects.get()
    assert job.state == WorkState.FAILED
    assert "電子署名の鍵がありません" in job.last_error
    assert Notice.objects.get(pk=notice.pk).state == "draft"
    settings.SIGNING_KEY_PATH = key
    make_document(claim_due(DocumentJob, now=job.due_at)[0])
    assert Notice.objects.get(pk=notice.pk).state == "available"


def test_wrong_password_is_told_as_such(issue, consenting, settings):
    issue(consenting)
    settings.SIGNING_KEY_PASSWORD = "wrong"
    drain(tasks.make_documents)
    assert "パスワード" in DocumentJob.objects.get().last_error


def test_job_done_twice_makes_one_document_event_and_mail(issue, consenting):
    notice = issue(consenting)
    job = claimed_job()
    same = DocumentJob.objects.get()
    make_document(job)
    first = Notice.objects.get(pk=notice.pk)
    make_document(same)
    assert Notice.objects.get(pk=notice.pk).document_id == first.document_id
    assert StoredFile.objects.count() == ReceiptEvent.objects.count() == OutgoingMail.objects.count() == 1


def test_worker_that_lost_its_lease_changes_nothing(issue, consenting):
    notice = issue(consenting)
    slow = claimed_job()
    quick = claim_due(DocumentJob, now=slow.lease_until)[0]
    make_document(slow)
    assert Notice.objects.get(pk=notice.pk).state == "draft"
    assert not StoredFile.objects.exists()
    make_document(quick)
    assert Notice.objects.get(pk=notice.pk).state == "available"
    assert Delivery.objects.count() == OutgoingMail.objects.count() == 1


def test_withdrawn_before_its_document_never_becomes_available(issue, consenting, approver):
    notice = issue(consenting)
    withdraw(notice, by=approver, reason="誤り")
    drain(tasks.make_documents)
    assert Notice.objects.get(pk=notice.pk).state == "withdrawn"
    assert DocumentJob.objects.get().state == WorkState.DONE
    assert not StoredFile.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_clock_starts_when_available_for_who_consented(available, consenting):
    notice = available(consenting)
    assert (notice.paper_due_at - notice.available_at).total_seconds() == 72 * 3600
    assert notice.paper_state == "none"
    assert not notice.paper_required


def test_without_consent_the_letter_is_due_at_once(available, resident):
    notice = available(resident)
    assert notice.state == "available"
    assert notice.paper_state == "due"
    assert notice.paper_required
    assert [event.kind for event in notice.receipts.order_by("id")] == ["available", "paper_due"]


def test_without_account_the_letter_is_due_at_once(available, notice_type):
    NoticeType.objects.update(consent_required=False)
    notice_type.refresh_from_db()
    notice = available(factories.make_resident())
    assert notice.paper_state == "due"
    assert not OutgoingMail.objects.exists()


def test_without_clock_and_consent_rule_nothing_goes_on_paper(available, resident, notice_type):
    notice_type.consent_required = False
    notice_type.hours_until_paper = None
    notice_type.save()
    notice = available(resident)
    assert (notice.paper_state, notice.paper_due_at) == ("none", None)


def test_alert_tells_nothing_of_the_content(available, consenting, settings):
    notice = available(consenting)
    mail = Delivery.objects.get().mail
    assert mail.to == "resident@example.jp"
    assert mail.subject == "【緑野市】お知らせが届いています"
    for secret in (notice.title, notice.number, notice.public_id, "高橋", "児童手当"):
        assert secret not in mail.subject + mail.body
    assert f"{settings.SITE_URL}/my/notices/" in mail.body


def test_subject_other_than_the_recipient_stands_in_the_table(available, consenting):
    child = factories.make_resident(given="一花")
    notice = available(consenting, subject=child)
    assert "高橋 一花".replace(" ", "") in text_of(read_bytes(notice.document)).replace(" ", "")


def test_single_notice_never_waits_for_a_campaign(issue, consenting, monkeypatch):
    """Issued while the worker is in a batch of many, it is the next one."""
    for number in range(4):
        issue(consenting, key=f"bulk-{number}")
    DocumentJob.objects.update(lane=Lane.BULK)
    made = []
    set_letter = documents.decision_letter

    def and_then_somebody_decides(notice, **same):
        made.append(notice.request_key)
        if len(made) == 2:
            issue(consenting, key="single")
        return set_letter(notice, **same)

    monkeypatch.setattr(documents, "decision_letter", and_then_somebody_decides)
    drain(tasks.make_documents)
    assert [key.removeprefix("bulk-") for key in made] == ["0", "1", "single", "2", "3"]
    assert set(DocumentJob.objects.values_list("state", "attempts")) == {(WorkState.DONE, 1)}


@pytest.fixture
def campaign_of(issue, consenting, monkeypatch):
    """So many notices of a campaign, which wait for their documents; a slow machine has time for all of a batch."""
    monkeypatch.setattr(documents, "_SECONDS", 600)

    def make(count):
        made = [issue(consenting, key=f"bulk-{number}") for number in range(count)]
        DocumentJob.objects.update(lane=Lane.BULK)
        return made

    return make


def test_batch_does_for_each_notice_what_one_alone_gets(campaign_of, consenting):
    campaign_of(3)
    make_documents(claim_batch(DocumentJob, limit=10))
    notices = Notice.objects.select_related("document")
    assert [notice.state for notice in notices] == ["available"] * 3
    for notice in notices:
        content = read_bytes(notice.document)
        assert notice.sha256 == hashlib.sha256(content).hexdigest() == notice.document.sha256
        assert notice.number in notice.document.name
        assert (notice.paper_due_at - notice.available_at).total_seconds() == 72 * 3600
        assert list(notice.receipts.values_list("kind", "sha256")) == [("available", notice.sha256)]
    assert Delivery.objects.count() == OutgoingMail.objects.count() == StoredFile.objects.count() == 3
    assert set(DocumentJob.objects.values_list("state", "claim_id")) == {(WorkState.DONE, None)}


def test_batch_delivers_the_others_when_one_was_withdrawn_or_taken_over(campaign_of, approver, monkeypatch):
    withdrawn, taken, good = campaign_of(3)
    jobs = claim_batch(DocumentJob, limit=10)
    deliver = documents._deliver

    def meanwhile(letters, **same):
        withdraw(withdrawn, by=approver, reason="誤り")
        claim_due(DocumentJob, now=jobs[1].lease_until, limit=2)
        DocumentJob.objects.filter(notice=good).update(claim_id=jobs[2].claim_id)
        deliver(letters, **same)

    monkeypatch.setattr(documents, "_deliver", meanwhile)
    make_documents(jobs)
    assert dict(Notice.objects.values_list("pk", "state")) == {
        withdrawn.pk: "withdrawn",
        taken.pk: "draft",
        good.pk: "available",
    }
    assert StoredFile.objects.count() == OutgoingMail.objects.count() == 1


def test_batch_without_time_gives_the_rest_back(campaign_of, monkeypatch):
    campaign_of(3)
    monkeypatch.setattr(documents, "_SECONDS", -1)
    make_documents(claim_batch(DocumentJob, limit=10))
    states = DocumentJob.objects.order_by("pk").values_list("state", "attempts", "claim_id")
    assert list(states) == [(WorkState.DONE, 1, None), *[(WorkState.QUEUED, 0, None)] * 2]


def test_letter_that_fails_its_batch_stops_nobody_else(campaign_of, monkeypatch):
    bad, *good = campaign_of(3)
    set_letter = documents.decision_letter

    def fails(notice, **same):
        if notice.pk == bad.pk:
            raise RuntimeError
        return set_letter(notice, **same)

    monkeypatch.setattr(documents, "decision_letter", fails)
    drain(tasks.make_documents)
    assert [Notice.objects.get(pk=notice.pk).state for notice in good] == ["available"] * 2
    job = DocumentJob.objects.get(notice=bad)
    assert (job.state, job.last_error, job.attempts) == (WorkState.FAILED, "RuntimeError", 2)
    assert OutgoingMail.objects.count() == 2


def test_row_whose_worker_died_is_handled_alone(campaign_of):
    campaign_of(3)
    jobs = claim_batch(DocumentJob, limit=2)
    later = jobs[0].lease_until
    # those whose worker died are due before what is new by then
    DocumentJob.objects.filter(claim_id=None).update(due_at=later)
    assert claim_batch(DocumentJob, limit=10, now=later) == []
    assert [job.lost_lease for job in claim_due(DocumentJob, now=later)] == [True]


def test_another_worker_is_called_for_many_documents_and_not_for_one(
    issue, consenting, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr("cityhall.queue._push", lambda path, _ids: woken.append(path))

    def run():
        woken.clear()
        cache.clear()
        with django_capture_on_commit_callbacks(execute=True):
            drain(tasks.make_documents)
        return [path for path in woken if path == "notices.tasks.make_documents"]

    issue(consenting, key="one")
    assert run() == []
    for number in range(2):
        issue(consenting, key=f"many-{number}")
    assert run() == ["notices.tasks.make_documents"]
