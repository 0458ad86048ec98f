"""Tables of a classifier's figures for people. Computes nothing."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from primia_core.evaluation import Figure, Report

if TYPE_CHECKING:
    from primia_core.evaluation.clustered import ClusteredIntervals
    from primia_core.evaluation.score_report import ScoreReport

UNDEFINED = "-"


def cell(value: float | None) -> str:
    """Return a figure with three decimals."""
    return UNDEFINED if value is None else f"{value:.3f}"


def interval(figure: Figure) -> str:
    """Return a figure with its interval."""
    if figure.value is None or figure.low is None or figure.high is None:
        return UNDEFINED
    return f"{figure.value:.3f} ({figure.low:.3f}–{figure.high:.3f})"


def report_tables(report: Report, console: Console) -> None:
    """Print the figures with 95 % intervals, the classes one by one, and the confusion matrix."""
    console.print(_overall(report))
    console.print(_classes(report))
    console.print(_confusion(report))


def score_table(worth: "ScoreReport", by_patient: "ClusteredIntervals | None", console: Console) -> None:
    """Print what probabilities are worth, each class's area with DeLong's interval, and the intervals by patient."""
    table = _table("figure", "of probabilities")
    for one in worth.classes:
        table.add_row(f"ROC-AUC of {escape(one.name)}", interval(one.auc))
    table.add_row("ROC-AUC, one against the rest", cell(worth.auc_ovr_macro))
    table.add_row("ROC-AUC, one against one", cell(worth.auc_ovo_macro))
    table.add_row("ROC-AUC on hard labels", cell(worth.auc_hardlabel_ovr_macro))
    table.add_row("Brier score, 0 to 2", cell(worth.brier))
    table.add_row("calibration error", cell(worth.expected_calibration_error))
    console.print(table)
    if by_patient is not None:
        spans = ", ".join(f"{name} {low:.3f}–{high:.3f}" for name, (low, high) in by_patient.spans.items())
        console.print(f"drawing whole patients, {by_patient.patients} of them: {spans}", soft_wrap=True)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, justify="left" if heading == headings[0] else "right", no_wrap=True)
    return table


def _overall(report: Report) -> Table:
    table = _table("figure", f"of {report.n} images, 95 % interval")
    table.add_row("accuracy", interval(report.accuracy))
    table.add_row("mcc", interval(report.mcc))
    table.add_row("balanced accuracy", cell(report.balanced_accuracy))
    table.add_row("kappa", cell(report.kappa))
    table.add_row("mean loss", cell(report.mean_loss))
    return table


def _classes(report: Report) -> Table:
    table = _table("class", "images", "sensitivity", "specificity", "precision", "f1")
    for one in report.classes:
        figures = (interval(one.sensitivity), interval(one.specificity), cell(one.precision.value), cell(one.f1))
        table.add_row(escape(one.name), str(one.n), *figures)
    return table


def _confusion(report: Report) -> Table:
    names = [escape(one.name) for one in report.classes]
    table = _table("truth", *(f"called {name}" for name in names))
    for name, row in zip(names, report.confusion, strict=True):
        table.add_row(name, *(str(count) for count in row))
    return table
