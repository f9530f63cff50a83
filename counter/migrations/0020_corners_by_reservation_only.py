"""Groups of corners in use that give no numbers stay so. Where numbers were switched on the city is not overruled."""

from django.db import migrations


def keep(apps, schema_editor):
    Corner = apps.get_model("counter", "BereavementCorner")
    Group = apps.get_model("reservations", "ServiceGroup")
    groups = Corner.objects.filter(is_active=True).values("service__group")
    Group.objects.filter(pk__in=groups, has_tickets=False).update(reservation_only=True)


def give_back(apps, schema_editor):
    apps.get_model("reservations", "ServiceGroup").objects.update(reservation_only=False)


class Migration(migrations.Migration):
    dependencies = [
        ("counter", "0019_moved_procedures"),
        ("reservations", "0013_groups_by_reservation_only"),
    ]

    operations = [migrations.RunPython(keep, give_back)]
