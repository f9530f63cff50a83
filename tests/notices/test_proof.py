"""The proof sheet of one notice."""

import datetime as dt
import shutil
import subprocess

import pytest
from django.urls import reverse

from cityhall.models import AuditEvent
from notices.models import NoticeType
from notices.services import open_notice
from notices.services.proof import proof_sheet
from notices.services.retention import wipe_contents
from residents.models import IdentityProof, Mandate

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils are not installed"),
]


def text_of(pdf):
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().replace("\n", "")


def test_sheet_names_everything_that_is_known(available, consenting, supporter, handler):
    NoticeType.objects.update(legal_basis="児童手当法第8条")
    notice = available(consenting)
    IdentityProof.objects.create(resident=consenting, provider="card", level="card")
    open_notice(notice, by=consenting.user, now=dt.datetime(2026, 11, 20, 3, 4, 5, tzinfo=dt.UTC))
    text = text_of(proof_sheet(notice, by=handler))
    for words in (
        notice.number[:4],
        notice.document_number,
        notice.sha256[:16],
        "児童手当法第8条",
        "2026-11-20 12:04:05",
        "本人が開封した",
        f"本人 {consenting.full_name}",
        "マイナンバーカード",
        "システム",
    ):
        assert words in text
    assert "要件を満たすため" not in text
    assert consenting.town not in text


def test_agent_is_named_as_agent(available, consenting, supporter, handler):
    notice = available(consenting)
    Mandate.objects.create(
        principal=consenting, agent=supporter, evidence="委任状", valid_from=dt.date(2020, 1, 1), procedure_keys=[]
    )
    open_notice(notice, by=supporter.user)
    text = text_of(proof_sheet(notice, by=handler))
    assert "代理人が開封した" in text
    assert f"代理人 {supporter.full_name}" in text


def test_sheet_carries_a_signature_that_another_program_accepts(available, consenting, handler, tmp_path):
    path = tmp_path / "proof.pdf"
    path.write_bytes(proof_sheet(available(consenting), by=handler))
    said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said


def test_sheet_is_there_after_the_content_is_gone(available, consenting, handler):
    notice = available(consenting)
    open_notice(notice, by=consenting.user)
    type(notice).objects.update(keep_until=dt.date(2026, 1, 1))
    wipe_contents(now=dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    notice.refresh_from_db()
    assert notice.sha256[:16] in text_of(proof_sheet(notice, by=handler))


def test_page_gives_the_sheet_and_the_audit_trail_knows(available, consenting, login, handler, departments, settings):
    notice = available(consenting)
    path = reverse("notices:staff_proof", args=[notice.public_id])
    client = login(handler)
    response = client.get(path)
    assert response.content.startswith(b"%PDF-")
    assert AuditEvent.objects.filter(detail="proof sheet", target_id=notice.public_id).count() == 1
    settings.SIGNING_KEY_PATH = "/nowhere/city.p12"
    assert client.get(path).url == reverse("notices:staff_detail", args=[notice.public_id])
    type(notice).objects.update(department=departments["kaigo"])
    assert client.get(path).status_code == 404
