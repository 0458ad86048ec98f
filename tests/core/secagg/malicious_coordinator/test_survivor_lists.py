"""Survivor lists: no site releases on two of them, or on one that too few signed."""

import pytest

from primia_core.secagg import (
    SurvivorCertificate,
    SurvivorSignature,
)
from primia_core.secagg import errors as refused
from tests.core.secagg.malicious_coordinator.forgery import A, B, C, D, E, listed_without
from tests.core.secagg.parties import Parties, identity, member, names, spec_of


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
