"""Tables of a classifier's figures for people. Computes nothing."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from primia_core.evaluation import Figure, Report

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
