"""Which desk received what staff took down before the desk was written with the case."""

from django.db import migrations

TAKEN_DOWN = ("counter", "paper", "assisted", "remote")
RECEIVING = ("reception", "processing")


def fill(apps, schema_editor):
    """Cases typed in by somebody who never worked for their department, but for one that receives for it.

    Rights and roles count whatever their period: both may have been ended or changed since.
    """
    Application = apps.get_model("applications", "Application")
    Procedure = apps.get_model("applications", "Procedure")
    StaffRole = apps.get_model("cityhall", "StaffRole")
    GrantedRight = apps.get_model("cityhall", "GrantedRight")
    rights = GrantedRight.objects.filter(kind__in=RECEIVING).order_by("procedure_key", "to_department")
    for giver, desk, key in rights.values_list("from_department", "to_department", "procedure_key"):
        rows = Application.objects.filter(
            department=giver,
            desk_department=None,
            channel__in=TAKEN_DOWN,
            filed_by__in=StaffRole.objects.filter(department=desk).values("user"),
        )
        rows = rows.exclude(applicant_kind="staff")
        rows = rows.exclude(filed_by__in=StaffRole.objects.filter(department=giver).values("user"))
        if key:
            rows = rows.filter(procedure__in=Procedure.objects.filter(department=giver, key=key).values("pk"))
        rows.update(desk_department=desk)


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0007_desk_departments"),
        ("cityhall", "0007_grants_of_whole_departments"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
