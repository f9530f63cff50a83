from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0009_link_values_and_guests"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="page_states",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="ページごとの進み具合"),
        ),
    ]
