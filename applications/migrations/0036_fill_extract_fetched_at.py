"""Extracts that were made before downloads were noted down count as fetched: their cases stay taken."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def fill(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    made = apps.get_model("applications", "Extract").objects.filter(expires_at__isnull=False, fetched_at=None)
    made.update(fetched_at=F("finished_at"))


class Migration(migrations.Migration):
    dependencies = [("applications", "0035_extract_fetched_at")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
