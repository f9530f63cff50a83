from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cityhall', '0006_programs_as_devices'),
    ]

    operations = [
        migrations.AlterField(
            model_name='grantedright',
            name='procedure_key',
            field=models.SlugField(blank=True, max_length=60, verbose_name='手続キー'),
        ),
        migrations.AddConstraint(
            model_name='grantedright',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('procedure_key', ''), _negated=True), ('kind', 'reception'), _connector='OR'), name='granted_right_to_all_is_reception', violation_error_message='すべての手続を任せられるのは「受付」だけです。手続を選んでください。'),
        ),
    ]
