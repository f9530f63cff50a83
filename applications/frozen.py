"""Frozen tables whose rows may go when the case they belong to is disposed of, and not before."""

from collections.abc import Sequence
from typing import Any, cast

from django.db import models

from cityhall.db import FreezeTable, frozen_trigger


class FreezeUntilDisposed(FreezeTable):
    """Migration operation: like FreezeTable, until a `DisposalMark` names the row that `parent` points at.

    Then fields in `emptied` may be set to the empty text; without any, the rows may be deleted. Nothing else
    becomes free. The mark is a table of its own, which no migration alters: SQLite refuses to rename a table
    while a trigger names one that is being made anew, as `Application` is with every new column.
    """

    def __init__(
        self, model_label: str, parent: str, emptied: Sequence[str] = (), changeable: Sequence[str] = ()
    ) -> None:
        super().__init__(model_label, changeable=changeable)
        self.parent = parent
        self.emptied = tuple(emptied)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        kwargs = {"emptied": self.emptied, "changeable": self.changeable}
        return self.__class__.__name__, [self.model_label, self.parent], kwargs

    def describe(self) -> str:
        return f"Freeze rows of {self.model_label} until they are disposed of"

    def _create(self, model: type[models.Model], vendor: str) -> list[str]:
        table = model._meta.db_table
        released = self._released(model, vendor)
        differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
        names = {field.name: field.column for field in model._meta.concrete_fields}
        fixed = [column for name, column in names.items() if name not in {*self.changeable, *self.emptied}]
        changes = [f'OLD."{column}" {differs} NEW."{column}"' for column in fixed]
        changes += [
            f'(OLD."{names[name]}" {differs} NEW."{names[name]}" AND NOT (NEW."{names[name]}" = \'\' AND {released}))'
            for name in self.emptied
        ]
        stays = "" if self.emptied else f"WHEN (NOT {released})"
        statements = [
            frozen_trigger(vendor, table, "update", f"WHEN ({' OR '.join(changes)})"),
            frozen_trigger(vendor, table, "delete", stays),
        ]
        if vendor == "postgresql":
            return [_IS_DISPOSED, *statements, frozen_trigger(vendor, table, "truncate", "")]
        return statements

    def _released(self, model: type[models.Model], vendor: str) -> str:
        field = cast("models.ForeignKey[Any, Any]", model._meta.get_field(self.parent))
        parent = field.related_model._meta.db_table
        if vendor == "postgresql":
            # a WHEN of PostgreSQL takes functions and no subqueries
            return f"applications_is_disposed('{parent}', OLD.\"{field.column}\")"
        marks = f'SELECT 1 FROM "applications_disposalmark" WHERE "table" = \'{parent}\''  # noqa: S608 - names of tables, not of people
        return f'EXISTS ({marks} AND "object_id" = OLD."{field.column}")'


_IS_DISPOSED = """
CREATE OR REPLACE FUNCTION applications_is_disposed(of_table text, of_id bigint) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT EXISTS (SELECT 1 FROM applications_disposalmark WHERE "table" = of_table AND object_id = of_id) $$
"""
