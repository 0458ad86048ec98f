"""A sampled batch cut into pieces that fit the memory: units stay whole, so that each is clipped as one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from primia_core.privacy.sampling import Indices


@dataclass(frozen=True)
class Piece:
    """Some images, and which of ``count`` units each belongs to.

    ``continues`` marks a part of one unit that is larger than a piece: what follows belongs to the same unit.
    """

    images: Indices
    units: Indices
    count: int
    continues: bool = False


def pieces(units: Sequence[Indices], *, at_most: int) -> Iterator[Piece]:
    """Cut a batch of units into pieces of at most ``at_most`` images; a batch of no units is one empty piece."""
    waiting: list[Indices] = []
    yielded = False
    for unit in units:
        if waiting and sum(map(len, waiting)) + len(unit) > at_most:
            yield _piece(waiting)
            waiting, yielded = [], True
        if len(unit) > at_most:
            parts = [unit[start : start + at_most] for start in range(0, len(unit), at_most)]
            for part in parts:
                yield Piece(part, np.zeros(len(part), np.int64), 1, continues=part is not parts[-1])
            yielded = True
        else:
            waiting.append(unit)
    if waiting or not yielded:
        yield _piece(waiting)


def _piece(units: Sequence[Indices]) -> Piece:
    images = np.concatenate([np.empty(0, np.int64), *units])
    return Piece(images, np.repeat(np.arange(len(units), dtype=np.int64), [len(unit) for unit in units]), len(units))
