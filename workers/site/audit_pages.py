"""What attacks made of this hospital's own images: pages in its own folder, which nothing of the agent ever sends."""

import re
from dataclasses import dataclass
from pathlib import Path

from primia_core.attacks.document import AuditDocument, AuditedImages
from primia_core.attacks.findings import AuditFindings
from primia_core.attacks.page import write_pictures
from primia_core.federation.auditing import audit_of, audited_model
from primia_core.federation.plan import Plan
from workers.link.settings_file import write_private

FIGURES = "figures.json"
JOB = re.compile(r"[0-9a-f-]{36}")
"""What a hub calls a job; a folder is named after nothing else that comes from outside."""


@dataclass(frozen=True)
class AuditPage:
    """One audit at this site, with the page that shows it."""

    job: str
    page: Path
    document: AuditDocument


class AuditPages:
    """The folder ``audits``: one folder a job, readable by the agent's user alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, plan: Plan, job: str, findings: AuditFindings) -> Path:
        """Write a job's pictures and this site's own figures. Writing them again replaces them."""
        images = AuditedImages(kind="real", image_size=plan.data.image_size, split=audit_of(plan).split)
        document = findings.document(model=audited_model(plan), images=images)
        folder = self.folder_of(plan, job)
        page = write_pictures(folder, findings.pictures, statement=document.statement)
        write_private(folder / FIGURES, document.model_dump_json(indent=1).encode())
        return page

    def folder_of(self, plan: Plan, job: str) -> Path:
        """Return where a job's pages are: a folder named after the job, or after the plan where that is no name."""
        return self._folder / (job if JOB.fullmatch(job) else plan.hash[:32])

    def all(self) -> list[AuditPage]:
        """Return every audit that was kept, by job."""
        kept = sorted(self._folder.glob(f"*/{FIGURES}"))
        return [
            AuditPage(
                path.parent.name, path.parent / "index.html", AuditDocument.model_validate_json(path.read_bytes())
            )
            for path in kept
        ]
