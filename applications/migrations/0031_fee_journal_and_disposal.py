import django.db.models.deletion
from django.db import migrations, models

from cityhall.db import ThawTable


# SQLite makes a table anew when it gets a column; 0032 freezes it again
class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0030_reception_and_digest_setting"),
        ("cityhall", "0005_more_kinds_of_files"),
    ]

    operations = [
        ThawTable("applications.PaymentEvent"),
        migrations.CreateModel(
            name="DisposalMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=60, verbose_name="表")),
                ("object_id", models.BigIntegerField(verbose_name="行")),
            ],
            options={
                "verbose_name": "廃棄の印",
                "verbose_name_plural": "廃棄の印",
            },
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_has_applicant",
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_of_guest_has_email",
        ),
        migrations.AddField(
            model_name="disposalrow",
            name="skipped_reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="廃棄しなかった理由"),
        ),
        migrations.AddField(
            model_name="payment",
            name="expected",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="回答から計算した金額（円）"),
        ),
        migrations.AddField(
            model_name="payment",
            name="received_on",
            field=models.DateField(blank=True, null=True, verbose_name="入金日"),
        ),
        migrations.AddField(
            model_name="payment",
            name="tendered",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="お預かり（円）"),
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="amount",
            field=models.IntegerField(default=0, verbose_name="増減（円）"),
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="business_day",
            field=models.DateField(blank=True, null=True, verbose_name="収納日"),
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="department",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cityhall.department",
                verbose_name="収納した課",
            ),
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="method",
            field=models.CharField(
                blank=True,
                choices=[
                    ("cash", "現金"),
                    ("card", "クレジットカード"),
                    ("e_money", "電子マネー"),
                    ("code", "コード決済"),
                    ("transfer", "口座振込"),
                ],
                max_length=10,
                verbose_name="支払方法",
            ),
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="receipt_number",
            field=models.CharField(blank=True, max_length=40, verbose_name="領収番号"),
        ),
        migrations.AddField(
            model_name="paymentevent",
            name="request_key",
            field=models.CharField(editable=False, max_length=80, null=True, unique=True, verbose_name="要求キー"),
        ),
        migrations.AlterField(
            model_name="paymentevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("charged", "手数料を計算しました"),
                    ("paid", "収納しました"),
                    ("exempted", "免除しました"),
                    ("reversed", "収納・免除を取り消しました"),
                    ("refunded", "還付しました"),
                    ("cancelled", "請求を取り消しました"),
                    ("changed", "金額が変わりました"),
                    ("reminded", "納付のお願いをメールで送りました"),
                ],
                max_length=12,
                verbose_name="内容",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(condition=models.Q(("state", "due")), fields=["created_at", "id"], name="payment_due"),
        ),
        migrations.AddIndex(
            model_name="paymentevent",
            index=models.Index(
                condition=models.Q(("business_day__isnull", False)),
                fields=["department", "business_day", "id"],
                name="payment_event_of_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    ("resident__isnull", False),
                    ("business__isnull", False),
                    models.Q(("applicant_name", ""), _negated=True),
                    ("disposed_at__isnull", False),
                    _connector="OR",
                ),
                name="application_has_applicant",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("filed_by__isnull", False),
                    ("state", "draft"),
                    models.Q(("guest_email", ""), _negated=True),
                    ("disposed_at__isnull", False),
                    _connector="OR",
                ),
                name="application_of_guest_has_email",
                violation_error_message="登録なしの申請には、連絡先のメールアドレスが必要です。",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tendered__isnull", True),
                    models.Q(("method", "cash"), ("tendered__gte", models.F("amount"))),
                    _connector="OR",
                ),
                name="payment_tendered_covers_amount",
                violation_error_message="お預かりが金額より少なくなっています。",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount", 0),
                    models.Q(
                        models.Q(("method", ""), _negated=True),
                        ("business_day__isnull", False),
                        ("department__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="payment_event_of_money_says_where",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "paid"), models.Q(("receipt_number", ""), _negated=True)),
                fields=("department", "receipt_number"),
                name="payment_receipt_number_unique",
            ),
        ),
        migrations.AddField(
            model_name="disposalmark",
            name="row",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="marks",
                to="applications.disposalrow",
                verbose_name="廃棄する申請",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposalmark",
            constraint=models.UniqueConstraint(fields=("table", "object_id"), name="disposal_mark_once"),
        ),
    ]
