"""The names of the coordinator's tasks. Whoever enqueues knows a name and ids, never the code behind them."""

from enum import StrEnum


class Task(StrEnum):
    """Every task on the queue ``coordinator``; ``workers.hub`` registers one function for each."""

    JOB_PREPARE = "jobs.prepare"
    JOB_ADVANCE = "jobs.advance"
    ATTEMPT_ADVANCE = "attempts.advance"
    WEBHOOK_DELIVER = "webhooks.deliver"
    SERVICE_ADVANCE = "services.advance"
    RECONCILE = "reconcile"
    RECONCILE_DIAGNOSES = "diagnoses.reconcile"
