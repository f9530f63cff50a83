from django.db import migrations

from cityhall.db import FreezeTable


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0012_fewer_indexes_of_notices"),
    ]

    operations = [
        # what the check page knows a proof sheet by is evidence as the events are
        FreezeTable("notices.ProofSheet"),
    ]
