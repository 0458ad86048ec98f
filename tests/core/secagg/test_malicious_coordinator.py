"""A coordinator that cheats: each attack is refused by the sites, with an error of its own."""

import numpy as np
import pytest

from primia_core.secagg import (
    AbortCertificate,
    Member,
    MemoryLedger,
    RosterMessage,
    SessionSpec,
    SignedAggregate,
    SiteSession,
    SurvivorCertificate,
    SurvivorSignature,
    check_against_plan,
    dealing,
)
from primia_core.secagg import errors as refused
from primia_core.secagg import site as site_module
from primia_core.secagg.masks import content_sha256
from primia_core.secagg.messages import AbortSignature, Advertisement, SubmissionHeader
from primia_core.secagg.sealing import public_key
from tests.core.secagg.parties import COHORT, Parties, identity, member, names, spec_of, words_of

A, B, C, D, E = names(5)


@pytest.fixture
def parties():
    return Parties(spec_of(names(5)))  # t = 4, C = 2


def forged(advertisement, **changes):
    return advertisement.model_copy(update=changes)


def signed_anew(advertisement, author, **changes):
    fields = {name: getattr(advertisement, name) for name in type(advertisement).model_fields if name != "signature"}
    return Advertisement.by(identity(author), **{**fields, **changes})


def with_member(roster, advertisement):
    kept = [a for a in roster.advertisements if a.site != advertisement.site]
    ordered = tuple(sorted([*kept, advertisement], key=lambda a: a.site))
    return roster.model_copy(update={"advertisements": ordered})


# ---- keys and rosters


@pytest.mark.parametrize("field", ["share_key", "mask_key", "seed_commitment"])
def test_forged_key_is_refused(parties, field):
    roster = parties.advertise()
    fake = with_member(roster, forged(roster.by_site[B], **{field: public_key(bytes(range(32)))}))
    with pytest.raises(refused.ForgedSignature):
        parties.sites[A].share(fake)


def test_key_signed_by_somebody_else_is_refused(parties):
    roster = parties.advertise()
    fake = with_member(roster, signed_anew(roster.by_site[B], "coordinator", mask_key=public_key(bytes(range(32)))))
    with pytest.raises(refused.ForgedSignature):
        parties.sites[A].share(fake)


def test_own_key_replaced_by_an_older_own_key_is_refused(parties):
    roster = parties.advertise()
    older = signed_anew(roster.by_site[A], A, mask_key=public_key(bytes(range(32))))
    with pytest.raises(refused.ForgedAdvertisement):
        parties.sites[A].share(with_member(roster, older))


def test_key_that_gives_no_secret_is_refused(parties):
    roster = parties.advertise()
    weak = signed_anew(roster.by_site[B], B, share_key=bytes(32))
    with pytest.raises(refused.WeakKey):
        parties.sites[A].share(with_member(roster, weak))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"plan_hash": "1" * 64}, refused.MixedPlan),
        ({"model_hash": "2" * 64}, refused.MixedModel),
        ({"min_survivors": 4}, refused.ReplayedRound),
        ({"step": 2}, refused.ReplayedRound),
        ({"attempt": 2}, refused.ReplayedRound),
        ({"job": "another"}, refused.ReplayedRound),
    ],
    ids=["plan", "model", "minimum", "round", "attempt", "job"],
)
def test_sites_that_were_told_different_things_refuse_each_other(parties, changes, refusal):
    """Different models to two sites; a replayed round; whatever else the coordinator may tell one site otherwise."""
    roster = parties.advertise()
    other = SiteSession(spec_of(names(5), **changes), B, identity(B), parties.confirmed, MemoryLedger())
    with pytest.raises(refusal):
        parties.sites[A].share(with_member(roster, other.advertise()))


def test_site_that_was_told_another_roster_is_refused(parties):
    roster = parties.advertise()
    other = SiteSession(spec_of(names(4)), B, identity(B), parties.confirmed, MemoryLedger())
    with pytest.raises(refused.MixedRoster):
        parties.sites[A].share(with_member(roster, other.advertise()))


def test_replayed_roster_of_another_attempt_is_refused(parties):
    parties.advertise()
    old = Parties(spec_of(names(5), attempt=0))
    with pytest.raises(refused.ReplayedRound):
        parties.sites[A].share(old.advertise())


def test_replayed_proposal_is_refused_even_by_a_fresh_process(parties):
    parties.advertise()
    for changes in ({}, {"min_survivors": 4}):
        again = SiteSession(spec_of(names(5), **changes), A, identity(A), parties.confirmed, parties.ledgers[A])
        with pytest.raises(refused.ReplayedRound):
            again.advertise()
        with pytest.raises(refused.ReplayedRound):
            again.abort()


