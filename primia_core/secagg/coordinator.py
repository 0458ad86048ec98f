"""The coordinator's side of one attempt: it relays what the sites say, and adds up what they submit.

It opens no socket, reads no clock and stores nothing: replaying the accepted messages in the order of the phases
gives the same object. A phase is closed by asking for what the next one begins with; later messages are refused.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from primia_core.secagg.aggregate_rules import check_bounds
from primia_core.secagg.dealing import check_share
from primia_core.secagg.errors import (
    FingerprintMismatch,
    LateMessage,
    QuantityReleased,
    RepeatedDifferently,
    ShareAgainstAnotherCommitment,
    SplitSurvivors,
    StepOutOfOrder,
    SubmissionMismatch,
    ThinMaskGraph,
    TooFewAnswers,
    UnknownSender,
)
from primia_core.secagg.identity import Identity
from primia_core.secagg.masks import add_submission, content_sha256
from primia_core.secagg.messages import (
    Advertisement,
    DeliveredShare,
    Inbox,
    RosterMessage,
    SealedShare,
    SealedShares,
    SignedAggregate,
    SubmissionHeader,
    SurvivorCertificate,
    SurvivorList,
    SurvivorSignature,
    UnmaskShares,
    participants_digest,
)
from primia_core.secagg.roster_rules import check_advertisement, check_graph, check_session
from primia_core.secagg.session import SessionSpec
from primia_core.secagg.survivor_rules import check_header
from primia_core.secagg.unmasking import Unmasking

Words = NDArray[np.uint32]
Phase = Literal["advertise", "share", "submit", "consent", "unmask"]
Answer = TypeVar("Answer", Advertisement, SealedShares, SubmissionHeader, SurvivorSignature, UnmaskShares)


class CoordinatorSession:
    """One attempt, seen from the middle.

    Args:
        spec: what was proposed.
        identity: the coordinator's keys; they sign the sums.
    Raises:
        FingerprintMismatch: the session names another coordinator.
    """

    def __init__(self, spec: SessionSpec, identity: Identity) -> None:
        if spec.coordinator_identity.fingerprint != identity.public.fingerprint:
            raise FingerprintMismatch("the session names another coordinator than this one; propose it again")
        self.spec, self._identity = spec, identity
        self._advertisements: dict[str, Advertisement] = {}
        self._shares: dict[str, SealedShares] = {}
        self._headers: dict[str, SubmissionHeader] = {}
        self._consents: dict[str, SurvivorSignature] = {}
        self._unmasks: dict[str, UnmaskShares] = {}
        self._roster: RosterMessage | None = None
        self._participants: tuple[str, ...] | None = None
        self._survivors: SurvivorList | None = None
        self._certificate: SurvivorCertificate | None = None

    @property
    def phase(self) -> Phase:
        """Return which answers are being collected."""
        if self._certificate is not None:
            return "unmask"
        if self._survivors is not None:
            return "consent"
        if self._participants is not None:
            return "submit"
        return "advertise" if self._roster is None else "share"

    def missing(self) -> frozenset[str]:
        """Return the sites whose answer the present phase still lacks."""
        survivors = self._survivors.survivors if self._survivors else ()
        asked: dict[Phase, tuple[Iterable[str], Iterable[str]]] = {
            "advertise": (self.spec.sites, self._advertisements),
            "share": (self._advertisements, self._shares),
            "submit": (self._participants or (), self._headers),
            "consent": (survivors, self._consents),
            "unmask": (survivors, self._unmasks),
        }
        sites, answered = asked[self.phase]
        return frozenset(sites) - frozenset(answered)

    def enough(self) -> bool:
        """Say whether the present phase could be closed with the answers it has."""
        attempts: dict[Phase, Callable[[], object]] = {
            "advertise": lambda: self._need("advertise", self._advertisements),
            "share": lambda: self._check_shared(),
            "submit": self._listed,
            "consent": lambda: self._need("consent", self._consents, self.spec.threshold),
            "unmask": self._unmasking,
        }
        try:
            attempts[self.phase]()
        except (TooFewAnswers, QuantityReleased, ThinMaskGraph):
            return False
        return True

    def receive_advertisement(self, message: Advertisement) -> None:
        """Take a site's keys.

        Raises:
            Refusal: they are forged, or for another plan, model, roster or round.
            LateMessage, RepeatedDifferently: the phase is closed, or the site said something else before.
        """
        if self._is_new(self._advertisements, message, "advertise"):
            check_advertisement(self.spec, message)
            self._advertisements[message.site] = message

    def roster(self) -> RosterMessage:
        """Close the first phase with the sites that advertised.

        Raises:
            TooFewAnswers: they are fewer than max(t, min_survivors).
        """
        if self._roster is None:
            self._need("advertise", self._advertisements)
            advertisements = tuple(self._advertisements[site] for site in sorted(self._advertisements))
            self._roster = RosterMessage(session=self.spec.digest, advertisements=advertisements)
        return self._roster

    def receive_shares(self, message: SealedShares) -> None:
        """Take a site's sealed shares.

        Raises:
            UnknownSender, ForgedSignature, ReplayedRound: they are not that site's for this session and roster.
            ShareAgainstAnotherCommitment: they are not one for each of the others.
        """
        if not self._is_new(self._shares, message, "share"):
            return
        message.check(self.spec.member(message.site).public)
        roster = self.roster()
        if message.site not in roster.by_site or message.roster != roster.digest:
            raise UnknownSender(f"the shares of {message.site} are for another roster than this attempt's")
        due = [site for site in sorted(roster.by_site) if site != message.site]
        if [share.receiver for share in message.shares] != due:
            raise ShareAgainstAnotherCommitment(f"{message.site} owes one share to each of {due}; leave it out")
        self._shares[message.site] = message

    def inbox(self, site: str) -> Inbox:
        """Close the second phase with the sites that shared, and return what was shared with ``site``.

        Raises:
            TooFewAnswers: too few shared.
            LateMessage: ``site`` did not share, so it takes no further part.
        """
        roster = self.roster()
        if self._participants is None:
            self._check_shared()
            self._participants = tuple(sorted(self._shares))
        if site not in self._participants:
            raise LateMessage(f"{self.spec.member(site).site} did not share in time; it takes no part in this attempt")
        shares = tuple(
            DeliveredShare(sender=sender, share=share)
            for sender in self._participants
            for share in self._shares[sender].shares
            if share.receiver == site
        )
        return Inbox(
            session=self.spec.digest, roster=roster.digest, site=site, participants=self._participants, shares=shares
        )

    def receive_submission(self, header: SubmissionHeader) -> None:
        """Take a site's header; its vectors are asked for in ``finish``.

        Raises:
            UnknownSender, ForgedSignature, ReplayedRound, SplitParticipants: it is not that site's for this session.
        """
        if not self._is_new(self._headers, header, "submit"):
            return
        if self._participants is None or header.site not in self._participants:
            raise UnknownSender(f"{header.site} did not share in this attempt; its vectors could not be unmasked")
        check_header(self.spec, self.roster().digest, self._participants, header)
        self._headers[header.site] = header

    def survivors(self) -> SurvivorList:
        """Close the third phase with the sites that submitted.

        Raises:
            TooFewAnswers: too few submitted.
            ThinMaskGraph: colluders could split the masks of those who did.
            QuantityReleased: sites allow only sums that cannot be had any more.
        """
        if self._survivors is None:
            self._survivors = self._listed()
        return self._survivors

    def receive_consent(self, message: SurvivorSignature) -> None:
        """Take a site's signature under the survivor list.

        Raises:
            UnknownSender, ForgedSignature, ReplayedRound, SplitSurvivors: it is not that site's under this list.
        """
        if not self._is_new(self._consents, message, "consent"):
            return
        self._check_survivor(message.site, message.survivors)
        message.check(self.spec.member(message.site).public)
        self._consents[message.site] = message

    def certificate(self) -> SurvivorCertificate:
        """Close the fourth phase with the signatures that came.

        Raises:
            TooFewAnswers: they are fewer than t.
        """
        if self._certificate is None:
            self._need("consent", self._consents, self.spec.threshold)
            signatures = tuple(self._consents[site] for site in sorted(self._consents))
            self._certificate = SurvivorCertificate(survivors=self.survivors(), signatures=signatures)
        return self._certificate

    def receive_unmask(self, message: UnmaskShares) -> None:
        """Take the shares that a site releases.

        Raises:
            UnknownSender, ForgedSignature, ReplayedRound, SplitSurvivors: it is not that site's for this list.
            ShareAgainstAnotherCommitment: a share is not the one that its dealer committed to, or not one asked for.
        """
        if not self._is_new(self._unmasks, message, "unmask"):
            return
        listed = self._check_survivor(message.site, message.survivors)
        message.check(self.spec.member(message.site).public)
        if set(message.seed_shares) != set(listed.survivors) or set(message.key_shares) != set(listed.dropped):
            raise ShareAgainstAnotherCommitment(
                f"{message.site} owes seed shares of the survivors and key shares of the dropped, and no other"
            )
        for dealer, share in message.seed_shares.items():
            digest = self._committed(dealer, message.site).seed_digest
            check_share(self.roster().digest, "seed", dealer, message.site, share, digest)
        for dealer, share in message.key_shares.items():
            digest = self._committed(dealer, message.site).key_digest
            check_share(self.roster().digest, "key", dealer, message.site, share, digest)
        self._unmasks[message.site] = message

    def finish(self, vectors: Callable[[str], Mapping[str, Words]]) -> tuple[dict[str, Words], SignedAggregate]:
        """Add up the survivors' vectors, take off every mask, and sign the sums. It may run again, with equal result.

        Args:
            vectors: returns one survivor's masked vectors; called once for each, in order, so that no more than one
                site's vectors need be in memory beside the sums.
        Raises:
            TooFewAnswers: fewer share holders answered than reconstruct.
            DishonestShares: reconstructed secrets are not those advertised.
            SubmissionMismatch: vectors are not those of the header.
            AggregateOutOfBounds: the masks did not cancel.
        Cost: one pass and one keystream for each survivor, one more for each pair of a survivor and a dropped site.
        """
        unmasking, listed = self._unmasking(), self.survivors()
        sums = {vector.name: np.zeros(vector.length, np.uint32) for vector in self.spec.vectors}
        for site in listed.survivors:
            content = add_submission(sums, vectors(site), self.spec.vectors, unmasking.of(site))
            if content != self._headers[site].content_sha256:
                raise SubmissionMismatch(f"the vectors of {site} are not those that it signed; fetch them again")
        check_bounds(self.spec, sums, len(listed.survivors))
        aggregate = SignedAggregate.by(
            self._identity,
            session=self.spec.digest,
            survivors=listed.digest,
            sites=listed.survivors,
            sums_sha256=content_sha256(sums, self.spec.vectors),
        )
        return sums, aggregate

    def _unmasking(self) -> Unmasking:
        roster, listed, participants = self.roster(), self._survivors, self._participants
        if self._certificate is None or listed is None or participants is None:
            raise StepOutOfOrder(f"the attempt is in its phase {self.phase!r}; a certificate comes before shares")
        context = participants_digest(self.spec.digest, roster.digest, participants)
        return Unmasking(self.spec, roster, listed, context, self._unmasks)

    def _listed(self) -> SurvivorList:
        """Choose the survivors: all who submitted, or those whom earlier releases leave as the only choice."""
        participants, only = self._participants or (), {header.only_survivors for header in self._headers.values()}
        wanted = [survivors for survivors in only if survivors is not None]
        if len(wanted) > 1 or any(not set(survivors) <= set(self._headers) for survivors in wanted):
            raise QuantityReleased(
                f"these quantities were opened before, for {[list(survivors) for survivors in wanted]} only; "
                f"submitted have {sorted(self._headers)}"
            )
        alive = tuple(sorted(wanted[0] if wanted else self._headers))
        self._need("submit", alive)
        check_graph(self.spec, alive)
        return SurvivorList(
            session=self.spec.digest,
            roster=self.roster().digest,
            survivors=alive,
            dropped=tuple(site for site in participants if site not in alive),
            headers=tuple(self._headers[site] for site in alive),
        )

    def _need(self, phase: str, answered: Iterable[str], at_least: int | None = None) -> None:
        count, needed = len(list(answered)), self.spec.quorum if at_least is None else at_least
        if count < needed:
            raise TooFewAnswers(
                f"{count} sites answered in the phase {phase!r}, {needed} of {len(self.spec.roster)} are needed; "
                "wait for more, or abort the attempt"
            )

    def _check_shared(self) -> None:
        self._need("share", self._shares)
        check_graph(self.spec, self._shares)

    def _check_survivor(self, site: str, digest: str) -> SurvivorList:
        listed = self.survivors()
        if site not in listed.survivors:
            raise UnknownSender(f"{site} is not among the survivors {list(listed.survivors)}")
        if digest != listed.digest:
            raise SplitSurvivors(f"{site} answers for the survivor list {digest[:12]}, not for {listed.digest[:12]}")
        return listed

    def _committed(self, dealer: str, holder: str) -> SealedShare:
        """Return the digests of a holder's shares, as their dealer signed them."""
        shares = self._shares[dealer]
        if dealer == holder:
            return SealedShare(
                receiver=holder, seed_digest=shares.own_seed_digest, key_digest=shares.own_key_digest, sealed=b""
            )
        return next(share for share in shares.shares if share.receiver == holder)

    def _is_new(self, known: Mapping[str, Answer], message: Answer, phase: Phase) -> bool:
        """Say whether a message is to be looked at: not a repetition, and in the phase that takes it."""
        check_session(self.spec, message.session, f"{message.kind} of {message.site}")
        if message.site in known:
            if known[message.site] != message:
                raise RepeatedDifferently(f"{message.site} answered otherwise before, and only the first answer counts")
            return False
        if phase != self.phase:
            raise LateMessage(f"{message.site} answers for the phase {phase!r}, the attempt is in {self.phase!r}")
        return True
