"""What differs between the two databases, in one place."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_SQLITE_CHECK = re.compile(r"^CHECK constraint failed: (\w+)$")
_SQLITE_INDEX = re.compile(r"^UNIQUE constraint failed: index '(\w+)'$")
_SQLITE_COLUMNS = re.compile(r"^UNIQUE constraint failed: (.+)$")
_FROZEN = re.compile(r"^(\w+_frozen)$")


MOST_NUMBER = 2_147_483_647
"""What a column of whole numbers holds; both databases raise when they are asked for more."""


def is_number(number: int) -> bool:
    """Whether a number out of an address can stand in a column."""
    return 0 <= number <= MOST_NUMBER


def number_in(text: str) -> int | None:
    """The number that a form or an address brings; None for whatever no column holds.

    Bounded before it is read: Python itself raises for a number of thousands of digits.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(MOST_NUMBER)):
        return None
    return int(text) if is_number(int(text)) else None


def is_postgresql() -> bool:
    """Whether the default database is PostgreSQL (otherwise it is SQLite)."""
    return connection.vendor == "postgresql"


def exist_and_stay(rows: models.QuerySet[Any]) -> bool:
    """Whether there are such rows; those found stay as they are until the transaction (or its savepoint) ends.

    Locks them FOR SHARE: any number of transactions hold a row together, who changes it waits for all of them.
    A transaction that may want to change the row afterwards takes `select_for_update` instead. SQLite has one
    writer at a time and needs no lock.
    """
    sql, parameters = rows.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} FOR SHARE" if is_postgresql() else sql, parameters)
        return cursor.fetchone() is not None


def violated(error: IntegrityError) -> str | None:
    """Name of the constraint an IntegrityError speaks of, or None when the database does not tell.

    PostgreSQL names it. SQLite names CHECKs and expression indexes; for the others it lists the
    columns, so two unique constraints on the same columns cannot be told apart: do not make them.
    A unique field is `<table>_<column>_key`, a primary key `<table>_pkey`, a frozen table `<table>_frozen`.
    """
    cause = error.__cause__
    diagnosis = getattr(cause, "diag", None)
    if diagnosis is not None:
        name = diagnosis.constraint_name
        return str(name) if name else None
    text = str(cause or error)
    for pattern in (_SQLITE_CHECK, _SQLITE_INDEX, _FROZEN):
        match = pattern.match(text)
        if match:
            return match[1]
    match = _SQLITE_COLUMNS.match(text)
    return _unique_name([part.strip() for part in match[1].split(",")]) if match else None


def _unique_name(qualified_columns: Sequence[str]) -> str | None:
    """The unique constraint on exactly these `table.column` names."""
    table = qualified_columns[0].partition(".")[0]
    columns = {name.partition(".")[2] for name in qualified_columns}
    model = next((found for found in apps.get_models(include_auto_created=True) if found._meta.db_table == table), None)
    if model is None:
        return None
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and _columns_of(model, constraint) == columns:
            return constraint.name
    if len(columns) > 1:
        return None
    column = columns.pop()
    return f"{table}_pkey" if column == model._meta.pk.column else f"{table}_{column}_key"


def _columns_of(model: type[models.Model], constraint: models.UniqueConstraint) -> set[str]:
    fields = _columns_by_name(model)
    return {fields[name] for name in constraint.fields}


def _columns_by_name(model: type[models.Model]) -> dict[str, str]:
    return {field.name: str(field.column) for field in model._meta.concrete_fields}


def pattern_indexes_dropped(table: str) -> Callable[[Any, BaseDatabaseSchemaEditor], None]:
    """For RunPython: drop the second index, for LIKE, that Django makes of every unique text of a table on PostgreSQL.

    Numbers, keys and hashes are looked for as a whole, and with C.UTF-8, which is checked, the first index serves LIKE
    as well; the second one only costs every row that is written.
    """

    def drop(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                r"SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s"
                r" AND indexname LIKE '%%\_like'",
                [table],
            )
            names = [name for (name,) in cursor.fetchall()]
        for name in names:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")

    return drop


