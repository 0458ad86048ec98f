"""Abort certificates: what was sworn dead is never released, and only an oath of enough sites frees a retry."""

import numpy as np
import pytest

from primia_core.secagg import (
    AbortCertificate,
)
from primia_core.secagg import errors as refused
from primia_core.secagg.messages import AbortSignature
from tests.core.secagg.malicious_coordinator.forgery import (
    A,
    B,
    C,
    D,
)
from tests.core.secagg.parties import Parties, identity, names, spec_of


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
