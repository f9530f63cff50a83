"""Whose form a counter prints unasked. What a city has already goes on to be printed, until somebody says otherwise."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0010_indexes_of_desks")]

    operations = [
        migrations.AddField(
            "procedure", "needs_paper_form", models.BooleanField(default=True, verbose_name="書面が必要")
        ),
        migrations.AlterField(
            "procedure", "needs_paper_form", models.BooleanField(default=False, verbose_name="書面が必要")
        ),
    ]
