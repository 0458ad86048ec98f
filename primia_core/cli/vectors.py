"""`primia evaluate --vectors`: every expected value of a file computed anew, or the paper's table."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from primia_core.cli.output import print_json

if TYPE_CHECKING:
    from primia_core.evaluation.paper import Line

DEVIATES = 1
TITLES = {
    "1a": "Table 1a: accuracy, sensitivity, Matthews' coefficient, ROC-AUC on hard labels",
    "1b": "Table 1b: McNemar's test with Edwards' correction, p",
    "1c": "Table 1c: Cohen's kappa",
}


def recompute_file(path: Path, *, as_json: bool) -> None:
    """Print what deviates or is not known; end with the status 1 if anything does."""
    from primia_core.evaluation.vectors import read, recompute

    outcomes = recompute(read(path))
    wrong = [outcome for outcome in outcomes if outcome.status != "agrees"]
    if as_json:
        print_json(
            {
                "file": str(path),
                "values": len(outcomes),
                "agree": len(outcomes) - len(wrong),
                "wrong": [vars(outcome) for outcome in wrong],
            }
        )
    else:
        for outcome in wrong:
            typer.echo(f"{outcome.status:9} {outcome.where}: {_what(outcome)}")
        typer.echo(f"{len(outcomes) - len(wrong)} of {len(outcomes)} expected values agree")
    if wrong:
        raise typer.Exit(DEVIATES)


def paper_tables(path: Path, *, as_json: bool) -> None:
    """Print the paper's Table 1 from every set of a file that has its printed figures."""
    from primia_core.evaluation.errors import VectorsError
    from primia_core.evaluation.paper import table_1
    from primia_core.evaluation.vectors import read

    sets = {name: content for name, content in read(path)["sets"].items() if "paper_printed" in content}
    if not sets:
        raise VectorsError(f"{path} has no set with `paper_printed`; paper mode compares with what was printed")
    lines = [line for content in sets.values() for line in table_1(content)]
    if as_json:
        print_json({"file": str(path), "lines": [{**vars(line), "agrees": line.agrees} for line in lines]})
    else:
        console = Console(highlight=False)
        for part, title in TITLES.items():
            console.print(_table(title, [line for line in lines if line.part == part]))
    if not all(line.agrees for line in lines):
        raise typer.Exit(DEVIATES)


def _table(title: str, lines: "list[Line]") -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("of", "figure"):
        table.add_column(heading)
    for heading in ("printed", "computed", "in full"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for line in lines:
        verdict = line.note if line.agrees else f"differs {line.note}".strip()
        table.add_row(line.of.replace("|", " and "), line.figure, f"{line.printed:g}", f"{line.shown:g}",
                      f"{line.computed:.6f}", verdict)  # fmt: skip
    return table


def _what(outcome: Any) -> str:
    if outcome.status == "unknown":
        return str(outcome.reason)
    return f"expected {outcome.wanted}, computed {outcome.found}"