def test_second_roster_message_in_one_attempt_is_refused(parties):
    roster = parties.advertise()
    parties.sites[A].share(roster)
    shorter = roster.model_copy(update={"advertisements": roster.advertisements[:4]})
    with pytest.raises(refused.RepeatedDifferently):
        parties.sites[A].share(shorter)


def test_truncated_roster_is_refused(parties):
    roster = parties.advertise()
    for left in (1, 2, 3):
        truncated = roster.model_copy(update={"advertisements": roster.advertisements[:left]})
        with pytest.raises(refused.TruncatedRoster):
            parties.sites[A].share(truncated)


def test_roster_below_the_plans_minimum_is_refused_against_the_plan():
    """Whatever minimum the proposal itself claims."""
    plan = fingerprints(names(5))
    for minimum in (2, 3):
        with pytest.raises(refused.TruncatedRoster):
            against_plan(spec_of(names(3), min_survivors=minimum), plan, min_survivors=4)


def test_roster_without_silent_sites_is_accepted_down_to_the_plans_minimum():
    for left in (3, 4, 5):
        against_plan(spec_of(names(left)), fingerprints(names(5)))


def test_roster_that_grew_a_sybil_is_refused_against_the_plan():
    with pytest.raises(refused.SybilInRoster):
        against_plan(spec_of(names(5)), fingerprints(names(4)))


def test_sybil_in_the_place_of_a_silent_site_is_refused_against_the_plan():
    proposal = spec_of([A, B, C, "sybil"])
    with pytest.raises(refused.SybilInRoster):
        against_plan(proposal, fingerprints(names(5)))
    renamed = {**fingerprints(names(5)), "sybil": member(D).fingerprint}
    with pytest.raises(refused.SybilInRoster):
        against_plan(proposal, renamed)


def fingerprints(sites):
    return {site: member(site).fingerprint for site in sites}


def against_plan(spec, plan, **changes):
    settings = {
        "job": spec.job,
        "plan_hash": spec.plan_hash,
        "fingerprints": plan,
        "dataset_versions": dict.fromkeys(plan, COHORT) | spec.dataset_versions,
        "coordinator_fingerprint": identity("coordinator").public.fingerprint,
        "min_survivors": 3,
        "neighbours": None,
    }
    check_against_plan(spec, **{**settings, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"job": "another"},
        {"plan_hash": "1" * 64},
        {"min_survivors": 2},
        {"coordinator_fingerprint": "0" * 64},
        {"dataset_versions": dict.fromkeys(names(5), "d" * 64)},
    ],
    ids=["job", "plan", "minimum", "coordinator", "cohort"],
)
def test_proposal_that_departs_from_the_plan_is_refused(changes):
    spec = spec_of(names(5))
    plan = fingerprints(names(5))
    against_plan(spec, plan)
    with pytest.raises(refused.MixedPlan):
        against_plan(spec, plan, **changes)


def test_thinner_mask_graph_than_the_plans_is_refused():
    """With fewer neighbours fewer colluders are needed, so the coordinator may not choose their number."""
    spec = spec_of(names(9), neighbours=4)
    plan = fingerprints(names(9))
    with pytest.raises(refused.MixedPlan, match="neighbours"):
        against_plan(spec, plan)
    against_plan(spec, plan, neighbours=4)


def test_one_party_under_two_names_is_refused():
    twin = Member(site="twin", identity=member(B).identity, fingerprint=member(B).fingerprint)
    with pytest.raises(refused.SybilInRoster):
        spec_of([*names(4), "twin"], roster=[*(member(s) for s in names(4)), twin])


def test_one_ephemeral_key_under_two_names_is_refused(parties):
    roster = parties.advertise()
    copied = signed_anew(roster.by_site[C], C, mask_key=roster.by_site[B].mask_key)
    with pytest.raises(refused.SybilInRoster):
        parties.sites[A].share(with_member(roster, copied))


def test_one_site_listed_twice_in_the_roster_is_refused(parties):
    roster = parties.advertise()
    doubled = roster.model_copy(update={"advertisements": (*roster.advertisements, roster.advertisements[1])})
    with pytest.raises(refused.SybilInRoster):
        parties.sites[A].share(doubled)


def test_more_strangers_than_may_collude_are_refused():
    sites = names(7)  # C = 2
    known = frozenset(member(site).fingerprint for site in sites[:4])
    with pytest.raises(refused.SybilInRoster):
        SiteSession(spec_of(sites), A, identity(A), known, MemoryLedger())
    SiteSession(spec_of(sites), A, identity(A), known | {member(sites[4]).fingerprint}, MemoryLedger())


