from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0005_papers_seen"),
    ]

    operations = [
        migrations.AddField(
            model_name="procedure",
            name="issued_at_once",
            field=models.BooleanField(default=False, verbose_name="窓口ですぐに交付する"),
        ),
    ]
