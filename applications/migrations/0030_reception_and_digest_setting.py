import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0029_extract_writing_and_report"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DigestSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_wanted", models.BooleanField(default=True, verbose_name="日次のお知らせを受け取る")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="digest_setting",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="職員",
                    ),
                ),
            ],
            options={
                "verbose_name": "日次のお知らせの設定",
                "verbose_name_plural": "日次のお知らせの設定",
            },
        ),
        migrations.CreateModel(
            name="Reception",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "identity",
                    models.CharField(
                        choices=[
                            ("my_number_card", "マイナンバーカード"),
                            ("licence", "運転免許証"),
                            ("passport", "パスポート・在留カード"),
                            ("insurance", "資格確認書など2点"),
                            ("known", "質問による確認"),
                            ("other", "その他の書類"),
                            ("copy", "書類の写し（郵送）"),
                            ("none", "確認していない"),
                        ],
                        max_length=15,
                        verbose_name="本人確認",
                    ),
                ),
                ("identity_note", models.CharField(blank=True, max_length=100, verbose_name="本人確認のメモ")),
                ("person_name", models.CharField(blank=True, max_length=120, verbose_name="氏名")),
                ("person_kana", models.CharField(blank=True, max_length=120, verbose_name="フリガナ")),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reception",
                        to="applications.application",
                        verbose_name="申請",
                    ),
                ),
            ],
            options={
                "verbose_name": "窓口・紙での受付",
                "verbose_name_plural": "窓口・紙での受付",
            },
        ),
    ]