def test_strangers_do_not_count_towards_the_minimum():
    known = frozenset({member(B).fingerprint})
    with pytest.raises(refused.TooFewConfirmed):
        SiteSession(spec_of(names(4)), A, identity(A), known, MemoryLedger())


def test_roster_message_without_enough_confirmed_parties_is_refused():
    sites = names(7)
    strangers = {sites[5], sites[6]}
    known = frozenset(member(site).fingerprint for site in sites if site not in strangers)
    parties = Parties(spec_of(sites, min_survivors=5), confirmed=known)
    parties.gone = {sites[4]}
    roster = parties.advertise()
    with pytest.raises(refused.TooFewConfirmed):
        parties.sites[A].share(roster)


def test_stranger_in_the_roster_message_is_refused(parties):
    roster = parties.advertise()
    sybil = signed_anew(roster.by_site[B], "sybil", site="sybil", mask_key=public_key(bytes(range(32))))
    with pytest.raises(refused.UnknownSender):
        parties.sites[A].share(with_member(roster, sybil))


def test_identity_that_does_not_have_its_fingerprint_is_refused():
    with pytest.raises(refused.FingerprintMismatch):
        Member(site=B, identity=member(C).identity, fingerprint=member(B).fingerprint)


def test_site_listed_with_another_identity_is_refused():
    roster = [
        *(member(s) for s in (B, C)),
        Member(site=A, identity=member(D).identity, fingerprint=member(D).fingerprint),
    ]
    with pytest.raises(refused.FingerprintMismatch):
        SiteSession(spec_of([A, B, C], roster=roster), A, identity(A), frozenset(), MemoryLedger())


def test_lowered_threshold_is_refused():
    fields = spec_of(names(5)).model_dump(mode="json")
    with pytest.raises(refused.SpecError):
        SessionSpec.model_validate({**fields, "threshold": 2})
    with pytest.raises(refused.SpecError):
        SessionSpec.model_validate({**fields, "colluders": 0})


# ---- shares


def tampered(inbox, position, **changes):
    item = inbox.shares[position]
    other = item.model_copy(update={"share": item.share.model_copy(update=changes)})
    return inbox.model_copy(update={"shares": (*inbox.shares[:position], other, *inbox.shares[position + 1 :])})


def test_share_changed_on_its_way_is_refused(parties):
    parties.play(until="submit")
    inbox = parties.hub.inbox(A)
    sealed = bytearray(inbox.shares[0].share.sealed)
    sealed[-1] ^= 1
    with pytest.raises(refused.ShareNotAuthentic):
        parties.sites[A].mask(parties.words[A], tampered(inbox, 0, sealed=bytes(sealed)))


def test_share_returned_against_another_commitment_is_refused(parties):
    parties.play(until="submit")
    inbox, other = parties.hub.inbox(A), parties.hub.inbox(B)
    foreign = next(item.share for item in other.shares if item.sender == C)
    position = next(i for i, item in enumerate(inbox.shares) if item.sender == C)
    for digest in ("seed_digest", "key_digest"):
        with pytest.raises(refused.ShareAgainstAnotherCommitment):
            parties.sites[A].mask(parties.words[A], tampered(inbox, position, **{digest: getattr(foreign, digest)}))


def test_dealer_that_seals_another_share_than_it_committed_to_is_refused(parties, monkeypatch):
    roster = parties.advertise()
    honest = dealing.share_digest
    with monkeypatch.context() as patch:
        patch.setattr(dealing, "share_digest", lambda *a: honest(*a[:-1], b"another share"))
        parties.hub.receive_shares(parties.sites[B].share(roster))
    for site in (A, C, D, E):
        parties.hub.receive_shares(parties.sites[site].share(roster))
    with pytest.raises(refused.ShareAgainstAnotherCommitment):
        parties.sites[A].mask(parties.words[A], parties.hub.inbox(A))


def test_site_that_returns_another_share_is_caught_and_the_sum_still_opens(parties):
    parties.play(until="unmask")
    honest = parties.sites[E].unmask(parties.hub.certificate())
    fields = {name: getattr(honest, name) for name in type(honest).model_fields if name != "signature"}
    lying = type(honest).by(identity(E), **{**fields, "seed_shares": {**honest.seed_shares, A: honest.seed_shares[B]}})
    with pytest.raises(refused.ShareAgainstAnotherCommitment):
        parties.hub.receive_unmask(lying)
    parties.gone = {E}
    parties.unmask()
    sums, _ = parties.finish()
    assert all(np.array_equal(sums[name], total) for name, total in parties.expected().items())


