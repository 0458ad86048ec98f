"""A site's side of one attempt: from messages to messages, refusing whatever could give its own vectors away.

It opens no socket, reads no clock and stores nothing but through its ledger. Every step may be asked again with the
same input and then gives the same bytes; with other input it raises. Before an answer leaves, the caller stores
``dump()`` and the ledger's writes in one transaction.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from primia_core.secagg import ledger as records
from primia_core.secagg.aggregate_rules import check_aggregate
from primia_core.secagg.dealing import deal
from primia_core.secagg.delivery import open_inbox
from primia_core.secagg.errors import (
    AlreadyReleased,
    BothShareKinds,
    ContradictorySurvivors,
    FingerprintMismatch,
    ForgedAdvertisement,
    MixedPlan,
    NotASurvivor,
    RepeatedDifferently,
    SessionAborted,
    SplitSurvivors,
    StepOutOfOrder,
)
from primia_core.secagg.identity import Identity
from primia_core.secagg.ledger import Ledger
from primia_core.secagg.masks import Keys, commitment, mask, pair_keys, self_keys
from primia_core.secagg.messages import (
    AbortCertificate,
    AbortSignature,
    Advertisement,
    Inbox,
    RosterMessage,
    SealedShares,
    SignedAggregate,
    SubmissionHeader,
    SurvivorCertificate,
    SurvivorList,
    SurvivorSignature,
    UnmaskShares,
    participants_digest,
)
from primia_core.secagg.roster_rules import check_proposal, check_roster
from primia_core.secagg.sealing import public_key
from primia_core.secagg.session import SessionSpec
from primia_core.secagg.site_state import HeldShare, Secrets, SiteState
from primia_core.secagg.survivor_rules import check_abort, check_certificate, check_survivors

Words = NDArray[np.uint32]
RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True)
class MaskedSubmission:
    """What leaves a site: a signed header and the masked vectors, uniform to whoever lacks the masks."""

    header: SubmissionHeader
    vectors: Mapping[str, Words] = field(repr=False)


class SiteSession:
    """One site in one attempt.

    Args:
        spec: what is proposed. The caller has compared it with the plan (``check_against_plan``).
        site: this site's name in the roster.
        identity: its long-lived keys.
        confirmed: fingerprints that a person confirmed; the site's own counts without being in it.
        ledger: what this site has submitted before.
        rng: uniform bytes; only tests pass their own.
        dataset_version: of the site's cohort as it is now; a proposal that names another is refused.
    Raises:
        FingerprintMismatch: the roster lists another identity under this site's name.
        TooFewConfirmed, SybilInRoster: the site does not accept the parties.
        MixedPlan: the proposal is about another version of the site's cohort.
    """

    def __init__(
        self,
        spec: SessionSpec,
        site: str,
        identity: Identity,
        confirmed: Collection[str],
        ledger: Ledger,
        rng: RandomBytes = os.urandom,
        *,
        dataset_version: str | None = None,
    ) -> None:
        known = frozenset(confirmed) | {identity.public.fingerprint}
        _check_own(spec, site, identity)
        check_proposal(spec, known)
        if dataset_version is not None and spec.dataset_versions[site] != dataset_version:
            raise MixedPlan(
                f"the proposal is about the cohort {spec.dataset_versions[site][:12]}, this site's is "
                f"{dataset_version[:12]}; plan the job again with the new cohort"
            )
        self._state = SiteState(spec=spec, site=site, confirmed=tuple(sorted(known)))
        self._identity, self._ledger, self._rng = identity, ledger, rng

    @classmethod
    def load(cls, dumped: bytes, *, identity: Identity, ledger: Ledger, rng: RandomBytes = os.urandom) -> "SiteSession":
        """Go on from what ``dump`` returned."""
        session = cls.__new__(cls)
        session._state = SiteState.model_validate_json(dumped)
        session._identity, session._ledger, session._rng = identity, ledger, rng
        _check_own(session._state.spec, session._state.site, identity)
        return session

    def dump(self) -> bytes:
        """Return everything that the session remembers. It holds secrets until the attempt ends."""
        return self._state.to_bytes()

    @property
    def spec(self) -> SessionSpec:
        """Return what the session is about."""
        return self._state.spec

    @property
    def site(self) -> str:
        """Return this site's name."""
        return self._state.site

    def advertise(self) -> Advertisement:
        """Make this attempt's ephemeral keys and seed, once.

        Raises:
            ReplayedRound: the attempt was opened before, and its state is elsewhere.
            SessionAborted: the site has sworn never to release it.
        """
        if self._state.advertisement is not None:
            return self._state.advertisement
        self._check_not_aborted()
        records.open_attempt(self._ledger, self.spec)
        secrets = Secrets(share_private=self._rng(32), mask_private=self._rng(32), seed=self._rng(32))
        advertisement = Advertisement.by(
            self._identity,
            session=self.spec.digest,
            site=self.site,
            plan_hash=self.spec.plan_hash,
            model_hash=self.spec.model_hash,
            roster_hash=self.spec.roster_hash,
            share_key=public_key(secrets.share_private),
            mask_key=public_key(secrets.mask_private),
            seed_commitment=commitment(secrets.seed, self.spec.digest, self.site),
        )
        self._update(secrets=secrets, advertisement=advertisement)
        return advertisement

    def share(self, roster: RosterMessage, abort_certificates: Sequence[AbortCertificate] = ()) -> SealedShares:
        """Accept the parties, and share this site's seed and mask key with them.

        Args:
            abort_certificates: proof that attempts in which the quantities are pending can never be opened.
        Raises:
            RosterRefusal and the refusals of ``check_roster``: the parties are not accepted.
            QuantityRefusal: what the session asks for was submitted before, and may not be again.
        """
        state = self._state
        if state.shares is not None and state.roster is not None:
            return state.shares if state.roster == roster else _differently("share", "roster")
        secrets = self._secrets()
        for certificate in abort_certificates:
            check_abort(certificate)
        check_roster(self.spec, roster, state.confirmed)
        if roster.by_site.get(self.site) != state.advertisement:
            raise ForgedAdvertisement("the roster has other keys for this site than it advertised; refuse it")
        records.abort(self._ledger, self.site, [certificate.spec for certificate in abort_certificates])
        records.only_survivors(self._ledger, self.spec, self.site)
        dealing = deal(
            self.spec,
            roster,
            self.site,
            seed=secrets.seed,
            mask_private=secrets.mask_private,
            share_private=secrets.share_private,
            rng=self._rng,
        )
        shares = SealedShares.by(
            self._identity,
            session=self.spec.digest,
            roster=roster.digest,
            site=self.site,
            own_seed_digest=dealing.own_seed_digest,
            own_key_digest=dealing.own_key_digest,
            shares=dealing.sealed,
        )
        self._update(roster=roster, shares=shares, held={self.site: HeldShare.of(dealing.own)})
        return shares

    def mask(self, quantities: Mapping[str, Words], inbox: Inbox) -> MaskedSubmission:
        """Mask this site's vectors for the peers that shared, and sign what was submitted.

        Args:
            quantities: the encoded vectors by name; they are not changed.
            inbox: what was shared with this site, and who shared with anybody.
        Raises:
            ShareRefusal, TruncatedRoster, TooFewConfirmed: the shares or the participants are not accepted.
            QuantityRefusal: a quantity was submitted elsewhere in the meantime.
            RepeatedDifferently: the step was taken before with another inbox or with other vectors.
            WrongVectors: the vectors are not those of the session.
        Security: the vectors are uniform and independent of the quantities unless t parties' shares are combined
            for them; vectors masked twice with other content would be their difference, so that is refused.
        """
        state = self._state
        if state.inbox is not None and state.inbox != inbox.content_digest():
            _differently("mask", "inbox")
        held = state.held if state.inbox is not None else self._accept_inbox(inbox)
        only = records.only_survivors(self._ledger, self.spec, self.site)
        context = participants_digest(self.spec.digest, self._roster().digest, inbox.participants)
        masked, content = mask(quantities, self.spec.vectors, self._masks(inbox.participants, context))
        if state.header is not None:
            return (
                MaskedSubmission(state.header, masked)
                if state.header.content_sha256 == content
                else _differently("mask", "vectors")
            )
        header = SubmissionHeader.by(
            self._identity,
            session=self.spec.digest,
            roster=self._roster().digest,
            participants=context,
            site=self.site,
            content_sha256=content,
            only_survivors=only,
        )
        records.reserve(self._ledger, self.spec, self.site, content)
        self._update(held=held, inbox=inbox.content_digest(), participants=inbox.participants, header=header)
        return MaskedSubmission(header, masked)

    def consent(self, survivors: SurvivorList) -> SurvivorSignature:
        """Sign the one survivor list of this attempt.

        Raises:
            SplitSurvivors: the site has accepted another list in this attempt.
            NotASurvivor: the site is not in the list.
            SurvivorRefusal, QuantityReleased and others of ``check_survivors``: the list is not accepted.
        """
        state = self._state
        if state.consent is not None and state.survivors == survivors:
            return state.consent
        self._secrets()
        self._accept_survivors(survivors)
        consent = SurvivorSignature.by(
            self._identity, session=self.spec.digest, site=self.site, survivors=survivors.digest
        )
        self._update(survivors=survivors, consent=consent)
        return consent

    def unmask(self, certificate: SurvivorCertificate) -> UnmaskShares:
        """Release seed shares of the survivors and mask-key shares of the dropped, never both of one peer.

        Raises:
            TooFewSignatures, SplitSurvivors, BothShareKinds and others of ``SurvivorRefusal``: nothing is released.
        """
        state, listed = self._state, certificate.survivors
        check_certificate(self.spec, certificate)
        if state.unmask is not None and state.survivors is not None:
            return state.unmask if state.survivors == listed else _second_release(state.survivors, listed)
        self._secrets()
        try:
            self._accept_survivors(listed)
        except NotASurvivor:  # t signatures on a list without this site: what it submitted can never be opened
            records.abort(self._ledger, self.site, [self.spec])
            raise
        unmask = UnmaskShares.by(
            self._identity,
            session=self.spec.digest,
            site=self.site,
            survivors=listed.digest,
            seed_shares={peer: state.held[peer].seed for peer in listed.survivors},
            key_shares={peer: state.held[peer].key for peer in listed.dropped},
        )
        records.release(self._ledger, self.spec, self.site, listed.survivors)
        self._update(survivors=listed, unmask=unmask)
        return unmask

    def accept(self, aggregate: SignedAggregate, sums: Mapping[str, Words]) -> None:
        """Check the sums before they are applied; then forget this attempt's secrets.

        Raises:
            ForgedSignature, ReplayedRound: the coordinator did not sign this for this session.
            SplitSurvivors: it is for other survivors than this site released its shares for.
            AggregateMismatch, AggregateOutOfBounds, WrongVectors: the sums cannot be what they claim to be.
        """
        check_aggregate(self.spec, aggregate, sums, self._state.survivors)
        digest = aggregate.content_digest()
        if self._state.aggregate not in (None, digest):
            _differently("accept", "aggregate")
        self._state = self._state.without_secrets()
        self._update(aggregate=digest)

    def abort(self) -> AbortSignature:
        """Swear that this attempt was not released by this site and never will be; forget its secrets.

        Raises:
            AlreadyReleased: it was.
            ReplayedRound: the attempt was opened before, and its state, which would tell, is elsewhere.
        """
        if self._state.abort is not None:
            return self._state.abort
        if self._state.unmask is not None:
            raise AlreadyReleased("this site has released its shares of the attempt; it can only be finished")
        if self._state.advertisement is None:
            records.open_attempt(self._ledger, self.spec)
        oath = AbortSignature.by(self._identity, session=self.spec.digest, site=self.site)
        self._state = self._state.without_secrets()
        self._update(abort=oath)
        return oath

    def _accept_inbox(self, inbox: Inbox) -> dict[str, HeldShare]:
        """Return what this site holds once the inbox is opened: its own shares and its neighbours'."""
        private, roster, state = self._secrets().share_private, self._roster(), self._state
        opened = open_inbox(self.spec, roster, self.site, inbox, confirmed=state.confirmed, share_private=private)
        return {**state.held, **{sender: HeldShare.of(pair) for sender, pair in opened.items()}}

    def _masks(self, participants: tuple[str, ...], context: str) -> list[Keys]:
        secrets, roster = self._secrets(), self._roster()
        pairs: list[Keys] = [
            pair_keys(
                private=secrets.mask_private,
                peer_key=roster.by_site[peer].mask_key,
                site=self.site,
                peer=peer,
                context=context,
                vectors=self.spec.vectors,
            )
            for peer in self.spec.neighbours_of(self.site)
            if peer in participants
        ]
        return [self_keys(seed=secrets.seed, site=self.site, context=context, vectors=self.spec.vectors), *pairs]

    def _accept_survivors(self, listed: SurvivorList) -> None:
        state = self._state
        if state.header is None or state.participants is None:
            raise StepOutOfOrder("this site has submitted nothing that could be opened; it signs no survivor list")
        if state.survivors is not None and state.survivors != listed:
            raise SplitSurvivors(
                f"this site accepted the survivor list {state.survivors.digest[:12]}; {listed.digest[:12]} is a second "
                "one, and only one sum of an attempt may be opened"
            )
        check_survivors(self.spec, self._roster().digest, state.participants, listed, state.confirmed)
        if self.site not in listed.survivors:
            raise NotASurvivor(f"{self.site} is listed as dropped; it neither signs this list nor releases shares")
        if state.header not in listed.headers:
            raise ContradictorySurvivors("the list has another submission of this site than the one it made")

    def _secrets(self) -> Secrets:
        """Return the attempt's secrets."""
        self._check_not_aborted()
        if self._state.secrets is None:
            raise StepOutOfOrder(
                "the attempt is over and its secrets are gone"
                if self._state.aggregate
                else "this site has not advertised keys for the attempt; advertise first"
            )
        return self._state.secrets

    def _roster(self) -> RosterMessage:
        if self._state.roster is None:
            raise StepOutOfOrder("this site has not accepted a roster; share first")
        return self._state.roster

    def _check_not_aborted(self) -> None:
        if self._state.abort is not None:
            raise SessionAborted("this site has sworn never to release this attempt; open a new one")

    def _update(self, **changes: object) -> None:
        self._state = self._state.model_copy(update=changes)


def _check_own(spec: SessionSpec, site: str, identity: Identity) -> None:
    listed = spec.member(site).fingerprint
    if listed != identity.public.fingerprint:
        raise FingerprintMismatch(
            f"{site} is listed with fingerprint {listed[:16]}, this site has {identity.public.fingerprint[:16]}; refuse"
        )


def _differently(step: str, what: str) -> NoReturn:
    raise RepeatedDifferently(f"{step} was answered before for another {what}; only the same may be asked again")


def _second_release(first: SurvivorList, second: SurvivorList) -> NoReturn:
    moved = sorted(set(first.survivors) & set(second.dropped) | set(first.dropped) & set(second.survivors))
    if moved:
        raise BothShareKinds(
            f"this site released one kind of share of {moved} already; the other kind would open them one by one"
        )
    raise SplitSurvivors("this site released its shares for another survivor list; there is only one in an attempt")
