"""Which state may follow which, one table for each kind of row. It moves rows in memory and never saves them."""

from collections.abc import Mapping
from typing import Final

from backend.apps.diagnosis.models import Diagnosis, DiagnosisService, NodeTask
from backend.common.transitions import Table, move_along, table

Row = DiagnosisService | Diagnosis | NodeTask

S, D, T = DiagnosisService.State, Diagnosis.State, NodeTask.State

SERVICE: Final = table(
    {
        S.PREPARING: {S.MASKING, S.FAILED, S.CLOSED},
        S.MASKING: {S.SHARING, S.FAILED, S.CLOSED},
        S.SHARING: {S.OPENING, S.FAILED, S.CLOSED},
        S.OPENING: {S.SIGNING, S.FAILED, S.CLOSED},
        S.SIGNING: {S.OPEN, S.FAILED, S.CLOSED},
        S.OPEN: {S.CLOSED},
        S.CLOSED: set(),
        S.FAILED: {S.PREPARING, S.CLOSED},
    }
)
DIAGNOSIS: Final = table(
    {
        D.QUEUED: {D.COMPUTING, D.FAILED, D.EXPIRED},
        D.COMPUTING: {D.QUEUED, D.ANSWERED, D.FAILED, D.EXPIRED},
        D.ANSWERED: {D.COLLECTED, D.EXPIRED},
        D.COLLECTED: set(),
        D.FAILED: set(),
        D.EXPIRED: set(),
    }
)
NODE_TASK: Final = table(
    {
        T.QUEUED: {T.LEASED, T.DONE, T.FAILED, T.CANCELLED},
        T.LEASED: {T.QUEUED, T.DONE, T.FAILED, T.CANCELLED},
        T.DONE: set(),
        T.FAILED: set(),
        T.CANCELLED: set(),
    }
)
TABLES: Final[Mapping[type, Table]] = {DiagnosisService: SERVICE, Diagnosis: DIAGNOSIS, NodeTask: NODE_TASK}


def move(row: Row, state: str) -> None:
    """Give ``row`` its next state.

    Raises:
        IllegalTransition: the state cannot follow the present one.
    """
    move_along(row, state, TABLES)
