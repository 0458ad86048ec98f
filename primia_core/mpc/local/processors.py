"""Which processors a party may use, how long it stood ready without one, and how fast they are just now.

A scheduler that is free to choose often wakes a party on the processor of the one that sent to it, and leaves it there:
both then compute in turn, and a run takes up to twice as long as the next one. So parties keep to processors of their
own where there are enough.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path

NANOSECONDS = 1e-9
PACE_STEPS = 10_000


def own_processors(allowed: Sequence[int], party: int, parties: int, threads: int) -> Sequence[int]:
    """Return the processors that a party has to itself; none where there are too few for all parties' threads."""
    return allowed[party::parties] if len(allowed) >= parties * threads else ()


def keep_to_own(party: int, parties: int, threads: int) -> bool:
    """Keep this thread, and those that it starts, to its party's processors: whether it has any."""
    if not hasattr(os, "sched_setaffinity"):
        return False
    own = own_processors(sorted(os.sched_getaffinity(0)), party, parties, threads)
    if own:
        os.sched_setaffinity(0, own)
    return bool(own)


def delayed_s() -> float:
    """Return how long this thread has stood ready in all while its processors did others' work; 0 if untold."""
    told = Path("/proc/thread-self/schedstat")
    return int(told.read_text().split()[1]) * NANOSECONDS if told.exists() else 0.0


def pace_s() -> float:
    """Return what a fixed piece of work takes just now, about a millisecond.

    It takes longer where what this machine has for a processor does others' work too, unseen from within: another
    virtual machine's, on the same core.
    """
    began, total = time.perf_counter(), 0
    for number in range(PACE_STEPS):
        total += number * number
    return time.perf_counter() - began
