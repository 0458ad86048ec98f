"""Sealed content as files named after their rows' ids. It knows paths and bytes; it knows no row and no reader.

Nothing here is addressed by its content, so that two equal ciphertexts never share a file and deleting one deletes it.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings


@dataclass(frozen=True)
class Written:
    """What stands in a file."""

    size_bytes: int
    sha256: str


def folder() -> Path:
    """Return where sealed files lie."""
    return Path(settings.PRIMIA_STORAGE, "sealed")


def path_of(blob_id: UUID) -> Path:
    """Return where a sealed file lies, whether or not it is there."""
    return folder() / str(blob_id)


class Writer:
    """A sealed file that is being written, for this process's owner only."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hash, self.size_bytes = file, hashlib.sha256(), 0

    def write(self, piece: bytes) -> None:
        """Append a piece."""
        self._file.write(piece)
        self._hash.update(piece)
        self.size_bytes += len(piece)

    def done(self) -> Written:
        """Flush to the disk and say what was written."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return Written(self.size_bytes, self._hash.hexdigest())


@contextmanager
def writing(blob_id: UUID) -> Iterator[Writer]:
    """Write a new file; one that is not finished leaves nothing behind."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = path_of(blob_id)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield Writer(file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def put(blob_id: UUID, content: bytes) -> Written:
    """Write a whole file."""
    with writing(blob_id) as writer:
        writer.write(content)
        return writer.done()


def remove(blob_id: UUID) -> None:
    """Unlink a file, if it is there."""
    path_of(blob_id).unlink(missing_ok=True)


def kept() -> Iterator[tuple[UUID, float]]:
    """Yield every file's id with the time of its last change, in seconds since 1970."""
    if not folder().is_dir():
        return
    with os.scandir(folder()) as entries:
        for entry in entries:
            try:
                yield UUID(entry.name), entry.stat().st_mtime
            except (ValueError, FileNotFoundError):
                continue
