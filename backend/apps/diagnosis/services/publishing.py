"""Begin to publish a model version as a service, and begin anew after a failure. The way on is in ``service_steps``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from backend.apps.accounts.models import User
from backend.apps.audit.services import audit_append
from backend.apps.diagnosis import policies
from backend.apps.diagnosis.errors import ModelUnfit, NodeUnfit
from backend.apps.diagnosis.models import DiagnosisService, Node, NodeTask
from backend.apps.diagnosis.selectors.services import service_get
from backend.apps.diagnosis.services.locking import hold_service, next_order
from backend.apps.diagnosis.services.mailbox import node_task_queue
from backend.apps.diagnosis.transitions import move
from backend.apps.federations.policies import require_role
from backend.apps.registry.models import ModelVersion
from backend.apps.registry.selectors import visible_to as versions_visible_to
from backend.common.errors import InvalidInput, NotFound
from primia_core.mpc.profile import PROFILES
from primia_core.mpc.protocols import STEPS_OF_A_SIGN

ROLES = ("owner", "dealer", "p0", "p1")
CHOICES = {
    "policy": tuple(DiagnosisService.Policy.values),
    "protocol": tuple(STEPS_OF_A_SIGN),
    "profile": tuple(PROFILES),
}


@transaction.atomic
def service_create(
    *,
    model_version_id: UUID,
    title: str,
    intended_use: str,
    policy: str,
    protocol: str,
    profile: str,
    owner_id: UUID,
    dealer_id: UUID,
    p0_id: UUID,
    p1_id: UUID,
    expires_at: datetime,
    by: User,
    now: datetime,
    stock_low: int = 3,
    stock_full: int = 8,
    per_user_daily: int = 100,
) -> DiagnosisService:
    """Ask the owner to prepare a published model version, which is the first step of offering it.

    Raises:
        NotFound: there is no such model version for this user.
        RoleMissing: ``by`` is no coordinator of its federation.
        ModelUnfit, NodeUnfit, InvalidInput: naming what does not fit.
    """
    version = versions_visible_to(by).select_related("federation").filter(pk=model_version_id).first()
    if version is None:
        raise NotFound("There is no such model version, or you may not see it.")
    require_role(user=by, federation_id=version.federation_id, roles=policies.PUBLISH)
    _check_version(version)
    _check_choices({"policy": policy, "protocol": protocol, "profile": profile})
    _check_numbers(stock_low, stock_full, per_user_daily)
    if expires_at <= now:
        raise InvalidInput("A service ends in the future.", fields={"expires_at": [f"Choose a time after {now:%c}."]})
    nodes = _nodes(version, dict(zip(ROLES, (owner_id, dealer_id, p0_id, p1_id), strict=True)))
    service = DiagnosisService.objects.create(
        federation=version.federation,
        model_version=version,
        slug=_free_slug(version.federation_id, title),
        title=title,
        intended_use=intended_use,
        policy=policy,
        protocol=protocol,
        profile=profile,
        stock_low=stock_low,
        stock_full=stock_full,
        per_user_daily=per_user_daily,
        created_by=by,
        created_at=now,
        expires_at=expires_at.replace(microsecond=0),
        **nodes,
    )
    detail = {"title": title, "model": str(version), **{role: node.slug for role, node in nodes.items()}}
    _audit(service, by.username, "service.created", detail, now)
    _ask_owner(service, now)
    return service


@transaction.atomic
def service_retry(*, service_id: UUID, by: User, now: datetime) -> DiagnosisService:
    """Begin the publishing of a failed service anew, with nothing of what the failed attempt left.

    Raises:
        NotFound, RoleMissing: as for ``service_create``.
        IllegalTransition: the service has not failed.
    """
    service_get(user=by, service_id=service_id)
    service = hold_service(service_id)
    require_role(user=by, federation_id=service.federation_id, roles=policies.PUBLISH)
    move(service, DiagnosisService.State.PREPARING)
    service.attempt += 1
    service.failure, service.program, service.facts = None, None, {}
    service.mask, service.epoch, service.descriptor, service.descriptor_digest = "", None, None, ""
    service.save()
    _audit(service, by.username, "service.retried", {"attempt": service.attempt}, now)
    _ask_owner(service, now)
    return service


def _ask_owner(service: DiagnosisService, now: datetime) -> None:
    version = service.model_version
    payload = {
        "model_version": str(version.pk),
        "version": str(version.pk),
        "attempt": service.attempt,
        "federation": service.federation.slug,
        "name": version.name,
        "classes": version.card["classes"],
        "card": version.card,
        "policy": service.policy,
        "protocol": service.protocol,
        "profile": service.profile,
        "intended_use": service.intended_use,
    }
    node_task_queue(
        service=service,
        node=service.owner,
        kind=NodeTask.Kind.PREPARE,
        payload=payload,
        order=next_order(),
        attempt=service.attempt,
        now=now,
    )


def _check_version(version: ModelVersion) -> None:
    if version.state != ModelVersion.State.PUBLISHED:
        raise ModelUnfit(f"{version} is {version.state}; release it before it is offered as a service.")
    if not version.card.get("classes"):
        raise ModelUnfit(f"The card of {version} names no classes; a service must say what its answers mean.")


def _check_choices(given: Mapping[str, str]) -> None:
    for name, value in given.items():
        if value not in CHOICES[name]:
            raise InvalidInput(
                f"There is no {name} {value!r}.", fields={name: [f"Choose from {', '.join(CHOICES[name])}."]}
            )


def _check_numbers(stock_low: int, stock_full: int, per_user_daily: int) -> None:
    if not 1 <= stock_low <= stock_full <= 1000:
        raise InvalidInput(
            f"The stock is filled from {stock_low} to {stock_full}, which does not go up.",
            fields={"stock_full": ["Choose 1 <= low <= full <= 1000."]},
        )
    if not 1 <= per_user_daily <= 100_000:
        raise InvalidInput(
            f"{per_user_daily} requests a day are not possible.", fields={"per_user_daily": ["Choose 1 to 100000."]}
        )


def _nodes(version: ModelVersion, ids: Mapping[str, UUID]) -> dict[str, Node]:
    nodes = {}
    for role, node_id in ids.items():
        node = Node.objects.filter(pk=node_id, federation=version.federation_id).first()
        if node is None:
            raise InvalidInput(f"There is no such {role}.", fields={role: ["Choose a node of this federation."]})
        if node.role != role:
            raise NodeUnfit(
                f"{node.name} was enrolled as {node.role}, so it cannot be the {role}; choose another node."
            )
        if not node.confirmed:
            raise NodeUnfit(f"Nobody has compared the fingerprint of {node.name}; confirm it before it takes part.")
        nodes[role] = node
    return nodes


def _free_slug(federation_id: UUID, title: str) -> str:
    wanted = slugify(title.replace("_", " "))[:50].strip("-") or "service"
    taken = set(
        DiagnosisService.objects.filter(federation_id=federation_id, slug__startswith=wanted).values_list(
            "slug", flat=True
        )
    )
    slug, number = wanted, 2
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def _audit(service: DiagnosisService, actor: str, action: str, detail: dict[str, Any], now: datetime) -> None:
    audit_append(
        actor=actor, action=action, subject=service.slug, detail=detail, now=now, federation_id=service.federation_id
    )
