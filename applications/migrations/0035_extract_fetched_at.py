from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0034_surveys_in_use")]

    operations = [
        migrations.AddField(
            model_name="extract",
            name="fetched_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="最初のダウンロード日時"),
        ),
    ]
