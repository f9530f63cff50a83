from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.utils import timezone


def wipe(apps, schema_editor):
    """Keep the hash of every drawing, and let go of what visits that were wiped before have left behind."""
    db = schema_editor.connection.alias
    signatures = apps.get_model('counter', 'VisitSignature').objects.using(db).filter(file__isnull=False)
    files = apps.get_model('cityhall', 'StoredFile').objects.using(db)
    signatures.update(sha256=Subquery(files.filter(pk=OuterRef('file')).values('sha256')[:1]))
    of_wiped = signatures.filter(visit__wiped_at__isnull=False)
    now = timezone.now()
    files.filter(pk__in=list(of_wiped.values_list('file', flat=True))).update(delete_after=now)
    signatures.filter(pk__in=list(of_wiped.values_list('pk', flat=True))).update(file=None)
    claimed = apps.get_model('counter', 'AccountInvitation').objects.using(db).filter(claimed_by__isnull=False)
    over = list(claimed.filter(visit__closed_at__isnull=False).values_list('pk', flat=True))
    claimed.filter(pk__in=over).update(claimed_by=None, ends_at=now)


class Migration(migrations.Migration):

    dependencies = [
        ('cityhall', '0006_programs_as_devices'),
        ('counter', '0011_hashes_of_signatures'),
    ]

    operations = [
        # what is wiped does not come back
        migrations.RunPython(wipe, migrations.RunPython.noop),
    ]
