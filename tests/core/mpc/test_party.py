"""A party's run: it fits its program or is refused, its correlations serve once, and parties that differ are told."""

from typing import Any

import numpy as np
import pytest

from primia_core.mpc import dealer, party
from primia_core.mpc.errors import CorrelationError, ProgramError, SessionError
from primia_core.mpc.lifetimes import last_uses, sources
from primia_core.mpc.model import expand_share, mask_of_weights, open_model, share_model
from primia_core.mpc.profile import FAST
from primia_core.mpc.program.operations import Convolution, Input, Linear, Output, Relu, SecureProgram, Truncate
from primia_core.mpc.steps import play
from tests.core.mpc.gates.alone import PROTOCOLS
from tests.core.mpc.gates.chance import SUSPICIOUS, worst
from tests.core.mpc.gates.test_whole import case, network, numbers
from tests.core.mpc.runs import Sections, encrypted, share_image


class Pair:
    """Two parties with a model, and whatever correlations a test prepares; the same in every run."""

    def __init__(self, program: SecureProgram, weights: dict[str, Any]) -> None:
        self.program = program
        self.rng = np.random.default_rng(9).bytes
        seed, second = share_model(program, weights, self.rng)
        shares = (expand_share(program, seed), second)
        self.mask_seeds = (self.rng(32), self.rng(32))
        self.models = play([open_model(program, b, shares[b], self.mask_seeds[b]) for b in (0, 1)])

    def prepared(
        self, *, dealt: str = "tables", read: str = "tables", batch: int = 1, read_batch: int | None = None
    ) -> list[Any]:
        sections, seeds = (Sections(), Sections()), dealer.Seeds.new(self.rng)
        dealer.deal(
            self.program, mask_of_weights(self.program, self.mask_seeds), sections,
            protocol=dealt, stock_id=b"s", seeds=seeds, batch=batch,
        )  # fmt: skip
        return [
            party.prepare(
                self.program, b, sections[b], self.models[b],
                protocol=read, stock_id=b"s", seed=seeds.parties[b], batch=read_batch or batch,
            )
            for b in (0, 1)
        ]  # fmt: skip


@pytest.fixture
def pair() -> Pair:
    program = network("fast")
    return Pair(program, numbers(program))


def image(batch: int = 1) -> Any:
    return case("fast", batch)[1].astype(np.uint32)


def test_correlations_serve_one_run(pair: Pair) -> None:
    prepared = pair.prepared()
    shares = share_image(image())
    play([party.run(prepared[b], shares[b]) for b in (0, 1)])
    for b in (0, 1):
        with pytest.raises(SessionError, match="used before; prepare another set"):
            next(party.run(prepared[b], shares[b]))


def test_correlations_are_gone_with_the_first_step(pair: Pair) -> None:
    """A run that was broken off has sent its first message under its masks."""
    prepared = pair.prepared()
    shares = share_image(image())
    next(party.run(prepared[0], shares[0]))
    with pytest.raises(SessionError, match="used before"):
        next(party.run(prepared[0], shares[0]))


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (np.zeros((1, 2, 6, 5), np.uint32), r"uint32 of shape \(1, 2, 6, 5\).*32 bits of shape \(1, 2, 6, 6\)"),
        (np.zeros((2, 2, 6, 6), np.uint32), r"shape \(2, 2, 6, 6\), the program takes"),
        (np.zeros((2, 6, 6), np.uint32), r"shape \(2, 6, 6\)"),
        (np.zeros((1, 2, 6, 6), np.uint64), r"share is uint64"),
        (np.zeros((1, 2, 6, 6), np.int32), r"share is int32"),
    ],
)
def test_an_image_that_does_not_fit_is_refused_and_costs_no_correlations(pair: Pair, share: Any, said: str) -> None:
    prepared = pair.prepared()
    with pytest.raises(SessionError, match=said):
        next(party.run(prepared[0], share))
    shares = share_image(image())
    assert len(play([party.run(prepared[b], shares[b]) for b in (0, 1)])) == 2


def test_an_unknown_protocol_is_refused_by_dealer_and_party(pair: Pair) -> None:
    with pytest.raises(ProgramError, match="no two-party protocol 'securenn'"):
        pair.prepared(dealt="securenn")
    with pytest.raises(ProgramError, match="no two-party protocol 'best'"):
        pair.prepared(read="best")


def test_correlations_of_another_batch_are_refused(pair: Pair) -> None:
    with pytest.raises(CorrelationError, match=r"operation 1 reads .*program, protocol and batch"):
        pair.prepared(batch=2, read_batch=3)


@pytest.mark.parametrize(("first", "second"), [("fss", "tables"), ("tables", "tables-fast"), ("fss", "fss-oneround")])
def test_parties_of_different_protocols_are_told(pair: Pair, first: str, second: str) -> None:
    parties = pair.prepared(dealt=first, read=first)[0], pair.prepared(dealt=second, read=second)[1]
    shares = share_image(image())
    with pytest.raises(SessionError, match=r"awaits .* bytes and is sent"):
        play([party.run(prepared, share) for prepared, share in zip(parties, shares, strict=True)])


