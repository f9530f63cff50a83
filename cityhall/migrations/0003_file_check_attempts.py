import django.utils.timezone
from django.db import migrations, models

from cityhall.db import FreezeTable, ThawTable


class Migration(migrations.Migration):
    dependencies = [("cityhall", "0002_guards")]

    operations = [
        ThawTable("cityhall.StoredFile", changeable=("state", "checked_at", "delete_after"), deletable=True),
        migrations.AddField(
            model_name="storedfile",
            name="check_attempts",
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="検査の回数"),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="check_due_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, editable=False, verbose_name="検査予定日時"
            ),
        ),
        migrations.RemoveIndex(model_name="storedfile", name="stored_file_to_check"),
        migrations.AddIndex(
            model_name="storedfile",
            index=models.Index(
                condition=models.Q(("state", "pending")), fields=["check_due_at"], name="stored_file_check_due"
            ),
        ),
        FreezeTable(
            "cityhall.StoredFile",
            changeable=("state", "checked_at", "delete_after", "check_attempts", "check_due_at"),
            deletable=True,
        ),
    ]
