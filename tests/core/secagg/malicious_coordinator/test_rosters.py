"""Keys and rosters that a cheating coordinator forges, replays or thins out are refused."""

import pytest

from primia_core.secagg import (
    Member,
    MemoryLedger,
    SessionSpec,
    SiteSession,
    check_against_plan,
)
from primia_core.secagg import errors as refused
from primia_core.secagg.sealing import public_key
from tests.core.secagg.malicious_coordinator.forgery import A, B, C, D, forged, signed_anew, with_member
from tests.core.secagg.parties import COHORT, Parties, identity, member, names, spec_of


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
