from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reservations', '0011_brought_codes'),
    ]

    operations = [
        migrations.AddField(
            model_name='kiosk',
            name='offers_forms',
            field=models.BooleanField(default=False, help_text='台数に余裕がある場所で使ってください。入力している間、ほかの方は番号札を取れません。', verbose_name='書類の入力（記載台）のボタンを出す'),
        ),
    ]
