"""Which cases an extract takes: limits, what is new since last time, who may, protected addresses."""

import datetime as dt

import pytest
from django.utils import timezone

from applications.enums import ApplicationState, ExtractScope
from applications.models import ApplicationRevision, Extract, ExtractedCase
from applications.queries.extracts import Limits, may_fetch
from applications.services import extracts
from applications.tasks import make_extracts
from cityhall.days import today
from cityhall.enums import GrantedRightKind, Role, WorkState
from cityhall.models import AuditEvent, GrantedRight, StaffRole, User
from tests import factories
from tests.applications.extractkit import (
    ANSWERS,
    make_case,
    make_procedure,
    make_profile,
    order,
    rows_of,
    run,
)

pytestmark = pytest.mark.django_db
S = ApplicationState


@pytest.fixture
def procedure(department):
    return make_procedure(department)


# --- which cases -----------------------------------------------------------------------------


def test_drafts_other_procedures_and_disposed_cases_are_not_in_it(procedure, handler, department):
    case = make_case(procedure)
    make_case(procedure, state=S.DRAFT)
    make_case(make_procedure(department))
    gone = make_case(procedure, state=S.COMPLETED, disposed_at=timezone.now())
    assert gone.disposed_at is not None
    rows = rows_of(run(make_profile(procedure, handler), handler))
    assert [row[0] for row in rows[1:]] == [case.number]


def test_limits_by_day_of_tokyo_and_by_state(procedure, handler):
    # 23:59 and 0:00 in Tokyo
    before = make_case(procedure, submitted_at=dt.datetime(2026, 11, 9, 14, 59, tzinfo=dt.UTC))
    first = make_case(procedure, submitted_at=dt.datetime(2026, 11, 9, 15, 0, tzinfo=dt.UTC))
    last = make_case(procedure, submitted_at=dt.datetime(2026, 11, 12, 14, 59, tzinfo=dt.UTC), state=S.IN_REVIEW)
    after = make_case(procedure, submitted_at=dt.datetime(2026, 11, 12, 15, 0, tzinfo=dt.UTC))

    def numbers(**limits):
        rows = rows_of(run(make_profile(procedure, handler), handler, limits=Limits(**limits)))
        return [row[0] for row in rows[1:]]

    period = {"start": dt.date(2026, 11, 10), "end": dt.date(2026, 11, 12)}
    assert numbers(**period) == [first.number, last.number]
    assert numbers(**period, states=("in_review",)) == [last.number]
    assert numbers() == [before.number, first.number, last.number, after.number]


def test_new_since_last_time_and_corrected_since(procedure, handler):
    old = make_case(procedure)
    profile = make_profile(procedure, handler)
    assert run(profile, handler, scope=ExtractScope.NEW).rows_done == 1
    assert run(profile, handler, scope=ExtractScope.NEW).rows_done == 0
    new = make_case(procedure)
    extract = run(profile, handler, scope=ExtractScope.NEW)
    assert [row[0] for row in rows_of(extract)[1:]] == [new.number]
    ApplicationRevision.objects.create(application=old, number=2, answers=ANSWERS)
    extract = run(profile, handler, scope=ExtractScope.NEW)
    assert [row[0] for row in rows_of(extract)[1:]] == [old.number]
    # another profile has taken nothing yet
    assert run(make_profile(procedure, handler), handler, scope=ExtractScope.NEW).rows_done == 2
    assert ExtractedCase.objects.filter(profile=profile).count() == 3


def test_a_file_that_nobody_fetched_in_time_has_taken_nothing(procedure, handler):
    make_case(procedure)
    profile = make_profile(procedure, handler)
    lost = run(profile, handler, scope=ExtractScope.NEW)
    # it lies ready: nobody needs it twice
    assert run(profile, handler, scope=ExtractScope.NEW).rows_done == 0
    Extract.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    again = run(profile, handler, scope=ExtractScope.NEW)
    assert (again.rows_done, ExtractedCase.objects.get().extract) == (1, again)
    extracts.note_download(again, by=handler)
    Extract.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    assert run(profile, handler, scope=ExtractScope.NEW).rows_done == 0
    assert (Extract.objects.get(pk=lost.pk).fetched_at, again.profile.taken.count()) == (None, 1)


