"""Rows are held in one order, so that a job that begins and a hospital that enrols never wait for each other."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.apps.jobs.models import Job

HEAD, FEDERATION = '"audit_audithead"', '"federations_federation"'


def transactions(queries):
    """Give the statements of each outermost transaction; within a test these are savepoints."""
    depth, statements = 0, []
    for query in queries:
        sql = query["sql"]
        depth += sql.startswith("SAVEPOINT")
        statements.append(sql)
        depth -= sql.startswith("RELEASE")
        if depth == 0:
            yield statements
            statements = []


def places(statements, table):
    return [k for k, sql in enumerate(statements) if table in sql and "UPDATE" in sql.rpartition(" FOR ")[2]]


def test_a_job_holds_its_federation_before_the_audit_chain(conduct):
    platform = conduct()
    platform.job()
    with CaptureQueriesContext(connection) as seen:
        platform.run(until=lambda: Job.objects.filter(state=Job.State.RUNNING).exists())
    both = [s for s in transactions(seen.captured_queries) if places(s, HEAD) and places(s, FEDERATION)]
    assert both, "approvals are audited in the transaction that begins the job"
    for statements in both:
        assert min(places(statements, FEDERATION)) < min(places(statements, HEAD))
