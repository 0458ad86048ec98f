"""Let nodes in: invite, enrol, confirm. A node's keys are its own; the hub keeps what it published."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from backend.apps.accounts.models import User
from backend.apps.accounts.services import secret_hash
from backend.apps.audit.services import audit_append
from backend.apps.diagnosis import policies
from backend.apps.diagnosis.errors import (
    InvitationRefused,
    NodeDiffers,
    NodeTaken,
    NodeUnknown,
    PublicNodeRefused,
)
from backend.apps.diagnosis.models import Node, NodeInvitation, NodeRole
from backend.apps.federations.models import Federation
from backend.apps.federations.policies import require_role
from backend.common.errors import InvalidInput, NotFound
from primia_core.diagnosis.errors import NodeError
from primia_core.diagnosis.identity import PublicNode

INVITATION_VALID_FOR = timedelta(days=7)
INVITATION_PREFIX, CREDENTIAL_PREFIX = "primia-join-", "primia-node-"
PARTIES = frozenset({NodeRole.P0, NodeRole.P1})
DIALLED = frozenset({NodeRole.P0, NodeRole.DEALER})
"""Who is dialled by others and therefore needs an address; P1 dials P0, and both dial the dealer."""


@transaction.atomic
def node_invite(*, federation_id: UUID, role: str, name: str, by: User, now: datetime) -> tuple[NodeInvitation, str]:
    """Invite a node in one role: return the invitation with its secret, which is shown this once.

    Raises:
        RoleMissing: ``by`` is no coordinator of the federation.
    """
    require_role(user=by, federation_id=federation_id, roles=policies.BRING_NODES)
    if role not in NodeRole.values:
        known = ", ".join(NodeRole.values)
        raise InvalidInput("There is no such role for a node.", fields={"role": [f"Choose from {known}."]})
    secret = INVITATION_PREFIX + secrets.token_urlsafe(32)
    invitation = NodeInvitation.objects.create(
        federation_id=federation_id,
        token_hash=secret_hash(secret),
        role=role,
        slug=slugify(name.replace("_", " "))[:50].strip("-") or role,
        name=name,
        created_by=by,
        created_at=now,
        expires_at=now + INVITATION_VALID_FOR,
    )
    _audit(federation_id, by.username, "node.invited", invitation.slug, {"name": name, "role": role}, now)
    return invitation, secret


@transaction.atomic
def node_enrol(
    *, token: str, public: dict[str, Any], now: datetime, role: str = "", origin: str = "", address: str = ""
) -> tuple[Node, str]:
    """Make the invited node with its published keys; return it with its credential, shown this once.

    The same keys may repeat the request until the node has been heard for the first time, since the first answer may
    have been lost on the way: it then gets a new credential and the old one ends.

    Raises:
        InvitationRefused: the invitation is unknown, too old, used, or for another role.
        PublicNodeRefused: the keys cannot be read or are not signed by themselves.
        NodeTaken: the federation has a node with these keys.
    """
    published = _published(public)
    invitation = NodeInvitation.objects.select_for_update().filter(token_hash=secret_hash(token)).first()
    if invitation is None or invitation.expires_at <= now:
        raise InvitationRefused("This invitation is unknown or too old; ask your coordinator for a new one.")
    if role and role != invitation.role:
        raise InvitationRefused(f"This invitation is for the role {invitation.role}, not {role}; ask for another one.")
    _check_places(invitation.role, origin, address)
    credential = CREDENTIAL_PREFIX + secrets.token_urlsafe(32)
    if invitation.node is not None:
        return _enrol_again(invitation.node, published, credential, origin, address), credential
    federation = Federation.objects.select_for_update().get(pk=invitation.federation_id)
    if Node.objects.filter(federation=federation, fingerprint=published.fingerprint).exists():
        raise NodeTaken("This federation has a node with these keys; make the keys of a new node.")
    invitation.node = Node.objects.create(
        federation=federation,
        role=invitation.role,
        slug=_free_slug(federation, invitation.slug),
        name=published.name[:120],
        public=published.to_json(),
        fingerprint=published.fingerprint,
        origin=origin,
        address=address,
        credential_hash=secret_hash(credential),
        created_at=now,
    )
    invitation.used_at = now
    invitation.save(update_fields=["node", "used_at"])
    node = invitation.node
    detail = {"fingerprint": node.fingerprint, "role": node.role}
    _audit(federation.pk, f"node:{node.slug}", "node.enrolled", node.slug, detail, now)
    return node, credential


@transaction.atomic
def node_confirm(*, node_id: UUID, fingerprint: str, by: User, now: datetime) -> Node:
    """Record that a person compared the fingerprint out of band. Confirming again changes nothing.

    Raises:
        RoleMissing: ``by`` is no coordinator of the node's federation.
        NodeDiffers: what the person has is not what the node published.
    """
    node = Node.objects.select_for_update().filter(pk=node_id).first()
    if node is None:
        raise NotFound("There is no such node.")
    require_role(user=by, federation_id=node.federation_id, roles=policies.BRING_NODES)
    given = "".join(fingerprint.split()).replace(":", "").lower()
    if not secrets.compare_digest(given.encode(), node.fingerprint.encode()):
        raise NodeDiffers(
            f"That is not the fingerprint that {node.name} published. Do not confirm it: either it was misread, or "
            "somebody else enrolled in its name."
        )
    if not node.confirmed:
        node.confirmed, node.confirmed_at = True, now
        node.save(update_fields=["confirmed", "confirmed_at"])
        detail = {"fingerprint": node.fingerprint}
        _audit(node.federation_id, by.username, "node.confirmed", node.slug, detail, now)
    return node


def node_by_credential(*, credential: str) -> Node:
    """Return the node that this credential belongs to.

    Raises:
        NodeUnknown: it is nobody's.
    """
    node = Node.objects.select_related("federation").filter(credential_hash=secret_hash(credential)).first()
    if node is None:
        raise NodeUnknown("This node credential is not known; enrol the node again.")
    return node


def node_heard(*, node_id: UUID, now: datetime, agent_version: str | None = None) -> None:
    """Note that the node's worker spoke; a heartbeat never moves back."""
    values: dict[str, Any] = {"last_seen_at": now}
    if agent_version is not None:
        values["agent_version"] = agent_version[:40]
    Node.objects.filter(pk=node_id).exclude(last_seen_at__gt=now).update(**values)


