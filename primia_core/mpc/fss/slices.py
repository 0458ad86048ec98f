"""Keys of many comparisons, some thousands at a time.

The dealer so writes a key out of the memory, and mostly out of the cache, in which it made the one before: fresh pages
cost as much time as the keys. A party walks its keys in the same slices.
"""

from collections.abc import Iterator
from typing import Final

SLICE: Final = 65536
"""Elements; a multiple of a group, and enough for four threads to be worth their start."""


def slices(count: int) -> Iterator[tuple[str, slice]]:
    """Give each slice of so many elements and the name of its key."""
    for number, start in enumerate(range(0, count, SLICE)):
        yield f"key{number}", slice(start, min(start + SLICE, count))
