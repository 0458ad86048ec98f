"""When a value of a program is read for the last time, so that nobody keeps it longer. Knows no gate."""

from primia_core.mpc.program.operations import (
    Input,
    Linear,
    Maximum,
    Operation,
    SecureProgram,
)


def sources(op: Operation) -> tuple[int, ...]:
    """Return the positions that an operation reads."""
    if isinstance(op, Input):
        return ()
    if isinstance(op, Linear):
        return tuple(term.source for term in op.terms)
    if isinstance(op, Maximum):
        return (op.left, op.right)
    return (op.source,)


def last_uses(program: SecureProgram) -> list[list[int]]:
    """Return for each operation the positions of the values that it is the last to read."""
    last: dict[int, int] = {}
    for position, op in enumerate(program.operations):
        for source in sources(op):
            last[source] = position
    ends: list[list[int]] = [[] for _ in program.operations]
    for source, position in last.items():
        ends[position].append(source)
    return ends
