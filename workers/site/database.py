"""The site's SQLite file and its tables. It knows no meaning; the modules named after the nouns own their rows."""

from workers.link.sqlite_file import SqliteFile
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

ADDED = """
CREATE TABLE IF NOT EXISTS spent (
    study TEXT NOT NULL,
    plan_hash TEXT NOT NULL REFERENCES approval,
    model_hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    job TEXT NOT NULL,
    round INTEGER NOT NULL,
    noise_multiplier REAL NOT NULL,
    sample_rate REAL NOT NULL,
    steps INTEGER NOT NULL,
    delta REAL NOT NULL,
    charged_at TEXT NOT NULL,
    PRIMARY KEY (plan_hash, model_hash, answer)
) STRICT;
CREATE TABLE IF NOT EXISTS ended (
    plan_hash TEXT PRIMARY KEY REFERENCES approval,
    ended_at TEXT NOT NULL
) STRICT
"""
"""Tables that files of this version may lack, because they are older; a new file gets them too."""

ANSWERS_UNKNOWN = """
INSERT INTO spent SELECT study, plan_hash, model_hash, '', job, round, noise_multiplier, sample_rate, steps, delta,
    charged_at FROM spent_before
"""
"""Charges of an older file, which did not say for which answer each was: the next answer to the same is charged too."""


class Database(SqliteFile):
    """The site's rows. Shared by the task's thread and the one that renews its lease."""

    schema = SCHEMA
    version = VERSION
    refusal = StoreError

    def _migrate(self) -> None:
        super()._migrate()
        with self.transaction() as connection:
            columns = {row["name"] for row in connection.execute("PRAGMA table_info(spent)")}
            older = bool(columns) and "answer" not in columns
            if older:
                connection.execute("ALTER TABLE spent RENAME TO spent_before")
            for statement in ADDED.split(";\n"):
                connection.execute(statement)
            if older:
                connection.execute(ANSWERS_UNKNOWN)
                connection.execute("DROP TABLE spent_before")
