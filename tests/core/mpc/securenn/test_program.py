"""Whole programs give what plain integers give, at the rounds and bytes that were predicted."""

import numpy as np
import pytest

from primia_core.mpc.errors import ModelError, ProfileError, SessionError
from primia_core.mpc.profile import FAST
from primia_core.mpc.securenn.cost import operation_costs, paper, predict
from primia_core.mpc.securenn.party import securenn_party
from primia_core.mpc.securenn.shares import ModelShare, expand_images, opened, share_images, share_model
from primia_core.mpc.securenn.truncation import check_profile, failure_probability, truncate
from primia_core.mpc.steps import Tally, play
from tests.core.mpc.securenn.networks import CLASSES, images, integers, network, plain
from tests.core.mpc.securenn.table import FixedBytes, seeds_of, split


def run_program(program, weights, x, *, seeds=None, tallies=None):
    """Run a program on integers; return the answer."""
    seed, second = share_model(program, weights, FixedBytes("model"))
    models = ModelShare.expand(program, seed), second
    image_seed, second_images = share_images(x, FixedBytes("images"))
    shares = expand_images(image_seed, x.shape), second_images
    seeds = seeds or seeds_of()
    parties = [
        securenn_party(program, party, seeds=seeds[party], batch=len(x), model=models[party], images=shares[party])
        for party in (0, 1)
    ]
    helper = securenn_party(program, 2, seeds=seeds[2], batch=len(x))
    first, second_share, nothing = play([*parties, helper], tallies)
    assert nothing is None
    return opened(first, second_share)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("policy", ["logits", "label"])
def test_a_network_gives_what_plain_integers_give(policy, batch):
    program, weights, x = network(policy), integers(batch), images(batch, seed=batch)
    answer = run_program(program, weights, x)
    want = plain(program, weights, x)
    assert answer.shape == (batch, CLASSES if policy == "logits" else 1)
    assert np.array_equal(answer, want)
    assert len(np.unique(plain(network(), weights, x))) > 1


@pytest.mark.parametrize("policy", ["logits", "label"])
@pytest.mark.parametrize("batch", [1, 4])
def test_rounds_and_bytes_are_the_predicted_ones(policy, batch):
    program = network(policy)
    tallies = [Tally(), Tally(), Tally()]
    run_program(program, integers(0), images(batch, seed=0), tallies=tallies)
    cost = predict(program, batch)
    assert [tally.rounds for tally in tallies] == 3 * [cost.rounds]
    assert tuple(tally.bytes_sent for tally in tallies) == cost.sent
    costs = operation_costs(program, batch)
    for party, tally in enumerate(tallies):
        by_label = {
            f"{i}:{op.kind}": (costs[i].rounds, costs[i].sent[party])
            for i, op in enumerate(program.operations)
            if costs[i].rounds
        }
        assert tally.by_label == by_label


def test_rounds_are_those_of_the_docstrings():
    linear, relu, maximum, label = 1, 9, 9, 9
    assert predict(network()).rounds == 3 * linear + relu + 2 * maximum
    assert predict(network("label")).rounds == predict(network()).rounds + 3 * label


def test_this_is_no_dearer_than_the_papers_tables():
    for policy in ("logits", "label"):
        rounds, size = paper(network(policy), batch=2)
        cost = predict(network(policy), batch=2)
        assert cost.rounds <= rounds
        assert cost.total <= size


def test_truncation_gives_the_floor_or_one_more():
    z = np.random.default_rng(0).integers(-(1 << 30), 1 << 30, 100_000)
    first, second = split(z)
    cut = (truncate(0, first, 16) + truncate(1, second, 16)).view(np.int64)
    assert set(np.unique(cut - (z >> 16))) == {0, 1}


@pytest.mark.parametrize(("z", "mask"), [(5, (1 << 63) - 3), (-5, -(1 << 63) + 3)])
def test_truncation_fails_where_the_shares_pass_2_to_the_63(z, mask):
    first, second = np.array([mask], np.int64), np.array([z], np.int64)
    shares = (first + second).view(np.uint64), (-first).view(np.uint64)
    cut = (truncate(0, shares[0], 16) + truncate(1, shares[1], 16)).view(np.int64)
    assert abs(int(cut[0])) >= 1 << 47


def test_truncation_fails_as_often_as_stated():
    """Of 2**20 evenly spaced sharings of 2**50, |z| / 2**64 of them: 2**6."""
    first = (np.arange(1 << 20, dtype=np.uint64) << np.uint64(44)) + np.uint64(12345)
    z = np.uint64(1 << 50)
    cut = (truncate(0, first, 16) + truncate(1, z - first, 16)).view(np.int64)
    wrong = np.abs(cut - (1 << 34)) > 1
    assert wrong.sum() == failure_probability(1 << 50) * (1 << 20) == 1 << 6


def test_the_precise_profile_is_refused():
    check_profile(FAST)
    with pytest.raises(ProfileError, match="profile fast"):
        securenn_party(network(profile="precise"), 2, seeds=seeds_of()[2])


def test_a_party_has_what_it_needs_and_nothing_else():
    program, seeds = network(), seeds_of()
    model = share_model(program, integers(0), FixedBytes("model"))[1]
    x = share_images(images(1, seed=0), FixedBytes("x"))[1]
    with pytest.raises(SessionError, match="P2 helps"):
        securenn_party(program, 2, seeds=seeds[2], model=model)
    with pytest.raises(SessionError, match="P1 needs"):
        securenn_party(program, 1, seeds=seeds[1], model=model)
    with pytest.raises(SessionError, match="cannot sit here"):
        securenn_party(program, 1, seeds=seeds[0], model=model, images=x)
    with pytest.raises(SessionError, match="the program takes uint64"):
        securenn_party(program, 1, seeds=seeds[1], model=model, images=x, batch=2)
    rest = {name: words for name, words in model.words.items() if name != "d.bias"}
    with pytest.raises(ModelError, match=r"d\.bias"):
        securenn_party(program, 1, seeds=seeds[1], model=ModelShare(rest), images=x)
    assert "words" not in repr(model)


def test_a_model_that_does_not_fit_is_not_shared():
    weights = integers(0) | {"b": np.zeros((4, 4, 3, 3), np.int64)}
    with pytest.raises(ModelError, match="b has words of shape"):
        share_model(network(), weights)


def test_parties_with_other_batches_stop_with_an_error():
    program, x = network(), images(1, seed=0)
    model = share_model(program, integers(0), FixedBytes("model"))[1]
    parties = [
        securenn_party(program, party, seeds=seeds_of()[party], model=model, images=x.view(np.uint64))
        for party in (0, 1)
    ]
    with pytest.raises(SessionError, match="awaits"):
        play([*parties, securenn_party(program, 2, seeds=seeds_of()[2], batch=2)])
