"""Epsilon of noisy steps, by two accountants of ``dp-accounting``: privacy loss distributions are the figure of record.

It knows numbers only: how much noise, how often each unit is drawn, how many steps. Every step is a Gaussian mechanism
of sensitivity 1 on a Poisson sample; neighbours differ by one unit more or less.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from math import isfinite

from primia_core.privacy.errors import ParameterError, UnreachableTarget
from primia_core.privacy.plan import PrivacyPlan

LEAST_NOISE, MOST_NOISE = 0.1, 1000.0
MOST_STEPS = 1_000_000
TOLERANCE = 2e-3
"""Relative, by how much ``noise_for`` may stay below its target."""

DIGITS = 4
"""Of the noise that ``noise_for`` returns, rounded up: what people copy keeps the promise."""


@dataclass(frozen=True)
class Steps:
    """So many steps with the same noise on samples of the same rate."""

    noise_multiplier: float
    sample_rate: float
    count: int

    def __post_init__(self) -> None:
        if not (isfinite(self.noise_multiplier) and self.noise_multiplier > 0):
            raise ParameterError(f"noise_multiplier is {self.noise_multiplier}; it is a finite number above 0")
        if not 0 < self.sample_rate <= 1:
            raise ParameterError(f"sample_rate is {self.sample_rate}; it is above 0 and at most 1")
        if self.count < 0:
            raise ParameterError(f"the number of steps is {self.count}; it is 0 or more")

    def times(self, rounds: int) -> "Steps":
        """Return ``rounds`` times as many steps."""
        return Steps(self.noise_multiplier, self.sample_rate, self.count * rounds)


@dataclass(frozen=True)
class Spent:
    """What steps cost at one delta. ``epsilon_pld`` is the figure of record; ``epsilon_rdp`` is looser, and older."""

    epsilon_pld: float
    epsilon_rdp: float
    rdp_order: float
    delta: float
    steps: int


def round_of(privacy: PrivacyPlan, *, local_steps: int) -> Steps:
    """Return what one round releases: each local step, or the one noisy sum of all sites."""
    count = local_steps if privacy.mode == "local" else 1
    return Steps(privacy.noise_multiplier, privacy.sample_rate, count)


def epsilon(steps: Iterable[Steps], delta: float) -> float:
    """Return epsilon by privacy loss distributions of all these steps together.

    Args:
        steps: of one job or of several; the order does not matter.
        delta: in (0, 1).
    Returns:
        An upper bound for both directions, a unit added and a unit taken away.
    Edge cases: no steps cost 0.
    Cost: about half a second the first time; the same steps again cost nothing.
    Source: Doroshenko et al. 2022 (connect the dots), as implemented in ``dp_accounting.pld``.
    """
    return _epsilon_pld(_merged(steps), _checked(delta))


def spent(steps: Iterable[Steps], delta: float) -> Spent:
    """Return epsilon by both accountants.

    Source: Mironov, Talwar and Zhang 2019 for Renyi's divergence; see ``epsilon`` for the other.
    """
    merged = _merged(steps)
    by_rdp, order = _epsilon_rdp(merged, _checked(delta))
    return Spent(_epsilon_pld(merged, delta), by_rdp, order, delta, sum(step.count for step in merged))


def noise_for(target: float, *, sample_rate: float, steps: int, delta: float) -> float:
    """Return a noise multiplier of four digits whose epsilon of record is at most ``target``, and hardly less.

    Returns:
        z with epsilon(z) <= target, and either epsilon(z) >= 0.998 target or none of four digits between it and one
        that spends more.
    Raises:
        ParameterError: a number is outside its range.
        UnreachableTarget: even a multiplier of 1000 spends more.
    Cost: two or three epsilons.
    """
    if not (isfinite(target) and target > 0):
        raise ParameterError(f"the epsilon to reach is {target}; it is a finite number above 0")

    def costs(noise: float) -> Steps:
        return Steps(noise, sample_rate, steps)

    if spent_by_rdp(costs(MOST_NOISE), delta) > target:
        raise UnreachableTarget(
            f"{steps} steps at rate {sample_rate} spend more than epsilon {target} at delta {delta} with any noise to "
            f"{MOST_NOISE:g}; take fewer steps, a lower rate, or a larger epsilon"
        )
    noise, low, high = _noise_by_rdp(costs, target, delta), 0.0, MOST_NOISE  # never below, so the first one suffices
    while True:
        found = epsilon([costs(noise)], delta)
        low, high = (low, noise) if found <= target else (noise, high)
        if high == LEAST_NOISE or (found <= target and found >= (1 - TOLERANCE) * target) or high <= _next(low):
            return high
        # How much looser Renyi's bound is hardly changes from here to there; it is quick, and says where to look next.
        aim = (1 - TOLERANCE / 2) * target
        guess = _noise_by_rdp(costs, aim * spent_by_rdp(costs(noise), delta) / found, delta)
        if not low < guess < high:
            guess = max(_rounded_up((low + high) / 2), LEAST_NOISE)
        noise = guess if guess < high else _next(low)


def spent_by_rdp(steps: Steps, delta: float) -> float:
    """Return epsilon by Renyi's divergence alone, in a few milliseconds."""
    return _epsilon_rdp(_merged([steps]), _checked(delta))[0]


