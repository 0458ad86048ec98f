"""From a path on the command line to a decoded cohort. Decides nothing that training should decide."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from primia_core.cli.output import SettingsError, progress_bar

if TYPE_CHECKING:
    from primia_core.imaging import Cohort, PixelCache

_COHORT = typer.Argument(
    help="A folder with one folder for each class, a folder that holds cohort.csv, or a CSV with the columns "
    "path, label, patient_id and, where you have them, split, age, sex and view.",
    show_default=False,
)
CohortPath = Annotated[Path, _COHORT]
CohortOrNone = Annotated[Path | None, _COHORT]
CacheFolder = Annotated[
    Path | None,
    typer.Option(
        "--cache", help="Keep the decoded squares here for the next run. By default they are deleted afterwards."
    ),
]
FirstFrame = Annotated[bool, typer.Option("--first-frame", help="Take the first frame of files that hold several.")]


def open_cohort(path: Path, classes: Sequence[str] | None = None) -> "Cohort":
    """Read a cohort from whatever a person points at.

    Args:
        path: class folders, a folder with ``cohort.csv``, or a CSV.
        classes: the classes that a model knows, in its order; the cohort may lack some of them.
    Raises:
        CohortError: nothing there.
        SettingsError: the cohort has a class that the model does not know.
    """
    from primia_core.imaging import cohort_from_csv, cohort_from_folders

    table = path if path.is_file() else path / "cohort.csv"
    cohort = cohort_from_csv(table) if table.is_file() else cohort_from_folders(path)
    if classes is None:
        return cohort
    if unknown := sorted(set(cohort.classes) - set(classes)):
        raise SettingsError(
            f"{path} has the classes {unknown}, which the model does not know; it knows {list(classes)}: "
            "rename them, or leave them out"
        )
    return cohort.with_classes({}, tuple(classes))


def with_splits(cohort: "Cohort", *, seed: int) -> tuple["Cohort", bool]:
    """Split a cohort by patient unless it has splits; also say whether that was done here."""
    from primia_core.imaging import split_by_patient

    if any(record.split for record in cohort.records):
        return cohort, False
    return split_by_patient(cohort, seed=seed), True


@contextmanager
def cohort_or_phantoms(data: Path | None, *, size: int, patients: int, quiet: bool) -> Iterator["Cohort"]:
    """Open a cohort and split it, or draw one that goes with the block."""
    from primia_core.imaging.phantoms import draw

    if data is not None:
        yield with_splits(open_cohort(data), seed=0)[0]
        return
    with tempfile.TemporaryDirectory(prefix="primia-phantoms-") as folder, progress_bar("drawing", quiet=quiet) as told:
        yield with_splits(draw(folder, patients, seed=0, size=max(32, size), progress=told), seed=0)[0]


@contextmanager
def decoded(
    cohort: "Cohort", image_size: int, folder: Path | None, *, first_frame: bool, quiet: bool
) -> Iterator["PixelCache"]:
    """Decode a cohort into ``folder``, or into a temporary one that goes with the block."""
    from primia_core.imaging import PixelCache

    with tempfile.TemporaryDirectory(prefix="primia-pixels-") as temporary:
        with progress_bar("decoding", quiet=quiet) as told:
            cache = PixelCache.build(
                cohort,
                image_size,
                folder or Path(temporary),
                frames="first" if first_frame else "refuse",
                progress=told,
            )
        yield cache
