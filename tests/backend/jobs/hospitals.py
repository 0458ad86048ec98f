"""Hospitals that live in this process: each leases its tasks through the services and answers with a real site session.

They keep their sessions, ledger and models in memory. What a real agent does with disks and HTTP is tested elsewhere.
"""

import base64
import hashlib
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from backend.apps.artifacts import store
from backend.apps.artifacts.selectors import artifact_readable_by
from backend.apps.artifacts.services import artifact_complete, artifact_declare
from backend.apps.datasets.services import dataset_report
from backend.apps.federations.models import Federation, Membership, Role, Site
from backend.apps.federations.services import enrolment_create, site_confirm, site_enrol, site_heard
from backend.apps.jobs.selectors.site_tasks import upload_allowed
from backend.apps.jobs.services import site_tasks
from primia_core.federation.closing import close
from primia_core.federation.plan import Plan
from primia_core.federation.site_work import SiteData, perform
from primia_core.federation.state import RunState
from primia_core.federation.steps import Step
from primia_core.models.weights import load
from primia_core.secagg import (
    AbortCertificate,
    Identity,
    Inbox,
    MemoryLedger,
    RosterMessage,
    SessionSpec,
    SignedAggregate,
    SiteSession,
    SurvivorCertificate,
    SurvivorList,
)

Json = dict[str, Any]
TASK, CLASSES = "squares", ("left", "middle", "right")


