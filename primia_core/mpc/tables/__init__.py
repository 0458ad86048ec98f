"""Sign tests by one-time truth tables: no cryptography online, the least material or the fewest rounds."""

from primia_core.mpc.tables.opened import TableSign
from primia_core.mpc.tables.payload import PayloadTableSign

__all__ = ["PayloadTableSign", "TableSign"]
