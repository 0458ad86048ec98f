"""The durable side of one quantity, one roster: what ``primia_core.secagg.ledger`` decides, this remembers on disk."""

import json
from collections.abc import Mapping

from primia_core.secagg.ledger import AttemptKey, Entry, QuantityKey
from workers.site.database import Database
from workers.site.journal import now


class DurableLedger:
    """The ledger in the site's database. A write is on disk, whole, when it returns or its transaction ends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entry(self, key: QuantityKey) -> Entry | None:
        """Return what became of a quantity, or ``None`` for one never submitted."""
        row = self._database.one(
            "SELECT entry FROM quantity WHERE dataset_version = ? AND model_hash = ? AND vector = ?",
            key.dataset_version,
            key.model_hash,
            key.vector,
        )
        return None if row is None else Entry.model_validate(json.loads(row["entry"]))

    def write(self, entries: Mapping[QuantityKey, Entry]) -> None:
        """Replace the entries of these quantities."""
        with self._database.transaction():
            for key, entry in entries.items():
                self._database.write(
                    "INSERT OR REPLACE INTO quantity VALUES (?, ?, ?, ?, ?)",
                    key.dataset_version,
                    key.model_hash,
                    key.vector,
                    entry.to_bytes().decode(),
                    now(),
                )

    def opened(self, attempt: AttemptKey) -> str | None:
        """Return the digest of the session that was opened under an attempt's name, or ``None``."""
        row = self._database.one(
            "SELECT session FROM opened WHERE job = ? AND step = ? AND attempt = ?",
            attempt.job,
            attempt.step,
            attempt.attempt,
        )
        return None if row is None else str(row["session"])

    def open(self, attempt: AttemptKey, session: str) -> None:
        """Remember the session of an attempt."""
        self._database.write(
            "INSERT INTO opened VALUES (?, ?, ?, ?)", attempt.job, attempt.step, attempt.attempt, session
        )
