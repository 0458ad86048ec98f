"""What a study has spent at one site, and what is left of its budget: arithmetic alone, no rows and no clock.

A study is everything that is learned about one task at one site. All that was ever released about it adds up, job after
job, whoever asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from primia_core.privacy.accounting import Steps, epsilon
from primia_core.privacy.errors import ParameterError


@dataclass(frozen=True)
class Entry:
    """One round that was charged: the steps whose noisy results left, or may have left, the site."""

    job: str
    round: int
    steps: Steps


@dataclass(frozen=True)
class Budget:
    """The most that a study may spend at a site: epsilon at delta."""

    epsilon: float
    delta: float


@dataclass(frozen=True)
class Forecast:
    """What a study has spent, and what it would have spent after some more steps, at the budget's delta.

    ``committed`` is what it will have spent once everything that is promised to other jobs is spent too; ``after`` has
    that in it.
    """

    spent: float
    committed: float
    after: float
    budget: Budget

    @property
    def would_pass(self) -> bool:
        """Say whether the steps would take the study over its budget; reaching it exactly is allowed."""
        return self.after > self.budget.epsilon

    @property
    def text(self) -> str:
        """Return the figures as a sentence's end."""
        promised = f", {self.committed:.3f} with what is reserved for other jobs," if self.reserved else ""
        return (
            f"epsilon is {self.spent:.3f} now{promised} and would be {self.after:.3f} at delta {self.budget.delta:g}; "
            f"the budget is {self.budget.epsilon:g}"
        )

    @property
    def reserved(self) -> float:
        """Return how much epsilon grows by what other jobs may still spend."""
        return self.committed - self.spent


def cumulative(entries: Iterable[Entry], delta: float) -> float:
    """Return the epsilon of record of everything that was charged."""
    return epsilon((entry.steps for entry in entries), delta)


def forecast(budget: Budget, entries: Iterable[Entry], more: Steps, *, reserved: Iterable[Steps] = ()) -> Forecast:
    """Return what ``more`` steps would come to, on top of the entries and of what is reserved for other jobs."""
    known = [entry.steps for entry in entries]
    promised = [*known, *reserved]
    spent, committed = epsilon(known, budget.delta), epsilon(promised, budget.delta)
    return Forecast(spent, committed, epsilon([*promised, more], budget.delta), budget)


def rounds_left(budget: Budget, entries: Iterable[Entry], a_round: Steps, *, at_most: int) -> int:
    """Return how many such rounds fit the budget, counted up to ``at_most``.

    Cost: one epsilon for each halving of ``at_most``.
    """
    if at_most < 0:
        raise ParameterError(f"at_most is {at_most}; it is 0 or more")
    known = [entry.steps for entry in entries]

    def fits(rounds: int) -> bool:
        return epsilon([*known, a_round.times(rounds)], budget.delta) <= budget.epsilon

    if fits(at_most):
        return at_most
    fit, too_many = 0, at_most
    while too_many - fit > 1:
        middle = (fit + too_many) // 2
        fit, too_many = (middle, too_many) if fits(middle) else (fit, middle)
    return fit
