"""Making a node's folder: keys and settings; and joining a federation. Nothing is sent but what is public."""

from primia_core.diagnosis.identity import NodeIdentity
from workers.link import hub_url
from workers.link.errors import FolderError
from workers.node.database import Database
from workers.node.folder import NodeFolder, NodeHubSettings, NodeSettings
from workers.node.journal import Journal
from workers.node.link import enrol

NEEDS_ADDRESS = ("p0", "dealer")
NEEDS_ORIGIN = ("p0", "p1")


def make_node(folder: NodeFolder, settings: NodeSettings) -> NodeIdentity:
    """Make a node's folder, and return its keys.

    Args:
        folder: where; it may exist, but hold no node yet.
        settings: as ``node.toml`` will say them.
    Raises:
        FolderError: the folder holds a node already, or its role needs an address that it was not given.
    """
    if folder.settings_file.exists():
        raise FolderError(f"{folder.settings_file} exists already; edit it, or choose another folder")
    if settings.role in NEEDS_ADDRESS and not settings.address:
        raise FolderError(f"other nodes call a {settings.role}: give it an address, host:port")
    if settings.role in NEEDS_ORIGIN and not settings.origin:
        raise FolderError(f"{settings.role} shows its keys to everybody: give it an origin, https://host")
    if settings.address:
        _ = settings.door
    if settings.origin:
        _ = settings.shown_at
    folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    identity = NodeIdentity.create(folder.identity, settings.name)
    if settings.role == "owner":
        folder.calibration.mkdir(mode=0o700, exist_ok=True)
    folder.write_settings(settings)
    return identity


def join(folder: NodeFolder, *, hub: str, token: str, plain_http: bool = False) -> NodeHubSettings:
    """Exchange a one-time token for a credential, and return what the hub calls this node.

    Raises:
        HubRefused: the token was used, or is for another role.
    """
    settings = folder.settings()
    base_url = hub_url(hub, plain=plain_http)
    body = {
        "token": token,
        "role": settings.role,
        "public": NodeIdentity.load(folder.identity).public.to_json(),
        "origin": settings.origin,
        "address": settings.address,
    }
    database = Database(folder.database)
    try:
        Journal(database).message("enrol", body)
    finally:
        database.close()
    answer = enrol(base_url, body)
    joined = NodeHubSettings(
        url=base_url, node=str(answer["node"]), federation=str(answer["federation"]), plain_http=plain_http
    )
    folder.write_settings(settings.model_copy(update={"hub": joined}))
    folder.write_credential(str(answer["credential"]))  # last: a supervisor starts a node that has one
    return joined
