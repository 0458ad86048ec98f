"""Whose mailbox at the hub: hospitals and computing nodes have addresses, credentials and words of their own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Realm:
    """One kind of caller.

    Attributes:
        name: as broker addresses, error codes and the hub's greeting call it.
        prefix: of the paths at the hub.
        authorization: the scheme that stands before the credential.
    """

    name: str
    prefix: str
    authorization: str

    @property
    def path(self) -> str:
        """Return the prefix relative to the hub's address, which ends with a slash."""
        return self.prefix.removeprefix("/")


SITE = Realm("site", "/api/v1/link/", "Site")
NODE = Realm("node", "/api/v1/node/", "Node")
REALMS = {realm.name: realm for realm in (SITE, NODE)}
