from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0010_page_states"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="is_rated",
            field=models.BooleanField(default=False, editable=False, verbose_name="満足度に回答済み"),
        ),
    ]
