"""What was frozen for good is frozen until the case is disposed of; how it can be is said in `applications.frozen`."""

from django.db import migrations

from applications.frozen import FreezeUntilDisposed
from cityhall.db import FreezeTable, ThawTable


class Migration(migrations.Migration):
    dependencies = [("applications", "0031_fee_journal_and_disposal")]

    operations = [
        FreezeTable("applications.DisposalMark"),
        # 0031 gave this one columns, which thawed it
        FreezeUntilDisposed("applications.PaymentEvent", "payment", emptied=["note"]),
        ThawTable("applications.ApplicationRevision"),
        FreezeUntilDisposed("applications.ApplicationRevision", "application"),
        ThawTable("applications.ApplicationEvent"),
        FreezeUntilDisposed("applications.ApplicationEvent", "application", emptied=["note"]),
        ThawTable("applications.Message", changeable=["read_at"]),
        FreezeUntilDisposed("applications.Message", "application", changeable=["read_at"]),
        ThawTable("applications.ApprovalSignature"),
        FreezeUntilDisposed("applications.ApprovalSignature", "approval", emptied=["comment"]),
    ]