def _noise_by_rdp(costs: Callable[[float], Steps], target: float, delta: float) -> float:
    """Return the least noise multiplier of ``DIGITS`` digits that suffices by Renyi's divergence, within the limits."""
    low, high = LEAST_NOISE, MOST_NOISE
    if spent_by_rdp(costs(low), delta) <= target:
        return low
    while high > _next(low):
        middle = _rounded_up((low * high) ** 0.5)
        middle = middle if low < middle < high else _next(low)
        low, high = (low, middle) if spent_by_rdp(costs(middle), delta) <= target else (middle, high)
    return high


def _next(value: float) -> float:
    """Return the next number of ``DIGITS`` digits, or the least noise for one below it."""
    if value < LEAST_NOISE:
        return LEAST_NOISE
    exact = Decimal(repr(value))
    return float(exact + Decimal(1).scaleb(exact.adjusted() - DIGITS + 1))


def _rounded_up(value: float) -> float:
    """Return the least decimal number of ``DIGITS`` digits that is not below ``value``."""
    exact = Decimal(value)
    last = Decimal(1).scaleb(exact.adjusted() - DIGITS + 1)
    return float((exact / last).to_integral_value(ROUND_CEILING) * last)


def _merged(steps: Iterable[Steps]) -> tuple[Steps, ...]:
    """Return steps of one kind as one entry, in a fixed order."""
    counts: dict[tuple[float, float], int] = {}
    for step in steps:
        kind = (step.noise_multiplier, step.sample_rate)
        counts[kind] = counts.get(kind, 0) + step.count
    return tuple(Steps(*kind, count) for kind, count in sorted(counts.items()) if count)


@lru_cache(maxsize=1024)
def _epsilon_pld(steps: tuple[Steps, ...], delta: float) -> float:
    if not steps:
        return 0.0
    from primia_core.privacy.accountants import epsilon_by_loss_distribution  # scipy: only who counts waits for it

    return epsilon_by_loss_distribution(_numbers(steps), delta, roughly=_epsilon_rdp(steps, delta)[0])


@lru_cache(maxsize=1024)
def _epsilon_rdp(steps: tuple[Steps, ...], delta: float) -> tuple[float, float]:
    if not steps:
        return 0.0, 0.0
    from primia_core.privacy.accountants import epsilon_by_renyi

    return epsilon_by_renyi(_numbers(steps), delta)


def _numbers(steps: tuple[Steps, ...]) -> list[tuple[float, float, int]]:
    return [(step.noise_multiplier, step.sample_rate, step.count) for step in steps]


def _checked(delta: float) -> float:
    if not 0 < delta < 1:
        raise ParameterError(f"delta is {delta}; it is above 0 and below 1")
    return delta
