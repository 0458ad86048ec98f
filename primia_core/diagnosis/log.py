"""The log of a service's descriptors: entries in order, each naming the one before. Keeps nothing itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Literal, Self
from uuid import UUID

from pydantic import ValidationError

from primia_core.canonical import canonical_json
from primia_core.diagnosis.descriptor import Hex64, Natural, Public, Seconds
from primia_core.diagnosis.errors import LogError

BEGINNING: Final = "0" * 64
_CONTEXT: Final = b"primia descriptor log v1\0"
Kind = Literal["published", "countersigned", "closed"]


class LogEntry(Public):
    """One entry.

    Attributes:
        seq: from 1, without a gap, within one service.
        digest: of the descriptor.
        previous: the entry before; 64 zeros before the first.
        detail: strings and integers, such as who has countersigned.
        entry: SHA-256 of all of it.
    """

    seq: Natural
    kind: Kind
    service: UUID
    digest: Hex64
    previous: Hex64
    detail: dict[str, str | int]
    at: Seconds
    entry: Hex64

    @classmethod
    def after(
        cls,
        previous: "LogEntry | None",
        *,
        kind: Kind,
        service: UUID,
        digest: str,
        at: datetime,
        detail: Mapping[str, str | int] | None = None,
    ) -> Self:
        """Return the entry that follows ``previous``; ``None`` begins the log of a service."""
        draft = cls(
            seq=previous.seq + 1 if previous else 1,
            kind=kind,
            service=service,
            digest=digest,
            previous=previous.entry if previous else BEGINNING,
            detail=dict(detail or {}),
            at=at,
            entry=BEGINNING,
        )
        return draft.model_copy(update={"entry": draft.hash()})

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read one row.

        Raises:
            LogError: it is no entry.
        """
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, problem["loc"]))
            raise LogError(f"a row of the descriptor log cannot be used: {where}: {problem['msg']}") from error

    def to_json(self) -> dict[str, Any]:
        """Return the row."""
        return self.model_dump(mode="json")

    def hash(self) -> str:
        """Return the SHA-256 of everything but ``entry``."""
        return sha256(_CONTEXT + canonical_json(self.model_dump(mode="json", exclude={"entry"}))).hexdigest()


def verify_log(entries: Sequence[LogEntry], *, known: LogEntry | None = None) -> None:
    """Check a service's whole log.

    Args:
        entries: from the first on.
        known: the last entry that the reader has seen before; it must still be there.
    Raises:
        LogError: there is a gap, an entry was changed, or the log is not the one that the reader knows.
    Security: whoever keeps the log can show two readers two logs. They find out when they compare their last entries.
    """
    previous, seq = BEGINNING, 0
    for entry in entries:
        if entry.seq != seq + 1 or entry.previous != previous or entry.service != entries[0].service:
            raise LogError(f"after entry {seq} of the descriptor log comes one that does not follow it ({entry.seq})")
        if entry.hash() != entry.entry:
            raise LogError(f"entry {entry.seq} of the descriptor log was changed after it was written")
        previous, seq = entry.entry, entry.seq
    if known is not None and (len(entries) < known.seq or entries[known.seq - 1].entry != known.entry):
        raise LogError(
            f"entry {known.seq} of the descriptor log is not the one seen before ({known.entry[:16]}); "
            "the log was rewritten, do not use the service"
        )
