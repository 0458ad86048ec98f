"""Under which conditions a program runs: protocol, batch, network, threads."""

import math
from dataclasses import dataclass

from primia_core.mpc.errors import CostError
from primia_core.mpc.protocols import STEPS_OF_A_SIGN

SECURENN = "securenn"
PROTOCOLS = (*STEPS_OF_A_SIGN, SECURENN)


@dataclass(frozen=True)
class Conditions:
    """How a program is run.

    Attributes:
        protocol: ``fss``, ``fss-oneround``, ``tables``, ``tables-fast`` or ``securenn``.
        batch: images of a run.
        latency_ms: one way, added to what the machine has.
        bandwidth_mbps: of each direction between two parties; infinite for no limit.
        threads: of each process.
        kernels: level of the kernels; ``None`` for whichever the rates are of.
    Raises:
        CostError: no such protocol, or a number out of its range.
    """

    protocol: str
    batch: int = 1
    latency_ms: float = 0.0
    bandwidth_mbps: float = math.inf
    threads: int = 1
    kernels: str | None = None

    def __post_init__(self) -> None:
        if self.protocol not in PROTOCOLS:
            raise CostError(f"there is no protocol {self.protocol!r}; take one of {', '.join(PROTOCOLS)}")
        if self.batch < 1 or self.threads < 1:
            raise CostError(f"batch and threads are at least 1, got {self.batch} and {self.threads}")
        if not (0 <= self.latency_ms < math.inf and self.bandwidth_mbps > 0):
            raise CostError(
                f"latency is at least 0 ms and bandwidth more than 0 Mbit/s, got {self.latency_ms} and "
                f"{self.bandwidth_mbps}; leave a limit away instead"
            )

    @property
    def shaped(self) -> bool:
        """Return whether anything is added to the machine's own network."""
        return self.latency_ms > 0 or self.bandwidth_mbps != math.inf

    def line_seconds(self, rounds: int, nbytes: int) -> float:
        """Return what so many rounds with so many bytes in all take on the added line."""
        return rounds * self.latency_ms / 1e3 + 8 * nbytes / (self.bandwidth_mbps * 1e6)
