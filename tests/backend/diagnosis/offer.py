"""A service on offer, with real nodes and a descriptor that both parties signed; and requests as programs send them."""

import base64
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone
from rest_framework.test import APIClient

from backend.apps.accounts.services import token_create
from backend.apps.artifacts import store
from backend.apps.artifacts.services import artifact_publish
from backend.apps.diagnosis.models import DescriptorSignature, Diagnosis, DiagnosisService, Node
from backend.apps.diagnosis.services import node_tasks
from backend.apps.diagnosis.services.descriptor_log import log_append
from backend.apps.diagnosis.services.nodes import node_confirm, node_enrol, node_heard, node_invite
from backend.apps.federations.models import Federation, Membership, Role
from backend.apps.registry.models import ModelVersion
from backend.apps.registry.services import model_register
from primia_core.diagnosis import Answer, Descriptor, Input, Party, sign
from tests.backend.world import NOW, draft_job
from tests.core.diagnosis.parties import Asked, described, node

NAMES = {"p0": "north", "p1": "south", "dealer": "dealer", "owner": "owner"}
CLASSES = ("normal", "pneumonia", "other")
LOGITS = [4000, -9000, 250]


def enrolled(federation: Federation, role: str, name: str = "") -> Node:
    """Return a node with real keys, which a person has confirmed."""
    coordinator = Membership.objects.filter(federation=federation, role=Role.COORDINATOR).first().user
    name = name or NAMES[role]
    _, token = node_invite(federation_id=federation.pk, role=role, name=name, by=coordinator, now=NOW)
    made, _ = node_enrol(
        token=token, public=node(name).public.to_json(), role=role, origin=f"https://{name}.example",
        address="127.0.0.1:7000", now=NOW,
    )  # fmt: skip
    return node_confirm(node_id=made.pk, fingerprint=made.fingerprint, by=coordinator, now=NOW)


def seats(federation: Federation) -> dict[str, Node]:
    """Return a node for each role, enrolled when they are first asked for."""
    known = {role: Node.objects.filter(federation=federation, role=role).first() for role in NAMES}
    return {role: made or enrolled(federation, role) for role, made in known.items()}


def released(federation: Federation) -> ModelVersion:
    """Return a published model version whose weights nobody reads."""
    version = model_register(
        federation_id=federation.pk, job_id=draft_job(federation).pk, name="chest",
        artifact=artifact_publish(blob=store.put_chunks([b"weights"]), kind="weights", now=NOW),
        card={"model": {"name": "small_cnn", "classes": 3}, "classes": list(CLASSES), "image_size": 32},
        lineage={}, evaluation={}, now=NOW,
    )  # fmt: skip
    version.state = ModelVersion.State.PUBLISHED
    version.save(update_fields=["state"])
    return version


def offered(
    federation: Federation, *, title: str = "Chest", size: int = 4, per_user_daily: int = 100
) -> DiagnosisService:
    """Return an open service, described and signed by its parties, with both of them there and in stock."""
    now = timezone.now().replace(microsecond=0)
    nodes = seats(federation)
    version = federation.model_versions.first() or released(federation)
    service = DiagnosisService(
        federation=federation, model_version=version, slug=f"s-{uuid4().hex[:8]}", title="Chest", intended_use="tests",
        policy="logits", protocol="tables", profile="fast", created_at=now, expires_at=now + timedelta(days=30),
        per_user_daily=per_user_daily, **nodes,
    )  # fmt: skip
    descriptor = _described(service, size, now)
    facts = descriptor.to_json()
    service.facts = {name: facts[name] for name in ("input", "output", "price", "accuracy", "program")}
    service.descriptor, service.descriptor_digest = facts, descriptor.digest
    service.mask, service.epoch = descriptor.mask, descriptor.epoch
    service.state, service.opened_at, service.stock_p0, service.stock_p1 = DiagnosisService.State.OPEN, now, 8, 8
    service.save(force_insert=True)
    for role in ("p0", "p1"):
        given = sign(descriptor, node(NAMES[role]), role)
        DescriptorSignature.objects.create(
            service=service, digest=descriptor.digest, role=role, name=given.name, fingerprint=given.signer,
            signature=given.signature, at=now,
        )  # fmt: skip
    log_append(service=service, kind="published", detail={}, now=now)
    all_heard(service)
    return service


def all_heard(service: DiagnosisService) -> None:
    """Let every node of the service be there."""
    for role in NAMES:
        node_heard(node_id=getattr(service, f"{role}_id"), now=timezone.now())


def asked(service: DiagnosisService, **changes: object) -> Asked:
    """Return a request for the service, as its requester keeps it."""
    return Asked(Descriptor.from_json(service.descriptor), **{"diagnosis": uuid4(), **changes})


def body(request: Asked, **changes: object) -> dict[str, object]:
    """Return what a program posts."""
    return {
        "id": str(request.diagnosis),
        "service": str(request.descriptor.service),
        "descriptor": request.descriptor.digest,
        "shares": [base64.b64encode(share).decode() for share in request.request.shares],
        **changes,
    }


def compute(request: Asked, values: list[int] = LOGITS) -> list[Answer]:
    """Let both parties lease their halves and answer, sealed for the requester. Return what they answered."""
    service = DiagnosisService.objects.get(pk=request.descriptor.service)
    answers = request.answers(values)
    for number, answer in enumerate(answers):
        seat = (service.p0_id, service.p1_id)[number]
        now = timezone.now()
        task = node_tasks.node_task_lease(node_id=seat, now=now)
        assert task is not None
        assert task.diagnosis_id == request.diagnosis
        steps = {"wait_s": 0.01, "open_s": 0.02, "prepare_s": 0.2, "online_s": 0.5 + number, "seal_s": 0.001}
        result = {"answer": answer.to_json(), "steps": steps, "stock": 7}
        node_tasks.node_task_answer(node_id=seat, task_id=task.pk, answer={"result": result}, now=now)
    return answers


def refuse(request: Asked, code: str, message: str = "refused in a test") -> None:
    """Let the first party end its half with an error."""
    service = DiagnosisService.objects.get(pk=request.descriptor.service)
    task = node_tasks.node_task_lease(node_id=service.p0_id, now=timezone.now())
    error = {"code": code, "message": message, "phase": "opening"}
    node_tasks.node_task_answer(node_id=service.p0_id, task_id=task.pk, answer={"error": error}, now=timezone.now())


def program(user: object, *scopes: str, diagnoses_per_day: int | None = None) -> APIClient:
    """Return a client with a token of these scopes."""
    now = timezone.now()
    _, secret = token_create(
        user=user, name=f"{uuid4()}", scopes=scopes, now=now, diagnoses_per_day=diagnoses_per_day
    )  # fmt: skip
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return api


def moved(diagnosis: Diagnosis, **times: datetime) -> None:
    """Set times of a diagnosis that a test cannot wait for."""
    Diagnosis.objects.filter(pk=diagnosis.pk).update(**times)


def _described(service: DiagnosisService, size: int, now: datetime) -> Descriptor:
    version = service.model_version
    small = described(size=size, channels=1)
    return described(
        service=service.pk, name=service.title, federation=service.federation.slug, classes=CLASSES,
        model=small.model.model_copy(update={"name": version.name, "number": version.number, "version": version.pk}),
        input=Input.model_validate({**small.input.model_dump(), "size": size, "channels": 1}),
        parties=tuple(Party(**node(NAMES[role]).public.to_json(), origin=f"https://{NAMES[role]}.example")
                      for role in ("p0", "p1")),
        created=now, expires=service.expires_at,
    )  # fmt: skip
