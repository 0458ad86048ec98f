"""Which state of a study may follow which. It moves rows in memory and never saves them."""

from typing import Final

from backend.apps.readings.models import ReaderStudy
from backend.common.transitions import move_along, table

S = ReaderStudy.State

STUDY: Final = table({S.DRAFT: {S.OPEN}, S.OPEN: {S.CLOSED}, S.CLOSED: set()})


def move(study: ReaderStudy, state: str) -> None:
    """Give ``study`` its next state.

    Raises:
        IllegalTransition: the state cannot follow the present one.
    """
    move_along(study, state, {ReaderStudy: STUDY})
