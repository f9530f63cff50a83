"""What the database itself refuses: changes of signatures, notes, guides, and of what happened to fees and reports."""

from django.db import migrations

from cityhall.db import FreezeTable


class Migration(migrations.Migration):
    dependencies = [("applications", "0022_cases_guide_and_inventory")]

    operations = [
        FreezeTable("applications.ApprovalSignature"),
        FreezeTable("applications.CaseNote", deletable=True),
        FreezeTable("applications.DailyClosing"),
        FreezeTable("applications.GuideVersion"),
        FreezeTable("applications.PaymentEvent"),
        FreezeTable("applications.ReportEvent"),
    ]
