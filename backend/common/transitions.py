"""Which state may follow which: tables of names, and the one way to move a row along them. It saves nothing."""

from collections.abc import Mapping
from typing import Protocol

from backend.common.errors import IllegalTransition

Table = Mapping[str, frozenset[str]]


class Stateful(Protocol):
    """A row that stands somewhere."""

    state: str


def table(rows: Mapping[str, set[str]]) -> Table:
    """Return a table of plain names."""
    return {str(state): frozenset(str(after) for after in following) for state, following in rows.items()}


def move_along(row: Stateful, state: str, tables: Mapping[type, Table]) -> None:
    """Give ``row`` its next state.

    Raises:
        IllegalTransition: the state cannot follow the present one.
    """
    if state not in tables[type(row)][row.state]:
        raise IllegalTransition(current=str(row.state), wanted=str(state))
    row.state = state
