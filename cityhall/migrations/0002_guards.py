"""What models cannot say: tables that only grow, the time index of the audit trail, the shared cache's table."""

from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from cityhall.db import FreezeTable

BRIN = "audit_by_time_brin"


def create_time_index(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Events come in the order of time: a BRIN index of some kilobytes finds a year of them."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX {BRIN} ON cityhall_auditevent USING brin (at) WITH (autosummarize = on)")


def drop_time_index(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {BRIN}")


def create_cache_table(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Rate limits live in the cache, so every process must share it; does nothing when Redis is configured."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("cityhall", "0001_initial")]

    operations = [
        FreezeTable("cityhall.AuditEvent", write_once=("position", "seal")),
        FreezeTable("cityhall.AuditSeal"),
        FreezeTable("cityhall.StoredFile", changeable=("state", "checked_at", "delete_after"), deletable=True),
        migrations.RunPython(create_time_index, drop_time_index),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
    ]
