"""Runs that nobody else's work disturbed, on a machine that others use too. Needs Linux's /proc."""

import os
import time
from pathlib import Path
from typing import Any

from primia_core.mpc.local.calm import MOST, Calm
from primia_core.mpc.local.engine import Inference, LocalEngine

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
MOST_SHARE = 0.03
"""Of all cores, that others may use during a run that counts."""
LEAST_TICKS = 2


class QuietEngine(LocalEngine):
    """An engine that answers again until others stood still meanwhile, or its patience for one answer is over.

    Ticks tell of others' work beside dealing and preparing too; delays and pace, more finely, of that beside the run.

    Attributes:
        patience_s: of one answer; then the least disturbed one counts.
        disturbed: how many answers count although others worked.
    """

    patience_s = 30.0
    disturbed = 0
    calm = Calm()

    def infer(self, *arguments: Any, **choice: Any) -> Inference:
        """Answer one batch."""
        began = time.monotonic()
        best: tuple[float, Inference] | None = None
        while True:
            before, at = self._others(), time.monotonic()
            answer = super().infer(*arguments, **choice)
            room = (time.monotonic() - at) * TICKS_A_SECOND * (os.cpu_count() or 1)
            others = self._others() - before
            held_up = self.calm.disturbance(answer)
            if others <= max(LEAST_TICKS, MOST_SHARE * room) and held_up <= MOST:
                return answer
            if best is None or others / room + held_up < best[0]:
                best = (others / room + held_up, answer)
            if time.monotonic() - began > self.patience_s:
                type(self).disturbed += 1
                return best[1]

    def _others(self) -> int:
        """Return the ticks that all but this process and its children have used since the machine started."""
        processes = [*self.parties, *([self.dealer] if self.dealer else [])]
        mine = sum(_ticks_of(pid) for pid in (os.getpid(), *(process.pid for process in processes)))
        user, nice, system, _, _, irq, softirq, steal = _numbers(Path("/proc/stat").read_text().splitlines()[0])[:8]
        return user + nice + system + irq + softirq + steal - mine


def _ticks_of(pid: int | None) -> int:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return int(user) + int(system)


def _numbers(line: str) -> list[int]:
    return [int(number) for number in line.split()[1:]]
