from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0003_flat_merges")]

    operations = [
        migrations.AddField(
            model_name="registerimport",
            name="lost_slices",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
    ]
