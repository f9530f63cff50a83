"""Several people at one desk at the same moment, in threads on PostgreSQL; each guard next to a control without it."""

import threading

import pytest
from django.db import connection, transaction

from applications.enums import ApplicationState
from applications.models import Application, CaseNote, ChecklistItem, CheckMark
from applications.services import desk
from applications.services.keeping import CaseDisposed
from applications.services.retention import working
from cityhall.enums import AuditAction, Role
from cityhall.errors import StaleState
from cityhall.models import AuditEvent, User
from tests import factories
from tests.applications.casekit import make_case, make_procedure
from tests.applications.feekit import make_old_case
from tests.applications.test_races import at_once, seen
from tests.database import until_somebody_waits

S = ApplicationState
PEOPLE = 4

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def desks(municipality, department):
    return [factories.make_staff(role=Role.HANDLER, department=department) for _number in range(PEOPLE)]


def now(person):
    """The person as a request of their own has them."""
    return User.objects.get(pk=person.pk)


# --- assigning --------------------------------------------------------------------------------------


def give(case, handler, by):
    return lambda: desk.assign_many(
        cases=[seen(case)], seen={case.public_id: case.revision}, handler=handler, by=now(by)
    )


def test_one_of_two_who_assign_a_case_wins_and_the_other_is_told(department, desks):
    case = make_case(make_procedure(department), state=S.IN_REVIEW)
    first, second = at_once(give(case, desks[2], desks[0]), give(case, desks[3], desks[1]))
    assert sorted([first.count, second.count]) == [0, 1]
    winner, loser = (first, second) if first.count else (second, first)
    assert (winner.refused, [reason for _case, reason in loser.refused]) == ([], [str(StaleState.message)])
    assert seen(case).handler == (desks[2] if winner is first else desks[3])
    assert AuditEvent.objects.filter(action=AuditAction.STATE, target_id=case.public_id).count() == 1


def test_control_without_the_revision_both_believe_to_have_assigned_it(department, desks):
    case = make_case(make_procedure(department), state=S.IN_REVIEW)
    read = threading.Barrier(2)

    def write(handler):
        with transaction.atomic():
            row = seen(case)
            read.wait(timeout=60)
            assert row.handler_id is None
            return Application.objects.filter(pk=row.pk).update(handler=handler)

    assert at_once(lambda: write(desks[2]), lambda: write(desks[3])) == [1, 1]


# --- the checklist ----------------------------------------------------------------------------------


def test_a_point_ticked_by_many_has_one_mark_and_one_entry(department, desks):
    case = make_case(make_procedure(department), state=S.IN_REVIEW)
    point = desk.add_point(procedure=case.procedure, text="口座", is_required=True, by=desks[0])
    ticks = [
        lambda person=person: desk.check_point(application=seen(case), item_id=point.pk, seen=1, by=now(person))
        for person in desks
    ]
    assert at_once(*ticks) == [None] * PEOPLE
    assert CheckMark.objects.filter(application=case).count() == 1
    assert AuditEvent.objects.filter(target_id=case.public_id, detail=f"checked {point.pk}").count() == 1


def test_control_without_the_lock_each_finds_the_point_unmarked(department, desks):
    case = make_case(make_procedure(department), state=S.IN_REVIEW)
    point = ChecklistItem.objects.create(procedure=case.procedure, text="口座")
    read = threading.Barrier(2)

    def tick(person):
        is_new = not CheckMark.objects.filter(application=case, item=point).exists()
        read.wait(timeout=60)
        return is_new

    assert at_once(lambda: tick(desks[0]), lambda: tick(desks[1])) == [True, True]


# --- notes ------------------------------------------------------------------------------------------


def test_a_double_click_writes_one_note(department, desks):
    case = make_case(make_procedure(department), state=S.IN_REVIEW)
    write = [
        lambda: desk.write_note(application=seen(case), body="電話済み", by=now(desks[0]), request_key="one")
        for _click in range(PEOPLE)
    ]
    notes = at_once(*write)
    assert len({note.pk for note in notes}) == 1
    assert AuditEvent.objects.filter(target_id=case.public_id, detail="note").count() == 1


def test_control_without_the_key_every_click_is_a_note(department, desks):
    case = make_case(make_procedure(department), state=S.IN_REVIEW)
    read = threading.Barrier(2)

    def write(number):
        is_first = not CaseNote.objects.filter(application=case).exists()
        read.wait(timeout=60)
        CaseNote.objects.create(application=case, body="電話済み", author=desks[0], request_key=f"key {number}")
        return is_first

    assert at_once(lambda: write(1), lambda: write(2)) == [True, True]
    assert CaseNote.objects.filter(application=case).count() == 2


# --- a disposal that runs ---------------------------------------------------------------------------


def while_disposed_of(case, write):
    """What came of writing while the disposal of the case holds its row and is about to commit."""
    holds = threading.Event()

    def dispose():
        with transaction.atomic():
            row = Application.objects.select_for_update().get(pk=case.pk)
            holds.set()
            until_somebody_waits()
            Application.objects.filter(pk=row.pk).update(**working.EMPTIED, disposed_at=row.submitted_at)

    def write_then():
        holds.wait(timeout=60)
        return write()

    return at_once(dispose, write_then)[1]


def test_a_note_written_during_the_disposal_is_refused(department, desks):
    case = make_old_case(department)
    copy = seen(case)
    refused = while_disposed_of(
        case, lambda: desk.write_note(application=copy, body="電話", by=now(desks[0]), request_key="late")
    )
    assert type(refused) is CaseDisposed
    assert not CaseNote.objects.exists()


def test_control_without_the_lock_the_note_outlives_the_case(department, desks):
    case = make_old_case(department)
    while_disposed_of(
        case,
        lambda: CaseNote.objects.create(application_id=case.pk, body="電話", author=desks[0], request_key="late"),
    )
    assert CaseNote.objects.filter(application__disposed_at__isnull=False).count() == 1
