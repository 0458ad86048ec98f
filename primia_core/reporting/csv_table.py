"""A dossier's figures as one tidy table, a figure a row, for spreadsheets and statistics programs."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final

from primia_core.attacks.document import AuditDocument, ViewFigures
from primia_core.evaluation.comparison import Comparison
from primia_core.evaluation.document import EvaluationDocument
from primia_core.evaluation.report import Figure, Report
from primia_core.reporting.dossier import Dossier, Privacy

COLUMNS: Final = ("part", "subject", "figure", "value", "low", "high", "n", "method")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins so for a formula; names come from people, so an apostrophe goes before."""
PLAIN: Final = (
    "balanced_accuracy",
    "kappa",
    "kappa_linear",
    "kappa_quadratic",
    "mean_loss",
    "auc_ovr_macro",
    "auc_ovr_weighted",
    "auc_ovo_macro",
    "auc_ovo_weighted",
    "auc_hardlabel_ovr_macro",
    "brier",
    "log_loss",
    "expected_calibration_error",
)
"""Figures of an evaluation that have no interval."""
Value = str | int | float | None
Row = tuple[Value, ...]


def csv_of(dossier: Dossier) -> str:
    """Write the table. Floats are written in full, so that they read back as they were."""
    written = StringIO(newline="")
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for row in _rows(dossier):
        table.writerow([_cell(value) for value in (*row, *[None] * (len(COLUMNS) - len(row)))])
    return written.getvalue()


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return repr(value)


def _rows(dossier: Dossier) -> Iterator[Row]:
    model = dossier.model
    yield "report", dossier.title, "content_hash", dossier.content_hash
    for name, value in (("name", model.name), ("number", model.number), ("state_hash", model.state_hash)):
        yield "model", model.name, name, value
    for found in dossier.evaluations:
        yield from _evaluation(found)
    for counted in dossier.counted:
        yield from _counts(f"counts, {counted.split}", "all", counted.figures(model.classes))
    if dossier.comparison is not None:
        yield from _comparison(dossier.comparison)
    for audit in dossier.audits:
        yield from _audit(audit)
    if dossier.privacy is not None:
        yield from _privacy(dossier.privacy)


def _figure(part: str, subject: str, name: str, figure: Figure | None, n: int | None = None) -> Row:
    if figure is None:
        return part, subject, name, None, None, None, n
    return part, subject, name, figure.value, figure.low, figure.high, n, figure.method


def _evaluation(found: EvaluationDocument) -> Iterator[Row]:
    part, n = f"evaluation, {found.split}", found.n
    yield _figure(part, "all", "accuracy", found.accuracy, n)
    yield _figure(part, "all", "accuracy", found.accuracy_clopper_pearson, n)
    yield _figure(part, "all", "accuracy", found.accuracy_by_patient, n)
    yield _figure(part, "all", "mcc", found.mcc, n)
    yield _figure(part, "all", "mcc", found.mcc_by_patient, n)
    for name in PLAIN:
        yield part, "all", name, getattr(found, name), None, None, n
    for one in found.per_class:
        for name in ("sensitivity", "specificity", "ppv", "npv", "f1", "auc"):
            yield _figure(part, one.name, name, getattr(one, name), one.n)
        for cut, benefit in zip(found.thresholds, one.net_benefit, strict=True):
            yield part, one.name, f"net_benefit at {cut!r}", benefit, None, None, n
    for truth, row in zip(found.classes, found.confusion, strict=True):
        for called, cell in zip(found.classes, row, strict=True):
            yield part, truth, f"called {called}", cell
    for bin_ in found.reliability:
        yield (
            part,
            f"confidence above {bin_.low!r} to {bin_.high!r}",
            "share_right",
            bin_.accuracy,
            None,
            None,
            bin_.count,
        )
    for group in found.subgroups:
        subject = f"{group.attribute}: {group.group}" + (" (not shown)" if group.suppressed else "")
        yield _figure(part, subject, "accuracy", group.accuracy, group.n)
        yield _figure(part, subject, "mcc", group.mcc, group.n)
    for site in found.sites:
        yield _figure(part, f"site: {site.site}", "accuracy", site.accuracy, site.n)
        yield _figure(part, f"site: {site.site}", "mcc", site.mcc, site.n)


def _counts(part: str, subject: str, found: Report) -> Iterator[Row]:
    yield _figure(part, subject, "accuracy", found.accuracy, found.n)
    yield _figure(part, subject, "mcc", found.mcc, found.n)
    yield part, subject, "balanced_accuracy", found.balanced_accuracy, None, None, found.n
    yield part, subject, "kappa", found.kappa, None, None, found.n
    for one in found.classes:
        for name in ("sensitivity", "specificity", "precision"):
            yield _figure(part, f"{subject}, {one.name}", name, getattr(one, name), one.n)


def _comparison(found: Comparison) -> Iterator[Row]:
    for name, one in found.raters.items():
        yield from _counts("raters", name, one)
    for pair in found.pairs:
        subject = f"{pair.first} less {pair.second}"
        yield _figure("pairs", subject, "accuracy_difference", pair.difference, found.n)
        for name in ("exact_p", "mid_p", "corrected_p", "holm_p", "kappa", "kappa_linear", "kappa_quadratic"):
            yield "pairs", subject, name, getattr(pair, name), None, None, found.n
        if pair.non_inferior is not None:
            yield "pairs", subject, f"non_inferior by {found.margin!r}", int(pair.non_inferior), None, None, found.n


def _audit(audit: AuditDocument) -> Iterator[Row]:
    yield "audit", "all", "verdict", audit.verdict
    yield from _view("positive control", audit.positive)
    for view in audit.views:
        yield from _view(f"{view.view}, batch {view.batch_size}", view)


def _view(name: str, view: ViewFigures) -> Iterator[Row]:
    yield "audit", name, "finding", view.finding
    for row in view.rows:
        subject, found = f"{name}: {row.control}", row.identification
        for measure in ("mse", "psnr", "ssim"):
            for statistic in ("mean", "p5", "worst"):
                yield (
                    "audit",
                    subject,
                    f"{measure} {statistic}",
                    getattr(getattr(row, measure), statistic),
                    None,
                    None,
                    row.n,
                )
        share = found.hits / found.trials
        yield "audit", subject, "identified", share, found.low, found.high, found.trials, "clopper_pearson"


def _privacy(known: Privacy) -> Iterator[Row]:
    if known.spent is not None:
        for name, value in known.spent.model_dump().items():
            yield "privacy", "model", name, value
    if known.canaries is not None:
        yield (
            "privacy",
            "canaries",
            "epsilon_at_least",
            known.canaries.epsilon_at_least,
            None,
            None,
            known.canaries.canaries,
        )
    for one in known.accounts:
        for name, value in (("epsilon", one.epsilon), ("cumulative", one.cumulative), ("budget", one.budget)):
            yield "privacy", f"{one.site}, {one.study}", name, value