def test_dealer_of_shares_that_do_not_belong_together_is_named(parties, monkeypatch):
    roster = parties.advertise()
    honest = site_module.deal
    with monkeypatch.context() as patch:
        patch.setattr(site_module, "deal", lambda *a, **k: honest(*a, **{**k, "seed": bytes(32)}))
        parties.hub.receive_shares(parties.sites[B].share(roster))
    parties.share()
    for phase in ("submit", "consent", "unmask"):
        getattr(parties, phase)()
    with pytest.raises(refused.DishonestShares, match=B):
        parties.finish()


def test_inbox_that_withholds_a_share_is_refused(parties):
    parties.play(until="submit")
    inbox = parties.hub.inbox(A)
    with pytest.raises(refused.MissingShare):
        parties.sites[A].mask(parties.words[A], inbox.model_copy(update={"shares": inbox.shares[1:]}))


def test_inbox_of_too_few_participants_is_refused(parties):
    parties.play(until="submit")
    inbox = parties.hub.inbox(A)
    fewer = inbox.model_copy(update={"participants": inbox.participants[:3], "shares": inbox.shares[:2]})
    with pytest.raises(refused.TruncatedRoster):
        parties.sites[A].mask(parties.words[A], fewer)


def test_inbox_that_names_a_participant_twice_or_unknown_is_refused(parties):
    parties.play(until="submit")
    inbox = parties.hub.inbox(A)
    with pytest.raises(refused.SybilInRoster):
        parties.sites[A].mask(parties.words[A], inbox.model_copy(update={"participants": (A, B, B, C, D)}))
    with pytest.raises(refused.UnknownSender):
        parties.sites[A].mask(parties.words[A], inbox.model_copy(update={"participants": (A, B, C, D, "zeta")}))
    with pytest.raises(refused.UnknownSender):
        parties.sites[A].mask(parties.words[A], parties.hub.inbox(B))


def test_inbox_of_another_attempt_is_refused(parties):
    parties.play(until="submit")
    old = Parties(spec_of(names(5), attempt=0))
    old.play(until="submit")
    with pytest.raises(refused.ReplayedRound):
        parties.sites[A].mask(parties.words[A], old.hub.inbox(A))


def test_share_of_another_attempt_does_not_open(parties):
    parties.play(until="submit")
    old = Parties(spec_of(names(5), attempt=0))
    old.play(until="submit")
    inbox = parties.hub.inbox(A).model_copy(update={"shares": old.hub.inbox(A).shares})
    with pytest.raises(refused.ShareNotAuthentic):
        parties.sites[A].mask(parties.words[A], inbox)


# ---- survivor lists


def listed_without(parties, *lost):
    """Return a list that a coordinator could make up: these sites are called dropped, and everything is signed."""
    survivors = parties.hub.survivors()
    alive = tuple(site for site in survivors.survivors if site not in lost)
    return survivors.model_copy(
        update={
            "survivors": alive,
            "dropped": tuple(lost),
            "headers": tuple(header for header in survivors.headers if header.site in alive),
        }
    )


def certified(survivors, signers):
    signatures = tuple(
        SurvivorSignature.by(identity(s), session=survivors.session, site=s, survivors=survivors.digest)
        for s in signers
    )
    return SurvivorCertificate(survivors=survivors, signatures=signatures)


def test_different_survivor_lists_to_two_sites_never_find_enough_signatures(parties):
    """D and E collude with the coordinator and sign anything; A, B and C sign one list each and then no other."""
    parties.play(until="consent")
    first, second = listed_without(parties, C), listed_without(parties, B)
    parties.sites[A].consent(first)
    with pytest.raises(refused.SplitSurvivors):
        parties.sites[A].consent(second)
    assert len({A, B, D, E}) == parties.spec.threshold  # the first list needs both honest sites in it
    with pytest.raises(refused.TooFewSignatures):
        parties.sites[C].unmask(certified(second, [C, D, E]))
    mixed = SurvivorCertificate(
        survivors=second,
        signatures=(*certified(second, [C, D, E]).signatures, parties.sites[A].consent(first)),
    )
    with pytest.raises(refused.SplitSurvivors):
        parties.sites[C].unmask(mixed)


def test_site_that_signed_one_list_does_not_unmask_on_another(parties):
    parties.play(until="consent")
    parties.sites[A].consent(listed_without(parties, C))
    with pytest.raises(refused.SplitSurvivors):
        parties.sites[A].unmask(certified(listed_without(parties, B), [A, C, D, E]))


