"""A site's two secrets, dealt to all parties: Shamir shares of the self-mask seed and of the mask key, sealed.

The dealer commits to every share by its digest, in a signed message. Whoever later returns another share is known,
and so is a dealer whose sealed share is not the one it committed to.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from primia_core.canonical import canonical_json
from primia_core.secagg.errors import ShareAgainstAnotherCommitment
from primia_core.secagg.messages import RosterMessage, SealedShare
from primia_core.secagg.sealing import seal, unseal
from primia_core.secagg.session import SessionSpec
from primia_core.secagg.shamir import SHARE_BYTES, split_bytes
from primia_core.secagg.wire import PROTOCOL

RandomBytes = Callable[[int], bytes]
ShareKind = Literal["seed", "key"]


@dataclass(frozen=True)
class SharePair:
    """One holder's shares of one dealer's seed and mask key. At most one of the two may ever leave the holder."""

    seed: bytes = field(repr=False)
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Dealing:
    """One dealer's work: what goes to the others, and what it keeps."""

    sealed: tuple[SealedShare, ...]
    own: SharePair
    own_seed_digest: bytes
    own_key_digest: bytes


def deal(
    spec: SessionSpec,
    roster: RosterMessage,
    dealer: str,
    *,
    seed: bytes,
    mask_private: bytes,
    share_private: bytes,
    rng: RandomBytes,
) -> Dealing:
    """Share both secrets of a site among all who advertised, itself included.

    Security: any ``spec.threshold - 1`` holders learn nothing; seals are bound to session, roster and pair.
    """
    holders = sorted(roster.by_site)
    points = [spec.index(site) for site in holders]
    seeds = split_bytes(seed, threshold=spec.threshold, points=points, rng=rng)
    keys = split_bytes(mask_private, threshold=spec.threshold, points=points, rng=rng)
    pairs = {site: SharePair(seeds[x], keys[x]) for site, x in zip(holders, points, strict=True)}
    context = roster.digest

    def committed(holder: str) -> tuple[bytes, bytes]:
        pair = pairs[holder]
        return (
            share_digest(context, "seed", dealer, holder, pair.seed),
            share_digest(context, "key", dealer, holder, pair.key),
        )

    def sealed(holder: str) -> SealedShare:
        seed_digest, key_digest = committed(holder)
        envelope = seal(
            pairs[holder].seed + pairs[holder].key,
            private=share_private,
            receiver=roster.by_site[holder].share_key,
            context=bytes.fromhex(context),
            purpose=_purpose(dealer, holder),
            rng=rng,
        )
        return SealedShare(receiver=holder, seed_digest=seed_digest, key_digest=key_digest, sealed=envelope)

    shares = tuple(sealed(holder) for holder in holders if holder != dealer)
    return Dealing(shares, pairs[dealer], *committed(dealer))


def open_share(roster: RosterMessage, dealer: str, share: SealedShare, *, share_private: bytes) -> SharePair:
    """Open what a dealer sealed for this holder.

    Raises:
        ShareNotAuthentic: it was not sealed by that dealer for this holder, session and roster.
        ShareAgainstAnotherCommitment: the digests beside it are of other shares, be it the dealer's doing or a relay's.
    """
    plaintext = unseal(
        share.sealed,
        private=share_private,
        sender=roster.by_site[dealer].share_key,
        context=bytes.fromhex(roster.digest),
        purpose=_purpose(dealer, share.receiver),
    )
    pair = SharePair(plaintext[:SHARE_BYTES], plaintext[SHARE_BYTES:])
    check_share(roster.digest, "seed", dealer, share.receiver, pair.seed, share.seed_digest)
    check_share(roster.digest, "key", dealer, share.receiver, pair.key, share.key_digest)
    return pair


def share_digest(roster_digest: str, kind: ShareKind, dealer: str, holder: str, share: bytes) -> bytes:
    """Return the commitment to a share. The share is uniform in a field of 256 bits, so its hash hides it."""
    head = {"protocol": PROTOCOL, "kind": f"{kind} share", "roster": roster_digest, "from": dealer, "to": holder}
    return hashlib.sha256(canonical_json(head) + share).digest()


def check_share(roster_digest: str, kind: ShareKind, dealer: str, holder: str, share: bytes, digest: bytes) -> None:
    """Raise ``ShareAgainstAnotherCommitment`` unless the dealer committed to this very share."""
    if len(share) != SHARE_BYTES or share_digest(roster_digest, kind, dealer, holder, share) != digest:
        raise ShareAgainstAnotherCommitment(
            f"the {kind} share of {dealer} at {holder} is not the one that {dealer} committed to; "
            "leave out whoever delivered it, and look into why"
        )


def _purpose(dealer: str, holder: str) -> bytes:
    return canonical_json({"protocol": PROTOCOL, "kind": "sealed share", "from": dealer, "to": holder})
