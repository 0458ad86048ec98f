"""What sites put into the ring, seen before it is encoded: the yardstick that a decoded sum is held against."""

from typing import NamedTuple

import numpy as np
import pytest

from primia_core.federation import site_work
from primia_core.federation.layout import GROUPS, GroupName


class Encoded(NamedTuple):
    """One site's change of one tensor group, and the samples that weigh it."""

    group: GroupName
    samples: int
    values: np.ndarray


def watch_encoding(monkeypatch: pytest.MonkeyPatch) -> list[Encoded]:
    """Return a list that will hold what each site encodes, in the order of the sites and groups."""
    seen: list[Encoded] = []
    real, calls = site_work.encode, 0

    def spy(values: np.ndarray, **options: int) -> object:
        nonlocal calls
        seen.append(Encoded(GROUPS[calls % len(GROUPS)], options["samples"], values.copy()))
        calls += 1
        return real(values, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(site_work, "encode", spy)
    return seen
