"""What was handed over or cancelled on a day is found by an index, however much was in the years before."""

from django.db import migrations, models

from cityhall.quiet_indexes import AddIndexQuietly


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("counter", "0024_print_kinds")]

    operations = [
        AddIndexQuietly(
            model_name="certificateissue",
            index=models.Index(
                condition=models.Q(over_at__isnull=False), fields=["over_at"], name="certificate_over"
            ),
        )
    ]
