"""What the database itself refuses: changes of frozen forms, of sent answers, of what happened."""

from django.db import migrations

from cityhall.db import FreezeTable


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]

    operations = [
        FreezeTable("applications.FormVersion"),
        FreezeTable("applications.ApplicationRevision"),
        FreezeTable("applications.ApplicationEvent"),
    ]
