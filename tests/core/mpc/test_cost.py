"""The cost model is exact in rounds and bytes, and its seconds move as the network and the batch do."""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primia_core.models.registry import build_model, skeleton
from primia_core.models.spec import ModelSpec
from primia_core.mpc.cost import Conditions, OperationCost, Rates, estimate, exact_costs, features
from primia_core.mpc.cost.conditions import PROTOCOLS, SECURENN
from primia_core.mpc.cost.exact import total, two_party_costs
from primia_core.mpc.cost.rates import Fixed
from primia_core.mpc.errors import CostError, ProgramError
from primia_core.mpc.local.reference import reference_model
from primia_core.mpc.profile import PROFILES
from primia_core.mpc.program.counts import count
from primia_core.mpc.program.lowering import lower
from primia_core.mpc.program.operations import SecureProgram
from primia_core.mpc.program.preparation import prepare
from primia_core.mpc.program.trace import trace
from primia_core.mpc.securenn.party import securenn_party
from primia_core.mpc.securenn.shares import ModelShare, expand_images, share_images, share_model
from primia_core.mpc.session import DIGEST_BYTES
from primia_core.mpc.steps import Answers, Exchange, Step, play
from tests.core.mpc.gates import test_whole as every_operation
from tests.core.mpc.runs import encrypted
from tests.core.mpc.securenn import networks as baseline
from tests.core.mpc.securenn.table import seeds_of

OURS = [protocol for protocol in PROTOCOLS if protocol != SECURENN]
KINDS = ("input", "linear", "truncate", "maximum", "relu", "lift", "weighted_pool", "reshape", "output")
UNIT = dict.fromkeys(("elements", "products", "unfolded", "weights", "scaled", "added", "passes", "stages"), 1e-09)


def rates(protocol: str = "fss", profile: str = "fast", **other: Any) -> Rates:
    """Rates of a machine of round numbers."""
    by_kind = {kind: {"operations": 1e-4, **UNIT} for kind in KINDS}
    numbers = {
        "online": by_kind, "preparing": by_kind, "dealing": by_kind, "step": Fixed(once=2e-4, byte=3e-9),
        "carrying": Fixed(once=5e-5, byte=1e-9), "held": 1e-4, "woken": 3e-4, "start": 1e-3, "deal": 5e-3,
        "delivery": Fixed(once=1e-2, byte=2e-9), "loading": Fixed(once=2e-2, byte=1e-9),
    }  # fmt: skip
    about = {"threads": 1, "kernels": "numpy", "machine": "of round numbers", "measured": "2026-01-01T00:00:00+00:00"}
    return Rates.model_validate({"protocol": protocol, "profile": profile, **about, **numbers, **other})


@pytest.mark.parametrize("profile", ["fast", "precise"])
@pytest.mark.parametrize("protocol", OURS)
def test_a_network_costs_before_it_is_trained_what_its_program_costs(protocol: str, profile: str) -> None:
    spec = ModelSpec(name="small_cnn", classes=3)
    images = np.random.default_rng(7).normal(size=(2, 1, 32, 32)).astype(np.float32)
    program = prepare(build_model(spec, seed=1), images, profile=PROFILES[profile], policy="label").program
    unwritten = skeleton(spec).to_empty(device="cpu").eval()
    operations = lower(trace(unwritten, (1, 32, 32)), policy="label").operations
    assert two_party_costs(operations, PROFILES[profile], protocol) == exact_costs(program, protocol)


@pytest.mark.parametrize("policy", ["logits", "label"])
@pytest.mark.parametrize("profile", ["fast", "precise"])
@pytest.mark.parametrize("protocol", OURS)
def test_each_operation_costs_what_a_run_shows(protocol: str, profile: str, policy: str) -> None:
    program = every_operation.network(profile, policy, 5)
    weights, image = every_operation.case(profile, 3, 5)
    run = encrypted(program, weights, image.astype(program.widths.ring.dtype), protocol=protocol)
    costs = exact_costs(program, protocol, 3)
    for party, (tally, sections) in enumerate(zip(run.tallies, run.sections, strict=True)):
        said = {
            f"{position}:{program.operations[position].kind}": (cost.rounds, cost.sent[party])
            for position, cost in enumerate(costs)
            if cost.rounds
        }
        rounds, sent = said["0:input"]
        said["0:input"] = (rounds, sent - DIGEST_BYTES)  # which the session adds, not the program
        assert said == tally.by_label
        dealt = [0] * len(costs)
        for (position, _), values in sections.arrays.items():
            dealt[position] += values.nbytes
        assert dealt == [cost.material[party] for cost in costs]


