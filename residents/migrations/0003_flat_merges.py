"""Rows merged into a row that was merged itself point at the one that lives."""

from django.db import migrations
from django.db.models import F


def flatten(apps, schema_editor):
    residents = apps.get_model("residents", "Resident").objects.using(schema_editor.connection.alias)
    chained = residents.filter(merged_into__merged_into__isnull=False)
    while rows := list(chained.annotate(living=F("merged_into__merged_into_id"))[:1000]):
        for row in rows:
            residents.filter(pk=row.pk).update(merged_into_id=row.living)


class Migration(migrations.Migration):
    dependencies = [("residents", "0002_guards")]

    operations = [migrations.RunPython(flatten, migrations.RunPython.noop)]
