"""Blobs as files named after their SHA-256. It knows paths and bytes; it knows no row and no reader.

A blob is written under a temporary name, flushed to the disk and renamed, so that a name always stands for whole
content.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings

from backend.apps.artifacts.errors import HashMismatch, UploadBusy

READ_BYTES = 2**20


@dataclass(frozen=True)
class Blob:
    """Content that is in the store."""

    sha256: str
    size_bytes: int


def path_of(sha256: str) -> Path:
    """Return where a blob is kept, whether or not it is there."""
    return Path(settings.PRIMIA_STORAGE, "artifacts", sha256[:2], sha256[2:])


def part_of(artifact_id: UUID) -> Path:
    """Return where an unfinished upload is kept."""
    return Path(settings.PRIMIA_STORAGE, "parts", str(artifact_id))


def held_bytes(artifact_id: UUID) -> int:
    """Return how much of an unfinished upload has arrived."""
    try:
        return part_of(artifact_id).stat().st_size
    except FileNotFoundError:
        return 0


def put_chunks(chunks: Iterable[bytes | memoryview]) -> Blob:
    """Store content that the coordinator made; storing the same content again changes nothing."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)

    return put_file(write)


def put_file(write: Callable[[Path], object]) -> Blob:
    """Store the file that ``write`` makes at the path that it is given."""
    part = part_of(uuid4())
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        write(part)
        blob = Blob(hash_of(part), part.stat().st_size)
        settle(part, blob.sha256)
    finally:
        part.unlink(missing_ok=True)
    return blob


@contextmanager
def open_part(artifact_id: UUID) -> Iterator[BinaryIO]:
    """Open an unfinished upload for appending, for one writer at a time.

    Raises:
        UploadBusy: another connection has it open.
    """
    path = part_of(artifact_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadBusy("another connection is still sending this blob; ask for the offset again") from None
        yield file


def settle_part(artifact_id: UUID, *, sha256: str) -> None:
    """Give a whole upload its name.

    Raises:
        HashMismatch: its content is not what was declared; it is thrown away.
    """
    part = part_of(artifact_id)
    found = hash_of(part)
    if found != sha256:
        part.unlink()
        raise HashMismatch(f"the bytes have the SHA-256 {found[:12]}…, declared was {sha256[:12]}…; send them again")
    settle(part, sha256)


def settle(part: Path, sha256: str) -> None:
    """Flush ``part`` to the disk and rename it to the name of its content."""
    target = path_of(sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    _sync(part)
    part.replace(target)
    _sync(target.parent)


def remove(sha256: str) -> None:
    """Delete a blob, if it is there."""
    path_of(sha256).unlink(missing_ok=True)


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
