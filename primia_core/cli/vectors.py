"""`primia evaluate --vectors`: every expected value of a file computed anew, or the paper's table."""

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from primia_core.cli.output import print_json

if TYPE_CHECKING:
    from primia_core.evaluation.paper import Line
    from primia_core.evaluation.vectors import Outcome

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
                "wrong": [_writable(vars(outcome)) for outcome in wrong],
                "conventions": _conventions(outcomes),
            }
        )
    else:
        for outcome in wrong:
            typer.echo(f"{outcome.status:9} {outcome.where}: {_what(outcome)}")
        for convention in _conventions(outcomes):
            typer.echo(f"{'read as':9} {convention}")
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


def _what(outcome: "Outcome") -> str:
    if outcome.status == "unknown":
        return outcome.reason
    off = _apart(outcome.found, outcome.wanted)
    by = "" if off is None else f", off by {off:.3g}"
    return f"expected {outcome.wanted}, computed {outcome.found}{by}"


def _apart(found: Any, wanted: Any) -> float | None:
    """Return the largest difference of numbers in the same places; none where they have other shapes."""
    if isinstance(found, list) and isinstance(wanted, list):
        each = [_apart(a, b) for a, b in zip(found, wanted, strict=False)] if len(found) == len(wanted) else []
        return max((off for off in each if off is not None), default=None)
    numbers = isinstance(found, int | float) and isinstance(wanted, int | float)
    return abs(found - wanted) if numbers else None


def _conventions(outcomes: "list[Outcome]") -> list[str]:
    """Return where a set was read by another convention than the usual one."""
    return list(dict.fromkeys(f"{o.where.partition('.')[0]}: {o.convention}" for o in outcomes if o.convention))


def _writable(value: Any) -> Any:
    """Return a value as strict JSON: what is no finite number becomes a word."""
    if isinstance(value, dict):
        return {name: _writable(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_writable(one) for one in value]
    return str(value) if isinstance(value, float) and not isfinite(value) else value
