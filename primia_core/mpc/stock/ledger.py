"""What a machine must never forget: a chain of things done once, kept apart from the stock. Forgetting shows.

Every entry is written once, durably, and carries on a hash chain. A machine tells its peers how far its chain has come
and they remember it; when it is started from an old copy, its chain lacks what they remember, and it stops by itself.

What cannot be seen: a copy of *all* machines that remember one another, restored together to the same moment; and a
machine that was copied while it ran, memory and all, in the middle of a run. Keep ledgers and stock out of backups and
snapshots; after either, let the dealer open a new epoch.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from threading import RLock
from typing import Any, Final, NamedTuple

from primia_core.mpc.errors import StockVoid

HEAD_BYTES: Final = 32
BUSY_S: Final = 30.0
SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS chain (counter INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject BLOB NOT NULL, "
    "content BLOB NOT NULL, head BLOB NOT NULL, UNIQUE (kind, subject))",
    "CREATE TABLE IF NOT EXISTS remembered (peer TEXT NOT NULL, epoch INTEGER NOT NULL, counter INTEGER NOT NULL, "
    "head BLOB NOT NULL, PRIMARY KEY (peer, epoch))",
)


class Claim(NamedTuple):
    """How far a chain has come: entries after the first, and the hash of all of them."""

    counter: int
    head: bytes


NOTHING: Final = Claim(0, bytes(HEAD_BYTES))


class Ledger:
    """A durable chain of entries (kind, subject) -> content, each written once.

    Args:
        path: an SQLite file in a folder that exists, on a local disk, outside the stock's folder.
    Concurrency: any number of processes and threads.
    """

    def __init__(self, path: Path) -> None:
        fresh = not path.exists()
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._mutex = RLock()
        self._db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        with self._transaction():
            for statement in SCHEMA:
                self._db.execute(statement)
            self._db.execute("INSERT OR IGNORE INTO chain VALUES (0, 'begin', x'', x'', ?)", (token_bytes(HEAD_BYTES),))
        if fresh:
            folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
            os.fsync(folder)
            os.close(folder)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @property
    def identity(self) -> bytes:
        """Return the random beginning of the chain: another for every ledger."""
        head = self.head_at(0)
        assert head is not None
        return head

    def write_once(self, kind: str, subject: bytes, content: bytes = b"") -> bytes | None:
        """Write an entry unless there is one.

        Returns:
            ``None`` when this call wrote it, durably; else the content that was written before.
        """
        with self._transaction():
            before = self.read(kind, subject)
            if before is not None:
                return before
            counter, head = self.claim()
            entry = (counter + 1, kind, subject, content, _next_head(head, kind, subject, content))
            self._db.execute("INSERT INTO chain VALUES (?, ?, ?, ?, ?)", entry)
        return None

    def read(self, kind: str, subject: bytes) -> bytes | None:
        """Return the content of an entry, or ``None`` where there is none."""
        row = self._row("SELECT content FROM chain WHERE kind = ? AND subject = ?", kind, subject)
        return None if row is None else bytes(row[0])

    def largest(self, kind: str) -> bytes | None:
        """Return the largest subject of a kind, as bytes compare."""
        row = self._row("SELECT max(subject) FROM chain WHERE kind = ?", kind)
        return None if row is None or row[0] is None else bytes(row[0])

    def claim(self) -> Claim:
        """Return how far the chain has come, to tell a peer."""
        row = self._row("SELECT counter, head FROM chain ORDER BY counter DESC LIMIT 1")
        assert row is not None
        return Claim(int(row[0]), bytes(row[1]))

    def head_at(self, counter: int) -> bytes | None:
        """Return the hash of the chain up to an entry, or ``None`` when it has not come so far."""
        row = self._row("SELECT head FROM chain WHERE counter = ?", counter)
        return None if row is None else bytes(row[0])

    def remembers(self, peer: str, epoch: int) -> Claim:
        """Return the furthest claim of a peer in an epoch; ``NOTHING`` before the first."""
        row = self._row("SELECT counter, head FROM remembered WHERE peer = ? AND epoch = ?", peer, epoch)
        return NOTHING if row is None else Claim(int(row[0]), bytes(row[1]))

    def remember(self, peer: str, epoch: int, claim: Claim) -> None:
        """Keep a peer's claim, durably, unless a further one is kept (claims may overtake one another)."""
        with self._transaction():
            if claim.counter > self.remembers(peer, epoch).counter:
                row = (peer, epoch, claim.counter, claim.head)
                self._db.execute("INSERT OR REPLACE INTO remembered VALUES (?, ?, ?, ?)", row)

    def check_own(self, remembered: Claim, by: str) -> None:
        """Hold what somebody remembers of this ledger against it.

        Raises:
            StockVoid: this chain lacks what it once had: it was restored from a copy.
        """
        if remembered == NOTHING or self.head_at(remembered.counter) == remembered.head:
            return
        raise StockVoid(
            f"{by} has seen this ledger at entry {remembered.counter}, it is at {self.claim().counter} with another "
            "history: it was restored from a copy; discard the stock and let the dealer open a new epoch"
        )

    def _row(self, query: str, *values: str | bytes | int) -> tuple[Any, ...] | None:
        with self._mutex:
            row: tuple[Any, ...] | None = self._db.execute(query, values).fetchone()
            return row

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._mutex:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _next_head(head: bytes, kind: str, subject: bytes, content: bytes) -> bytes:
    parts = (kind.encode(), subject, content)
    return sha256(head + b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()
