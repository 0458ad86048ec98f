"""Rows of private trainings: what noise, rate and steps cost, by the accountant that a figure's name says.

A row gives `noise_multiplier` (or `sigma`), a rate (`sample_rate` or `q`, or `n` and `batch`), `steps` or `epochs`, and
`delta`; what all rows share may stand above them. A figure named after `pld` is of privacy loss distributions, `prv` of
Opacus' privacy random variables, `rdp` of Renyi's divergence, by dp-accounting or by Opacus.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from math import ceil
from typing import Any, Final

from primia_core.evaluation.errors import VectorsError
from primia_core.evaluation.vectors.lexicon import lowered
from primia_core.evaluation.vectors.shape import Open, Printed
from primia_core.evaluation.vectors.table import Asked, Compute, Table, table
from primia_core.privacy.accounting import Steps, spent_by_rdp

Json = Any
Row = Mapping[str, float]
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "noise": ("noise multiplier", "sigma", "noise", "σ", "noise scale"),
    "rate": ("sample rate", "sampling rate", "sampling probability", "q", "sampling prob"),
    "images": ("n", "samples", "dataset size", "n samples", "n train", "images", "n images", "train size"),
    "batch": ("batch", "batch size", "b", "l", "lot size", "expected batch size"),
    "steps": ("steps", "t", "iterations", "n steps", "num steps"),
    "epochs": ("epochs", "e", "n epochs", "num epochs"),
    "delta": ("delta", "δ", "target delta"),
}
"""What a row gives, and what files call it; everything else in it is expected."""
MOST_EPSILON: Final = 200
"""At a grid of 1e-4 a distribution of larger losses fills gigabytes."""
_WHAT: Final = {name: what for what, names in NAMES.items() for name in names}


def given(block: Mapping[str, Json]) -> dict[str, float]:
    """Return what a block gives of a training; a delta may be written as a fraction, `1/5163`."""
    found = {}
    for name, value in block.items():
        number = _number(value)
        if number is not None and is_given(name):
            found[_WHAT[" ".join(lowered(name))]] = number
    return found


def is_given(name: str) -> bool:
    """Say whether a name is of what a row gives."""
    return " ".join(lowered(name)) in _WHAT


def are_rows(block: Json) -> bool:
    """Say whether anything in a set speaks of private training: a noise, and a delta."""
    return {"noise", "delta"} <= _mentioned(block)


def is_about_training(block: Mapping[str, Json]) -> bool:
    """Say whether a block gives a noise or a delta, or holds one that does: then its other short names are of a row."""
    return bool({"noise", "delta"} & _mentioned(block))


def _mentioned(block: Json) -> set[str]:
    if isinstance(block, Mapping):
        return set(given(block)).union(*map(_mentioned, block.values()))
    return set().union(*map(_mentioned, block)) if isinstance(block, list) and block and _is_block(block[0]) else set()


def _is_block(value: Json) -> bool:
    return isinstance(value, Mapping)


def _number(value: Json) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(Fraction(value)) if isinstance(value, str) else None
    except (ValueError, ZeroDivisionError):
        return None


def _of_steps(read: Callable[[Steps, float], float]) -> Compute[Row]:
    return lambda row, _: _steps(row).each(lambda steps: read(steps, _given(row, "delta")))


def _by(accountant: Callable[[Steps, float], float]) -> Compute[Row]:
    return _of_steps(lambda steps, delta: Printed(accountant(steps, delta)))


def _steps(row: Row) -> Open:
    """Return the steps of a row, by each way to count them where it gives epochs."""
    noise, epochs = _given(row, "noise"), row.get("epochs")
    rate = row.get("rate") or (_given(row, "batch") / _given(row, "images") if "batch" in row or "images" in row else 1)
    if "steps" in row or epochs is None:
        return Open.between("steps", {"as given": Steps(noise, rate, int(_given(row, "steps")))})
    batches = row["images"] / row["batch"] if "images" in row and "batch" in row else 1 / rate
    counts = {
        "epochs / rate, cut off": (rate, int(epochs / rate)),
        "epochs / rate, rounded": (rate, round(epochs / rate)),
        "epochs / rate, rounded up": (rate, ceil(epochs / rate)),
        "whole batches and a rest, an epoch": (rate, int(epochs * ceil(batches))),
        "whole batches alone, an epoch": (rate, int(epochs * int(batches))),
        "a rate of one over the batches of an epoch": (1 / ceil(batches), int(epochs * ceil(batches))),
    }
    return Open(f"steps of {sorted(row.items())}", tuple(counts), lambda answer: Steps(noise, *counts[answer]))


def _given(row: Row, what: str) -> float:
    if what not in row:
        raise VectorsError(f"the row gives none of {list(NAMES[what])}; add one, or leave its figures out")
    return row[what]


@cache
def _pld(steps: Steps, delta: float) -> float:
    """Return dp-accounting's figure at its own grid; ``privacy.accounting`` has a coarser one for large epsilons."""
    from primia_core.privacy.accountants import epsilon_by_loss_distribution

    roughly = spent_by_rdp(steps, delta)
    if roughly > MOST_EPSILON:
        raise VectorsError(
            f"epsilon is about {roughly:.3g}; above {MOST_EPSILON} no distribution of losses is computed"
        )
    numbers = (steps.noise_multiplier, steps.sample_rate, steps.count)
    return epsilon_by_loss_distribution([numbers], delta, roughly=0.0)


