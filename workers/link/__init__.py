"""The link between a hospital and the hub: leased tasks and artifacts over HTTP, outbound only.

It knows neither the backend nor what a task does.
"""

from workers.link.address import LinkAddress, hub_url
from workers.link.artifacts import Artifact, ArtifactClient, ArtifactFolder
from workers.link.client import LeasedTask, LinkClient, enrol
from workers.link.lease import LeaseKeeper
from workers.link.transport import keep_back, register

__all__ = [
    "Artifact",
    "ArtifactClient",
    "ArtifactFolder",
    "LeaseKeeper",
    "LeasedTask",
    "LinkAddress",
    "LinkClient",
    "enrol",
    "hub_url",
    "keep_back",
    "register",
]
