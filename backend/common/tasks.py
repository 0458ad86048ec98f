"""The names of the hub's tasks, and which have a queue of their own. Whoever enqueues knows a name and ids, no code."""

from enum import StrEnum


class Task(StrEnum):
    """Every task of the hub; ``workers.hub`` registers one function for each."""

    JOB_PREPARE = "jobs.prepare"
    JOB_ADVANCE = "jobs.advance"
    ATTEMPT_ADVANCE = "attempts.advance"
    DEMONSTRATION_DRAW = "demonstrations.draw"
    WEBHOOK_DELIVER = "webhooks.deliver"
    SERVICE_ADVANCE = "services.advance"
    RECONCILE = "reconcile"
    RECONCILE_DIAGNOSES = "diagnoses.reconcile"


WEBHOOKS = "webhooks"
"""A queue of its own: a receiver that is slow keeps no job and no diagnosis waiting."""
AUDITS = "audits"
"""A queue of its own: attacking drawings takes minutes, and jobs go on meanwhile."""
QUEUES = {Task.WEBHOOK_DELIVER.value: {"queue": WEBHOOKS}, Task.DEMONSTRATION_DRAW.value: {"queue": AUDITS}}
