"""Blobs by their SHA-256 over the link: resumable upload in chunks, verified download into a content-addressed folder.

It knows nothing of what is in a blob. What is found under a name in the folder has been verified to be that.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from workers.link.client import LinkClient, raise_for
from workers.link.errors import ArtifactError, HubRefused, HubUnavailable
from workers.link.patience import patiently

CHUNK_BYTES = 8 * 2**20
PATIENCE_S = 60.0

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Artifact:
    """The name and size of a blob."""

    sha256: str
    size_bytes: int


class ArtifactFolder:
    """A folder of blobs named by their hash; a name appears only when its content is whole and verified."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def path(self, sha256: str) -> Path:
        """Return where the blob of this hash is or would be.

        Raises:
            ArtifactError: the name is not 64 lower-case hexadecimal digits.
        """
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise ArtifactError(f"{sha256[:80]!r} is no SHA-256; expected 64 lower-case hexadecimal digits")
        return self.folder / sha256

    def holds(self, sha256: str) -> bool:
        """Say whether the blob is here."""
        return self.path(sha256).exists()

    def add(self, *pieces: bytes | memoryview) -> Artifact:
        """Keep a blob, made of pieces, durably and return its name. Adding it again changes nothing."""
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
        sha256 = digest.hexdigest()
        if not self.holds(sha256):
            part = self.folder / f"{sha256}.new"
            with part.open("wb") as file:
                file.writelines(pieces)
            self.settle(part, sha256)
        return Artifact(sha256, sum(len(piece) for piece in pieces))

    def settle(self, part: Path, sha256: str) -> Path:
        """Move a whole, verified file to its name, so that a crash leaves either all of it or nothing."""
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(self.path(sha256))
        sync_folder(self.folder)
        return self.path(sha256)

    def prune(self, keep_bytes: int, *, keep: frozenset[str] = frozenset()) -> int:
        """Delete the longest unused blobs until at most ``keep_bytes`` remain; return how many were deleted."""
        found = sorted((p for p in self.folder.iterdir() if p.is_file()), key=lambda p: p.stat().st_mtime)
        excess = sum(p.stat().st_size for p in found) - keep_bytes
        deleted = 0
        for path in found:
            if excess <= 0:
                break
            if path.name not in keep:
                excess -= path.stat().st_size
                path.unlink()
                deleted += 1
        return deleted


class ArtifactClient:
    """Sends and fetches blobs, resuming where a broken connection left off."""

    def __init__(
        self,
        client: LinkClient,
        folder: ArtifactFolder,
        *,
        chunk_bytes: int = CHUNK_BYTES,
        patience_s: float = PATIENCE_S,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._client, self.folder = client, folder
        self._chunk_bytes, self._patience_s, self._stop = chunk_bytes, patience_s, stop

    def upload(
        self, artifact: Artifact, *, kind: str, task_id: str, progress: Progress = lambda done, total: None
    ) -> None:
        """Send a blob of the folder, from wherever the hub's copy ends. A blob that the hub holds costs one request.

        Raises:
            ArtifactError: the hub's offset is beyond the blob or never moves.
            HubUnavailable: the hub stayed away for longer than ``patience_s``.
        """
        offer = {"sha256": artifact.sha256, "size_bytes": artifact.size_bytes, "kind": kind, "task": task_id}
        offset = self._offset(self._patiently(lambda: self._client.post("artifacts", offer)), artifact)
        with self.folder.path(artifact.sha256).open("rb") as file:
            rewinds = 0
            while offset < artifact.size_bytes:
                progress(offset, artifact.size_bytes)
                file.seek(offset)
                chunk = file.read(self._chunk_bytes)
                before, offset = offset, self._put(artifact, offset, chunk)
                rewinds += offset <= before
                if rewinds > 8:
                    raise ArtifactError(f"the hub's copy of {artifact.sha256[:12]} does not grow beyond {offset} bytes")
        progress(artifact.size_bytes, artifact.size_bytes)

    def download(self, sha256: str, *, progress: Progress = lambda done, total: None) -> Path:
        """Return the path of a verified blob, fetched unless the folder holds it.

        Raises:
            ArtifactError: what arrived has another hash, twice.
            HubRefused: the hub has no such blob for this site.
            HubUnavailable: the hub stayed away for longer than ``patience_s``.
        """
        path = self.folder.path(sha256)
        if path.exists():
            os.utime(path)
            return path
        part = self.folder.folder / f"{sha256}.part"
        for _ in range(2):
            self._patiently(lambda: self._fetch(sha256, part, progress))
            if _hash_of(part) == sha256:
                return self.folder.settle(part, sha256)
            part.unlink()
        raise ArtifactError(f"the hub sent something else under the name {sha256[:12]}, twice; nothing was kept")

    def _put(self, artifact: Artifact, offset: int, chunk: bytes) -> int:
        """Send one chunk and return where the hub's copy now ends, also when it was not where we thought."""
        try:
            answer = self._patiently(
                lambda: self._client.request(
                    "PUT",
                    f"artifacts/{artifact.sha256}",
                    params={"offset": offset},
                    content=chunk,
                    headers={"Content-Type": "application/octet-stream"},
                )
            ).json()
        except HubRefused as refusal:
            if refusal.status != 409 or "offset" not in refusal.body:
                raise
            answer = refusal.body
        return self._offset(answer, artifact)

    def _fetch(self, sha256: str, part: Path, progress: Progress) -> None:
        have = part.stat().st_size if part.exists() else 0
        try:
            with self._client.stream(f"artifacts/{sha256}", {"Range": f"bytes={have}-"} if have else {}) as response:
                if have and response.status_code == 416:  # all of it is here already, or too much
                    return
                if not response.is_success:
                    response.read()
                raise_for(response, f"artifacts/{sha256[:12]}")
                start = have if response.status_code == 206 else 0
                total = start + int(response.headers.get("Content-Length", 0))
                with part.open("r+b" if start else "wb") as file:
                    file.seek(start)
                    for piece in _pieces(response):
                        file.write(piece)
                        progress(file.tell(), total)
        except httpx.TransportError as error:
            raise HubUnavailable(f"the download of {sha256[:12]} broke off ({type(error).__name__})") from error

    def _patiently(self, call):
        return patiently(call, for_s=self._patience_s, stop=self._stop)

    def _offset(self, answer: dict, artifact: Artifact) -> int:
        offset = answer.get("offset")
        if not isinstance(offset, int) or not 0 <= offset <= artifact.size_bytes:
            raise ArtifactError(f"the hub asks for byte {offset!r} of a blob of {artifact.size_bytes} bytes")
        return offset


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, as ``fsync`` makes a file's content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    return response.iter_bytes(2**20)


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
