"""Tables of which the rows in work may change, and those in use may not."""

from django.db import models

from cityhall.db import FreezeTable, frozen_trigger


class FreezeOnceActive(FreezeTable):
    """Migration operation: like FreezeTable for the rows whose `state` is no draft any more; drafts stay free.

    The database has the function that refuses already, from the tables frozen before.
    """

    def describe(self) -> str:
        return f"Freeze rows of {self.model_label} that are in use"

    def _create(self, model: type[models.Model], vendor: str) -> list[str]:
        table = model._meta.db_table
        in_use = "OLD.\"state\" <> 'draft'"
        changes = self._changes(model, vendor)
        return [
            frozen_trigger(vendor, table, "update", f"WHEN ({in_use} AND ({changes}))"),
            frozen_trigger(vendor, table, "delete", f"WHEN ({in_use})"),
        ]
