"""Which desk received what staff took down before the desk was written with the case."""

from collections import defaultdict

from django.db import migrations, transaction

TAKEN_DOWN = ("counter", "paper", "assisted", "remote")
RECEIVING = ("reception", "processing")
BATCH = 2000


def fill(apps, schema_editor):
    """Cases typed in by somebody who never worked for their department, but for one that receives for it.

    Rights and roles count whatever their period: both may have been ended or changed since. Where two desks fit,
    nobody knows any more which it was: the case is left without one.

    In transactions of a few rows, so that nobody at a counter waits; begun again, it goes on with what is left.
    """
    Application = apps.get_model("applications", "Application")
    rights, workers = _rights(apps), _workers(apps)
    rows = Application.objects.filter(
        department__in=rights.keys(), desk_department=None, channel__in=TAKEN_DOWN, filed_by__isnull=False
    )
    rows = rows.exclude(applicant_kind="staff").order_by("pk")
    columns = ("pk", "department", "filed_by", "procedure__department", "procedure__key")
    last = 0
    while batch := list(rows.filter(pk__gt=last).values_list(*columns)[:BATCH]):
        last = batch[-1][0]
        found = defaultdict(list)
        for pk, giver, user, owner, key in batch:
            named = {desk for desk, only in rights[giver] if not only or (owner, key) == (giver, only)}
            desks = [desk for desk in named if user in workers[desk]]
            if len(desks) == 1 and user not in workers[giver]:
                found[desks[0]].append(pk)
        with transaction.atomic():
            for desk, pks in sorted(found.items()):
                Application.objects.filter(pk__in=pks, desk_department=None).update(desk_department=desk)


def _rights(apps):
    """Desks by the department that they receive for, each with the one procedure it receives, "" for all."""
    rows = apps.get_model("cityhall", "GrantedRight").objects.filter(kind__in=RECEIVING)
    found = defaultdict(set)
    for giver, desk, key in rows.values_list("from_department", "to_department", "procedure_key"):
        found[giver].add((desk, key))
    return found


def _workers(apps):
    """Everybody who ever worked for a department."""
    found = defaultdict(set)
    for department, user in apps.get_model("cityhall", "StaffRole").objects.values_list("department", "user"):
        found[department].add(user)
    return found


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("applications", "0007_desk_departments"),
        ("cityhall", "0007_grants_of_whole_departments"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
