"""A text of a notice says what was changed and by whom."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cityhall.db import FreezeTable, ThawTable


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0004_labels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # SQLite makes the table anew and its triggers are gone
        ThawTable("notices.NoticeTypeVersion"),
        migrations.AddField(
            model_name="noticetypeversion",
            name="change_note",
            field=models.CharField(blank=True, max_length=200, verbose_name="変更の内容"),
        ),
        migrations.AddField(
            model_name="noticetypeversion",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="作成者",
            ),
        ),
        FreezeTable("notices.NoticeTypeVersion"),
    ]
