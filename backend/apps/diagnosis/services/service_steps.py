"""The way of a service from prepared to open: each step asks nodes something, and their answers make the next one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from pydantic import ValidationError

from backend.apps.audit.services import audit_append
from backend.apps.diagnosis.errors import BadAnswer
from backend.apps.diagnosis.models import DescriptorSignature, DiagnosisService, Node, NodeTask, SealedBlob
from backend.apps.diagnosis.services.descriptor_log import log_append
from backend.apps.diagnosis.services.descriptor_make import descriptor_make, facts_of, parties
from backend.apps.diagnosis.services.locking import hold_service, next_order
from backend.apps.diagnosis.services.mailbox import node_task_queue, role_of
from backend.apps.diagnosis.services.service_end import service_fail
from backend.apps.diagnosis.services.stock import stock_advance
from backend.apps.diagnosis.transitions import move
from primia_core.diagnosis.descriptor import Descriptor
from primia_core.diagnosis.vouching import Signature, verify
from primia_core.errors import PrimiaError

State, Kind = DiagnosisService.State, NodeTask.Kind
Answers = Mapping[str, dict[str, Any]]


@transaction.atomic
def service_advance(*, service_id: UUID, now: datetime) -> None:
    """Do whatever a service is ready for. Where it waits for a node, nothing changes."""
    service = hold_service(service_id)
    step = STEPS.get(State(service.state))
    if step is None:
        stock_advance(service=service, now=now)
        return
    tasks = list(NodeTask.objects.filter(service=service, kind=step.kind, attempt=service.attempt))
    if failed := next((task for task in tasks if task.state == NodeTask.State.FAILED), None):
        role = role_of(service, failed.node_id)
        error = failed.error or {}
        service_fail(service=service, node=role, phase=step.kind, code=error["code"], reason=error["message"], now=now)
    elif len(tasks) == len(step.roles) and all(task.state == NodeTask.State.DONE for task in tasks):
        _go_on(service, step, {role_of(service, task.node_id): task.result or {} for task in tasks}, tasks, now)


def _go_on(service: DiagnosisService, step: "Step", answers: Answers, tasks: Sequence[NodeTask], now: datetime) -> None:
    """Use the answers; what cannot be used fails the service, and leaves nothing half done."""
    try:
        with transaction.atomic():
            step.use(service, answers, now)
    except (PrimiaError, ValidationError) as error:
        service.refresh_from_db()
        code = error.code if isinstance(error, PrimiaError) else BadAnswer.code
        reason = error.message if isinstance(error, PrimiaError) else _first(error)
        service_fail(service=service, node=step.roles[0], phase=step.kind, code=code, reason=reason, now=now)


def _prepared(service: DiagnosisService, answers: Answers, now: datetime) -> None:
    result = answers["owner"]
    service.facts = facts_of(result, profile=service.profile)
    service.program = result["program"]
    move(service, State.MASKING)
    service.save(update_fields=["facts", "program", "state"])
    _ask(service, Kind.MASK, service.dealer, now, parties=_public(*parties(service)), program=service.program)


def _masked(service: DiagnosisService, answers: Answers, now: datetime) -> None:
    result = answers["dealer"]
    service.mask, service.epoch = result["mask"], result["epoch"]
    move(service, State.SHARING)
    service.save(update_fields=["mask", "epoch", "state"])
    _ask(
        service, Kind.SHARE, service.owner, now,
        parties=_public(*parties(service)), mask=service.mask, epoch=service.epoch,
    )  # fmt: skip


def _shared(service: DiagnosisService, answers: Answers, now: datetime) -> None:
    blobs = answers["owner"]["blobs"]
    for node, blob in zip(parties(service), blobs, strict=True):
        if not SealedBlob.objects.filter(pk=blob, node=node, service=service, deleted_at=None).exists():
            raise BadAnswer(f"the owner says that the share for {node.name} is {blob}, and it sent none of that name")
    move(service, State.OPENING)
    service.save(update_fields=["state"])
    masked = NodeTask.objects.get(service=service, kind=Kind.MASK, attempt=service.attempt)
    seeds, order = (masked.result or {})["seeds"], next_order()
    dealer = {"node": service.dealer.public, "address": service.dealer.address}
    for party, node in enumerate(parties(service)):
        peer = parties(service)[1 - party]
        _ask(
            service, Kind.OPEN, node, now, order=order, party=party, blob=blobs[party], mask=service.mask,
            mask_seed=seeds[party], epoch=service.epoch, batch=1, program=service.program,
            peer={"node": peer.public, "address": peer.address}, dealer=dealer,
            owner={"node": service.owner.public},
        )  # fmt: skip


def _opened(service: DiagnosisService, answers: Answers, now: datetime) -> None:
    descriptor = descriptor_make(service, now=now)
    service.descriptor, service.descriptor_digest = descriptor.to_json(), descriptor.digest
    move(service, State.SIGNING)
    service.save(update_fields=["descriptor", "descriptor_digest", "state"])
    for node in parties(service):
        _ask(service, Kind.SIGN, node, now, descriptor=service.descriptor)


def _signed(service: DiagnosisService, answers: Answers, now: datetime) -> None:
    descriptor = Descriptor.from_json(service.descriptor)
    for role, node in zip(("p0", "p1"), parties(service), strict=True):
        _keep_signature(service, descriptor, role, node, answers[role]["signature"], now)
    move(service, State.OPEN)
    service.opened_at = now
    service.save(update_fields=["state", "opened_at"])
    told = {"name": service.title, "p0": service.p0.fingerprint, "p1": service.p1.fingerprint}
    log_append(service=service, kind="published", detail=told, now=now)
    audit_append(
        actor="system", action="service.opened", subject=service.slug,
        detail={"descriptor": service.descriptor_digest}, now=now, federation_id=service.federation_id,
    )  # fmt: skip
    stock_advance(service=service, now=now)


def _keep_signature(
    service: DiagnosisService, descriptor: Descriptor, role: str, node: Node, signature: str, now: datetime
) -> None:
    """Keep a party's signature, which must be right: nobody could use the service with a wrong one."""
    name = descriptor.parties[int(role == "p1")].name
    signed = Signature.model_validate({"signer": node.fingerprint, "role": role, "name": name, "signature": signature})
    verify(descriptor, signed)
    DescriptorSignature.objects.create(
        service=service,
        digest=service.descriptor_digest,
        role=role,
        name=name,
        fingerprint=node.fingerprint,
        signature=signature,
        at=now,
    )