def test_parties_of_different_batches_are_told_before_anything_is_opened(pair: Pair) -> None:
    parties = pair.prepared(batch=1)[0], pair.prepared(batch=2)[1]
    shares = share_image(image(1))[0], share_image(image(2))[1]
    with pytest.raises(SessionError, match=r"at 0:input awaits .* bytes and is sent"):
        play([party.run(prepared, share) for prepared, share in zip(parties, shares, strict=True)])


def test_parties_of_different_programs_are_told(pair: Pair) -> None:
    other = Pair(network("fast", "label"), numbers(network("fast")))
    parties = pair.prepared()[0], other.prepared()[1]
    with pytest.raises(SessionError, match="party 1 is at 11:output and party 0 has ended; their programs differ"):
        play([party.run(prepared, share) for prepared, share in zip(parties, share_image(image()), strict=True)])


def test_correlations_of_two_sets_give_no_answer_but_noise(pair: Pair) -> None:
    """Nothing in the protocol can notice it: that both name the same set is agreed before."""
    weights, pixels = case("fast", 1)
    right = encrypted(pair.program, weights, pixels.astype(np.uint32), protocol="tables").answer.astype(np.int32)
    parties = pair.prepared()[0], pair.prepared()[1]
    shares = share_image(image(), pair.rng)
    first, second = play([party.run(*both) for both in zip(parties, shares, strict=True)])
    assert np.all(np.abs((first + second).astype(np.int32) - right) > 1 << 16)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_batch_gives_what_its_images_give_alone(protocol: str) -> None:
    """A truncation gives the floor or one more, so each of these logits is one of two numbers."""
    term = Convolution(source=0, weight="w", weight_shape=(2, 2, 6, 6))
    operations = (
        Input(shape=(2, 6, 6)),
        Linear(terms=(term,), shape=(2, 1, 1)),
        Truncate(source=1, shape=(2, 1, 1)),
        Relu(source=2, shape=(2, 1, 1)),
        Linear(terms=(Convolution(source=3, weight="v", weight_shape=(3, 2, 1, 1)),), shape=(3, 1, 1)),
        Output(source=4, shape=(3,)),
    )
    program = SecureProgram(profile="fast", operations=operations, scales=(1.0,) * 6, places=("",) * 6)
    generator = np.random.default_rng(4)
    weights = {
        "w": generator.integers(-9999, 9999, (2, 2, 6, 6)),
        "v": np.array([[3, 0], [0, 5], [1, 1]]).reshape(3, 2, 1, 1),
    }
    pixels = generator.integers(-99, 99, (70, 2, 6, 6))
    t = np.einsum("bcij,ocij->bo", pixels, weights["w"]) >> FAST.fraction_bits
    got = encrypted(program, weights, pixels.astype(np.uint32), protocol=protocol).answer.view(np.int32)
    for step, (factor, column) in enumerate(((3, 0), (5, 1))):
        floor = t[:, column]
        assert np.all(
            (got[:, step] == factor * np.maximum(floor, 0)) | (got[:, step] == factor * np.maximum(floor + 1, 0))
        )
    assert np.array_equal(got[:, 2] * 15, got[:, 0] * 5 + got[:, 1] * 3)


def test_shares_of_logits_are_uniform_each() -> None:
    """Before they are blinded for the requester, too: party 0's half of each correction sees to it."""
    term = Convolution(source=0, weight="w", weight_shape=(1, 1, 1, 1))
    operations = (Input(shape=(1, 1, 1)), Linear(terms=(term,), shape=(1, 1, 1)), Output(source=1, shape=(1,)))
    program = SecureProgram(profile="fast", operations=operations, scales=(1.0,) * 3, places=("",) * 3)
    pair = Pair(program, {"w": np.zeros((1, 1, 1, 1), np.int64)})
    images = share_image(np.zeros((8192, 1, 1, 1), np.uint32), pair.rng)
    answers = play([party.run(*both) for both in zip(pair.prepared(batch=8192), images, strict=True)])
    assert not np.any(answers[0] + answers[1])
    for answer in answers:
        assert worst({"answer": (answer.reshape(-1), FAST.ring)}) < SUSPICIOUS


def test_a_value_is_dropped_after_its_last_reader() -> None:
    program = network("fast")
    last = last_uses(program)
    assert last[4] == [3]
    assert last[5] == [4], "both terms of operation 5 read the same"
    assert sorted(position for ends in last for position in ends) == list(range(len(program.operations) - 1))
    assert [sources(op) for op in program.operations][:6] == [(), (0,), (1,), (2, 2), (3,), (4, 4)]
