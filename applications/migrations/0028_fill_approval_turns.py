"""Proposals that wait already wait for the department of their case."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery


def fill(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Only what waits: a settled proposal is nobody's turn, and nobody looks for it by its turn."""
    cases = apps.get_model("applications", "Application").objects.filter(pk=OuterRef("application_id"))
    waiting = apps.get_model("applications", "Approval").objects.filter(state="waiting", turn_department=None)
    waiting.update(turn_department_id=Subquery(cases.values("department_id")[:1]))


class Migration(migrations.Migration):
    dependencies = [("applications", "0027_approval_turns")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
