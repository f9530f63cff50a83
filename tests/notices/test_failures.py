import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from cityhall.enums import Role, WorkState
from cityhall.errors import StaleState
from cityhall.models import AuditEvent, Work
from cityhall.queries.staff import scope_of
from cityhall.queue import find_task
from cityhall.references import format_number
from notices import tasks
from notices.failures import (
    _MODELS,
    _TASKS,
    count_failures,
    counts_by_kind,
    failures,
    failures_of,
    retry_failure,
    retry_failures,
)
from notices.models import DocumentJob, LetterRun, NoticeCheck, OutgoingMail
from notices.services.mail import queue_mail
from notices.services.sweeping import sweep_checks, wipe_old_mails
from tests.factories import make_staff
from tests.notices.kit import drain


def test_every_failure_is_a_row_with_its_reason(issue, consenting, settings, tmp_path, administrator):
    notice = issue(consenting)
    settings.SIGNING_KEY_PATH = tmp_path / "none.p12"
    drain(tasks.make_documents)
    mail = queue_mail(to="a@example.jp", subject="件名", body="b")
    OutgoingMail.objects.filter(pk=mail.pk).update(state=WorkState.GIVEN_UP, last_error="拒否 550", attempts=1)
    given_up, waiting = failures(administrator)
    assert (given_up.kind, given_up.title, given_up.reason, given_up.next_try_at) == ("mail", "件名", "拒否 550", None)
    assert (waiting.kind, waiting.title, waiting.state) == (
        "document",
        f"通知 {format_number(notice.number)}",
        WorkState.FAILED,
    )
    assert waiting.next_try_at > timezone.now()
    assert waiting.age >= dt.timedelta()
    assert count_failures(administrator) == 2


def test_work_that_is_started_again_and_again_is_listed(db, administrator):
    claim = {"state": WorkState.RUNNING, "claim_id": uuid.uuid4(), "lease_until": timezone.now()}
    often = NoticeCheck.objects.create(sha256="a", attempts=3, **claim)
    NoticeCheck.objects.create(sha256="b", attempts=2, **claim)
    (failure,) = failures(administrator)
    assert (failure.id, failure.state, failure.may_be_retried) == (often.pk, WorkState.RUNNING, False)
    assert count_failures(administrator) == 1
    with pytest.raises(StaleState):
        retry_failure("check", often.pk, by=administrator)


def test_nothing_failed_is_an_empty_list(issue, consenting, administrator):
    issue(consenting)
    assert failures(administrator) == []
    assert count_failures(administrator) == 0


def test_retry_makes_the_document_and_is_audited(issue, consenting, settings, tmp_path, administrator):
    notice = issue(consenting)
    key = settings.SIGNING_KEY_PATH
    settings.SIGNING_KEY_PATH = tmp_path / "none.p12"
    drain(tasks.make_documents)
    settings.SIGNING_KEY_PATH = key
    retry_failure("document", DocumentJob.objects.get().pk, by=administrator)
    assert tasks.make_documents() == 1
    notice.refresh_from_db()
    assert notice.state == "available"
    assert AuditEvent.objects.filter(actor=administrator, detail="retry").count() == 1
    with pytest.raises(StaleState):
        retry_failure("document", DocumentJob.objects.get().pk, by=administrator)


def test_failures_are_listed_with_a_constant_number_of_queries(
    issue, consenting, django_assert_num_queries, administrator
):
    scope_of(administrator)  # read once in a request
    for number in range(3):
        issue(consenting, key=str(number))
        DocumentJob.objects.update(state=WorkState.GIVEN_UP)
        with django_assert_num_queries(11):
            assert len(failures(administrator)) == number + 1


def test_sweep_forgets_old_checks_and_old_bodies_only(db):
    old = timezone.now() - dt.timedelta(days=100)
    done = {"state": WorkState.DONE, "finished_at": old}
    NoticeCheck.objects.create(sha256="a", result="unknown", created_at=old, **done)
    recent = NoticeCheck.objects.create(sha256="b", result="unknown", state=WorkState.DONE, finished_at=timezone.now())
    waiting = NoticeCheck.objects.create(sha256="c", created_at=old)
    assert sweep_checks() == 1
    assert set(NoticeCheck.objects.all()) == {recent, waiting}
    for number in range(3):
        queue_mail(to="a@example.jp", subject=str(number), body="b")
    OutgoingMail.objects.filter(subject="0").update(created_at=old, **done)
    OutgoingMail.objects.filter(subject="1").update(created_at=old)
    assert wipe_old_mails() == 1
    assert wipe_old_mails() == 0
    assert [mail.body for mail in OutgoingMail.objects.order_by("subject")] == ["", "b", "b"]