def test_everything_again_keeps_when_a_case_went_out_first(procedure, handler):
    make_case(procedure)
    profile = make_profile(procedure, handler)
    first = run(profile, handler)
    assert run(profile, handler).rows_done == 1
    assert list(ExtractedCase.objects.values_list("extract", flat=True)) == [first.pk]


# --- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["clerk", "contract_clerk", "administrator", "auditor", "resident"])
def test_who_does_not_process_takes_nothing_out(request, procedure, handler, person):
    found = request.getfixturevalue(person)
    user = getattr(found, "user", found)
    profile = make_profile(procedure, handler)
    with pytest.raises(extracts.NotYourProcedure):
        order(profile, user)
    with pytest.raises(extracts.NotYourProcedure):
        extracts.preview(profile=profile, limits=Limits(), scope="all", by=user)
    with pytest.raises(extracts.NotYourProcedure):
        extracts.create_profile(procedure=procedure, name="x", by=user)
    extract = run(profile, handler)
    with pytest.raises(extracts.NotYourProcedure):
        extracts.cancel(extract=extract, by=user)
    assert not may_fetch(user, extract)


def test_a_granted_procedure_may_be_taken_out_while_the_grant_lasts(procedure, department, departments, handler):
    other = factories.make_staff(role=Role.HANDLER, department=departments["kaigo"])
    profile = make_profile(procedure, handler)
    with pytest.raises(extracts.NotYourProcedure):
        order(profile, other)
    grant = GrantedRight.objects.create(
        from_department=department,
        to_department=departments["kaigo"],
        procedure_key=procedure.key,
        kind=GrantedRightKind.PROCESSING,
        active_from=dt.date(2020, 1, 1),
    )
    make_case(procedure)
    # what a person may do is looked up once a request
    assert run(profile, User.objects.get(pk=other.pk)).rows_done == 1
    extract = order(profile, User.objects.get(pk=other.pk))
    GrantedRight.objects.filter(pk=grant.pk).update(active_until=today() - dt.timedelta(days=1))
    make_extracts()
    extract.refresh_from_db()
    assert (extract.state, extract.last_error, extract.file) == (WorkState.GIVEN_UP, "not_your_procedure", None)


def protect(case):
    case.resident.protected_until = today()
    case.resident.save(update_fields=["protected_until"])


def test_a_protected_address_is_left_out_and_the_line_says_so(procedure, handler):
    protect(make_case(procedure))
    make_case(procedure)
    profile = make_profile(procedure, handler, ["answer:home", "concept:applicant.address", "protection"])
    extract = run(profile, handler)
    _heading, hidden, shown = rows_of(extract)
    assert hidden == ["支援措置のため表示できません", *[""] * 5] * 2 + ["支援措置"]
    assert shown[1:3] == ["東京都", "緑野市"]
    assert extract.report["protected_hidden"] == 1
    assert may_fetch(handler, extract)


def test_who_may_see_protected_addresses_gets_them_and_others_not_the_file(procedure, handler, department):
    protect(make_case(procedure))
    both = factories.make_staff(role=Role.HANDLER, department=department)
    StaffRole.objects.create(user=both, role=Role.ADMINISTRATOR, active_from=dt.date(2020, 1, 1))
    extract = run(make_profile(procedure, handler, ["answer:home"]), both)
    assert rows_of(extract)[1][1] == "東京都"
    assert extract.report["protected_shown"] == 1
    assert may_fetch(both, extract)
    assert not may_fetch(handler, extract)


def test_the_preview_shows_the_first_ten_and_is_written_down(procedure, handler):
    cases = [make_case(procedure) for _ in range(12)]
    profile = make_profile(procedure, handler, ["number", "answer:children"])
    found = extracts.preview(profile=profile, limits=Limits(), scope=ExtractScope.ALL, by=handler)
    assert found.total == 12
    assert [line[0] for line in found.lines[0]] == [case.number for case in cases[:10]]
    assert len(found.lines[1]) == 10
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.object_ids) == ("list", [case.public_id for case in cases[:10]])
    assert not ExtractedCase.objects.exists()
