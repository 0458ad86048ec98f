"""One delivery of one task, from lease to answer: it has one of three ends, and none of them ends the worker.

It knows the link and the outbox; what a task means is its role's.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Literal

from primia_core.errors import PrimiaError
from workers.link import LeasedTask, LeaseKeeper
from workers.link.errors import AgentStopping, HubRefused, HubUnavailable, TaskStopped
from workers.link.patience import patiently
from workers.node.errors import TooManyDeliveries
from workers.node.job import PATIENCE_S, GiveBack, Job
from workers.node.node import Node
from workers.node.outbox import Body

log = logging.getLogger(__name__)

MAX_DELIVERIES = 100
"""A half of a computation comes again each time that its peer was at another one."""
LONGEST_MESSAGE = 1500

Carry = Callable[[Job, Mapping[str, Any]], Mapping[str, object]]
End = Literal["answered", "dropped", "give_back"]


def run(node: Node, delivery: LeasedTask, carry_out: Carry) -> End:
    """Do a task.

    Returns:
        ``answered``: the hub has the answer. ``dropped``: the hub no longer wants it. ``give_back``: the hub is away,
        this worker is stopping, or somebody else must move first, so it should be delivered again.
    """
    log.info("task %s, %s, delivery %d", delivery.id, delivery.kind, delivery.deliveries)
    lease = LeaseKeeper(node.link, delivery.id, delivery.lease_s, stopping=node.stopping)
    job = Job(node, delivery, lease)
    try:
        with lease:
            body = node.outbox.get(delivery.id) or _answer(node, delivery, job, carry_out)
            lease.check()
            patiently(lambda: node.link.answer(delivery.id, body), for_s=PATIENCE_S, stop=lease.should_stop)
            node.outbox.sent(delivery.id)
    except (AgentStopping, HubUnavailable, GiveBack) as error:
        log.warning("task %s is given back: %s", delivery.id, error.message)
        return "give_back"
    except TaskStopped as error:
        log.warning("task %s ends here: %s", delivery.id, error.message)
        return "dropped"
    except HubRefused as error:
        log.error("task %s: the hub does not take the answer: %s", delivery.id, error.message)
        return "dropped"
    _afterwards(job)
    return "answered"


def _answer(node: Node, delivery: LeasedTask, job: Job, carry_out: Carry) -> Body:
    """Return the task's stored answer; an error is one too."""
    try:
        if delivery.deliveries > MAX_DELIVERIES:
            raise TooManyDeliveries(
                f"this task was delivered {delivery.deliveries} times, limit {MAX_DELIVERIES}; "
                "the node's log says what ended it each time"
            )
        body: Body = {"result": carry_out(job, delivery.payload)}
    except (TaskStopped, HubUnavailable, GiveBack):
        raise
    except PrimiaError as error:
        log.warning("task %s, %s: %s: %s", delivery.id, delivery.kind, error.code, error.message)
        body = _failed(error.code, error.message[:LONGEST_MESSAGE], job)
    except Exception as error:
        log.exception("task %s, %s", delivery.id, delivery.kind)
        text = f"the node failed with {type(error).__name__}; its own log has the details"
        body = _failed("node.crashed", text, job)
    with node.database.transaction():
        stored = node.outbox.put(delivery.id, delivery.kind, body)
        node.journal.message(delivery.kind, stored, task=delivery.id)
    return stored


def _failed(code: str, message: str, job: Job) -> Body:
    return {"error": {"code": code, "message": message, "phase": job.lease.phase}}


def _afterwards(job: Job) -> None:
    """Do what can wait until after the answer; the answer stands, whatever becomes of it."""
    for call in job.later:
        try:
            call()
        except PrimiaError as error:
            log.info("after task %s: %s: %s", job.id, error.code, error.message)
        except Exception:
            log.exception("after task %s", job.id)
