"""The sentences for who withdraws: from the queue, or before being handed over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("handoff", "0002_first_hours")]
    operations = [
        migrations.AddField(
            model_name="handoffsettings",
            name="cancelled_text",
            field=models.TextField(blank=True, verbose_name="ご本人が順番待ちをやめたとき"),
        ),
        migrations.AddField(
            model_name="handoffsettings",
            name="declined_text",
            field=models.TextField(blank=True, verbose_name="引き継ぎをお断りになったとき"),
        ),
    ]
