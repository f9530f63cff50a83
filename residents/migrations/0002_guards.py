"""What a person consented to and proved is never rewritten, whoever asks."""

from django.db import migrations

from cityhall.db import FreezeTable


class Migration(migrations.Migration):
    dependencies = [("residents", "0001_initial")]
    operations = [
        FreezeTable("residents.Consent"),
        FreezeTable("residents.IdentityProof"),
        # a mandate ends by being revoked; merging people moves it to the row that stays
        FreezeTable("residents.Mandate", changeable=["revoked_at", "principal", "agent"]),
    ]
