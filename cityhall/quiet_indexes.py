"""Indexes of big tables, built while the city goes on working."""

from typing import Any, Final

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddIndex
from django.db.migrations.state import ProjectState
from django.db.models import Model

_IS_VALID: Final = (
    "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE c.relname = %s AND pg_table_is_visible(c.oid)"
)


class AddIndexQuietly(AddIndex):
    """`AddIndex` that locks out no writer: on PostgreSQL built concurrently, in a migration with `atomic = False`.

    What is there already is kept, so that a migration that was interrupted goes on, and a database that got the index
    from an older migration is taken as it is. A half-built index of PostgreSQL (not valid) is built anew.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model: type[Model] = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        found = _is_valid(schema_editor, model, self.index.name)
        if found is False:
            schema_editor.remove_index(model, self.index, **_concurrently(schema_editor))
        if not found:
            schema_editor.add_index(model, self.index, **_concurrently(schema_editor))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model: type[Model] = from_state.apps.get_model(app_label, self.model_name)
        is_ours = self.allow_migrate_model(schema_editor.connection.alias, model)
        if is_ours and _is_valid(schema_editor, model, self.index.name) is not None:
            schema_editor.remove_index(model, self.index, **_concurrently(schema_editor))


def _is_valid(schema_editor: BaseDatabaseSchemaEditor, model: type[Model], name: str) -> bool | None:
    """Whether an index can be used; None where there is none of that name."""
    with schema_editor.connection.cursor() as cursor:
        if schema_editor.connection.vendor == "postgresql":
            cursor.execute(_IS_VALID, [name])
            row = cursor.fetchone()
            return bool(row[0]) if row else None
        found = schema_editor.connection.introspection.get_constraints(cursor, model._meta.db_table)
        return True if name in found else None


def _concurrently(schema_editor: BaseDatabaseSchemaEditor) -> dict[str, bool]:
    return {"concurrently": True} if schema_editor.connection.vendor == "postgresql" else {}
