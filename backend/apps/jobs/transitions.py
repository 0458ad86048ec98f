"""Which state may follow which, one table for each kind of row. It moves rows in memory and never saves them."""

from collections.abc import Mapping
from typing import Final

from backend.apps.jobs.models import Attempt, Job, Round, SiteTask
from backend.common.transitions import Table, move_along, table

Row = Job | Round | Attempt | SiteTask

J, R, A, T = Job.State, Round.State, Attempt.State, SiteTask.State

JOB: Final = table(
    {
        J.DRAFT: {J.AWAITING_APPROVAL, J.CANCELLED},
        J.AWAITING_APPROVAL: {J.QUEUED, J.FAILED, J.CANCELLED},
        J.QUEUED: {J.RUNNING, J.PAUSED, J.FAILED, J.CANCELLED},
        J.RUNNING: {J.PAUSED, J.SUCCEEDED, J.FAILED, J.CANCELLED},
        J.PAUSED: {J.QUEUED, J.FAILED, J.CANCELLED},
        J.SUCCEEDED: set(),
        J.FAILED: set(),
        J.CANCELLED: set(),
    }
)
ROUND: Final = table({R.OPEN: {R.CLOSED, R.FAILED, R.CANCELLED}, R.CLOSED: set(), R.FAILED: set(), R.CANCELLED: set()})
ATTEMPT: Final = table(
    {
        A.OPEN: {A.ABORTING, A.CLOSED, A.FAILED, A.CANCELLED},
        A.ABORTING: {A.FAILED, A.CANCELLED},
        A.CLOSED: set(),
        A.FAILED: set(),
        A.CANCELLED: set(),
    }
)
SITE_TASK: Final = table(
    {
        T.QUEUED: {T.LEASED, T.DONE, T.FAILED, T.CANCELLED},
        T.LEASED: {T.QUEUED, T.HELD, T.DONE, T.FAILED, T.CANCELLED},
        T.HELD: {T.DONE, T.FAILED, T.CANCELLED},
        T.DONE: set(),
        T.FAILED: set(),
        T.CANCELLED: set(),
    }
)
TABLES: Final[Mapping[type, Table]] = {Job: JOB, Round: ROUND, Attempt: ATTEMPT, SiteTask: SITE_TASK}


def move(row: Row, state: str) -> None:
    """Give ``row`` its next state.

    Raises:
        IllegalTransition: the state cannot follow the present one.
    """
    move_along(row, state, TABLES)
