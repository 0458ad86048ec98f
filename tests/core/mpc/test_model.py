"""Models between two parties: shares, the one opening, and what a mask used twice gives away."""

from typing import Any

import numpy as np
import pytest

from primia_core.mpc.errors import ModelError, SessionError
from primia_core.mpc.model import (
    FilterBank,
    PartyModel,
    expand_share,
    mask_of_weights,
    open_model,
    secret_tensors,
    share_model,
)
from primia_core.mpc.profile import PROFILES
from primia_core.mpc.program.operations import Convolution, Input, Linear, Multiple, Output, SecureProgram
from primia_core.mpc.steps import Tally, play
from tests.core.mpc.gates.alone import Heard, listening
from tests.core.mpc.gates.chance import SUSPICIOUS, worst

MASK_SEEDS = (b"m" * 32, b"n" * 32)
PROFILE = pytest.mark.parametrize("profile", sorted(PROFILES))
SHAPE = (8, 8, 3, 3)


def program_of(profile: str) -> SecureProgram:
    """Two layers, one of them used twice; a bias; a grouped filter."""
    first = Convolution(source=0, weight="a", weight_shape=SHAPE, padding=((1, 1), (1, 1)))
    operations = (
        Input(shape=(8, 4, 4)),
        Linear(terms=(first, Multiple(source=0, factor=3)), bias="b", shape=(8, 4, 4)),
        Linear(terms=(first, Convolution(source=0, weight="c", weight_shape=(8, 2, 1, 1), groups=4)), shape=(8, 4, 4)),
        Output(source=2, shape=(8, 4, 4)),
    )
    return SecureProgram(profile=profile, operations=operations, scales=(1.0,) * 4, places=("",) * 4)


def integers(value: int | None = None) -> dict[str, Any]:
    generator = np.random.default_rng(7)
    shapes = {"a": SHAPE, "b": (8,), "c": (8, 2, 1, 1)}
    if value is not None:
        return {name: np.full(shape, value, np.int64) for name, shape in shapes.items()}
    return {name: generator.integers(-(1 << 30), 1 << 30, shape) for name, shape in shapes.items()}


def source(seed: int) -> Any:
    return np.random.default_rng(seed).bytes


def opened(
    profile: str, weights: dict[str, Any], *, seed: int = 1, mask_seeds: tuple[bytes, bytes] = MASK_SEEDS
) -> tuple[list[PartyModel], tuple[Heard, Heard], Tally]:
    program = program_of(profile)
    first, second = share_model(program, weights, source(seed))
    shares = (expand_share(program, first), second)
    heard, tally = (Heard(), Heard()), Tally()
    parties = [listening(open_model(program, b, shares[b], mask_seeds[b]), heard[b]) for b in (0, 1)]
    return play(parties, (tally, Tally())), heard, tally


def test_secrets_are_listed_once_and_in_the_order_of_their_first_use() -> None:
    tensors = secret_tensors(program_of("fast"))
    assert [(tensor.name, tensor.shape, tensor.groups) for tensor in tensors] == [
        ("a", SHAPE, 1), ("b", (8,), None), ("c", (8, 2, 1, 1), 4),
    ]  # fmt: skip
    assert [tensor.is_filter for tensor in tensors] == [True, False, True]


@PROFILE
def test_shares_of_a_model_add_up_to_it(profile: str) -> None:
    program, weights = program_of(profile), integers()
    seed, second = share_model(program, weights)
    first = expand_share(program, seed)
    for name, values in weights.items():
        assert np.array_equal(first[name] + second[name], values.astype(program.widths.ring.dtype))


@pytest.mark.parametrize("value", [0, (1 << 30) - 1, -(1 << 30)])
def test_either_share_of_a_model_is_uniform(value: int) -> None:
    """The same weight in 20 models: neither party's words say which."""
    program = program_of("fast")
    shares: tuple[list[Any], list[Any]] = ([], [])
    rng = source(5)
    for _ in range(20):
        seed, second = share_model(program, integers(value), rng)
        for share, tensors in zip(shares, (expand_share(program, seed), second), strict=True):
            share.append(np.concatenate([tensors[name].reshape(-1) for name in ("a", "b", "c")]))
    for share in shares:
        assert worst({"share": (np.concatenate(share), program.widths.ring)}) < SUSPICIOUS


