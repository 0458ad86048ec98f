"""A network with every kind of operation, hand-built: every protocol and profile against plain integer arithmetic."""

from typing import Any

import numpy as np
import pytest

from primia_core.mpc.gates import GATES
from primia_core.mpc.profile import PROFILES
from primia_core.mpc.program.operations import (
    Convolution,
    Gather,
    Input,
    Lift,
    Linear,
    Maximum,
    Multiple,
    Output,
    Relu,
    Reshape,
    SecureProgram,
    Truncate,
    WeightedPool,
    Window,
)
from primia_core.mpc.protocols import sign_test
from primia_core.mpc.traffic import NOTHING
from tests.core.mpc.runs import encrypted, signed

PROTOCOLS = ("fss", "fss-oneround", "tables", "tables-fast")
ROUNDS = {"fss": 1, "fss-oneround": 0, "tables": 2, "tables-fast": 1}


def network(profile: str, policy: str = "logits", classes: int = 3, *, rectified: bool = False) -> SecureProgram:
    """Convolution, ReLU, pool by maximum, identity skip with a lift, average pool, fully connected.

    ``rectified`` pools the shares of a positive part instead of a lifted value.
    """
    f = PROFILES[profile].fraction_bits
    operations = (
        Input(shape=(2, 6, 6)),
        Linear(
            terms=(Convolution(source=0, weight="w1", weight_shape=(4, 2, 3, 3), padding=((1, 1), (1, 1))),),
            bias="b1",
            shape=(4, 6, 6),
        ),
        Truncate(source=1, shape=(4, 6, 6)),
        Maximum(
            left=2, left_gather=Gather(axis=2, indices=(0, 2, 4)),
            right=2, right_gather=Gather(axis=2, indices=(1, 3, 5)), shape=(4, 6, 3),
        ),
        Relu(source=3, shape=(4, 6, 3)),
        Linear(
            terms=(
                Convolution(source=4, weight="w2", weight_shape=(4, 2, 1, 1), groups=2),
                Multiple(source=4, factor=(1 if rectified else -1) << (f - 3)),
            ),
            shape=(4, 6, 3),
        ),
        Truncate(source=5, shape=(4, 6, 3)),
        Relu(source=6, shape=(4, 6, 3), opened=False) if rectified else Lift(source=6, shape=(4, 6, 3)),
        WeightedPool(
            source=7,
            rows=(Window(start=0, stop=2, weight=1), Window(start=2, stop=6, weight=2)),
            columns=(Window(start=0, stop=3, weight=1),),
            shape=(4, 2, 1),
            opens=rectified,
        ),
        Reshape(source=8, shape=(8, 1, 1)),
        Linear(
            terms=(Convolution(source=9, weight="w3", weight_shape=(classes, 8, 1, 1)),),
            bias="b3",
            shape=(classes, 1, 1),
        ),
        Output(source=10, policy=policy, shape=(classes,)),
    )  # fmt: skip
    n = len(operations)
    return SecureProgram(profile=profile, operations=operations, scales=(1.0,) * n, places=("",) * n)


def numbers(program: SecureProgram, classes: int = 3) -> dict[str, Any]:
    """Integer weights such that every sum uses most of its range."""
    generator = np.random.default_rng(3)
    scale = 1 << (program.widths.fraction_bits - 5)
    return {
        "w1": generator.integers(-scale * 64, scale * 64, (4, 2, 3, 3)),
        "b1": generator.integers(-scale * 512, scale * 512, 4),
        "w2": generator.integers(-scale, scale, (4, 2, 1, 1)),
        "w3": generator.integers(-999, 999, (classes, 8, 1, 1)),
        "b3": generator.integers(-9999, 9999, classes),
    }


