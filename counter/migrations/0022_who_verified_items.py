import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("counter", "0021_subjects_and_cancellations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="elsewhereitem",
            name="verified_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="確かめた職員",
            ),
        ),
        migrations.AddConstraint(
            model_name="elsewhereitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("verified_by__isnull", True), ("verified_on__isnull", False), _connector="OR"),
                name="elsewhere_item_verified_on_a_day",
                violation_error_message="確かめた日を入力してください。",
            ),
        ),
    ]
