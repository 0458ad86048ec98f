"""Answers by task: a task that comes again is only sent the bytes that were stored the first time.

It knows nothing of what an answer means.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from workers.link import Artifact
from workers.site.database import Database
from workers.site.journal import now


@dataclass(frozen=True)
class Answer:
    """What one task is answered with: ``{"result": ...}`` or ``{"error": ...}``, and the blob that goes before it."""

    body: Mapping[str, object] = field(repr=False)
    artifact: Artifact | None = None

    @property
    def is_error(self) -> bool:
        """Say whether the task failed."""
        return "error" in self.body


class Outbox:
    """The stored answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, task: str, kind: str, answer: Answer) -> Answer:
        """Store the answer of a task durably, unless it has one; return the one that counts: the first."""
        artifact = answer.artifact and json.dumps([answer.artifact.sha256, answer.artifact.size_bytes])
        self._database.write(
            "INSERT INTO outbox (task, kind, body, artifact, written_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (task) DO NOTHING",
            task,
            kind,
            json.dumps(answer.body, sort_keys=True),
            artifact,
            now(),
        )
        stored = self.get(task)
        assert stored is not None
        return stored

    def get(self, task: str) -> Answer | None:
        """Return the stored answer of a task, if it has one."""
        row = self._database.one("SELECT body, artifact FROM outbox WHERE task = ?", task)
        if row is None:
            return None
        artifact = Artifact(*json.loads(row["artifact"])) if row["artifact"] else None
        return Answer(json.loads(row["body"]), artifact)

    def sent(self, task: str) -> None:
        """Note that the hub has taken the answer."""
        self._database.write("UPDATE outbox SET sent_at = ? WHERE task = ? AND sent_at IS NULL", now(), task)

    def unsent(self) -> list[str]:
        """Return the tasks whose answer the hub has not taken yet."""
        return [row["task"] for row in self._database.all("SELECT task FROM outbox WHERE sent_at IS NULL")]
