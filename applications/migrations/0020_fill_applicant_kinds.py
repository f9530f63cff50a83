from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Count


def fill(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("applications", "Application").objects.filter(business__isnull=False).update(
        applicant_kind="business"
    )
    ratings = apps.get_model("applications", "Rating").objects.order_by()
    tally = apps.get_model("applications", "RatingTally")
    tally.objects.bulk_create(
        tally(procedure_id=procedure, score=score, count=count)
        for procedure, score, count in ratings.values_list("procedure", "score").annotate(Count("pk"))
    )


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0019_applicant_kinds"),
    ]

    # backwards the columns and the table are dropped
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
