import datetime as dt
from zoneinfo import ZoneInfo

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TOKYO = ZoneInfo("Asia/Tokyo")


def fill(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    cases = apps.get_model("applications", "Application").objects
    for pk, moment in cases.filter(visit_held_at__isnull=False).values_list("pk", "visit_held_at").iterator():
        cases.filter(pk=pk).update(visit_held_on=moment.astimezone(TOKYO).date())


def empty(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    # the time of day is forgotten for good: noon stands in
    cases = apps.get_model("applications", "Application").objects
    for pk, day in cases.filter(visit_held_on__isnull=False).values_list("pk", "visit_held_on").iterator():
        cases.filter(pk=pk).update(visit_held_at=dt.datetime.combine(day, dt.time(12), tzinfo=TOKYO))


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0015_application_visit_held_on"),
    ]

    operations = [migrations.RunPython(fill, empty)]
