"""Let one worker at a time do what takes long, without a transaction. It knows ids, and nothing of the work."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


@contextmanager
def alone_with(row_id: UUID) -> Iterator[bool]:
    """Hold a row's advisory lock, and say whether it was free; the database lets go of it when this worker dies."""
    key = row_id.int & (2**63 - 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
