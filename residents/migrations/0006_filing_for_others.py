"""Addresses for mandates and members, what a business says of itself, and invitations to file for it."""

import django.db.models.deletion
import django.utils.timezone
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import cityhall.ids
from cityhall.db import FreezeTable, ThawTable

_ADDRESSED = ("mandate", "businessmember")


def give_public_ids(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in _ADDRESSED:
        rows = apps.get_model("residents", name).objects.filter(public_id=None)
        for pk in rows.values_list("pk", flat=True):
            rows.filter(pk=pk).update(public_id=cityhall.ids.public_id())


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0005_labels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # the addresses are written into old rows; and SQLite makes the table anew, without its triggers
        ThawTable("residents.Mandate", changeable=["revoked_at", "principal", "agent"]),
        *(
            migrations.AddField(name, "public_id", models.CharField("公開ID", max_length=22, null=True, editable=False))
            for name in _ADDRESSED
        ),
        migrations.RunPython(give_public_ids, migrations.RunPython.noop, elidable=True),
        *(
            migrations.AlterField(
                name,
                "public_id",
                models.CharField(
                    "公開ID", max_length=22, unique=True, default=cityhall.ids.public_id, editable=False
                ),
            )
            for name in _ADDRESSED
        ),
        FreezeTable("residents.Mandate", changeable=["revoked_at", "principal", "agent"]),
        migrations.AddField(
            "business",
            "representative",
            models.CharField("代表者", max_length=120, blank=True, help_text="役職と氏名"),
        ),
        migrations.AddField(
            "business", "verified_at", models.DateTimeField("確認日時", null=True, blank=True, editable=False)
        ),
        migrations.AddField(
            "business",
            "verified_by",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                verbose_name="確認者",
                null=True,
                blank=True,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
            ),
        ),
        migrations.CreateModel(
            name="BusinessInvitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        "公開ID", max_length=22, unique=True, default=cityhall.ids.public_id, editable=False
                    ),
                ),
                ("email", models.EmailField(db_index=True, max_length=254, verbose_name="招待先のメールアドレス")),
                ("is_manager", models.BooleanField(default=False, verbose_name="管理者として招待")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "回答待ち"),
                            ("accepted", "承諾"),
                            ("declined", "辞退"),
                            ("cancelled", "取消し"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="状態",
                    ),
                ),
                ("invited_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="招待日時")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="回答日時")),
                (
                    "business",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="residents.business",
                        verbose_name="事業者",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="招待した人",
                    ),
                ),
            ],
            options={
                "verbose_name": "担当者への招待",
                "verbose_name_plural": "担当者への招待",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["business", "email"],
                        condition=models.Q(state="open"),
                        name="business_invitation_open_once",
                        violation_error_message="このメールアドレスには、すでに招待を送っています。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state="open", answered_at__isnull=True)
                        | (~models.Q(state="open") & models.Q(answered_at__isnull=False)),
                        name="business_invitation_answered_at_has_state",
                    ),
                ],
            },
        ),
    ]
