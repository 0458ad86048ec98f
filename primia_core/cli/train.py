"""`primia train`: one hospital by itself, from images to a file of weights. Options only; the run is `local_run`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from primia_core.cli.cohort import CacheFolder, CohortPath, FirstFrame, decoded, open_cohort, with_splits
from primia_core.cli.local_run import LocalRun
from primia_core.cli.output import AsJson, Seed, SettingsError, Threads, set_threads, settings
from primia_core.models.spec import ModelName, ModelSpec, Normalisation
from primia_core.training.config import Augmentation, LocalTraining
from primia_core.training.processor import native_precision

SETTINGS = "Settings"
STILL = Augmentation(rotation_degrees=0, translation_fraction=0, scale_fraction=0, brightness=0, contrast=0)


def register(app: typer.Typer) -> None:
    """Add `train` to the command line."""
    app.command("train")(train)


def train(
    data: CohortPath,
    out: Annotated[Path, typer.Option("--out", "-o", help="File of weights to write, usually .safetensors.")],
    model: Annotated[ModelName, typer.Option(help="Network; small_cnn is for trying things.")] = "resnet18",
    normalisation: Annotated[
        Normalisation, typer.Option(help="group is for differential privacy, batch for everything else.")
    ] = "batch",
    stem_pool: Annotated[
        Literal["max", "average"],
        typer.Option(help="average makes encrypted diagnosis faster, max is the classic."),
    ] = "max",
    imagenet: Annotated[
        Path | None, typer.Option(help="torchvision's ImageNet weights to start from: your .pth or .safetensors.")
    ] = None,
    image_size: Annotated[int, typer.Option(min=16, max=1024, help="Pixels of each side.")] = 64,
    epochs: Annotated[int, typer.Option(min=1, max=1000, help="Passes over the training images, at most.")] = 20,
    patience: Annotated[
        int, typer.Option(min=0, help="Stop after so many epochs without a lower validation loss; 0 never stops.")
    ] = 5,
    seed: Seed = 0,
    threads: Threads = 0,
    cache: CacheFolder = None,
    first_frame: FirstFrame = False,
    batch_size: Annotated[int, typer.Option(min=2, max=1024, rich_help_panel=SETTINGS)] = 32,
    optimizer: Annotated[Literal["adam", "sgd"], typer.Option(rich_help_panel=SETTINGS)] = "adam",
    learning_rate: Annotated[float, typer.Option(rich_help_panel=SETTINGS, help="At the first step.")] = 1e-3,
    final_learning_rate: Annotated[
        float, typer.Option(rich_help_panel=SETTINGS, help="At the last; straight down on a logarithmic axis.")
    ] = 1e-4,
    weight_decay: Annotated[float, typer.Option(rich_help_panel=SETTINGS)] = 0.0,
    class_weights: Annotated[
        bool, typer.Option("--class-weights", rich_help_panel=SETTINGS, help="Weigh rare classes up.")
    ] = False,
    mixup: Annotated[
        float, typer.Option(min=0, max=10, rich_help_panel=SETTINGS, help="Alpha of mixup; 0 mixes nothing.")
    ] = 0.0,
    label_smoothing: Annotated[float, typer.Option(rich_help_panel=SETTINGS, help="0 to below 1.")] = 0.0,
    augment: Annotated[
        bool, typer.Option("--augment/--no-augment", rich_help_panel=SETTINGS, help="Turn, shift, scale and shade.")
    ] = True,
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        typer.Option(rich_help_panel=SETTINGS, help="auto takes what this processor is fast at."),
    ] = "auto",
    as_json: AsJson = False,
) -> None:
    """Train a classifier on one hospital's images, on this machine.

    A cohort without splits is split by patient: 70 % to train, 15 % to watch, 15 % that training never looks at. The
    weights kept are those of the epoch with the lowest validation loss. What cannot be decoded is left out and named.

    [bold]Examples[/]

    primia train ~/xrays --out model.safetensors

    primia train cohort.csv -o model.safetensors --image-size 224 --imagenet resnet18.pth --class-weights

    primia train chests -o small.safetensors --model small_cnn --epochs 8 --json
    """
    if not out.absolute().parent.is_dir():
        raise SettingsError(f"{out.absolute().parent} is no folder; make it first, or give another --out")
    if out.is_dir():
        raise SettingsError(
            f"--out {out} is a folder; name the file of weights in it, such as {out / 'model.safetensors'}"
        )
    config = settings(
        LocalTraining,
        steps=None,
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer,
        learning_rate=learning_rate,
        final_learning_rate=final_learning_rate,
        weight_decay=weight_decay,
        class_weights="pooled" if class_weights else "none",
        mixup_alpha=mixup,
        label_smoothing=label_smoothing,
        augmentation=Augmentation() if augment else STILL,
        precision=native_precision() if precision == "auto" else precision,
        patience=patience or None,
        seed=seed,
    )
    set_threads(threads)
    cohort, split_here = with_splits(open_cohort(data), seed=seed)
    spec = settings(
        ModelSpec, name=model, normalisation=normalisation, stem_pool=stem_pool, classes=len(cohort.classes)
    )
    with decoded(cohort, image_size, cache, first_frame=first_frame, quiet=as_json) as pixels:
        run = LocalRun(spec, config, pixels, cohort.classes, image_size, split_seed=seed if split_here else None)
        if imagenet is not None:
            run.start_from(imagenet, quiet=as_json)
        run.train(out, data, quiet=as_json)
