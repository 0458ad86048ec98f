"""Which groups are too small to be told of, and which others must then not be told of either. Counts nothing."""

from collections.abc import Mapping


def withhold(sizes: Mapping[str, int], smallest: int) -> frozenset[str]:
    """Return which groups a site must not count by themselves.

    Args:
        sizes: images of each group at this site.
        smallest: images that a group needs.
    Returns:
        Every group of fewer than ``smallest`` images, and, where those together have fewer too, the smallest others
        until what is withheld has ``smallest`` images or is everything. So each count that leaves a site is 0 or at
        least ``smallest``, and so is what is left when the others are subtracted from the whole.
    Edge cases: a site with fewer images than ``smallest`` in all withholds all of them.
    """
    found = {name for name, size in sizes.items() if 0 < size < smallest}
    others = sorted((size, name) for name, size in sizes.items() if size >= smallest)
    while found and others and sum(sizes[name] for name in found) < smallest:
        found.add(others.pop(0)[1])
    return frozenset(found)
