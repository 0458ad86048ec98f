"""Let the database itself refuse to change or delete the descriptor log, and count the parties' common order."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION diagnosis_descriptorlog_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'diagnosis_descriptorlog is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER diagnosis_descriptorlog_append_only BEFORE UPDATE OR DELETE ON diagnosis_descriptorlog
    FOR EACH ROW EXECUTE FUNCTION diagnosis_descriptorlog_append_only();
CREATE SEQUENCE diagnosis_order AS bigint;
"""
BACKWARD = """
DROP SEQUENCE diagnosis_order;
DROP TRIGGER diagnosis_descriptorlog_append_only ON diagnosis_descriptorlog;
DROP FUNCTION diagnosis_descriptorlog_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("diagnosis", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