def test_two_shares_of_one_model_have_nothing_in_common() -> None:
    program = program_of("fast")
    (first, one), (second, two) = (share_model(program, integers()) for _ in range(2))
    assert first != second
    assert not np.any(one["a"] == two["a"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"a": None}, r"tensor a is missing, the program has \(8, 8, 3, 3\)"),
        (
            {"c": np.zeros((8, 8, 1, 1), np.int64)},
            r"tensor c is of shape \(8, 8, 1, 1\), the program has \(8, 2, 1, 1\)",
        ),
        ({"b": np.zeros((8, 1), np.int64)}, r"tensor b is of shape \(8, 1\).*lower the model again"),
    ],
)
def test_tensors_that_do_not_fit_the_program_are_refused(change: dict[str, Any], said: str) -> None:
    weights = {name: values for name, values in (integers() | change).items() if values is not None}
    with pytest.raises(ModelError, match=said):
        share_model(program_of("fast"), weights)


@PROFILE
def test_opening_gives_both_parties_the_masked_weights_and_each_a_half(profile: str) -> None:
    program, weights = program_of(profile), integers()
    models, _, tally = opened(profile, weights)
    ring = program.widths.ring
    masks = [expand_share(program, seed) for seed in MASK_SEEDS]
    for name in ("a", "c"):
        words = weights[name].astype(ring.dtype)
        assert np.array_equal(models[0].opened[name], words + masks[0][name] + masks[1][name])
        assert np.array_equal(models[0].opened[name], models[1].opened[name])
        assert np.array_equal(models[0].half_words[name] + models[1].half_words[name], words)
    assert np.array_equal(models[0].bias("b") + models[1].bias("b"), weights["b"].astype(ring.dtype))
    filters = 8 * 8 * 9 + 16
    assert (tally.rounds, tally.bytes_sent) == (1, filters * ring.bits // 8), "biases are not opened"


@pytest.mark.parametrize("value", [0, (1 << 30) - 1, -(1 << 30)])
def test_what_opening_a_model_says_and_gives_is_uniform(value: int) -> None:
    program = program_of("fast")
    said: dict[str, list[Any]] = {"message": [], "opened": []}
    seeds = source(11)
    for seed in range(20):
        models, heard, _ = opened("fast", integers(value), seed=seed, mask_seeds=(seeds(32), seeds(32)))
        said["message"].append(np.frombuffer(heard[1].messages[0], np.uint32))
        said["opened"].append(np.concatenate([models[1].opened[name].reshape(-1) for name in ("a", "c")]))
    ring = program.widths.ring
    assert worst({name: (np.concatenate(words), ring) for name, words in said.items()}) < SUSPICIOUS


def test_two_versions_under_one_mask_give_their_difference_to_both_parties() -> None:
    """Why a new version needs a new R_w: nothing here refuses it, who keeps W^ must."""
    before, after = integers(), integers()
    after["a"] = after["a"] + 5
    (old, *_), (new, *_) = opened("fast", before, seed=1)[0], opened("fast", after, seed=2)[0]
    assert np.all(new.opened["a"] - old.opened["a"] == 5)
    fresh = opened("fast", after, seed=2, mask_seeds=(b"o" * 32, b"p" * 32))[0][0]
    difference = (fresh.opened["a"] - old.opened["a"]).reshape(-1)
    assert np.unique(difference).size == difference.size


def test_the_dealer_s_mask_is_that_of_both_parties() -> None:
    program = program_of("fast")
    masks = [expand_share(program, seed) for seed in MASK_SEEDS]
    bank = mask_of_weights(program, MASK_SEEDS)
    x = np.random.default_rng(1).integers(0, 1 << 32, (2, 8, 4, 4), np.uint32)
    term = program.operations[1].terms[0]  # type: ignore[union-attr]
    want = FilterBank(program, {"a": masks[0]["a"] + masks[1]["a"]}).convolve("a", x, term, threads=1)
    assert np.array_equal(bank.convolve("a", x, term, threads=1), want)


def test_a_bank_packs_each_filter_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from primia_core.mpc import kernels

    packed: list[int] = []
    pack = kernels.pack_filters

    def counted(words: Any, groups: int) -> Any:
        packed.append(groups)
        return pack(words, groups)

    monkeypatch.setattr(kernels, "pack_filters", counted)
    model = opened("fast", integers())[0][0]
    assert model.masked is model.masked
    x = np.ones((1, 8, 4, 4), np.uint32)
    for _ in range(2):
        model.masked.convolve("a", x, program_of("fast").operations[1].terms[0], threads=1)  # type: ignore[union-attr]
    assert packed == [1, 4]


def test_parties_of_different_programs_do_not_open_a_model() -> None:
    shares = {}
    for profile in ("fast", "precise"):
        program = program_of(profile)
        shares[profile] = program, share_model(program, integers())[1]
    with pytest.raises(SessionError, match="model:open"):
        play([open_model(*pair) for pair in (
            (shares["fast"][0], 0, shares["fast"][1], MASK_SEEDS[0]),
            (shares["precise"][0], 1, shares["precise"][1], MASK_SEEDS[1]),
        )])  # fmt: skip
