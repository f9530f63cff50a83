from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0012_fill_is_rated"),
    ]

    operations = [
        migrations.RemoveField(model_name="application", name="rated_at"),
    ]
