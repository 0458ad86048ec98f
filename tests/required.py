"""What a test may lack on a small machine, and may not lack in `make test`: one place decides between skip and fail."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

DEMAND = "PRIMIA_REQUIRE_ALL"


def everything_is_required() -> bool:
    """Say whether a missing part is a failure: so it is in `make test`."""
    return os.environ.get(DEMAND, "") not in ("", "0")


def missing(what: str) -> NoReturn:
    """Skip the running test for want of ``what``, or fail it where everything is required."""
    if everything_is_required():
        pytest.fail(f"{what}, and {DEMAND} is set", pytrace=False)
    pytest.skip(what)


def data_folder() -> Path:
    """Return the folder of real data: PRIMIA_DATA, else ../shared/data. Skip where there is none.

    Real images are no part that set-up installs, so their absence is a failure only where PRIMIA_DATA names them.
    """
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    named = os.environ.get("PRIMIA_DATA")
    folder = Path(named or beside)
    if folder.is_dir():
        return folder
    if named:
        missing(f"PRIMIA_DATA names {folder}, which is no folder")
    pytest.skip(f"no real data at {folder}; name a folder in PRIMIA_DATA")