def test_failures_are_those_of_the_viewers_departments(issue, consenting, departments, handler, administrator, auditor):
    issue(consenting)
    DocumentJob.objects.update(state=WorkState.GIVEN_UP)
    failed = {"state": WorkState.GIVEN_UP, "finished_at": timezone.now()}
    LetterRun.objects.create(department=departments["kosodate"], request_key="own", **failed)
    LetterRun.objects.create(department=None, request_key="all", **failed)
    elsewhere = make_staff(role=Role.HANDLER, department=departments["kaigo"])
    for viewer, count in ((handler, 3), (administrator, 3), (auditor, 3), (elsewhere, 1)):
        assert len(failures(viewer)) == count_failures(viewer) == count
    with pytest.raises(DocumentJob.DoesNotExist):
        retry_failure("document", DocumentJob.objects.get().pk, by=elsewhere)


def test_bodies_of_failed_mails_are_not_read(administrator, django_assert_num_queries):
    mail = queue_mail(to="a@example.jp", subject="件名", body="秘密")
    OutgoingMail.objects.filter(pk=mail.pk).update(state=WorkState.GIVEN_UP)
    scope_of(administrator)
    with django_assert_num_queries(11) as queries:
        assert [failure.title for failure in failures(administrator)] == ["件名"]
    assert not any('"body' in query["sql"] for query in queries.captured_queries)


def test_every_kind_of_work_is_on_the_page_with_its_task():
    kinds = [model for model in apps.get_app_config("notices").get_models() if issubclass(model, Work)]
    assert set(_MODELS.values()) == set(kinds)
    assert set(_TASKS) == set(_MODELS)
    assert all(find_task(path) for path in _TASKS.values())


def fail_mails(count, **changed):
    for number in range(count):
        queue_mail(to="a@example.jp", subject=f"件名{number}", body="b")
    values = {"state": WorkState.GIVEN_UP, "finished_at": timezone.now()}
    OutgoingMail.objects.update(**values | changed)


def test_a_mail_leads_to_its_notice_for_who_may_see_it(available, consenting, handler, departments):
    notice = available(consenting)
    OutgoingMail.objects.update(state=WorkState.UNCERTAIN, finished_at=timezone.now())
    (own,) = failures(handler)
    assert own.notice_id == notice.public_id
    assert format_number(notice.number) in own.title
    (other,) = failures(make_staff(role=Role.HANDLER, department=departments["kaigo"]))
    assert other.notice_id == ""
    assert notice.number not in other.title


def test_one_kind_is_read_page_by_page(administrator):
    fail_mails(5)
    first = failures_of("mail", administrator, size=3)
    second = failures_of("mail", administrator, after=first.next_cursor, size=3)
    assert [row.title for row in first.rows + second.rows] == [f"件名{number}" for number in range(5)]
    assert second.next_cursor == ""
    (count,) = counts_by_kind(administrator)
    assert (count.kind, count.count) == ("mail", 5)


def test_all_of_a_kind_are_retried_in_bounded_batches(administrator):
    fail_mails(4)
    uncertain = OutgoingMail.objects.order_by("-pk").first()
    OutgoingMail.objects.filter(pk=uncertain.pk).update(state=WorkState.UNCERTAIN)
    assert [retry_failures("mail", by=administrator, limit=2) for _turn in range(3)] == [2, 1, 0]
    assert OutgoingMail.objects.filter(state=WorkState.QUEUED, finished_at=None, attempts=0).count() == 3
    uncertain.refresh_from_db()
    assert uncertain.state == WorkState.UNCERTAIN
    assert [len(event.object_ids) for event in AuditEvent.objects.filter(detail="retry").order_by("id")] == [2, 1]


def test_page_of_one_kind_offers_to_retry_all(login, administrator, auditor, municipality):
    fail_mails(2)
    address = reverse("notices:failures")
    browser = login(administrator)
    retry_all = reverse("notices:failure_retry_all", args=["mail"])
    assert retry_all not in browser.get(address).content.decode()
    assert retry_all in browser.get(address, {"kind": "mail"}).content.decode()
    assert browser.post(retry_all, {"list": "mail"}).url == f"{address}?kind=mail"
    assert count_failures(administrator) == 0
    assert browser.post(reverse("notices:failure_retry_all", args=["nothing"])).status_code == 404
    assert login(auditor).post(retry_all).status_code == 404
