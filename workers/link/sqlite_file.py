"""An agent's SQLite file: one connection, its tables, and transactions that are on disk when they return.

It knows no meaning; the modules named after the nouns own their rows. Everything that must outlive a crash is here,
written before the byte that depends on it leaves the building.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from primia_core.errors import PrimiaError


class SqliteFile:
    """Rows of one agent. Shared by the task's thread and those that help it.

    Attributes:
        schema: statements that make the tables, separated by ``;`` at the end of a line.
        version: of the schema.
        refusal: raised when the file is of another version.
    """

    schema: ClassVar[str]
    version: ClassVar[int]
    refusal: ClassVar[type[PrimiaError]]

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
            if version not in {0, self.version}:
                raise self.refusal(
                    f"this agent's database has version {version}, the program knows {self.version}; upgrade it"
                )
            if version == 0:
                for statement in self.schema.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {self.version}")
