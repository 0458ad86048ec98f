"""The first page: what this is about, its main figures, and what is not in it."""

from collections.abc import Iterator

from primia_core.reporting.dossier import Dossier
from primia_core.reporting.tree import Block, Bullets, Cell, Column, Mark, Paragraph, Section, See, Table
from primia_core.reporting.wording import decimal, interval, plural, power

VERDICTS: dict[str, Mark] = {
    "no leak shown": Mark("no leak shown", "ok"),
    "leak shown": Mark("leak shown", "bad"),
    "audit invalid": Mark("audit invalid", "warn"),
}


def summary(dossier: Dossier) -> Section:
    """Return the chapter."""
    blocks: list[Block] = []
    if dossier.statement:
        blocks.append(Paragraph(dossier.statement, "lead"))
    rows = tuple(_rows(dossier))
    if rows:
        columns = (Column("question", weight=1.25), Column("answer", weight=2.0), Column("where", weight=0.55))
        blocks.append(Table("Main findings, with 95 % intervals", columns, rows))
    absent = tuple(_absent(dossier))
    if absent:
        blocks += [Paragraph("Not in this report:"), Bullets(absent)]
    blocks.append(
        Paragraph(
            "This report was written by a program from recorded results. It draws no clinical conclusion, and it is "
            "no substitute for a prospective study of the model in the care for which it is meant.",
            "note",
        )
    )
    return Section("summary", "Summary", tuple(blocks))


def _rows(dossier: Dossier) -> Iterator[tuple[Cell, ...]]:
    for place, found in enumerate(dossier.evaluations, 1):
        where = See("", (f"evaluation-{place}",))
        of = f"{plural(found.n, 'image')}, {found.split} split"
        yield f"How often is it right? ({of})", f"accuracy {interval(found.accuracy)}, MCC {interval(found.mcc)}", where
        areas = f"ROC-AUC {decimal(found.auc_ovr_macro)}, one class against the rest, mean of the classes"
        yield "How well does it rank?", areas, where
        calibration = (
            f"calibration error {decimal(found.expected_calibration_error)}, Brier score {decimal(found.brier)}"
        )
        yield "Can its probabilities be trusted?", calibration, where
    if not dossier.evaluations:
        for place, counted in enumerate(dossier.counted, 1):
            counts = counted.figures(dossier.model.classes)
            of = f"{plural(counts.n, 'image')}, {counted.split} split"
            figures = f"accuracy {interval(counts.accuracy)}, MCC {interval(counts.mcc)}"
            yield f"How often is it right? ({of})", figures, See("", (f"counted-{place}",))
    if dossier.comparison is not None:
        raters = f"{plural(len(dossier.comparison.raters), 'rater')} of the same {plural(dossier.comparison.n, 'case')}"
        yield "How does it compare with readers?", raters, See("", ("raters",))
    for place, audit in enumerate(dossier.audits, 1):
        yield "Do updates give images away?", VERDICTS[audit.verdict], See("", (f"audit-{place}",))
    yield from _privacy(dossier)


def _privacy(dossier: Dossier) -> Iterator[tuple[Cell, ...]]:
    if dossier.privacy is None:
        return
    spent = dossier.privacy.spent
    where = See("", ("privacy",))
    if spent is None:
        yield "Is there a formal promise of privacy?", "no: trained without differential privacy", where
    else:
        promise = f"ε = {decimal(spent.epsilon_pld, 2)} at δ = {power(spent.delta)}, for each {spent.unit}"
        yield "Is there a formal promise of privacy?", promise, where


def _absent(dossier: Dossier) -> Iterator[str]:
    if not dossier.evaluations:
        yield "an evaluation of the model's probabilities, so no ROC curve, calibration or decision curve"
    elif all(not found.subgroups for found in dossier.evaluations):
        yield "figures by age, sex or view"
    if dossier.comparison is None:
        yield "a comparison with human readers or other models"
    if not dossier.audits:
        yield "an attack audit, so nothing is known of what updates give away"
    if dossier.privacy is None:
        yield "an account of differential privacy"
    if dossier.lineage is None:
        yield "where the model was trained, and on whose images"
