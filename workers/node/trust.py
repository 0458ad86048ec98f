"""Whose keys this node believes: those whose fingerprint a person here has compared with their operator, not the hub.

Who trusts the hub instead, in trials, gets the same list, filled by the hub's word; it says so in each row.
"""

import re
from typing import Literal, TypeVar

from primia_core.diagnosis.identity import PublicNode
from workers.node.database import Database
from workers.node.errors import NotConfirmed
from workers.node.outbox import now

FINGERPRINT = re.compile(r"[0-9a-f]{64}")

AnyNode = TypeVar("AnyNode", bound=PublicNode)


class Trust:
    """The confirmed fingerprints."""

    def __init__(self, database: Database, policy: Literal["pinned", "hub"] = "pinned") -> None:
        self._database, self._policy = database, policy

    def confirm(self, fingerprint: str, note: str = "") -> str:
        """Record that a person compared a fingerprint, and return it as it is kept.

        Raises:
            NotConfirmed: it is no fingerprint.
        """
        wanted = "".join(fingerprint.lower().split())
        if not FINGERPRINT.fullmatch(wanted):
            raise NotConfirmed(f"a fingerprint has 64 digits 0-9 and a-f, got {len(wanted)}; read it out again")
        self._database.write(
            "INSERT INTO confirmed VALUES (?, ?, ?) ON CONFLICT (fingerprint) DO NOTHING", wanted, note, now()
        )
        return wanted

    def confirmed(self) -> dict[str, str]:
        """Return the confirmed fingerprints with their notes."""
        return {row["fingerprint"]: row["note"] for row in self._database.all("SELECT * FROM confirmed")}

    def check(self, node: AnyNode, what: str) -> AnyNode:
        """Return a node that is trusted.

        Args:
            what: its part in a service, for people.
        Raises:
            NotConfirmed: nobody here has confirmed its fingerprint.
        """
        if node.fingerprint in self.confirmed():
            return node
        if self._policy != "hub":
            raise NotConfirmed(
                f"the {what} {node.name!r} has the fingerprint {node.fingerprint}, which nobody here has confirmed; "
                "compare it with its operator, then run `primia node confirm FINGERPRINT`"
            )
        self.confirm(node.fingerprint, f"{what}, by the hub's word")
        return node
