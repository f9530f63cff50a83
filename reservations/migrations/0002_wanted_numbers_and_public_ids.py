"""Names for rules and exceptions in addresses, and what a slot should have when more of it is taken."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import cityhall.ids

_NAMED = ("OpeningRule", "OpeningException")


def name_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give every row an id of its own: a default is made once for all rows that are there."""
    for model_name in _NAMED:
        rows = apps.get_model("reservations", model_name).objects
        for row in rows.only("pk"):
            rows.filter(pk=row.pk).update(public_id=cityhall.ids.public_id())


def _public_id(*, is_unique: bool) -> models.CharField:
    return models.CharField(
        default=cityhall.ids.public_id,
        editable=False,
        max_length=22,
        unique=is_unique,
        verbose_name="公開ID",
    )


class Migration(migrations.Migration):
    dependencies = [("reservations", "0001_initial")]

    operations = [
        *(migrations.AddField(model, "public_id", _public_id(is_unique=False)) for model in _NAMED),
        migrations.RunPython(name_rows, migrations.RunPython.noop),
        *(migrations.AlterField(model, "public_id", _public_id(is_unique=True)) for model in _NAMED),
        migrations.AddField(
            "slot",
            "wanted_capacity",
            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="本来の受付数"),
        ),
        migrations.AddField(
            "slot",
            "wanted_public_capacity",
            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="本来の予約で開く数"),
        ),
        migrations.AddConstraint(
            "slot",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("wanted_capacity__isnull", True), ("wanted_public_capacity__isnull", True)),
                    models.Q(
                        ("wanted_capacity__isnull", False),
                        ("wanted_capacity__lte", models.F("capacity")),
                        ("wanted_public_capacity__isnull", False),
                        ("wanted_public_capacity__lte", models.F("wanted_capacity")),
                    ),
                    _connector="OR",
                ),
                name="slot_wants_less_than_it_has",
            ),
        ),
    ]
