from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('applications', '0014_fee_unknown_until_set'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='visit_held_on',
            field=models.DateField(blank=True, null=True, verbose_name='来庁・面接の実施日'),
        ),
    ]
