"""What models cannot say: evidence only grows, and a text that notices were made from never changes."""

from django.db import migrations

from cityhall.db import FreezeTable


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]

    operations = [
        FreezeTable("notices.ReceiptEvent"),
        FreezeTable("notices.NoticeTypeVersion"),
    ]