class Hospital:
    """One site with its agent. ``mute`` holds the kinds of task that it leases and never answers."""

    def __init__(self, site: Site, identity: Identity, credential: str, data: SiteData) -> None:
        self.site, self.identity, self.credential, self.data = site, identity, credential, data
        self.ledger, self.sessions = MemoryLedger(), {}
        self.plans: dict[str, Plan] = {}
        self.models: dict[str, Mapping[str, Any]] = {}
        self.mute: set[str] = set()
        self.errors: dict[str, Json] = {}
        self.tamper: Callable[[str, Json], Json] = lambda kind, result: result
        self.seen: list[str] = []

    def work(self, now: datetime) -> bool:
        """Lease one task and answer it; say whether there was one."""
        site_heard(site_id=self.site.id, now=now)
        task = site_tasks.site_task_lease(site_id=self.site.id, now=now)
        if task is None:
            return False
        self.seen.append(task.kind)
        if task.kind in self.mute:
            return True
        if task.kind in self.errors:
            answer: Json = {"error": self.errors[task.kind]}
        else:
            answer = {"result": self.tamper(task.kind, self.answer(task.kind, task.payload, str(task.id), now))}
        site_tasks.site_task_answer(site_id=self.site.id, task_id=task.id, answer=answer, now=now)
        site_tasks.site_task_acknowledge(site_id=self.site.id, task_id=task.id, now=now)
        return True

    def answer(self, kind: str, payload: Json, task_id: str, now: datetime) -> Json:
        """Do what a task asks."""
        match kind:
            case "plan.review":
                return self._review(payload)
            case "secagg.advertise":
                spec = SessionSpec.model_validate(payload["spec"])
                confirmed = frozenset(member.fingerprint for member in spec.roster)
                session = SiteSession(spec, self.site.slug, self.identity, confirmed=confirmed, ledger=self.ledger)
                self.sessions[spec.digest] = session
                return {"advertisement": session.advertise().model_dump(mode="json")}
            case "secagg.share":
                certificates = [AbortCertificate.model_validate(c) for c in payload["abort_certificates"]]
                session = self.sessions[payload["session"]]
                shares = session.share(RosterMessage.model_validate(payload["roster"]), certificates)
                return {"shares": shares.model_dump(mode="json")}
            case "step.submit":
                return self._submit(payload, task_id, now)
            case "secagg.consent":
                session = self.sessions[payload["session"]]
                signature = session.consent(SurvivorList.model_validate(payload["survivors"]))
                return {"signature": signature.model_dump(mode="json")}
            case "secagg.unmask":
                session = self.sessions[payload["session"]]
                shares = session.unmask(SurvivorCertificate.model_validate(payload["certificate"]))
                return {"shares": shares.model_dump(mode="json")}
            case "step.apply":
                return self._apply(payload)
            case "secagg.abort":
                return {"signature": self.sessions[payload["session"]].abort().model_dump(mode="json")}
            case "plan.close":
                return {"plan_hash": payload["plan_hash"]}
        raise AssertionError(f"unknown kind {kind}")

    def upload(self, content: bytes, task_id: str, now: datetime) -> str:
        """Send a blob as the link's services take it."""
        sha256 = hashlib.sha256(content).hexdigest()
        kind = upload_allowed(site_id=self.site.id, task_id=task_id, size_bytes=len(content))
        artifact, offset = artifact_declare(site=self.site, sha256=sha256, size_bytes=len(content), kind=kind, now=now)
        if offset < len(content):
            with store.open_part(artifact.id) as part:
                part.write(content[offset:])
            store.settle_part(artifact.id, sha256=sha256)
            artifact_complete(artifact_id=artifact.id, now=now)
        return sha256

    def _review(self, payload: Json) -> Json:
        plan = Plan.model_validate(payload["plan"])
        self.plans[plan.hash] = plan
        signature = self.identity.sign(b"primia plan approval v1" + bytes.fromhex(plan.hash))
        encoded = base64.b64encode(signature).decode()
        return {"decision": "approve", "reason": "", "signature": encoded, "plan_hash": plan.hash}

    def _submit(self, payload: Json, task_id: str, now: datetime) -> Json:
        plan, step = self.plans[payload["plan_hash"]], Step.model_validate(payload["step"])
        state = RunState.model_validate(payload["run_state"])
        work = perform(plan, step, state, self.data, self._model(step.model_hash, payload), site=self.site.slug)
        vectors, header = dict(work.vectors), None
        if payload["session"]:
            submission = self.sessions[payload["session"]].mask(vectors, Inbox.model_validate(payload["inbox"]))
            vectors, header = submission.vectors, submission.header.model_dump(mode="json")
        content = b"".join(np.ascontiguousarray(vectors[v.name], "<u4").tobytes() for v in step.vectors)
        return {"header": header, "artifact": self.upload(content, task_id, now)}

    def _apply(self, payload: Json) -> Json:
        plan, step = self.plans[payload["plan_hash"]], Step.model_validate(payload["step"])
        words = np.fromfile(store.path_of(artifact_readable_by(self.site, payload["artifact"]).sha256), "<u4")
        ends = np.cumsum([vector.length for vector in step.vectors])[:-1]
        sums = {v.name: part for v, part in zip(step.vectors, np.split(words, ends), strict=True)}
        if payload["session"]:
            self.sessions[payload["session"]].accept(SignedAggregate.model_validate(payload["aggregate"]), sums)
        model = self._model(step.model_hash, payload) if step.kind == "train" else None
        state = RunState.model_validate(payload["run_state"])
        result, after = close(plan, step, state, sums, payload["survivors"], model)
        if after is not None:
            self.models[result.model_after] = after
        return {"model_hash": result.model_after}

    def _model(self, model_hash: str, payload: Json) -> Mapping[str, Any] | None:
        if payload["model"] is None:
            return None
        if model_hash not in self.models:
            artifact = artifact_readable_by(self.site, payload["model"]["sha256"])
            self.models[model_hash] = load(store.path_of(artifact.sha256)).state
        return self.models[model_hash]


def hospital(federation: Federation, slug: str, data: SiteData, now: datetime, *, ready: bool = True) -> Hospital:
    """Return an enrolled and confirmed hospital that has reported its cohort."""
    coordinator = Membership.objects.get(federation=federation, role=Role.COORDINATOR).user
    with tempfile.TemporaryDirectory() as folder:
        identity = Identity.create(Path(folder) / "identity", slug)
    _, token = enrolment_create(
        federation_id=federation.id, site_slug=slug, site_name=slug.title(), by=coordinator, now=now
    )
    site, credential = site_enrol(token=token, identity=identity.public.to_json(), now=now)
    site_confirm(federation_id=federation.id, site_id=site.id, fingerprint=site.fingerprint, by=coordinator, now=now)
    if ready:
        report_cohort(site, now)
    site_heard(site_id=site.id, now=now)
    site.refresh_from_db()
    return Hospital(site, identity, credential, data)


def report_cohort(site: Site, now: datetime, version: str | None = None) -> None:
    """Report the site's cohort as ready."""
    version = version or hashlib.sha256(f"{site.slug} cohort".encode()).hexdigest()
    dataset_report(
        site_id=site.id,
        name="squares",
        task=TASK,
        classes=list(CLASSES),
        version=version,
        readiness={"ready": True, "version": version, "checks": []},
        now=now,
    )
