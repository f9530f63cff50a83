from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('applications', '0016_fill_visit_held_on'),
    ]

    operations = [
        migrations.RemoveField(model_name='application', name='visit_held_at'),
        migrations.AlterField(
            model_name='applicationevent',
            name='kind',
            field=models.CharField(choices=[('submitted', '申請を受け付けました'), ('taken', '審査を始めました'), ('returned', '補正をお願いしました'), ('resubmitted', '補正した内容を受け付けました'), ('proposed', '決裁に回しました'), ('sent_back', '決裁者が差し戻しました'), ('approved', '承認しました'), ('refused', '承認できないと決定しました'), ('completed', '手続が完了しました'), ('reopened', '審査を再開しました'), ('withdrawn', '申請者が取り下げました'), ('edited', '申請者が内容を変更しました'), ('seated', 'キャンセル待ちから繰り上がりました'), ('held', '来庁・面接が終わりました'), ('unheld', '来庁・面接の記録を取り消しました')], max_length=15, verbose_name='内容'),
        ),
    ]
