import datetime as dt

import pytest
from django.utils import timezone

from cityhall.enums import WorkState
from cityhall.errors import StaleState
from cityhall.models import AuditEvent
from notices import tasks
from notices.failures import count_failures, failures, retry_failure
from notices.models import DocumentJob, NoticeCheck, OutgoingMail
from notices.services.mail import queue_mail
from notices.services.sweeping import sweep_checks, wipe_old_mails
from tests.notices.kit import drain


def test_every_failure_is_a_row_with_its_reason(issue, consenting, settings, tmp_path):
    notice = issue(consenting)
    settings.SIGNING_KEY_PATH = tmp_path / "none.p12"
    drain(tasks.make_documents)
    mail = queue_mail(to="a@example.jp", subject="件名", body="b")
    OutgoingMail.objects.filter(pk=mail.pk).update(state=WorkState.GIVEN_UP, last_error="拒否 550", attempts=1)
    given_up, waiting = failures()
    assert (given_up.kind, given_up.title, given_up.reason, given_up.next_try_at) == ("mail", "件名", "拒否 550", None)
    assert (waiting.kind, waiting.title, waiting.state) == ("document", f"通知 {notice.number}", WorkState.FAILED)
    assert waiting.next_try_at > timezone.now()
    assert waiting.age >= dt.timedelta()
    assert count_failures() == 2


def test_nothing_failed_is_an_empty_list(issue, consenting):
    issue(consenting)
    assert failures() == []
    assert count_failures() == 0


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


def test_failures_are_listed_with_a_constant_number_of_queries(issue, consenting, django_assert_num_queries):
    for number in range(3):
        issue(consenting, key=str(number))
        DocumentJob.objects.update(state=WorkState.GIVEN_UP)
        with django_assert_num_queries(4):
            assert len(failures()) == number + 1


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
