"""One node, put together: its folder, keys, rows, trust and link. What it does is its role's."""

import threading
from functools import cached_property
from typing import IO

from primia_core.diagnosis.identity import NodeIdentity
from primia_core.mpc.stock.ledger import Ledger
from workers.node.database import Database
from workers.node.folder import NodeFolder
from workers.node.journal import Journal
from workers.node.link import NodeLink
from workers.node.outbox import Outbox
from workers.node.trust import Trust


class Node:
    """A node at work. Opening it claims the folder; ``stopping`` is set when the process is to end."""

    def __init__(self, folder: NodeFolder) -> None:
        self.folder = folder
        self._claim: IO[bytes] = folder.claim()
        self.settings = folder.settings()
        self.identity = NodeIdentity.load(folder.identity)
        self.database = Database(folder.database)
        self.journal, self.outbox = Journal(self.database), Outbox(self.database)
        self.trust = Trust(self.database, self.settings.trust)
        self.link, self.stopping = NodeLink(folder.address()), threading.Event()

    @cached_property
    def ledger(self) -> Ledger:
        """Return what this node must never forget."""
        return Ledger(self.folder.ledger)

    @property
    def threads(self) -> int:
        """Return how many threads to compute with."""
        return self.settings.threads or 1

    def close(self) -> None:
        """Let go of the folder, the database and the link."""
        self.stopping.set()
        self.link.close()
        self.database.close()
        if "ledger" in self.__dict__:
            self.ledger.close()
        self._claim.close()
