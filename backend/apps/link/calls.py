"""What each short call of the link does: one service or selector, between an input and a JSON answer.

These run in the link's threads. They know no HTTP, and the sites' rights are the services' business.
"""

from typing import Any
from uuid import UUID

from django.utils import timezone

from backend.apps.artifacts.services import artifact_declare
from backend.apps.datasets.services import dataset_report
from backend.apps.diagnosis.selectors.descriptors import services_offered_to, signed_descriptor
from backend.apps.diagnosis.services.countersign import descriptor_countersign
from backend.apps.federations.models import Site
from backend.apps.federations.services import site_enrol, site_heard
from backend.apps.jobs.hub_identity import hub_identity
from backend.apps.jobs.models import SiteTask
from backend.apps.jobs.selectors.site_tasks import upload_allowed
from backend.apps.jobs.services import site_tasks
from backend.apps.link.greeting import PROTOCOL, check_greeting
from backend.apps.link.inputs import (
    ArtifactInput,
    DatasetInput,
    EnrolInput,
    HelloInput,
    Nothing,
    RenewInput,
    ResultInput,
    SignatureInput,
)
from backend.common.leases import LEASE

Json = dict[str, Any]


def enrol(given: EnrolInput) -> Json:
    """Turn an invitation into a site. The credential is in this answer and nowhere else."""
    site, credential = site_enrol(token=given.token, identity=given.identity, name=given.name, now=timezone.now())
    return {
        "site": site.slug,
        "federation": site.federation.slug,
        "credential": credential,
        "coordinator_identity": hub_identity().public.to_json(),
    }


def hello(site: Site, given: HelloInput) -> Json:
    """Greet an agent, and take back whatever an earlier agent of the site held: there is one agent a site.

    Raises:
        ProtocolMismatch, ClockSkew: the agent could not work with this hub.
    """
    now = timezone.now()
    check_greeting(given, now=now)
    site_tasks.site_task_leases_return(site_id=site.id, now=now)
    site_heard(site_id=site.id, now=now, agent_version=given.agent_version)
    return {"site": site.slug, "federation": site.federation.slug, "time": now.isoformat(), "protocol": PROTOCOL}


def renew(site: Site, given: RenewInput, task: UUID) -> Json:
    """Keep a task for another while, and tell the agent whether it is still wanted."""
    now = timezone.now()
    progress = given.progress.model_dump(exclude_none=True) if given.progress else None
    status = site_tasks.site_task_renew(site_id=site.id, task_id=task, progress=progress, now=now)
    site_heard(site_id=site.id, now=now)
    return {"status": status, "lease_s": LEASE.total_seconds()}


def result(site: Site, given: ResultInput, task: UUID) -> Json:
    """Take a task's answer."""
    now = timezone.now()
    site_tasks.site_task_answer(site_id=site.id, task_id=task, answer=given.model_dump(exclude_none=True), now=now)
    site_heard(site_id=site.id, now=now)
    return {}


def acknowledge(site: Site, given: Nothing, task: UUID) -> Json:
    """Hear that a task need not be delivered again."""
    site_tasks.site_task_acknowledge(site_id=site.id, task_id=task, now=timezone.now())
    return {}


def release(site: Site, given: Nothing, task: UUID) -> Json:
    """Take an unfinished task back from an agent that stops."""
    site_tasks.site_task_release(site_id=site.id, task_id=task, now=timezone.now())
    return {}


def dataset(site: Site, given: DatasetInput) -> Json:
    """Note what a site tells of its cohort."""
    dataset_report(site_id=site.id, now=timezone.now(), **given.model_dump())
    return {}


def artifact(site: Site, given: ArtifactInput) -> Json:
    """Begin or resume an upload; the task says what may be sent and how much."""
    kind = upload_allowed(site_id=site.id, task_id=given.task, size_bytes=given.size_bytes)
    _, offset = artifact_declare(
        site=site, sha256=given.sha256, size_bytes=given.size_bytes, kind=kind, now=timezone.now()
    )
    return {"offset": offset}


def descriptors(site: Site, given: Nothing) -> Json:
    """Return what the federation's open services promise, for the site to check and to vouch for."""
    signed = [signed_descriptor(service) for service in services_offered_to(site)]
    return {"descriptors": [each.to_json() for each in signed if each is not None]}


def countersign(site: Site, given: SignatureInput, digest: str) -> Json:
    """Let the site's name stand beside a descriptor."""
    descriptor_countersign(site=site, digest=digest, signature=given.signature, now=timezone.now())
    return {}


def leased(site_id: UUID) -> SiteTask | None:
    """Lease the site's next task, if there is one."""
    return site_tasks.site_task_lease(site_id=site_id, now=timezone.now())
