"""From a dossier to the tree of its report."""

from collections.abc import Iterator

from primia_core.reporting.dossier import Dossier
from primia_core.reporting.sections.audit import audits
from primia_core.reporting.sections.card import card, version
from primia_core.reporting.sections.checklist import checklists
from primia_core.reporting.sections.evaluation import evaluations
from primia_core.reporting.sections.lineage import lineage
from primia_core.reporting.sections.privacy import privacy
from primia_core.reporting.sections.provenance import provenance
from primia_core.reporting.sections.raters import raters
from primia_core.reporting.sections.summary import summary
from primia_core.reporting.tree import Document, Section


def report_of(dossier: Dossier) -> Document:
    """Return the report. It is a function of the dossier alone."""
    chapters = tuple(_chapters(dossier))
    last = provenance(dossier)
    anchors = [anchor for chapter in (*chapters, last) for anchor in _anchors(chapter)]
    return Document(
        title=dossier.title,
        subtitle=f"Evidence on {version(dossier.model)}",
        dated_at=dossier.dates.latest,
        content_hash=dossier.content_hash,
        sections=(*chapters, *checklists(dossier, anchors), last),
    )


def _chapters(dossier: Dossier) -> Iterator[Section]:
    yield summary(dossier)
    yield card(dossier)
    yield from evaluations(dossier)
    yield from (chapter for chapter in (raters(dossier),) if chapter is not None)
    yield from audits(dossier)
    yield from (chapter for chapter in (privacy(dossier), lineage(dossier)) if chapter is not None)


def _anchors(section: Section) -> Iterator[str]:
    yield section.anchor
    for inner in section.sections:
        yield from _anchors(inner)
