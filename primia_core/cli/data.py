"""`primia data`: look at a cohort, split it by patient, draw phantoms. Shows what imaging finds and decides nothing."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from primia_core.cli.cohort import CohortPath, FirstFrame, open_cohort
from primia_core.cli.output import AsJson, print_json, progress_bar
from primia_core.imaging import (
    SPLITS,
    Cohort,
    CohortError,
    ReadinessReport,
    partition_by_patient,
    phantoms,
    readiness_report,
    split_by_patient,
    write_csv,
)

MARKS = {"pass": "[green]pass[/]", "warn": "[yellow]warn[/]", "fail": "[red]fail[/]"}
NOT_READY = 1

Seed = Annotated[int, typer.Option(help="The same seed gives the same result on every machine.")]

data = typer.Typer(
    name="data",
    help="Look at a cohort of images, split it by patient, or draw phantoms. Nothing leaves this machine.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


def register(app: typer.Typer) -> None:
    """Add `data` to the command line."""
    app.add_typer(data)


@data.command()
def inspect(
    path: CohortPath,
    image_size: Annotated[int, typer.Option(min=8, max=4096, help="Side of the square that training will use.")] = 64,
    first_frame: FirstFrame = False,
    as_json: AsJson = False,
) -> None:
    """Decode every image and say whether the cohort is ready to train on.

    Ready means that no check fails; warnings are for a person to look at.

    Files that cannot be decoded go to quarantine with their reason.

    The exit status is 0 when ready and 1 when not.

    A federation sees the verdicts only: counts, paths and names stay here.

    Example: primia data inspect ~/xrays --image-size 128
    """
    cohort = open_cohort(path)
    with progress_bar("decoding", quiet=as_json) as told:
        report = readiness_report(
            cohort, image_size=image_size, frames="first" if first_frame else "refuse", progress=told
        )
    if as_json:
        print_json({"ready": report.ready, **report.model_dump(mode="json")})
    else:
        _show(report, Console())
    if not report.ready:
        raise typer.Exit(NOT_READY)


@data.command()
def split(
    path: CohortPath,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="CSV to write; by default cohort.csv beside the images.")
    ] = None,
    validation: Annotated[float, typer.Option(help="Share of images for validation.")] = 0.15,
    test: Annotated[float, typer.Option(help="Share of images for the final test.")] = 0.15,
    sites: Annotated[
        int, typer.Option(min=1, max=255, help="Also divide the cohort among this many pretended hospitals.")
    ] = 1,
    seed: Seed = 0,
    overwrite: Annotated[bool, typer.Option(help="Replace a CSV that is there already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Divide a cohort into training, validation and test images, by patient.

    Every class is divided in the same shares; the rest is for training.

    Paths in the CSV are relative to the folder of the images: leave it there.

    With --sites 3, cohort-1.csv to cohort-3.csv share out the patients.

    Example: primia data split ~/xrays --test 0.2 --seed 7
    """
    cohort = open_cohort(path)
    shares = {"train": round(1 - validation - test, 9), "validation": validation, "test": test}
    whole = split_by_patient(cohort, {name: share for name, share in shares.items() if share}, seed=seed)
    target = output or cohort.root / "cohort.csv"
    parts = partition_by_patient(whole, sites, seed=seed)
    files = [target] if sites == 1 else [target.with_stem(f"{target.stem}-{n + 1}") for n in range(sites)]
    existing = [file.name for file in files if file.exists()]
    if existing and not overwrite:
        raise CohortError(f"{', '.join(existing)} is there already; add --overwrite or choose another --output")
    written = [_written(part, file) for part, file in zip(parts, files, strict=True)]
    if as_json:
        print_json({"root": str(cohort.root), "seed": seed, "cohorts": written})
        return
    _show_parts(written, cohort.root, Console())


@data.command("phantoms")
def draw_phantoms(
    folder: Annotated[Path, typer.Argument(help="An empty or new folder.", show_default=False)],
    patients: Annotated[int, typer.Option(min=1, max=1_000_000, help="Some have two or three images.")] = 600,
    size: Annotated[int, typer.Option(min=32, max=2048, help="Side of the pictures in pixels.")] = 128,
    seed: Seed = 2021,
    as_json: AsJson = False,
) -> None:
    """Draw a cohort of chest X-ray phantoms.

    Normal; bacterial, a dense patch; viral, fine change in both lungs.

    They are for trying the software and say nothing about medicine.

    The folder gets one folder a class and cohort.csv.

    Example: primia data phantoms chests --patients 300, then primia data split chests --overwrite
    """
    if folder.exists() and any(folder.iterdir()):
        raise CohortError(f"{folder} is not empty; name a new folder, so that nothing of yours is mixed with phantoms")
    with progress_bar("drawing", quiet=as_json) as told:
        cohort = phantoms.draw(folder, patients, seed, size=size, progress=told)
    counts = {name: sum(record.label == name for record in cohort.records) for name in cohort.classes}
    if as_json:
        drawn = {"folder": str(folder), "images": len(cohort), "patients": patients, "images_per_class": counts}
        print_json({**drawn, "version": cohort.version, "seed": seed})
        return
    told_counts = ", ".join(f"{count} {name}" for name, count in counts.items())
    Console().print(f"{len(cohort)} images of {patients} patients ({told_counts}) in {escape(str(folder))}")


def _written(cohort: Cohort, file: Path) -> dict[str, object]:
    write_csv(cohort, file)
    counts = {name: len(cohort.of_split(name)) for name in SPLITS}
    return {"file": str(file), "version": cohort.version, "patients": len(cohort.patients), "images": counts}


def _show_parts(written: list[dict[str, object]], root: Path, console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("file", "patients", *SPLITS):
        table.add_column(heading, justify="left" if heading == "file" else "right")
    for part in written:
        images = part["images"]
        counts = [str(images[name]) for name in SPLITS] if isinstance(images, dict) else []
        table.add_row(escape(str(part["file"])), str(part["patients"]), *counts)
    console.print(table)
    console.print(f"paths are relative to {escape(str(root))}", style="dim")


def _show(report: ReadinessReport, console: Console) -> None:
    verdict = "[bold green]ready[/]" if report.ready else "[bold red]not ready[/]"
    console.print(f"{verdict}  {report.images} images of {report.patients} patients, version {report.version[:12]}")
    for title, counts in (("classes", report.images_per_class), ("splits", report.images_per_split)):
        console.print(f"{title}: " + ", ".join(f"{escape(name)} {count}" for name, count in counts.items()))
    table = Table(box=None, pad_edge=False)
    for heading in ("check", "", "what was found"):
        table.add_column(heading)
    for check in report.checks:
        examples = "".join(f"\n[dim]{escape(path)}[/]" for path in check.paths[:3])
        table.add_row(check.name, MARKS[check.status], escape(check.message) + examples)
    console.print(table)
    if report.quarantined:
        console.print("\nquarantine")
        for path, reason in report.quarantined:
            console.print(f"  {escape(path)}  [dim]{escape(reason)}[/]")
