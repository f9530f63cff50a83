import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0024_staff_filing_decided_by_another"),
        ("residents", "0006_filing_for_others"),
    ]

    operations = [
        migrations.AddIndex("application", models.Index(fields=["business", "-id"], name="application_of_business")),
        migrations.AlterField(
            "application",
            "business",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="applications",
                to="residents.business",
                verbose_name="事業者",
            ),
        ),
    ]
