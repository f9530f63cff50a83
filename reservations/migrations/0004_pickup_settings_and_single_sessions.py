"""What a group takes orders of documents for, and classes whose sessions are booked one by one."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reservations", "0003_what_a_call_chose_from"),
    ]

    operations = [
        migrations.AddField(
            model_name="servicegroup",
            name="pickup_keep_days",
            field=models.PositiveSmallIntegerField(
                default=14,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="受け取る日から何日で「受け取りなし」にするか",
            ),
        ),
        migrations.AddField(
            model_name="servicegroup",
            name="pickup_lead_days",
            field=models.PositiveSmallIntegerField(
                default=1,
                validators=[django.core.validators.MaxValueValidator(60)],
                verbose_name="何営業日後から受け取れるか",
            ),
        ),
        migrations.AddField(
            model_name="servicegroup",
            name="takes_pickups",
            field=models.BooleanField(default=False, verbose_name="証明書の受け取りの申込を受け付ける"),
        ),
        migrations.AddField(
            model_name="slotseries",
            name="takes_sessions",
            field=models.BooleanField(default=False, verbose_name="1回ごとの申込を受け付ける"),
        ),
    ]
