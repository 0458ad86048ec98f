"""The demonstration's four institutions around a diagnosis service: enrolled nodes that know each other's fingerprints.

It plays their people, who run `primia node init`, `enrol` and `confirm`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from primia_core.client import Client
from workers.demo.consortium import Access, DemoError
from workers.link.patience import patiently
from workers.node.database import Database
from workers.node.folder import NodeFolder, NodeSettings, RoleName
from workers.node.setup import join, make_node
from workers.node.trust import Trust
from workers.supervisor.secrets_file import free_port

ONLINE_WITHIN_S = 120.0
ENROL_PATIENCE_S = 30.0
"""The hub has a job to begin meanwhile. Enrolling again with the same keys is harmless."""
Json = dict[str, Any]


@dataclass(frozen=True)
class Institution:
    """Who runs a node, and what the node does."""

    role: RoleName
    name: str


INSTITUTIONS = (
    Institution("owner", "Model office"),
    Institution("dealer", "Dealer's office"),
    Institution("p0", "Party north"),
    Institution("p1", "Party south"),
)


def enrol_institutions(hub_url: str, place: Path, client: Client, access: Access) -> dict[str, Json]:
    """Make and enrol every node that is not enrolled yet; let each confirm the others, and the coordinator all.

    Args:
        hub_url: the hub's address.
        place: of the nodes' folders, whose nodes the supervisor starts.
        client: as the coordinator.
        access: the federation.
    Returns:
        The nodes by role, as the API returns them.
    """
    folders = {one.role: NodeFolder(place / one.role) for one in INSTITUTIONS}
    for institution in INSTITUTIONS:
        _enrol(hub_url, folders[institution.role], institution, client, access)
    nodes = {row["role"]: row for row in client.all("nodes", federation=access.federation)}
    for role, folder in folders.items():
        if not nodes[role]["confirmed"]:
            body = {"fingerprint": nodes[role]["fingerprint"]}
            nodes[role] = client.post(f"nodes/{nodes[role]['id']}/confirm", body)
        _record_confirmations(folder, [node["fingerprint"] for other, node in nodes.items() if other != role])
    return nodes


def _record_confirmations(folder: NodeFolder, fingerprints: list[str]) -> None:
    database = Database(folder.database)
    try:
        for fingerprint in fingerprints:
            Trust(database).confirm(fingerprint, "compared by telephone (demonstration)")
    finally:
        database.close()


def _enrol(hub_url: str, folder: NodeFolder, institution: Institution, client: Client, access: Access) -> None:
    if not folder.settings_file.exists():
        here, page = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        computes, listens = institution.role in {"p0", "p1"}, institution.role != "owner"
        settings = NodeSettings(
            role=institution.role,
            name=institution.name,
            address=here if listens else "",
            origin=f"http://{page}" if computes else "",
        )
        make_node(folder, settings)
    if not folder.settings().hub.url:
        body = {"federation": access.federation, "role": institution.role, "name": institution.name}
        invitation = client.post("node-invitations", body)
        patiently(lambda: join(folder, hub=hub_url, token=invitation["token"], plain_http=True), for_s=ENROL_PATIENCE_S)


def wait_until_online(client: Client, access: Access, *, say: Callable[[str], None]) -> None:
    """Wait until every node has been heard.

    Raises:
        DemoError: one was not in time.
    """
    deadline, said = time.monotonic() + ONLINE_WITHIN_S, set[str]()
    roles = {one.role for one in INSTITUTIONS}
    while True:
        online = {row["role"] for row in client.all("nodes", federation=access.federation) if row["online"]}
        for one in INSTITUTIONS:
            if one.role in online - said:
                say(f"  [bold]{one.role}[/] is online at {one.name}")
        said |= online
        if roles <= online:
            return
        if time.monotonic() > deadline:
            missing = ", ".join(sorted(roles - online))
            raise DemoError(f"{missing} not online after {ONLINE_WITHIN_S:.0f} s; see `primia logs node-{missing}`")
        time.sleep(0.3)
