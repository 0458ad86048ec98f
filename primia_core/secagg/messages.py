"""The messages of secure aggregation, in their order. All are frozen JSON; all that a site says is signed.

They know how they are bound to each other by digests; what a party does with them is in ``site`` and ``coordinator``.
"""

from functools import cached_property
from typing import ClassVar

from pydantic import Field

from primia_core.canonical import sha256_hex
from primia_core.secagg.session import SessionSpec
from primia_core.secagg.wire import PROTOCOL, Base64, Bytes32, Hex64, Signed, SiteName, Wire


class Advertisement(Signed):
    """2: a site's ephemeral public keys and the commitment to its self-mask seed, for one attempt."""

    kind: ClassVar[str] = "advertisement"

    session: Hex64
    site: SiteName
    plan_hash: Hex64
    model_hash: Hex64
    roster_hash: Hex64
    share_key: Bytes32 = Field(description="X25519; seals shares")
    mask_key: Bytes32 = Field(description="X25519; agrees on pair masks")
    seed_commitment: Bytes32 = Field(description="H(b)")


class RosterMessage(Wire):
    """3: who takes part, with everybody's advertisement as signed."""

    session: Hex64
    advertisements: tuple[Advertisement, ...]

    @cached_property
    def digest(self) -> str:
        """Return the context of shares and masks: the session and every advertisement in it."""
        return self.content_digest()

    @cached_property
    def by_site(self) -> dict[str, Advertisement]:
        """Return the advertisements by site."""
        return {advertisement.site: advertisement for advertisement in self.advertisements}


class SealedShare(Wire):
    """One holder's shares of a site's self-mask seed and mask key, sealed for that holder.

    The digests commit the dealer to both shares, so that whoever returns another share later is caught.
    """

    receiver: SiteName
    seed_digest: Bytes32
    key_digest: Bytes32
    sealed: Base64


class SealedShares(Signed):
    """4: a site's sealed shares for the others, and the digests of those it keeps itself."""

    kind: ClassVar[str] = "shares"

    session: Hex64
    roster: Hex64
    site: SiteName
    own_seed_digest: Bytes32
    own_key_digest: Bytes32
    shares: tuple[SealedShare, ...]


class DeliveredShare(Wire):
    """One sealed share on its way, with its dealer."""

    sender: SiteName
    share: SealedShare


class Inbox(Wire):
    """4, delivered: all that was shared with one site, and the list of all who shared with anybody."""

    session: Hex64
    roster: Hex64
    site: SiteName
    participants: tuple[SiteName, ...]
    shares: tuple[DeliveredShare, ...]


def participants_digest(session: str, roster: str, participants: tuple[str, ...]) -> str:
    """Return the digest of who shared: every submission names it, so that all mask for the same peers."""
    value = {"session": session, "roster": roster, "participants": list(participants)}
    return sha256_hex({"protocol": PROTOCOL, "kind": "participants", "value": value})


class SubmissionHeader(Signed):
    """5: what a site says of the masked vectors that it submits.

    ``content_sha256`` is that of the vectors' little-endian words in the session's order, one after the other.
    ``only_survivors`` is set where the same quantity was opened before: then only that sum may be opened again.
    """

    kind: ClassVar[str] = "submission"

    session: Hex64
    roster: Hex64
    participants: Hex64
    site: SiteName
    content_sha256: Hex64
    only_survivors: tuple[SiteName, ...] | None


class SurvivorList(Wire):
    """6: whose vectors will be opened, as one sum, and which participants dropped out, with the signed headers."""

    session: Hex64
    roster: Hex64
    survivors: tuple[SiteName, ...]
    dropped: tuple[SiteName, ...]
    headers: tuple[SubmissionHeader, ...]

    @cached_property
    def digest(self) -> str:
        """Return what the sites sign."""
        return self.content_digest()


class SurvivorSignature(Signed):
    """6, answered: a site's one signature under one survivor list in an attempt."""

    kind: ClassVar[str] = "consent"

    session: Hex64
    site: SiteName
    survivors: Hex64


class SurvivorCertificate(Wire):
    """7: the survivor list with at least t of the survivors' signatures."""

    survivors: SurvivorList
    signatures: tuple[SurvivorSignature, ...]


class UnmaskShares(Signed):
    """7, answered: seed shares of survivors, mask-key shares of the dropped; never both of one peer."""

    kind: ClassVar[str] = "unmask"

    session: Hex64
    site: SiteName
    survivors: Hex64
    seed_shares: dict[str, Base64] = Field(repr=False)
    key_shares: dict[str, Base64] = Field(repr=False)


class SignedAggregate(Signed):
    """8: what the coordinator says the sums are. ``sums_sha256`` is over their words as in a submission."""

    kind: ClassVar[str] = "aggregate"

    session: Hex64
    survivors: Hex64
    sites: tuple[SiteName, ...]
    sums_sha256: Hex64


class AbortSignature(Signed):
    """A site's oath on an attempt: not released, and never will be."""

    kind: ClassVar[str] = "abort"

    session: Hex64
    site: SiteName


class AbortCertificate(Wire):
    """Enough oaths that an old attempt can never be opened, with the session they are about."""

    spec: SessionSpec
    signatures: tuple[AbortSignature, ...]
