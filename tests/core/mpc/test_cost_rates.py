"""Rates of a machine are fitted to what was measured, kept as a file, and refused when they are none."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primia_core.mpc import dealer, party
from primia_core.mpc.cost import Conditions, Rates, estimate, features
from primia_core.mpc.cost.conditions import SECURENN
from primia_core.mpc.errors import CostError
from primia_core.mpc.gates import GATES
from primia_core.mpc.local import calm
from primia_core.mpc.local import rates as measuring
from primia_core.mpc.local.fitting import Sample, fitted, line
from primia_core.mpc.local.reference import reference_model
from primia_core.mpc.local.stopwatches import Laps, timed_gates
from primia_core.mpc.model import expand_share, mask_of_weights, open_model, share_model
from primia_core.mpc.steps import play
from tests.core.mpc.gates import test_whole as every_operation
from tests.core.mpc.runs import Sections, share_image
from tests.core.mpc.test_cost import KINDS, rates

positive = st.floats(1e-10, 1e-3)


@given(once=positive, element=positive, counts=st.lists(st.integers(1, 10**6), min_size=3, unique=True))
def test_fitting_finds_the_rates_that_made_the_samples(once: float, element: float, counts: list[int]) -> None:
    samples = [Sample("relu", {"operations": 1, "elements": n}, once + n * element) for n in counts]
    found = fitted(samples)["relu"]
    for sample in samples:
        said = found["operations"] + found["elements"] * sample.features["elements"]
        assert said == pytest.approx(sample.seconds, rel=1e-6)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_no_rate_is_negative(seconds: list[float]) -> None:
    samples = [Sample("x", {"operations": 1, "elements": 9 - i}, took) for i, took in enumerate(seconds)]
    assert all(rate >= 0 for rate in fitted(samples)["x"].values())


def test_kinds_are_fitted_apart() -> None:
    found = fitted([Sample("a", {"elements": 2}, 2.0), Sample("b", {"elements": 2}, 8.0)])
    assert found["a"]["elements"] == pytest.approx(1.0)
    assert found["b"]["elements"] == pytest.approx(4.0)


def test_a_line_has_a_beginning_and_a_slope() -> None:
    assert line([10, 20, 40], [1.0, 1.5, 2.5]) == pytest.approx((0.5, 0.05))


def test_rates_are_the_same_after_a_journey_through_a_file(tmp_path: Path) -> None:
    known = rates("tables")
    known.save(tmp_path / "rates.json")
    assert Rates.load(tmp_path / "rates.json") == known
    assert json.loads((tmp_path / "rates.json").read_text())["machine"] == "of round numbers"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "holds no rates of this version"),
        ("{}", "Field required"),
        ('{"version": 1}', "version: "),
        ("[1]", "the whole: "),
    ],
)
def test_what_is_no_file_of_rates_is_refused(content: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "rates.json"
    file.write_text(content)
    with pytest.raises(CostError) as refused:
        Rates.load(file)
    assert said in refused.value.message


@pytest.mark.parametrize("number", ["-1e-9", "NaN", "Infinity"])
def test_rates_that_are_no_seconds_are_refused(number: str, tmp_path: Path) -> None:
    file = tmp_path / "rates.json"
    file.write_text(rates().model_dump_json().replace('"held":0.0001', f'"held":{number}'))
    with pytest.raises(CostError, match="held"):
        Rates.load(file)


def test_a_missing_file_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(CostError, match=r"none\.json cannot be read .*; measure rates first"):
        Rates.load(tmp_path / "none.json")
    with pytest.raises(CostError, match="cannot be written"):
        rates().save(tmp_path / "no folder" / "rates.json")


def test_a_stopwatch_sees_every_operation_and_changes_no_answer() -> None:
    program = every_operation.network("fast", "label", 5)
    weights, image = every_operation.case("fast", 2, 5)
    seed, second = share_model(program, weights)
    masks = (bytes(32), bytes([1]) * 32)
    shares = (expand_share(program, seed), second)
    models = play([open_model(program, b, shares[b], masks[b]) for b in (0, 1)])
    words = share_image(image.astype(np.uint32), rng=lambda size: bytes(size))
    seeds = dealer.Seeds((b"\2" * 32, b"\3" * 32), b"\4" * 32)
    answers, watched = [], [Laps(), Laps(), Laps()]
    for laps in (None, watched):
        gates = [timed_gates(each) for each in laps] if laps else [GATES] * 3
        sections = (Sections(), Sections())
        dealer.deal(
            program, mask_of_weights(program, masks), sections,
            protocol="tables", stock_id=b"id", seeds=seeds, batch=2, gates=gates[0],
        )  # fmt: skip
        ready = [
            party.prepare(
                program, b, sections[b], models[b],
                protocol="tables", stock_id=b"id", seed=seeds.parties[b], batch=2, gates=gates[1],
            )
            for b in (0, 1)
        ]  # fmt: skip
        answers.append(play([party.run(ready[b], words[b], gates[2]) for b in (0, 1)]))
    assert np.array_equal(answers[0], answers[1])
    for laps in watched:
        assert sorted(laps.seconds) == list(range(len(program.operations)))
        assert all(took >= 0 for took in laps.seconds.values())


@pytest.mark.parametrize("protocol", ["tables", SECURENN])
def test_measured_rates_answer_for_every_operation(protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "RUNS", 1)
    monkeypatch.setattr(measuring, "WIDE", 64)
    monkeypatch.setattr(calm, "PATIENCE_S", 0.0)  # what is disturbed will do: no figure is looked at
    found = measuring.measure_rates("fast", Conditions(protocol))
    assert (found.protocol, found.profile, found.threads) == (protocol, "fast", 1)
    assert set(found.online) == set(KINDS)
    program = reference_model("fast", (64,)).program
    guess = estimate(program, Conditions(protocol, kernels=found.kernels), found)
    assert guess.online > 0
    assert (guess.offline > 0) == (protocol != SECURENN)
    assert {name for rate in found.online.values() for name in rate} <= {
        name for op in program.operations for name in features(program, op)
    }
