"""Who masks with whom: everybody with everybody, or a sparse regular graph for many sites.

It knows names only; keys, shares and thresholds of a session are elsewhere.
"""

import hashlib
from collections.abc import Sequence
from math import comb


def holders_of(sites: Sequence[str], neighbours: int | None, seed: bytes) -> dict[str, tuple[str, ...]]:
    """Return for each site the sorted closed neighbourhood: itself and those it masks and shares with.

    Args:
        sites: at least two names, sorted.
        neighbours: k, rounded up to an even number; ``None`` or at least n - 1 for all pairs.
        seed: bytes that all parties agree on.
    Returns:
        A symmetric relation; every site has the same number of neighbours.
    Security: the masks hide a site's value among those it is connected with by honest survivors. With all pairs that
        is certain. In the sparse graph it holds but for ``failure_probability``, for a permutation that the adversary
        did not choose; whoever can try many proposals can choose among permutations, so a federation that fears an
        active coordinator takes k large enough that ``local_threshold(k + 1)`` is above C, which makes it certain.
    Source: Bell, Bonawitz, Gascon, Lepoint, Raykova, CCS 2020, section 3.2 (Harary graph on a random permutation).
        Here the permutation comes from the session's digest and not from the server, and a site also holds a share
        of its own secrets, so that all pairs is the protocol of Bonawitz et al.
    """
    n = len(sites)
    reach = n if neighbours is None else -(-neighbours // 2)
    if 2 * reach >= n - 1:
        return {site: tuple(sites) for site in sites}
    circle = permuted(sites, seed)
    around = range(-reach, reach + 1)
    return {site: tuple(sorted(circle[(here + step) % n] for step in around)) for here, site in enumerate(circle)}


def permuted(sites: Sequence[str], seed: bytes) -> list[str]:
    """Return the sites in the order of SHA-256(seed, site): a uniform permutation to whoever cannot choose the seed."""
    return sorted(sites, key=lambda site: hashlib.sha256(b"primia mask graph v1" + seed + site.encode()).digest())


def local_threshold(holders: int) -> int:
    """Return how many of a site's share holders reconstruct its secrets: floor(2h/3) + 1."""
    return 2 * holders // 3 + 1


def failure_probability(sites: int, neighbours: int, colluders: int, dropped: int) -> tuple[float, float]:
    """Return bounds on how a sparse graph with a random permutation may fail.

    Returns:
        The probability (union bound over the sites) that colluders alone hold enough shares of some honest site, and
        that too many of some site's holders dropped, so that the attempt cannot be finished.
    """
    holders = 2 * -(-neighbours // 2) + 1
    t = local_threshold(holders)
    others = holders - 1
    exposed = _tail(sites - 1, colluders, others, t)
    stuck = _tail(sites - 1, dropped, others, holders - t + 1)
    return min(1.0, sites * exposed), min(1.0, sites * stuck)


def _tail(population: int, marked: int, drawn: int, at_least: int) -> float:
    """Return P(X >= at_least) of the hypergeometric distribution."""
    ways = sum(comb(marked, k) * comb(population - marked, drawn - k) for k in range(at_least, min(marked, drawn) + 1))
    return ways / comb(population, drawn)
