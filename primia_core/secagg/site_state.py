"""What a site remembers of one attempt between its steps: secrets, answers given, and to what it gave them.

It is plain data. Whoever stores it stores secrets, readable by the site alone, and in one transaction with the ledger.
"""

from typing import Literal

from pydantic import Field

from primia_core.secagg.dealing import SharePair
from primia_core.secagg.messages import (
    AbortSignature,
    Advertisement,
    RosterMessage,
    SealedShares,
    SubmissionHeader,
    SurvivorList,
    SurvivorSignature,
    UnmaskShares,
)
from primia_core.secagg.session import SessionSpec
from primia_core.secagg.wire import Base64, Bytes32, Hex64, Wire


class Secrets(Wire):
    """A site's ephemeral secrets of one attempt."""

    share_private: Bytes32 = Field(repr=False)
    mask_private: Bytes32 = Field(repr=False)
    seed: Bytes32 = Field(repr=False)


class HeldShare(Wire):
    """What a site holds of one dealer."""

    seed: Base64 = Field(repr=False)
    key: Base64 = Field(repr=False)

    @classmethod
    def of(cls, pair: SharePair) -> "HeldShare":
        """Keep a pair of shares."""
        return cls(seed=pair.seed, key=pair.key)


class SiteState(Wire):
    """The memory of one site's session. ``None`` stands for a step that has not been taken."""

    version: Literal[1] = 1
    spec: SessionSpec
    site: str
    confirmed: tuple[Hex64, ...]
    secrets: Secrets | None = Field(default=None, repr=False)
    advertisement: Advertisement | None = None
    roster: RosterMessage | None = None
    shares: SealedShares | None = None
    held: dict[str, HeldShare] = Field(default_factory=dict, repr=False)
    inbox: Hex64 | None = None
    participants: tuple[str, ...] | None = None
    header: SubmissionHeader | None = None
    survivors: SurvivorList | None = None
    consent: SurvivorSignature | None = None
    unmask: UnmaskShares | None = Field(default=None, repr=False)
    aggregate: Hex64 | None = None
    abort: AbortSignature | None = None

    def without_secrets(self) -> "SiteState":
        """Return the state after the attempt: what could open a mask is gone, what was answered stays."""
        return self.model_copy(update={"secrets": None, "held": {}})
