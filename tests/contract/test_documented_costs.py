"""What docs/encrypted-inference.md says that a ResNet-18 costs is what its operations say, to the page's rounding."""

import re
from functools import cache
from math import prod
from pathlib import Path

import pytest

from primia_core.models import ModelSpec, build_model
from primia_core.mpc.cost import exact_costs, total
from primia_core.mpc.model import secret_tensors
from primia_core.mpc.program.lowering import lower
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.program.trace import trace
from primia_core.mpc.protocols import STEPS_OF_A_SIGN
from primia_core.mpc.securenn.cost import paper, predict

PAGE = (Path(__file__).parents[2] / "docs" / "encrypted-inference.md").read_text()
POOLS = ("average", "max")


@cache
def program(pool: str, profile: str) -> SecureProgram:
    """Return the page's network as operations; scales and weights cost nothing, so there are none."""
    draft = lower(trace(build_model(ModelSpec(name="resnet18", stem_pool=pool), seed=1), (1, 224, 224)))
    operations = tuple(draft.operations)
    return SecureProgram(
        profile=profile, operations=operations, scales=(0.0,) * len(operations), places=tuple(draft.places)
    )


def row(table: str, first: str) -> list[str]:
    """Return the cells behind the first one of a row, in the table whose head begins so."""
    (found,) = re.findall(rf"^\| {re.escape(table)}.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    (line,) = (line for line in found.splitlines() if line.startswith(f"| {first} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def mega(count: float, digits: int) -> str:
    return f"{count / 1e6:.{digits}f}"


def elements(pool: str, kind: str) -> int:
    return sum(prod(op.shape) for op in program(pool, "fast").operations if op.kind == kind)


@pytest.mark.parametrize("protocol", STEPS_OF_A_SIGN)
@pytest.mark.parametrize("profile", ["fast", "precise"])
def test_rounds_bytes_and_material_are_those_of_the_gates(profile: str, protocol: str) -> None:
    costs = [total(exact_costs(program(pool, profile), protocol)) for pool in POOLS]
    assert row(f"`{profile}` | rounds", f"`{protocol}`") == [
        " / ".join(str(cost.rounds) for cost in costs),
        " / ".join(mega(cost.most_sent, 2) for cost in costs),
        *(" + ".join(mega(given, 1) for given in cost.material) for cost in costs),
    ]


@pytest.mark.parametrize("pool", POOLS)
def test_the_baseline_costs_what_its_protocols_say(pool: str) -> None:
    ours, (rounds, size) = predict(program(pool, "fast")), paper(program(pool, "fast"))
    assert row("SecureNN, programs of `fast`", f"{pool} pool") == [
        str(ours.rounds),
        ", ".join(mega(sent, 1) for sent in ours.sent),
        mega(ours.total, 1),
        f"{rounds} rounds, {mega(size, 1)} MB",
    ]


def test_the_network_has_as_many_values_as_the_page_says() -> None:
    said = re.search(r"average pool in the stem: ([\d,]+) truncations and ReLUs in (\d+) layers, (\d+) linear", PAGE)
    weights = re.search(r"([\d,]+)\s+filter weights", PAGE)
    maxima = re.search(r"max pool: ([\d,]+) comparisons of maxima in (\d+) stages, ([\d,]+) ReLUs", PAGE)
    assert said is not None
    assert weights is not None
    assert maxima is not None
    kinds = [op.kind for op in program("average", "fast").operations]
    assert elements("average", "truncate") == elements("average", "relu")
    assert said.groups() == (f"{elements('average', 'relu'):,}", str(kinds.count("relu")), str(kinds.count("linear")))
    filters = (tensor for tensor in secret_tensors(program("average", "fast")) if tensor.is_filter)
    assert weights[1] == f"{sum(prod(tensor.shape) for tensor in filters):,}"
    stages = [op for op in program("max", "fast").operations if op.kind == "maximum"]
    assert maxima.groups() == (
        f"{elements('max', 'maximum'):,}",
        str(len(stages)),
        f"{elements('max', 'relu'):,}",
    )
