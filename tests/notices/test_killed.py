"""A worker killed with kill -9 in the middle: after its lease everything happens exactly once."""

from email import message_from_bytes
from pathlib import Path

import pytest

from cityhall.enums import WorkState
from cityhall.models import StoredFile
from cityhall.services.work import claim_due
from notices.models import Delivery, DocumentJob, LetterRun, Notice, OutgoingMail, ReceiptEvent
from notices.services.documents import make_document
from notices.services.letters import create_letter_run
from notices.services.mail import queue_mail
from notices.services.printing import build_run
from notices.services.sending import Postman
from tests import killing

pytestmark = pytest.mark.django_db(transaction=True)

# runs a task in a process of its own and stops for ever where the test wants to kill it
SCRIPT = """
import importlib, os, sys, time
import django
from django.conf import settings
django.setup()
if "MAIL_FOLDER" in os.environ:
    settings.MAIL_TRANSPORT_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = os.environ["MAIL_FOLDER"]
from notices import tasks

module = importlib.import_module(sys.argv[2])
original = getattr(module, sys.argv[3])

def stop(*args, **kwargs):
    if sys.argv[4] == "after":
        original(*args, **kwargs)
    print("here", flush=True)
    time.sleep(60)

setattr(module, sys.argv[3], stop)
getattr(tasks, sys.argv[1])()
"""


def run_until_killed(*arguments, **environment):
    killing.run_until_killed(SCRIPT, *arguments, **environment)


@pytest.mark.parametrize(
    ("module", "name", "when"),
    [
        ("notices.services.documents", "sign", "after"),
        ("notices.services.documents", "write_file", "after"),
        ("notices.services.documents", "tell_of_arrival", "after"),
    ],
)
def test_document_killed_anywhere_is_made_exactly_once(issue, consenting, module, name, when):
    notice = issue(consenting)
    run_until_killed("make_documents", module, name, when)
    job = DocumentJob.objects.get()
    assert (job.state, Notice.objects.get().state) == (WorkState.RUNNING, "draft")
    assert claim_due(DocumentJob) == []
    make_document(claim_due(DocumentJob, now=job.lease_until)[0])
    notice.refresh_from_db()
    assert notice.state == "available"
    assert DocumentJob.objects.get().state == WorkState.DONE
    assert StoredFile.objects.count() == ReceiptEvent.objects.count() == 1
    assert Delivery.objects.count() == OutgoingMail.objects.count() == 1


def test_letter_run_killed_before_its_record_prints_exactly_once(available, resident, department, handler):
    notice = available(resident)
    create_letter_run(department=department, request_key="r", by=handler)
    run_until_killed("build_letters", "notices.services.printing", "store_bytes", "after")
    run = LetterRun.objects.get()
    assert (run.state, Notice.objects.get().paper_state) == (WorkState.RUNNING, "printing")
    build_run(claim_due(LetterRun, now=run.lease_until)[0])
    notice.refresh_from_db()
    assert notice.paper_state == "printed"
    assert notice.receipts.filter(kind="printed").count() == 1
    assert StoredFile.objects.filter(kind="letters").count() == 1


def test_mail_killed_after_the_server_took_it_goes_again_as_the_same_mail(municipality, settings, tmp_path):
    settings.MAIL_TRANSPORT_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    mail = queue_mail(to="a@example.jp", subject="s", body="b", sensitive=True)
    run_until_killed("send_mails", "notices.services.sending", "_record_sent", "before", MAIL_FOLDER=str(tmp_path))
    mail.refresh_from_db()
    assert (mail.state, mail.wiped_at) == (WorkState.RUNNING, None)
    with Postman() as postman:
        postman.deliver(claim_due(OutgoingMail, now=mail.lease_until)[0])
    mail.refresh_from_db()
    assert (mail.state, mail.body) == (WorkState.DONE, "")
    sent = [message_from_bytes(Path(file).read_bytes()) for file in tmp_path.iterdir()]
    assert [message["Message-ID"] for message in sent] == [mail.message_id] * 2
