"""Shares that are changed, withheld or dealt wrongly are refused, and whoever dealt them is named."""

import numpy as np
import pytest

from primia_core.secagg import (
    dealing,
)
from primia_core.secagg import errors as refused
from primia_core.secagg import site as site_module
from tests.core.secagg.malicious_coordinator.forgery import (
    A,
    B,
    C,
    D,
    E,
)
from tests.core.secagg.parties import Parties, identity, names, spec_of


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
