"""What one party's run cost: rounds, bytes and seconds, in all, by operation and by kind of operation.

It reads no clock; who drives the run notes what it measured.
"""

from dataclasses import asdict, dataclass, field

from primia_core.mpc.steps import Step
from primia_core.mpc.transport.frames import HEADER_BYTES


@dataclass
class Cost:
    """Sums over some steps of a party.

    Attributes:
        rounds: steps, also those in which the party is only silent.
        messages: messages sent.
        bytes_sent, bytes_received: payload bytes; a frame adds 32, TLS 22 for every 16 KiB.
        compute_s: seconds in the party itself, up to the step that it then yields.
        wait_s: seconds from a step to its answers: encryption, transmission, and waiting for the peers.
    """

    rounds: int = 0
    messages: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    compute_s: float = 0.0
    wait_s: float = 0.0

    def add(self, other: "Cost") -> None:
        """Add another sum to this one."""
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass
class Counters:
    """The costs of a run, or of several one after another, by label ``"<operation index>:<kind>"``."""

    by_label: dict[str, Cost] = field(default_factory=dict)

    def computed(self, label: str, seconds: float) -> None:
        """Note what a party computed before it yielded a step of this label, or after its last step."""
        self._at(label).compute_s += seconds

    def exchanged(self, step: Step, seconds: float) -> None:
        """Note a step whose answers are all there."""
        cost = self._at(step.label)
        cost.rounds += 1
        cost.messages += len(step.send)
        cost.bytes_sent += sum(memoryview(message).nbytes for message in step.send.values())
        cost.bytes_received += sum(step.expect.values())
        cost.wait_s += seconds

    @property
    def total(self) -> Cost:
        """Return the sum over all labels."""
        return _sum(list(self.by_label.values()))

    @property
    def by_kind(self) -> dict[str, Cost]:
        """Return the sums over the operations of a kind, which is what stands behind the colon of a label."""
        groups: dict[str, list[Cost]] = {}
        for label, cost in self.by_label.items():
            groups.setdefault(label.partition(":")[2] or label, []).append(cost)
        return {kind: _sum(costs) for kind, costs in groups.items()}

    def to_json(self) -> dict[str, object]:
        """Return everything as plain numbers: ``total``, ``by_kind``, ``by_label`` and the bytes of the frames."""
        total = self.total
        return {
            "total": asdict(total),
            "frame_bytes_sent": total.messages * HEADER_BYTES,
            "by_kind": {kind: asdict(cost) for kind, cost in self.by_kind.items()},
            "by_label": {label: asdict(cost) for label, cost in self.by_label.items()},
        }

    def _at(self, label: str) -> Cost:
        return self.by_label.setdefault(label, Cost())


def _sum(costs: list[Cost]) -> Cost:
    total = Cost()
    for cost in costs:
        total.add(cost)
    return total
