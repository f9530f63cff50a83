from django.db import migrations, models

PURPOSES = [
    ("arrival", "到着"),
    ("reminder", "再度のお知らせ"),
    ("filing", "手続のお願い"),
    ("withdrawal", "取消"),
    ("answer", "返信への回答"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0004_filing_reminders_and_wiped_contents"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="purpose",
            field=models.CharField(choices=PURPOSES, default="arrival", max_length=10, verbose_name="目的"),
        ),
    ]