def test_both_share_kinds_of_one_peer_never_leave_a_site(parties):
    parties.play(until="consent")
    parties.sites[A].unmask(certified(listed_without(parties), [A, B, C, D, E]))
    with pytest.raises(refused.BothShareKinds):
        parties.sites[A].unmask(certified(listed_without(parties, B), [A, C, D, E]))


def test_both_share_kinds_never_leave_a_site_whose_process_died_in_between(parties):
    parties.play(until="consent")
    parties.sites[A].unmask(certified(listed_without(parties, B), [A, C, D, E]))
    parties.crash = True
    with pytest.raises(refused.BothShareKinds):
        parties.at(A).unmask(certified(listed_without(parties), [A, B, C, D, E]))


def test_site_listed_as_alive_and_dropped_is_refused(parties):
    parties.play(until="consent")
    both = parties.hub.survivors().model_copy(update={"dropped": (B,)})
    with pytest.raises(refused.ContradictorySurvivors):
        parties.sites[A].consent(both)
    with pytest.raises(refused.ContradictorySurvivors):
        parties.sites[A].unmask(certified(both, names(5)))


def test_survivor_listed_twice_or_forgotten_is_refused(parties):
    parties.play(until="consent")
    survivors = parties.hub.survivors()
    twice = survivors.model_copy(update={"survivors": (*survivors.survivors, B)})
    with pytest.raises(refused.ContradictorySurvivors):
        parties.sites[A].consent(twice)
    with pytest.raises(refused.ContradictorySurvivors):
        parties.sites[A].consent(listed_without(parties, B).model_copy(update={"dropped": ()}))


def test_survivor_that_never_submitted_is_refused(parties):
    parties.play({"submit": {E}}, until="consent")
    survivors = parties.hub.survivors()
    padded = survivors.model_copy(update={"survivors": tuple(names(5)), "dropped": ()})
    with pytest.raises(refused.UnknownSurvivor):
        parties.sites[A].consent(padded)


def test_survivor_outside_the_roster_is_refused(parties):
    parties.play(until="consent")
    survivors = parties.hub.survivors()
    padded = survivors.model_copy(update={"survivors": (*survivors.survivors, "sybil")})
    with pytest.raises(refused.UnknownSurvivor):
        parties.sites[A].consent(padded)


def test_survivor_list_that_is_too_small_is_refused(parties):
    parties.play(until="consent")
    with pytest.raises(refused.TooFewSurvivors):
        parties.sites[A].consent(listed_without(parties, D, E))


def test_survivor_list_of_too_few_confirmed_sites_is_refused():
    sites = names(7)
    known = frozenset(member(site).fingerprint for site in sites[:5])
    parties = Parties(spec_of(sites, min_survivors=5), confirmed=known)
    parties.play(until="consent")
    with pytest.raises(refused.TooFewConfirmed):
        parties.sites[A].consent(listed_without(parties, sites[4]))


def test_forged_submission_header_is_refused(parties):
    parties.play(until="consent")
    survivors = parties.hub.survivors()
    fake = survivors.headers[1].model_copy(update={"content_sha256": "0" * 64})
    headers = (survivors.headers[0], fake, *survivors.headers[2:])
    with pytest.raises(refused.ForgedSignature):
        parties.sites[A].consent(survivors.model_copy(update={"headers": headers}))


def test_site_called_dropped_neither_signs_nor_releases(parties):
    parties.play(until="consent")
    without_a = listed_without(parties, A)
    with pytest.raises(refused.NotASurvivor):
        parties.sites[A].consent(without_a)
    with pytest.raises(refused.NotASurvivor):
        parties.sites[A].unmask(certified(without_a, [B, C, D, E]))


def test_participants_told_differently_are_found_out(parties):
    """If A masks for {A, B, C, D} and the others for all, A's masks could be taken off one by one."""
    parties.play(until="submit")
    inbox = parties.hub.inbox(A)
    four = inbox.model_copy(
        update={"participants": (A, B, C, D), "shares": tuple(i for i in inbox.shares if i.sender != E)}
    )
    split = parties.sites[A].mask(parties.words[A], four)
    headers = [split.header] + [
        parties.sites[site].mask(parties.words[site], parties.hub.inbox(site)).header for site in (B, C, D, E)
    ]
    with pytest.raises(refused.SplitParticipants):
        parties.hub.receive_submission(split.header)
    for header in headers[1:]:
        parties.hub.receive_submission(header)
    lying = parties.hub.survivors().model_copy(
        update={"survivors": tuple(names(5)), "dropped": (), "headers": tuple(headers)}
    )
    with pytest.raises(refused.SplitParticipants):
        parties.sites[B].consent(lying)


