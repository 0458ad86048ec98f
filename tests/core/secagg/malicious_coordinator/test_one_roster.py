"""One quantity is opened for one roster, ever, whatever job, plan or attempt asks for it."""

import pytest

from primia_core.secagg import (
    MemoryLedger,
    SiteSession,
)
from primia_core.secagg import errors as refused
from tests.core.secagg.malicious_coordinator.forgery import A, B, C, D, E, listed_without
from tests.core.secagg.parties import COHORT, Parties, identity, names, spec_of


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
