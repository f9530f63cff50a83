import datetime as dt

import pytest
from django.db import IntegrityError, connection, migrations, transaction
from django.db.migrations.state import ProjectState

from cityhall.db import (
    FreezeTable,
    is_postgresql,  # noqa: F401 - read by the skipif condition
    violated,
)
from cityhall.enums import AuditAction, FileKind, Role
from cityhall.models import AuditEvent, ClosedDay, Department, Municipality, StaffRole, StoredFile
from cityhall.services import audit
from tests import factories

pytestmark = pytest.mark.django_db


def name_of(statement):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        statement()
    return violated(caught.value)


def test_violated_names_a_check():
    assert name_of(lambda: Municipality.objects.create(pk=2, code="1")) == "municipality_is_the_only_one"


def test_violated_names_a_unique_constraint_of_several_columns(handler, department):
    again = StaffRole(user=handler, role=Role.HANDLER, department=department, active_from=dt.date(2020, 1, 1))
    assert name_of(again.save) == "staff_role_once_per_department"


def test_violated_names_a_conditional_unique_constraint(administrator):
    again = StaffRole(user=administrator, role=Role.ADMINISTRATOR, active_from=dt.date(2020, 1, 1))
    assert name_of(again.save) == "staff_role_once_in_city_hall"


def test_violated_names_a_unique_expression():
    factories.make_user("one@example.jp")
    assert name_of(lambda: factories.make_user("ONE@example.jp")) == "user_verified_email_unique"


def test_violated_names_a_unique_field():
    ClosedDay.objects.create(date=dt.date(2026, 12, 29), name="x")
    again = ClosedDay(date=dt.date(2026, 12, 29), name="y")
    assert name_of(again.save) == "cityhall_closedday_date_key"


def test_violated_names_a_primary_key():
    department = factories.make_department()
    assert name_of(lambda: Department.objects.create(pk=department.pk, code="x", name="x")) == (
        "cityhall_department_pkey"
    )


def test_violated_does_not_guess():
    assert violated(IntegrityError("FOREIGN KEY constraint failed")) is None
    assert violated(IntegrityError("UNIQUE constraint failed: no_such_table.column")) is None


def make_event():
    return audit.record(action=AuditAction.READ, actor=None, target_type="test", target_id=1)


def test_a_frozen_row_cannot_be_changed_or_deleted():
    event = make_event()
    rows = AuditEvent.objects.filter(pk=event.pk)
    assert name_of(lambda: rows.update(detail="altered")) == "cityhall_auditevent_frozen"
    assert name_of(lambda: rows.update(at=event.at - dt.timedelta(days=1))) == "cityhall_auditevent_frozen"
    assert name_of(rows.delete) == "cityhall_auditevent_frozen"
    assert rows.get().detail == ""


def test_a_write_once_field_is_set_once():
    rows = AuditEvent.objects.filter(pk=make_event().pk)
    assert rows.update(position=1, seal="a" * 64) == 1
    assert name_of(lambda: rows.update(seal="b" * 64)) == "cityhall_auditevent_frozen"
    assert name_of(lambda: rows.update(position=None, seal=None)) == "cityhall_auditevent_frozen"


def test_a_changeable_field_stays_free_and_a_deletable_row_can_go():
    stored = StoredFile.objects.create(
        kind=FileKind.CHECK, path="x", name="x", content_type="text/plain", size=1, sha256="0" * 64
    )
    rows = StoredFile.objects.filter(pk=stored.pk)
    assert rows.update(state="rejected") == 1
    assert name_of(lambda: rows.update(sha256="1" * 64)) == "cityhall_storedfile_frozen"
    assert rows.delete()[0] == 1


def test_saving_a_frozen_row_unchanged_is_no_change():
    event = make_event()
    event.save()
    event.detail = "altered"
    assert name_of(event.save) == "cityhall_auditevent_frozen"


@pytest.mark.postgresql
@pytest.mark.skipif("not is_postgresql()")
def test_a_frozen_table_cannot_be_truncated():
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE cityhall_auditseal")
    assert violated(caught.value) == "cityhall_auditseal_frozen"


def run(operation, *, backwards=False):
    from django.apps import apps

    state = ProjectState.from_apps(apps)
    with connection.schema_editor() as editor:
        move = operation.database_backwards if backwards else operation.database_forwards
        move("cityhall", editor, state, state)


@pytest.mark.django_db(transaction=True)
def test_freezing_can_be_undone_and_repeated():
    operation = FreezeTable("cityhall.ClosedDay", changeable=("name",))
    day = ClosedDay.objects.create(date=dt.date(2026, 12, 29), name="x")
    run(operation)
    assert name_of(day.delete) == "cityhall_closedday_frozen"
    run(operation, backwards=True)
    run(operation)
    run(operation, backwards=True)
    ClosedDay.objects.all().delete()
    assert not ClosedDay.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_freezing_names_a_field_that_does_not_exist():
    with pytest.raises(ValueError, match="no field nmae"):
        run(FreezeTable("cityhall.ClosedDay", changeable=("nmae",)))


def test_freezing_survives_being_written_into_a_migration():
    operation = FreezeTable("cityhall.ClosedDay", changeable=("name",), deletable=True)
    name, args, kwargs = operation.deconstruct()
    again = FreezeTable(*args, **kwargs)
    assert name == "FreezeTable"
    assert again.deconstruct() == operation.deconstruct()
    assert (again.model_label, again.changeable, again.deletable) == ("cityhall.ClosedDay", ("name",), True)
    assert isinstance(operation, migrations.operations.base.Operation)
