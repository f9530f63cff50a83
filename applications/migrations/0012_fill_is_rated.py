from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def fill(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("applications", "Application").objects.filter(rated_at__isnull=False).update(is_rated=True)


def empty(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    # when it was is forgotten for good: the time of sending stands in
    rated = apps.get_model("applications", "Application").objects.filter(is_rated=True)
    rated.update(rated_at=F("submitted_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0011_application_is_rated"),
    ]

    operations = [migrations.RunPython(fill, empty)]
