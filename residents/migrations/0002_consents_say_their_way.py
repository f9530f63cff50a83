import cityhall.db
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0001_squashed_0006_filing_for_others"),
    ]

    operations = [
        # SQLite makes a table anew when it gets a column, and its triggers would be gone
        cityhall.db.ThawTable("residents.Consent"),
        migrations.AddField(
            model_name="consent",
            name="way",
            field=models.CharField(
                choices=[
                    ("online", "このサイト"),
                    ("counter", "窓口"),
                    ("telephone", "電話"),
                    ("writing", "書面（郵便・持参）"),
                ],
                default="online",
                max_length=10,
                verbose_name="申出の方法",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="said_on",
            field=models.DateField(blank=True, null=True, verbose_name="申出の日"),
        ),
        migrations.AddField(
            model_name="consent",
            name="reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="理由"),
        ),
        cityhall.db.FreezeTable("residents.Consent"),
    ]
