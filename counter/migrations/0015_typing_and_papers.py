from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("counter", "0014_bereavements")]

    operations = [
        migrations.AddField(
            model_name="prefill",
            name="is_paper",
            field=models.BooleanField(default=False, verbose_name="災害・障害時の用紙"),
        ),
        migrations.AddField(
            model_name="visit",
            name="typed_key",
            field=models.CharField(blank=True, editable=False, max_length=40, verbose_name="自動保存の要求キー"),
        ),
        migrations.AddField(
            model_name="visit",
            name="typed_number",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="自動保存の番号"),
        ),
        migrations.AddField(
            model_name="visit",
            name="typed_revision",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="自動保存の改訂"),
        ),
        migrations.AddField(
            model_name="visit",
            name="paper_lookup",
            field=models.CharField(editable=False, max_length=64, null=True, unique=True, verbose_name="用紙の照合値"),
        ),
        migrations.AddField(
            model_name="visit",
            name="paper_on",
            field=models.DateField(blank=True, null=True, verbose_name="用紙を受け取った日"),
        ),
        migrations.AlterField(
            model_name="printjob",
            name="kind",
            field=models.CharField(
                choices=[
                    ("slips", "引継票"),
                    ("guide", "手続案内書"),
                    ("forms", "様式"),
                    ("fallback", "手書き用の用紙"),
                ],
                max_length=10,
                verbose_name="印刷物",
            ),
        ),
        migrations.AlterField(
            model_name="visitevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("started", "開始"),
                    ("redeemed", "事前入力を読み取り"),
                    ("identified", "本人確認"),
                    ("procedure_added", "手続を追加"),
                    ("procedure_dropped", "手続を外す"),
                    ("saved", "入力を保存"),
                    ("renewed", "新しい様式へ引き継ぎ"),
                    ("disputed", "「ちがいます」の印"),
                    ("to_review", "内容の確認へ"),
                    ("back_to_questions", "聞き取りへ戻る"),
                    ("signed", "署名"),
                    ("received", "受付"),
                    ("taken_over", "担当の交代"),
                    ("paused", "中断"),
                    ("resumed", "再開"),
                    ("on_paper", "用紙に切り替え"),
                    ("from_paper", "用紙から入力"),
                    ("closed", "終了"),
                ],
                max_length=20,
                verbose_name="出来事",
            ),
        ),
    ]
