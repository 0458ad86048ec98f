"""Who masks with whom: everybody with everybody, or a sparse regular graph on a circle for many sites.

It knows names only. Shares of secrets go to everybody in either case; only the masks, which cost a pass over the
vectors each, are sparse.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class MaskGraph:
    """Sites on a circle, each masking with the ``reach`` sites on either side; all pairs where that is everybody.

    Security: the masks hide a site's value among the sites it is connected with by survivors that do not collude. The
        coordinator chooses who "dropped", and knows the circle, so nothing is left to chance here: a sum is opened
        only if ``connectivity`` of the survivors is above C, so that no C colluders, wherever they are, can split
        the others into groups whose sums would show. A circle of k neighbours has connectivity k before dropouts.
    Source: Harary, PNAS 48(7), 1962; used for masks on a random permutation by Bell, Bonawitz, Gascon, Lepoint,
        Raykova, CCS 2020, section 3.2. Here the permutation only spreads the load; the guarantee is checked.
    """

    circle: tuple[str, ...]
    reach: int

    @classmethod
    def of(cls, sites: Sequence[str], neighbours: int | None, seed: bytes) -> "MaskGraph":
        """Lay out a graph.

        Args:
            sites: at least two names.
            neighbours: k of each site, rounded up to an even number; ``None`` for all pairs.
            seed: bytes that all parties agree on; they permute the circle.
        """
        order = sorted(sites, key=lambda site: hashlib.sha256(b"primia mask graph v1" + seed + site.encode()).digest())
        return cls(tuple(order), len(sites) if neighbours is None else -(-neighbours // 2))

    @property
    def complete(self) -> bool:
        """Say whether everybody masks with everybody."""
        return 2 * self.reach >= len(self.circle) - 1

    def neighbours_of(self, site: str) -> tuple[str, ...]:
        """Return with whom a site masks, sorted."""
        here, n = self._place[site], len(self.circle)
        steps = range(1, n) if self.complete else [*range(1, self.reach + 1), *range(n - self.reach, n)]
        return tuple(sorted(self.circle[(here + step) % n] for step in steps))

    def connectivity(self, alive: Collection[str]) -> int:
        """Return how many of the sites in ``alive`` must be taken away to split the rest, or leave only one.

        To split a circle, two whole windows of ``reach`` places must be empty; the cheapest two are found.
        Cost: about n**2 / 2 additions; nothing with all pairs.
        """
        there = [site in alive for site in self.circle]
        best = max(sum(there) - 1, 0)
        if self.complete:
            return best
        return min([best, *(cut for cut in self._cuts(there))])

    def _cuts(self, there: Sequence[bool]) -> list[int]:
        """Return for every pair of windows with survivors on both sides how many survivors stand in them."""
        n, r = len(there), self.reach
        before = [0]  # before[i]: survivors among the first i places, twice around the circle
        for place in range(2 * n):
            before.append(before[-1] + there[place % n])
        inside = [before[start + r] - before[start] for start in range(n)]
        total, cuts = before[n], []
        for first in range(n):
            for second in range(first + r, min(n, first + n - r + 1)):
                between = before[second] - before[first + r]
                beyond = total - between - inside[first] - inside[second]
                if between > 0 and beyond > 0:
                    cuts.append(inside[first] + inside[second])
        return cuts

    @cached_property
    def _place(self) -> dict[str, int]:
        return {site: place for place, site in enumerate(self.circle)}
