"""Whose turn it is to approve, as columns that a list reads from an index."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0025_application_of_business"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="approval",
            name="turn_department",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cityhall.department",
                verbose_name="次に決裁する課",
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="turn_approver",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="次の決裁者",
            ),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(
                fields=["turn_department", "id"], condition=models.Q(state="waiting"), name="approval_turn_of_place"
            ),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(
                fields=["turn_approver", "id"], condition=models.Q(state="waiting"), name="approval_turn_of_person"
            ),
        ),
    ]