def _published(public: dict[str, Any]) -> PublicNode:
    try:
        return PublicNode.from_json(public)
    except NodeError as error:
        raise PublicNodeRefused(error.message, fields={"public": [error.message]}) from error


def _check_places(role: str, origin: str, address: str) -> None:
    if role in PARTIES and not origin:
        raise InvalidInput(
            "A compute party shows its keys at an address of its own.", fields={"origin": ["Give http(s)://host:port."]}
        )
    if role in DIALLED and not address:
        raise InvalidInput(f"Other nodes dial a {role}.", fields={"address": ["Give host:port."]})


def _enrol_again(node: Node, published: PublicNode, credential: str, origin: str, address: str) -> Node:
    if node.fingerprint != published.fingerprint or node.last_seen_at is not None:
        raise InvitationRefused("This invitation has been used; ask your coordinator for a new one.")
    node.credential_hash, node.origin, node.address = secret_hash(credential), origin, address
    node.save(update_fields=["credential_hash", "origin", "address"])
    return node


def _free_slug(federation: Federation, wanted: str) -> str:
    taken = set(Node.objects.filter(federation=federation, slug__startswith=wanted).values_list("slug", flat=True))
    number = 2
    slug = wanted
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def _audit(federation_id: UUID, actor: str, action: str, subject: str, detail: dict[str, Any], now: datetime) -> None:
    audit_append(actor=actor, action=action, subject=subject, detail=detail, now=now, federation_id=federation_id)
