"""What an operation costs in rounds, bytes and elements: exact numbers, from shapes and widths alone.

Each sign test and gate states its own cost with these; ``cost.py`` adds them up and turns them into seconds.
"""

from dataclasses import astuple, dataclass

from primia_core.mpc.profile import Width


@dataclass(frozen=True)
class Traffic:
    """Of one operation, or of several.

    Attributes:
        rounds: steps.
        sent: bytes that each party sends to the other.
        material: bytes of correlations that party 0, and party 1, are given besides their seeds.
    """

    rounds: int = 0
    sent: int = 0
    material: tuple[int, int] = (0, 0)

    def __add__(self, other: "Traffic") -> "Traffic":
        """Return both, one after the other."""
        first, second = (a + b for a, b in zip(self.material, other.material, strict=True))
        return Traffic(self.rounds + other.rounds, self.sent + other.sent, (first, second))

    def to_json(self) -> dict[str, object]:
        """Return the numbers by name."""
        rounds, sent, material = astuple(self)
        return {"rounds": rounds, "bytes_sent": sent, "key_bytes": {"p0": material[0], "p1": material[1]}}


NOTHING = Traffic()


def held_bytes(width: Width) -> int:
    """Return how many bytes a value of a width takes in memory and in correlation files."""
    return 2 if width.bits <= 16 else 4 if width.bits <= 32 else 8


def opening(count: int, width: Width) -> Traffic:
    """Return the traffic of opening so many values."""
    return Traffic(rounds=1, sent=count * (width.bits // 8))


def opening_bits(count: int) -> Traffic:
    """Return the traffic of opening so many bits."""
    return Traffic(rounds=1, sent=-(-count // 8))


def shared(count: int, *widths: Width) -> Traffic:
    """Return what sharing so many secrets of each width takes: party 1's half."""
    return Traffic(material=(0, count * sum(held_bytes(width) for width in widths)))


def both(material: int) -> Traffic:
    """Return what giving both parties the same bytes takes."""
    return Traffic(material=(material, material))
