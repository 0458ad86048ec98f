"""How private a training surely is not: canaries put in by coin tosses, guesses at the tosses, a bound from the hits.

One run suffices. Knows neither networks nor mechanisms: whoever trains is handed the tosses and answers with scores.
"""

from collections.abc import Callable
from math import exp
from secrets import randbits

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy import stats

from primia_core.attacks.errors import CanaryError

Floats = NDArray[np.float64]
Tosses = NDArray[np.bool_]
Score = Callable[[Tosses], Floats]
LARGEST_EPSILON = 64.0
LEVEL = 0.95
MOST_CANARIES = 1_000_000


class CanaryFindings(BaseModel):
    """What an audit says.

    Attributes:
        correct: of ``guesses``, those that were right; of ``canaries`` the others were not guessed at.
        epsilon_at_least: with confidence ``level``, no smaller epsilon holds at ``delta``.
        claimed: what an accountant promised, if anything did.
        refuted: whether the promise is broken. That it is not is no proof that it holds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    canaries: int = Field(ge=1)
    guesses: int = Field(ge=1)
    correct: int = Field(ge=0)
    delta: float
    level: float
    epsilon_at_least: float
    claimed: float | None
    refuted: bool


def canary_audit(
    score: Score, *, canaries: int, guesses: int | None = None, delta: float, claimed: float | None = None,
    level: float = LEVEL,
) -> CanaryFindings:  # fmt: skip
    """Toss a coin for each canary, train with those that came up, and guess.

    Args:
        score: is given the tosses (canaries,), trains with the canaries that came up, and returns for each canary how
            surely it was in: (canaries,), larger for surer. It may see all of the training but not the tosses.
        canaries: how many; each is one unit of what the promise protects, an image or a patient.
        guesses: an even number; the surest half are guessed to be in, the least sure half to be out. By default half
            of the canaries: a fixed number, since choosing it after a look at the hits would be no audit.
        delta: of the promise.
        claimed: the epsilon that was promised.
    Returns:
        The bound.
    Raises:
        CanaryError: numbers that make no audit, or scores of another shape.
    Source: Steinke, Nasr, Jagielski, "Privacy Auditing with One (1) Training Run", NeurIPS 2023, algorithm 1.
    """
    count = guesses if guesses is not None else max(2, canaries // 4 * 2)
    if canaries < 2 or count % 2 or not 2 <= count <= canaries:
        raise CanaryError(f"{count} guesses at {canaries} canaries; take an even number from 2 to that of the canaries")
    tosses = np.array([randbits(1) for _ in range(canaries)], np.bool_)
    scores = np.asarray(score(tosses), np.float64)
    if scores.shape != tosses.shape or not np.isfinite(scores).all():
        raise CanaryError(f"scores of shape {scores.shape} for {canaries} canaries; return one finite number for each")
    order = np.argsort(scores, kind="stable")
    half = count // 2
    correct = int(tosses[order[-half:]].sum()) + int((~tosses[order[:half]]).sum())
    bound = epsilon_lower_bound(correct, count, canaries=canaries, delta=delta, level=level)
    return CanaryFindings(
        canaries=canaries, guesses=count, correct=correct, delta=delta, level=level, epsilon_at_least=bound,
        claimed=claimed, refuted=claimed is not None and bound > claimed,
    )  # fmt: skip


def check_power(canaries: int, *, claimed: float, delta: float) -> None:
    """Raise ``CanaryError`` where so few canaries cannot refute a promise, even if every guess is right."""
    needed = canaries_needed(claimed, delta=delta)
    if canaries < needed:
        raise CanaryError(
            f"{canaries} canaries cannot refute epsilon {claimed:.2f}, however right the guesses are; "
            f"take {needed} canaries, or more noise"
        )


def canaries_needed(claimed: float, *, delta: float, level: float = LEVEL) -> int:
    """Return how many canaries can refute a promise, if half of them are guessed at and every guess is right."""
    canaries = 4
    while canaries < MOST_CANARIES:
        guesses = canaries // 4 * 2
        if epsilon_lower_bound(guesses, guesses, canaries=canaries, delta=delta, level=level) > claimed:
            return canaries
        canaries += max(4, canaries // 16 // 4 * 4)
    raise CanaryError(f"no number of canaries below {MOST_CANARIES} refutes epsilon {claimed:.3g} at delta {delta:g}")


def epsilon_lower_bound(
    correct: int, guesses: int, *, canaries: int, delta: float, level: float = LEVEL, tolerance: float = 1e-4
) -> float:
    """Return the largest epsilon that so many correct guesses refute.

    Args:
        correct, guesses, canaries: 0 <= correct <= guesses <= canaries; each canary in with probability 1/2.
        delta: 0 to below 1.
        level: confidence, between 0 and 1.
    Returns:
        0 where the guesses are no better than chance; at most 64.
    Raises:
        CanaryError: numbers out of range.
    Source: Steinke, Nasr, Jagielski 2023, theorem 5.2.
    """
    if not 0 <= correct <= guesses <= canaries or guesses < 1 or not 0 <= delta < 1 or not 0 < level < 1:
        raise CanaryError(
            f"{correct} right of {guesses} guesses at {canaries} canaries, delta {delta}, level {level} bound nothing; "
            "give 0 <= correct <= guesses <= canaries, 0 <= delta < 1 and a level between 0 and 1"
        )
    if _p_value(0.0, correct, guesses, canaries, delta) > 1 - level:
        return 0.0
    low, high = 0.0, LARGEST_EPSILON
    while high - low > tolerance:
        middle = (low + high) / 2
        if _p_value(middle, correct, guesses, canaries, delta) <= 1 - level:
            low = middle
        else:
            high = middle
    return low


def _p_value(epsilon: float, correct: int, guesses: int, canaries: int, delta: float) -> float:
    """Return the largest probability of so many correct guesses under any (epsilon, delta)-private training.

    That of a binomial of e**epsilon / (1 + e**epsilon), and what delta may add to it: each canary may with probability
    delta be given away, which pushes up the tail by at most 2 m delta max_i P[correct - i <= W < correct] / i.
    """
    right = 1 / (1 + exp(-epsilon))
    tail = float(stats.binom.sf(correct - 1, guesses, right))
    if not delta or not correct:
        return min(tail, 1.0)
    i = np.arange(1, correct + 1)
    below = np.cumsum(stats.binom.pmf(correct - i, guesses, right))  # P[correct - i <= W <= correct - 1]
    return min(tail + 2 * canaries * delta * float((below / i).max()), 1.0)
