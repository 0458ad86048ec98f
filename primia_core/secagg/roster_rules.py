"""With whom a site is willing to add up: the rules that a roster and every later set of parties must pass.

It knows the session and the fingerprints that a person confirmed; it keeps no state.
"""

from collections.abc import Collection, Iterable, Mapping

from primia_core.secagg.errors import (
    MixedModel,
    MixedPlan,
    MixedRoster,
    ReplayedRound,
    SybilInRoster,
    ThinMaskGraph,
    TooFewConfirmed,
    TooFewSurvivors,
    TruncatedRoster,
)
from primia_core.secagg.messages import Advertisement, RosterMessage
from primia_core.secagg.session import SessionSpec, neighbours_for


def check_proposal(spec: SessionSpec, confirmed: Collection[str]) -> None:
    """Check who is proposed as a party.

    Args:
        confirmed: fingerprints that a person compared out of band, the site's own among them.
    Raises:
        TooFewConfirmed: fewer than ``min_survivors`` parties are confirmed.
        SybilInRoster: more parties are strangers than may collude, so they could break the promise by themselves.
    """
    check_confirmed(spec, spec.sites, confirmed)
    strangers = [member.site for member in spec.roster if member.fingerprint not in confirmed]
    if len(strangers) > spec.colluders:
        raise SybilInRoster(
            f"{len(strangers)} parties have no confirmed fingerprint ({', '.join(strangers[:5])}), and at most "
            f"{spec.colluders} of {len(spec.roster)} may collude; confirm them by telephone"
        )


def check_confirmed(spec: SessionSpec, sites: Iterable[str], confirmed: Collection[str]) -> None:
    """Raise ``TooFewConfirmed`` unless enough of these sites are confirmed."""
    known = sum(spec.member(site).fingerprint in confirmed for site in sites)
    if known < spec.min_survivors:
        raise TooFewConfirmed(
            f"{known} parties have confirmed fingerprints, {spec.min_survivors} are needed; "
            "compare fingerprints with the other sites by telephone"
        )


def check_quorum(spec: SessionSpec, sites: Collection[str], confirmed: Collection[str]) -> None:
    """Check that a phase goes on with enough parties.

    Raises:
        TruncatedRoster: there are fewer than max(t, min_survivors).
        TooFewConfirmed: there are fewer than ``min_survivors`` confirmed ones.
    """
    if len(sites) < spec.quorum:
        raise TruncatedRoster(
            f"{len(sites)} of {len(spec.roster)} parties are left, at least {spec.quorum} are needed "
            f"(t={spec.threshold}, min_survivors={spec.min_survivors}); start another attempt"
        )
    check_confirmed(spec, sites, confirmed)


def check_survivor_count(spec: SessionSpec, sites: Collection[str], confirmed: Collection[str]) -> None:
    """Check that a sum is over enough sites.

    Raises:
        TooFewSurvivors: there are fewer than max(t, min_survivors).
        TooFewConfirmed: there are fewer than ``min_survivors`` confirmed ones.
        ThinMaskGraph: colluders could split their masks.
    """
    if len(sites) < spec.quorum:
        raise TooFewSurvivors(
            f"the sum would be over {len(sites)} sites, at least {spec.quorum} are needed "
            f"(t={spec.threshold}, min_survivors={spec.min_survivors}); start another attempt"
        )
    check_confirmed(spec, sites, confirmed)
    check_graph(spec, sites)


def check_graph(spec: SessionSpec, sites: Collection[str]) -> None:
    """Raise ``ThinMaskGraph`` unless the masks among these sites hold against C colluders, wherever they stand."""
    if (found := spec.graph.connectivity(sites)) <= spec.colluders and not spec.graph.complete:
        raise ThinMaskGraph(
            f"{found} colluding sites could split the masks of these {len(sites)}, and up to {spec.colluders} may "
            f"collude; wait for more sites, or plan with more than {spec.neighbours} neighbours"
        )


