"""Which runs others' work has disturbed: by holding a party up, or, from outside this machine, by slowing it down.

Such runs say nothing of what a network costs, so that rates are not taken from them.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from primia_core.mpc.local.engine import Inference

MOST = 0.12
"""Of a run that counts as undisturbed, the share by which it was held up and slowed down together."""
PATIENCE_S = 10.0
"""How long to run one network again for such runs."""


@dataclass
class Calm:
    """A judge of runs.

    Attributes:
        pace_s: of the fastest moment seen so far.
    """

    pace_s: float = math.inf

    def disturbance(self, run: Inference) -> float:
        """Return by which share of its time a run was held up, and how much slower than ever its processors were.

        Edge cases: 0 where the parties shared processors, whose delays are their own doing.
        """
        if run.pace_s == 0:
            return 0.0
        self.pace_s = min(self.pace_s, run.pace_s)
        return run.delayed_s / run.online_s + run.pace_s / self.pace_s - 1

    def undisturbed(self, run: Callable[[], Inference], count: int) -> list[Inference]:
        """Run until so many runs were undisturbed or patience is over; return those that were disturbed least."""
        deadline = time.monotonic() + PATIENCE_S
        runs: list[Inference] = []
        while len(runs) < count or (self._quiet(runs) < count and time.monotonic() < deadline):
            runs.append(run())
        return sorted(runs, key=self.disturbance)[:count]

    def _quiet(self, runs: list[Inference]) -> int:
        return sum(self.disturbance(run) <= MOST for run in runs)
