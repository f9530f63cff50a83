from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0020_fill_applicant_kinds"),
    ]

    operations = [
        migrations.AddConstraint(
            "application",
            models.CheckConstraint(
                condition=Q(applicant_kind="person", business__isnull=True)
                | Q(applicant_kind="business", business__isnull=False)
                | Q(
                    applicant_kind="staff",
                    business__isnull=True,
                    resident__isnull=True,
                    mandate__isnull=True,
                    filed_by__isnull=False,
                ),
                name="application_applicant_is_of_its_kind",
                violation_error_message="申請者の種別と申請者が合いません。",
            ),
        ),
        migrations.AddIndex(
            "application",
            models.Index(fields=["filed_by", "-id"], condition=Q(state="draft"), name="application_drafts_of_filer"),
        ),
        migrations.AddIndex(
            "application",
            models.Index(fields=["created_at", "id"], condition=Q(state="draft"), name="application_drafts_by_age"),
        ),
        migrations.AddIndex(
            "application",
            models.Index(fields=["created_at", "id"], condition=Q(is_practice=True), name="application_trials_by_age"),
        ),
    ]
