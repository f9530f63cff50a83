import cityhall.db
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('counter', '0012_wipe_drawings'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='visitsignature',
            constraint=models.CheckConstraint(condition=models.Q(('file__isnull', True), models.Q(('sha256', ''), _negated=True), _connector='OR'), name='signature_drawn_has_hash'),
        ),
        cityhall.db.FreezeTable(model_label='counter.VisitSignature', deletable=True, clearable=('file',)),
    ]
