from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reservations", "0012_kiosks_offer_forms"),
    ]

    operations = [
        migrations.AddField(
            model_name="servicegroup",
            name="reservation_only",
            field=models.BooleanField(default=False, editable=False, verbose_name="予約制の窓口で使用中"),
        ),
        migrations.AddConstraint(
            model_name="servicegroup",
            constraint=models.CheckConstraint(
                condition=models.Q(("reservation_only", False), ("has_tickets", False), _connector="OR"),
                name="group_by_reservation_only_gives_no_tickets",
                violation_error_message="予約制の窓口で使用中のまとまりです。番号札は発行できません。",
            ),
        ),
    ]
