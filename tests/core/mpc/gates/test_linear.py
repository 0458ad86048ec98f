"""Linear operations, alone between an input and an output: exact modulo 2**k against Python's own integers."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primia_core.mpc.gates.linear import weighted_pool
from primia_core.mpc.profile import PROFILES
from primia_core.mpc.program.operations import (
    Convolution,
    Input,
    Linear,
    Multiple,
    Output,
    Reshape,
    SecureProgram,
    WeightedPool,
    Window,
)
from tests.core.mpc.gates.alone import alone, centred
from tests.core.mpc.runs import encrypted

PROFILE = pytest.mark.parametrize("profile", ["fast", "precise"])


def program_of(profile: str, *operations: Any) -> SecureProgram:
    """Return a program of these operations and their logits."""
    last = operations[-1]
    whole = (*operations, Output(source=len(operations) - 1, shape=last.shape))
    return SecureProgram(profile=profile, operations=whole, scales=(1.0,) * len(whole), places=("",) * len(whole))


def anything(generator: np.random.Generator, profile: str, shape: Any) -> Any:
    """Return uniform signed ring integers: sums of their products wrap many times over."""
    kind = np.int64 if profile == "precise" else np.int32
    return generator.integers(np.iinfo(kind).min, np.iinfo(kind).max, shape, kind, endpoint=True).astype(np.int64)


def convolved(x: Any, w: Any, term: Convolution) -> Any:
    """Return a convolution in integers of any size, by its definition."""
    x = np.vectorize(int, otypes=[object])(np.pad(x, ((0, 0), (0, 0), *term.padding)))
    outputs, depth, high, wide = w.shape
    reach = [term.dilation[axis] * (w.shape[2 + axis] - 1) + 1 for axis in (0, 1)]
    size = [(x.shape[2 + axis] - reach[axis]) // term.stride[axis] + 1 for axis in (0, 1)]
    out = np.zeros((len(x), outputs, *size), object)
    for o, c, i, j in product(range(outputs), range(depth), range(high), range(wide)):
        source = o // (outputs // term.groups) * depth + c
        rows = slice(i * term.dilation[0], i * term.dilation[0] + (size[0] - 1) * term.stride[0] + 1, term.stride[0])
        columns = slice(j * term.dilation[1], j * term.dilation[1] + (size[1] - 1) * term.stride[1] + 1, term.stride[1])
        out[:, o] += int(w[o, c, i, j]) * x[:, source, rows, columns]
    return out


def answer(program: SecureProgram, weights: dict[str, Any], image: Any) -> Any:
    """Return the sum that a run gives, as integers below 2**k."""
    words = image.astype(program.widths.ring.dtype)
    return encrypted(program, weights, words, protocol="tables").answer.astype(object)


def modulo(program: SecureProgram, values: Any) -> Any:
    return values.reshape(len(values), -1) % (1 << program.widths.ring_bits)


GEOMETRIES = [
    {"weight_shape": (3, 4, 1, 1)},
    {"weight_shape": (2, 4, 3, 3), "padding": ((1, 1), (1, 1))},
    {"weight_shape": (2, 4, 3, 3), "padding": ((0, 1), (2, 0)), "stride": (2, 1)},
    {"weight_shape": (2, 4, 3, 2), "padding": ((2, 2), (0, 1)), "dilation": (2, 3)},
    {"weight_shape": (4, 2, 3, 3), "groups": 2, "stride": (3, 2)},
    {"weight_shape": (8, 1, 2, 3), "groups": 4, "padding": ((1, 0), (1, 1))},
    {"weight_shape": (4, 1, 6, 7), "groups": 4},
]


@PROFILE
@pytest.mark.parametrize("geometry", GEOMETRIES, ids=range(len(GEOMETRIES)))
def test_convolution_is_exact_in_the_ring(geometry: dict[str, Any], profile: str) -> None:
    generator = np.random.default_rng(1)
    term = Convolution(source=0, weight="w", **geometry)
    image, w = anything(generator, profile, (2, 4, 6, 7)), anything(generator, profile, term.weight_shape)
    want = convolved(image, w, term)
    bias = anything(generator, profile, term.weight_shape[0])
    op = Linear(terms=(term,), bias="b", shape=want.shape[1:])
    program = program_of(profile, Input(shape=(4, 6, 7)), op)
    want = want + bias.astype(object).reshape(1, -1, 1, 1)
    assert np.array_equal(answer(program, {"w": w, "b": bias}, image), modulo(program, want))


@PROFILE
def test_terms_of_several_values_and_multiples_add_up(profile: str) -> None:
    generator = np.random.default_rng(2)
    shape = (3, 2, 2)
    factors = (-3, (1 << 31) - 1, -(1 << 31))
    pool = WeightedPool(
        source=0,
        rows=(Window(start=0, stop=1, weight=5), Window(start=0, stop=2, weight=-1)),
        columns=(Window(start=1, stop=2, weight=1), Window(start=0, stop=2, weight=3)),
        shape=shape,
    )
    first = Convolution(source=0, weight="w", weight_shape=(3, 3, 1, 1))
    second = Convolution(source=1, weight="w", weight_shape=(3, 3, 1, 1))
    op = Linear(
        terms=(
            first, Multiple(source=0, factor=factors[0]), second,
            Multiple(source=1, factor=factors[1]), Multiple(source=0, factor=factors[2]),
        ),
        shape=shape,
    )  # fmt: skip
    program = program_of(profile, Input(shape=shape), pool, op)
    image, w = anything(generator, profile, (2, *shape)), anything(generator, profile, (3, 3, 1, 1))
    x = image.astype(object)
    rows = np.stack([5 * x[:, :, 0], -(x[:, :, 0] + x[:, :, 1])], axis=2)
    pooled = np.stack([rows[..., 1], 3 * (rows[..., 0] + rows[..., 1])], axis=3)
    want = convolved(x + pooled, w, first) + (factors[0] + factors[2]) * x + factors[1] * pooled
    assert np.array_equal(answer(program, {"w": w}, image), modulo(program, want))


@PROFILE
def test_a_fully_connected_layer_is_exact_behind_a_reshape(profile: str) -> None:
    generator = np.random.default_rng(3)
    term = Convolution(source=1, weight="w", weight_shape=(5, 24, 1, 1))
    program = program_of(
        profile, Input(shape=(2, 3, 4)), Reshape(source=0, shape=(24, 1, 1)),
        Linear(terms=(term,), bias="b", shape=(5, 1, 1)),
    )  # fmt: skip
    image, w, b = (anything(generator, profile, shape) for shape in ((3, 2, 3, 4), (5, 24, 1, 1), (5,)))
    want = image.astype(object).reshape(3, 24) @ w.astype(object)[:, :, 0, 0].T + b.astype(object)
    assert np.array_equal(answer(program, {"w": w, "b": b}, image), modulo(program, want))


def windows_within(size: int) -> st.SearchStrategy[Any]:
    starts = st.integers(0, size - 1)
    window = starts.flatmap(
        lambda start: st.builds(
            Window, start=st.just(start), stop=st.integers(start + 1, size), weight=st.integers(-9, 9)
        )
    )
    return st.lists(window, min_size=1, max_size=5).map(tuple)


@given(
    rows=windows_within(6), columns=windows_within(5), seed=st.integers(0, 99), name=st.sampled_from(sorted(PROFILES))
)
@settings(max_examples=100, deadline=None)
def test_a_weighted_pool_is_its_definition_on_any_windows(rows: Any, columns: Any, seed: int, name: str) -> None:
    words = anything(np.random.default_rng(seed), name, (2, 2, 6, 5)).astype(PROFILES[name].ring.dtype)
    op = WeightedPool(source=0, rows=rows, columns=columns, shape=(2, len(rows), len(columns)))
    x = words.astype(object)
    want = np.zeros((2, 2, len(rows), len(columns)), object)
    for (i, row), (j, column) in product(enumerate(rows), enumerate(columns)):
        part = x[:, :, row.start : row.stop, column.start : column.stop].sum(axis=(2, 3))
        want[:, :, i, j] = row.weight * column.weight * part
    before = words.copy()
    assert np.array_equal(weighted_pool(words, op).astype(object), want % (1 << PROFILES[name].ring_bits))
    assert np.array_equal(words, before)


@PROFILE
def test_a_pool_of_shares_opens_the_same_sums(profile: str) -> None:
    widths = PROFILES[profile]
    windows = (Window(start=0, stop=3, weight=2), Window(start=1, stop=5, weight=-1))
    local = WeightedPool(source=0, rows=windows, columns=windows, shape=(3, 2, 2))
    values = np.random.default_rng(5).integers(-(2**20), 2**20, (2, 3, 6, 6))
    outcome = alone(local.model_copy(update={"opens": True}), widths, "fss", sums={0: values})
    want = weighted_pool(values.astype(widths.ring.dtype), local)
    assert np.array_equal(outcome.plain(widths.ring), centred(want, widths.ring))
    assert [(tally.rounds, tally.bytes_sent) for tally in outcome.tallies] == [(1, want.nbytes)] * 2


def test_linear_operations_say_nothing() -> None:
    """Input is the only round of a program without a truncation."""
    program = program_of("fast", Input(shape=(1, 2, 2)), Linear(terms=(Multiple(source=0, factor=2),), shape=(1, 2, 2)))
    term = Convolution(source=0, weight="w", weight_shape=(1, 1, 1, 1))
    program = program_of("fast", Input(shape=(1, 2, 2)), Linear(terms=(term,), shape=(1, 2, 2)))
    run = encrypted(program, {"w": np.full((1, 1, 1, 1), 3)}, np.ones((1, 1, 2, 2), np.uint32), protocol="fss")
    assert [(tally.rounds, tally.bytes_sent) for tally in run.tallies] == [(1, 16)] * 2
    assert run.answer.tolist() == [[3, 3, 3, 3]]