def test_too_few_signatures_release_nothing(parties):
    parties.play(until="consent")
    survivors = parties.hub.survivors()
    with pytest.raises(refused.TooFewSignatures):
        parties.sites[A].unmask(certified(survivors, [A, B, C]))
    with pytest.raises(refused.TooFewSignatures):
        parties.sites[A].unmask(certified(survivors, [A, A, B, B, C, C]))


def test_forged_signature_under_the_list_releases_nothing(parties):
    parties.play(until="consent")
    good = certified(parties.hub.survivors(), [A, B, C, D])
    fake = good.signatures[1].model_copy(update={"site": E})
    with pytest.raises(refused.ForgedSignature):
        parties.sites[A].unmask(good.model_copy(update={"signatures": (*good.signatures[:3], fake)}))


def test_signature_by_somebody_who_is_no_survivor_releases_nothing(parties):
    parties.play(until="consent")
    with pytest.raises(refused.UnknownSurvivor):
        parties.sites[A].unmask(certified(listed_without(parties, E), [A, B, C, E]))


def test_certificate_of_another_attempt_releases_nothing(parties):
    parties.play(until="consent")
    old = Parties(spec_of(names(5), attempt=0))
    old.play(until="unmask")
    with pytest.raises(refused.ReplayedRound):
        parties.sites[A].unmask(old.hub.certificate())
    with pytest.raises(refused.ReplayedRound):
        parties.sites[A].consent(old.hub.survivors())


def test_survivors_whose_masks_colluders_could_split_are_refused():
    """The coordinator knows the graph and says who dropped: here all neighbours of one site but one."""
    parties = Parties(spec_of(names(13), neighbours=4))  # t = 9, C = 1
    parties.play(until="consent")
    victim, after, second, *_, before = parties.spec.graph.circle
    with pytest.raises(refused.ThinMaskGraph):
        parties.sites[victim].consent(listed_without(parties, *sorted((after, second, before))))
    parties.sites[victim].consent(listed_without(parties, *sorted((after, before))))


# ---- one quantity, one roster


def released(n=5, **changes):
    parties = Parties(spec_of(names(n), **changes))
    parties.play()
    return parties


@pytest.mark.parametrize("job", ["job", "another job"])
def test_same_update_under_a_smaller_roster_is_refused(job):
    """The difference of both sums would be the update of the site left out, exactly."""
    first = released()
    retry = Parties(spec_of(names(4), attempt=2, job=job), ledgers=first.ledgers)
    retry.advertise()
    with pytest.raises(refused.QuantityUnderAnotherRoster):
        retry.share()


def test_same_counts_in_another_job_and_plan_under_a_smaller_roster_are_refused():
    counts = (spec_of(names(3)).vectors[1],)
    first = released(vectors=counts, model_hash="0" * 64)
    other = spec_of(names(4), job="another", plan_hash="9" * 64, vectors=counts, model_hash="0" * 64)
    again = Parties(other, ledgers=first.ledgers)
    again.advertise()
    with pytest.raises(refused.QuantityUnderAnotherRoster):
        again.share()


def test_same_counts_beside_another_cohort_of_one_site_are_refused():
    """The two sums would differ by what that site added to its cohort."""
    counts = (spec_of(names(3)).vectors[1],)
    first = released(vectors=counts, model_hash="0" * 64)
    versions = {**dict.fromkeys(names(3), COHORT), C: "8" * 64}
    again = Parties(
        spec_of(names(3), job="another", vectors=counts, model_hash="0" * 64, dataset_versions=versions),
        ledgers=first.ledgers,
    )
    again.advertise()
    with pytest.raises(refused.QuantityUnderAnotherRoster):
        again.share()


def test_another_model_or_another_cohort_is_another_quantity():
    first = released()
    second = Parties(spec_of(names(4), attempt=2, model_hash="7" * 64), ledgers=first.ledgers)
    second.play()
    third = spec_of(names(3), attempt=3, dataset_versions=dict.fromkeys(names(3), "8" * 64))
    Parties(third, ledgers=first.ledgers).play()


def test_cohort_named_wrongly_to_escape_the_ledger_is_refused():
    spec = spec_of(names(3), dataset_versions=dict.fromkeys(names(3), "8" * 64))
    with pytest.raises(refused.MixedPlan):
        SiteSession(spec, A, identity(A), {m.fingerprint for m in spec.roster}, MemoryLedger(), dataset_version=COHORT)


