"""A short folder for sockets that nobody else may enter: a Unix socket's path ends at 107 characters."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from workers.supervisor.errors import FolderUnsafe

PATH_LIMIT = 107
LONGEST_NAME = len("/.s.PGSQL.5432.lock")


def socket_folder(state: Path) -> Path:
    """Return the folder for the sockets of a state folder: below it, or if that is too long in the temporary folder.

    Raises:
        FolderUnsafe: the folder is a link, somebody else's, or open to others.
    """
    inside = state.resolve() / "run"
    if len(os.fsencode(inside)) + LONGEST_NAME <= PATH_LIMIT:
        return _private(inside)
    name = hashlib.sha256(os.fsencode(state.resolve())).hexdigest()[:16]
    return _private(Path(tempfile.gettempdir()) / f"primia-{os.geteuid()}-{name}")


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    entry = folder.lstat()
    if not stat.S_ISDIR(entry.st_mode) or entry.st_uid != os.geteuid():
        raise FolderUnsafe(f"{folder} is a link or belongs to user {entry.st_uid}; remove it")
    folder.chmod(0o700)
    return folder
