"""The whole protocol: right sums with dropouts at every phase, no sum with too few, repeated steps, crashes."""

import json

import numpy as np
import pytest

from primia_core.secagg import Inbox, SurvivorCertificate
from primia_core.secagg.errors import (
    LateMessage,
    RepeatedDifferently,
    StepOutOfOrder,
    TooFewAnswers,
    TruncatedRoster,
    WrongVectors,
)
from tests.core.secagg.parties import PHASES, Parties, identity, names, spec_of, words_of


def assert_right(parties, sums):
    for name, total in parties.expected().items():
        assert np.array_equal(sums[name], total), name


@pytest.mark.parametrize("n", [2, 3, 4, 5, 7, 10])
def test_sums_are_exact_when_everybody_stays(n):
    parties = Parties(spec_of(names(n)))
    sums, aggregate = parties.play()
    assert aggregate.sites == tuple(names(n))
    assert_right(parties, sums)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("n", [4, 5, 7])
def test_sums_are_exact_when_as_many_drop_as_may(n, phase):
    spec = spec_of(names(n))
    lost = set(names(n)[1 : 1 + n - spec.threshold])
    parties = Parties(spec)
    sums, aggregate = parties.play({phase: lost})
    stay = set(names(n)) - (lost if phase in ("advertise", "share", "submit") else set())
    assert set(aggregate.sites) == stay
    assert_right(parties, sums)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("n", [3, 4, 5, 7])
def test_no_sum_is_opened_when_one_more_drops(n, phase):
    spec = spec_of(names(n))
    parties = Parties(spec)
    with pytest.raises(TooFewAnswers):
        parties.play({phase: set(names(n)[: 1 + n - spec.threshold])})


def test_sites_lost_in_every_phase_leave_the_sum_of_those_who_submitted():
    n = 16  # t = 11
    sites = names(n)
    parties = Parties(spec_of(sites))
    sums, aggregate = parties.play({phase: {sites[i]} for i, phase in enumerate(PHASES)})
    assert set(aggregate.sites) == set(sites[3:])
    assert_right(parties, sums)


@pytest.mark.parametrize("n", [3, 5])
def test_process_that_dies_before_every_step_goes_on_from_its_state(n):
    parties = Parties(spec_of(names(n)), crash=True)
    sums, _ = parties.play()
    assert_right(parties, sums)


@pytest.mark.parametrize("crash", [False, True])
def test_repeated_step_returns_the_same_bytes(crash):
    parties = Parties(spec_of(names(4)), crash=crash)
    site = names(4)[0]
    parties.advertise()
    assert parties.at(site).advertise() == parties.at(site).advertise()
    parties.share()
    shares = parties.at(site).share(parties.hub.roster())
    assert shares == parties.hub._shares[site]
    parties.submit()
    again = parties.at(site).mask(words_of(site, parties.spec), parties.hub.inbox(site))
    assert again.header == parties.hub._headers[site]
    assert all(np.array_equal(again.vectors[name], words) for name, words in parties.vectors[site].items())
    parties.consent()
    assert parties.at(site).consent(parties.hub.survivors()) == parties.hub._consents[site]
    parties.unmask()
    assert parties.at(site).unmask(parties.hub.certificate()) == parties.hub._unmasks[site]
    sums, aggregate = parties.finish()
    again_sums, again_aggregate = parties.finish()
    assert again_aggregate == aggregate
    assert all(np.array_equal(sums[name], again_sums[name]) for name in sums)
    parties.at(site).accept(aggregate, sums)
    parties.at(site).accept(aggregate, sums)
    assert parties.at(site).unmask(parties.hub.certificate()) == parties.hub._unmasks[site]


def test_vectors_masked_twice_with_other_content_are_refused():
    """The difference of both would be the difference of the updates, in clear."""
    parties = Parties(spec_of(names(3)))
    parties.play(until="consent")
    site = names(3)[0]
    other = {name: words + np.uint32(1) for name, words in parties.words[site].items()}
    with pytest.raises(RepeatedDifferently):
        parties.sites[site].mask(other, parties.hub.inbox(site))


