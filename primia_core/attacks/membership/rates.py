"""How often an attacker is right when it may hardly ever be wrong. Knows scores only."""

from dataclasses import dataclass, field
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field

from primia_core.attacks.errors import MembershipError
from primia_core.evaluation.delong import delong
from primia_core.evaluation.intervals import clopper_pearson
from primia_core.evaluation.report import Figure

LEAST_OF_A_KIND = 2


class MembershipRates(BaseModel):
    """What an attack finds.

    Attributes:
        auc: of its scores, with DeLong's interval; 0.5 is guessing.
        tpr_at_1pct, tpr_at_0_1pct: the share of members found at the strictest threshold that accuses at most that
            share of the others, with Clopper and Pearson's interval for a given threshold. Undefined where there are
            too few others to tell such a share.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    members: int = Field(ge=0)
    others: int = Field(ge=0)
    auc: Figure
    tpr_at_1pct: Figure
    tpr_at_0_1pct: Figure


@dataclass(frozen=True)
class Guesses:
    """Scores of images that the target was trained on, and of such that it was not."""

    members: NDArray[np.float64] = field(repr=False)
    others: NDArray[np.float64] = field(repr=False)

    @classmethod
    def of(cls, members: ArrayLike, others: ArrayLike) -> "Guesses":
        """Check and keep both.

        Raises:
            MembershipError: fewer than two of a kind, or a score that is no number.
        """
        a, b = np.asarray(members, np.float64).ravel(), np.asarray(others, np.float64).ravel()
        if min(a.size, b.size) < LEAST_OF_A_KIND or not (np.isfinite(a).all() and np.isfinite(b).all()):
            raise MembershipError(f"{a.size} members and {b.size} others; give finite scores of 2 of each at least")
        return cls(a, b)

    def true_positive_rate(self, false_positive_rate: float) -> Figure:
        """Return the share of members that score above a threshold which at most so many of the others pass.

        Edge cases: with fewer than 1 / rate others the rate cannot be told, and the figure is undefined.
        """
        if not 0 < false_positive_rate < 1:
            raise MembershipError(f"a false positive rate of {false_positive_rate} is none; give 0 to 1")
        allowed = int(self.others.size * false_positive_rate + 1e-9)
        if allowed < 1:
            return Figure(value=None, low=None, high=None)
        threshold = np.sort(self.others)[self.others.size - allowed - 1]  # so many, and ties of the next, lie above
        found, n = int((self.members > threshold).sum()), self.members.size
        low, high = clopper_pearson(found, n)
        return Figure(value=found / n, low=low, high=high)

    def rates(self) -> MembershipRates:
        """Return every figure."""
        is_member = np.concatenate([np.ones(self.members.size, bool), np.zeros(self.others.size, bool)])
        area = delong(is_member, np.concatenate([self.members, self.others]))
        low, high = area.interval()
        return MembershipRates(
            members=self.members.size,
            others=self.others.size,
            auc=Figure(value=area.auc, low=low, high=high),
            tpr_at_1pct=self.true_positive_rate(0.01),
            tpr_at_0_1pct=self.true_positive_rate(0.001),
        )


def others_needed(false_positive_rate: float) -> int:
    """Return how many images outside the training set tell such a rate at all."""
    return ceil(1 / false_positive_rate - 1e-9)
