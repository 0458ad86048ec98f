"""`primia compare`: people and models that read the same cases, beside each other."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from primia_core.cli.output import AsJson, print_json
from primia_core.cli.results import interval

if TYPE_CHECKING:
    from primia_core.evaluation.comparison import Comparison


def register(app: typer.Typer) -> None:
    """Add `compare` to the command line."""
    app.command("compare")(compare)


def compare(
    readings: Annotated[
        Path,
        typer.Argument(help="CSV with the columns case, truth and one for each rater, with names of classes in it."),
    ],
    classes: Annotated[
        str, typer.Option(help="Names of all classes with commas, in their order; weighted kappas need the order.")
    ] = "",
    margin: Annotated[
        float | None,
        typer.Option(help="Of non-inferiority, in accuracy, such as 0.05: stated before anybody looked at the data."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how well each rater reads, and for every pair whether one reads better and how far they agree.

    A rater is a person or a model: a column of the table. Differences have Newcombe's paired interval, tests are
    McNemar's (exact, and adjusted by Holm for the number of pairs), agreement is Cohen's kappa.

    [bold]Examples[/]

    primia compare readings.csv

    primia compare readings.csv --classes normal,bacterial,viral --margin 0.05 --json
    """
    from primia_core.evaluation.comparison import compare as compared
    from primia_core.evaluation.readings import read_readings

    names = tuple(part.strip() for part in classes.split(",") if part.strip())
    found = compared(read_readings(readings, classes=names or None), margin=margin)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    console = Console(highlight=False)
    console.print(_raters(found))
    if found.pairs:
        console.print(_pairs(found))


def _raters(found: "Comparison") -> Table:
    table = _table("rater", f"accuracy, {found.n} cases", "mcc", "kappa with the truth")
    for name, one in found.raters.items():
        table.add_row(escape(name), interval(one.accuracy), interval(one.mcc), f"{one.kappa:.3f}")
    return table


def _pairs(found: "Comparison") -> Table:
    headings = ["pair", "alone right", "difference", "p (Holm)", "kappa"]
    table = _table(*headings, *(["inferior"] if found.margin is not None else []))
    for pair in found.pairs:
        verdict = [] if pair.non_inferior is None else ["no" if pair.non_inferior else "perhaps"]
        table.add_row(
            f"{escape(pair.first)}, {escape(pair.second)}",
            f"{pair.alone[0]}, {pair.alone[1]}",
            interval(pair.difference),
            f"{pair.exact_p:.3f} ({pair.holm_p:.3f})",
            f"{pair.kappa:.3f}",
            *verdict,
        )
    return table


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        first = heading == headings[0]
        table.add_column(heading, justify="left" if first else "right", no_wrap=not first)
    return table
