"""One rule for what staff take away: whoever may read the case or the till may, and each time it is written down.

Auditors and administrators read everything and change nothing; a copy in their hands is a reading like another.
"""

import pytest
from django.urls import reverse

from applications.enums import ApplicationState, Channel
from applications.models import Attachment, CaseFile, MessageFile
from applications.models import Message as CaseMessage
from cityhall.days import today
from cityhall.enums import AuditAction, FileKind, Role
from cityhall.models import AuditEvent
from cityhall.services.files import store_bytes
from tests import factories
from tests.applications.casekit import make_case, make_procedure
from tests.applications.feekit import make_fee_case, pay

READERS = ("auditor", "administrator", "handler")


@pytest.fixture(autouse=True)
def _city(municipality):
    return municipality


@pytest.fixture
def case(department, resident, handler):
    procedure = make_procedure(department)
    return make_case(procedure, resident, state=ApplicationState.IN_REVIEW, channel=Channel.PAPER, filed_by=handler)


def stored(kind):
    return store_bytes(content=b"%PDF-1", name="a.pdf", content_type="application/pdf", kind=kind)


def copy_of(case, by):
    return reverse("applications:case_copy", args=[case.public_id])


def attachment_of(case, by):
    row = Attachment.objects.create(
        application=case, field_key="paper", file=stored(FileKind.ATTACHMENT), request_key="a"
    )
    return reverse("applications:attachment", args=[row.public_id])


def case_file_of(case, by):
    row = CaseFile.objects.create(application=case, file=stored(FileKind.CASE), added_by=by, request_key="c")
    return reverse("applications:case_file_open", args=[row.public_id])


def message_file_of(case, by):
    message = CaseMessage.objects.create(application=case, is_from_city=True, author=by, body="本文", request_key="m")
    row = MessageFile.objects.create(message=message, file=stored(FileKind.ATTACHMENT))
    return reverse("applications:message_file", args=[row.public_id])


def day_of_till(case, by):
    pay(make_fee_case(case.department), by)
    return f"{reverse('applications:fee_export')}?department={case.department.code}&day={today():%Y-%m-%d}"


def dry_run(case, by):
    return f"{reverse('applications:disposal_export')}?department={case.department.code}&day={today():%Y-%m-%d}"


DOWNLOADS = {
    "copy": (copy_of, AuditAction.DOWNLOAD),
    "attachment": (attachment_of, AuditAction.DOWNLOAD),
    "case file": (case_file_of, AuditAction.DOWNLOAD),
    "message file": (message_file_of, AuditAction.DOWNLOAD),
    "day of a till": (day_of_till, AuditAction.EXPORT),
    "dry run": (dry_run, AuditAction.EXPORT),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("what", DOWNLOADS)
def test_who_may_read_takes_it_away_and_it_is_written_down(request, login, case, handler, what, reader):
    address, action = DOWNLOADS[what]
    url, person = address(case, handler), request.getfixturevalue(reader)
    browser = login(person)
    before = AuditEvent.objects.filter(actor=person).count()
    answer = browser.get(url)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content if answer.streaming else [answer.content])
    event = AuditEvent.objects.filter(actor=person).latest("id")
    assert (AuditEvent.objects.filter(actor=person).count(), event.action) == (before + 1, action)


@pytest.fixture
def stranger(departments):
    return factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])


@pytest.mark.parametrize("what", ["copy", "attachment", "case file", "message file"])
def test_others_take_nothing_and_nothing_is_written_down(login, case, handler, stranger, what):
    address, action = DOWNLOADS[what]
    url = address(case, handler)
    assert login(stranger).get(url).status_code == 404
    assert not AuditEvent.objects.filter(actor=stranger, action=action).exists()


@pytest.mark.parametrize("what", ["day of a till", "dry run"])
def test_others_have_their_own_till_and_list_whatever_the_address_says(login, case, handler, stranger, what):
    address, action = DOWNLOADS[what]
    answer = login(stranger).get(address(case, handler))
    # the heading and nothing else
    assert b"".join(answer.streaming_content).decode().count("\n") == 1
    assert AuditEvent.objects.get(actor=stranger, action=action).department_code == "kaigo"


@pytest.mark.parametrize(
    "name", ["case_take", "case_decide", "case_note", "case_file_add", "case_return", "case_print", "extract_list"]
)
def test_auditors_change_nothing_and_order_no_files(login, case, auditor, name):
    """Extracts and prints for the paper file are part of processing a case."""
    arguments = [] if name == "extract_list" else [case.public_id]
    assert login(auditor).post(reverse(f"applications:{name}", args=arguments)).status_code == 404