def _ask(
    service: DiagnosisService, kind: str, node: Node, now: datetime, *, order: int | None = None, **payload: Any
) -> None:
    """Ask a node for its part of the present attempt. Two halves of one step are given one order."""
    paired = {} if order is None else {"order": order}
    node_task_queue(
        service=service,
        node=node,
        kind=kind,
        payload={
            "version": str(service.model_version_id),
            "attempt": service.attempt,
            "protocol": service.protocol,
            "profile": service.profile,
            "policy": service.policy,
            **paired,
            **payload,
        },
        order=next_order() if order is None else order,
        attempt=service.attempt,
        now=now,
    )


def _public(*nodes: Node) -> list[dict[str, Any]]:
    return [node.public for node in nodes]


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"


@dataclass(frozen=True)
class Step:
    """What is asked, of whom, and how all their answers are used."""

    kind: NodeTask.Kind
    roles: tuple[str, ...]
    use: Callable[[DiagnosisService, Answers, datetime], None]


STEPS: Final[Mapping[DiagnosisService.State, Step]] = {
    State.PREPARING: Step(Kind.PREPARE, ("owner",), _prepared),
    State.MASKING: Step(Kind.MASK, ("dealer",), _masked),
    State.SHARING: Step(Kind.SHARE, ("owner",), _shared),
    State.OPENING: Step(Kind.OPEN, ("p0", "p1"), _opened),
    State.SIGNING: Step(Kind.SIGN, ("p0", "p1"), _signed),
}
