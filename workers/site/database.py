"""The site's SQLite file: one connection, its tables, and transactions that are on disk when they return.

It knows no meaning; the modules named after the nouns own their rows. Everything that must outlive a crash is here,
written before the byte that depends on it leaves the building.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workers.site.errors import StoreError

VERSION = 1

SCHEMA = """
CREATE TABLE approval (
    plan_hash TEXT PRIMARY KEY,
    job TEXT NOT NULL,
    plan TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'approve', 'refuse')),
    reason TEXT NOT NULL DEFAULT '',
    signature TEXT NOT NULL DEFAULT '',
    decided_by TEXT NOT NULL DEFAULT '',
    asked_at TEXT NOT NULL,
    decided_at TEXT,
    CHECK (state <> 'approve' OR signature <> '')
) STRICT;
CREATE TABLE confirmed (
    fingerprint TEXT PRIMARY KEY CHECK (length(fingerprint) = 64),
    note TEXT NOT NULL,
    confirmed_at TEXT NOT NULL
) STRICT;
CREATE TABLE session (
    digest TEXT PRIMARY KEY,
    plan_hash TEXT NOT NULL REFERENCES approval,
    spec TEXT NOT NULL,
    dump BLOB,
    header TEXT,
    artifact TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'aborted')),
    updated_at TEXT NOT NULL
) STRICT;
CREATE TABLE quantity (
    dataset_version TEXT NOT NULL,
    model_hash TEXT NOT NULL,
    vector TEXT NOT NULL,
    entry TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (dataset_version, model_hash, vector)
) STRICT;
CREATE TABLE opened (
    job TEXT NOT NULL,
    step INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    session TEXT NOT NULL,
    PRIMARY KEY (job, step, attempt)
) STRICT;
CREATE TABLE result (
    plan_hash TEXT NOT NULL REFERENCES approval,
    number INTEGER NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (plan_hash, number)
) STRICT;
CREATE TABLE outbox (
    task TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    artifact TEXT,
    written_at TEXT NOT NULL,
    sent_at TEXT
) STRICT;
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time TEXT NOT NULL,
    what TEXT NOT NULL,
    task TEXT NOT NULL DEFAULT '',
    job TEXT NOT NULL DEFAULT '',
    messages INTEGER NOT NULL DEFAULT 1,
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL DEFAULT '',
    content TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX journal_progress ON journal (task) WHERE what = 'progress';
"""


class Database:
    """The site's rows. Shared by the task's thread and the one that renews its lease."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._migrate()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Make several writes one: all of them are on disk (fsync) when the block ends, or none after an error."""
        with self._lock:
            if self._connection.in_transaction:  # part of an outer one
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def write(self, sql: str, *values: object) -> int:
        """Run one statement durably and return the number of rows it changed."""
        with self.transaction() as connection:
            return connection.execute(sql, values).rowcount

    def one(self, sql: str, *values: object) -> sqlite3.Row | None:
        """Return the first row, or ``None``."""
        with self._lock:
            return self._connection.execute(sql, values).fetchone()

    def all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Return all rows."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def _migrate(self) -> None:
        with self.transaction() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in {0, VERSION}:
                raise StoreError(f"the site's database has version {version}, this agent knows {VERSION}; upgrade it")
            if version == 0:
                for statement in SCHEMA.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {VERSION}")
