"""Requests that have no opened answer yet, kept so that a process may die. It sends and opens nothing.

What is kept for a request is enough to send it again, byte for byte, and to open its answer: the answer key, the
sealed shares and the service's descriptor. The picture is not in it, only its hash, so that the same picture finds its
request again. A file is readable by its owner alone and goes as soon as the result has been handed over. A lock says
that a living process sees to a request, so that two never collect one answer. The receipt is what an answer is
collected with: with it alone it comes again, until its arrival is acknowledged.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from primia_core.client.errors import PendingUnreadable

SUFFIX, LOCK = ".pending.json", ".lock"
OTHERS = 0o077


def default_folder() -> Path:
    """Return where the command line keeps requests: PRIMIA_DIAGNOSES, else below the user's state folder."""
    if named := os.environ.get("PRIMIA_DIAGNOSES"):
        return Path(named)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "primia" / "diagnoses"


@dataclass(frozen=True)
class Pending:
    """One request.

    Attributes:
        diagnosis: its id, chosen here.
        platform: where it was sent to.
        service: the id of the service.
        batch: the id of the batch that it belongs to, if any.
        picture: SHA-256 of the file, in hexadecimal.
        path: of the file, as it was given.
        descriptor: of the service, as it was verified.
        request_digest: what both parties must answer, in hexadecimal.
        answer_key: the private key, PEM.
        shares: the sealed shares, base64.
        receipt: the secret that the answer is collected with, base64.
        answers: what was collected, still sealed to the answer key; ``None`` before.
    """

    diagnosis: str
    platform: str
    service: str
    batch: str | None
    picture: str
    path: str
    descriptor: dict[str, Any] = field(repr=False)
    request_digest: str
    answer_key: str = field(repr=False)
    shares: tuple[str, str] = field(repr=False)
    receipt: str = field(repr=False)
    answers: tuple[dict[str, Any], ...] | None = field(default=None, repr=False)

    def collected(self, answers: list[dict[str, Any]]) -> "Pending":
        """Return the request with its sealed answers."""
        return replace(self, answers=tuple(answers))


class PendingRequests:
    """The requests of one folder; without a folder, nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._locks: dict[str, int] = {}

    def keep(self, request: Pending) -> None:
        """Write a request durably, whole or not at all."""
        if self.folder is None:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if request.diagnosis not in self._locks:
            self._claim(self.folder, request.diagnosis)
        file = self.folder / f"{request.diagnosis}{SUFFIX}"
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(asdict(request), out)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)

    def forget(self, diagnosis: str) -> None:
        """Remove what is kept of a request; twice is harmless."""
        if self.folder is None:
            return
        for suffix in (SUFFIX, LOCK):
            (self.folder / f"{diagnosis}{suffix}").unlink(missing_ok=True)
        self.leave(diagnosis)

    def leave(self, diagnosis: str) -> None:
        """See to a request no longer; whoever looks for what is left finds it."""
        if (lock := self._locks.pop(diagnosis, None)) is not None:
            os.close(lock)

    def left(self, *, platform: str, service: str | None = None, picture: str | None = None) -> Iterator[Pending]:
        """Yield the requests that nobody sees to, the oldest first. Whoever gets one has it, until it is left again.

        Args:
            platform: to which they were sent.
            service: one service alone.
            picture: of one picture alone, by its hash.
        Raises:
            PendingUnreadable: a file is damaged, or open to others.
        """
        for folder, file in self._files():
            request = _read(file)
            wanted = request and request.platform == platform
            if not request or not wanted or service not in {None, request.service}:
                continue
            if picture in {None, request.picture} and self._claim(folder, request.diagnosis):
                yield request

    def close(self) -> None:
        """Leave what is left to others."""
        for diagnosis in list(self._locks):
            self.leave(diagnosis)

    def _files(self) -> list[tuple[Path, Path]]:
        if self.folder is None or not self.folder.is_dir():
            return []
        found = []
        for file in self.folder.glob(f"*{SUFFIX}"):
            with suppress(FileNotFoundError):  # another process has just collected it
                found.append((file.stat().st_mtime_ns, file))
        return [(self.folder, file) for _, file in sorted(found)]

    def _claim(self, folder: Path, diagnosis: str) -> bool:
        """Take the request's lock, unless somebody has it. A lock ends with its process."""
        if diagnosis in self._locks:
            return False
        lock = os.open(folder / f"{diagnosis}{LOCK}", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._locks[diagnosis] = lock
        return True


def _read(file: Path) -> Pending | None:
    try:
        if file.stat().st_mode & OTHERS:
            raise PendingUnreadable(f"{file} can be read by others; `chmod 600` it if it is yours, or delete it")
        stored = json.loads(file.read_text())
        answers = stored.pop("answers")
        shares = tuple(stored.pop("shares"))
        return Pending(**stored, shares=shares, answers=None if answers is None else tuple(answers))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = type(error).__name__
        raise PendingUnreadable(f"{file} is no request that was kept here ({reason}); move it away") from error
