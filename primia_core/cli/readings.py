"""`primia readings`: get pictures ready for human readers, and let a model read the same ones. Nothing leaves here."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from primia_core.cli.cohort import CohortPath, FirstFrame, open_cohort
from primia_core.cli.output import AsJson, SettingsError, Threads, print_json, set_threads

readings = typer.Typer(
    name="readings",
    help="Get pictures ready for human readers, and let a model read the same ones. Nothing leaves this machine.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


def register(app: typer.Typer) -> None:
    """Add `readings` to the command line."""
    app.add_typer(readings)


@readings.command()
def prepare(
    path: CohortPath,
    out: Annotated[Path, typer.Option("--out", "-o", help="CSV to write: case, sha256, truth.")] = Path("cases.csv"),
    copies: Annotated[
        Path | None,
        typer.Option(
            help="Also copy the pictures into this new folder, named after their numbers: give it to readers."
        ),
    ] = None,
    split: Annotated[str, typer.Option(help="Take this split alone, such as test.")] = "",
    overwrite: Annotated[bool, typer.Option(help="Replace a CSV that is there already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Number the pictures of a cohort for a reader study, in an order that says nothing of their classes.

    The CSV holds the truth: upload it to the study, and show it to no reader. It holds no path and no patient.

    A picture that occurs twice is numbered once. Names of folders and files often tell the class: give readers the
    copies that --copies makes, whose names tell nothing.

    [bold]Examples[/]

    primia readings prepare ~/xrays --out cases.csv --copies ~/for-readers

    primia readings prepare ~/xrays --split test --json
    """
    from primia_core.cli.reader_cases import copy_pictures, number_pictures
    from primia_core.evaluation.study_cases import write_cases

    if out.exists() and not overwrite:
        raise SettingsError(f"{out} is there already; add --overwrite or choose another --out")
    numbered = number_pictures(open_cohort(path), split=split or None)
    out.write_text(write_cases(numbered.cases), encoding="utf-8")
    if copies is not None:
        copy_pictures(numbered, copies)
    counts = numbered.per_class()
    if as_json:
        told = {"file": str(out), "cases": len(numbered.cases), "per_class": counts, "repeated": numbered.repeated}
        print_json({**told, "copies": str(copies) if copies else None})
        return
    classes = ", ".join(f"{count} {name}" for name, count in counts.items())
    console = Console(highlight=False)
    console.print(f"{len(numbered.cases)} cases ({escape(classes)}) in {escape(str(out))}, which holds the truth")
    if numbered.repeated:
        console.print(f"{numbered.repeated} pictures occur more than once and were numbered once")
    if copies is not None:
        console.print(f"copies for readers, named after their numbers, in {escape(str(copies))}")


@readings.command()
def predict(
    model: Annotated[Path, typer.Argument(help="File of weights that training wrote.", show_default=False)],
    images: Annotated[Path, typer.Argument(help="The folder of pictures of the study.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="CSV to write: sha256, label, and each class' probability.")],
    batch: Annotated[int, typer.Option(min=1, max=64, help="Images at once.")] = 16,
    threads: Threads = 0,
    first_frame: FirstFrame = False,
    as_json: AsJson = False,
) -> None:
    """Let a model read the pictures of a study: its predictions by the SHA-256 of each file, as a study takes them.

    Pictures that cannot be read are named and left out.

    Example: primia readings predict model.safetensors ~/for-readers --out predictions.csv
    """
    from primia_core.cli.picture_folder import read_pictures
    from primia_core.cli.predictions import in_the_clear
    from primia_core.cli.reader_cases import write_predictions
    from primia_core.models.weights import load

    set_threads(threads)
    loaded = load(model)
    pictures = read_pictures(images, loaded.manifest, first_frame=first_frame)
    if not pictures.paths:
        raise SettingsError(f"{images} holds 0 readable images; give the folder of the study's pictures")
    root = images if images.is_dir() else images.parent
    out.write_text(write_predictions(in_the_clear(loaded, pictures, batch), loaded.manifest.classes, root), "utf-8")
    if as_json:
        left_out = [{"path": path, "reason": reason} for path, reason in pictures.left_out]
        print_json({"file": str(out), "pictures": len(pictures.paths), "left_out": left_out})
        return
    for path, reason in pictures.left_out:
        Console(stderr=True).print(f"left out: {path}: {reason}", style="yellow", markup=False)
    Console(highlight=False).print(f"{len(pictures.paths)} predictions in {escape(str(out))}")
