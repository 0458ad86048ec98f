"""Planted values in every form in which they could lie somewhere: bytes of numbers, text of numbers, hex and base64.

A form is found by a plain search for its bytes. It is long enough that chance does not write it.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RUN = 24
"""Bytes of a run that is searched; in base64 it may begin at any of three places, which costs up to four of them."""

TEXT = 11
"""Characters of a real number that is searched as text."""


class Canaries:
    """Named values, each in many forms."""

    def __init__(self) -> None:
        self._forms: dict[str, set[bytes]] = {}

    def plant_bytes(self, name: str, content: bytes) -> None:
        """Plant a run out of the middle of ``content``."""
        assert len(content) >= 12, name
        middle = max(0, len(content) // 2 - RUN // 2)
        run = content[middle : middle + RUN]
        assert len(set(run)) > 4, f"{name} is too plain to be searched"
        self._add(name, run, run.hex().encode(), run.hex().upper().encode())
        for skipped in range(3):
            aligned = run[skipped:]
            self._add(name, base64.b64encode(aligned[: len(aligned) // 3 * 3]))

    def plant_numbers(self, name: str, values: NDArray[np.int64]) -> None:
        """Plant integers: as words of 32 and 64 bits, as real numbers, and as text."""
        flat = np.asarray(values, np.int64).reshape(-1)
        for dtype in ("<i4", "<i8", "<f4", "<f8", ">i4"):
            self.plant_bytes(name, flat.astype(dtype).tobytes())
        some = [int(value) for value in flat[len(flat) // 2 : len(flat) // 2 + 6]] if len(flat) > 6 else flat.tolist()
        self._add(name, *(json.dumps(some, separators=(mark, ":"))[1:-1].encode() for mark in (",", ", ")))

    def plant_reals(self, name: str, values: Iterable[float]) -> None:
        """Plant real numbers: as their bytes, all together, and as text, each."""
        given = np.array(list(values), np.float64)
        for dtype in ("<f4", "<f8"):
            self._add(name, given.astype(dtype).tobytes())
        for value in given:
            text = f"{abs(value):.17g}"[:TEXT]
            assert len(text) == TEXT, f"{name}: {value} has too few digits to be searched"
            self._add(name, text.encode())

    def found_in(self, content: bytes) -> set[str]:
        """Return the names of what stands in ``content``."""
        return {name for name, forms in self._forms.items() if any(form in content for form in forms)}

    def _add(self, name: str, *forms: bytes) -> None:
        self._forms.setdefault(name, set()).update(forms)


def found_in(canaries: Canaries, content: Mapping[str, bytes] | Iterator[tuple[str, bytes]]) -> dict[str, set[str]]:
    """Return which places hold which canaries."""
    places = content.items() if isinstance(content, Mapping) else content
    return {place: found for place, held in places if (found := canaries.found_in(held))}


def files_below(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file below the folders, whole."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                try:
                    yield str(path), path.read_bytes()
                except (FileNotFoundError, PermissionError):
                    continue  # it went while we looked
