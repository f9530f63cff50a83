import cityhall.db
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('counter', '0010_visits_outlive_trials'),
    ]

    operations = [
        cityhall.db.ThawTable('counter.VisitSignature', deletable=True),
        migrations.AddField(
            model_name='visitsignature',
            name='sha256',
            field=models.CharField(blank=True, max_length=64, verbose_name='署名のハッシュ値'),
        ),
    ]