@pytest.mark.parametrize("policy", ["logits", "label"])
@pytest.mark.parametrize("batch", [1, 3])
def test_the_baseline_costs_what_a_run_shows_also_on_its_busiest_lines(policy: str, batch: int) -> None:
    program, x = baseline.network(policy), baseline.images(batch, seed=1)
    seed, second = share_model(program, baseline.integers(1))
    models = (ModelShare.expand(program, seed), second)
    image_seed, image_share = share_images(x)
    shares = (expand_images(image_seed, x.shape), image_share)
    seeds = seeds_of()
    largest: dict[tuple[int, str], list[int]] = {}
    sent = [0, 0, 0]

    def watched(party: int, exchange: Exchange[Any]) -> Exchange[Any]:
        answers: Answers | None = None
        step_number = 0
        while True:
            try:
                step: Step = next(exchange) if answers is None else exchange.send(answers)
            except StopIteration as end:
                return end.value
            sizes = [memoryview(message).nbytes for message in step.send.values()]
            sent[party] += sum(sizes)
            largest.setdefault((step_number, step.label), []).extend(sizes)
            step_number += 1
            answers = yield step

    parties = [
        securenn_party(program, b, seeds=seeds[b], batch=batch, model=models[b], images=shares[b]) for b in (0, 1)
    ]
    parties.append(securenn_party(program, 2, seeds=seeds[2], batch=batch))
    play([watched(party, exchange) for party, exchange in enumerate(parties)])
    whole = total(exact_costs(program, SECURENN, batch))
    assert list(whole.sent) == sent
    assert whole.rounds == len(largest)
    assert whole.line_bytes == sum(max(sizes, default=0) for sizes in largest.values())


@pytest.mark.parametrize("batch", [1, 4])
def test_features_are_the_counts_of_the_program(batch: int) -> None:
    program = every_operation.network("fast")
    counted = [features(program, op, batch) for op in program.operations]
    plain = count(program)
    assert sum(c.get("products", 0) for c in counted) == batch * plain.total("multiplications")
    assert sum(c.get("scaled", 0) for c in counted) == batch * plain.total("scalings")
    assert sum(c.get("weights", 0) for c in counted) == plain.weight_words
    assert [c.get("elements") for c in counted] == [*(batch * op.elements for op in plain.operations[:-1]), None]
    assert counted[1]["unfolded"] == batch * 2 * 8 * 8
    assert (counted[8]["added"], counted[8]["passes"]) == (batch * 4 * (2 * 4 * 3 + 2 * 3), 4 + 3)


def test_seconds_are_counts_times_rates() -> None:
    program = every_operation.network("fast")
    guess = estimate(program, Conditions("tables", batch=2), rates("tables"))
    costs = exact_costs(program, "tables", 2)
    computed = sum(
        (1e-4 if name == "operations" else 1e-9) * n
        for op in program.operations
        for name, n in features(program, op, 2).items()
    )
    waited = sum(cost.rounds * (2e-4 + 5e-5) + cost.line_bytes * (3e-9 + 1e-9) for cost in costs)
    largest = max(total(costs).material)
    assert guess.online == pytest.approx(1e-3 + computed + waited)
    assert guess.dealer == pytest.approx(5e-3 + computed)
    assert guess.delivery == pytest.approx(1e-2 + 2e-9 * largest)
    assert guess.prepare == pytest.approx(2e-2 + 1e-9 * largest + computed)
    assert guess.offline == guess.dealer + guess.delivery + guess.prepare


def test_a_round_on_an_added_line_takes_the_longer_of_line_and_machine() -> None:
    program = every_operation.network("fast")
    costs = exact_costs(program, "fss")
    near = estimate(program, Conditions("fss"), rates())
    far = estimate(program, Conditions("fss", latency_ms=10, bandwidth_mbps=8), rates())
    for op, before, cost in zip(far.operations, near.operations, costs, strict=True):
        assert op.compute == before.compute
        assert op.wait == pytest.approx(cost.rounds * (1e-2 + 1e-4 + 3e-4 + 5e-5) + cost.line_bytes * (1e-6 + 1e-9))
    hidden = estimate(program, Conditions("fss", latency_ms=1e-6), rates())
    for op, before, cost in zip(hidden.operations, near.operations, costs, strict=True):
        assert op.wait == pytest.approx(before.wait + cost.rounds * 1e-4)