def test_steps_out_of_order_are_refused():
    parties = Parties(spec_of(names(3)))
    other = Parties(spec_of(names(3), attempt=2))
    other.play(until="finish")
    site = parties.sites[names(3)[0]]
    with pytest.raises(StepOutOfOrder):
        site.share(other.hub.roster())
    site.advertise()
    with pytest.raises(StepOutOfOrder):
        site.mask(parties.words[names(3)[0]], other.hub.inbox(names(3)[0]))
    with pytest.raises(StepOutOfOrder):
        site.consent(other.hub.survivors())


def test_secrets_are_gone_once_the_aggregate_is_accepted():
    parties = Parties(spec_of(names(3)))
    parties.play(until="finish")
    session = parties.sites[names(3)[0]]
    before = json.loads(session.dump())
    parties.sites[names(3)[0]].accept(*reversed(parties.finish()))
    after = json.loads(session.dump())
    assert before["secrets"]
    assert len(before["held"]) == 3
    assert after["secrets"] is None
    assert after["held"] == {}
    for secret in before["secrets"].values():
        assert secret.encode() not in session.dump()
    assert repr(before["secrets"]["seed"])[1:-1] not in repr(session._state)


def test_masking_leaves_the_plain_vectors_as_they_are():
    parties = Parties(spec_of(names(3)))
    parties.play(until="consent")
    for site in names(3):
        plain = words_of(site, parties.spec)
        assert all(np.array_equal(parties.words[site][name], words) for name, words in plain.items())


@pytest.mark.parametrize(
    "change",
    [
        lambda words: {"update.weights": words["update.weights"]},
        lambda words: {**words, "more": np.zeros(1, np.uint32)},
        lambda words: {**words, "update.samples": np.zeros(5, np.uint32)},
        lambda words: {**words, "update.samples": np.zeros(4, np.int64)},
        lambda words: {**words, "update.samples": np.full(4, 2**23, np.uint32)},
        lambda words: {**words, "update.samples": np.full(4, -(2**23), np.int32).view(np.uint32)},
    ],
    ids=["missing", "added", "longer", "signed", "too large", "too small"],
)
def test_vectors_that_are_not_the_sessions_are_refused(change):
    parties = Parties(spec_of(names(3)))
    parties.play(until="submit")
    site = names(3)[0]
    with pytest.raises(WrongVectors):
        parties.sites[site].mask(change(parties.words[site]), parties.hub.inbox(site))


def test_coordinator_rebuilt_from_stored_json_gives_the_same_sums():
    parties = Parties(spec_of(names(5)))
    sums, aggregate = parties.play({"submit": {names(5)[2]}})
    rebuilt = Parties(type(parties.spec).model_validate_json(parties.spec.to_bytes())).hub
    stored = {
        kind: [json.loads(json.dumps(m.model_dump(mode="json"))) for m in getattr(parties.hub, f"_{kind}").values()]
        for kind in ("advertisements", "shares", "headers", "consents", "unmasks")
    }
    kinds = {kind: type(next(iter(getattr(parties.hub, f"_{kind}").values()))) for kind in stored}
    take = {
        "advertisements": (rebuilt.receive_advertisement, rebuilt.roster),
        "shares": (rebuilt.receive_shares, lambda: rebuilt.inbox(names(5)[0])),
        "headers": (rebuilt.receive_submission, rebuilt.survivors),
        "consents": (rebuilt.receive_consent, rebuilt.certificate),
        "unmasks": (rebuilt.receive_unmask, lambda: None),
    }
    for kind, (receive, close) in take.items():
        for body in stored[kind]:
            receive(kinds[kind].model_validate(body))
            receive(kinds[kind].model_validate(body))  # a message delivered twice changes nothing
        close()
    assert rebuilt.certificate() == parties.hub.certificate()
    again, again_aggregate = rebuilt.finish(lambda site: parties.vectors[site])
    assert again_aggregate == aggregate
    assert all(np.array_equal(again[name], sums[name]) for name in sums)