def plain(program: SecureProgram, weights: dict[str, Any], image: Any, *, rectified: bool = False) -> Any:
    """Return the logits with floors for truncations, in Python's own integers."""
    f = program.widths.fraction_bits
    x = image.astype(object)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    z = sum(
        np.einsum("bcij,oc->boij", padded[:, :, i : i + 6, j : j + 6], weights["w1"][:, :, i, j].astype(object))
        for i in range(3)
        for j in range(3)
    )
    z = z + weights["b1"].astype(object).reshape(1, 4, 1, 1)
    assert abs(z).max() <= program.widths.sum_limit
    t = z // (1 << f)
    y = np.maximum(np.maximum(t[..., 0::2], t[..., 1::2]), 0)
    w2 = weights["w2"].astype(object)[:, :, 0, 0]
    grouped = np.concatenate(
        [np.einsum("bcij,oc->boij", y[:, g * 2 : g * 2 + 2], w2[g * 2 : g * 2 + 2]) for g in (0, 1)], axis=1
    )
    z2 = grouped + ((1 if rectified else -1) << (f - 3)) * y
    assert abs(z2).max() <= program.widths.sum_limit
    t2 = np.maximum(z2 // (1 << f), 0) if rectified else z2 // (1 << f)
    pooled = np.stack([t2[:, :, :2].sum(axis=2), 2 * t2[:, :, 2:].sum(axis=2)], axis=2).sum(axis=3)
    flat = pooled.reshape(len(image), 8)
    return flat @ weights["w3"].astype(object)[:, :, 0, 0].T + weights["b3"].astype(object)


def case(profile: str, batch: int, classes: int = 3) -> tuple[dict[str, Any], Any]:
    weights = numbers(network(profile), classes)
    reach = {"fast": 80, "precise": 80 << 8}[profile]
    return weights, np.random.default_rng(5).integers(-reach, reach, (batch, 2, 6, 6))


@pytest.mark.parametrize("rectified", [False, True], ids=["lifted", "pooled as shares"])
@pytest.mark.parametrize("profile", ["fast", "precise"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_network_of_every_operation_gives_the_plain_logits(protocol: str, profile: str, rectified: bool) -> None:
    program = network(profile, rectified=rectified)
    weights, image = case(profile, batch=3)
    run = encrypted(program, weights, image.astype(program.widths.ring.dtype), protocol=protocol)
    want = plain(program, weights, image, rectified=rectified)
    # Each truncation gives the floor or one more, so a value behind the second is at most two units off.
    heaviest = 2 * 4 * 3  # positions of a window, times its weight
    slack = 2 * heaviest * np.abs(weights["w3"]).sum(axis=(1, 2, 3)).max()
    assert np.abs(signed(run.answer) - want.astype(np.int64)).max() <= slack
    assert np.abs(want).max() > {"fast": 1, "precise": 200}[profile] * slack, "the bound says nothing"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_rounds_are_those_of_the_protocol(protocol: str) -> None:
    program = network("fast")
    weights, image = case("fast", batch=1)
    run = encrypted(program, weights, image.astype(np.uint32), protocol=protocol)
    sign = ROUNDS[protocol]
    assert run.tallies[0].rounds == 1 + 1 + (sign + 1) + (sign + 1) + 1 + 1


@pytest.mark.parametrize("classes", [2, 3, 5, 8])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_label_is_the_position_of_the_largest_logit(protocol: str, classes: int) -> None:
    program = network("fast", "label", classes)
    weights, image = case("fast", 4, classes)
    weights["w3"] *= 150
    run = encrypted(program, weights, image.astype(np.uint32), protocol=protocol)
    want = plain(program, weights, image)
    ordered = np.sort(want, axis=1)
    sure = (ordered[:, -1] - ordered[:, -2]) > 300 * 999 * 100
    assert run.answer.shape == (4, 1)
    assert sure.any()
    assert (run.answer[sure, 0] == np.argmax(want, axis=1)[sure]).all()


@pytest.mark.parametrize("rectified", [False, True], ids=["lifted", "pooled as shares"])
@pytest.mark.parametrize("policy", ["logits", "label"])
@pytest.mark.parametrize("profile", ["fast", "precise"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_run_costs_what_its_operations_say(protocol: str, profile: str, policy: str, rectified: bool) -> None:
    program = network(profile, policy, 5, rectified=rectified)
    weights, image = case(profile, 3, 5)
    run = encrypted(program, weights, image.astype(program.widths.ring.dtype), protocol=protocol)
    said = sum(
        (GATES[op.kind].traffic(op, program.widths, 3, sign_test(protocol, b"")) for op in program.operations), NOTHING
    )
    for tally in run.tallies:
        assert (tally.rounds, tally.bytes_sent) == (said.rounds, said.sent)
    assert tuple(sections.nbytes for sections in run.sections) == said.material
