"""The audit chain: nothing can be changed, removed or inserted without being found."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from backend.apps.audit.errors import ChainBroken
from backend.apps.audit.models import AuditEntry, AuditHead
from backend.apps.audit.services import audit_append, verify_chain
from backend.apps.federations.models import Role
from tests.backend.world import NOW, consortium, member, person

pytestmark = pytest.mark.django_db


def append(number):
    return audit_append(actor="ada", action="job.created", subject=f"job {number}", detail={"n": number}, now=NOW)


def with_triggers_off(statement):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE audit_auditentry ENABLE TRIGGER USER")


def test_chain_holds_for_what_was_written():
    assert verify_chain() == 0
    for number in range(5):
        append(number)
    assert verify_chain() == 5


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE audit_auditentry SET actor = 'eve' WHERE number = 3", "entry 3 is not what was written"),
        ("UPDATE audit_auditentry SET detail = '{}' WHERE number = 1", "entry 1 is not what was written"),
        ("DELETE FROM audit_auditentry WHERE number = 2", "entry 2 is missing"),
        ("DELETE FROM audit_auditentry WHERE number = 5", "the chain ends at 4, its head says 5"),
        ("UPDATE audit_auditentry SET previous_hash = repeat('0', 64) WHERE number = 4", "does not follow"),
    ],
)
def test_chain_breaks_at_whatever_was_changed(statement, says):
    for number in range(5):
        append(number)
    with_triggers_off(statement)
    with pytest.raises(ChainBroken, match=says):
        verify_chain()
    with pytest.raises(CommandError, match=r"audit\.chain_broken"):
        call_command("audit_verify")


def test_database_refuses_to_change_or_delete_an_entry():
    append(1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(actor="eve")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_entry_falls_with_the_deed_that_it_records():
    append(1)
    with transaction.atomic():
        append(2)
        transaction.set_rollback(True)
    assert AuditHead.objects.get().number == 1
    assert verify_chain() == 1


def test_entry_refuses_fractions_which_the_database_may_write_differently():
    with pytest.raises(TypeError, match=r"0\.5"):
        audit_append(actor="ada", action="x", subject="y", detail={"deep": [{"mu": 0.5}]}, now=NOW)


def test_audit_is_read_by_coordinators_and_auditors_of_the_federation(as_user):
    federation = consortium()
    readers = [person(), member(federation, Role.AUDITOR, "iris")]
    others = [member(federation, Role.CLINICIAN, "carl"), person("eve")]
    for user in readers:
        rows = as_user(user).get("/api/v1/audit").json()["results"]
        assert "federation.created" in {row["action"] for row in rows}
        assert {row["federation"] for row in rows} == {str(federation.pk)}
        assert [row["number"] for row in rows] == sorted((row["number"] for row in rows), reverse=True)
    for user in others:
        assert as_user(user).get("/api/v1/audit").json()["results"] == []