class FreezeTable(Operation):
    """Migration operation: the database itself refuses to change or delete rows of a table.

    `changeable` fields stay free; `write_once` fields may be set while they are NULL and never again; `clearable`
    fields may become NULL, for who is named in them must not stay for ever.
    DELETE is refused unless `deletable`. The refusal is an IntegrityError whose constraint name is
    `<table>_frozen`. It guards against mistakes of programs; a database owner can still drop a trigger,
    which is why the audit trail is sealed as well.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(
        self,
        model_label: str,
        changeable: Sequence[str] = (),
        deletable: bool = False,
        write_once: Sequence[str] = (),
        clearable: Sequence[str] = (),
    ) -> None:
        self.model_label = model_label
        self.changeable = tuple(changeable)
        self.deletable = deletable
        self.write_once = tuple(write_once)
        self.clearable = tuple(clearable)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        kwargs = {
            "changeable": self.changeable,
            "deletable": self.deletable,
            "write_once": self.write_once,
            "clearable": self.clearable,
        }
        return self.__class__.__name__, [self.model_label], kwargs

    def describe(self) -> str:
        return f"Freeze rows of {self.model_label}"

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are not part of the models' state."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(self.model_label)
        for statement in self._create(model, schema_editor.connection.vendor):
            schema_editor.execute(statement, None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        table = from_state.apps.get_model(self.model_label)._meta.db_table
        on_table = f' ON "{table}"' if schema_editor.connection.vendor == "postgresql" else ""
        for event in ("update", "delete", "truncate"):
            schema_editor.execute(f'DROP TRIGGER IF EXISTS "{table}_frozen_{event}"{on_table}', None)

    def _create(self, model: type[models.Model], vendor: str) -> list[str]:
        table = model._meta.db_table
        statements = [frozen_trigger(vendor, table, "update", f"WHEN ({self._changes(model, vendor)})")]
        if not self.deletable:
            statements.append(frozen_trigger(vendor, table, "delete", ""))
            if vendor == "postgresql":
                statements.append(frozen_trigger(vendor, table, "truncate", ""))
        return [_REFUSE_FUNCTION, *statements] if vendor == "postgresql" else statements

    def _changes(self, model: type[models.Model], vendor: str) -> str:
        """The condition that an update touches what is frozen."""
        differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
        columns = self._columns(model)
        free = {*self.changeable, *self.write_once, *self.clearable}
        changes = [f'OLD."{column}" {differs} NEW."{column}"' for name, column in columns.items() if name not in free]
        changes += [
            f'(OLD."{columns[name]}" IS NOT NULL AND OLD."{columns[name]}" {differs} NEW."{columns[name]}")'
            for name in self.write_once
        ]
        changes += [
            f'(NEW."{columns[name]}" IS NOT NULL AND OLD."{columns[name]}" {differs} NEW."{columns[name]}")'
            for name in self.clearable
        ]
        return " OR ".join(changes)

    def _columns(self, model: type[models.Model]) -> dict[str, str]:
        fields = _columns_by_name(model)
        unknown = {*self.changeable, *self.write_once, *self.clearable} - fields.keys()
        if unknown:
            raise ValueError(f"{self.model_label} has no field {', '.join(sorted(unknown))}")
        return fields


class ThawTable(FreezeTable):
    """Migration operation: lift a freeze, named as it was made, before another one takes its place.

    SQLite makes a table anew when it gets a column, and its triggers are gone: freeze it again afterwards.
    """

    def describe(self) -> str:
        return f"Thaw rows of {self.model_label}"

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        super().database_backwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        super().database_forwards(app_label, schema_editor, from_state, to_state)


# ERRCODE 23001 (restrict_violation) is of the class that Django turns into IntegrityError
_REFUSE_FUNCTION = """
CREATE OR REPLACE FUNCTION cityhall_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = '23001', CONSTRAINT = TG_ARGV[0];
END $$
"""


def frozen_trigger(vendor: str, table: str, event: str, condition: str) -> str:
    """The statement that makes one trigger of a freeze; on PostgreSQL it calls `cityhall_refuse`."""
    name = f"{table}_frozen"
    head = f'CREATE TRIGGER "{name}_{event}" BEFORE {event.upper()} ON "{table}"'
    if vendor == "postgresql":
        level = "STATEMENT" if event == "truncate" else "ROW"
        return f"{head} FOR EACH {level} {condition} EXECUTE FUNCTION cityhall_refuse('{name}')"
    return f"{head} {condition} BEGIN SELECT RAISE(ABORT, '{name}'); END"
