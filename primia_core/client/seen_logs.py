"""How far each service's log had come when it was last seen here: a log that was rewritten since is found out."""

import json
import os
from pathlib import Path

from primia_core.client.errors import PendingUnreadable
from primia_core.diagnosis.errors import LogError
from primia_core.diagnosis.log import LogEntry

SUFFIX = ".log.json"


class SeenLogs:
    """The last entry of each service's log, in one folder; without a folder, nothing is remembered."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def last(self, service: str) -> LogEntry | None:
        """Return the last entry that was seen, if any.

        Raises:
            PendingUnreadable: what is kept is no entry.
        """
        if self.folder is None:
            return None
        file = self.folder / f"{service}{SUFFIX}"
        try:
            return LogEntry.from_json(json.loads(file.read_text()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LogError) as error:
            raise PendingUnreadable(f"{file} is no entry of a log ({type(error).__name__}); move it away") from error

    def remember(self, entry: LogEntry) -> None:
        """Keep the last entry of a service's log."""
        if self.folder is None:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.folder / f"{entry.service}{SUFFIX}"
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        fresh.write_text(json.dumps(entry.to_json()))
        fresh.replace(file)
