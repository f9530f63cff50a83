"""A number that several accounts proved belongs to the one that proved it last."""

from django.db import migrations
from django.utils import timezone


def end_older(apps, schema_editor):
    numbers = apps.get_model("notices", "SmsNumber").objects.filter(verified_at__isnull=False, ended_at__isnull=True)
    seen = set()
    for row in numbers.order_by("-verified_at", "-id"):
        if row.number in seen:
            numbers.filter(pk=row.pk).update(ended_at=timezone.now(), number="", verified_at=None)
        seen.add(row.number)


class Migration(migrations.Migration):

    dependencies = [
        ("notices", "0008_neutral_words_of_events"),
    ]

    operations = [
        # nobody wants their number with two accounts again
        migrations.RunPython(end_older, migrations.RunPython.noop),
    ]