@given(
    protocol=st.sampled_from(PROTOCOLS),
    latency=st.tuples(st.floats(0, 500), st.floats(0, 500)).map(sorted),
    bandwidth=st.tuples(st.floats(1, 1e5), st.floats(1, 1e5)).map(sorted),
    batch=st.tuples(st.integers(1, 64), st.integers(1, 64)).map(sorted),
)
def test_nothing_gets_cheaper_by_more_latency_less_bandwidth_or_a_larger_batch(
    protocol: str, latency: list[float], bandwidth: list[float], batch: list[int]
) -> None:
    program = every_operation.network("fast", "label", 5)
    known = rates(protocol)

    def online(**changed: Any) -> float:
        usual = {"batch": batch[0], "latency_ms": latency[0], "bandwidth_mbps": bandwidth[1]}
        guess = estimate(program, Conditions(protocol, **{**usual, **changed}), known)
        assert guess.cost.rounds == total(exact_costs(program, protocol)).rounds
        return guess.online

    base = online() - 1e-9
    assert online(latency_ms=latency[1]) >= base
    assert online(bandwidth_mbps=bandwidth[0]) >= base
    assert online(batch=batch[1]) >= base
    assert online() >= online(latency_ms=0.0, bandwidth_mbps=math.inf) - 1e-9


def test_the_json_has_the_names_of_a_benchmark_and_adds_up() -> None:
    program = every_operation.network("precise")
    guess = estimate(program, Conditions("fss-oneround"), rates("fss-oneround", "precise"))
    told: Mapping[str, Any] = json.loads(json.dumps(guess.to_json(), allow_nan=False))
    assert told["online_seconds"] == {"median": guess.online, "min": guess.online, "max": guess.online}
    whole = total(exact_costs(program, "fss-oneround"))
    assert (told["rounds"], told["bytes_sent_per_party"]) == (whole.rounds, whole.sent[0])
    assert told["key_bytes"] == {"p0": whole.material[0], "p1": whole.material[1]}
    for name in ("rounds", "bytes_sent"):
        want = told["rounds"] if name == "rounds" else told["bytes_sent_per_party"]
        assert sum(op[name] for op in told["operations"]) == want
    assert sum(kind["compute"] + kind["wait"] for kind in told["seconds_by_kind"].values()) == pytest.approx(
        guess.online - 1e-3
    )
    assert [op["kind"] for op in told["operations"]] == [op.kind for op in program.operations]
    assert told["rates"]["kernels"] == "numpy"


def test_the_baseline_has_no_offline_phase() -> None:
    guess = estimate(every_operation.network("fast"), Conditions(SECURENN), rates(SECURENN))
    assert (guess.offline, guess.cost.material) == (0.0, (0, 0))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"protocol": "smoke"}, "there is no protocol 'smoke'; take one of fss, "),
        ({"batch": 0}, "at least 1, got 0 and 1"),
        ({"threads": 0}, "at least 1, got 1 and 0"),
        ({"latency_ms": -1}, "got -1 and inf"),
        ({"latency_ms": math.nan}, "got nan and inf"),
        ({"bandwidth_mbps": 0}, "got 0.0 and 0"),
        ({"bandwidth_mbps": math.nan}, "got 0.0 and nan"),
    ],
)
def test_conditions_that_cannot_be_are_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(CostError) as refused:
        Conditions(**{"protocol": "fss", **changed})
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("conditions", "profile", "said"),
    [
        (Conditions("tables"), "fast", "for fss with profile fast and 1 thread, asked is tables"),
        (Conditions("fss"), "precise", "asked is fss with profile precise"),
        (Conditions("fss", threads=2), "fast", "and 2 threads"),
        (Conditions("fss", kernels="native-avx2"), "fast", "with numpy kernels, asked is native-avx2"),
    ],
)
def test_rates_of_something_else_are_refused(conditions: Conditions, profile: str, said: str) -> None:
    with pytest.raises(CostError) as refused:
        estimate(every_operation.network(profile), conditions, rates())
    assert said in refused.value.message


def test_rates_that_lack_an_operation_are_refused() -> None:
    partial = rates(online={kind: UNIT for kind in KINDS if kind != "lift"})
    with pytest.raises(CostError, match="no operation 'lift'"):
        estimate(every_operation.network("fast"), Conditions("fss"), partial)


def test_an_unknown_protocol_has_no_exact_costs() -> None:
    with pytest.raises(ProgramError, match="'smoke'"):
        exact_costs(every_operation.network("fast"), "smoke")


def test_nothing_costs_nothing() -> None:
    assert total([]) == OperationCost()


def reference() -> SecureProgram:
    return reference_model("fast", (64, 32)).program


def test_the_reference_networks_have_every_operation() -> None:
    assert {op.kind for op in reference().operations} == set(KINDS)


def test_the_reference_networks_can_be_run() -> None:
    model = reference_model("fast", (32,))
    run = encrypted(model.program, model.weights, np.zeros((1, 3, 32, 32), np.uint32), protocol="tables")
    assert run.answer.tolist() == [[0]]
