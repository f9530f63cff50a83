"""What staff see of notices, by role and department."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cityhall.days import today
from cityhall.enums import AuditAction, Role, WorkState
from cityhall.models import AuditEvent, StoredFile
from cityhall.services.work import claim_due
from notices.enums import LetterRunState, NoticeState, PaperState
from notices.models import DocumentJob, LetterRun, Notice, OutgoingMail
from notices.services.letters import start_due_letters
from notices.services.printing import build_run
from residents.models import Resident
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(departments):
    """A handler of another department."""
    return make_staff(role=Role.HANDLER, department=departments["kaigo"])


@pytest.fixture
def due(available, consenting):
    """A notice that nobody opened in time."""
    notice = available(consenting)
    Notice.objects.filter(pk=notice.pk).update(paper_due_at=timezone.now() - dt.timedelta(hours=1))
    start_due_letters()
    notice.refresh_from_db()
    return notice


def test_list_is_scoped_by_department_and_audited(login, available, consenting, handler, elsewhere):
    notice = available(consenting)
    assert "児童手当 認定通知書" in login(handler).get(reverse("notices:staff_list")).content.decode()
    event = AuditEvent.objects.filter(action=AuditAction.LIST, target_type="notice").latest("id")
    assert event.object_ids == [notice.public_id]
    assert "児童手当" not in login(elsewhere).get(reverse("notices:staff_list")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_however_long(
    count, login, available, consenting, handler, django_assert_num_queries
):
    for number in range(count):
        available(consenting, key=f"decision-{number}")
    client = login(handler)
    client.get(reverse("notices:staff_list"))
    with django_assert_num_queries(9):
        client.get(reverse("notices:staff_list"))


@pytest.mark.parametrize("words", ["高橋", "髙橋", "たかはし"])
def test_search_finds_a_name_in_any_spelling(words, login, available, consenting, handler):
    available(consenting)
    page = login(handler).get(reverse("notices:staff_list"), {"text": words}).content.decode()
    assert "高橋 さくら" in page


def test_detail_is_audited_and_404_elsewhere(login, available, consenting, handler, elsewhere):
    notice = available(consenting)
    url = reverse("notices:staff_detail", args=[notice.public_id])
    page = login(handler).get(url).content.decode()
    assert "まだ開封されていません" in page
    assert AuditEvent.objects.filter(action=AuditAction.READ, target_id=notice.public_id, actor=handler).exists()
    assert login(elsewhere).get(url).status_code == 404


def test_staff_reading_the_document_opens_nothing(login, available, consenting, handler):
    notice = available(consenting)
    response = login(handler).get(reverse("notices:staff_document", args=[notice.public_id]))
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    notice.refresh_from_db()
    assert notice.state == NoticeState.AVAILABLE


def test_withdrawing_needs_the_right_and_a_reason(login, available, consenting, handler, approver):
    notice = available(consenting)
    url = reverse("notices:staff_withdraw", args=[notice.public_id])
    assert login(handler).post(url, {"reason": "誤り"}).status_code == 404
    assert "理由を入力してください" in login(approver).post(url, {"reason": ""}).content.decode()
    login(approver).post(url, {"reason": "宛名の誤り"})
    notice.refresh_from_db()
    assert (notice.state, notice.withdrawn_reason) == (NoticeState.WITHDRAWN, "宛名の誤り")


def test_letter_run_from_due_to_posted(login, due, handler):
    client = login(handler)
    page = client.get(reverse("notices:letter_runs"))
    assert "子育て支援課 1通" in page.content.decode()
    data = {"department": due.department_id, "request_key": page.context["form"]["request_key"].value()}
    first = client.post(reverse("notices:letter_run_create"), data)
    again = client.post(reverse("notices:letter_run_create"), data)
    assert first.url == again.url
    assert LetterRun.objects.count() == 1
    assert client.get(first.url)["Refresh"] == "3"
    for run in claim_due(LetterRun, limit=1):
        build_run(run)
    run = LetterRun.objects.get()
    assert run.run_state == LetterRunState.PRINTED
    response = client.get(reverse("notices:letter_run_file", args=[run.public_id]))
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    client.post(reverse("notices:letter_run_posted", args=[run.public_id]), {"posted_on": today().isoformat()})
    due.refresh_from_db()
    assert due.paper_state == PaperState.POSTED


def test_nothing_due_is_said(login, handler, department, municipality):
    client = login(handler)
    data = {"department": department.pk, "request_key": "one"}
    response = client.post(reverse("notices:letter_run_create"), data, follow=True)
    assert "郵送待ちの通知はありません" in response.content.decode()


def test_letter_run_of_another_department_is_404(login, due, handler, elsewhere):
    client = login(handler)
    run_url = client.post(
        reverse("notices:letter_run_create"), {"department": due.department_id, "request_key": "one"}
    ).url
    assert login(elsewhere).get(run_url).status_code == 404


def test_failed_document_stands_in_the_failures_and_is_retried(login, issue, consenting, handler, clerk, auditor):
    notice = issue(consenting)
    DocumentJob.objects.filter(notice=notice).update(
        state=WorkState.GIVEN_UP, last_error="署名鍵がありません", finished_at=timezone.now()
    )
    job = notice.document_job
    page = login(handler).get(reverse("notices:failures")).content.decode()
    assert "署名鍵がありません" in page
    retry = reverse("notices:failure_retry", args=["document", job.pk])
    assert login(auditor).post(retry).status_code == 404
    assert login(clerk).get(reverse("notices:failures")).status_code == 404
    login(handler).post(retry)
    job.refresh_from_db()
    assert job.state == WorkState.QUEUED


def test_retry_of_what_does_not_exist_is_404(login, handler, municipality):
    client = login(handler)
    assert client.post(reverse("notices:failure_retry", args=["mail", 999999])).status_code == 404
    assert client.post(reverse("notices:failure_retry", args=["nothing", 1])).status_code == 404
    assert OutgoingMail.objects.count() == 0


def test_page_of_a_notice_has_all_that_the_document_says(login, available, consenting, handler, departments):
    notice = available(consenting)
    stored = StoredFile.objects.create(
        kind="enclosure", path="x", name="お支払いの方法.pdf", content_type="application/pdf", size=1, state="clean"
    )
    enclosed = notice.files.create(file=stored)
    page = login(handler).get(reverse("notices:staff_detail", args=[notice.public_id])).content.decode()
    for words in ("1234-5678-901", "審査請求をすることができます", "お支払いの方法.pdf"):
        assert words in page
    assert reverse("notices:staff_enclosure", args=[notice.public_id, enclosed.public_id]) in page


def test_enclosure_is_for_those_who_see_the_notice_and_the_address(login, available, consenting, handler, elsewhere):
    notice = available(consenting)
    enclosed = notice.files.create(file=notice.document)
    address = reverse("notices:staff_enclosure", args=[notice.public_id, enclosed.public_id])
    assert b"".join(login(handler).get(address).streaming_content).startswith(b"%PDF-")
    assert AuditEvent.objects.filter(action=AuditAction.DOWNLOAD, detail="enclosure").count() == 1
    assert login(elsewhere).get(address).status_code == 404
    Resident.objects.filter(pk=consenting.pk).update(protected_until=today() + dt.timedelta(days=1))
    assert login(handler).get(address).status_code == 404