def test_released_quantity_is_opened_again_for_the_same_survivors_only():
    first = released()
    again = Parties(spec_of(names(5), attempt=2), ledgers=first.ledgers)
    again.play(until="consent")
    with pytest.raises(refused.QuantityReleased):
        again.sites[A].consent(listed_without(again, E))
    again.consent()
    again.unmask()
    again.finish()


def test_coordinator_keeps_to_the_survivors_that_were_opened_before():
    first = Parties(spec_of(names(5)))
    first.play({"submit": {E}})
    again = Parties(spec_of(names(5), attempt=2), ledgers=first.ledgers)
    again.play()
    assert again.hub.survivors().survivors == (A, B, C, D)


def test_site_does_not_submit_what_may_still_be_opened_elsewhere():
    first = Parties(spec_of(names(5)))
    first.play(until="unmask")
    again = Parties(spec_of(names(5), attempt=2), ledgers=first.ledgers)
    again.advertise()
    with pytest.raises(refused.QuantityPending):
        again.share()


def test_two_attempts_side_by_side_submit_once():
    first = Parties(spec_of(names(5)))
    again = Parties(spec_of(names(5), attempt=2), ledgers=first.ledgers)
    first.play(until="submit")
    again.play(until="submit")
    first.submit()
    with pytest.raises(refused.QuantityPending):
        again.submit()


# ---- abort certificates


def aborted(parties, sites):
    return AbortCertificate(spec=parties.spec, signatures=tuple(parties.sites[site].abort() for site in sites))


@pytest.mark.parametrize("until", ["advertise", "share", "submit", "consent", "unmask"])
def test_aborted_attempt_may_be_tried_again_even_under_another_roster(until):
    first = Parties(spec_of(names(5)))
    first.play(until=until)
    certificate = aborted(first, names(4))
    again = Parties(spec_of(names(4), attempt=2), ledgers=first.ledgers)
    sums, _ = again.play(certificates=(certificate,))
    assert all(np.array_equal(sums[name], total) for name, total in again.expected().items())


def test_site_that_swore_never_releases():
    parties = Parties(spec_of(names(5)))
    parties.play(until="unmask")
    oath = parties.sites[A].abort()
    assert parties.sites[A].abort() == oath
    parties.crash = True
    for step in (
        lambda: parties.at(A).unmask(parties.hub.certificate()),
        lambda: parties.at(A).mask(parties.words[A], parties.hub.inbox(A)),
    ):
        with pytest.raises(refused.SessionAborted):
            step()


def test_site_that_released_never_swears():
    parties = Parties(spec_of(names(5)))
    parties.play(until="finish")
    with pytest.raises(refused.AlreadyReleased):
        parties.sites[A].abort()


def test_site_that_swore_before_it_began_never_begins():
    parties = Parties(spec_of(names(5)))
    parties.sites[A].abort()
    with pytest.raises(refused.SessionAborted):
        parties.sites[A].advertise()


@pytest.mark.parametrize("signers", [names(3), [A, A, B, B, C]])
def test_abort_certificate_of_too_few_proves_nothing(signers):
    first = Parties(spec_of(names(5)))
    first.play(until="unmask")
    certificate = aborted(first, signers)
    again = Parties(spec_of(names(5), attempt=2), ledgers=first.ledgers)
    again.advertise()
    with pytest.raises(refused.AbortNotCertain):
        again.share((certificate,))


def test_forged_abort_certificate_proves_nothing():
    first = Parties(spec_of(names(5)))
    first.play(until="unmask")
    oaths = aborted(first, names(3)).signatures
    fake = AbortSignature.by(identity("coordinator"), session=first.spec.digest, site=D)
    again = Parties(spec_of(names(5), attempt=2), ledgers=first.ledgers)
    again.advertise()
    with pytest.raises(refused.ForgedSignature):
        again.share((AbortCertificate(spec=first.spec, signatures=(*oaths, fake)),))


def test_abort_certificate_of_another_attempt_frees_nothing():
    first = Parties(spec_of(names(5)))
    first.play(until="unmask")
    other = Parties(spec_of(names(5), attempt=7))
    again = Parties(spec_of(names(5), attempt=2), ledgers=first.ledgers)
    again.advertise()
    with pytest.raises(refused.QuantityPending):
        again.share((aborted(other, names(4)),))
    mixed = AbortCertificate(
        spec=first.spec, signatures=aborted(Parties(spec_of(names(5), attempt=8)), names(4)).signatures
    )
    with pytest.raises(refused.ReplayedRound):
        again.sites[A].share(again.hub.roster(), (mixed,))


# ---- aggregates


@pytest.fixture
def finished(parties):
    parties.play(until="finish")
    return parties, *parties.finish()


