"""`primia bench`: how long a secure sum takes on this machine, and how exact it is. Measures; decides nothing."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from primia_core.cli.bench_inference import inference
from primia_core.cli.output import SettingsError

NOT_EXACT = 1
RESNET_18 = 11_178_051
FEWEST = 2

bench = typer.Typer(name="bench", help="Measure this machine.", no_args_is_help=True, rich_markup_mode="rich")


@bench.callback()
def group() -> None:
    """Measure this machine."""


bench.command()(inference)


def register(app: typer.Typer) -> None:
    """Add `bench` to the command line."""
    app.add_typer(bench)


@bench.command()
def secagg(
    parameters: Annotated[int, typer.Option(min=1, help="Words of one update: a ResNet-18.")] = RESNET_18,
    sites: Annotated[int, typer.Option(min=FEWEST, max=255, help="How many hospitals.")] = 3,
    drop: Annotated[int, typer.Option(min=0, help="How many are lost after the shares are dealt.")] = 0,
    neighbours: Annotated[
        int | None, typer.Option(min=3, help="Peers that a site masks with. [default: all up to 20 sites, 20 above]")
    ] = None,
    repeat: Annotated[int, typer.Option(min=1, help="Play so many rounds and report medians.")] = 1,
    as_json: Annotated[
        Path | None, typer.Option("--json", help="Write the figures to this file; - is standard output.")
    ] = None,
) -> None:
    """Play one round of secure aggregation with made-up updates, through the real protocol, in this one process.

    The parties take turns on one core; each one's seconds are what it takes alone.

    The exit status is 0 when the decoded mean is within its error bound of the float64 mean, and 1 otherwise.

    [bold]Examples[/]

    primia bench secagg --sites 3 --repeat 5

    primia bench secagg --sites 100 --parameters 100000 --drop 5 --json figures.json
    """
    from primia_core.cli.masked_round import measure

    if drop > sites - FEWEST:
        raise SettingsError(f"--drop {drop} leaves {sites - drop} of {sites} sites; at least {FEWEST} stay")
    figures = measure(parameters=parameters, sites=sites, dropped=drop, neighbours=neighbours, repeat=repeat)
    if as_json is None:
        _show(figures, Console())
    elif str(as_json) == "-":
        typer.echo(json.dumps(figures, allow_nan=False))
    else:
        as_json.write_text(json.dumps(figures, allow_nan=False, indent=1) + "\n", encoding="utf-8")
    if not figures["max_error"] <= figures["error_bound"]:
        raise typer.Exit(NOT_EXACT)


def _show(figures: Mapping[str, Any], console: Console) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(f"{figures['survivors']} of {figures['sites']} sites, {figures['parameters']:,} parameters")
    table.add_column("", justify="right")
    for row in (
        ("a site sends", f"{figures['upload_bytes_per_site'] / 1e6:.2f} MB"),
        ("a site receives", f"{figures['download_bytes_per_site'] / 1e6:.2f} MB"),
        ("a site works", f"{figures['site_seconds']:.3f} s, of a core {figures['site_cpu_seconds']:.3f} s"),
        *_phases(figures["site_phases"]),
        (
            "the coordinator works",
            f"{figures['coordinator_seconds']:.3f} s, of a core {figures['coordinator_cpu_seconds']:.3f} s",
        ),
        *_phases(figures["coordinator_phases"]),
        ("adding plain words takes", f"{figures['floor_coordinator_seconds']:.3f} s"),
        ("a site holds besides its update", f"{figures['site_peak_bytes'] / 1e6:.1f} MB"),
        ("the coordinator holds", f"{figures['coordinator_peak_bytes'] / 1e6:.1f} MB"),
        ("values beyond the clip", str(figures["saturated"])),
        ("largest error", f"{figures['max_error']:.3g}"),
        ("its bound", f"{figures['error_bound']:.3g}"),
    ):
        table.add_row(*row)
    console.print(table)


def _phases(seconds: Mapping[str, float]) -> list[tuple[str, str]]:
    return [(f"  {phase}", f"{took:.3f} s") for phase, took in seconds.items()]