def check_advertisement(spec: SessionSpec, advertisement: Advertisement) -> None:
    """Check one party's keys.

    Raises:
        UnknownSender: it is not in the roster.
        ForgedSignature: it did not sign them.
        MixedPlan, MixedModel, MixedRoster: it was given another plan, model or roster.
        ReplayedRound: it signed them for another round or attempt.
    """
    site = advertisement.site
    advertisement.check(spec.member(site).public)
    told = {
        MixedPlan: ("plan", advertisement.plan_hash, spec.plan_hash),
        MixedModel: ("global model", advertisement.model_hash, spec.model_hash),
        MixedRoster: ("roster", advertisement.roster_hash, spec.roster_hash),
    }
    for refusal, (what, theirs, ours) in told.items():
        if theirs != ours:
            raise refusal(f"{site} was given the {what} {theirs[:12]}, this site {ours[:12]}; nothing may be masked")
    if advertisement.session != spec.digest:
        raise ReplayedRound(
            f"the keys of {site} are for the session {advertisement.session[:12]}, not for {spec.digest[:12]}; "
            "keys serve one attempt only"
        )


def check_roster(spec: SessionSpec, roster: RosterMessage, confirmed: Collection[str]) -> None:
    """Check all advertisements, and that they are of enough different parties.

    Raises:
        ReplayedRound: the roster is of another session.
        SybilInRoster: a site or a key is there twice.
        TruncatedRoster, TooFewConfirmed: too few are there.
        What ``check_advertisement`` raises.
    """
    check_session(spec, roster.session, "roster")
    for advertisement in roster.advertisements:
        check_advertisement(spec, advertisement)
    parties = [advertisement.site for advertisement in roster.advertisements]
    keys = [key for a in roster.advertisements for key in (a.share_key, a.mask_key)]
    if len(set(parties)) != len(parties) or len(set(keys)) != len(keys):
        raise SybilInRoster(f"a site or an ephemeral key is in the roster twice: {parties}")
    check_quorum(spec, parties, confirmed)


def check_session(spec: SessionSpec, session: str, what: str) -> None:
    """Raise ``ReplayedRound`` unless a message is of this session."""
    if session != spec.digest:
        raise ReplayedRound(f"the {what} is of the session {session[:12]}, not of {spec.digest[:12]}; refuse it")


def check_against_plan(
    spec: SessionSpec,
    *,
    job: str,
    plan_hash: str,
    fingerprints: Mapping[str, str],
    dataset_versions: Mapping[str, str],
    coordinator_fingerprint: str,
    min_survivors: int,
    neighbours: int | None,
) -> None:
    """Check a proposal against the plan that this site signed. The site's agent calls it before it opens a session.

    A proposal may leave sites of the plan out, as long as ``min_survivors`` remain: who is silent must not hold up the
    others. Threshold and colluders are then those of the fewer sites (``SessionSpec`` computes them).

    Args:
        job: for which the plan was signed.
        fingerprints: of the plan's sites, by name.
        dataset_versions: of the plan's sites, by name; the site's own must be that of its cohort today.
        min_survivors, neighbours: as in the plan.
    Raises:
        SybilInRoster: a site is added, or has another identity.
        TruncatedRoster: fewer than ``min_survivors`` sites are left.
        MixedPlan: the proposal is under another job, plan, coordinator, minimum, mask graph or cohort.
    Security: one quantity under two rosters is the ledger's to refuse; two rounds whose rosters differ by one site
        tell approximately what that site did, which each site's own policy warns of or blocks.
    """
    proposed = {member.site: member.fingerprint for member in spec.roster}
    if odd := sorted(site for site in proposed if fingerprints.get(site) != proposed[site]):
        raise SybilInRoster(f"the proposal adds or replaces {odd}, who are not so in the plan; refuse it")
    if len(proposed) < min_survivors:
        raise TruncatedRoster(
            f"the proposal has {len(proposed)} of the plan's {len(fingerprints)} sites, at least {min_survivors} "
            "are needed; bring more sites back"
        )
    agreed = {
        "job": (spec.job, job),
        "plan": (spec.plan_hash, plan_hash),
        "coordinator": (spec.coordinator_identity.fingerprint, coordinator_fingerprint),
        "min_survivors": (spec.min_survivors, min_survivors),
        "neighbours": (spec.neighbours, neighbours_for(len(proposed), neighbours)),
        "dataset versions": (spec.dataset_versions, {site: dataset_versions[site] for site in proposed}),
    }
    if differing := [what for what, (theirs, ours) in agreed.items() if theirs != ours]:
        raise MixedPlan(f"the proposal and the plan that this site signed differ in: {', '.join(differing)}")
