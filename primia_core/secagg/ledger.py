"""One quantity, one roster: what a site has submitted, in whatever job, and what it may therefore submit again.

Whoever sees the same update summed over a roster and over that roster less one sees that one update exactly. The
rules here are pure; a ``Ledger`` only remembers, and has to do so durably before anything leaves the site.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, Protocol, Self

from pydantic import model_validator

from primia_core.secagg.errors import QuantityPending, QuantityReleased, QuantityUnderAnotherRoster, ReplayedRound
from primia_core.secagg.session import SessionSpec
from primia_core.secagg.wire import Hex64, Wire


class QuantityKey(Wire):
    """What makes two submissions the same quantity, whatever rounding or plan made them."""

    dataset_version: str
    model_hash: str
    vector: str


class Entry(Wire):
    """What became of a quantity's last submission."""

    state: Literal["pending", "released", "aborted"]
    session: Hex64
    roster_hash: Hex64
    content_sha256: Hex64
    survivors: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _released_means_survivors(self) -> Self:
        if (self.state == "released") != (self.survivors is not None):
            raise ValueError("survivors are known exactly when an entry is released")
        return self


class AttemptKey(Wire):
    """The name of an attempt; one name stands for one session, ever."""

    job: str
    step: int
    attempt: int


class Ledger(Protocol):
    """A site's memory. Every write is durable, and all or nothing, before it returns."""

    def entry(self, key: QuantityKey) -> Entry | None:
        """Return what became of a quantity, or ``None`` for one never submitted."""

    def write(self, entries: Mapping[QuantityKey, Entry]) -> None:
        """Replace the entries of these quantities."""

    def opened(self, attempt: AttemptKey) -> str | None:
        """Return the digest of the session that was opened under an attempt's name, or ``None``."""

    def open(self, attempt: AttemptKey, session: str) -> None:
        """Remember the session of an attempt."""


class MemoryLedger:
    """A ledger that forgets when the process ends: for simulations and tests."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._opened: dict[str, str] = {}

    def entry(self, key: QuantityKey) -> Entry | None:
        """Return what became of a quantity, or ``None`` for one never submitted."""
        return self._entries.get(key.content_digest())

    def write(self, entries: Mapping[QuantityKey, Entry]) -> None:
        """Replace the entries of these quantities."""
        self._entries.update({key.content_digest(): entry for key, entry in entries.items()})

    def opened(self, attempt: AttemptKey) -> str | None:
        """Return the digest of the session that was opened under an attempt's name, or ``None``."""
        return self._opened.get(attempt.content_digest())

    def open(self, attempt: AttemptKey, session: str) -> None:
        """Remember the session of an attempt."""
        self._opened[attempt.content_digest()] = session


def quantities(spec: SessionSpec, site: str) -> tuple[QuantityKey, ...]:
    """Return the keys of what a site submits in a session."""
    version = spec.dataset_versions[site]
    return tuple(
        QuantityKey(dataset_version=version, model_hash=spec.model_hash, vector=vector.name) for vector in spec.vectors
    )


def open_attempt(ledger: Ledger, spec: SessionSpec) -> None:
    """Remember that this site takes part in an attempt.

    Raises:
        ReplayedRound: the attempt's name was used before, for this session or for another.
    """
    attempt = AttemptKey(job=spec.job, step=spec.step, attempt=spec.attempt)
    known = ledger.opened(attempt)
    if known is not None:
        what = "this very session; go on from its stored state" if known == spec.digest else "another session"
        raise ReplayedRound(
            f"job {spec.job}, step {spec.step}, attempt {spec.attempt} was opened before, for {what}; "
            "a new try needs a new attempt number"
        )
    ledger.open(attempt, spec.digest)


def only_survivors(ledger: Ledger, spec: SessionSpec, site: str) -> tuple[str, ...] | None:
    """Check that the quantities of a session may be submitted in it.

    Returns:
        ``None`` for quantities never opened; otherwise the only survivors for whom they may be opened again.
    Raises:
        QuantityUnderAnotherRoster: one was submitted under another roster, and that was not aborted for certain.
        QuantityPending: one was submitted in another attempt that may still be opened.
        QuantityReleased: two were opened for different survivors, so no list could serve both.
    """
    allowed: set[tuple[str, ...]] = set()
    for key in quantities(spec, site):
        entry = ledger.entry(key)
        if entry is None or entry.state == "aborted":
            continue
        if entry.roster_hash != spec.roster_hash:
            raise QuantityUnderAnotherRoster(
                f"{key.vector!r} of this cohort and model was submitted under the roster {entry.roster_hash[:12]}, "
                f"this session has {spec.roster_hash[:12]}; both sums together would give single sites away"
            )
        if entry.state == "pending" and entry.session != spec.digest:
            raise QuantityPending(
                f"{key.vector!r} was submitted in the session {entry.session[:12]}, which may still be opened; "
                f"bring an abort certificate of {spec.abort_quorum} signatures"
            )
        if entry.survivors is not None:
            allowed.add(entry.survivors)
    if len(allowed) > 1:
        raise QuantityReleased("the quantities of this session were opened for different survivors; ask them apart")
    return next(iter(allowed), None)


def reserve(ledger: Ledger, spec: SessionSpec, site: str, content_sha256: str) -> None:
    """Record that a session's quantities are about to leave the site.

    Raises:
        QuantityPending: they left in this session before, with other content.
    """
    entries = {}
    for key in quantities(spec, site):
        entry = ledger.entry(key)
        if entry is not None and entry.state == "pending" and entry.content_sha256 != content_sha256:
            raise QuantityPending(f"{key.vector!r} left in this session before with other content; resend the first")
        if entry is None or entry.state == "aborted":
            entries[key] = Entry(
                state="pending", session=spec.digest, roster_hash=spec.roster_hash, content_sha256=content_sha256
            )
    ledger.write(entries)


def release(ledger: Ledger, spec: SessionSpec, site: str, survivors: tuple[str, ...]) -> None:
    """Record, before any share leaves, that a session's quantities are opened for these survivors."""
    entries = {key: ledger.entry(key) for key in quantities(spec, site)}
    ledger.write(
        {
            key: entry.model_copy(update={"state": "released", "survivors": survivors})
            for key, entry in entries.items()
            if entry is not None and entry.state == "pending"
        }
    )


def abort(ledger: Ledger, site: str, certified: Iterable[SessionSpec]) -> None:
    """Free the quantities that are pending in sessions which, as a certificate proves, can never be opened."""
    for spec in certified:
        entries = {key: ledger.entry(key) for key in quantities(spec, site)}
        ledger.write(
            {
                key: entry.model_copy(update={"state": "aborted"})
                for key, entry in entries.items()
                if entry is not None and entry.state == "pending" and entry.session == spec.digest
            }
        )
