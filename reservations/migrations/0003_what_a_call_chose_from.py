"""The mix of the queue counts the calls for which several kinds of people waited."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reservations", "0002_wanted_numbers_and_public_ids")]

    operations = [
        migrations.AddField(
            "ticket",
            "called_among",
            models.CharField(blank=True, editable=False, max_length=3, verbose_name="呼び出し時の待ち"),
        ),
    ]
