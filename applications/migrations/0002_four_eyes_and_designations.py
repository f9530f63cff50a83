
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0001_squashed_0036_fill_extract_fetched_at'),
        ('cityhall', '0001_squashed_0005_more_kinds_of_files'),
        ('residents', '0001_squashed_0006_filing_for_others'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CashDesignation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('duty', models.CharField(choices=[('cashier', '出納員'), ('handler', '現金取扱員')], default='handler', max_length=10, verbose_name='職')),
                ('active_from', models.DateField(verbose_name='開始日')),
                ('active_until', models.DateField(blank=True, null=True, verbose_name='終了日')),
            ],
            options={
                'verbose_name': '出納員・現金取扱員の指定',
                'verbose_name_plural': '出納員・現金取扱員の指定',
            },
        ),
        migrations.AddField(
            model_name='bulkdecision',
            name='texts',
            field=models.JSONField(default=dict, editable=False, verbose_name='確認した文面の版'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('channel', 'online'), ('is_practice', False), ('submitted_at__isnull', False)), fields=['procedure', 'submitted_at'], name='application_sent_online'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel__in', ('counter', 'paper', 'assisted', 'remote')), _negated=True), ('filed_by__isnull', True), ('decided_by__isnull', True), models.Q(('decided_by', models.F('filed_by')), _negated=True), _connector='OR'), name='application_typed_in_decided_by_another', violation_error_message='職員が入力した申請は、入力した本人以外の職員が決定します。'),
        ),
        migrations.AddField(
            model_name='cashdesignation',
            name='department',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cash_designations', to='cityhall.department', verbose_name='課'),
        ),
        migrations.AddField(
            model_name='cashdesignation',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cash_designations', to=settings.AUTH_USER_MODEL, verbose_name='職員'),
        ),
        migrations.AddConstraint(
            model_name='cashdesignation',
            constraint=models.UniqueConstraint(fields=('user', 'department', 'active_from'), name='cash_designation_once', violation_error_message='同じ指定が既に登録されています。'),
        ),
        migrations.AddConstraint(
            model_name='cashdesignation',
            constraint=models.CheckConstraint(condition=models.Q(('active_until__isnull', True), ('active_until__gte', models.F('active_from')), _connector='OR'), name='cash_designation_ends_after_start', violation_error_message='終了日は開始日以降にしてください。'),
        ),
    ]
