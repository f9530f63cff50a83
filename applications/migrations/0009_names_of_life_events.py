from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0008_fill_desk_departments"),
    ]

    operations = [
        migrations.AddField(
            model_name="lifeevent",
            name="names",
            field=models.JSONField(blank=True, default=dict, verbose_name="他の言語の名称"),
        ),
        migrations.AlterField(
            model_name="reception",
            name="identity_note",
            field=models.CharField(blank=True, max_length=1500, verbose_name="本人確認のメモ"),
        ),
    ]
