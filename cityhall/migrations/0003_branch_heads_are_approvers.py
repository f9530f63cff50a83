"""The role of the heads of branch offices (支所長) goes to the heads of districts; who held it stays what it was.

The rights of a branch head were those of an approver of the same department.
"""

from django.db import migrations
from django.db.models import Exists, OuterRef


def make_approvers(apps, schema_editor):
    roles = apps.get_model("cityhall", "StaffRole").objects
    same = {name: OuterRef(name) for name in ("user", "department", "active_from")}
    is_approver = Exists(roles.filter(role="approver", **same))
    old = roles.filter(role="district_head")
    # who was both on the same day is one of them now
    old.filter(is_approver).delete()
    old.update(role="approver")


class Migration(migrations.Migration):
    dependencies = [("cityhall", "0002_campaigns_channels_circulars")]

    operations = [migrations.RunPython(make_approvers, migrations.RunPython.noop)]
