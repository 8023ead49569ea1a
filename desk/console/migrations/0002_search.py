"""The index of characters and pairs behind the search (see desk/console/search.py)."""

from django.db import migrations

from desk.console import search


def make(apps, schema_editor):
    statements = search.POSTGRESQL if schema_editor.connection.vendor == "postgresql" else search.SQLITE
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("console", "0001_initial"), ("conversations", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
