"""The indexes of 0007, built while the city goes on working. Where 0007 made them itself they are kept."""

from django.db import migrations, models

from cityhall.quiet_indexes import AddIndexQuietly

OF_A_DESK = models.Q(desk_department__isnull=False)
BY = {
    "application_of_desk": ["is_open", "due_order"],
    "application_of_desk_by_state": ["state", "due_order"],
    "application_of_desk_by_name": ["applicant_search"],
    "application_of_desk_by_kana": ["applicant_search_kana"],
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("applications", "0009_names_of_life_events")]

    operations = [
        AddIndexQuietly(
            model_name="application",
            index=models.Index(condition=OF_A_DESK, fields=["desk_department", *columns, "id"], name=name),
        )
        for name, columns in BY.items()
    ]
