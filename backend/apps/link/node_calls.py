"""What each short call of a node does: one service or selector, between an input and a JSON answer.

These run in the link's threads. They know no HTTP, and the nodes' rights are the services' business.
"""

from uuid import UUID

from django.utils import timezone

from backend.apps.diagnosis.models import Node, NodeTask
from backend.apps.diagnosis.selectors.descriptors import descriptor_for
from backend.apps.diagnosis.services import node_tasks
from backend.apps.diagnosis.services.nodes import node_enrol, node_heard
from backend.apps.diagnosis.services.stock import stock_note
from backend.apps.jobs.hub_identity import hub_identity
from backend.apps.link.greeting import PROTOCOL, check_greeting
from backend.apps.link.http import Json
from backend.apps.link.inputs import HelloInput, Nothing, ResultInput
from backend.apps.link.node_inputs import NodeEnrolInput, NodeRenewInput, StockInput
from backend.common.leases import LEASE


def enrol(given: NodeEnrolInput) -> Json:
    """Turn an invitation into a node. The credential is in this answer and nowhere else."""
    node, credential = node_enrol(
        token=given.token, public=given.public, role=given.role, origin=given.origin, address=given.address,
        now=timezone.now(),
    )  # fmt: skip
    return {
        "node": node.slug,
        "role": node.role,
        "federation": node.federation.slug,
        "credential": credential,
        "hub": hub_identity().public.to_json(),
    }


def hello(node: Node, given: HelloInput) -> Json:
    """Greet a worker, and take back whatever an earlier worker of the node held: there is one worker a node.

    Raises:
        ProtocolMismatch, ClockSkew: the worker could not work with this hub.
    """
    now = timezone.now()
    check_greeting(given, now=now)
    node_tasks.node_task_leases_return(node_id=node.id, now=now)
    node_heard(node_id=node.id, now=now, agent_version=given.agent_version)
    return {
        "node": node.slug,
        "role": node.role,
        "federation": node.federation.slug,
        "time": now.isoformat(),
        "protocol": PROTOCOL,
    }


def renew(node: Node, given: NodeRenewInput, task: UUID) -> Json:
    """Keep a task for another while, and tell the worker whether it is still wanted."""
    now = timezone.now()
    phase = given.progress.phase if given.progress else None
    status = node_tasks.node_task_renew(node_id=node.id, task_id=task, phase=phase, now=now)
    node_heard(node_id=node.id, now=now)
    return {"status": status, "lease_s": LEASE.total_seconds()}


def result(node: Node, given: ResultInput, task: UUID) -> Json:
    """Take a task's answer."""
    now = timezone.now()
    node_tasks.node_task_answer(node_id=node.id, task_id=task, answer=given.model_dump(exclude_none=True), now=now)
    node_heard(node_id=node.id, now=now)
    return {}


def acknowledge(node: Node, given: Nothing, task: UUID) -> Json:
    """Hear that a task need not be delivered again."""
    node_tasks.node_task_acknowledge(node_id=node.id, task_id=task, now=timezone.now())
    return {}


def release(node: Node, given: Nothing, task: UUID) -> Json:
    """Take an unfinished task back from a worker that stops, or whose peer is at another one."""
    node_tasks.node_task_release(node_id=node.id, task_id=task, now=timezone.now())
    return {}


def descriptor(node: Node, given: Nothing, service: UUID) -> Json:
    """Return the signed descriptor of a service that the node takes part in."""
    return descriptor_for(node, service_id=service).to_json()


def stock(node: Node, given: StockInput) -> Json:
    """Note how many sets of correlations a party holds."""
    now = timezone.now()
    stock_note(node_id=node.id, service_id=given.service, level=given.level, now=now)
    node_heard(node_id=node.id, now=now)
    return {}


def heard(node_id: UUID) -> None:
    """Note that a worker asks for a task."""
    node_heard(node_id=node_id, now=timezone.now())


def leased(node_id: UUID) -> NodeTask | None:
    """Lease the node's next task, if there is one that can be done."""
    return node_tasks.node_task_lease(node_id=node_id, now=timezone.now())
