from django.db import migrations, models

KINDS = [
    ("available", "受け取れる状態にした"),
    ("notified", "お知らせを送信した"),
    ("notify_failed", "お知らせが届かなかった"),
    ("opened", "本人が開封した"),
    ("confirmed", "確認した"),
    ("downloaded", "通知書をダウンロードした"),
    ("paper_due", "郵送することにした"),
    ("printed", "印刷用データを作成した"),
    ("posted", "発送した"),
    ("not_posted", "取消のため発送しなかった"),
    ("returned", "郵便が戻った"),
    ("readdressed", "手紙の宛先を更新した"),
    ("paper_again", "もう一度郵送することにした"),
    ("withdrawn", "取り消した"),
    ("reminded", "未開封のため再度お知らせした"),
    ("opened_by_agent", "代理人が開封した"),
    ("acted", "通知から申請・予約をした"),
    ("replied", "返信した"),
    ("code_shown", "番号を表示した"),
    ("content_wiped", "保存期間が過ぎ、内容を消去した"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0007_homes_written_once"),
    ]

    operations = [
        migrations.AlterField(
            model_name="receiptevent",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=15, verbose_name="内容"),
        ),
    ]