def resigned(aggregate, sums, spec, author="coordinator", **changes):
    fields = {name: getattr(aggregate, name) for name in type(aggregate).model_fields if name != "signature"}
    fields["sums_sha256"] = content_sha256(sums, spec.vectors)
    return SignedAggregate.by(identity(author), **{**fields, **changes})


def test_aggregate_that_the_coordinator_did_not_sign_is_refused(finished):
    parties, sums, aggregate = finished
    with pytest.raises(refused.ForgedSignature):
        parties.sites[A].accept(resigned(aggregate, sums, parties.spec, author=B), sums)


def test_aggregate_changed_on_its_way_is_refused(finished):
    parties, sums, aggregate = finished
    sums["update.weights"][3] += np.uint32(1)
    with pytest.raises(refused.AggregateMismatch):
        parties.sites[A].accept(aggregate, sums)


@pytest.mark.parametrize("value", [5 * (2**23 - 1) + 1, 2**32 - 5 * (2**23 - 1) - 1, 2**31])
def test_aggregate_out_of_bounds_is_refused(finished, value):
    parties, sums, aggregate = finished
    sums["update.weights"][3] = value
    with pytest.raises(refused.AggregateOutOfBounds):
        parties.sites[A].accept(resigned(aggregate, sums, parties.spec), sums)


def test_aggregate_for_other_survivors_is_refused(finished):
    parties, sums, aggregate = finished
    with pytest.raises(refused.SplitSurvivors):
        parties.sites[A].accept(resigned(aggregate, sums, parties.spec, sites=tuple(names(4))), sums)


def test_aggregate_of_another_round_is_refused(finished):
    parties, sums, aggregate = finished
    with pytest.raises(refused.ReplayedRound):
        parties.sites[A].accept(resigned(aggregate, sums, parties.spec, session="0" * 64), sums)


def test_second_aggregate_is_refused(finished):
    parties, sums, aggregate = finished
    parties.sites[A].accept(aggregate, sums)
    other = {name: words.copy() for name, words in sums.items()}
    other["update.weights"][0] += np.uint32(1)
    with pytest.raises(refused.RepeatedDifferently):
        parties.sites[A].accept(resigned(aggregate, other, parties.spec), other)


def test_aggregate_over_too_few_is_refused_by_a_site_that_was_dropped(parties):
    parties.play({"submit": {E}}, until="finish")
    sums, aggregate = parties.finish()
    with pytest.raises(refused.TooFewSurvivors):
        parties.sites[E].accept(resigned(aggregate, sums, parties.spec, sites=(A, B, C)), sums)


def test_vectors_that_are_not_those_of_the_header_are_refused_by_the_coordinator(parties):
    parties.play(until="finish")
    parties.vectors[B] = {name: words ^ np.uint32(1) for name, words in parties.vectors[B].items()}
    with pytest.raises(refused.SubmissionMismatch):
        parties.finish()


def test_masks_that_do_not_cancel_are_noticed_by_the_coordinator(parties):
    parties.play(until="submit")
    words = {name: values.copy() for name, values in words_of(B, parties.spec).items()}
    submission = parties.sites[B].mask(words, parties.hub.inbox(B))
    garbage = {name: np.full(len(w), 2**31, np.uint32) for name, w in submission.vectors.items()}
    fields = {name: getattr(submission.header, name) for name in SubmissionHeader.model_fields if name != "signature"}
    header = SubmissionHeader.by(
        identity(B), **{**fields, "content_sha256": content_sha256(garbage, parties.spec.vectors)}
    )
    parties.hub.receive_submission(header)
    parties.vectors[B] = garbage
    for site in (A, C, D, E):
        submission = parties.sites[site].mask(parties.words[site], parties.hub.inbox(site))
        parties.hub.receive_submission(submission.header)
        parties.vectors[site] = submission.vectors
    parties.gone = {B}  # B's own state knows another header
    parties.consent()
    parties.unmask()
    with pytest.raises(refused.AggregateOutOfBounds):
        parties.finish()


def test_every_refusal_has_a_code_of_its_own():
    classes = [c for c in vars(refused).values() if isinstance(c, type) and issubclass(c, refused.SecaggError)]
    codes = [c.code for c in classes]
    assert len(set(codes)) == len(codes) > 40
    assert all(code.startswith("secagg.") for code in codes)
    drawn = refused.__doc__
    assert all(c.__name__ in drawn for c in classes)


def test_roster_message_survives_its_json(parties):
    roster = parties.advertise()
    assert RosterMessage.model_validate_json(roster.model_dump_json()).digest == roster.digest
