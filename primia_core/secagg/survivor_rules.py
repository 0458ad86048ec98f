"""Which sum may be opened: the rules for survivor lists, their certificates and abort certificates.

Every survivor proves by its signed header that it submitted, and for which participants it masked. Two lists cannot
both find t signatures as long as at most C = 2t - n - 1 sites sign twice, so what is opened is opened for one list.
"""

from collections.abc import Collection

from primia_core.secagg.errors import (
    AbortNotCertain,
    ContradictorySurvivors,
    QuantityReleased,
    SplitParticipants,
    SplitSurvivors,
    TooFewSignatures,
    UnknownSurvivor,
)
from primia_core.secagg.messages import (
    AbortCertificate,
    SubmissionHeader,
    SurvivorCertificate,
    SurvivorList,
    participants_digest,
)
from primia_core.secagg.roster_rules import check_session, check_survivor_count
from primia_core.secagg.session import SessionSpec


def check_survivors(
    spec: SessionSpec,
    roster_digest: str,
    participants: tuple[str, ...],
    listed: SurvivorList,
    confirmed: Collection[str],
) -> None:
    """Check a survivor list against what this site knows of the session.

    Args:
        participants: who shared, as this site was told before it masked.
    Raises:
        ReplayedRound: the list or a header is of another session or roster.
        ContradictorySurvivors: a site is alive and dropped, listed twice, or in neither list.
        UnknownSurvivor: a listed site did not take part, or a survivor has no signed header.
        ForgedSignature: a header is not by its site.
        SplitParticipants: a survivor masked for another set of peers.
        QuantityReleased: a survivor allows only another list, because its quantity was opened before.
        TooFewSurvivors, TooFewConfirmed, ThinMaskGraph: the sum is over too few.
    """
    check_session(spec, listed.session, "survivor list")
    if listed.roster != roster_digest:
        raise SplitParticipants("the survivor list is about another roster message than the one this site accepted")
    _check_partition(participants, listed)
    headers = {header.site: header for header in listed.headers}
    if len(headers) != len(listed.headers) or set(headers) != set(listed.survivors):
        odd = sorted(set(headers) ^ set(listed.survivors))
        raise UnknownSurvivor(f"each survivor proves its submission with one signed header; look at {odd}")
    for header in listed.headers:
        check_header(spec, roster_digest, participants, header)
        if header.only_survivors is not None and set(header.only_survivors) != set(listed.survivors):
            raise QuantityReleased(
                f"what {header.site} submitted was opened before for {list(header.only_survivors)}; "
                f"it may not be opened for {list(listed.survivors)}"
            )
    check_survivor_count(spec, listed.survivors, confirmed)


def check_header(
    spec: SessionSpec, roster_digest: str, participants: tuple[str, ...], header: SubmissionHeader
) -> None:
    """Check one site's header.

    Raises:
        UnknownSender, ForgedSignature, ReplayedRound: it is not that site's word on this session.
        SplitParticipants: the site was told other participants, so that its masks would not cancel.
    """
    check_session(spec, header.session, f"submission of {header.site}")
    header.check(spec.member(header.site).public)
    if header.roster != roster_digest or header.participants != participants_digest(
        spec.digest, roster_digest, participants
    ):
        raise SplitParticipants(
            f"{header.site} masked for another set of peers than {list(participants)}; somebody told the sites "
            "different things, so this attempt must not be opened"
        )


def check_certificate(spec: SessionSpec, certificate: SurvivorCertificate) -> None:
    """Check that t survivors signed this very list.

    Raises:
        UnknownSurvivor: somebody signed who is not in the list.
        SplitSurvivors: a signature is under another list.
        ForgedSignature: a signature is not by its site.
        TooFewSignatures: fewer than t different sites signed.
    """
    listed, signers = certificate.survivors, set()
    for signature in certificate.signatures:
        if signature.site not in listed.survivors:
            raise UnknownSurvivor(f"{signature.site} signed the survivor list and is not in it")
        check_session(spec, signature.session, f"signature of {signature.site}")
        signature.check(spec.member(signature.site).public)
        if signature.survivors != listed.digest:
            raise SplitSurvivors(
                f"{signature.site} signed the survivor list {signature.survivors[:12]}, not {listed.digest[:12]}; "
                "the coordinator shows different lists"
            )
        signers.add(signature.site)
    if len(signers) < spec.threshold:
        raise TooFewSignatures(
            f"{len(signers)} sites signed the survivor list, {spec.threshold} are needed before a share leaves"
        )


def check_abort(certificate: AbortCertificate) -> None:
    """Check that an attempt can never be opened.

    Raises:
        UnknownSender, ReplayedRound, ForgedSignature: an oath is not by a site of that session on that session.
        AbortNotCertain: fewer than t = n - t + 1 + C swore. With as many, at least n - t + 1 honest sites will never
            release, and the t - 1 others cannot by themselves.
    """
    spec, swore = certificate.spec, set()
    for oath in certificate.signatures:
        check_session(spec, oath.session, f"oath of {oath.site}")
        oath.check(spec.member(oath.site).public)
        swore.add(oath.site)
    if len(swore) < spec.abort_quorum:
        raise AbortNotCertain(
            f"{len(swore)} sites swore never to release, {spec.abort_quorum} are needed; collect more oaths"
        )


def _check_partition(participants: tuple[str, ...], listed: SurvivorList) -> None:
    alive, dropped, known = set(listed.survivors), set(listed.dropped), set(participants)
    if both := sorted(alive & dropped):
        raise ContradictorySurvivors(f"{both} are listed as alive and as dropped; no share of theirs may leave")
    if len(alive) + len(dropped) != len(listed.survivors) + len(listed.dropped):
        raise ContradictorySurvivors("a site is listed twice; refuse the list")
    if unknown := sorted((alive | dropped) - known):
        raise UnknownSurvivor(f"{unknown} are listed and did not share in this attempt; refuse the list")
    if forgotten := sorted(known - alive - dropped):
        raise ContradictorySurvivors(f"{forgotten} shared and are listed neither as alive nor as dropped")
