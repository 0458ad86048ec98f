"""The mask graph: regular, symmetric, and as hard to split as it says, checked against every way of splitting it."""

from itertools import combinations

import pytest

from primia_core.secagg.graph import MaskGraph
from tests.core.secagg.parties import names


def connected(graph, alive):
    alive = set(alive)
    reached, frontier = set(), {min(alive)}
    while frontier:
        reached |= frontier
        frontier = {peer for site in frontier for peer in graph.neighbours_of(site)} & alive - reached
    return reached == alive


def connectivity_by_trying(graph, alive):
    for size in range(len(alive) - 1):
        if any(not connected(graph, set(alive) - set(cut)) for cut in combinations(alive, size)):
            return size
    return len(alive) - 1


@pytest.mark.parametrize(("n", "k"), [(30, 20), (100, 20), (255, 20), (23, 21), (50, 7)])
def test_every_site_has_the_same_number_of_neighbours_and_they_agree(n, k):
    graph = MaskGraph.of(names(n), k, b"seed")
    for site in names(n):
        near = graph.neighbours_of(site)
        assert len(near) == len(set(near)) == k + k % 2
        assert site not in near
        assert all(site in graph.neighbours_of(peer) for peer in near)


@pytest.mark.parametrize(("n", "k"), [(3, None), (20, None), (6, 5), (6, 6), (7, 6)])
def test_graph_is_complete_where_neighbours_are_everybody(n, k):
    graph = MaskGraph.of(names(n), k, b"seed")
    assert graph.complete
    assert all(set(graph.neighbours_of(site)) == set(names(n)) - {site} for site in names(n))
    assert graph.connectivity(names(n)) == n - 1


def test_another_seed_gives_another_circle():
    assert MaskGraph.of(names(30), 20, b"one").circle != MaskGraph.of(names(30), 20, b"two").circle


@pytest.mark.parametrize("k", [2, 4, 6])
def test_connectivity_before_dropouts_is_the_number_of_neighbours(k):
    graph = MaskGraph.of(names(10), k, b"seed")
    assert graph.connectivity(names(10)) == k == connectivity_by_trying(graph, names(10))


@pytest.mark.parametrize(("n", "k"), [(7, 2), (8, 4), (9, 4), (9, 6)])
def test_connectivity_is_exact_for_every_set_of_survivors(n, k):
    graph = MaskGraph.of(names(n), k, b"seed")
    for size in range(2, n + 1):
        for alive in combinations(graph.circle, size):
            assert graph.connectivity(alive) == connectivity_by_trying(graph, alive), alive