def test_coordinator_says_whom_it_waits_for_and_when_it_may_go_on():
    parties = Parties(spec_of(names(4)))
    hub, sites = parties.hub, names(4)
    for phase, closing in zip(PHASES, ("roster", "inbox", "survivors", "certificate", None), strict=True):
        assert hub.phase == phase
        assert hub.missing() == set(sites)
        for count, site in enumerate(sites):
            assert hub.enough() == (count >= parties.spec.threshold)
            session = parties.sites[site]
            {
                "advertise": lambda s=session: hub.receive_advertisement(s.advertise()),
                "share": lambda s=session: hub.receive_shares(s.share(hub.roster())),
                "submit": lambda s=session, w=site: hub.receive_submission(
                    s.mask(parties.words[w], hub.inbox(w)).header
                ),
                "consent": lambda s=session: hub.receive_consent(s.consent(hub.survivors())),
                "unmask": lambda s=session: hub.receive_unmask(s.unmask(hub.certificate())),
            }[phase]()
            assert hub.missing() == set(sites[count + 1 :])
        if closing:
            getattr(hub, closing)(*([sites[0]] if closing == "inbox" else []))


def test_late_messages_are_refused_and_their_site_is_left_out():
    sites = names(4)
    parties = Parties(spec_of(sites))
    late = parties.sites[sites[3]].advertise()
    parties.play({"advertise": {sites[3]}}, until="submit")
    with pytest.raises(LateMessage):
        parties.hub.receive_advertisement(late)
    parties.submit()
    with pytest.raises(LateMessage):
        parties.hub.inbox(sites[3])


def test_site_that_sent_its_vectors_too_late_accepts_the_sum_without_it():
    sites = names(4)
    parties = Parties(spec_of(sites))
    parties.play(until="submit")
    late = parties.sites[sites[3]].mask(parties.words[sites[3]], parties.hub.inbox(sites[3]))
    parties.gone = {sites[3]}
    parties.submit()
    with pytest.raises(LateMessage):
        parties.hub.receive_submission(late.header)
    parties.consent()
    parties.unmask()
    sums, aggregate = parties.finish()
    parties.sites[sites[3]].accept(aggregate, sums)
    assert sites[3] not in aggregate.sites
    assert_right(parties, sums)


def test_site_whose_consent_came_too_late_still_unmasks_on_the_certificate():
    sites = names(4)
    parties = Parties(spec_of(sites))
    parties.play(until="consent")
    for site in sites[:3]:
        parties.hub.receive_consent(parties.sites[site].consent(parties.hub.survivors()))
    parties.hub.certificate()
    parties.unmask()
    assert_right(parties, parties.finish()[0])


def test_messages_are_json_and_come_back_equal():
    parties = Parties(spec_of(names(3)))
    parties.play(until="finish")
    inbox, certificate = parties.hub.inbox(names(3)[0]), parties.hub.certificate()
    assert Inbox.model_validate(json.loads(json.dumps(inbox.model_dump(mode="json")))) == inbox
    dumped = certificate.model_dump(mode="json")
    assert SurvivorCertificate.model_validate(json.loads(json.dumps(dumped))) == certificate


def test_two_sites_need_each_other():
    parties = Parties(spec_of(names(2), min_survivors=2))
    assert_right(parties, parties.play()[0])


def test_a_roster_below_the_minimum_is_refused_by_the_sites_themselves():
    parties = Parties(spec_of(names(5), min_survivors=5))
    parties.gone = {names(5)[4]}
    for site in parties.alive():
        parties.hub.receive_advertisement(parties.sites[site].advertise())
    with pytest.raises(TooFewAnswers):
        parties.hub.roster()
    parties.hub.spec = parties.spec.model_copy(update={"min_survivors": 2})  # a coordinator that does not care
    roster = parties.hub.roster().model_copy(update={"session": parties.spec.digest})
    with pytest.raises(TruncatedRoster):
        parties.sites[names(5)[0]].share(roster)


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 100])
def test_sparse_graph_gives_exact_sums_with_dropouts(n):
    sites = names(n)
    parties = Parties(spec_of(sites))
    assert parties.spec.neighbours == 20
    assert len(parties.spec.neighbours_of(sites[0])) == 20
    sums, aggregate = parties.play({"submit": set(sites[:4]), "unmask": {sites[5]}})
    assert len(aggregate.sites) == n - 4
    assert_right(parties, sums)


def test_identity_of_the_tests_is_stable():
    assert identity("site-000").public.fingerprint == spec_of(names(3)).roster[0].fingerprint
