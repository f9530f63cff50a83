from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0005_alert_of_an_answer")]

    operations = [
        migrations.AddField(
            model_name="noticetype",
            name="catalogue_rules",
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name="カタログの設定"),
        ),
    ]
