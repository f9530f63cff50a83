import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Cast
from django.db.models.lookups import Contains


def _names(kind: str) -> Q:
    return Q(Contains(Cast("applicant_kinds", models.TextField()), f'"{kind}"'))


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0017_remove_visit_held_at"),
        ("cityhall", "0004_labels"),
    ]

    operations = [
        migrations.AddField(
            "application",
            "applicant_kind",
            models.CharField(
                choices=[("person", "個人"), ("business", "事業者"), ("staff", "職員")],
                default="person",
                editable=False,
                max_length=10,
                verbose_name="申請者の種別",
            ),
        ),
        migrations.AddField(
            "application",
            "applicant_department",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cityhall.department",
                verbose_name="申請者の課",
            ),
        ),
        migrations.AddField(
            "application",
            "applicant_email",
            models.EmailField(blank=True, max_length=254, verbose_name="申請者のメールアドレス（職員）"),
        ),
        migrations.AddField(
            "procedure",
            "takes_staff",
            models.GeneratedField(
                db_persist=True,
                expression=_names("staff"),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddField(
            "procedure",
            "takes_public",
            models.GeneratedField(
                db_persist=True,
                expression=_names("person") | _names("business") | ~_names("staff"),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.CreateModel(
            "RatingTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.PositiveSmallIntegerField(verbose_name="満足度（0〜10）")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="件数")),
                (
                    "procedure",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rating_tallies",
                        to="applications.procedure",
                        verbose_name="手続",
                    ),
                ),
            ],
            options={
                "verbose_name": "満足度の集計",
                "verbose_name_plural": "満足度の集計",
                "constraints": [
                    models.UniqueConstraint(fields=["procedure", "score"], name="rating_tally_once_per_score"),
                ],
            },
        ),
    ]
