"""A short address for every procedure there is; messages and ratings are never rewritten."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import cityhall.ids
from cityhall.db import FreezeTable


def give_short_codes(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    procedures = apps.get_model("applications", "Procedure").objects
    taken = set(procedures.exclude(short_code=None).values_list("short_code", flat=True))
    for pk in procedures.filter(short_code=None).values_list("pk", flat=True):
        code = cityhall.ids.short_code()
        while code in taken:
            code = cityhall.ids.short_code()
        taken.add(code)
        procedures.filter(pk=pk).update(short_code=code)


class Migration(migrations.Migration):
    dependencies = [("applications", "0004_forms_and_filing")]

    operations = [
        migrations.RunPython(give_short_codes, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="procedure",
            name="short_code",
            field=models.CharField(
                default=cityhall.ids.short_code,
                editable=False,
                max_length=8,
                null=True,
                unique=True,
                verbose_name="短いアドレス",
            ),
        ),
        FreezeTable("applications.Message", changeable=["read_at"]),
        FreezeTable("applications.Rating"),
    ]
