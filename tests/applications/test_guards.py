"""What the database refuses, past all forms and services."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.enums import ApplicationState, EventKind
from applications.models import Application, ApplicationEvent, ApplicationRevision, Approval, CorrectionRequest
from cityhall.db import violated
from tests.applications.casekit import make_case, make_procedure

S = ApplicationState


@pytest.fixture
def procedure(department):
    return make_procedure(department, notices=False)


@pytest.fixture
def case(procedure, resident):
    return make_case(procedure, resident, state=S.IN_REVIEW)


def refused(write):
    """The name of the constraint that a write meets."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    return violated(caught.value)


def test_form_version_is_frozen(procedure):
    version = procedure.versions.get()
    versions = type(version).objects.filter(pk=version.pk)
    for change in ({"definition": {}}, {"sha256": "0" * 64}, {"number": 2}, {"change_note": "後から"}):
        assert refused(lambda change=change: versions.update(**change)) == "applications_formversion_frozen"
    procedure.current_version = None
    procedure.state = "draft"
    procedure.save()
    assert refused(versions.delete) == "applications_formversion_frozen"


def test_sent_answers_are_frozen(case):
    rows = ApplicationRevision.objects.filter(application=case)
    assert refused(lambda: rows.update(answers={})) == "applications_applicationrevision_frozen"
    assert refused(rows.delete) == "applications_applicationrevision_frozen"


def test_events_are_frozen(case, clerk):
    ApplicationEvent.objects.create(application=case, kind=EventKind.TAKEN, actor=clerk)
    rows = ApplicationEvent.objects.filter(application=case)
    assert refused(lambda: rows.update(note="書き換え")) == "applications_applicationevent_frozen"
    assert refused(rows.delete) == "applications_applicationevent_frozen"


def test_submitted_case_has_a_number(case):
    rows = Application.objects.filter(pk=case.pk)
    assert refused(lambda: rows.update(number=None)) == "application_submitted_has_number"
    assert refused(lambda: rows.update(submitted_at=None)) == "application_submitted_has_number"


def test_decided_case_has_a_decision(case):
    rows = Application.objects.filter(pk=case.pk)
    assert refused(lambda: rows.update(state=S.APPROVED)) == "application_decided_has_decision"
    assert (
        refused(lambda: rows.update(state=S.REFUSED, decided_at=timezone.now())) == "application_decided_has_decision"
    )


def test_filed_case_has_an_applicant(case):
    rows = Application.objects.filter(pk=case.pk)
    assert refused(lambda: rows.update(resident=None, applicant_name="")) == "application_has_applicant"


def test_one_correction_is_open_at_a_time(case, handler):
    CorrectionRequest.objects.create(application=case, asked_by=handler, answered_at=timezone.now())
    CorrectionRequest.objects.create(application=case, asked_by=handler)
    name = refused(lambda: CorrectionRequest.objects.create(application=case, asked_by=handler))
    assert name == "correction_one_open_per_application"


def test_one_proposal_waits_at_a_time(case, handler):
    Approval.objects.create(application=case, decision="approve", proposed_by=handler)
    name = refused(lambda: Approval.objects.create(application=case, decision="refuse", proposed_by=handler))
    assert name == "approval_one_waiting_per_application"


def test_proposal_is_approved_by_another_person(case, handler):
    proposal = Approval.objects.create(application=case, decision="approve", proposed_by=handler)
    rows = Approval.objects.filter(pk=proposal.pk)
    assert refused(lambda: rows.update(state="approved")) == "approval_decided_has_approver"
    decided = {"decided_by": handler, "decided_at": timezone.now()}
    assert refused(lambda: rows.update(state="approved", **decided)) == "approval_by_another_person"
    assert rows.update(state="sent_back", **decided) == 1


def test_case_keeps_its_place_without_a_due_date(case):
    rows = Application.objects.filter(pk=case.pk)
    rows.update(due_on=None)
    assert rows.get().due_order.year == 9999
