"""What each party receives is uniform, whatever the secret: every gate, every protocol, every message.

Sampled, with all randomness from one seed; ``test_joint_law`` counts the same exactly on a toy ring. The second half
breaks the protocols on purpose, one blinding at a time, and demands that these tests notice.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from primia_core.mpc import dealing
from primia_core.mpc.dealing import Dealing, Tape
from primia_core.mpc.profile import FAST, PRECISE, Profile, Width
from primia_core.mpc.program.operations import (
    Input,
    Lift,
    Maximum,
    Output,
    Relu,
    Truncate,
    WeightedPool,
    Window,
)
from tests.core.mpc.gates.alone import POSITION, PROTOCOLS, Outcome, alone, seeds_from, uniform
from tests.core.mpc.gates.chance import BIT, SUSPICIOUS, Layout, deviation, view_of, worst

COUNT = 12_288
PROFILE_PAIR = pytest.mark.parametrize("profile", [FAST, PRECISE], ids=lambda profile: profile.name)
EVERY_PROTOCOL = pytest.mark.parametrize("protocol", PROTOCOLS)
Case = tuple[Outcome, list[Layout], Width]
"""What came of a gate, how its messages are laid out, and the width of what parties held before."""
SECRETS = pytest.mark.parametrize("secret", ["zero", "large", "small"])


def secret_of(profile: Profile, secret: str, *, scale: int = 0) -> int:
    large = (1 << (min(profile.wire_bits - 2, profile.sign_bits - 1) + scale)) - (2 << scale)
    return {"zero": 0, "large": large, "small": -large}[secret]


def signs(profile: Profile, protocol: str, compared: int) -> list[Layout]:
    """Return the messages of a sign test."""
    planes = 3 if compared <= 16 else 5
    opened = {"fss": (1,), "fss-oneround": (), "tables": (planes, 1), "tables-fast": (planes,)}[protocol]
    return [(BIT, count, 1) for count in opened]


def assert_uniform(outcome: Outcome, layouts: Sequence[Layout], held: Width) -> None:
    for party in (0, 1):
        assert worst(view_of(outcome, party, layouts, held)) < SUSPICIOUS


def relu(profile: Profile, protocol: str, value: int, **changes: Any) -> Case:
    op = Relu(source=0, shape=(1,))
    outcome = alone(op, profile, protocol, wires={0: np.full((COUNT, 1), value)}, **changes)
    return outcome, [*signs(profile, protocol, profile.compared_bits), (profile.ring, 1, 1)], profile.wire


def truncation(profile: Profile, value: int, **changes: Any) -> Case:
    op = Truncate(source=0, shape=(1,))
    outcome = alone(op, profile, "fss", sums={0: np.full((COUNT, 1), value)}, **changes)
    return outcome, [(profile.wire, 1, 1)], profile.ring


@PROFILE_PAIR
@SECRETS
def test_an_input_s_messages_are_uniform(secret: str, profile: Profile) -> None:
    image = np.full((COUNT, 1), secret_of(profile, secret))
    assert_uniform(alone(Input(shape=(1,)), profile, "fss", sums={-1: image}), [(profile.ring, 1, 1)], profile.ring)


@PROFILE_PAIR
@SECRETS
def test_a_truncation_s_messages_are_uniform(secret: str, profile: Profile) -> None:
    assert_uniform(*truncation(profile, secret_of(profile, secret, scale=profile.fraction_bits)))


@PROFILE_PAIR
@SECRETS
def test_a_lift_s_messages_are_uniform(secret: str, profile: Profile) -> None:
    wire = np.full((COUNT, 1), secret_of(profile, secret))
    outcome = alone(Lift(source=0, shape=(1,)), profile, "fss", wires={0: wire})
    assert_uniform(outcome, [(profile.ring, 1, 1)], profile.wire)


@PROFILE_PAIR
@SECRETS
def test_a_pool_of_shares_has_uniform_messages(secret: str, profile: Profile) -> None:
    both = (Window(start=0, stop=2, weight=1),)
    op = WeightedPool(source=0, rows=both, columns=both, shape=(1, 1, 1), opens=True)
    value = secret_of(profile, secret)
    outcome = alone(op, profile, "fss", sums={0: np.full((COUNT, 1, 2, 2), value)})
    assert_uniform(outcome, [(profile.ring, 1, 1)], profile.ring)
    assert np.all(outcome.plain(profile.ring) == 4 * value)


@PROFILE_PAIR
@EVERY_PROTOCOL
@SECRETS
def test_a_relu_s_messages_are_uniform(secret: str, protocol: str, profile: Profile) -> None:
    outcome, layouts, held = relu(profile, protocol, secret_of(profile, secret))
    assert_uniform(outcome, layouts, held)
    assert np.all(outcome.plain(profile.ring) == max(secret_of(profile, secret), 0))


@PROFILE_PAIR
@EVERY_PROTOCOL
@SECRETS
def test_a_maximum_s_messages_are_uniform(secret: str, protocol: str, profile: Profile) -> None:
    wires = {0: np.full((COUNT, 1), secret_of(profile, secret)), 1: np.full((COUNT, 1), 1)}
    outcome = alone(Maximum(left=0, right=1, shape=(1,)), profile, protocol, wires=wires)
    assert_uniform(outcome, [*signs(profile, protocol, profile.wire_bits - 1), (profile.wire, 1, 1)], profile.wire)


@PROFILE_PAIR
@EVERY_PROTOCOL
@pytest.mark.parametrize("logits", [(0, 0, 0), (1000, -1000, 0), (-1000, 0, 1000)], ids=str)
def test_a_label_s_messages_and_answers_are_uniform(logits: tuple[int, ...], protocol: str, profile: Profile) -> None:
    sums = np.tile(logits, (COUNT, 1)) << profile.fraction_bits
    outcome = alone(Output(source=0, policy="label", shape=(3,)), profile, protocol, sums={0: sums})
    sign = signs(profile, protocol, profile.wire_bits - 1)
    assert_uniform(outcome, [(profile.wire, 1, 3), *sign, (profile.wire, 2, 1), *sign], profile.ring)
    for answer in outcome.values:
        assert worst({"answer": (answer.reshape(-1), profile.wire)}) < SUSPICIOUS


@EVERY_PROTOCOL
@pytest.mark.parametrize("mask", [0, 1, (1 << 16) - 1], ids=str)
def test_what_the_dealer_writes_is_uniform_whatever_the_mask(mask: int, protocol: str) -> None:
    """The secret that material must hide is the mask itself: it is the same for all elements here."""
    first = uniform(np.random.default_rng(3), (COUNT, 1), FAST.wire)
    outcome, *_ = relu(FAST, protocol, 5, masks={0: (first, np.uint16(mask) - first)})
    for sections in outcome.sections:
        for (_, name), section in sections.arrays.items():
            # By byte of a row, so that no byte hides among others; rows of keys are elements' groups.
            rows = section.view(np.uint8).reshape(COUNT if name != "key0" else COUNT // 64, -1)
            whole = rows.reshape(-1, 16) if name == "key0" else rows
            for position, byte in enumerate(whole.T):
                assert deviation(byte, 8) < SUSPICIOUS, f"byte {position} of {name}"


# Broken on purpose.


def notices(outcome: Outcome, layouts: Sequence[Layout], held: Width) -> bool:
    return all(worst(view_of(outcome, party, layouts, held)) > 2 * SUSPICIOUS for party in (0, 1))


def reuse_masks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every second element the mask of the one before it."""
    draw = dealing.draw

    def drawn(*arguments: Any) -> Any:
        words = draw(*arguments)
        if words.ndim == 2 and words.shape[1] == 1:
            words[1::2] = words[::2]
        return words

    monkeypatch.setattr(dealing, "draw", drawn)


