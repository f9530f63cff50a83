import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.utils import timezone

from cityhall.enums import Role, WorkState
from cityhall.errors import StaleState
from cityhall.models import AuditEvent, Work
from cityhall.queries.staff import scope_of
from cityhall.queue import find_task
from notices import tasks
from notices.failures import _MODELS, _TASKS, count_failures, failures, retry_failure
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
    assert (waiting.kind, waiting.title, waiting.state) == ("document", f"通知 {notice.number}", WorkState.FAILED)
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
        with django_assert_num_queries(10):
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
    with django_assert_num_queries(10) as queries:
        assert [failure.title for failure in failures(administrator)] == ["件名"]
    assert not any('"body' in query["sql"] for query in queries.captured_queries)


def test_every_kind_of_work_is_on_the_page_with_its_task():
    kinds = [model for model in apps.get_app_config("notices").get_models() if issubclass(model, Work)]
    assert set(_MODELS.values()) == set(kinds)
    assert set(_TASKS) == set(_MODELS)
    assert all(find_task(path) for path in _TASKS.values())
