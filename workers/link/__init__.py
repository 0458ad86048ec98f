"""The link between an agent and the hub: leased tasks and artifacts over HTTP, outbound only.

It knows neither the backend nor what a task does.
"""

from workers.link.address import LinkAddress, hub_url
from workers.link.artifacts import Artifact, ArtifactClient, ArtifactFolder
from workers.link.client import LeasedTask, LinkClient, enrol
from workers.link.lease import LeaseKeeper
from workers.link.realm import NODE, SITE, Realm
from workers.link.transport import keep_back, register

__all__ = [
    "NODE",
    "SITE",
    "Artifact",
    "ArtifactClient",
    "ArtifactFolder",
    "LeaseKeeper",
    "LeasedTask",
    "LinkAddress",
    "LinkClient",
    "Realm",
    "enrol",
    "hub_url",
    "keep_back",
    "register",
]
