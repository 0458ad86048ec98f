"""A federation of simulated hospitals on the real database.

Django's settings are read after this file, so whatever needs them is imported inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.backend.jobs.conductor import Conductor


@pytest.fixture
def conduct(db: None, settings: object, tmp_path: object) -> Callable[..., Conductor]:
    """Return a function that founds a federation of so many hospitals."""
    import torch
    from django.utils import timezone

    from tests.backend.jobs.conductor import Conductor
    from tests.backend.jobs.hospitals import hospital
    from tests.backend.jobs.squares import Squares
    from tests.backend.world import consortium, person

    torch.set_num_threads(1)
    settings.PRIMIA_STORAGE = tmp_path / "storage"

    def found(sites: int = 3, *, min_survivors: int = 3, train: int = 24) -> Conductor:
        now = timezone.now()
        ada = person("ada")
        federation = consortium("squares", coordinator=ada, min_survivors=min_survivors)
        names = ["aalborg", "basel", "coimbra", "dresden", "evora", "ferrara"][:sites]
        hospitals = [hospital(federation, name, Squares(i, train), now) for i, name in enumerate(names)]
        return Conductor(federation, ada, hospitals, now)

    return found
