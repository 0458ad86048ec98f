"""Aggregates that the coordinator did not sign, changed, or cannot have made are refused."""

import numpy as np
import pytest

from primia_core.secagg import (
    RosterMessage,
    SignedAggregate,
)
from primia_core.secagg import errors as refused
from primia_core.secagg.masks import content_sha256
from primia_core.secagg.messages import SubmissionHeader
from tests.core.secagg.malicious_coordinator.forgery import (
    A,
    B,
    C,
    D,
    E,
)
from tests.core.secagg.parties import identity, names, words_of


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
