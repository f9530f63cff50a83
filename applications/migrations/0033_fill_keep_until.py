"""Until when the cases that are closed already are kept: as `services.retention` writes it from now on."""

import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import DateTimeField, OuterRef, Subquery
from django.db.models.functions import Coalesce

_BATCH = 1000
_TOKYO = dt.timezone(dt.timedelta(hours=9))


def fill(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    applications = apps.get_model("applications", "Application").objects
    events = apps.get_model("applications", "ApplicationEvent").objects
    closings = events.filter(application=OuterRef("pk"), kind=OuterRef("state")).order_by("-id").values("at")[:1]
    closed = applications.filter(state__in=["completed", "withdrawn"], number__isnull=False, keep_until=None)
    rows = closed.annotate(
        # cases without a history came with the first test data
        closed_at=Coalesce(Subquery(closings), "decided_at", "submitted_at", "created_at", output_field=DateTimeField())
    ).select_related("procedure")
    batch = []
    for row in rows.only("pk", "state", "procedure__retention_years").iterator(_BATCH):
        day = row.closed_at.astimezone(_TOKYO).date()
        row.keep_until = _end_of_fiscal_year(day, row.procedure.retention_years)
        batch.append(row)
        if len(batch) == _BATCH:
            applications.bulk_update(batch, ["keep_until"])
            batch = []
    applications.bulk_update(batch, ["keep_until"])


def _end_of_fiscal_year(day: dt.date, years: int) -> dt.date:
    return dt.date(day.year + (day.month > 3) + years, 3, 31)


class Migration(migrations.Migration):
    dependencies = [("applications", "0032_frozen_until_disposed")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
