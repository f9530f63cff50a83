"""What a guide advised and the desk does not receive is kept with the visit until that is wiped."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("counter", "0026_relatives_ask_for_family_registers")]

    operations = [
        migrations.AddField(
            model_name="visit",
            name="advised",
            field=models.JSONField(blank=True, default=dict, verbose_name="ガイドの案内"),
        )
    ]
