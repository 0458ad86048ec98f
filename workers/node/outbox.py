"""Answers by task: a task that comes again is only sent the bytes that were stored the first time."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from workers.node.database import Database

Body = Mapping[str, Any]


class Outbox:
    """The stored answers, ``{"result": ...}`` or ``{"error": ...}``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, task: str, kind: str, body: Body) -> Body:
        """Store the answer of a task durably, unless it has one; return the one that counts: the first."""
        self._database.write(
            "INSERT INTO outbox (task, kind, body, written_at) VALUES (?, ?, ?, ?) ON CONFLICT (task) DO NOTHING",
            task,
            kind,
            json.dumps(body, sort_keys=True),
            now(),
        )
        stored = self.get(task)
        assert stored is not None
        return stored

    def get(self, task: str) -> Body | None:
        """Return the stored answer of a task, if it has one."""
        row = self._database.one("SELECT body FROM outbox WHERE task = ?", task)
        return None if row is None else dict(json.loads(row["body"]))

    def sent(self, task: str) -> None:
        """Note that the hub has taken the answer."""
        self._database.write("UPDATE outbox SET sent_at = ? WHERE task = ? AND sent_at IS NULL", now(), task)

    def unsent(self) -> list[str]:
        """Return the tasks whose answer the hub has not taken yet."""
        return [row["task"] for row in self._database.all("SELECT task FROM outbox WHERE sent_at IS NULL")]


def now() -> str:
    """Return the time as the node's rows write it: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
