"""`primia attack likeness`: how far two folders of pictures are apart in the eyes of a network. Options only."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from primia_core.cli.output import AsJson, SettingsError, Threads, print_json, set_threads

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUFFIXES = (".png", ".jpg", ".jpeg", ".dcm")
SIDE = 299


def register(attack: typer.Typer) -> None:
    """Add `likeness` to `primia attack`."""
    attack.command("likeness")(likeness)


def likeness(
    first: Annotated[Path, typer.Argument(help="Folder of pictures, for example originals.", show_default=False)],
    second: Annotated[Path, typer.Argument(help="Another, for example reconstructions.", show_default=False)],
    weights: Annotated[Path, typer.Option(help="The extractor's state dict: your .pth or .safetensors.")],
    architecture: Annotated[
        Literal["inception_v3", "resnet18"], typer.Option(help="Of the weights: torchvision's network.")
    ] = "inception_v3",
    threads: Threads = 0,
    as_json: AsJson = False,
) -> None:
    """Say how far two sets of pictures are apart: Frechet and kernel distance of a network's features.

    No weights come with PriMIA and none are fetched: bring a file, which gives the figures their name. A Frechet
    distance of few pictures is refused, since it is far from 0 even between samples of one set: ten pictures for each
    feature, which are 20,480 for Inception and 5,120 for a ResNet-18.

    [bold]Example[/]

    primia attack likeness originals reconstructions --weights resnet18.pth --architecture resnet18
    """
    from primia_core.attacks.likeness import Extractor
    from primia_core.attacks.likeness import likeness as compare

    set_threads(threads)
    extractor = Extractor.load(weights, architecture)
    found = compare(_pictures(first), _pictures(second), extractor)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    console = Console(highlight=False)
    named = f"{extractor.name}, {found.features} features; {found.first} and {found.second} pictures"
    if found.frechet is not None:
        console.print(f"Frechet distance {found.frechet:.4g} ({named})", markup=False)
    if found.kernel is not None:
        spread = f"{found.kernel_deviation:.2g}"
        console.print(f"kernel distance {found.kernel:.4g}, {spread} between subsets ({named})", markup=False)
    for reason in found.refused:
        console.print(f"refused: {reason}", style="yellow", markup=False)


def _pictures(folder: Path) -> "NDArray[np.uint8]":
    import numpy as np

    from primia_core.imaging.square import load_square

    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not files:
        raise SettingsError(f"{folder} holds no pictures; give a folder with {', '.join(SUFFIXES)} files")
    return np.stack([load_square(path, SIDE)[None] for path in files])  # (picture, 1, height, width)