def test_one_mask_for_two_sums_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    reuse_masks(monkeypatch)
    assert notices(*truncation(FAST, 3 << 16))


@EVERY_PROTOCOL
def test_one_mask_for_two_results_is_noticed(protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reuse_masks(monkeypatch)
    assert notices(*relu(FAST, protocol, 77))


@pytest.mark.parametrize(("protocol", "draws"), [("fss", "bits"), ("tables", "own_bits"), ("tables-fast", "own_bits")])
@pytest.mark.parametrize("value", [900, -900])
def test_a_blinding_left_out_is_noticed(value: int, protocol: str, draws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_self: Any, count: int) -> Any:
        return np.zeros(count, np.uint8)

    monkeypatch.setattr(Dealing, draws, none)
    if draws == "bits":
        monkeypatch.setattr(Tape, draws, none)
    case = relu(FAST, protocol, value)
    assert np.all(case[0].plain(FAST.ring) == max(value, 0)), "it would pass every test of results"
    assert notices(*case)


@pytest.mark.parametrize(
    ("protocol", "table"), [(protocol, table) for protocol in ("tables", "tables-fast") for table in range(3)]
)
def test_one_table_s_blinding_left_out_is_noticed(protocol: str, table: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw, calls = Dealing.own_bits, []

    def drawn(self: Any, count: int) -> Any:
        calls.append(count)
        bits = draw(self, count)
        return np.zeros_like(bits) if len(calls) == table + 1 else bits

    monkeypatch.setattr(Dealing, "own_bits", drawn)
    assert notices(*relu(FAST, protocol, 1234))


def test_a_blinded_sign_that_is_the_sign_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """In ``tables`` the fourth draw of the dealer is rho."""
    draw, calls = Dealing.own_bits, []

    def drawn(self: Any, count: int) -> Any:
        calls.append(count)
        bits = draw(self, count)
        return np.zeros_like(bits) if len(calls) == 4 else bits

    monkeypatch.setattr(Dealing, "own_bits", drawn)
    assert notices(*relu(FAST, "tables", 1234))


@EVERY_PROTOCOL
def test_one_correlation_used_twice_gives_the_difference_of_secrets(protocol: str) -> None:
    seeds = seeds_from(np.random.default_rng(8))
    once, layouts, held = relu(FAST, protocol, 777, seeds=seeds)
    twice, *_ = relu(FAST, protocol, 333, seeds=seeds)
    assert np.all(once.values[0] - twice.values[0] == 444)
    for party in (0, 1):
        views = [view_of(outcome, party, layouts, held) for outcome in (once, twice)]
        difference = {
            name: (width.reduce(views[0][name][0] - views[1][name][0]), width)
            for name, (_, width) in views[0].items()
            if width != BIT and name.endswith("opened")
        }
        assert worst(difference) > 2 * SUSPICIOUS


def test_a_truncation_s_mask_used_twice_gives_the_difference_of_sums() -> None:
    seeds = seeds_from(np.random.default_rng(8))
    once, twice = (truncation(FAST, value << 16, seeds=seeds)[0] for value in (5, 2))
    difference = (once.values[0] - twice.values[0]).astype(np.int64)
    assert set(np.unique(difference)) <= {2, 3, 4}


def test_a_party_alone_that_reuses_its_mask_gives_away_its_share() -> None:
    """The other party's messages differ by the difference of the cut shares: no secret yet, and half of one."""
    seeds = seeds_from(np.random.default_rng(8))
    once, twice = (truncation(FAST, 1 << 20, seeds=seeds, seed=seed)[0] for seed in (1, 2))
    messages = [np.frombuffer(outcome.heard[1].messages[0], np.uint16) for outcome in (once, twice)]
    shares = [(outcome.inputs[0][0] >> np.uint32(16)).astype(np.uint16).reshape(-1) for outcome in (once, twice)]
    assert np.array_equal(messages[0] - messages[1], shares[0] - shares[1])
    assert once.sections[1].arrays.keys() == twice.sections[1].arrays.keys() == set()


def test_streams_of_different_operations_do_not_meet() -> None:
    """The same seeds at another place of the program give unrelated masks."""
    assert POSITION != POSITION + 1
    seeds = (bytes(32), bytes(31) + b"1", bytes(31) + b"2")
    first, second = (
        Dealing(position, FAST, seeds, (None, None)).mask((COUNT,), FAST.wire)  # type: ignore[arg-type]
        for position in (POSITION, POSITION + 1)
    )
    assert worst({"first": (first, FAST.wire), "second": (second, FAST.wire)}) < SUSPICIOUS
