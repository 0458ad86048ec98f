"""What left this node for the hub: every answer and blob by its size and hash, noted before its first byte leaves.

It keeps no content: answers stand in the outbox, and blobs are ciphertext.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from workers.node.database import Database
from workers.node.outbox import now


@dataclass(frozen=True)
class Sent:
    """One row of the journal."""

    id: int
    time: str
    what: str
    task: str
    size_bytes: int
    sha256: str

    def to_json(self) -> dict[str, object]:
        """Return the row as JSON values."""
        return asdict(self)


class Journal:
    """The append-only list of what left."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def message(self, what: str, body: Mapping[str, object], *, task: str = "") -> None:
        """Note a JSON message."""
        self.blob(what, json.dumps(body, sort_keys=True).encode(), task=task)

    def blob(self, what: str, content: bytes, *, task: str = "") -> None:
        """Note bytes."""
        self._database.write(
            "INSERT INTO journal (time, what, task, size_bytes, sha256) VALUES (?, ?, ?, ?, ?)",
            now(),
            what,
            task,
            len(content),
            hashlib.sha256(content).hexdigest(),
        )

    def last(self, limit: int) -> list[Sent]:
        """Return the latest rows, oldest first."""
        found = self._database.all("SELECT * FROM journal ORDER BY id DESC LIMIT ?", limit)
        return [Sent(**dict(row)) for row in reversed(found)]

    def total_bytes(self) -> int:
        """Return how many bytes have left in all."""
        row = self._database.one("SELECT coalesce(sum(size_bytes), 0) AS total FROM journal")
        assert row is not None
        return int(row["total"])
