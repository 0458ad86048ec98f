"""The coordinator's own identity: it signs sums, and every plan names it. Made once, when it is first needed."""

import fcntl
from functools import cache
from pathlib import Path

from django.conf import settings

from primia_core.secagg.errors import IdentityError
from primia_core.secagg.identity import Identity


def hub_identity() -> Identity:
    """Return the identity in the folder that ``PRIMIA_HUB_IDENTITY`` names."""
    return _identity(Path(settings.PRIMIA_HUB_IDENTITY))


@cache
def _identity(folder: Path) -> Identity:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:  # web and worker may both be the first
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return Identity.load(folder)
        except IdentityError:
            return Identity.create(folder, "coordinator")
