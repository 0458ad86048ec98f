"""A federation with a published model, four nodes behind the real node link, and a requester with real keys."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

import numpy as np
from django.utils import timezone

from backend.apps.accounts.models import User
from backend.apps.artifacts import store
from backend.apps.artifacts.services import artifact_publish
from backend.apps.diagnosis.models import Diagnosis, DiagnosisEvent, DiagnosisService, Node, NodeTask
from backend.apps.diagnosis.services.diagnosis_collect import diagnosis_acknowledge, diagnosis_collect
from backend.apps.diagnosis.services.diagnosis_create import diagnosis_create
from backend.apps.diagnosis.services.nodes import node_confirm, node_enrol, node_invite
from backend.apps.diagnosis.services.publishing import service_create
from backend.apps.diagnosis.services.reconcile import reconcile_diagnoses
from backend.apps.diagnosis.services.service_steps import service_advance
from backend.apps.federations.models import Role
from backend.apps.registry.models import ModelVersion
from backend.apps.registry.services import model_publish, model_register
from primia_core.diagnosis import AnswerKey, Descriptor, Opened, open_answers, split
from tests.backend.diagnosis.institutions import CLASSES, LOGIT_SCALE, SIZE, WEIGHTS, Institution, identity
from tests.backend.world import consortium, draft_job, member, person

ROLES = ("owner", "dealer", "p0", "p1")
PLACES = {
    "p0": {"origin": "http://127.0.0.1:7100", "address": "127.0.0.1:7000"},
    "p1": {"origin": "http://127.0.0.1:7101"},
    "dealer": {"address": "127.0.0.1:7002"},
    "owner": {},
}
NODE_WEIGHTS = bytes(range(256)) * 64


def enrolled(federation: Any, role: str, by: User, now: datetime) -> tuple[Node, str]:
    """Return an enrolled, unconfirmed node and its credential."""
    _, token = node_invite(federation_id=federation.pk, role=role, name=f"The {role}", by=by, now=now)
    return node_enrol(token=token, public=identity(role).public.to_json(), role=role, now=now, **PLACES[role])


@dataclass
class Asked:
    """What a requester keeps of one request."""

    id: UUID
    shares: tuple[bytes, bytes] = field(repr=False)
    digest: bytes
    key: AnswerKey
    integers: Any = field(repr=False)
    descriptor: Descriptor = field(repr=False)

    @property
    def expected(self) -> np.ndarray:
        """Return the logits that the toy gives for the picture."""
        return WEIGHTS @ self.integers.reshape(-1) / LOGIT_SCALE

    def open(self, answers: list[dict[str, Any]]) -> Opened:
        """Verify and add up both halves of the answer."""
        return open_answers(self.descriptor, self.id, self.key, answers, request_digest=self.digest)


class Stage:
    """``ada`` coordinates, ``pat`` is a patient; ``p0``, ``p1``, ``dealer``, ``owner`` are the nodes' workers."""

    def __init__(self, address: str) -> None:
        self.address, self._stack = address.replace("/link/", "/node/"), ExitStack()
        now = timezone.now()
        self.ada = person("ada")
        self.federation = consortium("alpine", coordinator=self.ada)
        self.pat = member(self.federation, Role.PATIENT, "pat")
        self.version = self._version(now)
        self.rows: dict[str, Node] = {}
        self.workers: dict[str, Institution] = {}
        for role in ROLES:
            row, credential = enrolled(self.federation, role, self.ada, now)
            self.rows[role] = node_confirm(node_id=row.pk, fingerprint=row.fingerprint, by=self.ada, now=now)
            worker = Institution(role, self.address, credential)
            self._stack.enter_context(worker.http)
            worker.hello()
            self.workers[role] = worker
        self.owner, self.dealer, self.p0, self.p1 = (self.workers[role] for role in ROLES)
        self.service: DiagnosisService

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # -- publishing -----------------------------------------------------------------------------------------------

    def create(self, **changes: Any) -> DiagnosisService:
        """Begin to publish."""
        now = timezone.now()
        given = {
            "model_version_id": self.version.pk, "title": "Chest X-ray", "intended_use": "research", "policy": "logits",
            "protocol": "tables", "profile": "fast", "stock_low": 1, "stock_full": 3, "per_user_daily": 20,
            "expires_at": now + timedelta(days=30), "by": self.ada, "now": now,
            **{f"{role}_id": row.pk for role, row in self.rows.items()},
        }  # fmt: skip
        self.service = service_create(**{**given, **changes})
        return self.service

    def publish(self, **changes: Any) -> DiagnosisService:
        """Publish until the service is open and its stock is full."""
        self.create(**changes)
        self.run()
        return self.reload()

    def reload(self) -> DiagnosisService:
        """Return the service as it is now."""
        self.service = DiagnosisService.objects.get(pk=self.service.pk)
        return self.service

    # -- asking ---------------------------------------------------------------------------------------------------

    def request(self, **changes: Any) -> Asked:
        """Make a request as a requester does, without sending it."""
        descriptor = Descriptor.from_json(self.reload().descriptor)
        key, diagnosis_id = AnswerKey.create(), changes.pop("id", None) or uuid4()
        integers = np.arange(SIZE * SIZE).reshape(1, SIZE, SIZE) - 7
        sealed = split(descriptor, integers, key.public, diagnosis_id=diagnosis_id)
        return Asked(diagnosis_id, sealed.shares, sealed.digest, key, integers, descriptor)

    def send(self, asked: Asked, **changes: Any) -> tuple[Diagnosis, bool]:
        """Send a request."""
        given = {
            "diagnosis_id": asked.id, "service_id": self.service.pk, "descriptor": asked.descriptor.digest,
            "shares": asked.shares, "by": self.pat, "now": timezone.now(),
        }  # fmt: skip
        return diagnosis_create(**{**given, **changes})

    def ask(self, **changes: Any) -> Asked:
        """Make and send a request."""
        asked = self.request()
        self.send(asked, **changes)
        return asked

    def collect(self, asked: Asked, receipt: bytes | None = None) -> list[dict[str, Any]]:
        """Collect an answer."""
        return diagnosis_collect(diagnosis_id=asked.id, by=self.pat, now=timezone.now(), receipt=receipt)

    def acknowledge(self, asked: Asked, receipt: bytes) -> None:
        """Say that an answer has arrived."""
        diagnosis_acknowledge(diagnosis_id=asked.id, by=self.pat, now=timezone.now(), receipt=receipt)

    # -- time -----------------------------------------------------------------------------------------------------

    def hub(self) -> None:
        """Do once what the coordinator's queue would do."""
        for service_id in DiagnosisService.objects.values_list("pk", flat=True):
            service_advance(service_id=service_id, now=timezone.now())

    def run(self, *, absent: tuple[str, ...] = (), turns: int = 200) -> None:
        """Let hub and nodes take turns until nothing is left to do."""
        for _ in range(turns):
            self.hub()
            worked = [worker.work() for role, worker in self.workers.items() if role not in absent]
            if not any(worked):
                before = self.tasks()
                self.hub()
                if self.tasks() == before:
                    return
        raise AssertionError(f"still moving after {turns} turns: {self.tasks()}")

    def later(self, **step: float) -> None:
        """Let the reconciler look as if time had passed."""
        reconcile_diagnoses(now=timezone.now() + timedelta(**step))

    # -- looking --------------------------------------------------------------------------------------------------

    def diagnosis(self, asked: Asked) -> Diagnosis:
        """Return a request's row."""
        return Diagnosis.objects.get(pk=asked.id)

    def events(self, asked: Asked) -> list[str]:
        """Return the kinds of a request's events, and check that their numbers have no gap."""
        rows = list(DiagnosisEvent.objects.filter(diagnosis=asked.id).order_by("seq").values_list("seq", "kind"))
        assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
        return [kind.removeprefix("diagnosis.") for _, kind in rows]

    def tasks(self, **which: Any) -> list[tuple[str, str, str]]:
        """Return tasks as (node's role, kind, state), in their order."""
        return list(
            NodeTask.objects.filter(**which).order_by("order", "node__role").values_list("node__role", "kind", "state")
        )

    def _version(self, now: datetime) -> ModelVersion:
        artifact = artifact_publish(blob=store.put_chunks([NODE_WEIGHTS]), kind="weights", now=now)
        version = model_register(
            federation_id=self.federation.pk, job_id=draft_job(self.federation).pk, name="lungs", artifact=artifact,
            card={"classes": list(CLASSES), "image_size": SIZE}, lineage={}, evaluation={}, now=now,
        )  # fmt: skip
        return model_publish(version_id=version.pk, by=self.ada, now=now)
