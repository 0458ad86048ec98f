"""`primia predict`: what a model says of a folder of images, in the clear or encrypted between two parties."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from primia_core.cli.bench_inference import ProfileName, Protocol
from primia_core.cli.cohort import FirstFrame
from primia_core.cli.output import AsJson, SettingsError, Threads, print_json, set_threads

if TYPE_CHECKING:
    from primia_core.cli.picture_folder import Pictures
    from primia_core.cli.predictions import Prediction, Summary
    from primia_core.models.weights import Loaded

DISAGREES = 1


def register(app: typer.Typer) -> None:
    """Add `predict` to the command line."""
    app.command("predict")(predict)


def predict(
    model: Annotated[Path, typer.Argument(help="File of weights that training wrote.", show_default=False)],
    images: Annotated[
        Path, typer.Argument(help="An image, or a folder of them: JPEG, PNG, DICOM.", show_default=False)
    ],
    encrypted: Annotated[
        bool, typer.Option("--encrypted", help="Run between two parties and a dealer that see neither image nor model.")
    ] = False,
    protocol: Annotated[Protocol, typer.Option(help="With --encrypted: how signs are read.")] = "fss",
    profile: Annotated[ProfileName, typer.Option(help="With --encrypted: a ring of 32 bits, or of 64.")] = "fast",
    label: Annotated[bool, typer.Option("--label", help="With --encrypted: open the label alone.")] = False,
    calibration: Annotated[
        Path | None,
        typer.Option(
            help="With --encrypted: images that fix the public scales, not to be hidden themselves. "
            "[default: the first 32 of those to classify, which tells the parties their largest activations]"
        ),
    ] = None,
    batch: Annotated[int, typer.Option(min=1, max=64, help="Images at once.")] = 1,
    threads: Threads = 0,
    first_frame: FirstFrame = False,
    as_json: AsJson = False,
) -> None:
    """Classify every image of a folder; with --encrypted without any party seeing image, model or answer.

    Encrypted, the parties and the dealer are processes on this machine: a trial of what institutions would run. The
    plain answer is worked out beside it and compared. What cannot be read is named and left out.

    The exit status is 0, and 1 where an encrypted label is not the plain one.

    [bold]Examples[/]

    primia predict model.safetensors ~/xrays

    primia predict model.safetensors ~/xrays --encrypted --protocol tables

    primia predict model.safetensors one.dcm --encrypted --label --json
    """
    from primia_core.cli.picture_folder import read_pictures
    from primia_core.cli.predictions import in_the_clear, secretly, summary
    from primia_core.models.weights import load

    if not encrypted and (label or calibration is not None):
        raise SettingsError("--label and --calibration go with --encrypted; add it, or leave them out")
    set_threads(threads)
    loaded = load(model)
    pictures = read_pictures(images, loaded.manifest, first_frame=first_frame)
    if not pictures.paths:
        raise SettingsError(
            f"{images} holds 0 readable images of {len(pictures.left_out)}; give JPEG, PNG or DICOM files"
        )
    plain = in_the_clear(loaded, pictures, batch)
    found, told = plain, None
    if encrypted:
        given = (
            pictures if calibration is None else read_pictures(calibration, loaded.manifest, first_frame=first_frame)
        )
        found, seconds = secretly(
            loaded, pictures, given, protocol=protocol, profile=profile, label_only=label, batch=batch,
            threads=threads or 1, quiet=as_json,
        )  # fmt: skip
        source = "these very images" if calibration is None else str(calibration)
        told = summary(plain, found, seconds, protocol=protocol, profile=profile, calibrated_on=source)
    _tell(loaded, pictures, found, told, as_json=as_json)
    if told is not None and told.labels_agree < told.images:
        raise typer.Exit(DISAGREES)


def _tell(
    loaded: "Loaded", pictures: "Pictures", found: Sequence["Prediction"], told: "Summary | None", *, as_json: bool
) -> None:
    if as_json:
        print_json(
            {
                "classes": list(loaded.manifest.classes),
                "predictions": [prediction.to_json() for prediction in found],
                "left_out": [{"path": path, "reason": reason} for path, reason in pictures.left_out],
                "encrypted": told.to_json() if told else None,
            }
        )
        return
    for path, reason in pictures.left_out:
        Console(stderr=True).print(f"left out: {path}: {reason}", style="yellow", markup=False)
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("image", "class"):
        table.add_column(heading)
    table.add_column("probability", justify="right")
    for prediction in found:
        probability = "not told" if prediction.probabilities is None else f"{max(prediction.probabilities):.3f}"
        table.add_row(prediction.path, prediction.label, probability)
    console.print(table)
    if told:
        console.print(told.in_words(), markup=False)
