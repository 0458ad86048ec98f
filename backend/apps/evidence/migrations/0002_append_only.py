"""Let the database itself refuse to change or delete an evaluation or an audit."""

from django.db import migrations

TABLES = ("evidence_evaluation", "evidence_attackaudit")


def forward(table: str) -> str:
    return f"""
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{table} is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
"""


def backward(table: str) -> str:
    return f"DROP TRIGGER {table}_append_only ON {table}; DROP FUNCTION {table}_append_only();"


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]
    operations = [migrations.RunSQL(forward(table), backward(table)) for table in TABLES]
