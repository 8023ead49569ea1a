"""Hours to begin with, as data/operator.yml tells them; used once `always open` is switched off."""

from datetime import time

from django.db import migrations


def fill(apps, schema_editor):
    rows = apps.get_model("handoff", "OpeningHours").objects
    for weekday in range(5):
        rows.get_or_create(weekday=weekday, opens=time(10), closes=time(19))


class Migration(migrations.Migration):
    dependencies = [("handoff", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
