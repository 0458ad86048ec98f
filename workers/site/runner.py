"""One delivery of one task, from lease to answer: whatever happens here has one of four ends and never ends the worker.

It knows the link and the outbox; what a task means is in ``handlers``.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Literal

from primia_core.errors import PrimiaError
from workers.link import LeasedTask, LeaseKeeper, LinkClient
from workers.link.client import Renewal
from workers.link.errors import AgentStopping, HubRefused, HubUnavailable, TaskStopped
from workers.link.patience import patiently
from workers.site.agent import Agent
from workers.site.errors import TooManyDeliveries
from workers.site.handlers import Handlers
from workers.site.journal import Journal
from workers.site.outbox import Answer

log = logging.getLogger(__name__)

MAX_DELIVERIES = 8
PATIENCE_S = 60.0
WITHHELD = ("imaging.", "site.data")
"""Codes whose messages may name files, and files may be named after patients; the hub is told the code alone."""

End = Literal["answered", "dropped", "waits", "give_back"]


class JournaledRenewals:
    """The link's renewals, each written down before it leaves."""

    def __init__(self, link: LinkClient, journal: Journal) -> None:
        self._link, self._journal = link, journal

    def renew(self, task_id: str, progress: Mapping[str, object] | None) -> Renewal:
        """Note the progress, then tell it."""
        if progress:
            self._journal.progress(progress, task=task_id)
        return self._link.renew(task_id, progress)


def run(agent: Agent, delivery: LeasedTask) -> End:
    """Do a task.

    Returns:
        ``answered``: the hub has the answer. ``dropped``: the hub no longer wants it. ``waits``: for a person.
        ``give_back``: the hub is away or this agent is stopping, so it should be delivered again.
    """
    log.info("task %s, %s, delivery %d", delivery.id, delivery.kind, delivery.deliveries)
    renewals = JournaledRenewals(agent.link, agent.journal)
    lease = LeaseKeeper(renewals, delivery.id, delivery.lease_s, stopping=agent.stopping)
    try:
        with lease:
            answer = agent.outbox.get(delivery.id) or _answer(agent, delivery, lease)
            if answer is None:
                return "waits"
            deliver(agent, delivery.id, answer, lease)
    except (AgentStopping, HubUnavailable) as error:
        log.warning("task %s is given back: %s", delivery.id, error.message)
        return "give_back"
    except TaskStopped as error:
        log.warning("task %s ends here: %s", delivery.id, error.message)
        return "dropped"
    except HubRefused as error:
        log.error("task %s: the hub does not take the answer: %s", delivery.id, error.message)
        return "dropped"
    return "answered"


def deliver(agent: Agent, task_id: str, answer: Answer, lease: LeaseKeeper | None = None) -> None:
    """Send a stored answer: its blob first, then the answer, each as often as it takes."""

    def uploading(done: int, total: int) -> None:
        if lease is not None:
            lease.progress("uploading", done, total)
            if lease.should_stop():
                lease.check()

    if lease is not None:
        lease.check()
    if answer.artifact is not None:
        agent.artifacts.upload(answer.artifact, kind="submission", task_id=task_id, progress=uploading)
    patiently(lambda: agent.link.answer(task_id, answer.body), for_s=PATIENCE_S, stop=agent.stopping.is_set)
    agent.outbox.sent(task_id)


def _answer(agent: Agent, delivery: LeasedTask, lease: LeaseKeeper) -> Answer | None:
    """Return the task's answer; an error is one too."""
    try:
        if delivery.deliveries > MAX_DELIVERIES and delivery.kind != "plan.review":
            raise TooManyDeliveries(
                f"this task was delivered {delivery.deliveries} times, limit {MAX_DELIVERIES}; "
                "the agent's log says what ended it each time"
            )
        return Handlers(agent, delivery.id, lease).answer(delivery.kind, delivery.payload)
    except (TaskStopped, HubUnavailable):
        raise
    except PrimiaError as error:
        log.warning("task %s, %s: %s: %s", delivery.id, delivery.kind, error.code, error.message)
        return _failed(agent, delivery, error.code, _told(error), lease)
    except Exception as error:
        log.exception("task %s, %s", delivery.id, delivery.kind)
        text = f"the agent failed with {type(error).__name__}; the site's own log has the details"
        return _failed(agent, delivery, "site.crashed", text, lease)


def _told(error: PrimiaError) -> str:
    if error.code.startswith(WITHHELD):
        return "this site's images cannot be used as they are; the site's own log has the details"
    return error.message if len(error.message) <= 1500 else f"{error.message[:1500]}… (shortened)"


def _failed(agent: Agent, delivery: LeasedTask, code: str, message: str, lease: LeaseKeeper) -> Answer:
    body = {"error": {"code": code, "message": message, "phase": lease.phase}}
    with agent.database.transaction():
        answer = agent.outbox.put(delivery.id, delivery.kind, Answer(body))
        agent.journal.message("error", answer.body, task=delivery.id)
    return answer


def look_again(agent: Agent, delivery: LeasedTask) -> Callable[[], Answer | None]:
    """Return what asks whether a waiting task has its answer by now."""
    lease = LeaseKeeper(agent.link, delivery.id, delivery.lease_s)
    return lambda: agent.outbox.get(delivery.id) or _answer(agent, delivery, lease)
