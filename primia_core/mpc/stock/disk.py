"""The few things that a stock does to a disk, each durable when it returns. Tests break them one by one."""

import fcntl
import os
from pathlib import Path
from secrets import token_hex
from typing import Final

DRAFT: Final = ".new"


class Disk:
    """The operating system's disk."""

    def rename(self, source: Path, target: Path) -> None:
        """Give a file another name, at once or not at all, and let no power cut undo it."""
        self.move(source, target)
        self.sync_folder(target.parent)
        self.sync_folder(source.parent)

    def unlink(self, path: Path) -> None:
        """Remove a name. Whoever has the file open keeps it."""
        self.remove(path)
        self.sync_folder(path.parent)

    def replace(self, path: Path, content: bytes) -> None:
        """Write a small file so that its name stands for the old content or for the new, whole."""
        draft = path.with_name(f"{path.name}.{token_hex(8)}{DRAFT}")
        with private(draft) as file:
            os.write(file.fd, content)
            os.fsync(file.fd)
        self.rename(draft, path)

    def move(self, source: Path, target: Path) -> None:
        """Change a name; a power cut may undo it."""
        source.rename(target)

    def remove(self, path: Path) -> None:
        """Remove a name; a power cut may undo it."""
        path.unlink(missing_ok=True)

    def sync_folder(self, folder: Path) -> None:
        """Wait until the names in a folder are on the disk."""
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


class LockedFile:
    """An open file that its process may lock; the lock goes when the process does."""

    def __init__(self, path: Path, fd: int) -> None:
        self.path, self.fd = path, fd

    def lock(self) -> bool:
        """Lock the file for this opener alone. Returns whether it is locked and still bears its name."""
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            named = self.path.stat()
        except (BlockingIOError, FileNotFoundError):
            return False
        mine = os.fstat(self.fd)
        return (named.st_ino, named.st_dev) == (mine.st_ino, mine.st_dev)

    def close(self) -> None:
        """Close the file, which unlocks it."""
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1

    def __enter__(self) -> "LockedFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def opened(path: Path) -> LockedFile | None:
    """Open a file for reading, or return ``None`` where there is none any more."""
    try:
        return LockedFile(path, os.open(path, os.O_RDONLY))
    except FileNotFoundError:
        return None


def private(path: Path) -> LockedFile:
    """Create a new file that only its owner may read."""
    return LockedFile(path, os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
