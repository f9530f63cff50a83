"""What is left of a notice when its time is over."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import WorkState
from cityhall.models import AuditEvent, StoredFile
from cityhall.services.files import store_bytes, sweep_files
from cityhall.services.work import claim_due
from notices.models import CampaignRow, DocumentJob, Notice, NoticeFile, VersionFile
from notices.services import open_notice, verify_by_number
from notices.services.documents import make_document
from notices.services.replies import send_reply
from notices.services.retention import EMPTIED, wipe_contents
from tests.notices.peoplekit import make_campaign, put_into

pytestmark = pytest.mark.django_db
LAST = dt.date(2026, 3, 31)
AFTER = dt.datetime(2026, 3, 31, 15, 0, tzinfo=dt.UTC)
"""Midnight in Tokyo, when the last day is over."""


@pytest.fixture
def old(available, consenting):
    notice = available(consenting)
    open_notice(notice, by=consenting.user)
    Notice.objects.update(keep_until=LAST, one_time_code="x", translations={"en": {"body": "x"}})
    notice.refresh_from_db()
    return notice


def stored(name):
    return store_bytes(content=b"%PDF-1.7 x", name=name, content_type="application/pdf", kind="enclosure", by=None)


def test_content_goes_and_evidence_stays(old):
    digest, number = old.sha256, old.number
    assert wipe_contents(now=AFTER - dt.timedelta(seconds=1)) == 0
    assert wipe_contents(now=AFTER) == 1
    assert wipe_contents(now=AFTER) == 0
    old.refresh_from_db()
    assert {name: getattr(old, name) for name in EMPTIED} == EMPTIED
    assert (old.wiped_at, old.sha256, old.number, old.state) == (AFTER, digest, number, "opened")
    assert [event.kind for event in old.receipts.all()] == ["available", "opened", "content_wiped"]
    assert old.receipts.last().sha256 == digest
    assert AuditEvent.objects.filter(detail="content wiped", object_ids=[old.public_id]).exists()


def test_files_go_with_the_sweep_and_those_of_the_kind_stay(old):
    document, own, shared = old.document, stored("own.pdf"), stored("shared.pdf")
    VersionFile.objects.create(version=old.version, file=shared)
    for file in (own, shared):
        NoticeFile.objects.create(notice=old, file=file)
    wipe_contents(now=AFTER)
    sweep_files(now=AFTER + dt.timedelta(minutes=1))
    left = set(StoredFile.objects.values_list("pk", flat=True))
    assert shared.pk in left
    assert not left & {document.pk, own.pk}


def test_check_page_still_knows_the_number(old):
    wipe_contents(now=AFTER)
    assert verify_by_number(old.number).result == "genuine"


def test_page_says_that_the_content_is_gone(old, login, consenting):
    wipe_contents(now=AFTER)
    page = login(consenting).get(reverse("notices:notice_detail", args=[old.public_id])).content.decode()
    assert "要件を満たすため" not in page
    assert "内容を消去しました" in page


def test_replies_and_the_values_of_the_list_go(old, consenting, notice_type, department, handler, approver):
    notice_type.allows_reply = True
    notice_type.save(update_fields=["allows_reply"])
    old.refresh_from_db()
    notice = Notice.objects.select_related("version__notice_type").get(pk=old.pk)
    send_reply(notice=notice, body="引っ越します。", request_key="k", by=consenting.user)
    row = put_into(make_campaign(notice_type, department, by=handler, approved_by=approver), notice, 2)
    CampaignRow.objects.filter(pk=row.pk).update(values={"fee": "1"}, typed={"name": "x"})
    wipe_contents(now=AFTER)
    row.refresh_from_db()
    assert (row.values, row.typed) == ({}, {})
    assert [reply.body for reply in notice.replies.all()] == [""]


@pytest.mark.parametrize("change", [{"paper_state": "due"}, {"paper_state": "printed"}, {"keep_until": None}])
def test_letters_on_their_way_and_what_has_no_day_are_left(old, change):
    Notice.objects.update(**change)
    assert wipe_contents(now=AFTER) == 0


def test_database_keeps_a_document_with_what_was_not_wiped(old):
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=old.pk).update(document=None)


@pytest.mark.parametrize("paper_state", ["none", "posted"])
def test_drafts_go_too_and_no_document_is_made_of_them(issue, consenting, paper_state):
    notice = issue(consenting)
    DocumentJob.objects.update(state=WorkState.GIVEN_UP, finished_at=AFTER)
    Notice.objects.update(keep_until=LAST, paper_state=paper_state)
    assert wipe_contents(now=AFTER) == 1
    notice.refresh_from_db()
    assert (notice.state, notice.body, notice.recipient_address, notice.wiped_at) == ("draft", "", "", AFTER)
    job = DocumentJob.objects.get()
    assert job.state == WorkState.DONE
    DocumentJob.objects.update(state=WorkState.QUEUED, finished_at=None, due_at=AFTER)
    for claimed in claim_due(DocumentJob, limit=1, now=timezone.now()):
        make_document(claimed)
    notice.refresh_from_db()
    assert (notice.state, notice.document) == ("draft", None)
