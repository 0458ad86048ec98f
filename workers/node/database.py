"""The node's SQLite file and its tables. It holds no share, no seed and no weight: those lie in files of their own."""

from workers.link.sqlite_file import SqliteFile
from workers.node.errors import StoreError


class Database(SqliteFile):
    """The node's rows."""

    version = 1
    refusal = StoreError
    schema = """
CREATE TABLE outbox (
    task TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    written_at TEXT NOT NULL,
    sent_at TEXT
) STRICT;
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time TEXT NOT NULL,
    what TEXT NOT NULL,
    task TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL
) STRICT;
CREATE TABLE confirmed (
    fingerprint TEXT PRIMARY KEY CHECK (length(fingerprint) = 64),
    note TEXT NOT NULL,
    confirmed_at TEXT NOT NULL
) STRICT;
"""
