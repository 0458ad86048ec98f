"""What left my site: every answer, blob and report, written down before its first byte leaves.

It lists; it decides nothing. Renewals of one task share a row that counts them and keeps the last. Polls and
acknowledgements carry nothing but the task's number and are not listed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from workers.site.database import Database

MAX_CONTENT = 200_000
"""Longest text kept of one message; of a longer one its beginning, with its full size and hash."""


@dataclass(frozen=True)
class Sent:
    """One row of the journal."""

    id: int
    time: str
    what: str
    task: str
    job: str
    messages: int
    size_bytes: int
    sha256: str
    content: str

    def to_json(self) -> dict[str, object]:
        """Return the row as JSON values."""
        return asdict(self)


class Journal:
    """The append-only list of what left."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def message(self, what: str, body: Mapping[str, object], *, task: str = "", job: str = "") -> None:
        """Write down a JSON message in full."""
        text = json.dumps(body, sort_keys=True)
        self._insert(what, task, job, len(text.encode()), hashlib.sha256(text.encode()).hexdigest(), text)

    def blob(self, what: str, *, sha256: str, size_bytes: int, task: str = "", job: str = "") -> None:
        """Write down a blob by its hash and size."""
        self._insert(what, task, job, size_bytes, sha256, "")

    def progress(self, body: Mapping[str, object], *, task: str) -> None:
        """Count one more renewal of a task and keep what it said."""
        text = json.dumps(body, sort_keys=True)
        self._database.write(
            "INSERT INTO journal (time, what, task, size_bytes, content) VALUES (?, 'progress', ?, ?, ?)"
            " ON CONFLICT (task) WHERE what = 'progress' DO UPDATE SET messages = messages + 1,"
            " size_bytes = size_bytes + excluded.size_bytes, content = excluded.content, time = excluded.time",
            now(),
            task,
            len(text.encode()),
            text,
        )

    def entries(self, *, after: int = 0, limit: int = 100) -> list[Sent]:
        """Return rows in the order in which they left."""
        found = self._database.all("SELECT * FROM journal WHERE id > ? ORDER BY id LIMIT ?", after, limit)
        return [Sent(**dict(row)) for row in found]

    def last(self, limit: int) -> list[Sent]:
        """Return the latest rows, oldest first."""
        found = self._database.all("SELECT * FROM journal ORDER BY id DESC LIMIT ?", limit)
        return [Sent(**dict(row)) for row in reversed(found)]

    def total_bytes(self) -> int:
        """Return how many bytes of content have left in all."""
        row = self._database.one("SELECT coalesce(sum(size_bytes), 0) AS total FROM journal")
        assert row is not None
        return int(row["total"])

    def _insert(self, what: str, task: str, job: str, size_bytes: int, sha256: str, content: str) -> None:
        self._database.write(
            "INSERT INTO journal (time, what, task, job, size_bytes, sha256, content) VALUES (?, ?, ?, ?, ?, ?, ?)",
            now(),
            what,
            task,
            job,
            size_bytes,
            sha256,
            content[:MAX_CONTENT],
        )


def now() -> str:
    """Return the time as the site's rows write it: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
