"""What a program costs under conditions, with the rates of a machine: all that a benchmark would measure."""

from collections.abc import Mapping
from dataclasses import dataclass

from primia_core.mpc.cost.conditions import SECURENN, Conditions
from primia_core.mpc.cost.exact import OperationCost, exact_costs, total
from primia_core.mpc.cost.features import features
from primia_core.mpc.cost.rates import Rates, seconds
from primia_core.mpc.program.operations import SecureProgram

SLEEP_S = 0.002
"""A party that knows that it waits longer than this sleeps; see ``transport/shaped.py``."""


@dataclass(frozen=True)
class OperationEstimate:
    """Of one operation.

    Attributes:
        place: for people: where in the network it comes from.
        compute: seconds of a party online.
        wait: seconds from a step to its answers, and what carrying it takes besides.
        prepare: seconds of a party ahead.
        deal: seconds of the dealer.
    """

    operation: int
    kind: str
    place: str
    cost: OperationCost
    compute: float
    wait: float
    prepare: float
    deal: float

    def to_json(self) -> dict[str, object]:
        """Return plain numbers by name."""
        described = {name: value for name, value in vars(self).items() if name != "cost"}
        first, second = self.cost.material
        return {
            **described,
            "rounds": self.cost.rounds,
            "bytes_sent": self.cost.most_sent,
            "key_bytes": {"p0": first, "p1": second},
        }


@dataclass(frozen=True)
class Estimate:
    """Of a run.

    Attributes:
        online: from the moment at which a party has its share to that at which the last has its answer.
        dealer, delivery, prepare: of making one set ready.
        rates: whose rates these are: kernels, machine, date.
    """

    operations: tuple[OperationEstimate, ...]
    cost: OperationCost
    online: float
    dealer: float
    delivery: float
    prepare: float
    rates: Mapping[str, str]

    @property
    def offline(self) -> float:
        """Return what making a set ready takes, one thing after another."""
        return self.dealer + self.delivery + self.prepare

    def to_json(self) -> dict[str, object]:
        """Return plain numbers, named as `primia bench inference` names what it measures."""
        first, second = self.cost.material
        return {
            "online_seconds": {"median": self.online, "min": self.online, "max": self.online},
            "offline_seconds": self.offline,
            "dealer_seconds": self.dealer,
            "delivery_seconds": self.delivery,
            "prepare_seconds": self.prepare,
            "rounds": self.cost.rounds,
            "bytes_sent_per_party": self.cost.most_sent,
            "key_bytes": {"p0": first, "p1": second},
            "seconds_by_kind": self.by_kind,
            "operations": [operation.to_json() for operation in self.operations],
            "rates": dict(self.rates),
        }

    @property
    def by_kind(self) -> dict[str, dict[str, float]]:
        """Return seconds and bytes of all operations of a kind."""
        kinds: dict[str, dict[str, float]] = {}
        for op in self.operations:
            of_kind = kinds.setdefault(op.kind, {"compute": 0.0, "wait": 0.0, "bytes": 0})
            of_kind["compute"] += op.compute
            of_kind["wait"] += op.wait
            of_kind["bytes"] += op.cost.most_sent
        return kinds


def estimate(program: SecureProgram, conditions: Conditions, rates: Rates) -> Estimate:
    """Expect what a run costs.

    Returns:
        Rounds, bytes and correlations are exact; seconds are sums over operations of counts times rates.
    Raises:
        CostError: the rates are for another protocol, profile or number of threads, or lack an operation.
    Cost: nothing runs; a millisecond for a network of a hundred operations.
    """
    rates.check(program, conditions)
    costs = exact_costs(program, conditions.protocol, conditions.batch)
    operations = tuple(_operation(program, position, cost, conditions, rates) for position, cost in enumerate(costs))
    whole = total(costs)
    online = rates.start + sum(op.compute + op.wait for op in operations)
    offline = (0.0, 0.0, 0.0)
    if conditions.protocol != SECURENN:
        largest = max(whole.material)
        offline = (
            rates.deal + sum(op.deal for op in operations),
            rates.delivery.of(largest),
            rates.loading.of(largest) + sum(op.prepare for op in operations),
        )
    whose = {"kernels": rates.kernels, "machine": rates.machine, "measured": rates.measured}
    return Estimate(operations, whole, online, *offline, whose)


def _operation(
    program: SecureProgram, position: int, cost: OperationCost, conditions: Conditions, rates: Rates
) -> OperationEstimate:
    op = program.operations[position]
    counted = features(program, op, conditions.batch)
    prepare = deal = 0.0
    if conditions.protocol != SECURENN:
        prepare, deal = (seconds(phase, op.kind, counted) for phase in (rates.preparing, rates.dealing))
    return OperationEstimate(
        operation=position,
        kind=op.kind,
        place=program.places[position],
        cost=cost,
        compute=seconds(rates.online, op.kind, counted),
        wait=_wait(cost, conditions, rates),
        prepare=prepare,
        deal=deal,
    )


def _wait(cost: OperationCost, conditions: Conditions, rates: Rates) -> float:
    """Return what the rounds take: on the machine's own network, or on the added line if that takes longer."""
    own, carrying = (cost.rounds * fixed.once + cost.line_bytes * fixed.byte for fixed in (rates.step, rates.carrying))
    if not conditions.shaped:
        return own + carrying
    if not cost.rounds:
        return 0.0
    added = conditions.line_seconds(cost.rounds, cost.line_bytes)
    slept = rates.woken if added > cost.rounds * SLEEP_S else 0.0
    slower = own + added if conditions.protocol == SECURENN else max(own, added)
    return slower + carrying + cost.rounds * (rates.held + slept)