@cache
def _prv(steps: Steps, delta: float) -> float:
    from opacus.accountants import PRVAccountant

    return _opacus(PRVAccountant(), steps, delta)


@cache
def _rdp_of_opacus(steps: Steps, delta: float) -> float:
    from opacus.accountants import RDPAccountant

    return _opacus(RDPAccountant(), steps, delta)


def _order(steps: Steps, delta: float) -> float:
    from primia_core.privacy.accountants import epsilon_by_renyi

    return epsilon_by_renyi([(steps.noise_multiplier, steps.sample_rate, steps.count)], delta)[1]


def _order_of_opacus(steps: Steps, delta: float) -> float:
    from opacus.accountants import RDPAccountant

    accountant = RDPAccountant()
    accountant.history = [(steps.noise_multiplier, steps.sample_rate, steps.count)]
    return float(accountant.get_privacy_spent(delta=delta)[1])


def _opacus(accountant: Any, steps: Steps, delta: float) -> float:
    accountant.history = [(steps.noise_multiplier, steps.sample_rate, steps.count)]
    return float(accountant.get_epsilon(delta))


def _by_either(first: Callable[[Steps, float], float], second: Callable[[Steps, float], float]) -> Compute[Row]:
    """Return what either accountant says, where a name does not say which."""

    def compute(row: Row, _: Asked) -> Open:
        steps, delta = _steps(row), _given(row, "delta")
        accountants = {"dp-accounting": first, "Opacus": second}
        ways = {f"{how}; {who}": (how, by) for who, by in accountants.items() for how in steps.answers}
        return Open(
            f"accountant of rdp, {steps.question}",
            tuple(ways),
            lambda answer: Printed(ways[answer][1](steps.under(ways[answer][0]), delta)),
        )

    return compute


ROWS: Final[Table[Row]] = table(
    {
        "[epsilon] pld [dpaccounting] [pessimistic]": _by(_pld),
        "epsilon [record]": _by(_pld),
        "[epsilon] rdp": _by_either(spent_by_rdp, _rdp_of_opacus),
        "[epsilon] rdp dpaccounting": _by(spent_by_rdp),
        "[epsilon] rdp opacus": _by(_rdp_of_opacus),
        "[epsilon] opacus": _by(_rdp_of_opacus),
        "[epsilon] prv [opacus]": _by(_prv),
        "order [rdp] [dpaccounting]": _of_steps(_order),
        "order [rdp] opacus": _of_steps(_order_of_opacus),
        "derived|total steps": lambda row, _: _steps(row).each(lambda steps: steps.count),
        "derived rate": lambda row, _: _steps(row).each(lambda steps: steps.sample_rate),
    }
)
"""What a row of a private training expects."""
