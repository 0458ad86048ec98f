"""The two-party protocols by name. They differ in how a sign is read, and in nothing else."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from primia_core.mpc.errors import ProgramError
from primia_core.mpc.fss import HalfTreeSign, OneRoundSign
from primia_core.mpc.kernels import FixedKeys
from primia_core.mpc.sign import SignTest
from primia_core.mpc.tables import PayloadTableSign, TableSign

Protocol = Literal["fss", "fss-oneround", "tables", "tables-fast"]
STEPS_OF_A_SIGN: Mapping[str, int] = MappingProxyType({"fss": 1, "fss-oneround": 0, "tables": 2, "tables-fast": 1})

_TESTS: Mapping[str, Callable[[FixedKeys], SignTest]] = MappingProxyType(
    {
        "fss": HalfTreeSign,
        "fss-oneround": OneRoundSign,
        "tables": lambda _fixed: TableSign(),
        "tables-fast": lambda _fixed: PayloadTableSign(),
    }
)


def sign_test(protocol: str, stock_id: bytes) -> SignTest:
    """Return the sign test of a protocol, with the public keys of one stock.

    Raises:
        ProgramError: there is no such two-party protocol.
    """
    if protocol not in _TESTS:
        raise ProgramError(f"there is no two-party protocol {protocol!r}; take one of {', '.join(_TESTS)}")
    return _TESTS[protocol](FixedKeys.of_stock(stock_id))
