"""The hospital's agent, put together: its folder, its rows, its link, and what it does for each kind of task.

Celery is not here; ``tasks`` calls ``Agent.run``. Everything that goes wrong becomes an answer that says site phase and
reason, or gives the task back; nothing that a task does ends the worker.
"""

import logging
import threading
from typing import IO

from primia_core.secagg import Identity
from workers.link import ArtifactClient, ArtifactFolder, LinkClient
from workers.site.aggregation import Aggregations
from workers.site.approvals import Approvals
from workers.site.audit_pages import AuditPages
from workers.site.cohort import SiteCohort
from workers.site.database import Database
from workers.site.folder import SiteFolder
from workers.site.journal import Journal
from workers.site.models import ModelCache
from workers.site.outbox import Outbox
from workers.site.results import Results
from workers.site.training import LocalWork

log = logging.getLogger(__name__)

BLOBS_KEPT_BYTES = 2 * 2**30


class Agent:
    """One hospital's agent. Opening it claims the folder; ``stopping`` is set when the process is to end."""

    def __init__(self, folder: SiteFolder) -> None:
        self.folder = folder
        self._claim: IO[bytes] = folder.claim()
        self.settings = folder.settings()
        self.identity = Identity.load(folder.identity)
        self.cohort = SiteCohort.open(folder, self.settings.data)
        self.database = Database(folder.database)
        self.journal, self.outbox = Journal(self.database), Outbox(self.database)
        self.results = Results(self.database)
        self.approvals = Approvals(self.database, self.settings, self.identity, lambda: self.cohort.version)
        self.models, self.work = ModelCache(folder.weights), LocalWork(folder.local)
        self.aggregations = Aggregations(
            self.database,
            self.approvals,
            self.results,
            self.work,
            self.identity,
            self.settings.site,
            self.settings.policy,
        )
        self.audits = AuditPages(folder.audits)
        self.link, self.stopping = LinkClient(folder.address()), threading.Event()
        self.blobs = ArtifactFolder(folder.blobs)
        self.artifacts = ArtifactClient(self.link, self.blobs, stop=self.stopping.is_set)

    def close(self) -> None:
        """Let go of the folder, the database and the link."""
        self.stopping.set()
        self.link.close()
        self.database.close()
        self._claim.close()

    def report_dataset(self) -> None:
        """Tell the hub which cohort this site has and whether it is ready; never how many images."""
        data = self.settings.data
        body: dict[str, object] = {
            "name": data.name,
            "task": data.task,
            "classes": list(data.classes),
            "version": self.cohort.version,
            "readiness": self.cohort.readiness().public(),
        }
        self.journal.message("dataset", body)
        self.link.put_dataset(body)

    def tidy(self) -> None:
        """Delete blobs that were not used for the longest time."""
        self.blobs.prune(BLOBS_KEPT_BYTES)
